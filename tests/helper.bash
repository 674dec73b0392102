# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # status, output, stderr are set by bats' run
#
# What the bats files share. Each test begins with an empty ownership file, no
# drop-ins, a scratch directory that every user may write to, and ends with the
# processes that it started.

bats_require_minimum_version 1.5.0

PREFIX=/opt/lowportbind
LPB=$PREFIX/bin/lowportbind
BIN=/opt/test/bin
# shellcheck disable=SC2034 # used by the bats files
PROBE=$BIN/probe PROBE_DYNAMIC=$BIN/probe-dynamic
CONF=/etc/lowportbind.conf
DROPIN=/etc/lowportbind.d
# shellcheck disable=SC2034 # used by the bats files
ALICE=60001 BOB=60002 CAROL=60003
# Seconds after which something that is done at once has hung, however busy the machine is.
PATIENCE=$((30 * ${SLOWNESS:-1}))

setup()
{
	SCRATCH=/opt/tmp/scratch-$BATS_TEST_NUMBER
	mkdir -p "$SCRATCH"
	chmod 1777 "$SCRATCH"
	chown 0:0 /etc
	chmod 0755 /etc
	rm -rf "$CONF" "$DROPIN"
	mkdir -m 0755 "$DROPIN"
	install -m 0644 /dev/null "$CONF"
	if declare -F prepare >/dev/null; then
		prepare
	fi
}

teardown()
{
	end_all
}

# loads_libraries: whether the launcher was built to load libcap-ng and inih, as it is where there are no archives of them.
loads_libraries()
{
	[ "${VARIANT-}" = shared ] || [ ! -e "$(cc -print-file-name=libcap-ng.a)" ] ||
		[ ! -e "$(cc -print-file-name=libinih.a)" ]
}

# not_under VARIANT WHY: a test that a sanitized or static program cannot pass, and why.
not_under()
{
	[ "${VARIANT-}" != "$1" ] || skip "not under $1: $2"
}

# needs_user_namespaces: which nobody makes in a chroot.
needs_user_namespaces()
{
	unshare -U true 2>/dev/null || skip "no user namespaces here, as in a chroot"
}

# needs_open_files COUNT: not everywhere may root raise that limit.
needs_open_files()
{
	(ulimit -n "$1") 2>/dev/null || skip "no process may open $1 files here"
}

# needs_landlock VERSION WHAT: of the kernel's interface, which WHAT came with.
needs_landlock()
{
	[ "$("$BIN/attempt")" -ge "$1" ] || skip "this kernel's Landlock does not know $2"
}

# ---- acting ----

# as USER COMMAND...: as an ordinary user. Through su, since setpriv --reuid
# would keep permitted capabilities until its first exec.
as()
{
	local user=$1
	shift
	# shellcheck disable=SC2016 # expanded by the user's shell
	su -s /bin/sh "$user" -c 'exec "$@"' -- sh "$@"
}

# in_force: without privilege (FLAVOUR none) the launcher binds what the kernel table grants, so that is to be what the
# files say. Broken ones leave it as it is, and the launcher is to refuse by itself.
in_force()
{
	[ "$FLAVOUR" != none ] || "$PREFIX/bin/lowportctl" reload >/dev/null 2>&1 || :
}

# run_as USER COMMAND...: run, with both outputs apart, as a user or as root.
run_as()
{
	local user=$1
	shift
	in_force
	if [ "$user" = root ]; then
		run --separate-stderr "$@" </dev/null
	else
		run --separate-stderr as "$user" "$@" </dev/null
	fi
}

# launch USER ARGUMENT...: the launcher, as a user or as root.
launch()
{
	run_as "$1" "$LPB" "${@:2}"
}

# ctl USER ARGUMENT...: lowportctl, as a user or as root.
ctl()
{
	run_as "$1" "$PREFIX/bin/lowportctl" "${@:2}"
}

# launch_dirty USER WORD... -- ARGUMENT...: from a state that dirty.c makes.
launch_dirty()
{
	local user=$1 words=()
	shift
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	run_as "$user" "$BIN/dirty" "${words[@]}" -- "$LPB" "$@"
}

