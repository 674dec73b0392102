# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # status, output, stderr are set by bats, others used there
#
# Shared by the tests of hostile callers. Result R is "refused" of helper.bash, result C its "granted"
# and "clean". What the kernel, the loader or a signal ended before the program could speak is "ended".

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53 tcp:3053
		owner = alice
	END
}

# from CALLER WORD...: alice or root asks for tcp:53, in the state that dirty.c makes.
from()
{
	launch_dirty "$1" "${@:2}" -- tcp:53 -- "$PROBE"
}

# clean_from CALLER WORD...: result C.
clean_from()
{
	from "$@" && granted && clean alice && return
	echo "from: $*"
	return 1
}

# refused_from STATUS PATTERN CALLER WORD...: result R.
refused_from()
{
	from "${@:3}" && refused "$1" "$2" tcp 53 && return
	echo "from: ${*:3}"
	return 1
}

# either STATUS PATTERN [USER [DESCRIPTORS]]: the last start of tcp:53 has result R or C, and all of it.
either()
{
	if [ "$status" -eq 0 ]; then
		granted && clean "${3-alice}" "${4-0 1 2 3}"
	else
		refused "$1" "$2" tcp 53
	fi
}

# either_from STATUS PATTERN CALLER WORD...
either_from()
{
	from "${@:3}" && either "$1" "$2" && return
	echo "from: ${*:3}"
	return 1
}

# without_warnings: the warnings of files that are not believed, or could not be read, go before the
# refusal, a line a file; here they are put aside.
without_warnings()
{
	stderr=$(grep -vE "^lowportbind: ($CONF|$DROPIN): " <<<"$stderr")
	mapfile -t stderr_lines <<<"$stderr"
}

# ended: nothing was executed, nothing is held, and the status says so; but whoever ended it left it no
# time for a line.
ended()
{
	[ "$status" -ne 0 ] || fail "exit status 0" || return
	equal "$output" "" "standard output" || return
	port_free tcp 53
}

# ---- many starts, each disturbed at another moment ----

# rounds USER LIST COMMAND: COMMAND, for a shell, once for each word of LIST, which is $n to it. One shell
# runs them all, and says itself what a signal ended.
rounds()
{
	# None of another user's is left: in such a directory fs.protected_regular keeps even root from writing to it.
	rm -f "$SCRATCH"/*.{status,out,err}
	# shellcheck disable=SC2016 # expanded by the user's shell
	run_as "$1" sh -c 'cd "$0" && for n in $1; do
		(eval "exec $2") >$n.out 2>$n.err </dev/null; echo $? >$n.status; done' "$SCRATCH" "$2" "$3"
	equal "$status" 0
}

# round N: takes what that round left for the last run.
round()
{
	status=$(<"$SCRATCH/$1.status")
	output=$(<"$SCRATCH/$1.out")
	stderr=$(<"$SCRATCH/$1.err")
	mapfile -t stderr_lines <"$SCRATCH/$1.err"
}

# report: what the probe said, but for what differs from start to start.
report()
{
	sed -E -e '/^(pid=|env\.(_|LISTEN_PID)=|rlimit\.|nice=|sched=|tty=)/d' -e 's/ path=.*\.(out|err)$//' <<<"$output"
}

# quiet USER [COMMAND]: what an undisturbed start of that kind says, in QUIET, once it is clean.
quiet()
{
	rounds "$1" 1 "${2-} $LPB tcp:53 -- $PROBE" && round 1 && granted && clean alice || return
	QUIET=$(report)
}

# What the loader says, and libc's allocation where there is none left for the name; dirty.c where the
# kernel does not execute the launcher at all; libc where the probe, which is static, has no memory to begin.
NOT_BEGUN='[^ ]*/lowportbind: error while loading.*|out of memory|dirty: .*/lowportbind: .*'
NOT_BEGUN+='|Fatal glibc error: Cannot allocate TLS block'

# each_round ENDS STATUS PATTERN: each is clean, which means: it says what an undisturbed, clean start
# says; or is refused, with one STATUS of several; or was ended with one of ENDS. Counts them.
each_round()
{
	local file
	CLEAN=0 REFUSED=0 ENDED=0
	for file in "$SCRATCH"/*.status; do
		file=${file##*/}
		round "${file%.status}"
		# What was executed may also be ended behind its last word.
		if [ "$status" -eq 0 ] || [[ "$status" =~ ^($1)$ && -n "$output" ]]; then
			# Where it may fail to read one file, another may still grant what was asked for.
			[ "$2" = none ] || without_warnings
			equal "$stderr" '' "standard error" && equal "$(report)" "$QUIET" "the report" || return
			CLEAN=$((CLEAN + 1))
		elif [[ "$stderr" == lowportbind:\ * ]]; then
			without_warnings
			refused "$2" "$3" tcp 53 || return
			REFUSED=$((REFUSED + 1))
		else
			[[ "$status" =~ ^($1)$ && "$stderr" =~ ^($NOT_BEGUN)?$ ]] || fail "round $file" || return
			ended || return
			ENDED=$((ENDED + 1))
		fi
	done
	[ $((CLEAN + REFUSED + ENDED)) -gt 0 ] || fail "there was no round"
}

# by_alice WORD...: root does what only root can, and becomes alice before it starts the launcher.
by_alice()
{
	from root "$@" groups=60001 gids=60001:60001:60001 uids=60001:60001:60001
}
