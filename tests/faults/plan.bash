# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # what tests/faults/sweep and tests/helper.bash share with it
#
# For tests/faults/sweep: from the record of a start to the faults that are put into it.

# What was called, but by the process in which lowport-adopt has hints looked for: strace counts for each alone.
of_the_start()
{
	awk 'FNR == NR { if ($2 ~ /^execve\(".*\/adopt-sections"/) hints[$1]; next }
		!($1 in hints) && $2 ~ /^[a-z]/ { sub(/^[0-9]+ +/, ""); print }' "$AREA/record" "$AREA/record"
}

# plan: from the record and the table a line for each start to make: call, number among those of its
# name, fault, phase. A call that is not in the table has a question mark for all of these.
plan()
{
	# shellcheck disable=SC2016 # awk's own
	of_the_start | awk -v "last=execve(\"$LAST\"" -v "quick=$QUICK" -v "offset=$STARTS" -v "cut=$CUT" '
	BEGIN { kind = " error=" }
	FNR == NR {
		sub(/#.*/, "")
		for (i = 2; i <= NF; i++) {
			if ($i == "|")
				kind = " retval="
			else
				faults[$1] = faults[$1] kind $i
		}
		if (NF > 0)
			known[$1]
		kind = " error="
		next
	}
	FNR == 1 { # the exec that starts it, which strace does not count either
		next
	}
	{
		call = $0
		sub(/\(.*/, "", call)
		calls[++rows] = call
		number[rows] = ++seen[call]
		returned[rows] = $0
		sub(/.* = /, "", returned[rows])
		sub(/ .*/, "", returned[rows])
		if (call ~ /^(mprotect|munmap|prlimit64)$/)
			loaded = rows
	}
	call == "execve" { # the loader is done with this program where it has protected what it relocated
		for (i = first; i <= loaded; i++)
			loading[i]
		first = loaded = rows
	}
	index($0, last) == 1 || cut && /^execve\(".*\/root-start"/ { exit }
	function sampled(row) {
		return number[row] == 1 || number[row] == seen[calls[row]] || (row + offset) % 8 == 0
	}
	END {
		for (row = 1; row <= rows; row++) {
			call = calls[row]
			if (!(call in known)) {
				print call, "? ? ?"
				continue
			}
			count = split(faults[call] " signal=KILL", list, " ")
			for (i = 1; i <= count; i++) {
				fault = list[i]
				sub(/==$/, "=" returned[row], fault)
				if (fault ~ /=(-.*|\?)$/) # it did not succeed
					continue
				if (quick && !(sampled(row) && i == (row + offset) % count + 1) || (row, fault) in planned)
					continue
				planned[row, fault]
				print call, number[row], fault, (row in loading) ? "loading" : "main"
			}
		}
	}' "$TABLE" -
}

# plan_change BEFORE AFTER: each call from the one before the first by which the ownership files are
# read to the one behind the last.
plan_change()
{
	# shellcheck disable=SC2016 # awk's own
	of_the_start | awk -v "change=$1,$2" -v "quick=$QUICK" -v "offset=$((++CHANGES))" '
	NR == 1 { next }
	{
		call = $0
		sub(/\(.*/, "", call)
		line = call " " ++seen[call] " change=" change " main"
		now = /^openat\(AT_FDCWD, "\/", .*O_PATH/
	}
	now && !reading { print before }
	now { reading = 1 }
	reading && (!quick || (NR + offset) % 12 == 0) { print line }
	{ before = line }
	reading && /^(getuid|setfsuid)\(/ { exit }'
}