# trace USER ARGUMENT...: the launcher under strace, the calls in $SCRATCH/trace.
# strace runs as root, so that the setuid bit and file capabilities count.
trace()
{
	local user=$1 options=()
	shift
	in_force
	[ "$user" = root ] || options=(-u "$user")
	: >"$SCRATCH/trace"
	run --separate-stderr strace -f -qq -s 256 -o "$SCRATCH/trace" "${options[@]}" \
		${TRACE_OPTIONS:+$TRACE_OPTIONS} "$LPB" "$@" </dev/null
}

# own: the ownership file, from standard input.
own()
{
	cat >"$CONF"
	chown 0:0 "$CONF"
	chmod 0644 "$CONF"
}

# dropin NAME: a drop-in, from standard input.
dropin()
{
	cat >"$DROPIN/$1"
	chown 0:0 "$DROPIN/$1"
	chmod 0644 "$DROPIN/$1"
}

# spawn NAME USER COMMAND...: in the background and in a session of its own; its
# output in $SCRATCH/NAME.out and .err. The program takes the recorded id over.
spawn()
{
	local name=$1 user=$2
	shift 2
	in_force
	# shellcheck disable=SC2016 # expanded by the inner shell
	local prefix=(sh -c 'echo $$ >"$0"; exec "$@"' "$SCRATCH/$name.pid")
	if [ "$user" = root ]; then
		setsid "${prefix[@]}" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err" \
			</dev/null 3>&- 4>&- &
	else
		as "$user" "${prefix[@]}" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err" \
			</dev/null 3>&- 4>&- &
	fi
	echo $! >"$SCRATCH/$name.job"
	wait_for test -s "$SCRATCH/$name.pid"
}

pid_of()
{
	cat "$SCRATCH/$1.pid"
}

# end NAME: ends what spawn started, with its children. They are nobody's here, and may hold a port or a lock for a
# moment longer than what was started.
end()
{
	local pid
	pid=$(pid_of "$1")
	kill -KILL -- "-$pid" 2>/dev/null || :
	wait "$(cat "$SCRATCH/$1.job")" 2>/dev/null || :
	wait_for group_gone "$pid"
	rm -f "$SCRATCH/$1.pid"
}

