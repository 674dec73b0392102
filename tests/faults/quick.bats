# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run
# not asan: its runtime library makes calls of its own, and ends the program in its own way where one fails
# The sweep over all system calls of a start: a sample of its faults, and that it can fail.

load ../helper

SWEEP=$TESTS/faults/sweep

# sweep_of PATTERN CALL...: the sweep of starts, with the table cut down to the lines of these calls.
sweep_of()
{
	local pattern=$1
	shift
	export TABLE=$SCRATCH/calls
	grep -E "^($(IFS='|' && echo "$*")) " "$TESTS/faults/calls" >"$TABLE"
	run "$SWEEP" "$pattern"
}

# judged STATUS OUTPUT STDERR: what judge() has to say of a start in which a call failed.
judged()
{
	bash -c '. "$1"
		status=$2 output=$3 report=$3 stderr=$4 wrong=
		mapfile -t stderr_lines < <([ -z "$4" ] || printf "%s\n" "$4")
		BASELINE=clean
		judge "${5-error=EIO}" "${6-main}"
		echo "$wrong"' sweep "$SWEEP" "$@"
}

@test "I5: a system call that fails, or seems to work, or is the last, ends in R or C" {
	needs_open_files 4096
	run "$SWEEP" --quick
	[ "$status" -eq 0 ] || fail "the sweep"
	matches "${lines[-1]}" "^sweep: $FLAVOUR: [0-9]{4} injections, 0 failures$"
}

@test "the sweep fails where a system call is not in its table" {
	sweep_of 'root one' bind
	equal "$status" 1
	matches "$output" '^not ok .* root one: setgroups is not in '
	lacks "$output" 'one: bind is not'
}

@test "the sweep fails where a start is not clean without a fault" {
	printf '#!/bin/sh\nexec %s\n' "$PROBE" >"$SCRATCH/launcher"
	chmod 0755 "$SCRATCH/launcher"
	LAUNCHER=$SCRATCH/launcher sweep_of '* one' execve
	equal "$status" 1
	matches "$output" '^not ok .* user one: it is not clean'
	matches "$output" '^not ok .* root one: it is not clean'
}

@test "the sweep fails where a fault makes a launcher go on as root" {
	printf '#!/bin/sh\n%s "$@" || exec %s\n' "$LPB" "$PROBE" >"$SCRATCH/launcher"
	chmod 0755 "$SCRATCH/launcher"
	LAUNCHER=$SCRATCH/launcher sweep_of 'root one' setgroups
	equal "$status" 1
	matches "$output" 'setgroups 2 error=EPERM: neither refused nor clean: status 0'
	matches "$output" 'setgroups 2 retval=0: neither refused nor clean: status 0'
}

@test "the sweep takes nothing between refused and clean" {
	local message='lowportbind: tcp:53: no'
	equal "$(judged 0 clean '')" ''
	equal "$(judged 71 '' "$message")" ''
	equal "$(judged 71 '' "lowportbind: /etc/lowportbind.d/a.conf: broken"$'\n'"$message")" ''
	equal "$(judged 0 clean 'lowportbind: /etc/lowportbind.d/a.conf: broken')" ''
	equal "$(judged 127 '' 'cannot load' error=EIO loading)" ''
	equal "$(judged 139 '' '' error=EIO loading)" ''
	equal "$(judged 137 '' '' signal=KILL)" ''
	matches "$(judged 0 dirty '')" neither
	matches "$(judged 0 clean 'a word')" neither
	matches "$(judged 71 '' '')" neither
	matches "$(judged 71 clean "$message")" neither
	matches "$(judged 71 '' 'cannot load')" neither
	matches "$(judged 71 '' "a word"$'\n'"$message")" neither
	matches "$(judged 0 '' "$message")" neither
	matches "$(judged 139 '' '')" neither
	matches "$(judged 137 '' '')" neither
	matches "$(judged hangs '' '')" neither
	matches "$(judged hangs '' '' signal=KILL)" killed
	matches "$(judged 0 clean '' signal=KILL)" killed
	matches "$(judged 0 '' '' error=EIO loading)" neither
	matches "$(judged 127 clean 'cannot load' error=EIO loading)" neither
}
