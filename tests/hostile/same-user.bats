# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Another process of the same user, while the launcher runs: tracing it, reading it, ending it, and
# changing its limits, its scheduling and what they share.

load ../helper
load common

@test "I6: a caller that is traced has no privilege" {
	run_as alice "$BIN/partner" trace "$LPB" tcp:53 -- "$PROBE"
	refused 71 'no privilege.*traced' tcp 53
}

@test "I6: a root start that root traces is clean" {
	run_as root "$BIN/partner" trace "$LPB" tcp:53 -- "$PROBE"
	granted
	clean alice
}

# counted CALLER: the system calls of a start, which differ from host to host: BEFORE it is alice's, and ALL.
counted()
{
	local id=$ALICE
	[ "$1" != root ] || id=0
	read -r BEFORE ALL < <("$BIN/partner" count "$id" "$ALICE" "$LPB" tcp:53 -- "$PROBE")
	# With file capabilities it is alice's from the first, and loses them somewhere behind this.
	[ "$BEFORE" -gt 0 ] || BEFORE=$((ALL / 7))
	[ "$ALL" -gt $((BEFORE + 200)) ] || fail "$ALL system calls, of which $BEFORE go before"
}

# between FROM TO COUNT: as many numbers, those two among them.
between()
{
	local i
	for ((i = 0; i < $3; i++)); do
		echo $(($1 + ($2 - $1) * i / ($3 - 1)))
	done
}

# The moments: so many system calls after the launcher's first. The last calls of a start put the signals in order.
find_moments()
{
	counted alice || return
	USER_MOMENTS="1 2 5 $(between 8 $((BEFORE - 1)) 6) $(between "$BEFORE" $((BEFORE + 8)) 4)
		$(between $((BEFORE + 20)) $((ALL - 10)) 9)"
	USER_FEW="1 $((BEFORE - 8)) $((BEFORE + 2)) $(between $((BEFORE + 120)) $((ALL - 60)) 3)"
	USER_LATE=$(between $((BEFORE + 120)) $((ALL - 100)) 3)
	counted root || return
	ROOT_MOMENTS=$(between 1 $((BEFORE - 10)) 10)
	OWNER_MOMENTS=$(between $((BEFORE + 10)) $((ALL - 20)) 7)
	OWNER_FEW=$(between $((BEFORE + 10)) $((ALL - 20)) 3)
	OWNER_EARLY="$((BEFORE + 10)) $((ALL - 100))"
}

# acted CALLER LIST ACT [WORD]: alice acts on the start of CALLER at each of these moments.
acted()
{
	local id=$ALICE
	[ "$1" != root ] || id=0
	quiet root "$BIN/partner $id $ALICE 1 signal=18"
	rounds root "$2" "$BIN/dirty ${4-} -- $BIN/partner $id $ALICE \$n $3 $LPB tcp:53 -- $PROBE"
}

# all_clean: each round was.
all_clean()
{
	each_round none none none
	[ "$CLEAN" -gt 0 ] && equal "$((REFUSED + ENDED))" 0
}

@test "I6: while the launcher runs its user reaches nothing of it, before the change of user and after" {
	find_moments
	acted alice "$USER_MOMENTS" reach
	all_clean
	# The check of the check: of an ordinary program everything is within reach.
	run --separate-stderr "$BIN/partner" "$ALICE" "$ALICE" 20 reach /bin/cat </dev/null
	equal "$(grep -c '^reached by' <<<"$output")" 11
}

@test "I6: while root's start runs the owner reaches nothing of it, before it is the owner and after" {
	find_moments
	acted root "$ROOT_MOMENTS $OWNER_MOMENTS" reach
	all_clean
}

# dumped CALLER LIST: it is ended by SIGSEGV, with room for a core and a directory to put it.
dumped()
{
	"$BIN/dirty" rlimit=4:100000000:100000000 -- /bin/true || skip "nobody may raise the limit of cores here"
	acted "$1" "$2" core rlimit=4:100000000:100000000
	each_round 139 none none
	# There is an instant in which the launcher ignores it, where the handler of a sanitizer is to go.
	[ "$CLEAN" -le 1 ] || fail "$CLEAN were not ended"
	equal "$(find "$SCRATCH" -name 'core*')" ''
}

