#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the kernel promises for a port that was handed over, which differs from one
# kernel to the next. Ports above 1023 here, which other users may bind.
# flavours: setuid

load ../helper

prepare()
{
	printf '[high]\nports = tcp:3053\nowner = alice\n' | own
}

# tried_by_bob ADDRESS WORD...: what bob's bind and listen come to.
tried_by_bob()
{
	run_as bob "$BIN/hold" tcp "$1" 3053 "${@:2}" try
}

# shared_with REQUEST ADDRESS...: bob has those addresses beside it, and no others.
shared_with()
{
	local address expected
	spawn daemon alice "$LPB" "$1" -- "$PROBE" --pause
	wait_line "$SCRATCH/daemon.out" end=probe
	for address in 0.0.0.0 127.0.0.1 127.0.0.2 :: only:: ::1 ::ffff:127.0.0.1; do
		expected=EADDRINUSE
		[[ " ${*:2} " != *" $address "* ]] || expected=ok
		# shellcheck disable=SC2086 # one word or two
		tried_by_bob ${address/#only::/:: v6only} reuseaddr
		equal "$output" "$expected" "$address beside $1"
	done
	end daemon
}

@test "who listens has every address that the socket covers, whatever SO_REUSEADDR another user sets" {
	shared_with tcp:3053
	shared_with tcp:0.0.0.0:3053 only:: ::1
	shared_with 'tcp:[::]:3053' 0.0.0.0 127.0.0.1 127.0.0.2 ::ffff:127.0.0.1
	shared_with tcp:127.0.0.1:3053 127.0.0.2 only:: ::1
	shared_with 'tcp:[::1]:3053' 0.0.0.0 127.0.0.1 127.0.0.2 ::ffff:127.0.0.1
}

@test "a dual-stack socket that the kernel lets in beside an IPv6 one of another user's gets nothing of its" {
	# Where SO_REUSEPORT was allowed for 0.0.0.0, the kernel takes it for allowed for a dual-stack
	# [::] of the same user's, and looks no further.
	spawn daemon alice "$LPB" 'tcp:[::]:3053' -- "$PROBE" --serve
	wait_listening tcp 3053
	spawn first bob "$BIN/hold" tcp 0.0.0.0 3053 reuseport nolisten
	wait_line "$SCRATCH/first.out" held
	spawn second bob "$BIN/hold" tcp :: 3053 reuseport
	wait_for grep -E 'held|in use' "$SCRATCH/second.out" "$SCRATCH/second.err"
	run socat "-t$PATIENCE" - 'TCP6:[::1]:3053' </dev/null
	matches "$output" "probe of uid $ALICE"
}

@test "under adopt the port is the daemon's alone as soon as it listens" {
	# Linux 6.1 remembers that SO_REUSEADDR was set, and lets another user bind where it has
	# been cleared since: then neither can listen. So it stays set, and the listen(2) decides.
	spawn daemon alice "$LPB" --adopt tcp4:3053 -- "$PROBE_DYNAMIC" --pause
	wait_line "$SCRATCH/daemon.out" end=probe
	tried_by_bob 127.0.0.1
	equal "$output" EADDRINUSE "while nobody listens, without SO_REUSEADDR"
	tried_by_bob 127.0.0.1 reuseaddr nolisten
	equal "$output" ok "while nobody listens, with SO_REUSEADDR"
	end daemon

	spawn daemon alice "$LPB" --adopt tcp4:3053 -- "$BIN/serve" tcp:0.0.0.0:3053
	wait_listening tcp 3053
	for address in 0.0.0.0 127.0.0.1 :: ::ffff:127.0.0.1; do
		tried_by_bob "$address" reuseaddr nolisten
		equal "$output" EADDRINUSE "$address beside a daemon that listens"
	done
}
