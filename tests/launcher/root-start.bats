# SPDX-License-Identifier: GPL-2.0-or-later
# I7: a start by root becomes the port's owner, and nothing runs as root unless
# root says so. And the terminal of whoever typed the command is given up.

load ../helper

ROOT_START=$PREFIX/libexec/lowportbind/root-start

prepare()
{
	# One test puts other things in its place.
	if [ -e "$ROOT_START.away" ]; then
		rm -rf "$ROOT_START"
		mv "$ROOT_START.away" "$ROOT_START"
	fi
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		owner = alice
		[web]
		ports = tcp:80
		owner = carol
		[two]
		ports = tcp:81
		users = alice bob
		[root]
		ports = tcp:82
		owner = root
		[zero]
		ports = tcp:83
		owner = 0
		[number]
		ports = tcp:84
		owner = 61234
	END
}

# Root names a port that is another's, for somebody who binds it himself.
not_in_table()
{
	[ "$FLAVOUR" != none ] || skip "root's word is not in the kernel table, which refuses such a bind (tests/kernel/table.bats)"
}

@test "I7: a root start runs as the port's owner" {
	launch root tcp:53 -- "$PROBE" --get-root
	granted
	clean alice
	equal "$(probe_value root.setuid)" EPERM
	# That is port 81, which is hers too, and a kernel table would give it to her.
	equal "$(probe_value root.bind)" "$([ "$FLAVOUR" = none ] && echo ok || echo EACCES)"
	launch root @dns -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
}

@test "I7: with the owner's supplementary groups, and none of root's" {
	launch root tcp:80 -- "$PROBE"
	granted
	clean carol
	matches "$(probe_value groups)" '\b60010\b'
	run --separate-stderr setpriv --groups 0,60011 "$LPB" tcp:80 -- "$PROBE"
	granted
	clean carol
	lacks "$(probe_value groups)" '\b60011\b'
}

@test "I7: root as the owner is refused, by name, by number, by another name" {
	launch root tcp:82 -- "$PROBE"
	refused '77|64' 'root' tcp 82
	launch root tcp:83 -- "$PROBE"
	refused '77|64' 'root' tcp 83
	echo 'toor:x:0:60001::/:/bin/sh' >>/etc/passwd
	own <<-'END'
		[a]
		ports = tcp:53
		owner = toor
	END
	launch root tcp:53 -- "$PROBE"
	sed -i '/^toor:/d' /etc/passwd
	refused '77|64' '.' tcp 53
}

@test "I7: an owner whose primary group is 0 is refused" {
	echo 'gzero:x:60020:0::/:/bin/sh' >>/etc/passwd
	own <<-'END'
		[a]
		ports = tcp:53
		owner = gzero
	END
	launch root tcp:53 -- "$PROBE"
	sed -i '/^gzero:/d' /etc/passwd
	refused '77|64' '.' tcp 53
}

@test "I7: an owner with group 0 among the supplementary ones does not keep it, or is refused" {
	sed -i 's/^root:x:0:.*/root:x:0:bob/' /etc/group
	own <<-'END'
		[a]
		ports = tcp:53
		owner = bob
	END
	launch root tcp:53 -- "$PROBE"
	sed -i 's/^root:x:0:.*/root:x:0:/' /etc/group
	if [ "$status" -eq 0 ]; then
		lacks " $(probe_value groups) " ' 0 '
	else
		refused '77|71' '.' tcp 53
	fi
}

@test "I7: a port that nobody owns is refused: unlisted, or with users alone" {
	launch root tcp:90 -- "$PROBE"
	refused '77|64' 'tcp:90: .*-u' tcp 90
	launch root tcp:3000 -- "$PROBE"
	refused '77|64' 'tcp:3000: .*-u' tcp 3000
	launch root tcp:81 -- "$PROBE"
	refused '77|64' 'tcp:81: .*-u' tcp 81
}

@test "I7: owners that differ are refused" {
	launch root tcp:53 tcp:80 -- "$PROBE"
	refused '77|64' '-u' tcp 53
	dropin a.conf <<-'END'
		[again]
		ports = tcp:53
		owner = bob
	END
	launch root tcp:53 -- "$PROBE"
	refused '77|64' '-u' tcp 53
}

