#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Where there can be no kernel table, load says so in a line: what is missing, and what to do. Nothing is left then.
# What this machine can be without is taken away in a mount or user namespace; what it cannot, strace makes it lack.
# flavours: setuid
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

NO_TABLE='; lowportbind\(1\) needs no table$'

owners()
{
	echo 9999 >"$RESERVED"
	own <<-'X'
		[web]
		ports = tcp:80 tcp:8080
		owner = alice
	X
}

# nothing_is_loaded: no pin, no program in force, and what the kernel hands out is what it was.
nothing_is_loaded()
{
	[ ! -e /sys/fs/bpf/lowportbind ] || fail "there are pins" || return
	equal "$(cat "$RESERVED")" 9999 "reserved ports" || return
	binds bob ok tcp 0.0.0.0 8080 || return
	binds alice EACCES tcp 0.0.0.0 80
}

# says STATUS PATTERN: in a line, having loaded nothing.
says()
{
	equal "$status" "$1" "exit status" || return
	equal "$output" '' "standard output" || return
	equal "$(wc -l <<<"$stderr")" 1 "lines on standard error" || return
	matches "$stderr" "^lowportctl: $2" "standard error" || return
	nothing_is_loaded
}

# load_with FAULT: with what strace injects, and nothing else of strace's.
load_with()
{
	run_as root strace -qqq -o /dev/null -e "inject=$1" "$CTL" load --cgroup "$CGROUP"
}

# load_without SHELL-COMMAND: in a mount namespace, after the command.
load_without()
{
	run_as root unshare --mount sh -c "$1 && exec $CTL load --cgroup $CGROUP"
}

@test "a kernel that is too old" {
	owners
	run_as root setarch --uname-2.6 "$CTL" load --cgroup "$CGROUP"
	says 69 "Linux 2\.6\.[^ ]* is too old: the kernel table needs 5\.17 or later; boot a newer kernel$NO_TABLE"
}

@test "a kernel without cookies of network namespaces, for a dry run too" {
	owners
	load_with getsockopt:error=ENOPROTOOPT
	says 69 'the kernel is too old to tell network namespaces apart \(Linux 5\.14 does\); nothing is loaded$'
	run_as root strace -qqq -o /dev/null -e inject=getsockopt:error=ENOPROTOOPT "$CTL" load --dry-run
	says 69 'the kernel is too old to tell network namespaces apart \(Linux 5\.14 does\); it would not be loaded$'
}

@test "a kernel without bpf(2)" {
	owners
	load_with bpf:error=ENOSYS
	says 69 "[^ ]*: Function not implemented; the kernel was built without bpf\(2\), and another is needed \(CONFIG_BPF_SYSCALL\), or .*$NO_TABLE"
}

@test "a kernel without something that the programs need" {
	owners
	load_with bpf:error=EINVAL
	says 69 "[^ ]*: Invalid argument; the kernel lacks something that the table needs, .*CONFIG_CGROUP_BPF.*$NO_TABLE"
}

@test "a kernel, or a mount namespace, without BTF" {
	owners
	load_without 'mount -t tmpfs tmpfs /sys/kernel/btf'
	says 69 "/sys/kernel/btf/vmlinux: No such file or directory; .*CONFIG_DEBUG_INFO_BTF\)$NO_TABLE"
	load_without 'mount -t tmpfs tmpfs /sys'
	says 69 "/sys/kernel/btf/vmlinux: No such file or directory; sysfs is not mounted \(mount -t sysfs sysfs /sys\), or .*$NO_TABLE"
}

@test "a kernel that is locked down" {
	owners
	load_without "mount -t tmpfs tmpfs /sys/kernel/security && mkdir -p /sys/kernel/security &&
		echo 'none integrity [confidentiality]' >/sys/kernel/security/lockdown"
	says 69 "the kernel is locked down \(/sys/kernel/security/lockdown: confidentiality\), and .*; boot it with lockdown=integrity, or without$NO_TABLE"
	load_without "mount -t tmpfs tmpfs /sys/kernel/security &&
		echo 'none [integrity] confidentiality' >/sys/kernel/security/lockdown"
	equal "$status" 0 "exit status with integrity alone"
}

@test "no cgroup2 file system is mounted" {
	owners
	run_as root unshare --mount sh -c "umount -a -t cgroup2; exec $CTL load"
	says 69 "no cgroup2 file system is mounted; mount it: mount -t cgroup2 cgroup2 .*$NO_TABLE"
}

@test "a container's cgroup2 file system, which does not show the root of the tree" {
	owners
	# shellcheck disable=SC2016 # expanded by the inner shell
	run_as root within unshare --cgroup --mount sh -c 'umount -a -t cgroup2; mount -t cgroup2 none "$0" && exec "$@"' \
		"$TREE" "$CTL" load
	says 69 "no cgroup2 mount shows the root of the tree, as in a container; the table is loaded on the host, .*$NO_TABLE"
}

