# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run
# flavours: setuid
# I5 at a root start: a call that fails, or claims a success it did not have, while
# root becomes the owner. How the launcher is installed makes no difference to it.

load ../helper

ROOT_START=$PREFIX/libexec/lowportbind/root-start

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53
		owner = alice
	END
}

# refuses CALL FAULT...: the first call of that pattern. The launcher executes this
# program before all else, and strace is to let go at an exec: so it starts here. Root is
# in as many groups as the owner, and has securebits.
refuses()
{
	local call=$1 fault n
	shift
	strace -f -qq -s 256 -o "$SCRATCH/trace" -b execve "$ROOT_START" tcp:53 -- "$PROBE" --quiet </dev/null
	n=$(grep -E "^[0-9]+ +${call%%\\*}\\(" "$SCRATCH/trace" | grep -nE -m 1 " $call" | cut -d: -f1)
	[ -n "$n" ] || fail "no $call in the trace" || return
	for fault; do
		run --separate-stderr setpriv --groups 60010 "$BIN/dirty" securebits=0x40 -- \
			"$(command -v strace)" -f -qq -o /dev/null -b execve \
			-e "inject=${call%%\\*}:$fault:when=$n" "$ROOT_START" tcp:53 -- "$PROBE" </dev/null
		[ "$status" -ne 0 ] || fail "$call $fault: it goes on" || return
		equal "$output" '' "$call $fault: standard output" || return
		matches "$stderr" '^lowportbind: ' "$call $fault: what it says" || return
		port_free tcp 53 || return
	done
}

@test "I5: root that cannot become the owner, or only seems to" {
	refuses 'setgroups\(1, ' error=EPERM retval=0
	refuses 'setresgid\(60001' error=EPERM retval=0
	refuses 'setresuid\(60001' error=EAGAIN retval=0
	refuses 'prctl\(PR_SET_KEEPCAPS' error=EPERM
	refuses 'prctl\(PR_SET_SECUREBITS' error=EPERM retval=0
	refuses 'prctl\(PR_CAPBSET_DROP' error=EPERM error=EINVAL retval=0
}

@test "I5: root that cannot leave its session keyring, or only seems to" {
	local old
	strace -f -qq -o "$SCRATCH/trace" -e trace=keyctl "$ROOT_START" tcp:53 -- "$PROBE" --quiet </dev/null
	old=$(grep -m 1 -oP 'GET_KEYRING_ID.* = \K[0-9]+' "$SCRATCH/trace")
	refuses 'keyctl\(KEYCTL_JOIN_SESSION_KEYRING' error=EPERM error=EDQUOT retval=0 "retval=$old"
}

@test "a filter that forbids the use of keys does not keep a daemon from being started, as any other fault does" {
	for error in EPERM ENOSYS; do
		run --separate-stderr strace -f -qq -o /dev/null -b execve -e inject=keyctl:error=$error \
			"$ROOT_START" tcp:53 -- "$PROBE" </dev/null
		granted && clean alice
	done
	run --separate-stderr strace -f -qq -o /dev/null -b execve -e inject=keyctl:error=ENOMEM \
		"$ROOT_START" tcp:53 -- "$PROBE" </dev/null
	refused 71 "cannot leave root's session keyring: " tcp 53
}

@test "I5: the launcher itself never goes on as root" {
	run --separate-stderr strace -f -qq -o /dev/null -b execve -e inject=getuid:retval=60001:when=1 \
		"$LPB" tcp:53 -- "$PROBE" </dev/null
	equal "$status:$output$stderr" '71:'
	port_free tcp 53
}

@test "I5: root that cannot read as an ordinary user, or only seems to" {
	refuses 'setgroups\(0, ' error=EPERM retval=0
	refuses 'setfsuid\(65534' retval=0
	refuses 'setfsgid\(65534' retval=0
	refuses 'setfsuid\(0\)' retval=65534
	refuses 'setfsgid\(0\)' retval=65534
}

@test "I5: a fault in the first change of root's capabilities" {
	refuses 'capset\(' error=EPERM retval=0
}

@test "I5: a closed descriptor for which there is no /dev/null" {
	mv /dev/null /dev/null.away
	run --separate-stderr "$BIN/dirty" close=0 -- "$ROOT_START" tcp:53 -- "$PROBE"
	mv /dev/null.away /dev/null
	refused 71 '/dev/null' tcp 53
}

@test "I5: a terminal that cannot be given up, or only seems to be" {
	local n
	"$BIN/pty" "$(command -v strace)" -f -qq -o "$SCRATCH/trace" -b execve "$ROOT_START" tcp:53 -- "$PROBE" --quiet
	n=$(grep -E '^[0-9]+ +ioctl\(' "$SCRATCH/trace" | grep -n -m 1 TIOCNOTTY | cut -d: -f1)
	[ -n "$n" ] || fail "no TIOCNOTTY in the trace"
	for fault in "ioctl:error=EPERM:when=$n" "ioctl:retval=0:when=$n" dup2:error=EBADF:when=1 dup2:retval=0:when=1 \
		dup2:retval=1:when=2; do
		run "$BIN/pty" "$(command -v strace)" -f -qq -o /dev/null -b execve -e "inject=$fault" \
			"$ROOT_START" tcp:53 -- "$PROBE"
		equal "$status" 71 "$fault: exit status"
		matches "$output" '^lowportbind: .*terminal' "$fault"
		lacks "$output" '^end=probe' "$fault"
		port_free tcp 53
	done
}

# The daemon is refused, or has all of its groups, its name and its home.
whole_or_none()
{
	if [ "$status" -eq 0 ]; then
		equal "$(probe_value groups)" "$WHOLE_GROUPS" "$1: the groups"
		equal "$(probe_value env.USER) $(probe_value env.HOME)" "$WHOLE_USER" "$1: the user"
	else
		equal "$output" '' "$1: standard output"
		matches "$stderr" '^lowportbind: ' "$1: what it says"
	fi
}

@test "I5: a lookup of the owner that fails once does not yield half of the owner" {
	own <<-'END'
		[dns]
		ports = tcp:53
		owner = carol
	END
	printf '%s: files\n' passwd group >/etc/nsswitch.conf
	sed -i 's|^\(carol:.*\):[^:]*:|\1:/srv/carol:|' /etc/passwd
	run --separate-stderr strace -f -qq -s 256 -y -o "$SCRATCH/trace" -b execve "$ROOT_START" tcp:53 -- "$PROBE" </dev/null
	WHOLE_GROUPS=$(probe_value groups)
	WHOLE_USER="$(probe_value env.USER) $(probe_value env.HOME)"
	matches "$WHOLE_GROUPS" ' ' "carol is in more groups than her own"
	equal "$WHOLE_USER" 'carol /srv/carol'
	for call in openat read; do
		grep -E "^[0-9]+ +$call\\(" "$SCRATCH/trace" | grep -nE '/etc/(passwd|group)[">]' | cut -d: -f1 >"$SCRATCH/nth"
		[ -s "$SCRATCH/nth" ] || fail "no $call of passwd or group"
		while read -r n; do
			for fault in error=EIO error=ENOENT retval=0; do
				[ "$call $fault" != "openat retval=0" ] || continue
				run --separate-stderr strace -f -qq -o /dev/null -b execve -e "inject=$call:$fault:when=$n" \
					"$ROOT_START" tcp:53 -- "$PROBE" </dev/null
				whole_or_none "$call $n $fault"
			done
		done <"$SCRATCH/nth"
	done
}
