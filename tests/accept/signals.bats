#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-accept: how it says that it is ready, and how it ends.
# flavours: setuid
# shellcheck disable=SC2030,SC2031,SC2154 # output is set by bats' run

load ../helper
load common

ECHO=(sh -c 'echo hello; exec cat')

# ended STATUS: the program that spawn started has ended so.
ended()
{
	local status=0
	wait "$(cat "$SCRATCH/accept.job")" || status=$?
	rm "$SCRATCH/accept.pid"
	equal "$status" "$1" "exit status"
}

@test "-1: the ports and a newline when it is ready, and the end of standard output" {
	own <<-'END'
		[finger]
		ports   = tcp:79 tcp:17
		owner   = alice
		handoff = accept
	END
	mkfifo -m 0666 "$SCRATCH/ready"
	# shellcheck disable=SC2016 # expanded by the user's shell
	spawn accept alice sh -c 'exec "$@" >"$0"' "$SCRATCH/ready" "$LPB" tcp:79 tcp:17 -- -1 "${ECHO[@]}"
	run timeout "$PATIENCE" cat "$SCRATCH/ready"
	equal "$status $output" '0 79 17'
	ask
	equal "$output" hello
}

@test "-1: nothing before the sockets are served, and a dead standard output is 74" {
	run activate_ready
	equal "$status" 74
	matches "$output" '^lowport-accept: standard output: '
}

activate_ready()
{
	"$BIN/activate" "$ALICE:$ALICE" listen tcp:127.0.0.1:79 -- "$ACCEPT" -1 true >/dev/full
}

@test "SIGTERM: the port is free at once, and what is being served is served to its end" {
	local fd pid
	serve "${ECHO[@]}"
	pid=$(pid_of accept)
	dial fd
	hears "$fd" hello
	kill -TERM "$pid"
	wait_for port_free tcp 79
	has_children 1
	echo again >&"$fd"
	hears "$fd" again
	run -0 kill -0 "$pid"
	hang_up "$fd"
	ended 0
}

@test "SIGTERM: with nothing to serve it ends at once, with 0" {
	serve "${ECHO[@]}"
	kill -TERM "$(pid_of accept)"
	ended 0
	port_free tcp 79
}

@test "SIGTERM: a second one ends it at once, and what is being served goes on" {
	local fd
	serve "${ECHO[@]}"
	dial fd
	hears "$fd" hello
	kill -TERM "$(pid_of accept)"
	wait_for port_free tcp 79
	kill -TERM "$(pid_of accept)"
	ended 0
	echo again >&"$fd"
	hears "$fd" again
	hang_up "$fd"
}

@test "SIGTERM at the limit is heard" {
	local fd
	serve --max-connections 1 "${ECHO[@]}"
	dial fd
	hears "$fd" hello
	kill -TERM "$(pid_of accept)"
	wait_for port_free tcp 79
	hang_up "$fd"
	ended 0
}

@test "SIGHUP: PROGRAM is looked for again, and connections stay" {
	local fd
	mkdir -m 0755 "$SCRATCH/first" "$SCRATCH/second"
	printf '#!/bin/sh\necho old\nexec cat\n' >"$SCRATCH/second/my-service"
	chmod 755 "$SCRATCH/second/my-service"
	# shellcheck disable=SC2016 # expanded by the user's shell
	spawn accept alice env "PATH=$SCRATCH/first:$SCRATCH/second:$PATH" "$LPB" tcp:79 -- my-service
	wait_listening tcp 79
	dial fd
	hears "$fd" old
	printf '#!/bin/sh\necho new\n' >"$SCRATCH/first/my-service"
	chmod 755 "$SCRATCH/first/my-service"
	ask
	equal "$output" old
	kill -HUP "$(pid_of accept)"
	wait_for answers new
	echo still >&"$fd"
	hears "$fd" still
	hang_up "$fd"
	rm "$SCRATCH/first/my-service" "$SCRATCH/second/my-service"
	kill -HUP "$(pid_of accept)"
	wait_line "$SCRATCH/accept.err" "my-service: No such file or directory; staying with $SCRATCH/first/my-service"
}

answers()
{
	ask
	equal "$output" "$1"
}

@test "no zombie stays, and one that was there before counts for nothing" {
	# shellcheck disable=SC2016 # expanded by the shell
	activated tcp:127.0.0.1:79 -- sh -c 'sleep 0 & exec "$@"' - "$ACCEPT" --max-connections 1 "$BIN/answer"
	run "$BIN/load" 127.0.0.1 79 10 50
	matches "$output" '^answered=50 reset=0 failed=0 '
	wait_for has_children 0
}

@test "a standard error that nobody reads any more does not end it" {
	# shellcheck disable=SC2016 # expanded by the user's shell
	spawn accept alice sh -c '"$@" 2>&1 | :' - "$LPB" tcp:79 -- --max-connections 1 "$BIN/answer"
	wait_listening tcp 79
	run "$BIN/load" 127.0.0.1 79 10 20
	matches "$output" '^answered=20 reset=0 failed=0 '
}
