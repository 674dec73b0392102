# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl: its verbs and their usage.

load ../helper

@test "--help and help name each verb" {
	ctl alice --help
	equal "$status" 0
	equal "$stderr" ""
	local verb
	for verb in grant revoke edit check explain ls import; do
		matches "$output" "^  $verb "
	done
	[ "${#lines[@]}" -le 24 ] || fail "it does not fit a screen"
	local all=$output
	ctl alice help
	equal "$output" "$all"
}

@test "each verb has a usage of its own" {
	local verb
	for verb in grant revoke edit check explain ls import; do
		ctl alice "$verb" --help
		equal "$status" 0
		matches "$output" "^usage: lowportctl $verb "
		local one=$output
		ctl alice help "$verb"
		equal "$output" "$one"
	done
}

@test "--version" {
	ctl alice --version
	equal "$status" 0
	matches "$output" '^lowportctl [0-9]'
}

@test "no verb, and one that there is not" {
	ctl alice
	equal "$status" 64
	matches "$stderr" '^lowportctl: which verb\? '
	ctl alice $'gr\eant' alice tcp:80
	equal "$status" 64
	matches "$stderr" '^lowportctl: gr\\x1bant: there is no such verb'
	ctl alice help nothing
	equal "$status" 64
}

@test "an empty argument list" {
	run --separate-stderr "$BIN/dirty" no-argv -- "$PREFIX/bin/lowportctl"
	equal "$status" 64
}

@test "wrong use of a verb: 64, with its usage" {
	local words
	for words in grant 'grant alice' revoke 'grant --group dns-admins' 'grant --owner alice tcp:80' 'check a b' 'check -x'; do
		# shellcheck disable=SC2086 # words
		ctl alice $words
		equal "$status" 64 "$words"
		matches "$stderr" "^lowportctl: ${words%% *}: .*usage: lowportctl ${words%% *} " "$words"
		equal "${#stderr_lines[@]}" 1
	done
}

@test "an option that there is not is shown as it was written" {
	local words
	for words in 'check -strict|-strict' 'check file -strict|-strict' 'ls -x|-x' 'ls -xy|-xy' 'ls --json=yes|--json=yes' \
		'explain 80 --user|--user' 'check --strict -root /|-root' 'ls --jsn|--jsn'; do
		# shellcheck disable=SC2086 # words
		ctl alice ${words%|*}
		matches "$stderr" "^lowportctl: [a-z]+: ${words#*|} is not an option here, or lacks its value" "$words"
	done
}

@test "--help fits a screen of 80 columns, and each line of it" {
	ctl alice --help
	[ "${#lines[@]}" -le 24 ] || fail 'too many lines'
	lacks "$output" '[^
]{80}'
}

@test "output that cannot be written is an error" {
	[ -w /dev/full ] || skip "there is no /dev/full"
	run sh -c '"$0" --version >/dev/full' "$PREFIX/bin/lowportctl"
	equal "$status" 74
}
