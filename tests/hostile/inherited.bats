# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Arguments, descriptors, standard error, umask and working directory, as no well-behaved caller has them.

load ../helper
load common

@test "I6: an empty argv" {
	launch_dirty alice no-argv -- tcp:53 -- "$PROBE"
	refused 64 usage tcp 53
}

@test "I6: an empty argv at a root start" {
	launch_dirty root no-argv -- tcp:53 -- "$PROBE"
	refused 64 usage tcp 53
}

# huge CALLER: arguments and variables of 100,000 bytes.
huge()
{
	local big
	big=$(printf 'x%.0s' {1..100000})
	run_as "$1" env "BIG=$big" "BIG2=$big" "$LPB" tcp:53 -- "$PROBE" "$big"
	granted
	clean alice
	equal "$(probe_value argv.1)" "$big"
}

@test "I6: a huge argv and a huge environment" {
	huge alice
	equal "${#output}" "$(wc -c <<<"$output" | awk '{ print $1 - 1 }')"
	matches "$output" '^env.BIG2=x{30000}'
}

@test "I6: a huge argv and a huge environment at a root start" {
	huge root
	lacks "$output" '^env.BIG'
}

@test "I6: thousands of arguments take no more memory than they need" {
	not_under asan "its runtime library takes terabytes of addresses, which a limit of them forbids"
	local words requests
	words=$(printf 'argument-%d ' {1..20000})
	requests=$(printf 'tcp:53 %.0s' {1..20000})
	for caller in alice root; do
		# shellcheck disable=SC2016,SC2086 # expanded by the inner shell; as many words
		run_as $caller sh -c 'ulimit -v 200000 && exec "$@"' sh "$LPB" tcp:53 -- "$PROBE" --quiet $words
		equal "$status:$stderr" '0:'
		# shellcheck disable=SC2016,SC2086 # the same
		run_as $caller sh -c 'ulimit -v 200000 && exec "$@"' sh "$LPB" -n $requests -- "$PROBE"
		refused 64 'more requests than a line of the log can name' tcp 53
	done
}

# at_the_brim CALLER: by a short name and without dashes, since what the daemon is not told makes room.
at_the_brim()
{
	run_as "$1" /bin/sh -c "cd $PREFIX/bin && exec $BIN/dirty brim -- ./lowportbind tcp:53 $PROBE"
}

@test "I6: arguments and environment that leave no room for another variable" {
	at_the_brim alice
	refused 126 'Argument list too long' tcp 53
}

@test "I6: arguments and environment that leave no room, at a root start" {
	at_the_brim root
	either '71|126' 'Argument list too long'
}

@test "I6: argv[0] of control characters, formats and 2 KiB is not repeated in messages" {
	local name
	for name in $'%n%s%n\e[31mevil\nlowportbind: fine' "$(printf 'evil%.0s' {1..512})" '' '-u' '--' ; do
		launch_dirty bob "argv0=$name" -- tcp:80 -- "$PROBE"
		refused 77 '^lowportbind: tcp:80: bob' tcp 80
		lacks "$stderr" 'evil'
		launch_dirty alice "argv0=$name" -- --nonsense tcp:53 -- "$PROBE"
		refused 64 '^lowportbind: an unknown option' tcp 53
		lacks "$stderr" 'evil'
		launch_dirty root "argv0=$name" -- tcp:80 -- "$PROBE"
		refused 77 '^lowportbind: tcp:80: ' tcp 80
		lacks "$stderr" 'evil'
	done
}

@test "I6: argv[0] changes nothing about a start that is granted" {
	for name in $'%n%s%n\e[31mevil\n' "$(printf 'evil%.0s' {1..512})" '' '-u' '--'; do
		clean_from alice "argv0=$name"
		clean_from root "argv0=$name"
	done
}

# closed CALLER: each of the standard descriptors, and all of them together.
closed()
{
	local closed fd words
	for closed in "0" "1" "2" "0 1" "0 2" "1 2" "0 1 2"; do
		words=()
		for fd in $closed; do
			words+=("close=$fd")
		done
		# The report goes to a file, as 1 may be closed.
		run_as "$1" "$BIN/dirty" "${words[@]}" -- "$LPB" tcp:53 -- /bin/sh -c "exec $PROBE >$SCRATCH/report"
		equal "$status" 0
		output=$(cat "$SCRATCH/report")
		clean alice
		for fd in $closed; do
			# glibc puts /dev/full at 0 for a privileged program: reading it fails.
			[ "$fd" = 1 ] || socket "$fd" 'path=/dev/(null|full)'
		done
		rm -f "$SCRATCH/report"
	done
}

@test "I4: sane descriptors 0 to 2 are made where the caller closed them" {
	closed alice
}

@test "I4: sane descriptors 0 to 2 are made at a root start too" {
	closed root
}

@test "I4: a message does not go into a socket that took the place of a closed descriptor" {
	local words
	for words in close=2 'close=0 close=1 close=2' 'close=1 close=2'; do
		# shellcheck disable=SC2086 # several words
		launch_dirty bob $words -- tcp:80 -- "$PROBE"
		equal "$status" 77
		equal "$output$stderr" ""
		port_free tcp 80
		# shellcheck disable=SC2086
		launch_dirty root $words -- tcp:80 -- "$PROBE"
		equal "$status" 77
		equal "$output$stderr" ""
		port_free tcp 80
	done
}

# held FIRST LAST: the words that open these descriptors.
held()
{
	seq -f 'open=%.0f' "$1" "$2"
}

