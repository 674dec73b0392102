#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-accept: wrong command lines, a system that is short of something, a program that is gone.
# flavours: setuid
# shellcheck disable=SC2154 # output and stderr are set by bats' run

load ../helper
load common

# injected FAULT... -- [OPTION...] PROGRAM...: served under strace, which lets calls fail. Its
# calls are in $SCRATCH/trace.
injected()
{
	local faults=()
	while [ "$1" != -- ]; do
		faults+=(-e "inject=$1")
		shift
	done
	shift
	install -m 0666 /dev/null "$SCRATCH/trace"
	activated tcp:127.0.0.1:79 -- strace -D -qq -ttt -o "$SCRATCH/trace" \
		-e trace=accept4,clone3 "${faults[@]}" "$ACCEPT" "$@"
}

# failed_calls NAME: how often strace let it fail.
failed_calls()
{
	grep -cE " $1\\(.*INJECTED" "$SCRATCH/trace"
}

# spins: the calls that failed followed each other without a pause.
spins()
{
	awk '/INJECTED/ { if (last && $1 - last < 0.9) fast = 1; last = $1 } END { exit !fast }' "$SCRATCH/trace"
}

@test "--help fits a screen and --version names the program" {
	run "$ACCEPT" --help
	equal "$status" 0
	[ "$(echo "$output" | wc -l)" -le 24 ]
	[ "$(echo "$output" | wc -L)" -le 80 ]
	run "$ACCEPT" --version
	matches "$output" '^lowport-accept [0-9]'
	run sh -c "$ACCEPT --help >/dev/full"
	equal "$status" 74
}

@test "a wrong command line is 64 and says where to look" {
	local words
	for words in '' --frobnicate '-2 true' --max-connections '--max-per-source' ; do
		# shellcheck disable=SC2086 # words
		run "$ACCEPT" $words
		equal "$status" 64 "$words"
		matches "$output" '^lowport-accept: .*lowport-accept --help'
	done
	run "$ACCEPT" --stderr -max-connections 20 true
	equal "$status" 64
	matches "$output" '^lowport-accept: -max-connections: no such option'
	for words in 0 -1 65536 1x x '' 99999999999999999999 ' 1' +1; do
		run "$ACCEPT" --max-connections "$words" true
		equal "$status" 64 "$words"
		matches "$output" "^lowport-accept: --max-connections .*: not a number from 1 to 65535\$"
	done
}

@test "without sockets it refuses and says how to use it" {
	run env -u LISTEN_FDS -u LISTEN_PID "$ACCEPT" true
	equal "$status" 64
	equal "$output" "lowport-accept: no socket was handed over; start me as lowportbind --handoff accept tcp:PORT -- true"
}

@test "anything but a listening TCP socket is refused" {
	local item
	for item in udp:127.0.0.1:79 file:zones:/etc/passwd connected:; do
		run "$BIN/activate" "$ALICE:$ALICE" listen tcp:127.0.0.1:79 "$item" -- "$ACCEPT" true
		equal "$status" 64 "$item"
		matches "$output" '^lowport-accept: descriptor 4, .*: not a listening TCP socket; '
	done
	run "$BIN/activate" "$ALICE:$ALICE" tcp:127.0.0.1:79 -- "$ACCEPT" true
	equal "$status" 64
	matches "$output" '^lowport-accept: descriptor 3, tcp: not a listening TCP socket; '
}

@test "a PROGRAM that is not there, or cannot be executed, is refused before anything is served" {
	run -127 --separate-stderr as alice "$LPB" tcp:79 -- no-such-program
	matches "$stderr" '^lowport-accept: no-such-program: not found; '
	launch alice tcp:79 -- /etc/passwd
	equal "$status" 126
	matches "$stderr" '^lowport-accept: /etc/passwd: '
	port_free tcp 79
}

@test "a PROGRAM that is gone later: connections are reset, it is said once, and it may come back" {
	cp "$BIN/answer" "$SCRATCH/service"
	serve "$SCRATCH/service"
	mv "$SCRATCH/service" "$SCRATCH/away"
	# shellcheck disable=SC2034 # only counted
	for i in 1 2 3; do
		is_reset
	done
	said "$SCRATCH/service: No such file or directory; connections are reset; "
	mv "$SCRATCH/away" "$SCRATCH/service"
	ask
	equal "$output" 'an answer'
}

