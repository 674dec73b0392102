# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, lines are set by bats' run
# flavours: setuid
# The table of hostile callers says what is tested, and nothing else.

load ../helper

CHECK=$TESTS/hostile/check-table

@test "the table of hostile callers and the tests agree" {
	run bash "$CHECK" "$TESTS"
	equal "$status" 0
}

# altered FILE COMMAND: on a copy in which sed has changed that file.
altered()
{
	rm -rf "$SCRATCH/tests"
	mkdir "$SCRATCH/tests"
	cp -R "$TESTS/hostile" "$TESTS/launcher" "$SCRATCH/tests"
	chmod -R u+w "$SCRATCH/tests"
	sed -i -E "$2" "$SCRATCH/tests/$1"
	run bash "$CHECK" "$SCRATCH/tests"
	equal "$status" 1
}

@test "the check finds a test that is not in the table, and one that is not there" {
	altered hostile/README.md '/ inherited: I6: an empty argv \|/d'
	equal "${lines[0]}" 'check-table: not in the table: inherited: I6: an empty argv'
	altered hostile/inherited.bats 's/^@test "I6: an empty argv"/@test "I6: no argv"/'
	matches "$output" 'not in the table: inherited: I6: no argv'
	matches "$output" 'no such test: inherited: I6: an empty argv'
	altered launcher/privilege-lost.bats 's/^@test "no_new_privs set/@test "no_new_privs/'
	matches "$output" 'no such test: launcher/privilege-lost: no_new_privs set'
}

@test "the check finds a row that is there twice, and a result that is none" {
	altered hostile/README.md 's/^(.* inherited: I6: an empty argv \|.*)$/\1\n\1/'
	matches "$output" 'there twice: inherited: I6: an empty argv'
	altered hostile/README.md 's/( inherited: I6: an empty argv \|) R /\1 passes /'
	equal "${lines[0]}" 'check-table: no result: passes'
}
