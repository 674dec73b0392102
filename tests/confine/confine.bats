#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-confine: what a confined program can do, and what it cannot.
# flavours: setuid
# shellcheck disable=SC2016,SC2154 # expanded by other shells; output, status, stderr are set by bats' run

load ../helper

CONFINE=$PREFIX/bin/lowport-confine
TRY=$BIN/attempt
DETOUR=$BIN/detour

# try USER [OPTION...] -- ARGUMENT WHAT...: as a confined program; what came of it, on one line.
try()
{
	local user=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	run_as "$user" "$CONFINE" "${options[@]}" -- "$TRY" "$@"
	output=$(paste -sd' ' <<<"$output")
}

# tries EXPECTED, of the last try
tries()
{
	equal "$status $output" "0 $1" "status and results"
}

# free EXPECTED ARGUMENT WHAT...: the same without confinement. What cannot be done anyway proves nothing.
free()
{
	local expected=$1
	run_as alice "$TRY" "${@:2}"
	[ "$(paste -sd' ' <<<"$output")" = "$expected" ] || fail "unconfined: $output"
}

prepare()
{
	mkdir "$SCRATCH/open" "$SCRATCH/shut"
	echo text | tee "$SCRATCH/open/file" >"$SCRATCH/shut/file"
	cp "$TRY" "$SCRATCH/open/program"
	chown -R alice: "$SCRATCH/open" "$SCRATCH/shut"
	OPEN=$SCRATCH/open SHUT=$SCRATCH/shut
}

@test "nothing named: no file can be opened, made, listed or removed" {
	local file=$SHUT/file
	free "read: done write: done" "$file" read write
	try alice -- "$file" read write remove truncate
	tries "read: EACCES write: EACCES remove: EACCES truncate: EACCES"
	try alice -- "$SHUT/new" make
	tries "make: EACCES"
	try alice -- "$SHUT" list
	tries "list: EACCES"
	[ "$(cat "$file")" = text ] && [ ! -e "$SHUT/new" ]
}

@test "--read: what lies below can be read, listed and executed, and not written" {
	try alice --read "$OPEN" -- "$OPEN/file" read write remove truncate
	tries "read: done write: EACCES remove: EACCES truncate: EACCES"
	try alice --read "$OPEN" -- "$OPEN" list
	tries "list: done"
	try alice --read "$OPEN" -- "$OPEN/program" execute
	tries "write: done"
	try alice --read "$OPEN" -- "$SHUT/file" read
	tries "read: EACCES"
}

@test "--read of a file: that file" {
	try alice --read "$OPEN/file" -- "$OPEN/file" read
	tries "read: done"
	try alice --read "$OPEN/file" -- "$OPEN/program" read
	tries "read: EACCES"
}

@test "--write: what lies below can be written, made and removed, and not executed" {
	try alice --write "$OPEN" -- "$OPEN/file" read write truncate remove
	tries "read: done write: done truncate: done remove: done"
	try alice --write "$OPEN" -- "$OPEN/new" make
	tries "make: done"
	try alice --write "$OPEN" -- "$OPEN/program" execute
	tries "execute: EACCES"
	try alice --write "$OPEN" -- "$SHUT/new" make
	tries "make: EACCES"
}

@test "--write of a file: that file, and no other beside it" {
	try alice --write "$OPEN/file" -- "$OPEN/file" write truncate remove
	tries "write: done truncate: done remove: EACCES"
}

@test "a symbolic link leads nowhere else" {
	ln -s "$SHUT/file" "$OPEN/link"
	try alice --read "$OPEN" -- "$OPEN/link" read
	tries "read: EACCES"
}

@test "a link of the user's own leads no rule elsewhere, since a confined program may have left it" {
	local option path
	su -s /bin/sh alice -c "ln -s '$SHUT' '$OPEN/link'; ln -s /bin/true '$OPEN/true'"
	ln -s "$SHUT" "$SCRATCH/roots"
	for option in --read --write; do
		for path in "$OPEN/link" "$OPEN/link/file" "$OPEN//link/." "$SCRATCH/open/../open/link"; do
			run_as alice "$CONFINE" "$option" "$path" -- "$TRY" "$SHUT/file" read
			equal "$status" 66
			matches "$stderr" "$path: a symbolic link in it is the user's own, .*; name what it leads to"
		done
	done
	try alice --read "$SCRATCH/roots/file" -- "$SHUT/file" read
	tries "read: done"
	try root --read "$OPEN/link" -- "$SHUT/file" read
	tries "read: done"
	run_as alice "$CONFINE" --read /usr --read /lib --read /lib64 -- "$OPEN/true"
	equal "$status" 0
}