@test "I7: an owner that does not exist is refused" {
	own <<-'END'
		[a]
		ports = tcp:53
		owner = nosuchuser
	END
	launch root tcp:53 -- "$PROBE"
	refused '77|64|78' 'nosuchuser' tcp 53
}

@test "I7: an owner by number without a passwd entry needs -u UID:GID" {
	launch root tcp:84 -- "$PROBE"
	refused '77|64' '-u' tcp 84
	launch root -u 61234:61235 tcp:84 -- "$PROBE"
	granted
	equal "$(probe_value uid)" '61234 61234 61234 61234'
	equal "$(probe_value gid)" '61235 61235 61235 61235'
	matches "$(probe_value groups)" '^(61235)?$'
}

@test "I7: an owner by number has the groups of who has that id, and not of who has it for a name" {
	echo "$ALICE:x:60021:60021::/:/bin/sh" >>/etc/passwd
	sed -i "s/^webbers:.*/&$ALICE/" /etc/group
	own <<-END
		[a]
		ports = tcp:53
		owner = $ALICE
	END
	launch root tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I7: -u USER needs no section, and may name another's port" {
	not_in_table
	launch root -u bob tcp:90 -- "$PROBE"
	granted
	clean bob
	launch root -u bob tcp:53 -- "$PROBE"
	granted
	clean bob
	rm -rf "$CONF" "$DROPIN"
	launch root -u carol tcp:80 -- "$PROBE"
	granted
	clean carol
}

@test "I7: nothing is asked for but --pass: root says who is to have it" {
	launch_dirty root open=5 -- --pass log=5 -- "$PROBE"
	refused 64 'nothing is asked for that has an owner; say -u USER'
	launch_dirty root open=5 -- -u bob --pass log=5 -- "$PROBE"
	granted
	clean bob '0 1 2 3'
	socket 3 'path=/dev/null'
}

@test "I7: -u USER:GROUP, by name and by number" {
	launch root -u bob:webbers tcp:90 -- "$PROBE"
	granted
	equal "$(probe_value uid)" "$BOB $BOB $BOB $BOB"
	equal "$(probe_value gid)" '60011 60011 60011 60011'
	launch root -u 60002:60011 tcp:90 -- "$PROBE"
	granted
	equal "$(probe_value uid)" "$BOB $BOB $BOB $BOB"
	equal "$(probe_value gid)" '60011 60011 60011 60011'
}

@test "I7: -u with text of every wrong kind" {
	echo '007:x:60022:60022::/:/bin/sh' >>/etc/passwd
	for user in nosuchuser '' : bob: :webbers -1 4294967295 4294967296 4295027298 0x0 007 0day bob:nosuch \
		bob:-1 bob:4294967295 '60002:' 99999999999999999999:1 ' bob' '+0' '-0'; do
		launch root -u "$user" tcp:90 -- "$PROBE"
		refused '64|77|71' '.' tcp 90 || fail "-u '$user'"
	done
}

@test "I7: a user whose primary group is -1 is refused" {
	echo 'gmax:x:60021:4294967295::/:/bin/sh' >>/etc/passwd
	echo 'umax:x:4294967295:60001::/:/bin/sh' >>/etc/passwd
	for user in gmax umax; do
		launch root -u $user tcp:90 -- "$PROBE"
		refused '71|77' '.' tcp 90
	done
	sed -i '/^[gu]max:/d' /etc/passwd
}

@test "I7: -u root runs as root, because root said so; -u 0 without a passwd entry does too" {
	launch root -u root tcp:90 -- "$PROBE"
	granted
	equal "$(probe_value uid)" '0 0 0 0'
	equal "$(probe_value fds)" '0 1 2 3'
}

@test "I7: group 0 only where root says so" {
	launch root -u bob:root tcp:90 -- "$PROBE"
	if [ "$status" -eq 0 ]; then
		equal "$(probe_value gid)" '0 0 0 0'
		equal "$(probe_value uid)" "$BOB $BOB $BOB $BOB"
	else
		refused '64|77' '.' tcp 90
	fi
}

