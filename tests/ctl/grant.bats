# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl grant and revoke: the first five minutes need no editor.

load ../helper

# What grant writes hands over to adopt.
PROBE=$PROBE_DYNAMIC
CTL=$PREFIX/bin/lowportctl

# granted_ctl: it was done, and nothing else was said.
granted_ctl()
{
	equal "$status" 0 "exit status" || return
	equal "$stderr" "" "standard error"
}

# unchanged: there is nothing in the drop-in directory, hidden files included.
unchanged()
{
	equal "$(ls -A "$DROPIN")" "" "the drop-in directory"
}

@test "the loop: refused, granted by the very command that the refusal ends with, started, revoked, refused" {
	launch alice tcp:80 -- "$PROBE"
	refused 77 'lowportctl grant alice tcp:80$' tcp 80
	local command=${stderr##*root can allow it: }
	equal "$command" "lowportctl grant alice tcp:80"
	# shellcheck disable=SC2086 # its words
	ctl root ${command#lowportctl }
	granted_ctl
	launch alice tcp:80 -- "$PROBE"
	equal "$status" 0
	ctl root revoke alice tcp:80
	granted_ctl
	launch alice tcp:80 -- "$PROBE"
	refused 77 'lowportctl grant alice tcp:80$' tcp 80
}

@test "the loop for each spelling of a port that a refusal may end with" {
	local port command
	for port in tcp4:80 tcp6:80 udp:80 mptcp:80 tcp:127.0.0.1:80 tcp:0.0.0.0:80 'tcp:[::1]:80' 'udp6:[::]:80'; do
		launch alice "$port" -- "$PROBE"
		refused 77 'lowportctl grant alice '
		command=${stderr##*root can allow it: lowportctl }
		# shellcheck disable=SC2086 # its words
		ctl root $command
		granted_ctl
		launch alice --handoff listen-fds "$port" -- "$PROBE"
		granted
		ctl root revoke alice "$port"
		granted_ctl
		unchanged
	done
}

@test "grant says what is now so and what to run, in one line" {
	ctl root grant alice tcp:80
	granted_ctl
	equal "$output" "alice may now bind tcp:80 ($DROPIN/grant-alice-tcp-80.conf); start: lowportbind tcp:80 -- PROGRAM"
}

@test "the drop-in: its text, its mode whatever the umask, no other file" {
	umask 077
	ctl root grant alice tcp:80
	umask 022
	granted_ctl
	equal "$(ls -A "$DROPIN")" grant-alice-tcp-80.conf
	equal "$(stat -c '%a %u %g' "$DROPIN/grant-alice-tcp-80.conf")" "644 0 0"
	equal "$(cat "$DROPIN/grant-alice-tcp-80.conf")" "\
; Written by lowportctl grant; undo with: lowportctl revoke alice tcp:80
[alice-tcp-80]
ports   = tcp:80
handoff = adopt
owner   = alice"
}

@test "a missing drop-in directory is made, mode 0755 whatever the umask" {
	rmdir "$DROPIN"
	umask 077
	ctl root grant alice tcp:80
	umask 022
	granted_ctl
	equal "$(stat -c '%a %u' "$DROPIN")" "755 0"
	launch alice tcp:80 -- "$PROBE"
	equal "$status" 0
}

@test "a request with an address is granted there and nowhere else" {
	ctl root grant alice tcp:127.0.0.1:80
	granted_ctl
	grep -qx 'address = 127.0.0.1' "$DROPIN/grant-alice-tcp-127.0.0.1-80.conf"
	launch alice --handoff listen-fds tcp:127.0.0.1:80 -- "$PROBE"
	granted
	launch alice --handoff listen-fds tcp:80 -- "$PROBE"
	refused 77 'at other addresses' tcp 80
}

@test "an IPv6 address has a file name without colons" {
	ctl root grant alice 'udp:[0:0::1]:80'
	granted_ctl
	grep -qx 'address = ::1' "$DROPIN/grant-alice-udp-__1-80.conf"
	ctl root revoke alice 'udp:[::1]:80'
	granted_ctl
}

@test "one family is granted as a block of no bits" {
	ctl root grant alice tcp4:80 tcp6:81
	granted_ctl
	grep -qx 'address = 0.0.0.0/0' "$DROPIN/grant-alice-tcp4-80.conf"
	grep -qx 'address = ::/0' "$DROPIN/grant-alice-tcp6-81.conf"
}

@test "mptcp counts as tcp, and a NAME= is no part of a grant" {
	ctl root grant alice http=mptcp:80
	granted_ctl
	grep -qx 'ports   = tcp:80' "$DROPIN/grant-alice-tcp-80.conf"
	matches "$output" 'start: lowportbind mptcp:80 -- PROGRAM$'
}

@test "an interface is no part of a grant" {
	ctl root grant alice 'tcp:[fe80::1%lo]:80'
	granted_ctl
	grep -qx 'address = fe80::1' "$DROPIN/grant-alice-tcp-fe80__1-80.conf"
}

@test "several requests are a drop-in each" {
	ctl root grant alice tcp:53 udp:53
	granted_ctl
	equal "${#lines[@]}" 2
	equal "$(ls -A "$DROPIN" | tr '\n' ' ')" "grant-alice-tcp-53.conf grant-alice-udp-53.conf "
	ctl root revoke alice tcp:53 udp:53
	granted_ctl
	unchanged
}

@test "a request that is wrong leaves those before it undone as well" {
	ctl root grant alice tcp:53 tcp:0
	equal "$status" 64
	matches "$stderr" 'tcp:0: .*usage: lowportctl grant'
	unchanged
}

@test "a user without a passwd entry is granted by number" {
	ctl root grant 61234 tcp:80
	granted_ctl
	run --separate-stderr setpriv --reuid 61234 --regid 61234 --clear-groups "$LPB" tcp:80 -- "$PROBE"
	equal "$status" 0
}

@test "--group grants to the members of a group" {
	ctl root grant --group dns-admins tcp:80
	granted_ctl
	matches "$output" "^members of group dns-admins may now bind tcp:80 \\($DROPIN/grant-@dns-admins-tcp-80.conf\\)"
	grep -qx 'groups  = dns-admins' "$DROPIN/grant-@dns-admins-tcp-80.conf"
	launch carol tcp:80 -- "$PROBE"
	equal "$status" 0
	launch alice tcp:80 -- "$PROBE"
	refused 77 'dns-admins'
	ctl root revoke --group dns-admins tcp:80
	granted_ctl
	unchanged
}

@test "where another owns the port the new user is one of its users, and a root start stays the owner's" {
	own <<-'END'
		[www]
		ports = tcp:80
		owner = bob
	END
	ctl root grant alice tcp:80
	granted_ctl
	grep -qx 'users   = alice' "$DROPIN/grant-alice-tcp-80.conf"
	launch root --handoff listen-fds tcp:80 -- "$PROBE"
	granted
	equal "$(probe_value uid)" "$BOB $BOB $BOB $BOB"
}

# shellcheck disable=SC2016 # expanded by the inner shells
@test "of two grants of a port at once the second knows of the first: there is one owner" {
	local one
	# It stands still between its decision and the rename.
	spawn one root strace -qqq -o /dev/null -e trace=fchmod -e inject=fchmod:signal=STOP "$CTL" grant alice tcp:80
	wait_for sh -c 'find "$0" -name ".lowportctl-*" -perm 644 | grep -q .' "$DROPIN"
	one=$(pgrep -P "$(pid_of one)" -x lowportctl)
	spawn two root "$CTL" grant bob tcp:80
	# It waits, or has written already.
	wait_for sh -c 'grep -q -- "-> FLOCK" /proc/locks || [ -e "$0" ]' "$DROPIN/grant-bob-tcp-80.conf"
	kill -CONT "$one"
	wait "$(cat "$SCRATCH/one.job")"
	wait "$(cat "$SCRATCH/two.job")"
	equal "$(cat "$DROPIN"/*.conf | grep -E '^(owner|users)' | tr -s ' ')" $'owner = alice\nusers = bob'
	[ ! -e /etc/.lowportbind.turn ]
	ctl root explain tcp:80
	equal "${lines[0]}" 'tcp:80: a root start would run as alice, who owns it'
}

@test "where the lock of grant cannot be had nothing is granted or revoked" {
	local verb
	ctl root grant alice tcp:80
	ln -s /etc/lock-target /etc/.lowportbind.turn
	for verb in grant revoke; do
		ctl root "$verb" alice tcp:80 tcp:443
		equal "$status" 1
		matches "$stderr" '^lowportctl: /etc/.lowportbind.turn: cannot be made: .*; nothing has changed$'
		equal "$(ls "$DROPIN")" grant-alice-tcp-80.conf
	done
	rm /etc/.lowportbind.turn
	[ ! -e /etc/lock-target ]
}

@test "an owner at other addresses alone, or of the same id, is no other owner" {
	echo 'again:x:60001:60001::/:/bin/sh' >>/etc/passwd
	own <<-'END'
		[www]
		ports = tcp:80
		address = 192.0.2.1
		owner = bob
		[www2]
		ports = tcp:80
		address = 192.0.2.2
		owner = again
	END
	ctl root grant alice tcp:127.0.0.1:80
	granted_ctl
	grep -qx 'owner   = alice' "$DROPIN/grant-alice-tcp-127.0.0.1-80.conf"
	ctl root grant alice tcp:80
	grep -qx 'users   = alice' "$DROPIN/grant-alice-tcp-80.conf"
}

@test "what is granted already changes nothing and says where it stands" {
	own <<-'END'
		[www]
		owner = bob
		ports = tcp:80
		groups = dns-admins
	END
	ctl root grant carol tcp:127.0.0.1:80
	granted_ctl
	matches "$output" "^carol may bind tcp:127.0.0.1:80 already: section \\[www\\], $CONF:3; nothing has changed\$"
	unchanged
}

@test "the same grant twice" {
	ctl root grant alice tcp:80
	local before
	before=$(stat -c '%i %z' "$DROPIN/grant-alice-tcp-80.conf")
	ctl root grant alice tcp:80
	granted_ctl
	matches "$output" "already: section \\[alice-tcp-80\\], $DROPIN/grant-alice-tcp-80.conf:3"
	equal "$(stat -c '%i %z' "$DROPIN/grant-alice-tcp-80.conf")" "$before"
}

@test "a broken file is told of, and the grant made all the same" {
	own <<<'[x'
	ctl root grant alice tcp:80
	equal "$status" 0
	matches "$output" '^alice may now bind tcp:80'
	matches "$stderr" "^$CONF:1: "
	matches "$stderr" 'warning: .*grant is made all the same'
	launch alice tcp:80 -- "$PROBE"
	equal "$status" 0
}

@test "only root grants and revokes; another is told the command" {
	ctl alice grant alice tcp:80
	equal "$status" 77
	equal "$output" ""
	matches "$stderr" '^lowportctl: grant: only root .*run: sudo lowportctl grant alice tcp:80$'
	ctl alice revoke alice tcp:80
	equal "$status" 77
	matches "$stderr" 'run: sudo lowportctl revoke alice tcp:80$'
	unchanged
}

@test "root is granted nothing, by name, number or another name" {
	echo 'toor:x:0:0::/:/bin/sh' >>/etc/passwd
	local user
	for user in root 0 toor; do
		ctl root grant "$user" tcp:80
		equal "$status" 1
		matches "$stderr" "^lowportctl: $user: root needs no grant"
	done
	unchanged
}

@test "users and groups that are not there are refused" {
	ctl root grant nobody-of-that-name tcp:80
	equal "$status" 1
	matches "$stderr" '^lowportctl: nobody-of-that-name: there is no such user'
	ctl root grant --group nobody-of-that-name tcp:80
	equal "$status" 1
	matches "$stderr" '^lowportctl: nobody-of-that-name: there is no such group'
	ctl root grant 4294967295 tcp:80
	equal "$status" 1
	unchanged
}

@test "names that the file cannot hold are refused, though there be such a user" {
	local name
	for name in 'a b' 'a;b' 'a#b' $'a\tb' $'a\x7fb' +alice; do
		printf '%s:x:60020:60020::/:/bin/sh\n' "$name" >>/etc/passwd
		ctl root grant "$name" tcp:80
		equal "$status" 1
		matches "$stderr" 'the ownership file cannot hold this name'
		lacks "$stderr" $'[\t\x7f]'
	done
	unchanged
}

@test "a name too long for a line is refused by the reader of the file" {
	local name
	name=$(printf 'a%.0s' {1..190})
	echo "$name:x:60020:60020::/:/bin/sh" >>/etc/passwd
	ctl root grant "$name" tcp:80
	equal "$status" 1
	matches "$stderr" 'cannot be written into the ownership file, and nothing has changed: .*:[0-9]+: .*(too long|longer)'
	unchanged
}

@test "a name with a slash or dots stays in the directory" {
	echo '../../x:x:60020:60020::/:/bin/sh' >>/etc/passwd
	ctl root grant ../../x tcp:80
	granted_ctl
	equal "$(ls -A "$DROPIN")" 'grant-..%2F..%2Fx-tcp-80.conf'
	ctl root revoke ../../x tcp:80
	granted_ctl
	unchanged
}

@test "what the caller wrote is shown without control characters" {
	ctl root grant $'ali\e[31m\nce' tcp:80
	equal "$status" 1
	matches "$stderr" 'ali\\x1b\[31m\\x0ace'
	equal "${#stderr_lines[@]}" 1
}

@test "an unprivileged port that was anyone's is no longer, and grant says so" {
	ctl root grant alice tcp:8080
	equal "$status" 0
	matches "$stderr" 'note: anyone could bind port 8080 until now'
	launch bob tcp:8080 -- "$PROBE"
	refused 77 'belongs to alice'
}

@test "what reads the words of grant, and goes, does not leave it half done" {
	local fd
	exec {fd}> >(:)
	wait "$!"
	# The first port has a note behind it.
	run bash -c "exec \"\$@\" >&$fd 2>&$fd" bash "$CTL" grant alice tcp:8080 tcp:443
	exec {fd}>&-
	equal "$status" 74
	equal "$(ls "$DROPIN")" $'grant-alice-tcp-443.conf\ngrant-alice-tcp-8080.conf'
}

@test "a drop-in directory that others may write to is not written to" {
	chmod 0777 "$DROPIN"
	ctl root grant alice tcp:80
	equal "$status" 1
	matches "$stderr" "^lowportctl: $DROPIN: nothing was written there: .*chmod go-w"
	unchanged
}

@test "a drop-in directory that is a symbolic link is not written to" {
	mv "$DROPIN" "$DROPIN.real"
	ln -s "$DROPIN.real" "$DROPIN"
	ctl root grant alice tcp:80
	rm "$DROPIN"
	mv "$DROPIN.real" "$DROPIN"
	equal "$status" 1
	matches "$stderr" "$DROPIN: nothing was written there: a symbolic link"
	unchanged
}

@test "a grant that users cannot read does not hold, and grant says why" {
	chmod 0700 "$DROPIN"
	ctl root grant alice tcp:80
	equal "$status" 1
	matches "$stderr" "$DROPIN: .*chmod 644"
	matches "$stderr" "grant-alice-tcp-80.conf: it was written, but alice may not bind tcp:80 yet.*take it back: lowportctl revoke alice tcp:80\$"
}

@test "a grant of mode 0600 is put right" {
	ctl root grant alice tcp:80
	chmod 0600 "$DROPIN/grant-alice-tcp-80.conf"
	ctl root grant alice tcp:80
	equal "$status" 0
	equal "$(stat -c %a "$DROPIN/grant-alice-tcp-80.conf")" 644
	launch alice tcp:80 -- "$PROBE"
	equal "$status" 0
}

@test "a file of that name that grant did not write is left as it is" {
	printf '[mine]\nports = tcp:80\nowner = bob\n' | dropin grant-alice-tcp-80.conf
	ctl root grant alice tcp:80
	equal "$status" 1
	matches "$stderr" 'grant-alice-tcp-80.conf: it is there, not written by grant for this'
	ctl root revoke alice tcp:80
	equal "$status" 1
	matches "$stderr" 'grant-alice-tcp-80.conf: it is not what grant writes for this'
	grep -q bob "$DROPIN/grant-alice-tcp-80.conf"
}

@test "a file that was changed since grant wrote it is left as it is, and revoke removes it" {
	ctl root grant alice tcp:80
	sed -i 's/= alice/= bob/' "$DROPIN/grant-alice-tcp-80.conf"
	ctl root grant alice tcp:80
	equal "$status" 1
	matches "$stderr" 'changed since grant wrote it.*lowportctl revoke alice tcp:80$'
	grep -q bob "$DROPIN/grant-alice-tcp-80.conf"
	ctl root revoke alice tcp:80
	granted_ctl
	unchanged
}

@test "a full disk, or a limit on the size of files, leaves nothing behind" {
	# shellcheck disable=SC2016 # expanded by the inner shell
	run --separate-stderr sh -c 'ulimit -f 0; "$0" grant alice tcp:80 2>&1 | cat' "$PREFIX/bin/lowportctl"
	matches "$output" "grant-alice-tcp-80.conf: cannot be written: File too large; nothing has changed"
	unchanged
}

# Each of the calls that put the file in place, failing once.
@test "a write, sync, chmod or rename that fails leaves no part of the file" {
	command -v strace >/dev/null || skip "strace is missing"
	local call
	for call in write fsync fchmod rename; do
		run --separate-stderr strace -qq -o /dev/null -e "trace=$call" \
			-e "inject=$call:error=EIO:when=1" "$PREFIX/bin/lowportctl" grant alice tcp:80
		equal "$status" 1 "$call"
		matches "$stderr" 'cannot be written: Input/output error; nothing has changed' "$call"
		unchanged
	done
}

@test "a directory that cannot be synced: the grant is in place, and the doubt is told" {
	command -v strace >/dev/null || skip "strace is missing"
	run --separate-stderr strace -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO:when=2 \
		"$PREFIX/bin/lowportctl" grant alice tcp:80
	equal "$status" 1
	matches "$stderr" "$DROPIN: cannot be written to disk: Input/output error"
	equal "$(ls -A "$DROPIN")" grant-alice-tcp-80.conf
}

@test "standard error that is closed is no place for the file" {
	run sh -c '"$0" grant alice tcp:80 >&- 2>&-' "$PREFIX/bin/lowportctl"
	equal "$(head -c 12 "$DROPIN/grant-alice-tcp-80.conf")" '; Written by'
	equal "$(wc -l <"$DROPIN/grant-alice-tcp-80.conf")" 5
}

# ---- revoke ----

@test "revoke says that sockets already held stay" {
	ctl root grant alice tcp:80
	ctl root revoke alice tcp:80
	granted_ctl
	matches "$output" "^alice may no longer bind tcp:80 \\($DROPIN/grant-alice-tcp-80.conf is removed\\); sockets already held stay open"
	unchanged
}

@test "a socket that is held survives the revocation" {
	ctl root grant alice tcp:80
	spawn server alice "$LPB" --handoff listen-fds tcp:80 -- sleep 100
	wait_listening tcp 80
	ctl root revoke alice tcp:80
	granted_ctl
	listening tcp 80
}

@test "revoke of what was never granted" {
	ctl root revoke alice tcp:80
	equal "$status" 1
	matches "$stderr" '^lowportctl: alice was not granted tcp:80: nothing to revoke$'
}

@test "revoke where there is no drop-in directory says that, and nothing of a file" {
	rmdir "$DROPIN"
	ctl root revoke alice tcp:80
	equal "$status" 1
	equal "$stderr" 'lowportctl: alice was not granted tcp:80: nothing to revoke'
}

# undoes FILE: the command that it tells takes it back, as a shell reads it.
undoes()
{
	local command
	command=$(sed -n '1s/.*undo with: lowportctl //p' "$1")
	run_as root sh -c "exec $CTL $command"
	granted_ctl
	unchanged
}

@test "the command in a drop-in takes it back, also for a link-local address and for a name that a shell would change" {
	# shellcheck disable=SC2016 # a name
	local name names=('DOM\user' 'a$(id)' "o'neill" 'a|b' 'a*')
	ctl root grant alice 'tcp:[fe80::1%eth0]:80'
	undoes "$DROPIN/grant-alice-tcp-fe80__1-80.conf"
	for name in "${names[@]}"; do
		printf '%s:x:60020:60020::/:/bin/sh\n' "$name" >>/etc/passwd
		ctl root grant "$name" tcp:80
		granted_ctl
		undoes "$DROPIN"/*.conf
	done
}

@test "a command that is told to another is one that a shell reads as it was given" {
	ctl alice grant 'DOM\user' 'tcp:[::1]:80'
	matches "$stderr" "run: sudo lowportctl grant 'DOM.user' tcp:\[::1]:80\$"
	echo 'a b:x:60020:60020::/:/bin/sh' >>/etc/passwd
	ctl root explain tcp:80 --user 'a b'
	matches "$output" "lowportctl grant 'a b' tcp:80\$"
}

@test "revoke of what another section grants says where" {
	own <<-'END'
		[www]
		ports = tcp:80
		owner = alice
	END
	ctl root revoke alice tcp:80
	equal "$status" 1
	matches "$stderr" "alice may still bind tcp:80: section \\[www\\], $CONF:2"
}

@test "revoke removes its own, and says where else it is granted" {
	ctl root grant alice tcp:80
	own <<-'END'
		[www]
		ports = tcp:80
		owner = alice
	END
	ctl root revoke alice tcp:80
	equal "$status" 1
	matches "$stderr" "alice may still bind tcp:80: section \\[www\\], $CONF:2 \\($DROPIN/grant-alice-tcp-80.conf is removed\\)"
	unchanged
}

@test "revoke of one port or user leaves the others" {
	ctl root grant alice tcp:80 tcp:127.0.0.1:80 udp:80
	ctl root grant bob tcp:80
	ctl root revoke alice udp:80
	granted_ctl
	equal "$(ls "$DROPIN" | wc -l)" 2
	launch bob --handoff listen-fds tcp:80 -- "$PROBE"
	granted
	launch alice --handoff listen-fds tcp:80 -- "$PROBE"
	granted
}

@test "revoke works for a user that is no more" {
	echo 'gone:x:60020:60020::/:/bin/sh' >>/etc/passwd
	ctl root grant gone tcp:80
	sed -i '/^gone:/d' /etc/passwd
	ctl root revoke gone tcp:80
	granted_ctl
	unchanged
}

@test "revoke of an unprivileged port says that it is anyone's again" {
	ctl root grant alice tcp:8080
	ctl root revoke alice tcp:8080
	granted_ctl
	matches "$output" 'no section names the port now: anyone may bind it$'
}

@test "a user's file is never a group's" {
	echo 'g:x:60030:' >>/etc/group
	echo '@g:x:60020:60020::/:/bin/sh' >>/etc/passwd
	ctl root grant --group g tcp:80
	ctl root grant @g tcp:80
	granted_ctl
	equal "$(ls "$DROPIN" | wc -l)" 2
}
