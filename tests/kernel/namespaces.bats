#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A table speaks for one network namespace, and lowportctl may be called from any: what is changed of the reserved ports
# is that one's, and nothing of another's.
# flavours: setuid
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

GONE='the network namespace of the table is gone, or cannot be found from here'

owners='[web]
ports = tcp:80 tcp:8080
owner = alice'

# another: a network namespace with a process in it, and a list of its own.
another()
{
	spawn another root unshare --net sh -c 'echo ready && exec sleep infinity'
	wait_line "$SCRATCH/another.out" ready
	there sh -c "echo 80,8080,9000 >$RESERVED"
}

# there COMMAND...: in that network namespace, and here in all else.
there()
{
	nsenter "--net=/proc/$(pid_of another)/ns/net" "$@"
}

# lists HERE THERE: the reserved ports of both.
lists()
{
	equal "$(cat "$RESERVED")" "$1" "reserved ports here" || return
	equal "$(there cat "$RESERVED")" "$2" "reserved ports there"
}

# without_namespace: loads a table for a network namespace that ends with that.
without_namespace()
{
	own <<<"$owners"
	unshare --net "$CTL" load --cgroup "$CGROUP"
	echo 80,9999 >"$RESERVED"
}

@test "unload from another network namespace takes back what the table has reserved in its own" {
	another
	table <<<"$owners"
	lists 80,8080 80,8080,9000
	run_as root there "$CTL" unload
	equal "$status $output $stderr" '0 unloaded; every port has the kernel'\''s own rule again '
	lists '' 80,8080,9000
}

@test "unload of a table that another network namespace has, by a process of it or by its name" {
	another
	own <<<"$owners"
	there "$CTL" load --cgroup "$CGROUP"
	echo 80,9999 >"$RESERVED"
	there sh -c "echo 9000 >$RESERVED && $CTL reload"
	lists 80,9999 80,8080,9000
	ctl root unload
	equal "$status" 0
	lists 80,9999 9000

	mount -t tmpfs tmpfs /run
	ip netns add named
	nsenter --net=/run/netns/named "$CTL" load --cgroup "$CGROUP"
	ctl root unload
	equal "$status" 0
	said=$stderr
	left=$(nsenter --net=/run/netns/named cat "$RESERVED")
	umount /run/netns/named /run/netns /run
	equal "$said$left" ''
	lists 80,9999 9000
}

@test "reload and grant from another network namespace are for that of the table" {
	another
	table <<<"$owners"
	own <<-'X'
		[web]
		ports = tcp:80 tcp:8081
		owner = bob
	X
	run_as root there "$CTL" reload
	equal "$status $stderr" '0 '
	lists 80,8081 80,8080,9000
	binds bob ok tcp :: 8081
	binds alice EACCES tcp :: 8081
	run_as root there "$CTL" grant alice tcp:8082
	equal "$status" 0
	lists 80,8081-8082 80,8080,9000
	binds bob EACCES tcp :: 8082
	equal "$(within nsenter "--net=/proc/$(pid_of another)/ns/net" su -s /bin/sh bob -c "exec $BIN/hold tcp :: 8082 try")" ok
}

@test "load, status, check and explain in another network namespace say that the table is not for it" {
	another
	table <<<"$owners"
	run_as root there "$CTL" load --cgroup "$CGROUP"
	equal "$status" 1
	equal "$stderr" 'lowportctl: it is loaded already, for another network namespace than this; lowportctl unload takes it out'
	run_as root there "$CTL" status
	equal "$status" 1
	matches "$output" $'\nit speaks for another network namespace than this\n'
	run_as root there "$CTL" explain tcp:80 --user alice
	matches "$output" $'\nthe kernel table: it speaks for another network namespace than this$'
	run_as root there "$CTL" check
	matches "$stderr" 'the kernel table: warning: it speaks for another network namespace than this'
	lists 80,8080 80,8080,9000
}

@test "a table whose network namespace is gone is unloaded, and nothing is changed here" {
	without_namespace
	ctl root reload
	equal "$status" 69
	equal "$stderr" "lowportctl: $GONE, and nothing is left to reload; lowportctl unload takes it out"
	ctl root load --cgroup "$CGROUP"
	equal "$status" 1
	ctl root unload
	equal "$status" 0
	equal "$output" "unloaded; every port has the kernel's own rule again"
	equal "$stderr" "lowportctl: note: $GONE; where it still is, the ports that were owned stay in its net.ipv4.ip_local_reserved_ports"
	equal "$(cat "$RESERVED")" 80,9999
	[ ! -e /sys/fs/bpf/lowportbind ]
}
