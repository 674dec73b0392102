# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2153,SC2154 # CGROUPS is of tests/run; status, output, stderr are set by bats' run
#
# What the tests of the kernel table share: a cgroup made for the test, to which alone the table is attached, and a
# bpf file system of the test's own, with which everything goes that is pinned in it, whatever ends the test. The
# network namespace is the test's own too, so that ports and reserved ports are.

CTL=$PREFIX/bin/lowportctl
TREE=/opt/cgroup
RESERVED=/proc/sys/net/ipv4/ip_local_reserved_ports

prepare()
{
	[ -e /sys/kernel ] || mount -t sysfs sysfs /sys
	mountpoint -q /sys/fs/bpf || mount -t bpf -o mode=0755 bpf /sys/fs/bpf ||
		skip "this kernel has no bpf file system, or lets nobody mount it here"
	mkdir -p "$TREE"
	mountpoint -q "$TREE" || mount -t cgroup2 cgroup2 "$TREE" || skip "this kernel has no cgroup2"
	[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel was built without BTF"
	# Not to be known by its process id, which in a namespace is small and the same each time.
	CGROUP=$(mktemp -d "$TREE/$CGROUPS-XXXXXX")
	echo '' >"$RESERVED"
	echo 1024 >/proc/sys/net/ipv4/ip_unprivileged_port_start
}

# The processes are ended first: a cgroup with some in it stays.
teardown()
{
	end_all
	"$CTL" unload >/dev/null 2>&1
	[ -z "${CGROUP-}" ] || wait_for rmdir "$CGROUP"
}

# table: loads the ownership file from standard input.
table()
{
	own
	ctl root load --cgroup "$CGROUP"
	equal "$status" 0 "exit status of load" || return
	equal "$stderr" '' "standard error of load"
}

# within COMMAND...: a process of the test's cgroup, as whose process its sockets count.
within()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP" "$@"
}

# within_as USER COMMAND...
within_as()
{
	local user=$1
	shift
	if [ "$user" = root ]; then
		within "$@"
	else
		# shellcheck disable=SC2016 # expanded by the user's shell
		within su -s /bin/sh "$user" -c 'exec "$@"' -- sh "$@"
	fi
}

# binds USER RESULT PROTO ADDRESS PORT [WORD...]: what comes of a plain bind(2), without a wrapper: ok or an error.
binds()
{
	local user=$1 result=$2
	shift 2
	equal "$(within_as "$user" "$BIN/hold" "$@" try)" "$result" "$user: $*"
}

# spawn_within NAME USER COMMAND...: spawn, in the test's cgroup.
spawn_within()
{
	local before
	before=$TREE$(sed -n 's/^0:://p' /proc/self/cgroup)
	echo $BASHPID >"$CGROUP/cgroup.procs"
	spawn "$@"
	echo $BASHPID >"$before/cgroup.procs"
}
