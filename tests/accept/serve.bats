#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-accept: what PROGRAM finds, and how it is started.
# flavours: setuid
# shellcheck disable=SC2016,SC2154 # expanded by other shells; output is set by bats' run

load ../helper
load common

# variables PATTERN...: each stands among the environment that the probe reported.
variables()
{
	local pattern
	for pattern; do
		matches "$output" "^env\\.$pattern\$" "the environment" || return
	done
}

@test "the connection is at 0 and 1, nothing else is inherited, and PROGRAM is as clean as its parent" {
	serve "$PROBE"
	ask
	clean alice '0 1 2'
	socket 0 'family=inet6 type=stream' 'local=.*:79' 'listening=0' 'nonblock=0'
	socket 1 'family=inet6 type=stream' 'local=.*:79'
	lacks "$(probe_value fd.2)" socket
	lacks "$output" '^env\.LISTEN_'
}

@test "--stderr: the connection is at 2 as well" {
	serve --stderr "$PROBE"
	ask
	clean alice '0 1 2'
	socket 2 'family=inet6 type=stream' 'local=.*:79'
}

@test "lowport-accept after the launcher does as the handoff does" {
	spawn accept alice "$LPB" --handoff listen-fds tcp:79 -- "$ACCEPT" --stderr -- "$PROBE" --exit=0
	wait_listening tcp 79
	ask
	clean alice '0 1 2'
	variables PROTO=TCP
}

@test "started by root, it runs as the owner" {
	spawn accept root "$LPB" tcp:79 -- "$PROBE"
	wait_listening tcp 79
	ask
	clean alice '0 1 2'
}

@test "arguments are PROGRAM's, and argv[0] is as typed" {
	serve sh -c 'tr "\0" "|" </proc/$$/cmdline' --version -1
	ask
	matches "$output" '^sh\|-c\|.*\|--version\|-1\|$'
}

@test "IPv4 at a dual-stack socket is IPv4 in the variables" {
	serve "$PROBE"
	ask 127.0.0.1 bind=127.0.0.2:40001
	variables PROTO=TCP TCPLOCALIP=127.0.0.1 TCPLOCALPORT=79 TCPREMOTEIP=127.0.0.2 TCPREMOTEPORT=40001
}

@test "IPv4 at an IPv4 socket" {
	spawn accept alice "$LPB" tcp4:79 -- "$PROBE"
	wait_listening tcp 79
	ask 127.0.0.3 bind=127.0.0.2:40002
	variables PROTO=TCP TCPLOCALIP=127.0.0.3 TCPLOCALPORT=79 TCPREMOTEIP=127.0.0.2 TCPREMOTEPORT=40002
}

@test "IPv6" {
	ip addr add 2001:db8::1/64 dev lo nodad
	ip addr add 2001:db8::2/64 dev lo nodad
	serve "$PROBE"
	ask '[2001:db8::1]' 'bind=[2001:db8::2]:40001'
	variables PROTO=TCP TCPLOCALIP=2001:db8::1 TCPLOCALPORT=79 TCPREMOTEIP=2001:db8::2 TCPREMOTEPORT=40001
}

@test "a link-local address is written without its interface" {
	ip addr add fe80::1/64 dev lo nodad
	serve "$PROBE"
	ask '[fe80::1%lo]' 'bind=[fe80::1%lo]:40001'
	variables TCPLOCALIP=fe80::1 TCPREMOTEIP=fe80::1
}

@test "what another program of this kind left in the environment is gone, and the rest stays" {
	activated tcp:127.0.0.1:79 -- /usr/bin/env PROTO=SSL TCPREMOTEHOST=evil.example TCPREMOTEINFO=root \
		TCPLOCALHOST=old TCPREMOTEIP=192.0.2.1 TCPCONNNUM=9 TCPINTERFACE=eth0 TCP6REMOTEIP=::1 \
		PROTOCOL=kept TCP=kept LISTENER=kept "$ACCEPT" "$PROBE"
	ask
	variables PROTO=TCP TCPREMOTEIP=127.0.0.1 PROTOCOL=kept TCP=kept LISTENER=kept
	lacks "$output" '^env\.(TCPREMOTEHOST|TCPREMOTEINFO|TCPLOCALHOST|TCPCONNNUM|TCPINTERFACE|TCP6|LISTEN_)'
	equal "$(grep -c '^env\.TCPREMOTEIP=' <<<"$output")" 1 "TCPREMOTEIP's"
}

@test "several sockets, each with the port it is" {
	own <<-'END'
		[finger]
		ports   = tcp:79 tcp:17
		owner   = alice
		handoff = accept
	END
	spawn accept alice "$LPB" tcp:79 tcp:17 -- "$PROBE"
	wait_listening tcp 17
	ask
	variables TCPLOCALPORT=79
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP:127.0.0.1:17 </dev/null
	clean alice '0 1 2'
	variables TCPLOCALPORT=17
}

@test "MPTCP" {
	spawn accept alice "$LPB" mptcp:79 -- "$PROBE"
	wait_listening tcp 79
	ask
	clean alice '0 1 2'
	variables TCPLOCALPORT=79
}

@test "closed standard descriptors, ignored signals and SIGCHLD do not reach PROGRAM" {
	activated tcp:127.0.0.1:79 -- /usr/bin/env --ignore-signal=CHLD,PIPE,INT --block-signal=USR1,TERM \
		sh -c 'exec "$@" <&- >&- 2>&-' - "$ACCEPT" --max-connections 1 "$PROBE"
	# shellcheck disable=SC2034 # only counted
	for i in 1 2 3; do
		ask
		equal "$(probe_value fds)" '0 1 2'
		equal "$(probe_value sig.ignored)$(probe_value sig.blocked)" ''
		socket 0 socket
		socket 1 socket
		matches "$(probe_value fd.2)" '^chr .*path=/dev/null'
	done
}

@test "descriptors that the parent left open are closed" {
	activated tcp:127.0.0.1:79 -- bash -c 'exec 9</etc/passwd 20</etc/passwd; exec "$@"' - "$ACCEPT" "$PROBE"
	ask
	equal "$(probe_value fds)" '0 1 2'
}

@test "a real service: in.fingerd's like, with a request and an answer" {
	serve sh -c 'read -r name; echo "Login: ${name%?}"'
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP:127.0.0.1:79,crlf <<<alice
	equal "${output%$'\r'}" 'Login: alice'
}

@test "a real service: HTTP by a shell script, with curl" {
	cat >"$SCRATCH/page" <<-'END'
		#!/bin/sh
		while IFS= read -r line && [ "${#line}" -gt 1 ]; do :; done
		printf 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHello %s\n' "$TCPREMOTEIP"
	END
	chmod 755 "$SCRATCH/page"
	serve "$SCRATCH/page"
	run curl -s --max-time "$PATIENCE" http://127.0.0.1:79/
	equal "$output" 'Hello 127.0.0.1'
}
