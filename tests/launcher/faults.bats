# SPDX-License-Identifier: GPL-2.0-or-later
# not none: the calls are those that give privilege up
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run
# I5: each call by which privilege is given up, or looked at, or by which something
# is bound, closed or read: one that fails, and one that claims a success it did not
# have, alone among others that work. The start refuses, and the port stays free.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53
		users = alice
	END
}

# baseline ARGUMENT...: the start that faults are put into; its calls in $SCRATCH/trace.
baseline()
{
	START=("$@")
	TRACE_OPTIONS='-b execve' trace alice "$@"
	matches "$output" '^end=probe'
}

# nth CALL [last]: which of the calls of its name it is.
nth()
{
	grep -E "^[0-9]+ +${1%%\\*}\\(" "$SCRATCH/trace" | grep -nE " $1" | case ${2-} in
	last) tail -n 1 ;;
	*) head -n 1 ;;
	esac | cut -d: -f1
}

# with_fault CALL FAULT [last]: CALL is a pattern: name, \(, and what tells it from others.
with_fault()
{
	local n
	n=$(nth "$1" "${3-}")
	[ -n "$n" ] || fail "no $1 in the trace" || return
	run --separate-stderr strace -f -qq -o /dev/null -b execve -u alice \
		-e "inject=${1%%\\*}:$2:when=$n" "$LPB" "${START[@]}" </dev/null
}

# refuses CALL FAULT...: each fault alone ends it with a message.
refuses()
{
	local call=$1 fault
	shift
	for fault; do
		# shellcheck disable=SC2086 # the fault, and perhaps "last"
		with_fault "$call" $fault || return
		[ "$status" -ne 0 ] || fail "$call $fault: it goes on" || return
		equal "$output" '' "$call $fault: standard output" || return
		matches "$stderr" '^lowportbind: ' "$call $fault: what it says" || return
		port_free tcp 53 || return
	done
}

# setuid_refuses CALL FAULT: where the program is never root, the call changes nothing.
setuid_refuses()
{
	if [ "$FLAVOUR" = setuid ]; then
		refuses "$@"
	else
		with_fault "$1" "$2"
		clean alice
	fi
}

@test "I5: a fault while root is given up" {
	baseline tcp:53 -- "$PROBE"
	setuid_refuses 'setresuid\(60001' retval=0
	refuses 'setresuid\(60001' error=EAGAIN
	refuses 'setresgid\(60001' error=EPERM
	refuses 'prctl\(PR_SET_KEEPCAPS' error=EPERM
	setuid_refuses 'prctl\(PR_SET_KEEPCAPS' retval=0
	refuses 'getresuid\(' error=EFAULT
	refuses 'getresgid\(' error=EFAULT
	refuses 'setfsuid\(-1\)' retval=0
	refuses 'setfsgid\(-1\)' retval=0
	# An error that means the last of them: what is left is read back at the end.
	refuses 'prctl\(PR_CAPBSET_DROP' error=EPERM error=EINVAL retval=0
	refuses 'prctl\(PR_CAPBSET_DROP, CAP_SYS_ADMIN' error=EINVAL retval=0
	refuses 'prctl\(PR_SET_SECUREBITS' error=EPERM
}

@test "I4: a standard descriptor that is not open, and cannot be" {
	baseline tcp:53 -- "$PROBE"
	refuses 'fcntl\(0, F_GETFD' 'error=EBADF last'
	matches "$stderr" 'descriptors 0 to 2'
}

@test "I5: what cannot give up root says nothing while it is root" {
	local n again
	baseline tcp:53 -- "$PROBE"
	n=$(nth 'setresuid\(60001')
	again=(strace -f -qq -s 256 -o "$SCRATCH/trace" -b execve -u alice -e "inject=setresuid:error=EAGAIN:when=$n")
	run --separate-stderr "${again[@]}" "$LPB" tcp:53 -- "$PROBE" </dev/null
	refused 71 'cannot give up root' tcp 53
	if [ "$FLAVOUR" = setuid ]; then
		[ "$(call_line 'setreuid\(60001, 60001\) += 0')" -lt "$(call_line 'write\(2')" ] || fail "written as root"
	fi
	for fault in error=EAGAIN retval=0; do
		run --separate-stderr "${again[@]}" -e "inject=setreuid:$fault" "$LPB" tcp:53 -- "$PROBE" </dev/null
		if [ "$FLAVOUR" = setuid ]; then
			equal "$status" 71 "$fault: exit status"
			equal "$output$stderr" '' "$fault"
			lacks "$(cat "$SCRATCH/trace")" ' write\(2'
			port_free tcp 53
		else
			refused 71 'cannot give up root' tcp 53
		fi
	done
}

