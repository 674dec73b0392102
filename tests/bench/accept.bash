# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # set by run and common.bash
#
# lowport-accept beside openbsd-inetd, xinetd and tcpserver, at 1, 32 and 256 connections at a time.
#
# All serve the same static program (tests/answer.c) to the same client (tests/load.c), as the same ordinary user, each
# with its limits lifted. None of them needs a privilege to begin with.

# unprivileged NAME PORT COMMAND...: a server.
unprivileged()
{
	serves "$1" "$2" root setpriv --reuid="$ALICE" --regid="$ALICE" --clear-groups "${@:3}"
}

# unpacked PACKAGE PROGRAM: whether it is there; where a user can reach it, in /opt/test/peers.
unpacked()
{
	if [ -e "$work/$1/usr/sbin/$2" ] || [ -e "$work/$1/usr/bin/$2" ]; then
		cp "$work/$1"/usr/*bin/"$2" /opt/test/peers/
	else
		note "not found: $2 ($1)"
		return 1
	fi
}

serve_with_xinetd()
{
	cat >/opt/test/peers/xinetd.conf <<-END
		defaults
		{
			instances = UNLIMITED
			per_source = UNLIMITED
			cps = 1000000 1
		}
		service bench
		{
			type = UNLISTED
			port = 7004
			protocol = tcp
			socket_type = stream
			wait = no
			user = alice
			server = $BIN/answer
		}
	END
	unprivileged xinetd 7004 /opt/test/peers/xinetd -dontfork -f /opt/test/peers/xinetd.conf \
		-pidfile /opt/tmp/xinetd.pid -limit 100000
}

measure_accept()
{
	local name at_once round
	mkdir -p /opt/test/peers
	serves lowport-accept 7001 root "$BIN/activate" "$ALICE:$ALICE" listen tcp:127.0.0.1:7001 -- \
		/opt/lowportbind/bin/lowport-accept --max-connections 1000 "$BIN/answer"
	if unpacked ucspi-tcp tcpserver; then
		unprivileged tcpserver 7002 /opt/test/peers/tcpserver -H -R -l0 -c 1000 -b 4096 127.0.0.1 7002 "$BIN/answer"
	fi
	if unpacked openbsd-inetd inetd; then
		echo "7003 stream tcp nowait.1000000 alice $BIN/answer answer" >/opt/test/peers/inetd.conf
		unprivileged openbsd-inetd 7003 /opt/test/peers/inetd -i -R 0 /opt/test/peers/inetd.conf
	fi
	if unpacked xinetd xinetd; then
		serve_with_xinetd
	fi
	for at_once in 1 32 256; do
		for name in "${names[@]}"; do
			record ratio accept "$name, $at_once at once" lowport-accept "lowport-accept, $at_once at once"
		done
	done
	for name in "${names[@]:1}"; do
		record readme accept "$name, 32 at once" lowport-accept \
			"connections a second of $name, 32 at once, to lowport-accept"
	done
	for ((round = 1; round <= (ROUNDS + 99) / 100; round++)); do
		for at_once in 1 32 256; do
			ask_in_turns accept 1 "$at_once" 2000 ", $at_once at once"
		done
	done
	end_served
}
