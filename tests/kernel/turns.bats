#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Calls of lowportctl that meet: one waits for the other, and what is in force in the end is what the files say then.
# And what is left when one was killed, or when somebody took a part of the table away.
# flavours: setuid
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

PINS=/sys/fs/bpf/lowportbind

owners='[web]
ports = tcp:80 tcp:8080
owner = alice'

# busy: as long as this holds the lock, lowportctl waits.
busy()
{
	[ -d "$PINS" ] || mkdir -m 0700 "$PINS"
	spawn busy root flock "$PINS" sh -c 'echo held && exec sleep infinity'
	wait_line "$SCRATCH/busy.out" held
}

waits()
{
	wait_for grep -q -- '-> FLOCK' /proc/locks
}

# ended NAME STATUS: what spawn_ctl has started.
ended()
{
	wait_line "$SCRATCH/$1.out" '^exit status'
	matches "$(cat "$SCRATCH/$1.out")" "exit status $2\$" "$1: $(cat "$SCRATCH/$1.err")"
}

# spawn_ctl NAME ARGUMENT...
spawn_ctl()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	spawn "$1" root sh -c '"$@"; echo exit status $?' sh "$CTL" "${@:2}"
}

in_order()
{
	ctl root status
	equal "$status" 0 "exit status of status"
	matches "$output" 'it is what the files say$'
}

@test "a reload that had to wait reads the files behind that" {
	table <<<"$owners"
	busy
	spawn_ctl reload reload
	waits
	own <<<"${owners/alice/bob}"
	end busy
	ended reload 0
	in_order
	binds bob ok tcp :: 80
}

@test "a load that had to wait reads the files behind that, and a change meanwhile waits too" {
	own <<<"$owners"
	busy
	spawn_ctl load load --cgroup "$CGROUP"
	waits
	own <<<"${owners/alice/bob}"
	end busy
	ended load 0
	in_order
	binds bob ok tcp :: 80
}

@test "a load that waited while the pin directory was removed makes it anew" {
	own <<<"$owners"
	busy
	spawn_ctl load load --cgroup "$CGROUP"
	waits
	rmdir "$PINS"
	end busy
	ended load 0
	in_order
}

@test "of two loads one loads, and the other says so" {
	own <<<"$owners"
	busy
	spawn_ctl one load --cgroup "$CGROUP"
	spawn_ctl other load --cgroup "$CGROUP"
	end busy
	ended one '[01]'
	ended other '[01]'
	equal "$(cat "$SCRATCH"/{one,other}.out | grep -c '^loaded at ')" 1
	equal "$(cat "$SCRATCH"/{one,other}.err)" 'lowportctl: it is loaded already; lowportctl reload reads the files again'
	in_order
}

# is_alone: a program whose pin was removed is taken off some time after that, and decides until then.
is_alone()
{
	ctl root status
	[[ $stderr != *"/${CGROUP##*/}: program "* ]]
}

@test "a table that lacks one of its programs is not whole: all say so, and load loads it anew" {
	table <<<"$owners"
	for hook in bind4 post_bind6; do
		rm "$PINS/$hook"
		ctl root status
		equal "$status" 1
		matches "$output" "its program at $hook is attached no more, .*: lowportctl load loads it anew\$"
		own <<<"${owners/alice/bob}"
		ctl root reload
		equal "$status" 1
		matches "$stderr" "^lowportctl: reloaded, but its program at $hook is attached no more, "
		own <<<"$owners"
		ctl root load --cgroup "$CGROUP"
		equal "$status" 0
		wait_for is_alone
		in_order
		equal "$(cat "$RESERVED")" 80,8080
		binds alice ok tcp :: 80
		binds bob EACCES tcp 0.0.0.0 8080
	done
}

detached()
{
	ctl root status
	[ "$status" = 1 ]
}

@test "a table whose cgroup is gone is not whole, and is loaded anew at another" {
	own <<<"$owners"
	mkdir "$CGROUP/gone"
	ctl root load --cgroup "$CGROUP/gone"
	equal "$status" 0
	rmdir "$CGROUP/gone"
	# The kernel takes the programs off a cgroup that was removed some time after that, by a worker of its own.
	wait_for detached
	matches "$output" 'is attached no more'
	ctl root load --cgroup "$CGROUP"
	equal "$status" 0
	in_order
	binds bob EACCES tcp 0.0.0.0 8080
}

@test "what reload is called for when others have changed the reserved ports" {
	table <<<"$owners"
	echo 22,8080 >"$RESERVED"
	ctl root status
	equal "$status" 1
	matches "$output" 'ip_local_reserved_ports was changed since, so that the kernel may give an owned port to anybody: lowportctl reload$'
	ctl root reload
	equal "$status" 0
	equal "$(cat "$RESERVED")" 22,80,8080
	in_order
	ctl root unload
	equal "$(cat "$RESERVED")" 22
}

@test "a file of somebody's in the pin directory: unload says that it stays, and load is not in its way" {
	table <<<"$owners"
	mkdir "$PINS/somebody"
	ctl root unload
	equal "$status" 71
	equal "$stderr" "lowportctl: no table is loaded any more, but $PINS cannot be removed: Directory not empty"
	equal "$(cat "$RESERVED")" ''
	ctl root load --cgroup "$CGROUP"
	equal "$status" 0
	in_order
	ctl root unload
	rmdir "$PINS/somebody" "$PINS"
}

@test "a load of broken files leaves no directory behind, and takes none that is in use" {
	own <<<'[web'
	ctl root load --cgroup "$CGROUP"
	equal "$status" 78
	[ ! -e "$PINS" ]
	table <<<"$owners"
	own <<<'[web'
	ctl root load --cgroup "$CGROUP"
	equal "$status" 78
	binds alice ok tcp :: 80
}

@test "grant has nothing to follow where only the directory of a table is left, or a load fails that it waited for" {
	mkdir -m 0700 "$PINS"
	ctl root grant alice tcp:80
	equal "$status $stderr" '0 '
	busy
	spawn_ctl grant grant alice tcp:81
	waits
	rmdir "$PINS"
	end busy
	ended grant 0
	equal "$(cat "$SCRATCH/grant.err")" ''
}

@test "a table of another version of lowportctl, with more in it, is told of, unloaded, and loaded anew" {
	echo 22 >"$RESERVED"
	own <<<"$owners"
	mkdir -m 0700 "$PINS"
	"$BIN/newer" "$PINS"
	ctl root status
	equal "$status" 1
	matches "$output" 'another version of lowportctl has loaded it; unload it, and load it again$'
	ctl root reload
	equal "$status" 70
	matches "$stderr" '^lowportctl: another version of lowportctl has loaded it; unload it, and load it again$'
	ctl root unload
	equal "$status $stderr" '0 '
	[ ! -e "$PINS" ]
	mkdir -m 0700 "$PINS"
	"$BIN/newer" "$PINS"
	ctl root load --cgroup "$CGROUP"
	equal "$status $stderr" '0 '
	in_order
	equal "$(cat "$RESERVED")" 22,80,8080
}

@test "monitor ends when the table is loaded anew, and does not watch one that is gone" {
	table <<<"$owners"
	spawn monitor root "$CTL" monitor
	wait_for grep -q POSIX /proc/locks
	rm "$PINS/bind4"
	ctl root load --cgroup "$CGROUP"
	equal "$status" 0
	wait_line "$SCRATCH/monitor.err" '^lowportctl: the table was unloaded$'
}