@test "I5: a fault in any change of the capabilities" {
	baseline tcp:53 -- "$PROBE"
	local n count
	count=$(calls capset | wc -l)
	[ "$count" -ge 5 ] || fail "only $count capset"
	for ((n = 1; n <= count; n++)); do
		for fault in error=EPERM retval=0; do
			run --separate-stderr strace -f -qq -o /dev/null -b execve -u alice \
				-e "inject=capset:$fault:when=$n" "$LPB" tcp:53 -- "$PROBE" </dev/null
			[ "$status" -ne 0 ] || fail "capset $n $fault: it goes on"
			equal "$output" '' "capset $n $fault: standard output"
			matches "$stderr" '^lowportbind: '
			port_free tcp 53
		done
	done
	refuses 'capget\(' 'error=EFAULT'
	refuses 'capget\(' 'error=EFAULT last'
}

@test "I5: a fault while it is read back what is left" {
	baseline tcp:53 -- "$PROBE"
	refuses 'prctl\(PR_SET_NO_NEW_PRIVS' error=EINVAL retval=0
	refuses 'prctl\(PR_GET_NO_NEW_PRIVS' 'retval=0 last' 'error=EINVAL last'
	for capability in CAP_CHOWN CAP_NET_BIND_SERVICE CAP_SYS_ADMIN CAP_CHECKPOINT_RESTORE; do
		refuses "prctl\\(PR_CAPBSET_READ, $capability" 'retval=1 last'
		refuses "prctl\\(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, $capability" 'retval=1 last'
	done
	refuses 'prctl\(PR_GET_SECUREBITS' 'retval=1 last' 'error=EINVAL last'
	refuses 'setresuid\(0, 0, 0\)' retval=0
	refuses 'setresuid\(-1, 0, -1\)' retval=0
	refuses 'setresgid\(0, 0, 0\)' retval=0
	refuses 'setresgid\(-1, 0, -1\)' retval=0
	refuses 'getresuid\(' 'error=EFAULT last'
	refuses 'getresgid\(' 'error=EFAULT last'
	refuses 'setfsuid\(-1\)' 'retval=0 last'
	refuses 'setfsgid\(-1\)' 'retval=0 last'
	# Each asks how many there are, and then for as many.
	refuses 'getgroups\(0' error=EFAULT retval=0 retval=2 'error=EFAULT last' 'retval=0 last' 'retval=2 last'
	refuses 'getgroups\(1' error=EFAULT retval=0 retval=2 'error=EFAULT last' 'retval=0 last' 'retval=2 last'
}

# zeros N: so many bytes.
zeros()
{
	printf '00%.0s' $(seq "$1")
}

@test "I5: one of all the ids that are read back is another's" {
	baseline tcp:53 -- "$PROBE"
	for n in 1 2 3; do
		refuses 'getresuid\(' "poke_exit=@arg$n=00000000" "poke_exit=@arg$n=00000000 last"
		refuses 'getresgid\(' "poke_exit=@arg$n=00000000" "poke_exit=@arg$n=00000000 last"
	done
	refuses 'getgroups\(1' 'poke_exit=@arg2=00000000 last'
}

@test "I5: one of all the capability sets that are read back is not empty" {
	baseline tcp:53 -- "$PROBE"
	# Effective, permitted, inheritable: 32 capabilities, and 32 more.
	for set in 0 1 2 3 4 5; do
		refuses 'capget\(' "poke_exit=@arg2=$(zeros $((set * 4)))01$(zeros $((23 - set * 4))) last"
	done
}

@test "I5: a signal that is read back is not as it was set" {
	trap '' HUP TERM SYS RTMAX # for whoever is started: what nobody has set is only looked at
	baseline tcp:53 -- "$PROBE"
	for signal in SIGHUP SIGTERM SIGSYS SIGRT_32; do
		refuses "rt_sigaction\\($signal, NULL" 'error=EINVAL last' 'retval=0 last' 'poke_exit=@arg3=0100000000000000 last'
	done
	refuses 'rt_sigprocmask\(SIG_BLOCK, NULL' 'error=EINVAL last' 'retval=0 last' 'poke_exit=@arg3=0100000000000000 last'
}

