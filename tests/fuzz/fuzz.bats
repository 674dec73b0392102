# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run
# flavours: setuid
# The harnesses, for a moment: what make fuzz does for as long as one likes.

load ../helper

# fuzz SECONDS SOURCES: in this test's scratch directory.
fuzz()
{
	FUZZ_WORK=$SCRATCH FUZZ_SOURCE=$2 run --separate-stderr "$srcdir/tests/fuzz/run" "$1"
	[ "$status" -ne 77 ] || skip "$stderr"
}

# plant FILE PATTERN REPLACEMENT: a bug, in the copy of the sources. Nothing else is replaced.
plant()
{
	equal "$(grep -cF -- "$2" "$SCRATCH/src/$1")" 1 "lines of $1 with $2" || return
	local text
	text=$(cat "$SCRATCH/src/$1")
	printf '%s\n' "${text/"$2"/$3}" >"$SCRATCH/src/$1"
}

# found HARNESS CLAIM: the harness ended by that one.
found()
{
	matches "$output" "^$1: +CRASH, by $SCRATCH/crashes/$1-crash-" "the summary" || return
	grep -qF "broken claim: $1.c" "$SCRATCH/$1.log" || fail "$1 ended by something else" || return
	grep -F "broken claim: $1.c" "$SCRATCH/$1.log" | grep -qF -- "$2" || fail "$1 found something else"
}

@test "the harnesses find nothing in their seeds, nor in what they make of them" {
	fuzz 2 "$srcdir"
	equal "$status" 0 "exit status"
	equal "$(grep -c 'coverage [1-9][0-9]*, .* no crash$' <<<"$output")" 5 "harnesses that found nothing"
}

@test "a bug that is planted is found by the harness that it is for" {
	cp -r "$srcdir/src" "$SCRATCH/src"
	chmod -R u+w "$SCRATCH/src"
	plant ownership/rules.c 'rules->sections.count = before;' '(void)before;'
	plant ownership/verdict.c 'at->port <= ports->last' 'at->port < ports->last'
	plant ownership/words.c '|| value > max)' '|| value >= max)'
	plant launcher/request.c ' || request->at.port == 0' ''
	plant launcher/report.c "*text < ' '" "*text < '\\n'"
	# By its seeds alone: what more it makes of them, and how soon, is chance.
	fuzz 0 "$SCRATCH"
	equal "$status" 1 "exit status"
	found ownership 'sections.count == '
	found differential 'said.'
	found words 'is_decimal(text, max, &is) == good'
	found request 'fault != NULL'
	found command-line "line[i] >= ' '"
}
