# SPDX-License-Identifier: GPL-2.0-or-later
# How the daemon receives its sockets, and what environment it finds.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice
		owner = alice
		[inetd]
		ports = tcp:79
		users = alice
		handoff = stdin
	END
}

@test "listen-fds: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES as in sd_listen_fds(3)" {
	launch alice tcp:53 udp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	socket 3 'type=stream' 'listening=1'
	socket 4 'type=dgram'
	equal "$(probe_value env.LISTEN_FDS)" 2
	equal "$(probe_value env.LISTEN_PID)" "$(probe_value pid)"
	matches "$(probe_value env.LISTEN_FDNAMES)" '^[^:]+:[^:]+$'
}

@test "listen-fds: the order is that of the requests, the names are theirs" {
	launch alice b=udp:53 a=tcp:53 c=tcp:3000 -- "$PROBE"
	granted
	socket 3 'type=dgram' ':53 '
	socket 4 'type=stream' ':53 '
	socket 5 'type=stream' ':3000 '
	equal "$(probe_value env.LISTEN_FDNAMES)" b:a:c
}

@test "stdin: the socket is at descriptor 0, and no LISTEN_ variables" {
	for options in "--stdin" "--handoff stdin"; do
		# shellcheck disable=SC2086 # one word or two
		launch_dirty alice env=LISTEN_FDS=3 env=LISTEN_PID=1 -- $options tcp:53 -- "$PROBE"
		granted
		clean alice '0 1 2'
		socket 0 'type=stream' ':53 ' 'listening=1' 'cloexec=0'
		lacks "$output" '^env.LISTEN_'
	done
	launch alice --stdin udp:53 -- "$PROBE"
	granted
	socket 0 'type=dgram' ':53 '
}

@test "stdin: takes exactly one socket" {
	launch alice --stdin tcp:53 udp:53 -- "$PROBE"
	refused 64 'one socket' tcp 53
	launch alice --stdin --reuse-port 2 tcp:53 -- "$PROBE"
	refused 64 'one socket' tcp 53
}

@test "the section's handoff holds where the command line says nothing" {
	launch alice tcp:79 -- "$PROBE"
	granted
	clean alice '0 1 2'
	socket 0 ':79 '
	launch alice --handoff listen-fds tcp:79 -- "$PROBE"
	granted
	clean alice
	socket 3 ':79 '
}

@test "requests whose sections have different handoffs need --handoff" {
	for requests in 'tcp:53 tcp:79' 'tcp:79 tcp:53' '@dns @inetd' 'tcp:3000 tcp:79'; do
		# shellcheck disable=SC2086 # two words
		launch alice $requests -- "$PROBE"
		refused 64 'handoff.*--handoff' tcp 53
		port_free tcp 79
	done
	launch alice --handoff listen-fds tcp:53 tcp:79 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	launch alice --handoff stdin tcp:53 tcp:79 -- "$PROBE"
	refused 64 'stdin' tcp 53
	port_free tcp 79
}

@test "--handoff refuses what it does not know" {
	launch alice --handoff telepathy tcp:53 -- "$PROBE"
	refused 64 'telepathy|handoff' tcp 53
}

@test "adopt: sets no LISTEN_ variables" {
	[ -x "$PREFIX/bin/lowport-adopt" ] || skip "lowport-adopt is not built"
	launch_dirty alice env=LISTEN_FDS=3 -- --adopt tcp:127.0.0.1:53 -- "$PROBE_DYNAMIC" --quiet --exit=0
	equal "$status" 0
	launch alice --adopt tcp:127.0.0.1:53 -- /usr/bin/env
	lacks "$output" '^LISTEN_'
}

@test "a socket that was handed over serves" {
	spawn d alice "$LPB" tcp:53 -- "$PROBE" --serve
	wait_listening tcp 53
	run socat "-t$PATIENCE" - TCP:127.0.0.1:53 </dev/null
	matches "$output" "probe of uid $ALICE"
}

@test "a dual-stack socket serves both families" {
	for target in TCP4:127.0.0.1:53 'TCP6:[::1]:53'; do
		spawn d alice "$LPB" tcp:53 -- "$PROBE" --serve
		wait_listening tcp 53
		run socat "-t$PATIENCE" - "$target" </dev/null
		matches "$output" "probe of uid $ALICE"
		end d
	done
}