@test "standard error that nobody reads keeps no connection waiting" {
	cp "$BIN/answer" "$SCRATCH/service"
	activated tcp:127.0.0.1:79 -- "$BIN/dirty" full-stderr -- "$ACCEPT" "$SCRATCH/service"
	mv "$SCRATCH/service" "$SCRATCH/away"
	is_reset
	kill -HUP "$(pid_of accept)"
	is_reset
	mv "$SCRATCH/away" "$SCRATCH/service"
	ask
	equal "$output" 'an answer'
}

@test "a script without #! does not become a shell script" {
	printf 'echo ran\n' >"$SCRATCH/script"
	chmod 755 "$SCRATCH/script"
	serve "$SCRATCH/script"
	is_reset
	said "$SCRATCH/script: Exec format error; connections are reset; a script needs a first line such as #!/bin/sh\$"
}

@test "what a confined service needs to start is said to be missing" {
	cp /bin/true "$SCRATCH/service"
	activated tcp:127.0.0.1:79 -- "$PREFIX/bin/lowport-confine" --read "$SCRATCH" -- "$ACCEPT" "$SCRATCH/service"
	is_reset
	said "$SCRATCH/service: Permission denied; connections are reset; it, or what it needs .* named to lowport-confine\$"
}

@test "EMFILE: the connection waits, nothing spins, and it is said once" {
	injected accept4:error=EMFILE:when=1..2 -- "$BIN/answer"
	ask
	equal "$output" 'an answer'
	said 'cannot accept a connection: Too many open files; connections wait until that is over$'
	equal "$(failed_calls accept4)" 2
	! spins || fail "$(cat "$SCRATCH/trace")"
}

@test "a real limit of open files, and its end" {
	serve "$BIN/answer"
	as alice prlimit --pid "$(pid_of accept)" --nofile=6:
	spawn client root socat "-t$PATIENCE" "-T$PATIENCE" -u TCP:127.0.0.1:79 -
	wait_line "$SCRATCH/accept.err" 'cannot accept a connection: Too many open files'
	waiting 1
	as alice prlimit --pid "$(pid_of accept)" --nofile=64:
	wait_line "$SCRATCH/client.out" 'an answer'
}

@test "no process to spare: the connection that was accepted is kept and served" {
	injected clone3:error=EAGAIN:when=1..2 -- "$BIN/answer"
	ask
	equal "$output" 'an answer'
	equal "$(failed_calls clone3)" 2
	! spins || fail "$(cat "$SCRATCH/trace")"
	said 'cannot start a process: Resource temporarily unavailable; connections wait until that is over$'
	ask
	equal "$output" 'an answer'
}

@test "SIGTERM while a connection is kept: it is served before the end" {
	injected clone3:error=EAGAIN:when=1..2 -- "$BIN/answer"
	spawn client root socat "-t$PATIENCE" "-T$PATIENCE" -u TCP:127.0.0.1:79 -
	wait_line "$SCRATCH/accept.err" 'cannot start a process'
	kill -TERM "$(pid_of accept)"
	wait_line "$SCRATCH/client.out" 'an answer'
	wait_for gone "$(pid_of accept)"
}

@test "a connection that is no more when it is accepted is passed over in silence" {
	local error
	for error in ECONNABORTED EPROTO ENETUNREACH EINTR; do
		injected "accept4:error=$error:when=1" -- "$BIN/answer"
		ask
		equal "$output" 'an answer' "$error"
		equal "$(cat "$SCRATCH/accept.err")" ''
		end accept
	done
}

@test "an error that accept(2) does not know of is no reason to spin or to end" {
	injected accept4:error=EIO:when=1..2 -- "$BIN/answer"
	ask
	equal "$output" 'an answer'
	! spins || fail "$(cat "$SCRATCH/trace")"
	said 'cannot accept a connection: Input/output error; '
	end accept
	# As a filter of system calls, which refuses before there is a connection.
	injected accept4:error=EPERM:when=1..2 -- "$BIN/answer"
	ask
	equal "$output" 'an answer'
	! spins || fail "$(cat "$SCRATCH/trace")"
}

@test "a listener that somebody shut down ends it with 71" {
	local status=0
	injected accept4:error=EINVAL:when=1 -- "$BIN/answer"
	ask
	wait "$(cat "$SCRATCH/accept.job")" || status=$?
	equal "$status" 71
	said 'descriptor 3 does not listen any more; '
}
