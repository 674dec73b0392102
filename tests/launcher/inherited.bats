# SPDX-License-Identifier: GPL-2.0-or-later
# I4, I5 and I6: nothing leaks, everything fails closed, the caller controls
# nothing. States that a caller can hand over come from dirty.c.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice bob
		owner = alice
	END
}

@test "I4: descriptors that the caller held are closed" {
	launch_dirty alice open=3 open=4 open=5 open=10 open=20 open=255 -- tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I4: at a root start too" {
	launch_dirty root open=3 open=4 open=5 open=10 open=20 open=255 -- tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I4: a high descriptor above a lowered limit is closed" {
	launch_dirty alice open=900 rlimit=7:64:64 -- tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I4: --pass keeps what it names, after the sockets, and closes the rest" {
	launch_dirty alice open=5 open=6 open=7 -- --pass log=6 tcp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	socket 3 '^socket '
	socket 4 '^chr .*path=/dev/null'
	equal "$(probe_value env.LISTEN_FDS)" 2
	equal "$(probe_value env.LISTEN_FDNAMES | sed 's/.*://')" log
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

@test "I4: signals blocked, ignored and pending do not arrive" {
	launch_dirty alice block=all ignore=all -- tcp:53 -- "$PROBE"
	granted
	clean alice
	launch_dirty alice block=10 raise=10 -- tcp:53 -- "$PROBE"
	# The signal was the caller's to itself: it may end the start, never be handed on.
	if [ "$status" -eq 0 ]; then
		clean alice
	else
		equal "$output" ""
		port_free tcp 53
	fi
}

@test "I4: timers do not arrive" {
	launch_dirty alice itimer-real=60000000 itimer-virtual=60000000 itimer-prof=60000000 -- \
		tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I4: the parent-death signal does not arrive" {
	launch_dirty alice pdeathsig=9 -- tcp:53 -- "$PROBE"
	granted
	clean alice
	launch_dirty root pdeathsig=9 -- tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I4: securebits, inheritable and ambient capabilities of a root caller do not arrive" {
	launch_dirty root securebits=0x10 inheritable=10 ambient=10 inheritable=21 -- tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I4: locked securebits are refused or gone" {
	launch_dirty root securebits=0x2f -- tcp:53 -- "$PROBE"
	if [ "$status" -eq 0 ]; then
		clean alice
	else
		refused 71 '.' tcp 53
	fi
}

@test "I4: a setuid start with inheritable capabilities of the caller" {
	# As a login with pam_cap would have it: the caller is alice, with a capability to hand down.
	run --separate-stderr capsh --inh=cap_net_bind_service,cap_net_raw --user=alice -- \
		-c "exec $LPB tcp:53 -- $PROBE"
	granted
	clean alice
}

@test "I4: sane descriptors 0 to 2 are made where the caller closed them" {
	for closed in "0" "1" "2" "0 1" "0 2" "1 2" "0 1 2"; do
		words=()
		for fd in $closed; do
			words+=("close=$fd")
		done
		# The report goes to a descriptor that is handed over, as 1 may be closed.
		run --separate-stderr as alice "$BIN/dirty" "${words[@]}" -- "$LPB" tcp:53 -- \
			/bin/sh -c "exec $PROBE >$SCRATCH/report"
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

@test "I4: a message does not go into a socket that took the place of a closed descriptor" {
	launch_dirty bob close=2 -- tcp:80 -- "$PROBE"
	equal "$status" 77
	equal "$output" ""
}

@test "I4: the sockets are not close-on-exec and not non-blocking" {
	launch alice tcp:53 udp:53 -- "$PROBE"
	granted
	socket 3 'nonblock=0 cloexec=0'
	socket 4 'nonblock=0 cloexec=0'
}

@test "I5: a second bind that fails takes the first with it" {
	spawn h root "$BIN/hold" udp 0.0.0.0 53
	wait_line "$SCRATCH/h.out" held
	launch alice tcp:53 udp:53 -- "$PROBE"
	refused 75 'udp:53: .*(in use|taken)' tcp 53
}

@test "I5: one refused request refuses them all" {
	launch alice tcp:53 tcp:80 -- "$PROBE"
	refused 77 'tcp:80' tcp 53
	launch alice tcp:80 tcp:53 -- "$PROBE"
	refused 77 'tcp:80' tcp 53
}

@test "I5: a failing setresuid, capset, prctl or close ends it, and one that only claims success" {
	local -A false_success=([setuid]=setresuid:retval=0 [filecaps]='')
	# A setresuid that does nothing does no harm to a program that is never root.
	for fault in setresuid:error=EAGAIN ${false_success[$FLAVOUR]} setresgid:error=EPERM \
		capset:error=EPERM capset:retval=0 \
		prctl:error=EINVAL bind:error=EINVAL bind:retval=0 listen:error=EADDRINUSE \
		listen:retval=0 socket:error=EMFILE; do
		run --separate-stderr strace -f -qq -o /dev/null -b execve -e "inject=$fault" -u alice \
			"$LPB" tcp:53 -- "$PROBE" </dev/null
		[ "$status" -ne 0 ] || fail "$fault: exit status 0"
		equal "$output" "" "$fault: standard output"
		[ "${#stderr_lines[@]}" -ge 1 ] || fail "$fault: nothing is said"
		port_free tcp 53
	done
}

@test "I6: an empty argv" {
	launch_dirty alice no-argv -- tcp:53 -- "$PROBE"
	equal "$output" ""
	[ "$status" -eq 64 ] || fail "exit status"
	port_free tcp 53
	launch_dirty root no-argv -- tcp:53 -- "$PROBE"
	equal "$output" ""
	[ "$status" -eq 64 ] || fail "exit status"
}

@test "I6: argv[0] is not repeated in messages" {
	launch_dirty bob argv0=$'%n%s\e[31mevil\nlowportbind: fine' -- tcp:80 -- "$PROBE"
	refused 77 '^lowportbind: tcp:80: bob' tcp 80
	lacks "$stderr" 'evil'
}

@test "I6: a huge argv and a huge environment" {
	local big
	big=$(printf 'x%.0s' {1..100000})
	run --separate-stderr as alice env "BIG=$big" "BIG2=$big" "$LPB" tcp:53 -- "$PROBE" "$big"
	granted
	clean alice
	equal "$(probe_value argv.1)" "$big"
	equal "$(probe_value env.BIG2)" "$big"
}

@test "I6: environment entries without an equals sign, empty, doubled" {
	launch_dirty alice env=NOEQUALS env= env==odd env=TWICE=1 env=TWICE=2 -- tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I6: umask 0 and 0777 pass through and change nothing" {
	for mask in 0000 0777; do
		launch_dirty alice umask=$mask -- tcp:53 -- "$PROBE"
		granted
		clean alice
		equal "$(probe_value umask)" "$mask"
	done
}

@test "I6: a working directory that was deleted, and one that the user may not read" {
	mkdir -m 0755 "$SCRATCH/gone" "$SCRATCH/closed"
	chown alice "$SCRATCH/gone"
	launch_dirty alice "chdir=$SCRATCH/gone" "rmdir=$SCRATCH/gone" -- tcp:53 -- "$PROBE"
	granted
	clean alice
	chmod 0700 "$SCRATCH/closed"
	launch_dirty root "chdir=$SCRATCH/closed" -- tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I6: limits at small values and at 0 are refused or clean" {
	for limit in 0:1:1 1:0:0 2:100000:100000 3:65536:65536 4:0:0 6:0:0 7:3:3 7:4:4 7:8:8 8:0:0 9:8000000:8000000; do
		launch_dirty alice "rlimit=$limit" -- tcp:53 -- "$PROBE"
		if [ "$status" -eq 0 ]; then
			clean alice
		else
			equal "$(probe_value end)" "" "limit $limit: the probe"
			port_free tcp 53
		fi
	done
}

@test "I6: stderr full, dead or non-blocking neither hangs nor grants" {
	for word in full-stderr-nonblock dead-stderr; do
		run --separate-stderr as bob "$BIN/dirty" "$word" -- /usr/bin/timeout 5 "$LPB" tcp:80 -- "$PROBE"
		[ "$status" -eq 77 ] || fail "$word"
		equal "$output" ""
		run --separate-stderr as alice "$BIN/dirty" "$word" -- /usr/bin/timeout 5 "$LPB" tcp:53 -- /nonexistent
		[ "$status" -eq 127 ] || fail "$word: a program that is not there"
		run --separate-stderr as alice "$BIN/dirty" "$word" -- /usr/bin/timeout 5 "$LPB" --wrong
		[ "$status" -eq 64 ] || fail "$word: a wrong option"
	done
}

@test "I6: a renamed copy of the program is not privileged" {
	cp "$LPB" "$SCRATCH/renamed"
	chmod 0755 "$SCRATCH/renamed"
	run --separate-stderr as alice "$SCRATCH/renamed" tcp:53 -- "$PROBE"
	equal "$output" ""
	[ "$status" -ne 0 ] || fail "it ran"
	port_free tcp 53
}

@test "I6: in a user namespace with another /etc it gets no port of the outer network" {
	unshare -U true 2>/dev/null || skip "no user namespaces here"
	run --separate-stderr as alice unshare -Urm sh -c "
		mkdir $SCRATCH/etc &&
		printf '[x]\nports = tcp:80\nanyone = yes\n' >$SCRATCH/etc/lowportbind.conf &&
		mount --bind $SCRATCH/etc /etc && exec $LPB tcp:80 -- $PROBE"
	equal "$(probe_value end)" ""
	[ "$status" -ne 0 ] || fail "it ran"
	port_free tcp 80
}

@test "I6: LD_PRELOAD, LD_LIBRARY_PATH, GLIBC_TUNABLES and locale variables open no foreign file" {
	: >"$SCRATCH/evil.so"
	run --separate-stderr env LD_LIBRARY_PATH="$SCRATCH" LOCPATH="$SCRATCH" NLSPATH="$SCRATCH/%N" \
		LC_ALL=xx_XX LANGUAGE=xx TZ=":$SCRATCH/evil" TZDIR="$SCRATCH" \
		MALLOC_TRACE="$SCRATCH/mtrace" RES_OPTIONS=debug HOSTALIASES="$SCRATCH/evil" \
		strace -f -qq -s 256 -o "$SCRATCH/trace" -u alice "$LPB" bogus tcp:81 -- "$PROBE" --quiet
	lacks "$(sed -n '2,$p' "$SCRATCH/trace" | grep -E 'open|access|stat|readlink')" "$SCRATCH"
	[ ! -e "$SCRATCH/mtrace" ] || fail "MALLOC_TRACE was obeyed"
}