@test "links are followed as the kernel does, and for ever by nobody" {
	mkdir "$SHUT/inner"
	ln -s loop "$SCRATCH/loop"
	ln -s ../shut "$SCRATCH/open/relative"
	ln -s "open/../open/relative/" "$SCRATCH/twice"
	try alice --read "$SCRATCH/twice/inner/../file" -- "$SHUT/file" read
	tries "read: done"
	for path in "" "$SCRATCH/loop" "$SCRATCH/none" "$OPEN/file/.." ; do
		run_as alice "$CONFINE" --read "$path" -- "$TRY" "$SHUT/file" read
		equal "$status" 66 "$path"
		matches "$stderr" 'it cannot be opened'
	done
	cd "$SHUT"
	try alice --read file -- "$SHUT/file" read
	tries "read: done"
}

@test "a directory that has taken the place of the program is not opened to it" {
	local pid
	mkdir "$SCRATCH/directory"
	cp "$TRY" "$SCRATCH/program"
	# The second time that the program is looked at is behind its being found.
	strace -u alice -o "$SCRATCH/trace" -e trace=newfstatat -P "$SCRATCH/program" \
		-e inject=newfstatat:signal=STOP:when=1 "$CONFINE" -- "$SCRATCH/program" "$SHUT/file" read \
		>"$SCRATCH/out" 2>"$SCRATCH/err" 3>&- &
	wait_line "$SCRATCH/trace" 'stopped by SIGSTOP'
	pid=$(pgrep -P $!)
	mv "$SCRATCH/program" "$SCRATCH/aside"
	mv "$SCRATCH/directory" "$SCRATCH/program"
	kill -CONT "$pid"
	status=0
	wait $! || status=$?
	equal "$status" 66
	matches "$(cat "$SCRATCH/err")" 'program: it is no file any more; nothing was started'
}

@test "the null device and its like are always there" {
	try alice -- /dev/null read write
	tries "read: done write: done"
	try alice -- /dev/urandom read write
	tries "read: done write: EACCES"
}

@test "--bind: that TCP port, and no other" {
	needs_landlock 4 ports
	free "bind: done" 8080 bind
	try alice --bind 8079 --bind 8080 -- 8080 bind
	tries "bind: done"
	try alice --bind 8079 -- 8080 bind
	tries "bind: EACCES"
	try alice --connect 8080 -- 8080 bind
	tries "bind: EACCES"
}

@test "--bind gives no privilege" {
	try alice --bind 79 -- 79 bind
	tries "bind: EACCES"
}

@test "--connect: to that TCP port, and no other" {
	needs_landlock 4 ports
	free "connect: ECONNREFUSED" 8080 connect
	try alice --connect 8080 -- 8080 connect
	tries "connect: ECONNREFUSED"
	try alice --connect 8079 --bind 8080 -- 8080 connect
	tries "connect: EACCES"
}

@test "--connect: also by a socket that was bound, to a port of the kernel's choice" {
	needs_landlock 4 ports
	try alice --connect 8080 -- 8080 connect-bound bind listen
	tries "connect-bound: ECONNREFUSED bind: EACCES listen: EPERM"
	try alice --connect 8079 -- 8080 connect-bound
	tries "connect-bound: EACCES"
	try alice --bind 8080 -- 8080 connect-bound
	tries "connect-bound: EACCES"
	try alice --syscalls tcp -- 8080 connect-bound
	tries "connect-bound: EACCES"
}

@test "no port named: no socket of the internet can be made" {
	free "bind: done bind-udp: done listen: done" 8080 bind bind-udp listen
	try alice -- 8080 bind bind-udp listen connect
	tries "bind: EPERM bind-udp: EPERM listen: EPERM connect: EPERM"
}

