#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A system call of load, reload, status or unload fails, or the program is killed at it: then nothing is left, or a
# table is in force, whole, and the next call of lowportctl goes on from there. One fault at a time. Since a load takes
# the kernel a second, a part of the calls has to do; SOAK (make check-table) tries each one, and what libbpf asks of the
# kernel first, and more errors.
# flavours: setuid
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

PINS=/sys/fs/bpf/lowportbind
CALLS=bpf,mkdir,statfs,fstatfs,openat,flock,pwrite64,unlinkat,rmdir
# What libbpf tries, to know the kernel: it goes on whatever comes of it.
PROBES='BPF_BTF_LOAD|PROG_TYPE_SOCKET_FILTER|PROG_TYPE_TRACEPOINT|BPF_PROG_BIND_MAP'
# Where a death leaves something: what is made, put and removed.
DEATHS='^(mkdir|pwrite64|unlinkat|rmdir|bpf\\(BPF_(OBJ_PIN|LINK_|MAP_UPDATE))'

one()
{
	own <<-'X'
		[web]
		ports = tcp:80 tcp:8080
		owner = alice
	X
}

other()
{
	own <<-'X'
		[web]
		ports = tcp:81 tcp:8080 udp:90
		owner = bob
	X
}

with()
{
	run_as root strace -qqq -o "$SCRATCH/trace" -e "trace=$CALLS" "$@"
}

