#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel table and those who hold ports already.
# flavours: setuid
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

owners()
{
	own <<-'X'
		[web]
		ports = tcp:80 udp:8080 tcp:8080-8082
		owner = alice
		groups = webbers
		[free]
		ports = tcp:9000
		anyone = yes
	X
}

# by NAME: how lowportctl says which process holds a port without a grant, as a pattern.
by()
{
	echo "bob holds it, by process $(pid_of "$1") \\(hold\\), and no section grants it"
}

# others_hold: bob listens and waits for datagrams at alice's ports; everybody else holds what is his.
others_hold()
{
	local name
	spawn one bob "$BIN/hold" tcp 0.0.0.0 8080
	spawn two bob "$BIN/hold" udp 127.0.0.1 8080
	spawn three alice "$BIN/hold" tcp 0.0.0.0 8081
	spawn four root "$BIN/hold" tcp 0.0.0.0 8082
	spawn five bob "$BIN/hold" tcp 0.0.0.0 9000
	for name in one two three four five; do
		wait_line "$SCRATCH/$name.out" held
	done
}

@test "load names those who hold an owned port without a grant, and ends with 1; the table is in force" {
	owners
	others_hold
	ctl root load --cgroup "$CGROUP"
	equal "$status" 1
	matches "$output" '^loaded at '
	matches "$stderr" "tcp4:8080: $(by one); it keeps it until it closes it"
	matches "$stderr" "udp:127.0.0.1:8080: $(by two)"
	equal "$(wc -l <<<"$stderr")" 2 "lines on standard error"
	end one
	binds bob EACCES tcp 0.0.0.0 8080
	binds alice ok tcp 0.0.0.0 8080
}

@test "a holder that ends while it is looked at has no command any more" {
	owners
	spawn one bob "$BIN/hold" tcp 0.0.0.0 8080
	wait_line "$SCRATCH/one.out" held
	run_as root strace -qqq -o "$SCRATCH/trace" -P "/proc/$(pid_of one)/comm" -e inject=read:error=ESRCH \
		"$CTL" load --dry-run
	grep -q INJECTED "$SCRATCH/trace"
	equal "$status" 1
	matches "$stderr" "^lowportctl: tcp4:8080: bob holds it, by process $(pid_of one), and no section grants it"
}

@test "load names a socket that is bound and does not listen, where the kernel tells" {
	owners
	spawn one bob "$BIN/hold" tcp 127.0.0.1 8081 nolisten
	wait_line "$SCRATCH/one.out" held
	ctl root load --cgroup "$CGROUP"
	[ "$status" -eq 1 ] || skip "this kernel does not tell who has bound a port and does not listen"
	matches "$stderr" '^lowportctl: tcp:127.0.0.1:8081: bob holds it'
}

@test "load where everybody holds his own: 0, and nothing to say" {
	owners
	spawn one alice "$BIN/hold" tcp 0.0.0.0 8080
	wait_line "$SCRATCH/one.out" held
	ctl root load --cgroup "$CGROUP"
	equal "$status $stderr" '0 '
}

@test "load --dry-run says whom the table would refuse, now and from then on, and loads nothing" {
	owners
	others_hold
	ctl root load --dry-run
	equal "$status" 1
	equal "$output" "it would be loaded: 6 ports, by 2 sections
tcp:8080-8082: anybody may bind it now; then alice, @webbers and root alone
udp:8080: anybody may bind it now; then alice, @webbers and root alone"
	matches "$stderr" 'tcp4:8080: bob holds it, .*; it would keep it, and be refused the next time'
	equal "$(wc -l <<<"$stderr")" 2 "lines on standard error"
	[ ! -e /sys/fs/bpf/lowportbind ]
	end two
	binds bob ok udp 0.0.0.0 8080
}

@test "load --dry-run of a port that several sections name, or one at some addresses alone, says who is left of all" {
	own <<-'X'
		[one]
		ports = tcp:9000-9003 tcp:80 udp:9000
		owner = alice
		[two]
		ports = tcp:9002
		users = bob
		[three]
		ports = tcp:9003 tcp:9100
		anyone = yes
		[four]
		ports = tcp:9200-9201
		address = 127.0.0.1 ::1
		anyone = yes
		[five]
		ports = tcp:9201
		address = 0.0.0.0/0 ::/0
		anyone = yes
	X
	ctl root load --dry-run
	equal "$status" 0
	equal "$output" "it would be loaded: 9 ports, by 5 sections
tcp:9000-9001: anybody may bind it now; then alice and root alone
tcp:9002: anybody may bind it now; then alice, bob and root alone
tcp:9200: anybody may bind it now; then anyone (at 127.0.0.1 ::1) and root alone
udp:9000: anybody may bind it now; then alice and root alone"
	ctl root load --cgroup "$CGROUP"
	binds bob ok tcp 127.0.0.1 9200
	binds bob EACCES tcp 127.0.0.2 9200
	binds carol EACCES tcp :: 9002
	binds bob ok tcp :: 9002
	binds bob ok tcp :: 9003
	binds carol ok tcp :: 9201
}

@test "load --dry-run of a broken file: 78" {
	own <<<'[web'
	ctl root load --dry-run
	equal "$status" 78
	matches "$stderr" 'it would not be loaded$'
}