@test "no way round the ports: MPTCP, UDP, UDP-Lite, connections that a send makes" {
	free "bind-mptcp: done bind-udp: done bind-udplite: done fastopen-sendto: ECONNREFUSED" 8080 \
		bind-mptcp bind-udp bind-udplite fastopen-sendto
	try alice --bind 8080 --connect 8080 -- 8080 bind-mptcp bind-udp bind-udplite connect-mptcp \
		fastopen-sendto fastopen-sendmsg fastopen-sendmmsg
	tries "bind-mptcp: EPERM bind-udp: EPERM bind-udplite: EPERM connect-mptcp: EPERM \
fastopen-sendto: EPERM fastopen-sendmsg: EPERM fastopen-sendmmsg: EPERM"
}

@test "no way round the ports: listen without bind" {
	try alice --connect 8080 -- 8080 listen
	tries "listen: EPERM"
	try alice --syscalls tcp -- 8080 listen
	tries "listen: EPERM"
	try alice --syscalls tcp,listen -- 8080 listen
	tries "listen: done"
}

@test "no way round the ports: io_uring" {
	free "io_uring: done" 0 io_uring
	try alice --bind 8080 -- 0 io_uring
	tries "io_uring: EPERM"
}

@test "--syscalls udp: UDP and nothing beside it" {
	try alice --syscalls udp -- 8080 bind-udp bind-udplite socket-ping bind
	tries "bind-udp: done bind-udplite: EPERM socket-ping: EPERM bind: EPERM"
}

@test "--syscalls sockets: any" {
	try alice --syscalls sockets -- 8080 bind-udplite socket-vsock
	tries "bind-udplite: done socket-vsock: done"
}

@test "sockets of families that a daemon does not need cannot be made" {
	try root -- 0 socket-packet socket-vsock socket-alg socket-audit socket-raw socket-sctp socket-high
	tries "socket-packet: EPERM socket-vsock: EPERM socket-alg: EPERM socket-audit: EPERM socket-raw: EPERM \
socket-sctp: EPERM socket-high: EPERM"
	try alice -- 0 socket-unix socket-route
	tries "socket-unix: done socket-route: done"
	TRY=$DETOUR try alice -- 0 pair-unix pair-tipc
	tries "pair-unix: done pair-tipc: EPERM"
}

@test "system calls that change or spy on the system are refused, to root too" {
	try root -- 1 ptrace traceme read-memory module bpf mount chroot keyring clock reboot personality setns
	tries "ptrace: EPERM traceme: EPERM read-memory: EPERM module: EPERM bpf: EPERM mount: EPERM chroot: EPERM \
keyring: EPERM clock: EPERM reboot: EPERM personality: EPERM setns: EPERM"
}

@test "no namespace can be made, and processes can" {
	needs_user_namespaces
	free "clone: done clone3: done unshare: done" 0 clone clone3 unshare
	try alice -- 0 clone clone3 unshare unshare-fs fork
	tries "clone: EPERM clone3: ENOSYS unshare: EPERM unshare-fs: done fork: done"
	try alice --syscalls namespace -- 0 clone clone3 unshare
	tries "clone: done clone3: done unshare: done"
}

@test "a system call that libseccomp does not know is one that there is not" {
	run_as alice "$DETOUR" 0 new-call
	[ "$output" != "new-call: ENOSYS" ] || skip "this kernel has no call that libseccomp does not know"
	TRY=$DETOUR try alice -- 0 new-call
	tries "new-call: ENOSYS"
}

@test "what calls the kernel as a 32-bit program is killed" {
	[ "$(uname -m)" = x86_64 ] || skip "another architecture is called in another way"
	TRY=$DETOUR free "32-bit: done" 0 32-bit
	run_as alice "$CONFINE" -- "$DETOUR" 0 32-bit
	equal "$status" $((128 + $(kill -l SYS))) status
}

@test "no setuid or setgid file can be made" {
	local whats=(setid-chmod setid-fchmod setid-fchmodat) ways=(setid-open setid-openat setid-mknod setid-mkdir setid-creat)
	local what
	free "setid-chmod: done setid-fchmod: done setid-fchmodat: done" "$OPEN/file" "${whats[@]}"
	chmod 0644 "$OPEN/file"
	try alice --write "$OPEN" --syscalls attributes -- "$OPEN/file" "${whats[@]}"
	tries "setid-chmod: EPERM setid-fchmod: EPERM setid-fchmodat: EPERM"
	for what in "${ways[@]}"; do
		try alice --write "$OPEN" -- "$OPEN/new" "$what"
		tries "$what: EPERM"
		free "$what: done" "$OPEN/new" "$what"
		rm -rf "$OPEN/new"
	done
	try alice --write "$OPEN" -- "$OPEN/new" setid-openat2
	tries "setid-openat2: ENOSYS"
	try alice --write "$OPEN" -- "$OPEN" setid-tmpfile
	tries "setid-tmpfile: EPERM"
	[ "$(stat -c %a "$OPEN/file")" = 644 ] && [ ! -e "$OPEN/new" ]
}