@test "a UDP socket that was handed over serves" {
	spawn d alice "$LPB" udp:53 -- "$PROBE" --serve
	wait_listening udp 53
	# It never sees an end, so that it would stay for as long as it may.
	spawn client root bash -c "echo hello | socat -t$PATIENCE - UDP:127.0.0.1:53,shut-none"
	wait_line "$SCRATCH/client.out" "probe of uid $ALICE"
}

# ---- descriptors ----

@test "I4: --pass keeps what it names, after the sockets, and closes the rest" {
	launch_dirty alice open=5 open=6 open=7 -- --pass log=6 tcp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	socket 3 '^socket '
	socket 4 '^chr .*path=/dev/null'
	equal "$(probe_value env.LISTEN_FDS)" 2
	equal "$(probe_value env.LISTEN_FDNAMES | sed 's/.*://')" log
}

@test "I4: --pass alone: no request, no privilege, and what it names is handed over" {
	dropin gains.conf <<-END
		[gains]
		ports = tcp:54
		owner = alice
		no-new-privileges = no
	END
	launch_dirty alice open=5 open=6 -- --pass log=6 -- "$PROBE"
	granted
	clean alice '0 1 2 3'
	socket 3 'path=/dev/null'
	equal "$(probe_value env.LISTEN_FDS)" 1
	equal "$(probe_value env.LISTEN_FDNAMES)" log
	launch_dirty alice open=5 -- --pass log=5 --adopt -- "$PROBE"
	refused 64 '^lowportbind: usage'
	launch_dirty alice open=5 -- --pass log=5 --freebind -n
	[ "$status" -eq 0 ] && matches "$output" '^alice \(uid [0-9]+\): handoff listen-fds:$'
}

@test "I4: --pass several, in order, also one that is where a socket must go" {
	exec 33</etc/passwd 34</etc/group
	launch_dirty alice open=5 -- --pass a=34 --pass b=33 --pass c=5 tcp:53 udp:53 -- "$PROBE"
	exec 33<&- 34<&-
	granted
	clean alice '0 1 2 3 4 5 6 7'
	socket 3 'type=stream'
	socket 4 'type=dgram'
	socket 5 'path=/etc/group|path=/opt/etc/group'
	socket 6 'path=/etc/passwd|path=/opt/etc/passwd'
	socket 7 'path=/dev/null'
}

@test "I4: --pass cannot name a descriptor that is not open, nor one of the launcher's own" {
	for fd in 3 4 5 6 7 8 9 63 1000 2147483647; do
		run --separate-stderr as alice bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 63>&-; exec "$@"' \
			bash "$LPB" --pass "x=$fd" tcp:53 -- "$PROBE"
		refused 64 'pass' tcp 53
	done
}

@test "I4: what the caller held is closed before anything of the administrator's is opened" {
	for words in '' '--pass one=3'; do
		# shellcheck disable=SC2086 # none or two words
		trace alice $words tcp:53 -- "$PROBE" --quiet 3</dev/null
		[ "$(call_line 'close_range\([34], 4294967295, 0\) *= 0')" -lt "$(call_line 'openat\(.*"lowportbind\.conf"')" ] ||
			fail "open together"
	done
}

@test "I4: --pass with a bad number" {
	for fd in -1 x '' 3x 99999999999 4294967299 03; do
		launch alice --pass "x=$fd" tcp:53 -- "$PROBE"
		refused 64 'pass' tcp 53
	done
}

@test "I4: --pass of the same descriptor twice is refused or hands it over twice" {
	launch_dirty alice open=5 -- --pass a=5 --pass b=5 tcp:53 -- "$PROBE"
	if [ "$status" -eq 0 ]; then
		clean alice '0 1 2 3 4 5'
	else
		refused 64 '.' tcp 53
	fi
}

@test "I4: the sockets are not close-on-exec and not non-blocking" {
	launch alice tcp:53 udp:53 -- "$PROBE"
	granted
	socket 3 'nonblock=0 cloexec=0'
	socket 4 'nonblock=0 cloexec=0'
}

