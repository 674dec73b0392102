# SPDX-License-Identifier: GPL-2.0-or-later
# not static: without a loader it is another step that first lacks something, and is refused with another status
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Resource limits, set by the caller: a start is refused or clean. What the kernel or the loader ends
# before the program's first instruction is neither, and has executed and bound nothing.

load ../helper
load common

# By number, since the words want it: cpu data stack core rss nproc nofile memlock as locks sigpending
# msgqueue nice rtprio rttime. That of file sizes is below: the probe's report would be too long as well.
LIMITS='0 2 3 4 5 6 7 8 9 10 11 12 15'

# Ended by the loader, for want of a signal's stack or of time, or not executed at all.
NOT_BEGUN_STATUS='71|99|127|135|137|139|152'

# settable VALUE LIMIT...: those that can be set to it. Not everywhere may root raise one.
settable()
{
	local value=$1 limit
	shift
	for limit; do
		! "$BIN/dirty" "rlimit=$limit:$value:$value" -- /bin/true 2>&1 | grep -q 'not permitted' || continue
		echo "$limit"
	done
}

# limited CALLER VALUE [LIMIT...]: each limit alone, soft and hard. There may be nothing to lower the last to
# but 0: nice and rtprio.
limited()
{
	quiet "$1"
	# shellcheck disable=SC2086 # words
	rounds "$1" "$(settable "$2" $LIMITS "${@:3}")" "$BIN/dirty rlimit=\$n:$2:$2 -- $LPB tcp:53 -- $PROBE"
	each_round "$NOT_BEGUN_STATUS" '71|126|127' '.'
	[ "$CLEAN" -ge 7 ] || fail "only $CLEAN are clean"
}

@test "I6: each limit at 0" {
	limited alice 0 13 14
}

@test "I6: each limit at 0, at a root start" {
	limited root 0 13 14
}

@test "I6: each limit at small values" {
	limited alice 1
	limited alice 4096
	limited alice 100
}

@test "I6: each limit at small values, at a root start" {
	limited root 1
	limited root 4096
	limited root 100
}

@test "I6: all the limits that do not keep the program from being loaded, at 0 together" {
	local words=()
	for limit in 4 5 6 8 10 11 12 13 14 15; do
		words+=("rlimit=$limit:0:0")
	done
	either_from '71|126' '.' alice "${words[@]}"
	either_from '71|126' '.' root "${words[@]}"
}

# by_files CALLER: one descriptor more at a time, from too few for the loader to enough.
by_files()
{
	quiet "$1"
	rounds "$1" '2 3 4 5 6 7 8 9 10 11 12' "$BIN/dirty rlimit=7:\$n:\$n -- $LPB tcp:53 -- $PROBE"
	each_round 127 '71|126|127' '.'
	[[ "$CLEAN $REFUSED $ENDED" != *\ 0* && "$CLEAN" -gt 0 ]] || fail "$CLEAN clean, $REFUSED refused, $ENDED ended"
}

@test "I6: few descriptors, one more at a time" {
	by_files alice
}

@test "I6: few descriptors, one more at a time, at a root start" {
	by_files root
}

@test "I6: little memory, some pages more at a time" {
	not_under asan "its runtime library takes terabytes of addresses, which a limit of them forbids"
	quiet alice
	rounds alice "$(seq -f %.0f 1500000 250000 8000000)" "$BIN/dirty rlimit=9:\$n:\$n -- $LPB tcp:53 -- $PROBE"
	each_round "$NOT_BEGUN_STATUS" '71|126' '.'
	[ "$CLEAN" -gt 0 ] && [ "$ENDED" -gt 0 ] || fail "$CLEAN clean, $ENDED ended"
}

# crowded: a process of alice's is there already. As in CVE-2006-2607 the change of user must not be what
# fails, or be looked at.
crowded()
{
	spawn other alice "$BIN/probe" --quiet --pause
}

@test "I6: RLIMIT_NPROC reached does not leave the program root" {
	crowded
	either_from '71|126' '.' alice rlimit=6:1:1
	either_from '71|126' '.' alice rlimit=6:0:0
	# Somebody else's processes are none of bob's.
	launch_dirty bob rlimit=6:1:1 -- tcp:80 -- "$PROBE"
	refused 77 'tcp:80' tcp 80
}

@test "I6: RLIMIT_NPROC of the owner reached at a root start" {
	crowded
	either_from '71|126' '.' root rlimit=6:1:1
	either_from '71|126' '.' root rlimit=6:0:0
	# The kernel counts at the exec: an owner who is over the limit gets no daemon.
	[ "$status" -ne 0 ] || fail "it ran"
}

# with_file CALLER LIMIT WORDS...: standard error is a file.
with_file()
{
	run_as "$1" /bin/sh -c "exec $BIN/dirty rlimit=1:$2:$2 -- $LPB ${*:3} -- $PROBE 2>$SCRATCH/said"
}

@test "I6: RLIMIT_FSIZE with standard error a file: a refusal costs the line alone" {
	for limit in 0 5; do
		for caller in bob root; do
			rm -f "$SCRATCH/said"
			with_file $caller $limit tcp:80
			equal "$status" 77 "$caller"
			equal "$output" ''
			equal "$(wc -c <"$SCRATCH/said")" $limit
			port_free tcp 80
		done
	done
}

@test "I6: RLIMIT_FSIZE with standard error a file: a start that is granted" {
	dropin broken.conf <<<nonsense
	for limit in 0 5; do
		for caller in alice root; do
			rm -f "$SCRATCH/said"
			with_file $caller $limit tcp:53
			granted
			clean alice
			equal "$(wc -c <"$SCRATCH/said")" $limit
		done
	done
}

@test "I6: time of the processor runs out, at whatever moment" {
	quiet alice
	# A soft limit of no seconds ends a program with SIGXCPU at the next tick.
	rounds alice "$(seq 10)" "$BIN/dirty rlimit=0:0:1 -- $LPB tcp:53 -- $PROBE"
	each_round '152|137' 71 '.'
}