ATTRIBUTES=(chmod fchmodat chown chown-opened lchown utime utimes utimensat utimensat-opened setxattr lsetxattr removexattr)

@test "modes, owners, times and attributes of files that are not named cannot be changed" {
	local before
	before=$(stat -c '%a %Y %Z' "$SHUT/file")
	TRY=$DETOUR try alice --write "$OPEN" -- "$SHUT/file" "${ATTRIBUTES[@]}"
	tries "$(printf '%s: EPERM\n' "${ATTRIBUTES[@]}" | paste -sd' ')"
	equal "$(stat -c '%a %Y %Z' "$SHUT/file")" "$before"
	TRY=$DETOUR free "$(printf '%s: done\n' "${ATTRIBUTES[@]}" | paste -sd' ')" "$SHUT/file" "${ATTRIBUTES[@]}"
	[ "$(stat -c %a "$SHUT/file")" = 666 ]
}

@test "modes and times of files that can be opened can be changed" {
	TRY=$DETOUR try alice --read "$OPEN" -- "$OPEN/file" fchmod futimens
	tries "fchmod: done futimens: done"
	TRY=$DETOUR try alice --read "$OPEN" -- "$SHUT/file" fchmod futimens
	tries "fchmod: EBADF futimens: EBADF"
}

@test "--syscalls attributes: they can, of any file, and setuid bits cannot" {
	TRY=$DETOUR try alice --syscalls attributes -- "$SHUT/file" chmod chown utimensat setxattr
	tries "chmod: done chown: done utimensat: EPERM setxattr: done"
	try alice --syscalls attributes -- "$SHUT/file" setid-chmod setid-fchmodat
	tries "setid-chmod: EPERM setid-fchmodat: EPERM"
}

@test "--syscalls times: times of any file, and nothing else of it" {
	TRY=$DETOUR try alice --syscalls times -- "$SHUT/file" "${ATTRIBUTES[@]}"
	tries "chmod: EPERM fchmodat: EPERM chown: EPERM chown-opened: EPERM lchown: EPERM utime: done utimes: done \
utimensat: done utimensat-opened: done setxattr: EPERM lsetxattr: EPERM removexattr: EPERM"
}

@test "what stands in place of a mode that is none is not looked at" {
	try alice --read "$OPEN" -- "$OPEN/file" open-with-rest
	tries "open-with-rest: done"
}

@test "--syscalls setid-files: they can" {
	try alice --write "$OPEN" --syscalls setid-files,attributes -- "$OPEN/file" setid-chmod
	tries "setid-chmod: done"
}

@test "nothing can be typed into a terminal" {
	run_as root script -qec "$CONFINE -- $TRY 0 tiocsti tiocsti-high" "$SCRATCH/typescript"
	[[ "$output" == *"tiocsti: EPERM"*"tiocsti-high: EPERM"* ]] || fail "$output"
}

@test "processes outside get no signal, those inside do" {
	needs_landlock 6 signals
	spawn other alice sleep 300
	try alice -- "$(pid_of other)" signal ptrace read-memory
	tries "signal: EPERM ptrace: EPERM read-memory: EPERM"
	kill -0 "$(pid_of other)"
	run_as alice "$CONFINE" --read /usr --read /lib --read /lib64 -- sh -c 'sleep 300 & kill $! && wait $!'
	[ "$status" -eq 143 ]
}

@test "limits of other processes cannot be set" {
	spawn other alice sleep 300
	TRY=$DETOUR free "limit-other: done limit-own: done" "$(pid_of other)" limit-other limit-own
	TRY=$DETOUR try alice -- "$(pid_of other)" limit-other limit-own
	tries "limit-other: EPERM limit-own: done"
}

