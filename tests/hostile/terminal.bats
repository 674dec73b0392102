# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# The terminal of whoever typed the command: a daemon must not read what root types there, nor type
# for root (CVE-2023-28339), nor take the terminal for its own.

load ../helper
load common

# The report goes to the terminal, which pty relays.
on_terminal()
{
	equal "$(probe_value end)" probe
	socket 0 'path=/dev/null' 'tty=0'
	socket 1 'access=w ' 'tty=1'
	socket 2 'access=w ' 'tty=1'
	equal "$(probe_value tty)" ENXIO
	equal "$(probe_value tty.0)" no
	for fd in 1 2; do
		equal "$(probe_value tty.$fd.read)" EBADF "reading $fd"
		matches "$(probe_value tty.$fd.reopen)" '^(EACCES|ENXIO|EPERM)$'
		matches "$(probe_value tty.$fd.sti)" '^(EPERM|EIO|ENOTTY)$'
		matches "$(probe_value tty.$fd.steal)" '^E'
	done
	equal "$(probe_value tty.after)" ENXIO
}

@test "I4: at a root start the terminal is given up by a session leader" {
	run --separate-stderr "$BIN/pty" "$LPB" tcp:53 -- "$PROBE" --get-tty
	equal "$status" 0
	on_terminal
	clean alice
}

@test "I4: a root start hands no terminal over by --pass, in whatever way it is open" {
	for open in '7<>/dev/tty' '7>/dev/tty' '7</dev/tty'; do
		run --separate-stderr "$BIN/pty" /bin/sh -c "exec $LPB --pass t=7 tcp:53 -- $PROBE $open"
		[ "$status" -ne 0 ] || fail "$open"
		matches "$output" 'terminal'
		lacks "$output" '^fd.4='
	done
	# One that says of itself that it is none.
	run --separate-stderr "$BIN/pty" /bin/sh -c "exec strace -qq -o /dev/null -b execve \
		-e inject=ioctl:error=EIO:when=5 $PREFIX/libexec/lowportbind/root-start --pass t=7 tcp:53 -- $PROBE 7<>/dev/tty"
	[ "$status" -ne 0 ] || fail "a fault"
	lacks "$output" '^fd.4='
}

@test "I4: at a root start the terminal is given up by a member of a group" {
	run --separate-stderr "$BIN/pty" --job "$LPB" tcp:53 -- "$PROBE" --get-tty
	equal "$status" 0
	on_terminal
	clean alice
}

@test "I4: what is typed at a root start's terminal is not the daemon's to read" {
	run --separate-stderr "$BIN/pty" --type=$'secret\n' "$LPB" tcp:53 -- /bin/cat /dev/stdin
	lacks "$output" secret
	run --separate-stderr "$BIN/pty" --type=$'secret\n' "$LPB" tcp:53 -- /bin/sh -c 'cat <&1; cat <&2; cat </dev/tty'
	lacks "$output" secret
}

@test "I4: with -u root the terminal is given up as well" {
	run --separate-stderr "$BIN/pty" "$LPB" -u root tcp:53 -- "$PROBE"
	equal "$(probe_value end)" probe
	socket 0 'path=/dev/null'
	equal "$(probe_value tty)" ENXIO
}

@test "I4: a terminal on one descriptor alone, under su, of another user" {
	# The terminal belongs to alice, as it does when alice called su or doas.
	run --separate-stderr "$BIN/pty" sh -c "chown alice \"\$(tty)\"; exec $LPB tcp:53 -- $PROBE --get-tty"
	equal "$status" 0
	equal "$(probe_value end)" probe
	socket 0 'path=/dev/null'
	equal "$(probe_value tty)" ENXIO
	run --separate-stderr "$BIN/pty" sh -c "chown bob \"\$(tty)\"; exec $LPB tcp:53 -- $PROBE --get-tty"
	equal "$status" 0
	on_terminal
	run --separate-stderr "$BIN/pty" sh -c "exec $LPB tcp:53 -- $PROBE --get-tty </dev/null 2>/dev/null"
	equal "$status" 0
	socket 1 'access=w ' 'tty=1'
	equal "$(probe_value tty)" ENXIO
}

@test "I4: at a root start under another user's session and terminal" {
	# As under su: the session, its leader's group and the terminal are another user's.
	for options in '' --job; do
		for owner in alice bob; do
			run --separate-stderr "$BIN/pty" $options sh -c "chown $owner \"\$(tty)\" && chmod 0600 \"\$(tty)\" &&
				su -P -s /bin/sh -c 'exec $LPB tcp:53 -- $PROBE --get-tty' root"
			equal "$status" 0
			equal "$(probe_value end)" probe
			socket 0 'path=/dev/null' 'tty=0'
			socket 1 'access=w '
			equal "$(probe_value tty)" ENXIO
			run --separate-stderr "$BIN/pty" $options sh -c "chown $owner \"\$(tty)\" && chmod 0600 \"\$(tty)\" &&
				$LPB tcp:53 -- $PROBE --get-tty"
			equal "$status" 0
			equal "$(probe_value end)" probe
			socket 0 'path=/dev/null' 'tty=0'
			socket 1 'access=w ' 'tty=1'
			socket 2 'access=w ' 'tty=1'
			equal "$(probe_value tty)" ENXIO
			for fd in 1 2; do
				equal "$(probe_value tty.$fd.read)" EBADF "reading $fd"
				matches "$(probe_value tty.$fd.sti)" '^(EPERM|EIO|ENOTTY)$'
				matches "$(probe_value tty.$fd.steal)" '^E'
			done
			equal "$(probe_value tty.after)" ENXIO
		done
	done
}

@test "I4: descriptors that are no terminals stay as they are at a root start" {
	run --separate-stderr bash -c "$LPB tcp:53 -- $PROBE </etc/passwd"
	granted
	socket 0 '^file access=r '
}

@test "a user's own terminal stays the user's" {
	run --separate-stderr "$BIN/pty" su -P -s /bin/sh alice -c "exec $LPB tcp:53 -- $PROBE" 
	equal "$(probe_value end)" probe
	socket 0 'tty=1'
}