@test "I6: a launcher that is ended by a signal leaves no core" {
	find_moments
	dumped alice "$USER_MOMENTS"
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ] || return 0
	# The check of the check.
	cd "$SCRATCH"
	run --separate-stderr "$BIN/dirty" rlimit=4:100000000:100000000 -- \
		"$BIN/partner" "$ALICE" "$ALICE" 20 core /bin/cat </dev/null
	equal "$status" 139
	equal "$output" core
}

@test "I6: a root start that is ended by a signal leaves no core of what was root" {
	not_under asan "its runtime library makes system calls of its own, by which the moments are counted"
	find_moments
	dumped root "$OWNER_MOMENTS"
}

@test "I6: signals that end it, at whatever moment: nothing is executed and no port held" {
	find_moments
	for signal in 1 2 6 14 15 31; do
		acted alice "$USER_FEW" signal=$signal
		each_round $((128 + signal)) none none
		[ "$CLEAN" -le 1 ] || fail "$CLEAN were not ended by $signal"
	done
}

@test "I6: signals that end a root start, of the owner's: none before it is the owner's" {
	not_under asan "its runtime library makes system calls of its own, by which the moments are counted"
	find_moments
	acted root "$ROOT_MOMENTS" signal=15
	all_clean
	for signal in 2 10 15 31; do
		acted root "$OWNER_FEW" signal=$signal
		each_round $((128 + signal)) none none
		[ "$CLEAN" -le 1 ] || fail "$CLEAN were not ended by $signal"
	done
	# Root's start ignores SIGHUP from when it lets go of the terminal, almost to the end.
	acted root "$OWNER_FEW" signal=1
	each_round 129 none none
	[ "$CLEAN" -ge 2 ] || fail "$ENDED were ended"
}

@test "I6: signals that nobody minds change nothing" {
	find_moments
	for signal in 17 18 23 28; do
		acted alice "$USER_FEW" signal=$signal
		all_clean
		acted root "100 $OWNER_FEW" signal=$signal
		all_clean
	done
}

@test "I6: the signals of a failed write are held back from the drop of root to the exec" {
	not_under asan "its runtime library makes system calls of its own, by which the moments are counted"
	find_moments
	for signal in 13 25; do
		acted alice "$USER_LATE" signal=$signal
		all_clean
		acted root "$OWNER_EARLY" signal=$signal
		all_clean
	done
}

@test "I6: policy, priority and processors changed all the time" {
	find_moments
	acted alice "$USER_FEW" sched
	all_clean
}

@test "I6: policy, priority and processors of a root start changed by the owner" {
	find_moments
	acted root "1 $OWNER_EARLY" sched
	all_clean
}

# hammered CALLER LIST: each limit goes to almost nothing and back, all the time.
hammered()
{
	local limit limits='0:1 2:0 3:0 6:0 7:0 7:4 8:0 9:0 11:0'
	# Where there are no addresses, the sanitizer's runtime library ends the program with a message of its own.
	[ "${VARIANT-}" != asan ] || limits=${limits/9:0/}
	# cpu, data, stack, nproc, nofile, memlock, as, sigpending. An exec that lacks memory ends by a signal; with
	# file capabilities the user reaches the loader's limits too.
	for limit in $limits; do
		acted "$1" "$2" "limit=$limit"
		each_round '71|127|135|137|139' '71|77|78|126|127' '.' || fail "limit $limit" || return
	done
}

@test "I6: prlimit(2) from another process of the same user, all the time" {
	find_moments
	hammered alice "$USER_FEW"
}

@test "I6: prlimit(2) from a process of the owner, all the time, at a root start" {
	find_moments
	hammered root "100 $OWNER_EARLY"
}

@test "I6: a caller that shares its root, working directory and umask has no privilege" {
	run_as alice "$BIN/partner" share-fs "$LPB" tcp:53 -- "$PROBE"
	refused 71 'no privilege.*shares its directory' tcp 53
}

@test "I6: a root start that shares its root, working directory and umask" {
	run_as root "$BIN/partner" share-fs "$LPB" tcp:53 -- "$PROBE"
	granted
	clean alice
	matches "$(probe_value cwd)" '^/(tmp)?$'
}