@test "I4: descriptors that the caller held are closed, 3 to 20 and beyond" {
	# shellcheck disable=SC2046 # several words
	clean_from alice $(held 3 20) open=63 open=255 open=1000
}

@test "I4: descriptors that root held are closed" {
	# shellcheck disable=SC2046 # several words
	clean_from root $(held 3 20) open=63 open=255 open=1000
}

@test "I4: so many descriptors that there is hardly one left" {
	# shellcheck disable=SC2046 # several words
	clean_from alice $(held 3 56) rlimit=7:64:64
	needs_open_files 4096
	# shellcheck disable=SC2046 # several words
	either_from '71|127' '.' alice $(held 3 120) rlimit=7:4096:4096
}

# high CALLER: the highest descriptors there can be, out of reach of a loop up to the limit.
high()
{
	local most
	most=$(ulimit -Hn)
	# For a thousand times as many the kernel has no memory.
	[ "$most" != unlimited ] && [ "$most" -le 1000000 ] || most=1000000
	clean_from "$1" open=900 rlimit=7:64:64
	clean_from "$1" "rlimit=7:$most:$most" "open=$((most - 1))" rlimit=7:20:20
}

@test "I4: a high descriptor above a lowered limit is closed" {
	high alice
}

@test "I4: a high descriptor above a lowered limit is closed at a root start" {
	high root
}

# masks CALLER: the umask is the daemon's as well, and nothing that the launcher makes has a mode.
masks()
{
	local mask
	for mask in 0000 0777; do
		clean_from "$1" umask=$mask
		equal "$(probe_value umask)" "$mask"
	done
}

@test "I6: umask 0 and 0777 pass through and change nothing" {
	masks alice
}

@test "I6: umask 0 and 0777 at a root start" {
	masks root
}

@test "I6: a working directory that was deleted" {
	for caller in alice root; do
		mkdir -m 0755 "$SCRATCH/gone"
		chown $caller "$SCRATCH/gone"
		clean_from $caller "chdir=$SCRATCH/gone" "rmdir=$SCRATCH/gone"
		equal "$(probe_value cwd.error)" ENOENT
	done
}

@test "I6: a working directory that the user may not read" {
	mkdir -m 0700 "$SCRATCH/closed"
	clean_from root "chdir=$SCRATCH/closed"
	# As alice has it who was there before it was closed.
	clean_from root "chdir=$SCRATCH/closed" gids=60001:60001:60001 groups=60001 uids=60001:60001:60001
}

@test "I6: standard error full, dead or non-blocking: a refusal neither hangs nor grants" {
	for word in full-stderr full-stderr-nonblock dead-stderr; do
		run_as bob "$BIN/dirty" "$word" -- /usr/bin/timeout "$PATIENCE" "$LPB" tcp:80 -- "$PROBE"
		equal "$status" 77 "$word"
		equal "$output" ""
		port_free tcp 80
		run_as root "$BIN/dirty" "$word" -- /usr/bin/timeout "$PATIENCE" "$LPB" tcp:80 -- "$PROBE"
		equal "$status" 77 "$word"
		equal "$output" ""
		run_as alice "$BIN/dirty" "$word" -- /usr/bin/timeout "$PATIENCE" "$LPB" tcp:53 -- /nonexistent
		equal "$status" 127 "$word: a program that is not there"
		run_as alice "$BIN/dirty" "$word" -- /usr/bin/timeout "$PATIENCE" "$LPB" --wrong
		equal "$status" 64 "$word: a wrong option"
		port_free tcp 53
	done
}

@test "I4: the keys of root's session are not the daemon's" {
	run "$BIN/dirty" key -- "$PROBE"
	reported key readable
	clean_from root key
}

@test "I6: standard error full, dead or non-blocking: a start that is granted" {
	# So that there is something to say as well.
	dropin broken.conf <<<nonsense
	for caller in alice root; do
		for word in full-stderr full-stderr-nonblock dead-stderr; do
			run_as $caller "$BIN/dirty" "$word" -- /usr/bin/timeout "$PATIENCE" "$LPB" tcp:53 -- "$PROBE"
			equal "$status" 0 "$word"
			clean alice
		done
	done
}

@test "I1: no message is written while privileged" {
	local change
	for words in '--nonsense tcp:53' '' 'tcp:99999' 'tcp:80' '--pass x=9 tcp:53' '-u bob tcp:53' 'tcp:192.0.2.1:53'; do
		# shellcheck disable=SC2086 # several words
		trace alice $words -- "$PROBE"
		[ "$status" -ne 0 ] || fail "$words: granted"
		equal "${#stderr_lines[@]}" 1
		change=1
		[ "$FLAVOUR" = filecaps ] || change=$(call_line ' setresuid\(60001, 60001, 60001\) += 0' last)
		[ -n "$change" ] || fail "$words: no change of user"
		lacks "$(head -n "$change" "$SCRATCH/trace" | sed 1d)" ' (write|writev|sendto|sendmsg|pwrite64)\('
	done
}

@test "I1: a message into the launcher's own memory is lost, and changes nothing" {
	launch_dirty bob memory-as-stderr -- tcp:80 -- "$PROBE"
	equal "$status" 77
	equal "$output$stderr" ''
	port_free tcp 80
	run_as alice "$BIN/dirty" memory-as-stderr -- "$LPB" tcp:53 -- "$PROBE"
	granted
	clean alice
}