# ---- environment ----

@test "a user's environment passes through" {
	run --separate-stderr as alice env A=1 'B=two words' HOME=/somewhere EDITOR=vi "$LPB" tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value env.A)" 1
	equal "$(probe_value env.B)" 'two words'
	equal "$(probe_value env.HOME)" /somewhere
	equal "$(probe_value env.EDITOR)" vi
}

@test "what is inherited under a name that begins with LISTEN_ goes, and what is no NAME=VALUE" {
	launch_dirty alice env=LISTEN_ANYTHING=x env=LISTEN_= env=LISTEN_ANYTHING env=NOEQUALS env=LISTENER=kept \
		env=MY_LISTEN_FDS=kept -- tcp:53 -- "$PROBE"
	granted
	equal "$(grep -c '^env\.LISTEN_' <<<"$output")" 3
	lacks "$output" '^env.LISTEN_(ANYTHING)?='
	lacks "$output" '^env-without-equals='
	equal "$(probe_value env.LISTENER)" kept
	equal "$(probe_value env.MY_LISTEN_FDS)" kept
	launch_dirty alice env=LISTEN_ANYTHING=x env=NOEQUALS -- --stdin tcp:53 -- "$PROBE"
	granted
	lacks "$output" '^env.LISTEN_'
	lacks "$output" '^env-without-equals='
}

@test "--env replaces what is inherited, and never the launcher's own LISTEN_ variables" {
	run --separate-stderr as alice env A=old B=old "$LPB" --env A=new --env LISTEN_FDS=9 --env LISTEN_PID=1 \
		--env LISTEN_FDNAMES=evil name=tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value env.A)" new
	equal "$(probe_value env.B)" old
	equal "$(probe_value env.LISTEN_FDS)" 1
	equal "$(probe_value env.LISTEN_PID)" "$(probe_value pid)"
	equal "$(probe_value env.LISTEN_FDNAMES)" name
	run --separate-stderr env SECRET=1 "$LPB" --env HOME=/srv --env A=1 tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value env.HOME)" /srv
	equal "$(probe_value env.A)" 1
	equal "$(probe_value env.SECRET)" ''
}

@test "a user's NOTIFY_SOCKET passes through" {
	run --separate-stderr as alice env NOTIFY_SOCKET=/run/n "$LPB" tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value env.NOTIFY_SOCKET)" /run/n
}

@test "a root start keeps the locale, the terminal type and what service managers give" {
	run --separate-stderr env LANG=C.UTF-8 LC_TIME=C TZ=UTC TERM=vt100 NOTIFY_SOCKET=@n WATCHDOG_USEC=5 \
		WATCHDOG_PID=7 JOURNAL_STREAM=8:9 INVOCATION_ID=abc RUNTIME_DIRECTORY=/run/d \
		STATE_DIRECTORY=/var/lib/d LISTEN_FDS=9 "$LPB" tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value env.LANG)" C.UTF-8
	equal "$(probe_value env.LC_TIME)" C
	equal "$(probe_value env.TZ)" UTC
	equal "$(probe_value env.TERM)" vt100
	equal "$(probe_value env.NOTIFY_SOCKET)" @n
	equal "$(probe_value env.WATCHDOG_USEC)" 5
	equal "$(probe_value env.WATCHDOG_PID)" 7
	equal "$(probe_value env.JOURNAL_STREAM)" 8:9
	equal "$(probe_value env.INVOCATION_ID)" abc
	equal "$(probe_value env.RUNTIME_DIRECTORY)" /run/d
	equal "$(probe_value env.STATE_DIRECTORY)" /var/lib/d
	equal "$(probe_value env.LISTEN_FDS)" 1
}

@test "the working directory stays" {
	cd /usr/share
	launch alice tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value cwd)" /usr/share
	launch root tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value cwd)" /usr/share
}

@test "the caller's limits, nice value and umask are the daemon's" {
	launch_dirty alice rlimit=7:100:200 nice=19 umask=0027 -- tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value rlimit.nofile)" 100:200
	equal "$(probe_value nice)" 19
	equal "$(probe_value umask)" 0027
}
