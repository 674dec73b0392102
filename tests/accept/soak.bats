#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-accept over many connections: nothing leaks. SOAK says how many; make check-soak takes
# 100,000.
# flavours: setuid
# not asan: its memory is kept for a while after it was freed
# shellcheck disable=SC2154 # output is set by bats' run

load ../helper
load common

# descriptors: what is open, by what it is.
descriptors()
{
	find "/proc/$(pid_of accept)/fd" -printf '%f %l\n' | sed 's/\[.*//' | sort
}

# memory: in kilobytes, what the process has of its own.
memory()
{
	sed -n 's/^RssAnon:\s*\([0-9]*\).*/\1/p' "/proc/$(pid_of accept)/status"
}

@test "no descriptor, no memory and no process is left behind" {
	local open before count=${SOAK:-2000}
	serve --max-connections 40 --max-per-source 64 "$BIN/answer"
	run "$BIN/load" 127.0.0.1 79 64 200
	matches "$output" '^answered=200 '
	wait_for has_children 0
	open=$(descriptors) before=$(memory)
	run "$BIN/load" 127.0.0.1 79 64 "$count"
	matches "$output" "^answered=$count reset=0 failed=0 "
	wait_for has_children 0
	equal "$(descriptors)" "$open" "what is open"
	# Some pages are first touched late; the smallest block of malloc(3) is 32 bytes.
	[ "$(memory)" -le $((before + 32)) ] || fail "memory: $before kB, then $(memory) kB"
	equal "$(grep -vc 'connections; others wait' "$SCRATCH/accept.err")" 0 "other lines that it wrote"
}
