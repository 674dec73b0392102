#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual names the daemons that are tested, and no others.
# flavours: setuid
# bats file_tags=quick

load ../helper

MANUAL=$srcdir/man/lowport-daemons.7

@test "lowport-daemons(7) and the tests agree" {
	run bash "$TESTS/daemons/check-table" "$MANUAL" "$TESTS"/daemons/*.bats
	equal "$output" ''
	equal "$status" 0
}

# altered WHICH COMMAND: with the manual, or a file of tests, changed by sed.
altered()
{
	local manual=$MANUAL files=("$TESTS"/daemons/*.bats)
	case $1 in
	manual)
		manual=$SCRATCH/manual
		sed -E "$2" "$MANUAL" >"$manual" ;;
	*)
		files=("${files[@]/#*\/dns.bats/"$SCRATCH/dns.bats"}")
		sed -E "$2" "$TESTS/daemons/dns.bats" >"$SCRATCH/dns.bats" ;;
	esac
	run bash "$TESTS/daemons/check-table" "$manual" "${files[@]}"
	equal "$status" 1
}

@test "the check finds an entry, a version, a way and a line that nothing tests" {
	local nsd='nsd 4.6, adopted: lowportbind --adopt tcp:53 udp:53 -- nsd -d -c nsd.conf'
	altered tests '/^\tdaemon nsd/d'
	equal "$output" "check-table: no such test: $nsd"
	altered manual '/^\.It Sy nsd/,/^\$ /d'
	equal "$output" "check-table: not in the manual: $nsd"
	altered manual 's/^\.It Sy nsd 4/&3/'
	matches "$output" 'no such test: nsd 43.6, adopted'
	matches "$output" 'not in the manual: nsd 4.6, adopted'
	altered manual 's/^(\.It Sy nsd.*) adopted/\1 activated/'
	matches "$output" 'no such test: nsd 4.6, activated'
	altered manual 's/nsd -d/nsd -D/'
	matches "$output" 'no such test: .* nsd -D'
}

@test "the check finds what is there twice, and what it cannot read" {
	altered tests 's/^\tdaemon nsd.*/&\n&/'
	matches "$output" 'there twice: tested: nsd'
	altered tests "s/^\tdaemon nsd 4.6 adopted '(.*)'/\tdaemon nsd 4.6 adopted \"\1\"/"
	matches "$output" "a test says 'daemon' in another form"
	altered manual '/^\$ /d'
	matches "$output" 'no entry in'
}
