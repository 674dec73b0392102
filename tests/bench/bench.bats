# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# not ubsan asan: what a sanitized program takes says nothing of the program
# The short form of make bench: fails only on what is far off, also on a busy machine.

load ../helper

prepare()
{
	# shellcheck disable=SC2034 # read by common.bash
	work=$SCRATCH ROUNDS=25 SEED=1
	# shellcheck source=tests/bench/common.bash
	. "$TESTS/bench/common.bash"
	# shellcheck source=tests/bench/growth.bash
	. "$TESTS/bench/growth.bash"
	contestants=$SCRATCH/contestants
}

# times NAME: of how often NAME's processor time is that of 'base'. It is the least disturbed by others.
times()
{
	record ratio quick "$1" base base 'CPU us'
	"$TESTS/bench/table" -v FORM=json "$SAMPLES" |
		jq -r --arg name "$1" '.rows[] | select(.name == $name and .metric == "wall us") | .["to base"]'
}

# at_most LIMIT RATIO
at_most()
{
	echo "$2 times, of at most $1"
	jq -en "$2 <= $1" >/dev/null
}

@test "a launch takes less time than authbind's" {
	command -v authbind >/dev/null || skip "authbind is not installed"
	own <<-END
		[www]
		ports = tcp:80
		owner = alice
	END
	install -m 0500 -o alice /dev/null /etc/authbind/byport/80
	contestant quick base "$ALICE" - /usr/bin/authbind "$BIN/ready-dynamic"
	contestant quick launch "$ALICE" - "$LPB" tcp:80 -- "$BIN/ready"
	take_turns quick
	at_most 1.0 "$(times launch)"
}

@test "a launch grows no more than linearly with the sections of the ownership file" {
	rm -r /etc/lowportbind.conf /etc/lowportbind.d
	mkdir /etc/bench
	for size in 1000 20000; do
		files "$size"
		sections 1 "$size" >>"$files/lowportbind.conf"
		chmod -R u=rwX,go=rX "$files"
		contestant quick "$([ "$size" -gt 1000 ] && echo large || echo base)" "$ALICE" "$files" \
			"$LPB" tcp:80 -- "$BIN/ready"
	done
	ROUNDS=10 take_turns quick
	at_most 25 "$(times large)"
}

@test "a launch grows no more than linearly with the sockets asked for" {
	own <<-END
		[www]
		ports = tcp:1001-1064
		owner = alice
	END
	contestant quick base "$ALICE" - "$LPB" tcp:1001 tcp:1002 -- "$BIN/ready"
	# shellcheck disable=SC2046 # words
	contestant quick large "$ALICE" - "$LPB" $(seq -f tcp:%g 1001 1040) -- "$BIN/ready"
	take_turns quick
	at_most 20 "$(times large)"
}

@test "a start that fails is not measured, and named with what it said" {
	contestant quick other "$ALICE" - "$LPB" tcp:80 -- "$BIN/ready"
	[ ! -e "$contestants" ]
	matches "$(cat "$SAMPLES")" 'not measured: other: lowportbind: tcp:80: '
}

@test "a daemon that does not listen is not measured" {
	contestant quick other "$ALICE" - /bin/true
	matches "$(cat "$SAMPLES")" 'not measured: other: .*never listened'
}

@test "count counts a start, and the children of it" {
	own <<-END
		[www]
		ports = tcp:80
		owner = alice
	END
	run "$BIN/count" "$ALICE" 1000 "$LPB" tcp:80 -- "$BIN/ready"
	matches "$output" '^[0-9]+ - 1 2$'
	run "$BIN/count" "$ALICE" 1000 /bin/sh -c '/bin/true; /bin/true; exit 0'
	matches "$output" '^[0-9]+ - 3 3$'
	run "$BIN/count" "$ALICE" 1000000 "$BIN/answer"
	matches "$output" '^[0-9]+ [0-9]+ 1 1$'
}

@test "the table has medians, percentiles and ratios" {
	for value in 10 9 8 7 6 5 4 3 2 1; do
		record sample quick base 'wall us' "$value"
		record sample quick other 'wall us' "$((value * 3))"
	done
	record ratio quick other base base
	run "$TESTS/bench/table" "$SAMPLES"
	matches "$output" 'other +3 +15 +27 +3.00'
	matches "$output" 'base +1 +5 +9 +-'
	run "$TESTS/bench/table" -v FORM=markdown "$SAMPLES"
	matches "$output" '\| other \| 3.00 \|'
	record readme quick other base 'the other, to the base'
	run "$TESTS/bench/table" -v FORM=readme "$SAMPLES"
	matches "$output" '\| the other, to the base \| 3.00 \|'
	run "$TESTS/bench/table" -v FORM=json "$SAMPLES"
	equal "$(jq -c '.rows[] | select(.name == "other") | [.p10, .median, .p90, .["to base"]]' <<<"$output")" '[3,15,27,3]'
}