@test "I7: nothing runs as root where the part for root is missing, or is no program" {
	own <<-'END'
		[a]
		ports = tcp:53 tcp:3000
		anyone = yes
	END
	mv "$ROOT_START" "$ROOT_START.away"
	for kind in missing plain text directory; do
		case $kind in
		plain) install -m 0644 "$ROOT_START.away" "$ROOT_START" ;;
		text) echo "exec $PROBE" >"$ROOT_START" && chmod 0755 "$ROOT_START" ;;
		directory) rm "$ROOT_START" && mkdir -m 0755 "$ROOT_START" ;;
		esac
		for port in 53 3000 4000; do
			launch root tcp:$port -- "$PROBE"
			refused 71 'root-start' tcp $port
			launch root -u root tcp:$port -- "$PROBE"
			refused 71 'root-start' tcp $port
		done
		launch alice tcp:53 -- "$PROBE"
		granted
		clean alice
	done
}

@test "I7: the part for root is nobody else's to run" {
	run --separate-stderr as alice "$ROOT_START" -u bob tcp:3000 -- "$PROBE"
	refused 64 'root' tcp 3000
	run --separate-stderr as alice "$ROOT_START" --chroot / tcp:3000 -- "$PROBE"
	refused 64 'root' tcp 3000
}

@test "I7: a root start goes by what an ordinary user can read" {
	dropin hidden.conf <<-'END'
		[hidden]
		ports = tcp:90
		owner = carol
	END
	chmod 0600 "$DROPIN/hidden.conf"
	launch root tcp:90 -- "$PROBE"
	equal "$status" 78
	equal "$output" ''
	equal "${#stderr_lines[@]}" 2 "lines on standard error"
	matches "${stderr_lines[0]}" "$DROPIN/hidden.conf.*chmod 644"
	matches "${stderr_lines[1]}" 'tcp:90: '
	port_free tcp 90
	launch root tcp:53 -- "$PROBE"
	equal "$status" 0
	matches "$stderr" 'hidden.conf'
	clean alice
	chmod 0644 "$DROPIN/hidden.conf"
	launch root tcp:90 -- "$PROBE"
	granted
	clean carol
	chmod 0700 "$DROPIN"
	launch root tcp:90 -- "$PROBE"
	equal "$status" 78
	chmod 0600 "$CONF"
	launch root tcp:53 -- "$PROBE"
	equal "$status" 78
	equal "$output" ''
}

@test "I7: -u with a section that grants the user: its handoff and together hold" {
	not_in_table
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		owner = alice
		together = yes
		[inetd]
		ports = tcp:79
		users = alice
		handoff = stdin
	END
	launch root -u alice tcp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	socket 3 'type=stream' ':53 '
	socket 4 'type=dgram' ':53 '
	launch root -u alice tcp:79 -- "$PROBE"
	granted
	clean alice '0 1 2'
	socket 0 ':79 '
	# Another's port is root's word alone, and so without what the section says.
	launch root -u bob tcp:53 -- "$PROBE"
	granted
	clean bob
	launch root -u bob tcp:79 -- "$PROBE"
	granted
	clean bob
	socket 3 ':79 '
	launch root -u bob @dns -- "$PROBE"
	granted
	clean bob '0 1 2 3 4'
	launch root -u bob -n tcp:53 -- "$PROBE"
	equal "$status" 0
	matches "$output" "tcp:53 \\(root's word\\)"
}

@test "I7: -u and its group are not taken for the section's" {
	not_in_table
	own <<-'END'
		[a]
		ports = tcp:53
		groups = webbers
		together = yes
		handoff = stdin
	END
	launch root -u bob tcp:53 -- "$PROBE"
	granted
	socket 3 ':53 '
	launch root -u bob:webbers tcp:53 -- "$PROBE"
	granted
	socket 0 ':53 '
	equal "$(probe_value gid)" '60011 60011 60011 60011'
}

@test "I7: --chroot changes the root directory before the drop" {
	mkdir -p "$SCRATCH/jail/bin"
	cp "$PROBE" "$SCRATCH/jail/bin/probe"
	launch root --chroot "$SCRATCH/jail" tcp:53 -- /bin/probe --get-root
	granted
	clean alice
	equal "$(probe_value cwd)" /
	matches "$(probe_value root)" ":$(stat -c %i "$SCRATCH/jail")\$"
	equal "$(probe_value root.setuid)" EPERM
}