@test "what other processes share by System V's keys cannot be reached" {
	TRY=$DETOUR free "shmget: done semget: done msgget: done" 0 shmget semget msgget
	TRY=$DETOUR try alice -- 0 shmget semget msgget
	tries "shmget: EPERM semget: EPERM msgget: EPERM"
	TRY=$DETOUR try alice --syscalls ipc -- 0 shmget
	tries "shmget: done"
}

@test "nor can queues of POSIX, which Landlock does not look at when one is removed" {
	TRY=$DETOUR free "mq_unlink: ENOENT" queue mq_unlink
	TRY=$DETOUR try alice -- queue mq_unlink
	tries "mq_unlink: EPERM"
}

@test "abstract sockets of processes outside cannot be connected to" {
	needs_landlock 6 "abstract sockets"
	spawn server alice socat ABSTRACT-LISTEN:lowport-test,fork PIPE
	wait_for grep -q '@lowport-test$' /proc/net/unix
	free "abstract: done" lowport-test abstract
	try alice -- lowport-test abstract
	tries "abstract: EPERM"
}

@test "children and what they execute are confined as well" {
	run_as alice "$CONFINE" --read /usr --read /lib --read /lib64 --read "$BIN" -- sh -c "$TRY $SHUT/file read io_uring; true"
	[ "$output" = $'read: EACCES\nio_uring: EPERM' ]
}

arrived()
{
	sed -e 's/[0-9]\{3,\}/N/g' -e 's/separate-stderr-.*//' -e '/^tty=/d'
}

@test "what was handed over can be used, and arrives as it was" {
	own <<-'END'
		[finger]
		ports = tcp:79
		owner = alice
	END
	launch alice tcp:79 -- "$CONFINE" "$PROBE"
	[ "$status" -eq 0 ]
	local confined=$output
	launch alice tcp:79 -- "$PROBE"
	# Its process id, the file that takes its errors, and /dev/tty, which a confined program cannot open.
	diff <(arrived <<<"$confined") <(arrived <<<"$output")
}

@test "a server on a port that was handed over serves, and can bind no other" {
	not_under asan "lowport-accept is linked with libraries then, which it was not given to read"
	own <<-'END'
		[finger]
		ports   = tcp:79
		owner   = alice
		handoff = accept
	END
	spawn server alice "$LPB" --handoff listen-fds tcp:79 -- "$CONFINE" --read "$BIN" -- "$PREFIX/bin/lowport-accept" "$TRY" 8080 bind
	wait_listening tcp 79
	[ "$(socat "-t$PATIENCE" - TCP:127.0.0.1:79 </dev/null)" = "bind: EPERM" ]
}

# relisten OPTION...: what comes of it when a connection to a socket that was handed over is made one that listens.
relisten()
{
	own <<-'END'
		[finger]
		ports = tcp:79
		owner = alice
	END
	spawn server alice "$LPB" tcp:79 -- "$@" "$DETOUR" 0 listen-again
	wait_listening tcp 79
	socat -u /dev/null TCP:127.0.0.1:79
	wait_line "$SCRATCH/server.out" listen-again
	end server
	output=$(<"$SCRATCH/server.out")
}

@test "a connection that was handed over or accepted cannot be made to listen elsewhere" {
	relisten env
	[ "$output" = "listen-again: done" ]
	relisten "$CONFINE" --
	[ "$output" = "listen-again: EPERM" ]
}

@test "a kernel that confines less: it says what, and starts; with --require it does not" {
	run_as root strace -qq -o /dev/null -e inject=landlock_create_ruleset:retval=3:when=1 \
		"$CONFINE" --read /usr -- "$TRY" 0 io_uring
	[[ "$stderr" == *"this kernel does not confine which TCP ports can be bound and connected to; Linux 6.7 does"* ]]
	[[ "$stderr" != *"which files can be opened"* ]]
	run_as root strace -qq -o /dev/null -e inject=landlock_create_ruleset:error=ENOSYS \
		"$CONFINE" -- "$TRY" 0 io_uring
	[ "$status" -eq 0 ] && [ "$output" = "io_uring: EPERM" ]
	[[ "$stderr" == *"this kernel does not confine which files can be opened; Linux 5.13 does, where Landlock is enabled (--require"* ]]
	run_as root strace -qq -o /dev/null -e inject=landlock_create_ruleset:error=EOPNOTSUPP \
		"$CONFINE" --require -- "$TRY" 0 io_uring
	[ "$status" -eq 69 ] && [ -z "$output" ]
	[[ "$stderr" == *"not started, as --require says" ]]
}

