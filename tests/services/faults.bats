#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-run: a sample of the faults in all system calls of a start, and that the sweep of them can fail.
# flavours: setuid
# not asan: its runtime library makes calls of its own, and ends the program in its own way where one fails
# shellcheck disable=SC2016,SC2154 # expanded by another shell; output, status are set by bats' run

load ../helper
load common

# swept ARGUMENT...: with mounts of its own.
swept()
{
	run unshare --mount "$TESTS/faults/services" "$@"
}

# instead COMMAND: a sweep of the faults of umask, with a shell script in the place of lowport-run.
instead()
{
	printf '#!/bin/sh\nrun=%s\n%s\n' "$RUN" "$1" >"$SCRATCH/launcher"
	chmod 0755 "$SCRATCH/launcher"
	grep '^umask ' "$TESTS/faults/calls" >"$SCRATCH/calls"
	LAUNCHER=$SCRATCH/launcher TABLE=$SCRATCH/calls swept 'user owner'
	equal "$status" 1
}

@test "I5: a system call of lowport-run that fails, or seems to work, or is the last: refused, or all as asked" {
	swept --quick
	[ "$status" -eq 0 ] || fail "the sweep"
	matches "${lines[-1]}" '^sweep: setuid: [0-9]{3,4} injections, 0 failures$'
}

@test "the sweep fails where something is left behind, or not as it was asked for" {
	instead '"$run" "$@" || { touch /var/lib/home/left; exit 71; }'
	matches "$output" 'user owner: umask 1 (error|retval|signal).*it has left /var/lib/home/left'
	instead '"$run" "$@" && exit; rm /var/lib/home/new; echo lowport-run: no >&2; exit 71'
	matches "$output" 'it removed /var/lib/home/new'
	instead '"$run" "$@" 2>/dev/null || { umask 027; exec "$run" "$@" -- '"$PROBE"'; }'
	matches "$output" 'neither refused nor clean: status 0'
}

@test "the sweep fails where a start is not as asked without a fault" {
	instead 'umask 0; "$run" "$@" -- '"$PROBE"
	matches "$output" '^not ok .* user owner: it is not clean without any fault'
}