@test "a cgroup that is none" {
	owners
	run_as root "$CTL" load --cgroup /nowhere
	says 66 '/nowhere: cannot be opened: No such file or directory$'
	run_as root "$CTL" load --cgroup /etc
	says 64 '/etc: is not in a cgroup2 file system$'
}

@test "no bpf file system is mounted" {
	owners
	load_without 'umount /sys/fs/bpf && ! mountpoint -q /sys/fs/bpf || mount -t tmpfs tmpfs /sys/fs/bpf'
	says 69 "no bpf file system is mounted at /sys/fs/bpf; mount it: mount -t bpf bpf /sys/fs/bpf$NO_TABLE"
	load_without 'mount -t tmpfs tmpfs /sys/fs'
	says 69 "no bpf file system is mounted at /sys/fs/bpf; mount it: mount -t bpf bpf /sys/fs/bpf$NO_TABLE"
}

@test "a bpf file system that is read-only" {
	owners
	load_without 'mount -o remount,bind,ro /sys/fs/bpf'
	says 73 '/sys/fs/bpf/lowportbind: cannot be made: Read-only file system$'
}

@test "a directory of the table's name where no bpf file system is" {
	owners
	run_as root unshare --mount sh -c "mount -t tmpfs tmpfs /sys/fs/bpf && mkdir -m 0700 /sys/fs/bpf/lowportbind &&
		exec $CTL status"
	says 69 '/sys/fs/bpf/lowportbind: is not in a bpf file system; whoever made it, remove it$'
}

@test "an ordinary user, and root of a user namespace" {
	needs_user_namespaces
	owners
	ctl alice load --cgroup "$CGROUP"
	says 77 "load: only root may .*; run: sudo lowportctl load --cgroup $CGROUP$"
	run_as root unshare --user --map-root-user "$CTL" load --cgroup "$CGROUP"
	says 69 "this is root of a user namespace, as in a container; the table is loaded on the host, .*$NO_TABLE"
	run_as alice unshare --user --map-root-user "$CTL" load --cgroup "$CGROUP"
	says 69 "this is root of a user namespace, .*$NO_TABLE"
}

@test "root without CAP_SYS_ADMIN" {
	owners
	run_as root setpriv --bounding-set=-sys_admin "$CTL" load --cgroup "$CGROUP"
	says 77 'it takes CAP_SYS_ADMIN, which was taken from this process, .*CapabilityBoundingSet=$'
}

@test "root under a system call filter, as in a container" {
	owners
	run_as root "$PREFIX/bin/lowport-confine" --read / --write / "$CTL" load --cgroup "$CGROUP"
	stderr=$(grep -v '^lowport-confine: this kernel does not' <<<"$stderr") # an older one
	says 77 '[^ ]*: Operation not permitted; a system call filter \(seccomp\) is in force here, .*; run it outside of that$'
}

@test "bpf(2) forbidden to root without a filter" {
	owners
	load_with bpf:error=EPERM
	says 77 '[^ ]*: Operation not permitted; a security module may forbid it; .*dmesg.*$'
}

@test "another program that is attached and lets none beside it" {
	owners
	"$BIN/foreign" "$CGROUP" 1 alone
	ctl root load --cgroup "$CGROUP"
	says 69 "$CGROUP: another program is attached to bind4, and lets none beside it; see bpftool cgroup show $CGROUP$NO_TABLE"
}

@test "reserved ports that cannot be written" {
	owners
	load_without 'mount -o bind,ro /proc/sys /proc/sys'
	says 71 '/proc/sys/net/ipv4/ip_local_reserved_ports: cannot be written: Read-only file system$'
}

@test "lowportctl built without the kernel table: its verbs say so, and the rest works" {
	command -v "${CC:-cc}" >/dev/null || skip "there is no compiler"
	owners
	source=$srcdir
	# What is configured itself cannot be configured from elsewhere; tests/run has made a copy then.
	[ ! -e "$srcdir/config.status" ] || source=$builddir/tests/source
	mkdir "$SCRATCH/build"
	cd "$SCRATCH/build"
	"$source/configure" -q --prefix="$PREFIX" --sysconfdir=/etc --without-bpf >"$SCRATCH/log" 2>&1 ||
		fail "$(cat "$SCRATCH/log")"
	make lowportctl >"$SCRATCH/log" 2>&1 || fail "$(cat "$SCRATCH/log")"
	for words in load 'load --dry-run' "load --cgroup $CGROUP" reload unload status monitor; do
		# shellcheck disable=SC2086 # words
		run_as root ./lowportctl $words
		says 69 "${words%% *}: this lowportctl was built without the kernel table \(configure --without-bpf\); install one that has it$NO_TABLE"
	done
	run_as root ./lowportctl explain tcp:80 --user alice
	equal "$status" 0
	run_as root ./lowportctl grant bob tcp:81
	equal "$status" 0
	lacks "$(ldd ./lowportctl)" libbpf
}