@test "--require where the kernel has it all" {
	needs_landlock 6 "all of it"
	try alice --require -- 0 io_uring
	tries "io_uring: EPERM"
	[ -z "$stderr" ]
}

# refuses FAULT CALL: nothing is started where a call fails.
refuses()
{
	run_as root strace -qq -o /dev/null -e "inject=$1" "$CONFINE" --read /usr --bind 8080 -- "$TRY" 0 io_uring
	equal "$status $output" "71 " "status and output after $1"
	[ -n "$stderr" ]
}

# libseccomp tries what there is with calls that fail anyway; those with a filter are the last two.
seccomp_calls()
{
	strace -e trace=seccomp "$CONFINE" -- "$TRY" 0 fork 2>&1 >/dev/null | grep -c '^seccomp('
}

@test "each call that fails is the end" {
	needs_landlock 4 ports
	refuses prctl:error=EINVAL:when=1
	refuses landlock_create_ruleset:error=ENOMEM:when=2
	refuses landlock_add_rule:error=ENOMEM:when=1
	refuses landlock_add_rule:error=ENOMEM:when=8
	refuses landlock_add_rule:error=ENOMEM:when=9
	refuses landlock_restrict_self:error=E2BIG
	refuses "seccomp:error=ENOMEM:when=$(($(seccomp_calls) - 1))"
	refuses "seccomp:error=ENOMEM:when=$(seccomp_calls)"
}

@test "each call that claims a success it did not have is the end" {
	refuses prctl:retval=0:when=1
	refuses landlock_restrict_self:retval=0
	refuses "seccomp:retval=0:when=$(($(seccomp_calls) - 1))"
	refuses "seccomp:retval=0:when=$(seccomp_calls)"
}

@test "a path that is not there: 66, and nothing is started" {
	try alice --read /nowhere -- 0 fork
	[ "$status" -eq 66 ]
	[ "$stderr" = "lowport-confine: /nowhere: it cannot be opened: No such file or directory; name what is there" ]
}

@test "a program that needs what was not named: the error says what to do" {
	run_as alice "$CONFINE" -- cat /dev/null
	[ "$status" -eq 126 ]
	[[ "$stderr" == "lowport-confine: /"*"/cat: name what it needs to start with --read, such as its interpreter or /usr/lib: Permission denied" ]]
}

@test "a wrong command line: 64, and what is wrong with it" {
	local words
	while IFS='|' read -r words wrong; do
		# shellcheck disable=SC2086 # words
		run_as alice "$CONFINE" $words
		equal "$status" 64 "status of: $words"
		[[ "$stderr" == "lowport-confine: $wrong"* ]]
	done <<-'END'
		|no program to run; lowport-confine --help says how to use it
		--read /usr|no program to run
		--read|--read: its argument is missing
		--bind 0 true|--bind 0: not a number from 1 to 65535
		--bind 65536 true|--bind 65536: not a number
		--connect 80x true|--connect 80x: not a number
		--connect -1 true|--connect -1: not a number
		--syscalls io true|--syscalls io: no such group of system calls; lowport-confine --list shows them
		--syscalls udp,,tcp true|--syscalls : no such group
		--frob true|--frob: no such option
		-read /usr true|-read: no such option
		--require -x true|-x: no such option
		--list=x|--list=x: no such option
	END
}

@test "a program that is not there: 127" {
	run_as alice "$CONFINE" -- ./nowhere
	[ "$status" -eq 127 ]
}

@test "--help fits a screen, --list names each group once, --version" {
	run_as alice "$CONFINE" --help
	[ "$status" -eq 0 ] && [ "${#lines[@]}" -le 24 ] && [ "$(wc -L <<<"$output")" -le 80 ]
	run_as alice "$CONFINE" --list
	[ "$status" -eq 0 ] && [ "$(cut -d' ' -f1 <<<"$output" | sort | uniq -d)" = "" ]
	grep -qx 'io_uring    io_uring_enter io_uring_register io_uring_setup' <<<"$output"
	run_as alice "$CONFINE" --version
	[[ "$output" == "lowport-confine "* ]]
	run_as root sh -c "$CONFINE --list >/dev/full"
	[ "$status" -eq 74 ]
}
