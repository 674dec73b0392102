#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Files, time, management, logs, shells and proxies.
# flavours: setuid
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load common

# It reads its configuration for each connection.
# bats test_tags=quick
@test "vsftpd" {
	daemon vsftpd 3.0 accept 'lowportbind --handoff accept tcp:21 -- vsftpd $PWD/vsftpd.conf'
	needs curl
	conf()
	{
		mkdir -p ftp
		chmod a-w ftp
		echo "$1" >ftp/word
		cat >vsftpd.conf <<-END
			listen=NO
			listen_ipv6=NO
			run_as_launching_user=YES
			connect_from_port_20=NO
			anonymous_enable=YES
			no_anon_password=YES
			anon_root=$SCRATCH/ftp
			secure_chroot_dir=$SCRATCH/ftp
			ftpd_banner=$1
		END
		chown alice vsftpd.conf
	}
	ask()
	{
		local address said
		for address in 127.0.0.1 '[::1]'; do
			said=$(curl -gs -D - --max-time "$PATIENCE" "ftp://$address/word" | tr -d '\r')
			[[ $said == "220 $1"$'\n'*$'\n'"$1"$'\n'* ]] || return
		done
	}
	lives nothing
}

@test "dnsmasq as a TFTP server" {
	daemon dnsmasq 2.90 adopted 'lowportbind --adopt udp:69 -- dnsmasq -k -C tftp.conf'
	needs curl
	conf()
	{
		mkdir -p "$1"
		echo "$1" >"$1/word"
		cat >tftp.conf <<-END
			port=0
			user=alice
			group=alice
			pid-file
			enable-tftp
			tftp-root=$SCRATCH/$1
		END
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			[ "$(curl -gs --max-time 5 "tftp://$address/word")" = "$1" ] || return
		done
	}
	lives again
}

@test "tftpd-hpa" {
	daemon tftpd-hpa 5.2 no 'lowportbind --stdin udp:69 -- in.tftpd -u alice /srv/tftp'
	needs strace
	line=${line/in.tftpd/strace -f -e trace=setgroups &}
	start
	wait_listening udp 69
	run curl -s --max-time 1 tftp://127.0.0.1/word
	[ "$status" -ne 0 ]
	wait_line it.err 'setgroups(.* = -1 EPERM' || told "it sets its groups"
	wait_line it.err 'exited with 71'
}

@test "prometheus-node-exporter" {
	daemon prometheus-node-exporter 1.5 activated \
		'lowportbind tcp:910 -- prometheus-node-exporter --web.systemd-socket --collector.textfile.directory=$PWD'
	conf()
	{
		echo "word{is=\"$1\"} 1" >word.prom
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			curl -gs --max-time 5 "http://$address:910/metrics" | grep -q "^word{is=\"$1\"} 1" || return
		done
	}
	lives nothing
}

# bats test_tags=quick
@test "snmpd" {
	daemon snmpd 5.9 adopted 'lowportbind --adopt udp:161 -- snmpd -f -Lo -I -smux -C -c snmpd.conf'
	needs snmpget
	conf()
	{
		printf 'agentAddress udp:161,udp6:161\nrocommunity public\nrocommunity6 public\nsysContact %s\n' "$1" >snmpd.conf
	}
	ask()
	{
		local address
		for address in 127.0.0.1 'udp6:[::1]'; do
			[ "$(snmpget -v2c -c public -Oqv -t 5 -r 0 "$address" 1.3.6.1.2.1.1.4.0)" = "\"$1\"" ] || return
		done
	}
	lives HUP
}

@test "chrony" {
	daemon chrony 4.3 adopted 'lowportbind --adopt udp:123 -- chronyd -d -x -U -u alice -f chrony.conf'
	conf()
	{
		local stratum=3
		[ "$1" = first ] || stratum=5
		cat >chrony.conf <<-END
			local stratum $stratum
			allow
			cmdport 0
			bindcmdaddress /
			pidfile $SCRATCH/chronyd.id
		END
	}
	# The second byte of the answer to a client's 48 bytes is the stratum.
	ask()
	{
		local address stratum=$'\3' LC_ALL=C
		[ "$1" = first ] || stratum=$'\5'
		for address in 127.0.0.1 ::1; do
			[[ $(datagram "$address" 123 "\\043$(printf %047d 0)") == ?"$stratum"* ]] || return
		done
	}
	lives again
}

# bats test_tags=quick
@test "rsyslog" {
	daemon rsyslog 8.2302 adopted 'lowportbind --adopt udp:514 tcp:514 -- rsyslogd -n -i NONE -f $PWD/rsyslog.conf'
	conf()
	{
		cat >rsyslog.conf <<-END
			global(workDirectory="$SCRATCH")
			module(load="imudp")
			module(load="imtcp")
			input(type="imudp" port="514")
			input(type="imtcp" port="514")
			*.* action(type="omfile" file="$SCRATCH/messages")
		END
		rm -f messages
	}
	ask()
	{
		local way
		for way in UDP:127.0.0.1 'UDP:[::1]' TCP:127.0.0.1 'TCP:[::1]'; do
			echo "<13>me: $1 by $way" | socat -u - "$way:514"
		done
		for way in UDP:127.0.0.1 'UDP:[::1]' TCP:127.0.0.1 'TCP:[::1]'; do
			grep -qF "$1 by $way" messages || return
		done
	}
	lives HUP
}

@test "rsync" {
	daemon rsync 3.5 adopted 'lowportbind --adopt tcp:873 -- rsync --daemon --no-detach --config=$PWD/rsyncd.conf'
	conf()
	{
		printf 'use chroot = no\n[%s]\npath = %s\n' "$1" "$SCRATCH" >rsyncd.conf
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			rsync "rsync://$address/$1/rsyncd.conf" || return
		done
	}
	lives nothing
}

@test "fingerd" {
	daemon fingerd 0.17 accept 'lowportbind --handoff accept tcp:79 -- in.fingerd'
	conf()
	{
		sed -i "s/^bob:\([^:]*:[^:]*:[^:]*\):[^:]*:/bob:\1:$1:/" /etc/passwd
	}
	ask()
	{
		local address
		for address in 127.0.0.1 ::1; do
			echo bob | socat -t5 - "TCP:${address/::1/[::1]}:79" | grep -q "Name: $1" || return
		done
	}
	lives nothing
}

@test "tang" {
	daemon tang 11 accept 'lowportbind --handoff accept tcp:80 -- /usr/libexec/tangd $PWD/keys'
	needs curl
	conf()
	{
		rm -rf keys
		install -d -o alice keys
		as alice /usr/libexec/tangd-keygen "$SCRATCH/keys" # which would give them to its own user, if it could
	}
	# What it says of its keys has a part of the one that is there.
	ask()
	{
		local address key
		key=$(grep -ohE '"x": ?"[^"]+"' keys/*.jwk | head -n 1 | cut -d'"' -f4)
		for address in 127.0.0.1 '[::1]'; do
			curl -gs --max-time 5 "http://$address/adv" | sed -E 's/.*"payload": ?"([^"]*)".*/\1==/' | tr -- -_ +/ |
				base64 -d 2>/dev/null | grep -qF "$key" || return
		done
	}
	lives nothing
}

@test "git daemon" {
	daemon git 2.39 adopted 'lowportbind --adopt tcp:418 -- git daemon --port=418 --export-all --base-path=$PWD'
	conf()
	{
		as alice git init -q --bare "$SCRATCH/$1"
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			git ls-remote "git://$address:418/$1" || return
		done
	}
	lives nothing
}

@test "krb5-kdc" {
	daemon krb5-kdc 1.20 adopted \
		'lowportbind --adopt tcp:88 udp:88 -- env KRB5_CONFIG=krb5.conf KRB5_KDC_PROFILE=kdc.conf krb5kdc -n'
	needs kinit kdb5_util
	export KRB5_CONFIG=$SCRATCH/krb5.conf KRB5_KDC_PROFILE=$SCRATCH/kdc.conf
	conf()
	{
		if [ "$1" = first ]; then
			printf '[libdefaults]\ndefault_realm = EXAMPLE\n' >krb5.conf
			printf '[realms]\nEXAMPLE = {\ndatabase_name = %s/realm\nkey_stash_file = %s/stash\n}\n' \
				"$SCRATCH" "$SCRATCH" >kdc.conf
			echo '[logging]' >>kdc.conf
			echo "kdc = FILE:$SCRATCH/kdc.log" >>kdc.conf
			as alice kdb5_util create -s -P master
		fi
		as alice kadmin.local -q "addprinc -pw secret $1"
	}
	# By UDP, and by TCP, which a limit of one byte makes the first choice.
	ask()
	{
		local address limit
		for address in 127.0.0.1 '[::1]'; do
			for limit in 1400 1; do
				printf '%s\n' '[libdefaults]' 'default_realm = EXAMPLE' "udp_preference_limit = $limit" '[realms]' \
					"EXAMPLE = {" "kdc = $address:88" "}" >client.conf
				echo secret | KRB5_CONFIG=client.conf kinit -c ticket "$1" || return
			done
		done
	}
	lives nothing
}

@test "stunnel4" {
	daemon stunnel4 5.68 adopted 'lowportbind --adopt tcp:443 -- stunnel4 stunnel.conf'
	needs openssl
	conf()
	{
		[ -e key.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=example -keyout key.pem -out cert.pem
		chmod a+r key.pem
		cat >stunnel.conf <<-END
			foreground = yes
			pid =
			[it]
			accept = :::443
			cert = $SCRATCH/cert.pem
			key = $SCRATCH/key.pem
			exec = /bin/echo
			execArgs = echo $1
		END
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			[ "$(openssl s_client -quiet -connect "$address:443" 2>/dev/null </dev/null)" = "$1" ] || return
		done
	}
	lives HUP
}

@test "tinyproxy" {
	daemon tinyproxy 1.11 adopted 'lowportbind --adopt tcp:888 -- tinyproxy -d -c tinyproxy.conf'
	conf()
	{
		cat >tinyproxy.conf <<-END
			Port 888
			StatHost "word.example"
			StatFile "$SCRATCH/$1"
		END
		echo "$1" >"$1"
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			web_word "$1" word.example --proxy "http://$address:888" || return
		done
	}
	lives USR1
}

@test "squid" {
	daemon squid 5.7 adopted 'lowportbind --adopt tcp:888 -- squid -N -f squid.conf'
	conf()
	{
		cat >squid.conf <<-END
			http_port 888
			visible_hostname $1
			pid_filename $SCRATCH/squid.id
			cache_log $SCRATCH/cache.log
			access_log none
			pinger_enable off
			shutdown_lifetime 1 second
			http_access allow all
		END
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			curl -gsi --max-time "$PATIENCE" --proxy "http://$address:888" http://127.0.0.1:1/ |
				grep -q "$1" || return
		done
	}
	lives HUP
}

@test "openssh-server" {
	daemon openssh-server 9.2 adopted 'lowportbind --adopt tcp:22 -- /usr/sbin/sshd -D -e -f $PWD/sshd_config'
	needs ssh
	conf()
	{
		if [ ! -e key ]; then
			ssh-keygen -q -t ed25519 -N '' -f key
			ssh-keygen -q -t ed25519 -N '' -f host
			chown alice host
			cp key.pub authorized_keys
		fi
		cat >sshd_config <<-END
			Port 22
			HostKey $SCRATCH/host
			PidFile none
			AuthorizedKeysFile $SCRATCH/authorized_keys
			StrictModes no
			UsePAM no
			SetEnv WORD=$1
		END
	}
	ask()
	{
		local address
		for address in 127.0.0.1 ::1; do
			[ "$(ssh -F none -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
				"alice@$address" 'echo $WORD')" = "$1" ] || return
		done
	}
	lives HUP
}

@test "systemd-journal-remote" {
	daemon systemd-journal-remote 252 'by number' 'lowportbind tcp:532 -- /lib/systemd/systemd-journal-remote --listen-http=-3 -o .'
	needs journalctl
	conf()
	{
		:
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			printf 'MESSAGE=%s\n__REALTIME_TIMESTAMP=1000000\n_BOOT_ID=%032d\n\n' "$1" 1 |
				curl -gs --fail --max-time "$PATIENCE" -H 'Content-Type: application/vnd.fdo.journal' \
				--data-binary @- "http://$address:532/upload" || return
		done
		journalctl -D . -o cat | grep -qx "$1"
	}
	lives again
}

# It listens for what is sent to everybody on a network at that address, which is no address of the host's.
@test "nmbd, at addresses for broadcasts" {
	daemon samba 4.17 adopted \
		'lowportbind --adopt udp:137 udp:138 udp:192.0.2.255:137 udp:192.0.2.255:138 -- nmbd -F --no-process-group -s smb.conf'
	needs nmblookup
	ip link add here type veth peer name there
	ip address add 192.0.2.1/24 broadcast + dev here
	ip link set here up
	ip link set there up
	conf()
	{
		mkdir -p state
		chown alice state
		cat >smb.conf <<-END
			[global]
			netbios name = $1
			interfaces = 192.0.2.1/24
			nmbd:socket dir = $SCRATCH/state/socket
			log file = $SCRATCH/nmbd.log
			$(printf "%s directory = $SCRATCH/state\n" lock state cache pid private)
		END
	}
	ask()
	{
		local how
		for how in '-U 192.0.2.1' '-B 192.0.2.255'; do
			# shellcheck disable=SC2086 # words
			nmblookup -s smb.conf $how "$1" | grep -q "^192.0.2.1 $1<00>" || return
		done
	}
	lives again
	ip link del here
}