@test "I7: --chroot works without /proc inside, and leaves no way out" {
	install -d -m 0755 "$SCRATCH/jail/bin"
	cp "$PROBE" "$SCRATCH/jail/bin/probe"
	for words in 'tcp:53' '-u bob tcp:54' '--env PATH=/bin tcp:53'; do
		# shellcheck disable=SC2086 # several words
		launch_dirty root open=7 "chdir=/usr" -- --chroot "$SCRATCH/jail" $words -- /bin/probe
		granted
		case $words in
		*bob*) clean bob ;;
		*) clean alice ;;
		esac
		equal "$(probe_value cwd)" /
		matches "$(probe_value root)" ":$(stat -c %i "$SCRATCH/jail")\$"
		socket 3 ':5[34] ' 'listening=1'
	done
	[ ! -e "$SCRATCH/jail/proc" ] || fail "there is a /proc"
}

@test "I7: --chroot to a directory that only root can reach" {
	install -d -m 0755 "$SCRATCH/closed/jail"
	cp "$PROBE" "$SCRATCH/closed/jail/probe"
	chmod 0700 "$SCRATCH/closed"
	launch root --chroot "$SCRATCH/closed/jail" tcp:53 -- /probe
	granted
	clean alice
	matches "$(probe_value root)" ":$(stat -c %i "$SCRATCH/closed/jail")\$"
}

@test "I7: --chroot finds the program inside, and 127 where it is only outside" {
	install -d -m 0755 "$SCRATCH/jail/usr/bin"
	cp "$PROBE" "$SCRATCH/jail/usr/bin/inside"
	launch root --chroot "$SCRATCH/jail" tcp:53 -- inside
	granted
	launch root --chroot "$SCRATCH/jail" tcp:53 -- "$PROBE"
	refused 127 'probe' tcp 53
}

@test "I7: --chroot and CAP_SYS_CHROOT: permitted for the call alone" {
	install -d -m 0755 "$SCRATCH/jail"
	cp "$PROBE" "$SCRATCH/jail/probe"
	trace root --chroot "$SCRATCH/jail" tcp:53 -- /probe --quiet
	equal "$status" 0
	local raised entered
	raised=$(call_line ' capset\(.*effective=1<<CAP_SYS_CHROOT' first)
	entered=$(call_line ' chroot\("\."\) += 0' first)
	[ "$raised" -lt "$entered" ] || fail "chroot without the capability"
	matches "$(tail -n +"$entered" "$SCRATCH/trace" | grep -m 1 ' capset(')" 'effective=0, permitted=0, inheritable=0'
	trace root tcp:53 -- "$PROBE" --quiet
	lacks "$(tail -n +"$(call_line ' setresuid\(' first)" "$SCRATCH/trace" | grep ' capset(')" 'CHROOT'
}

@test "I7: --chroot that claims a success it did not have" {
	install -d -m 0755 "$SCRATCH/jail/bin"
	cp "$PROBE" "$SCRATCH/jail/bin/probe"
	for fault in chroot:retval=0 chroot:error=EPERM fchdir:error=EACCES fchdir:retval=0; do
		run --separate-stderr strace -f -qq -o /dev/null -b execve -e "inject=$fault" \
			"$ROOT_START" --chroot "$SCRATCH/jail" tcp:53 -- "$PROBE" </dev/null
		refused 71 'root directory' tcp 53
	done
}

@test "I7: --chroot that fails" {
	for dir in /nonexistent /etc/passwd; do
		launch root --chroot "$dir" tcp:53 -- "$PROBE"
		refused 71 "$dir" tcp 53
	done
}

@test "I7: --chroot with --chdir: the directory is one inside" {
	mkdir -p "$SCRATCH/jail/bin" "$SCRATCH/jail/var/empty"
	cp "$PROBE" "$SCRATCH/jail/bin/probe"
	launch root --chroot "$SCRATCH/jail" --chdir /var/empty tcp:53 -- /bin/probe
	granted
	clean alice
	equal "$(probe_value cwd)" /var/empty
}

@test "I7: a root start first cuts itself down to a few capabilities" {
	trace root tcp:53 -- "$PROBE" --quiet
	equal "$status" 0
	local cut opened
	cut=$(call_line ' capset\(' first)
	opened=$(call_line 'openat2?\(.*lowportbind\.conf"' first)
	[ "$cut" -lt "$opened" ] || fail "the ownership file is opened before the first capset"
	lacks "$(sed -n "${cut}p" "$SCRATCH/trace")" 'CAP_(DAC_|SYS_[ABD-Z]|CHOWN|FOWNER|KILL|NET_ADMIN|NET_RAW)'
}