# find_calls EVERY VERB...: sets calls and deaths to "CALL N" for those that are to fail, or to be the last: from the
# first that has to do with the pins to the first that looks for programs of others, who come and go. Calls that fail
# anyway are left out. EVERY is which part of them has to do.
find_calls()
{
	local every=${SOAK:+1}
	with "$CTL" "${@:2}"
	awk -v probes="${SOAK:+nothing}" -v known="$PROBES" -v deaths="$DEATHS" '
		{ call = $0; sub(/\(.*/, "", call); n[call]++ }
		/\/sys\/fs\/bpf/ { on = 1 }
		/BPF_PROG_QUERY/ { on = 0 }
		on && !/ = -1 / && (probes || $0 !~ known) {
			print "fault", call, n[call]
			if ($0 ~ deaths) print "death", call, n[call]
		}' "$SCRATCH/trace" >"$SCRATCH/calls"
	mapfile -t calls < <(sed -n 's/^fault //p' "$SCRATCH/calls" | awk -v every="${every:-$1}" 'NR % every == 0')
	mapfile -t deaths < <(sed -n 's/^death //p' "$SCRATCH/calls" | awk -v every="${every:-$1}" 'NR % every == 0')
	[ "${#calls[@]}" -ge 5 ] || fail "too few calls: $(cat "$SCRATCH/trace")"
}

# each_fault JUDGE BEFORE VERB...: prepares with BEFORE, makes the verb fail once, and judges; for each of calls.
each_fault()
{
	local judge=$1 before=$2 line call n error errors=EPERM
	shift 2
	[ -z "${SOAK-}" ] || errors='EPERM ENOMEM EINVAL'
	for line in "${calls[@]}"; do
		read -r call n <<<"$line"
		for error in $errors; do
			$before
			with -e "inject=$call:error=$error:when=$n" "$CTL" "$@"
			grep -q '(INJECTED)$' "$SCRATCH/trace" || fail "$call $n has not failed" || return
			$judge || fail "$call $n $error" || return
		done
	done
	echo "# $1: ${#calls[@]} calls failed" >&3
}

# each_death JUDGE BEFORE VERB...: the same, and the program is killed instead, for each of deaths.
each_death()
{
	local judge=$1 before=$2 line call n
	shift 2
	[ "${#deaths[@]}" -gt 0 ] || fail "no deaths" || return
	for line in "${deaths[@]}"; do
		read -r call n <<<"$line"
		$before
		with -e "inject=$call:signal=KILL:when=$n" "$CTL" "$@"
		equal "$status" 137 "exit status of $1, killed at $call $n" || return
		$judge || fail "$call $n SIGKILL" || return
	done
	echo "# $1: killed at ${#deaths[@]} calls" >&3
}

# bob_gets RESULT: at port 8080, which alice owns by the one file and he by the other.
bob_gets()
{
	equal "$(within "$BIN/around" ids "$BOB" "$BOB" 8080)" "$1" "bob at 8080"
}

reserved()
{
	equal "$(cat "$RESERVED")" "$1" "reserved ports"
}

nothing_left()
{
	[ ! -e "$PINS" ] || fail "there are pins: $(ls "$PINS")" || return
	bob_gets ok && reserved 9999
}

# told: what failed is said, in lines of lowportctl's own, and with a status that says so.
told()
{
	[[ $status =~ ^(1|6[0-9]|7[0-8])$ ]] || fail "exit status $status" || return
	matches "$stderr" '^lowportctl: ' "standard error"
}

ctl_ok()
{
	ctl root "$@"
	equal "$status" 0 "exit status of $1 afterwards"
}

is_in_force()
{
	equal "$(find "$PINS" -type f | wc -l)" 8 "number of pins" && bob_gets EACCES && reserved 80,8080,9999
}

prepare_faults()
{
	echo 9999 >"$RESERVED"
	one
}

load_one()
{
	one
	[ -e "$PINS" ] || ctl_ok load --cgroup "$CGROUP"
}

# It is loaded, whole, or not at all; 1 is a table that is in force, and something that is not known.
judge_load()
{
	[ "$status" -eq 0 ] || told || return
	if [ "$status" -gt 1 ]; then
		nothing_left
	else
		is_in_force && ctl_ok unload
	fi
}

# What a killed one has left is a table that is in force, whole, or goes with the next load.
judge_killed_load()
{
	ctl root load --cgroup "$CGROUP"
	[ "$status" -eq 0 ] || matches "$stderr" 'it is loaded already' || return
	ctl_ok status && is_in_force && ctl_ok unload && nothing_left
}

judge_reload()
{
	if [ "$status" -eq 0 ] || [[ $stderr == *'the new table is in force'* ]]; then
		[ "$status" -eq 0 ] || told || return
		# Who could not be looked up is told of, and is nobody until the next reload.
		[[ $stderr == *'there is no user bob,'* ]] || bob_gets ok || return
		[ "$status" -ne 0 ] || reserved 81,90,8080,9999 || return
	else
		told && is_in_force || return
	fi
	ctl_ok reload && bob_gets ok && reserved 81,90,8080,9999
}

judge_killed_reload()
{
	matches "$(within "$BIN/around" ids "$BOB" "$BOB" 8080)" '^(ok|EACCES)$' "bob at 8080" || return
	matches ",$(cat "$RESERVED")," ',8080,' "reserved ports" || return
	ctl_ok reload && bob_gets ok && reserved 81,90,8080,9999
}

# The one file is in force, and the other is there.
before_reload()
{
	load_one
	ctl_ok reload
	other
}

judge_unload()
{
	if [ "$status" -ne 0 ]; then
		told || return
		ctl root unload
		matches "$status" '^[01]$' "exit status of the second unload" || return
	fi
	nothing_left
}

judge_killed_unload()
{
	ctl root unload
	matches "$status" '^[01]$' "exit status of the second unload" || return
	nothing_left
}

judge_status()
{
	# Where a file of owners or of users cannot be read, the table is another than the files would make: it says so, with 1.
	[ "$status" -eq 0 ] || [[ "$status" -eq 1 && "$output" =~ the\ files\ (are\ broken|have\ changed) ]] || told || return
	is_in_force
}

# A second load is refused, whatever fails: it must not take what it cannot see for nothing, and put its own in place.
judge_second_load()
{
	told && is_in_force
}

@test "load: nothing is left, or it is in force" {
	prepare_faults
	find_calls 4 load --cgroup "$CGROUP"
	ctl_ok unload
	each_fault judge_load : load --cgroup "$CGROUP"
}

@test "load that is killed: the next one, or unload, goes on from there" {
	prepare_faults
	find_calls 4 load --cgroup "$CGROUP"
	ctl_ok unload
	each_death judge_killed_load : load --cgroup "$CGROUP"
}

@test "load where one is loaded already leaves that in force" {
	prepare_faults
	load_one
	find_calls 1 load --cgroup "$CGROUP"
	each_fault judge_second_load load_one load --cgroup "$CGROUP"
}

@test "reload: the old table stays in force, or the new one is" {
	prepare_faults
	before_reload
	find_calls 1 reload
	each_fault judge_reload before_reload reload
	each_death judge_killed_reload before_reload reload
}

@test "status changes nothing, and says what it could not find out" {
	prepare_faults
	load_one
	find_calls 1 status
	each_fault judge_status : status
}

@test "unload: nothing is left, or the next one leaves nothing" {
	prepare_faults
	load_one
	find_calls 4 unload
	each_fault judge_unload load_one unload
	each_death judge_killed_unload load_one unload
}

@test "a name that cannot be looked up is told of, and grants nothing" {
	prepare_faults
	load_one
	other
	run_as root strace -qqq -P /etc/passwd -o "$SCRATCH/trace" -e inject=openat:error=EMFILE:when=1 "$CTL" reload
	equal "$status" 0
	matches "$stderr" 'warning: section \[web\]: there is no user bob, and so the table grants it nothing until it is reloaded'
	bob_gets EACCES
	ctl_ok reload
	bob_gets ok
}

@test "a list of reserved ports that takes several writes, one of which fails" {
	prepare_faults
	seq 1 2 4999 | awk 'BEGIN { print "[many]\nowner = alice" } { print "ports = udp:" $1 }' >"$SCRATCH/many"
	own <"$SCRATCH/many"
	ctl_ok load --cgroup "$CGROUP"
	wide=$(dd if="$RESERVED" bs=512k status=none)
	sed '/udp:4999/d' "$SCRATCH/many" >"$SCRATCH/fewer"
	# The last is behind all of them.
	for ((n = 1; ; n++)); do
		own <"$SCRATCH/fewer"
		CALLS=pwrite64 with -e "inject=pwrite64:error=EINVAL:when=$n" "$CTL" reload
		[ "$status" -ne 0 ] || break
		told
		equal "$(dd if="$RESERVED" bs=512k status=none)" "$wide" "reserved ports after the failed write $n"
		own <"$SCRATCH/many"
		ctl_ok reload
	done
	[ "$n" -gt 4 ] || fail "too few writes"
}
