#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-run --dry-run: what it prints is what is executed, for entries made at random.
# flavours: setuid
# shellcheck disable=SC2154 # output, status, stderr are set by bats' run

load ../helper
load common

ENTRIES=25
# The launcher is the probe here: it says with what it was executed.
prepare()
{
	local place
	for place in /run /var/lib /var/log; do
		mount -t tmpfs -o mode=0755 tmpfs "$place"
	done
	mount --bind "$PROBE" "$LPB"
	mkdir /var/lib/jail "/var/log/a b"
	install -m 0600 /dev/null /etc/finger.env
}

# What the launcher was executed with, but for its number.
told()
{
	grep -v '^pid=\|^fd\.[12]=' | sort
}

@test "the printed line executes the very same: command line, environment, descriptors, limits" {
	local seed line first
	for ((seed = 1; seed <= ENTRIES; seed++)); do
		bash "$TESTS/services/random-entry" "$seed" "$PROBE" | own
		service root --dry-run finger
		equal "$status $stderr" "0 " "$(cat "$CONF")" || return
		equal "$(wc -l <<<"$output")" 1 "number of lines" || return
		line=$output
		service root finger
		granted || fail "$(cat "$CONF")" || return
		first=$(told <<<"$output")
		equal "$(probe_value argv.0)" "$LPB" || return
		run --separate-stderr sh -c "$line" </dev/null
		granted || return
		equal "$(diff <(told <<<"$output") - <<<"$first")" "" "$line" || return
		rm -f /run/ctl.sock
	done
}

teardown()
{
	umount "$LPB"
}