@test "I5: a fault while the sockets are made" {
	baseline tcp6:53 -- "$PROBE"
	refuses 'socket\(AF_INET6' error=EMFILE error=EACCES error=EAFNOSUPPORT
	refuses 'setsockopt\(.*IPV6_V6ONLY' error=ENOPROTOOPT retval=0
	refuses 'getsockopt\(.*IPV6_V6ONLY' error=EINVAL retval=0
	refuses 'setsockopt\(.*SO_REUSEADDR' error=EINVAL retval=0
	refuses 'bind\(.*htons\(53\)' error=EINVAL error=EACCES retval=0
	refuses 'listen\(' error=EADDRINUSE retval=0
	refuses 'getsockname\(' error=ENOBUFS retval=0
	refuses 'getsockopt\(.*SO_ACCEPTCONN' error=EINVAL retval=0
}

@test "I5: a fault while the process is made a daemon's" {
	trap '' HUP
	baseline tcp:53 -- "$PROBE"
	refuses 'setitimer\(ITIMER_REAL' error=EINVAL
	refuses 'setitimer\(ITIMER_PROF' error=EINVAL
	refuses 'prctl\(PR_SET_PDEATHSIG' error=EINVAL
	refuses 'rt_sigprocmask\(SIG_BLOCK, \[PIPE XFSZ\]' error=EINVAL
	refuses 'rt_sigprocmask\(SIG_SETMASK, \[\], NULL' 'error=EINVAL last'
	refuses 'rt_sigpending\(' error=EINVAL retval=0
	refuses 'rt_sigaction\(SIGHUP, \{sa_handler=SIG_IGN' 'error=EINVAL last'
	refuses 'rt_sigaction\(SIGHUP, \{sa_handler=SIG_DFL' 'error=EINVAL last'
	refuses 'close_range\(' error=EINVAL
	refuses 'close_range\(' 'error=EINVAL last' 'retval=0 last'
	refuses 'fcntl\([0-9]+, F_DUPFD_CLOEXEC' error=EMFILE retval=0
	refuses 'dup2\(' error=EBADF error=EMFILE retval=3
	# A number that was claimed is given to the next, which is then placed for both.
	sed -i 's/tcp:53/tcp:53 udp:53/' "$CONF"
	baseline tcp:53 udp:53 -- "$PROBE"
	refuses 'fcntl\([0-9]+, F_DUPFD_CLOEXEC' "retval=$(grep -m 1 F_DUPFD_CLOEXEC "$SCRATCH/trace" | sed 's/.* = //')"
}

@test "I5: a descriptor of the caller's that is not closed, though it is said" {
	baseline tcp:53 -- "$PROBE"
	# shellcheck disable=SC2016 # expanded by the inner shell
	run --separate-stderr sh -c 'exec "$@" 3</dev/null' sh strace -f -qq -o /dev/null -b execve -u alice \
		-e "inject=close_range:retval=0:when=$(nth 'close_range\(')" "$LPB" "${START[@]}" </dev/null
	refused 71 'cannot close descriptors' tcp 53
}

@test "I5: a fault while the socket is placed at descriptor 0" {
	baseline --stdin tcp:53 -- "$PROBE"
	refuses 'dup2\([0-9]+, 0\)' error=EBADF retval=0
}

@test "I5: a lookup that fails once takes none of the sockets away that are to be adopted" {
	local n count
	printf '%s: files\n' passwd group >/etc/nsswitch.conf
	baseline --adopt tcp:53 -- "$PROBE_DYNAMIC"
	count=$(calls openat | wc -l)
	for ((n = $(nth 'openat\(.*"/etc/passwd"'); n <= count; n++)); do
		run --separate-stderr strace -f -qq -o /dev/null -b execve -u alice \
			-e "inject=openat:error=EIO:when=$n" "$LPB" "${START[@]}" </dev/null
		if [ "$status" -eq 0 ]; then
			equal "$(grep -c '^fd\..*=socket' <<<"$output")" 6 "openat $n: sockets"
		else
			matches "$stderr" '^lowportbind: ' "openat $n: what it says"
		fi
	done
}

@test "I5: of the sockets of a wildcard to be adopted, what has just gone is left out, and no other fault" {
	START=(--adopt tcp:53 -- /bin/true)
	TRACE_OPTIONS='-b execve' trace alice "${START[@]}"
	equal "$status" 0
	for fault in 'bind\(.*"127\.0\.0\.1" error=EADDRNOTAVAIL' 'socket\(AF_INET6 error=EAFNOSUPPORT'; do
		with_fault "${fault% *}" "${fault#* }"
		equal "$status $stderr" '0 ' "$fault"
	done
	refuses 'bind\(.*"127\.0\.0\.1"' error=EINVAL error=EADDRINUSE
	refuses 'socket\(AF_INET6' error=EMFILE
	refuses 'socket\(AF_NETLINK' error=EMFILE
}