# end_all: of what a test has spawned. What stays keeps bats from ending.
end_all()
{
	local file
	for file in "$SCRATCH"/*.pid; do
		[ -s "$file" ] && end "$(basename "$file" .pid)"
	done
	return 0
}

# group_gone ID: what has ended, and nobody has asked for its status, counts for nothing.
group_gone()
{
	! kill -0 -- "-$1" || ! pgrep -g "$1" --runstates D,R,S,T
}

# halt PID: a process that is asleep goes on until it is its turn, and only then stands still.
halt()
{
	kill -STOP "$1" && wait_for grep -q '^State:.T' "/proc/$1/status"
}

# ---- waiting ----

# wait_for COMMAND...: until it succeeds, as long as there is patience.
wait_for()
{
	local i
	for ((i = 0; i < PATIENCE * 40; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.025
	done
	echo "waited in vain for: $*"
	return 1
}

listening()
{
	ss -Hl "$(case $1 in tcp) echo -tn ;; *) echo -un ;; esac)" "sport = :$2" | grep -q .
}

wait_listening()
{
	wait_for listening "$1" "$2"
}

# unix_listening PATH: that there is such a socket is not enough to connect to it.
unix_listening()
{
	grep -q " 00010000 .* $1\$" /proc/net/unix
}

# runs PID PROGRAM: what was started has come to execute it. A socket listens before that.
runs()
{
	[ "$(readlink "/proc/$1/exe")" = "$2" ]
}

wait_line()
{
	wait_for grep -q "$2" "$1"
}

# ---- asserting ----

# Leaves out what is long and seldom to the point.
show()
{
	echo "status: $status"
	echo "stdout: $(grep -vE '^(env\.|rlimit|envc|sched|itimer)' <<<"${output:0:20000}")"
	echo "stderr: ${stderr-}"
}

fail()
{
	echo "$*"
	show
	return 1
}

# probe_value KEY [TEXT]: what the probe reported, from the last run or TEXT.
probe_value()
{
	local newline=$'\n'
	[[ ! $newline${2-$output} =~ $newline$1=([^$newline]*) ]] || printf '%s\n' "${BASH_REMATCH[1]}"
}

equal()
{
	[ "$1" = "$2" ] && return
	fail "${3:-value}: expected '$2', got '$1'"
}

# In a text of one line the shell finds the same as grep, and needs no other process for it.
finds()
{
	case $1 in
	*$'\n'*) grep -qE -- "$2" <<<"$1" ;;
	*) [[ $1 =~ $2 ]] ;;
	esac
}

matches()
{
	finds "$1" "$2" && return
	fail "${3:-text}: '$1' does not match '$2'"
}

lacks()
{
	finds "$1" "$2" || return 0
	fail "${3:-text}: '$1' matches '$2'"
}

# port_free PROTO PORT: nobody holds it, on any address.
port_free()
{
	local address result
	for address in 0.0.0.0 ::; do
		result=$("$BIN/hold" "$1" "$address" "$2" reuseaddr try)
		equal "$result" ok "$1 port $2 on $address" || return
	done
}

# refused STATUS PATTERN [PROTO PORT]: result R. STATUS may be several: "71|77".
refused()
{
	[[ "$status" =~ ^($1)$ ]] || fail "expected exit status $1" || return
	equal "$output" "" "standard output" || return
	equal "${#stderr_lines[@]}" 1 "number of lines on standard error" || return
	matches "$stderr" '^lowportbind: ' "standard error" || return
	matches "$stderr" "$2" "standard error" || return
	[ $# -lt 4 ] || port_free "$3" "$4"
}

# granted: the probe ran to the end of its report, and nothing was said.
granted()
{
	equal "$status" 0 "exit status" || return
	equal "$stderr" "" "standard error" || return
	equal "$(probe_value end)" probe "the probe"
}

# reported KEY VALUE: a line of the probe's. Nothing is executed to look for it: clean() has many, and
# there are hundreds of starts.
reported()
{
	[[ $'\n'$output$'\n' == *$'\n'"$1=$2"$'\n'* ]] && return
	fail "$1: expected '$2', got '$(probe_value "$1")'"
}

sorted_groups()
{
	tr ' ' '\n' | sort -nu | tr '\n' ' '
}

# clean USER [DESCRIPTORS]: result C.
clean()
{
	local uid gid key sets='inh prm eff amb'
	# Who has no privilege cannot empty the bounding set.
	[ "$FLAVOUR" = none ] || sets+=' bnd'
	uid=$(id -u "$1") gid=$(id -g "$1")
	reported end probe || return
	reported uid "$uid $uid $uid $uid" || return
	reported gid "$gid $gid $gid $gid" || return
	equal "$(probe_value groups | sorted_groups)" "$(id -G "$1" | sorted_groups)" groups || return
	for key in $sets; do
		reported "cap.$key" 0000000000000000 || return
	done
	reported securebits 0x0 || return
	reported keepcaps 0 || return
	reported no_new_privs 1 || return
	reported fds "${2-0 1 2 3}" || return
	for key in blocked pending ignored caught; do
		reported sig.$key "" || return
	done
	for key in real virtual prof; do
		reported itimer.$key off || return
	done
	reported pdeathsig 0 || return
	reported key none
}

# socket FD PATTERN...: each must match the probe's line for that descriptor.
socket()
{
	local fd=$1 line pattern
	shift
	line=$(probe_value "fd.$fd")
	for pattern; do
		matches "$line" "$pattern" "descriptor $fd" || return
	done
}

# calls NAME: the lines of the trace with that system call.
calls()
{
	grep -nE "^[0-9]+ +($1)\\(" "$SCRATCH/trace"
}

# call_line PATTERN [first|last]: the number of the line in the trace.
call_line()
{
	grep -nE -- "$1" "$SCRATCH/trace" | case ${2-first} in
	first) head -n 1 ;;
	*) tail -n 1 ;;
	esac | cut -d: -f1
}
