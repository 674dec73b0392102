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

@test "systemd: the unit is in order" {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"
	sed "s|/usr/bin/lowportctl|$CTL|" "$srcdir/conf/init/systemd/lowportbind-table.service" \
		>"$SCRATCH/lowportbind-table.service"
	run env SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$SCRATCH/lowportbind-table.service"
	lacks "$output" "$SCRATCH"
	equal "$status" 0
}
