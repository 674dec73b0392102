# SPDX-License-Identifier: GPL-2.0-or-later
# not none: there is none to lose
# Where the program was installed well but cannot have its privilege, it says
# which of the reasons it is and what helps. And how it is installed.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53
		users = alice
		owner = alice
	END
}

@test "the installed file has the privilege that was asked for" {
	case $FLAVOUR in
	setuid)
		equal "$(stat -c '%a %u %g' "$LPB")" '4755 0 0'
		equal "$(getcap "$LPB")" '' ;;
	filecaps)
		equal "$(stat -c '%a %u' "$LPB")" '755 0'
		equal "$(getcap "$LPB")" "$LPB cap_setpcap,cap_net_bind_service=p" ;;
	esac
}

@test "nothing else that is installed has any privilege" {
	equal "$(find "$PREFIX" -type f -perm /6000 ! -path "$LPB")" ''
	equal "$(getcap -r "$PREFIX" | grep -v "^$LPB ")" ''
}

@test "no_new_privs set by the caller is named, with what helps" {
	launch_dirty alice no-new-privs -- tcp:53 -- "$PROBE"
	refused '71|77' 'no_new_privs' tcp 53
	matches "$stderr" 'NoNewPrivileges|allow-privilege-escalation|no-new-privileges'
}

@test "a nosuid mount is named, with what helps" {
	mount --bind "$PREFIX/bin" "$PREFIX/bin"
	mount -o remount,bind,nosuid "$PREFIX/bin"
	launch alice tcp:53 -- "$PROBE"
	umount "$PREFIX/bin"
	refused '71|77' 'nosuid' tcp 53
	matches "$stderr" 'mount'
}

@test "a lost bit is named, with the command that gives it back" {
	if [ "$FLAVOUR" = setuid ]; then
		chmod 0755 "$LPB"
		launch alice tcp:53 -- "$PROBE"
		chmod 4755 "$LPB"
		refused '71|77' "chmod (4755|u\\+s) $LPB" tcp 53
	else
		setcap -r "$LPB"
		launch alice tcp:53 -- "$PROBE"
		setcap cap_net_bind_service,cap_setpcap=p "$LPB"
		refused '71|77' "setcap [^ ]*cap_net_bind_service[^ ]* $LPB" tcp 53
	fi
}

@test "a file that is setuid to another than root is named" {
	chown bob "$LPB"
	chmod 4755 "$LPB"
	launch alice tcp:53 -- "$PROBE"
	chown root "$LPB"
	if [ "$FLAVOUR" = setuid ]; then
		chmod 4755 "$LPB"
		refused '71|77' "chmod (4755|u\\+s) $LPB" tcp 53
	else
		# The kernel took the capabilities away with the owner.
		chmod 0755 "$LPB"
		setcap cap_net_bind_service,cap_setpcap=p "$LPB"
		refused '71|77' "setcap [^ ]*cap_net_bind_service[^ ]* $LPB" tcp 53
	fi
}

# without_privilege ACTION...: does it while the installed file has none, and is not traced by the user.
without_privilege()
{
	local capabilities
	capabilities=$(getcap "$LPB")
	chmod 0755 "$LPB"
	setcap -r "$LPB" 2>/dev/null || :
	"$@"
	[ -z "$capabilities" ] || setcap "${capabilities#* }" "$LPB"
	[ "$FLAVOUR" = filecaps ] || chmod 4755 "$LPB"
}

@test "what cannot be looked at is not named" {
	without_privilege run --separate-stderr strace -f -qq -o /dev/null -b execve -u alice -e inject=statfs:error=EIO \
		"$LPB" tcp:53 -- "$PROBE" </dev/null
	refused 71 'the file has lost its mode or capabilities' tcp 53
	TRACE_OPTIONS='-b execve' without_privilege trace alice tcp:53 -- "$PROBE"
	n=$(calls newfstatat | grep -n '"/proc/self/exe"' | cut -d: -f1)
	without_privilege run --separate-stderr strace -f -qq -o /dev/null -b execve -u alice \
		-e "inject=newfstatat:error=EIO:when=$n" "$LPB" tcp:53 -- "$PROBE" </dev/null
	refused 71 'the caller lacks a capability' tcp 53
}

@test "a caller that traces it is named, and a user namespace, in which root is nobody" {
	run_as alice "$(command -v strace)" -qq -o /dev/null "$LPB" tcp:53 -- "$PROBE"
	refused 71 'traced, in a user namespace' tcp 53
	[ "$FLAVOUR" = setuid ] || return 0
	chown nobody "$LPB"
	chmod 4755 "$LPB"
	launch alice tcp:53 -- "$PROBE"
	chown root "$LPB"
	chmod 4755 "$LPB"
	refused 71 'traced, in a user namespace' tcp 53
}

@test "a root start works where the bit is lost, on a nosuid mount, and under no_new_privs" {
	launch_dirty root no-new-privs -- tcp:53 -- "$PROBE"
	granted
	clean alice
	mount --bind "$PREFIX/bin" "$PREFIX/bin"
	mount -o remount,bind,nosuid "$PREFIX/bin"
	launch root tcp:53 -- "$PROBE"
	umount "$PREFIX/bin"
	granted
	clean alice
}

@test "a port that needs no privilege is never more than that port" {
	launch_dirty alice no-new-privs -- tcp:3000 -- "$PROBE"
	if [ "$status" -eq 0 ]; then
		clean alice
	else
		refused '71|77' 'no_new_privs' tcp 3000
	fi
}
