#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-accept: at most so many at once, and what becomes of the others.
# flavours: setuid
# shellcheck disable=SC2016,SC2154 # expanded by other shells; output is set by bats' run

load ../helper
load common

# A service that says who is served, and lives as long as its connection.
GREET=(sh -c 'echo "for $TCPREMOTEIP"; exec cat')

@test "at the limit connections wait in the backlog, and none is dropped" {
	local fds=() fd
	serve --max-connections 2 "${GREET[@]}"
	for i in 1 2 3 4 5; do
		dial fd
		fds+=("$fd")
	done
	hears "${fds[0]}" 'for 127.0.0.1'
	hears "${fds[1]}" 'for 127.0.0.1'
	wait_for waiting 3
	has_children 2
	for i in 0 1 2; do
		hang_up "${fds[i]}"
		hears "${fds[i + 2]}" 'for 127.0.0.1'
		wait_for waiting $((2 - i))
		has_children 2
	done
	said '2 connections; others wait until one of these ends \(--max-connections\)$'
}

@test "many more than the limit are all served" {
	serve --max-connections 3 "$BIN/answer"
	run "$BIN/load" ::1 79 100 400
	matches "$output" '^answered=400 reset=0 failed=0 '
}

has_turns()
{
	[ "$(wc -l <"$SCRATCH/turns")" -eq "$1" ]
}

@test "two sockets take turns at the limit" {
	local fd
	install -m 0666 /dev/null "$SCRATCH/turns"
	activated tcp:127.0.0.1:79 tcp:127.0.0.1:17 -- "$ACCEPT" --max-connections 1 \
		sh -c 'echo "$TCPLOCALPORT" >>"$0"' "$SCRATCH/turns"
	dial fd
	wait_for test -s "$SCRATCH/turns"
	halt "$(pid_of accept)"
	"$BIN/load" 127.0.0.1 79 20 20 >/dev/null &
	"$BIN/load" 127.0.0.1 17 20 20 >/dev/null &
	wait_for waiting 20
	wait_for waiting 20 17
	: >"$SCRATCH/turns"
	kill -CONT "$(pid_of accept)"
	wait_for has_turns 40
	equal "$(head -n 20 "$SCRATCH/turns" | grep -c '^79$')" 10 "turns of port 79 in the first half"
}

@test "one source over its limit is reset, and others are served" {
	local first second
	serve --max-per-source 2 "${GREET[@]}"
	dial first
	dial second
	hears "$first" 'for 127.0.0.1'
	hears "$second" 'for 127.0.0.1'
	is_reset
	ask 127.0.0.1 bind=127.0.0.2
	equal "$output" 'for 127.0.0.2'
	said '127.0.0.1: it has 2 connections; one more is reset \(--max-per-source\)$'
	hang_up "$first"
	wait_for has_children 1
	ask
	equal "$output" 'for 127.0.0.1'
}

@test "a source is an IPv4 address, also at a dual-stack socket, or an IPv6 /64 network" {
	local four six
	ip addr add 2001:db8::1/128 dev lo nodad
	ip addr add 2001:db8::2/128 dev lo nodad
	ip addr add 2001:db8:0:1::1/128 dev lo nodad
	serve --max-per-source 1 "${GREET[@]}"
	dial four
	hears "$four" 'for 127.0.0.1'
	dial six 2001:db8::1
	hears "$six" 'for 2001:db8::1'
	is_reset 2001:db8::2
	ask '[2001:db8::1]' 'bind=[2001:db8:0:1::1]'
	equal "$output" 'for 2001:db8:0:1::1'
	is_reset
}

@test "link-local sources are told apart by their whole address" {
	ip addr add fe80::1/64 dev lo nodad
	ip addr add fe80::2/64 dev lo nodad
	serve --max-per-source 1 "${GREET[@]}"
	spawn first root socat -u 'TCP:[fe80::1%lo]:79,bind=[fe80::1%lo]' -
	wait_line "$SCRATCH/first.out" 'for fe80::1'
	ask '[fe80::1%lo]' 'bind=[fe80::1%lo]'
	lacks "$output" for
	ask '[fe80::1%lo]' 'bind=[fe80::2%lo]'
	equal "$output" 'for fe80::2'
}
