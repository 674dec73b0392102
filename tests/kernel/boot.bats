#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel table for all processes, as an init loads it. It decides for the network namespace of the test alone, and
# teardown unloads it.
# flavours: setuid
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

# table_script: that of conf/init, for what is installed here.
table_script()
{
	sed "s|/usr/bin/lowportctl|$CTL|" "$srcdir/conf/init/table-sysvinit" >"$SCRATCH/lowportbind-table"
	run --separate-stderr sh "$SCRATCH/lowportbind-table" "$@"
}

owners()
{
	own <<-'X'
		[web]
		ports = tcp:80
		owner = alice
	X
}

# here USER RESULT PROTO ADDRESS PORT: a bind by a process that is in no cgroup of the test's.
here()
{
	equal "$(as "$1" "$BIN/hold" "${@:3}" try)" "$2" "$1: ${*:3}"
}

@test "sysvinit: start, status, reload, stop" {
	owners
	here alice EACCES tcp :: 80
	table_script start
	equal "$status" 0
	matches "$output" '^loaded at /[^ ]*: 1 port, by 1 section$'
	here alice ok tcp :: 80
	here bob EACCES tcp :: 80
	table_script status
	equal "$status" 0
	matches "$output" '^loaded, for all processes: 1 port, by 1 section'
	own <<-'X'
		[web]
		ports = tcp:80
		owner = bob
	X
	table_script reload
	equal "$status" 0
	here bob ok tcp :: 80
	here alice EACCES tcp :: 80
	table_script stop
	equal "$status" 0
	here bob EACCES tcp :: 80
	table_script stop
	equal "$status" 0
}

@test "sysvinit: a start that fails is a failure; somebody who holds a port that is not his is none" {
	own <<<'[web'
	table_script start
	equal "$status" 1
	own <<-'X'
		[web]
		ports = tcp:8080
		owner = alice
	X
	spawn holder bob "$BIN/hold" tcp 127.0.0.1 8080
	wait_line "$SCRATCH/holder.out" held
	table_script start
	equal "$status" 0
	matches "$stderr" '^lowportctl: tcp:127.0.0.1:8080: bob holds it'
}

@test "another network namespace is untouched" {
	owners
	table_script start
	equal "$status" 0
	equal "$(unshare --net su -s /bin/sh alice -c "$BIN/hold tcp 0.0.0.0 80 try")" EACCES
	equal "$(unshare --net su -s /bin/sh bob -c "$BIN/hold tcp 0.0.0.0 8080 try")" ok
}

# hybrid: cgroup2 beside a hierarchy of the older kind, at a path that mountinfo has to escape; before it, mounts that
# do not show the root of the tree, and one that another hides.
hybrid()
{
	root=$SCRATCH/"uni fied"
	umount -a -t cgroup2
	mkdir -p "$SCRATCH"/{part,hidden,older} "$root"
	mount -t cgroup2 cgroup2 "$root"
	mount --bind "$root/${CGROUP##*/}" "$SCRATCH/part"
	umount "$root"
	mount -t cgroup2 cgroup2 "$SCRATCH/hidden"
	mount -t tmpfs tmpfs "$SCRATCH/hidden"
	mount -t cgroup -o none,name=lowportbind cgroup "$SCRATCH/older" || : # a kernel may have none
	mount -t cgroup2 cgroup2 "$root"
}

@test "the root of the tree is found where cgroup2 is mounted beside others" {
	owners
	# shellcheck disable=SC2016 # expanded by the inner shell
	run --separate-stderr unshare --mount bash -ec "CGROUP=$CGROUP SCRATCH=$SCRATCH; $(declare -f hybrid)
		hybrid && exec $CTL load"
	equal "$status" 0
	matches "$output" "^loaded at $SCRATCH/uni fied: 1 port, by 1 section\$"
	here alice ok tcp :: 80
	here bob EACCES tcp :: 80
}

@test "systemd: the unit is in order" {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"
	sed "s|/usr/bin/lowportctl|$CTL|" "$srcdir/conf/init/systemd/lowportbind-table.service" \
		>"$SCRATCH/lowportbind-table.service"
	run env SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$SCRATCH/lowportbind-table.service"
	lacks "$output" "$SCRATCH"
	equal "$status" 0
}