@test "I5: a fault while it is looked whether descriptors 0 to 2 are open" {
	baseline tcp:53 -- "$PROBE"
	# The first is libc's, which does so in every program that gains privilege.
	for fd in 0 1 2; do
		refuses "fcntl\\($fd, F_GETFD" 'error=EBADF last'
	done
}

@test "I5: without memory it ends, and says so" {
	not_under asan "its runtime library takes memory in another way, and ends the program itself where there is none"
	local without long last first=4
	# Before main() libc itself ends by a signal without memory; a static program has its heap there already.
	[ "${VARIANT-}" != static ] || first=6
	long=$(printf '%0100000d' 0)
	baseline tcp:53 -- "$PROBE"
	last=$(calls mmap | wc -l)
	without=(strace -f -qq -o /dev/null -b execve -u alice -e "inject=brk:retval=0:when=$first+"
		-e "inject=mmap:error=ENOMEM:when=$((last + 1))+")
	run --separate-stderr "${without[@]}" "$LPB" "${START[@]}" "$long" "$long" </dev/null
	equal "$status:$output$stderr" '71:out of memory'
	# shellcheck disable=SC2016 # expanded by the inner shell
	run sh -c '"$@" 2>/dev/full' sh "${without[@]}" "$LPB" "${START[@]}" "$long" "$long" </dev/null
	equal "$status:$output" '74:'
	run "${without[@]}" -e inject=write:retval=0:when=1 "$LPB" "${START[@]}" "$long" "$long" </dev/null
	equal "$status:$output" '71:'
	port_free tcp 53
	# More than the heap has room for.
	awk 'BEGIN { for (i = 100001; i <= 140000; i++) print "g" i ":x:" i ":alice" }' >>/etc/group
	run --separate-stderr "${without[@]}" "$LPB" "${START[@]}" </dev/null
	sed -i '/^g1[0-9]*:/d' /etc/group
	refused 71 'cannot read the groups' tcp 53
}

@test "I5: a fault while the ownership file is read" {
	own <<-'END'
		[dns]
		ports = tcp:53
		users = alice
		[high]
		ports = tcp:3000
		users = bob
	END
	baseline tcp:53 -- "$PROBE"
	refuses 'read\([0-9]+, "\[dns\]' error=EIO error=EINTR retval=0 retval=5
	# The sanitizer's read(2) believes the number, and ends the program for it.
	[ "${VARIANT-}" = asan ] || refuses 'read\([0-9]+, "\[dns\]' retval=9999
	refuses 'openat\(.*"etc"' error=ENOENT error=EIO
	refuses 'openat\(.*"lowportbind\.conf"' error=EIO error=EACCES error=EMFILE error=ELOOP error=ENOENT
	refuses 'openat\(AT_FDCWD, "/", .*O_PATH' error=EACCES
	# What was not read may have given a high port to somebody.
	START=(tcp:3000 -- "$PROBE")
	for fault in error=EIO error=EINTR retval=0 retval=5 retval=47; do
		with_fault 'read\([0-9]+, "\[dns\]' $fault
		equal "$status" 78 "read $fault"
		equal "$output" ''
		matches "$stderr" "$CONF: .*read whole"
	done
	for fault in error=EIO error=EACCES error=EMFILE error=ELOOP; do
		with_fault 'openat\(.*"lowportbind\.conf"' $fault
		equal "$status" 78 "openat $fault"
		equal "$output" ''
	done
	for fault in 'openat\(AT_FDCWD, "/", .*O_PATH error=EACCES' 'getdents64\( error=EIO' 'openat\(.*"lowportbind\.d" error=EIO'; do
		with_fault "${fault% *}" "${fault##* }"
		equal "$status" 78 "$fault"
	done
	port_free tcp 3000
}

@test "I5: a file or directory of the administrator's that cannot be looked at, or closed" {
	START=(tcp:53 -- "$PROBE")
	TRACE_OPTIONS='-b execve -y' trace alice "${START[@]}"
	matches "$output" '^end=probe'
	for path in / /etc /etc/lowportbind.conf; do
		refuses "close\\([0-9]+<$path>" error=EIO
		refuses "newfstatat\\([0-9]+<$path>, \"\"" error=EIO retval=0
	done
}

@test "I5: a drop-in that goes away between the listing and the opening makes ports doubtful" {
	dropin hi.conf <<-'END'
		[hi]
		ports = tcp:8080
		owner = bob
	END
	baseline tcp:3000 -- "$PROBE"
	with_fault 'openat\([0-9]+, "hi.conf"' error=ENOENT
	equal "$status" 78
	equal "$output" ''
	matches "$stderr" 'hi.conf: it went away'
	port_free tcp 3000
}
