#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Stores, brokers and directories, each on a port below 1024.
# flavours: setuid
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load common

@test "redis-server" {
	daemon redis-server 7.0 adopted 'lowportbind --adopt tcp:379 -- redis-server redis.conf'
	needs redis-cli
	conf()
	{
		cat >redis.conf <<-END
			port 379
			bind * -::*
			protected-mode no
			save ""
			aclfile $SCRATCH/users.acl
		END
		printf 'user %s on nopass ~* &* +@all\n' default "$1" >users.acl
	}
	ask()
	{
		local address
		for address in 127.0.0.1 ::1; do
			[ "$(redis-cli --no-auth-warning --user "$1" --pass any -h "$address" -p 379 acl whoami)" = "$1" ] ||
				return
		done
	}
	reload()
	{
		redis-cli -p 379 acl load
	}
	lives reload
}

@test "memcached" {
	daemon memcached 1.6 adopted 'lowportbind --adopt tcp:211 udp:211 -- memcached -p 211 -U 211'
	conf()
	{
		:
	}
	ask()
	{
		local answer
		answer=$(printf 'set word 0 0 %d\r\n%s\r\nget word\r\nquit\r\n' "${#1}" "$1" | socat "-t$PATIENCE" - "TCP:[::1]:211")
		[[ $answer == STORED*"$1"* ]] || return
		# A datagram begins with a header of eight bytes.
		[[ $(datagram 127.0.0.1 211 '\0\1\0\0\0\1\0\0get word\r\n') == *"$1"* ]]
	}
	lives again
}

# bats test_tags=quick
@test "mosquitto" {
	daemon mosquitto 2.0 adopted 'lowportbind --adopt tcp:883 -- mosquitto -c mosquitto.conf'
	needs mosquitto_sub mosquitto_pub
	conf()
	{
		printf 'listener 883\nallow_anonymous true\nacl_file %s/acl\n' "$SCRATCH" >mosquitto.conf
		printf 'topic readwrite %s\n' "$1" >acl
	}
	ask()
	{
		local address
		for address in 127.0.0.1 ::1; do
			mosquitto_pub -V 5 -h "$address" -p 883 -t "$1" -m "$1" -r -q 1
			[ "$(mosquitto_sub -h "$address" -p 883 -t "$1" -C 1 -W 5)" = "$1" ] || return
		done
	}
	lives HUP
}

@test "slapd" {
	daemon slapd 2.5 adopted 'lowportbind --adopt tcp:389 -- slapd -d 0 -h ldap:/// -f slapd.conf'
	needs ldapsearch
	conf()
	{
		printf 'include /etc/ldap/schema/core.schema\npidfile %s/slapd.id\nrootDSE %s/root.ldif\n' \
			"$SCRATCH" "$SCRATCH" >slapd.conf
		printf 'dn:\ndescription: %s\n' "$1" >root.ldif
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			[[ $(ldapsearch -x -LLL -H "ldap://$address/" -b '' -s base description) == *"description: $1"* ]] ||
				return
		done
	}
	lives again
}
