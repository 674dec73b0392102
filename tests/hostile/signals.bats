# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Signals and timers: what the caller left, and what comes at whatever moment.

load ../helper
load common

@test "I4: signals blocked and ignored do not arrive" {
	clean_from alice block=all ignore=all
}

@test "I4: signals blocked and ignored do not arrive at a root start" {
	clean_from root block=all ignore=all
}

@test "I4: a signal that waits does not arrive, and does not end the daemon" {
	for signal in 1 2 10 13 14 15 17 25 34 64; do
		clean_from alice block=$signal raise=$signal
		clean_from root block=$signal raise=$signal
	done
}

@test "I6: with SIGPIPE, SIGXFSZ and SIGALRM ignored or blocked a refusal is one" {
	for words in 'ignore=13 ignore=25' 'block=all' 'block=14 itimer-real=1'; do
		# shellcheck disable=SC2086 # several words
		launch_dirty bob $words -- tcp:80 -- "$PROBE"
		refused 77 'tcp:80' tcp 80
		# shellcheck disable=SC2086
		launch_dirty root $words -- tcp:80 -- "$PROBE"
		refused 77 'tcp:80' tcp 80
	done
}

@test "I4: timers do not arrive" {
	clean_from alice itimer-real=60000000 itimer-virtual=60000000 itimer-prof=60000000
}

@test "I4: timers do not arrive at a root start" {
	clean_from root itimer-real=60000000 itimer-virtual=60000000 itimer-prof=60000000
}

@test "I4: a timer whose signal is blocked fires all the time and does not arrive" {
	clean_from alice block=14 itimer-real=50
	clean_from root block=14 itimer-real=50
	clean_from alice ignore=14 ignore=26 ignore=27 itimer-real=50 itimer-virtual=50 itimer-prof=50
}

@test "I6: a timer that fires at a random moment" {
	quiet alice
	rounds alice "$(seq 150 150 6000)" "$BIN/dirty itimer-real=\$n -- $LPB tcp:53 -- $PROBE"
	each_round 142 71 '.'
	equal "$((CLEAN + ENDED))" 40
	[ "$ENDED" -gt 0 ] || fail "none fired while the program ran"
}

@test "I6: a timer that fires at a random moment of a root start" {
	quiet root
	rounds root "$(seq 200 200 8000)" "$BIN/dirty itimer-real=\$n -- $LPB tcp:53 -- $PROBE"
	each_round 142 71 '.'
	equal "$((CLEAN + ENDED))" 40
	[ "$ENDED" -gt 0 ] || fail "none fired while the program ran"
}

@test "I6: timers of the processor's time, at random moments" {
	quiet alice
	rounds alice "$(seq 300 300 3000)" "$BIN/dirty itimer-prof=\$n -- $LPB tcp:53 -- $PROBE"
	each_round 155 71 '.'
	rounds alice "$(seq 300 300 3000)" "$BIN/dirty itimer-virtual=\$n -- $LPB tcp:53 -- $PROBE"
	each_round 154 71 '.'
}

@test "I4: the parent-death signal does not arrive" {
	clean_from alice pdeathsig=9
	clean_from alice pdeathsig=15
}

@test "I4: the parent-death signal does not arrive at a root start" {
	clean_from root pdeathsig=9
	clean_from root pdeathsig=15
}

# stopped UID: at each system call, on its way in and out.
stopped()
{
	run --separate-stderr "$BIN/stops" "$SCRATCH/count" "$1" "$LPB" tcp:53 -- "$PROBE" </dev/null
	granted
	clean alice
	# More than a start and its probe could make between them, if it stood still at some alone.
	[ "$(cat "$SCRATCH/count")" -gt 400 ] || fail "stood still $(cat "$SCRATCH/count") times"
}

@test "I6: SIGSTOP at each system call" {
	stopped "$ALICE:$ALICE"
}

@test "I6: SIGSTOP at each system call of a root start" {
	stopped 0:0
}

@test "I6: SIGSTOP at each system call of a refusal" {
	for ids in "$BOB:$BOB" 0:0; do
		run --separate-stderr "$BIN/stops" "$SCRATCH/count" "$ids" "$LPB" tcp:80 -- "$PROBE" </dev/null
		refused 77 'tcp:80' tcp 80
	done
}
