# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid
# The kernel table: loaded, reloaded, told of and unloaded; who binds what under it.
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

owners='[web]
ports = tcp:80 tcp:8080
owner = alice'

@test "an owner binds a low port with plain bind(2), root does, and nobody else; and after unload nobody but root" {
	binds alice EACCES tcp 0.0.0.0 80
	table <<<"$owners"
	matches "$output" '^loaded at /opt/cgroup/lowportbind-test-[^ ]*, and so for its processes alone: 2 ports, by 1 section$'
	binds alice ok tcp 0.0.0.0 80
	binds bob EACCES tcp 0.0.0.0 80
	binds root ok tcp 0.0.0.0 80
	ctl root unload
	equal "$status" 0
	binds alice EACCES tcp 0.0.0.0 80
	binds root ok tcp 0.0.0.0 80
}

@test "a listed high port is its owner's and root's, for each family and way to write an address" {
	table <<<"$owners"
	for address in 0.0.0.0 127.0.0.1 :: ::1 ::ffff:127.0.0.1 ::ffff:0.0.0.0; do
		binds alice ok tcp "$address" 8080
		binds root ok tcp "$address" 8080
		binds bob EACCES tcp "$address" 8080
	done
	binds bob EACCES tcp :: 8080 v6only
}

@test "an unlisted port keeps the kernel's own rule, low and high, and so does the other protocol" {
	table <<<"$owners"
	for user in alice bob; do
		binds "$user" EACCES tcp 0.0.0.0 81
		binds "$user" EACCES udp 0.0.0.0 80
		binds "$user" ok tcp 0.0.0.0 8081
		binds "$user" ok udp :: 8080
	done
	binds root ok udp 0.0.0.0 80
}

@test "processes outside of the cgroup, and other network namespaces inside it, are untouched" {
	table <<<"$owners"
	equal "$(as bob "$BIN/hold" tcp 0.0.0.0 8080 try)" ok
	equal "$(within unshare --net su -s /bin/sh bob -c "exec $BIN/hold tcp 0.0.0.0 8080 try")" ok
	binds bob EACCES tcp 0.0.0.0 8080
}

@test "users, groups (primary and supplementary), anyone" {
	table <<-'X'
		[users]
		ports = tcp:70
		users = alice 60002
		[groups]
		ports = tcp:71
		groups = dns-admins bob
		[anyone]
		ports = tcp:72
		anyone = yes
		[two]
		ports = tcp:70-71
		owner = carol
	X
	for port in 70 72; do
		binds alice ok tcp :: $port
		binds bob ok tcp :: $port
		binds carol ok tcp :: $port
	done
	binds alice EACCES tcp :: 71
	binds bob ok tcp :: 71
	binds carol ok tcp :: 71
	binds daemon EACCES tcp :: 70
	binds daemon EACCES tcp :: 71
	binds daemon ok tcp :: 72
}

# among RESULT GROUP,... GROUP...: what comes of alice's bind in the first of these groups and each of the others.
among()
{
	local result=$1 others=$2 group
	for group in "${@:3}"; do
		equal "$(within setpriv --reuid="$ALICE" --regid="$ALICE" --groups="$others,$group" \
			"$BIN/hold" tcp 0.0.0.0 8080 try)" "$result" "in group $group"
	done
}

@test "many groups on both sides, of which one is the same, or none" {
	{
		printf '[many]\nports = tcp:8080\n'
		seq -f 'groups = %.0f' 70002 2 70400
	} | table
	comb=$(seq -s, 70001 2 70399)
	among EACCES "$comb" 1 70403
	among ok "$comb" 70002 70200 70398 70400
	for others in "$(seq -s, 60100 60299)" "$(seq -s, 80000 80199)" "$(seq -s, 60100 70001),$(seq -s, 70401 70500)"; do
		among EACCES "$others" 1 70201 80500
		among ok "$others" 70002 70200 70400
	done
}

@test "addresses and blocks: what a section names, and a wildcard only where all is named" {
	table <<-'X'
		[some]
		ports = tcp:70
		owner = alice
		address = 127.0.0.0/9 ::1
		[v4]
		ports = tcp:71
		owner = alice
		address = 0.0.0.0/0
		[v6]
		ports = tcp:72
		owner = alice
		address = ::/0
		[halves]
		ports = tcp:71
		groups = dns-admins
		address = ::/0
	X
	binds alice ok tcp 127.0.0.1 70
	binds alice ok tcp 127.127.0.1 70
	binds alice EACCES tcp 127.128.0.1 70
	binds alice ok tcp ::ffff:127.0.0.1 70
	binds alice EACCES tcp ::ffff:127.128.0.1 70
	binds alice ok tcp ::1 70
	binds alice EACCES tcp 0.0.0.0 70
	binds alice EACCES tcp :: 70
	binds alice EACCES tcp :: 70 v6only

	binds alice ok tcp 0.0.0.0 71
	binds alice ok tcp 127.128.0.1 71
	binds alice ok tcp ::ffff:0.0.0.0 71
	binds alice EACCES tcp :: 71
	binds alice EACCES tcp ::1 71
	binds carol ok tcp :: 71 v6only
	binds carol EACCES tcp :: 71

	binds alice ok tcp :: 72 v6only
	binds alice ok tcp ::1 72
	binds alice EACCES tcp :: 72
	binds alice EACCES tcp 0.0.0.0 72
}

@test "a dual-stack bind by two sections that grant a family each" {
	table <<-'X'
		[v4]
		ports = tcp:71
		owner = alice
		address = 0.0.0.0/0
		[v6]
		ports = tcp:71
		users = alice
		address = ::/0
	X
	binds alice ok tcp :: 71
	binds bob EACCES tcp :: 71
}

@test "the launcher binds what the table grants; root's word with -u for another's port is not in the table, and is told so" {
	table <<<"$owners"
	run --separate-stderr within_as alice "$LPB" tcp:80 -- "$PROBE"
	granted
	clean alice
	run --separate-stderr within "$LPB" -u alice tcp:80 -- "$PROBE"
	granted
	run --separate-stderr within "$LPB" -u bob tcp:80 -- "$PROBE"
	refused 77 'tcp:80: bob may not bind.*by its table; see lowportctl status; root can allow it: lowportctl grant bob tcp:80$' \
		tcp 80
	ctl root grant bob tcp:80
	run --separate-stderr within "$LPB" -u bob --handoff listen-fds tcp:80 -- "$PROBE"
	granted
	clean bob
}

@test "reload puts the files as they are now into force; a broken one leaves the table as it was" {
	table <<<"$owners"
	own <<-'X'
		[web]
		ports = tcp:81 udp:80
		owner = bob
	X
	ctl root status
	equal "$status" 1
	matches "$output" 'the files have changed since'
	ctl root reload
	equal "$status" 0
	equal "$output" 'reloaded: 2 ports, by 1 section'
	binds alice EACCES tcp :: 80
	binds bob EACCES tcp :: 80
	binds bob ok tcp :: 81
	binds bob ok udp :: 80
	dropin broken.conf <<<'ports = tcp:1'
	ctl root reload
	equal "$status" 78
	matches "$stderr" 'broken.conf:1: '
	matches "$stderr" 'the table that is loaded stays in force'
	binds bob ok tcp :: 81
	ctl root status
	equal "$status" 1
	matches "$output" 'a reload would leave this table as it is'
}

@test "load refuses with 78 where a file is broken, and a second time, and leaves nothing" {
	own <<<'ports = tcp:80'
	ctl root load --cgroup "$CGROUP"
	equal "$status" 78
	matches "$stderr" 'nothing is loaded'
	[ ! -e /sys/fs/bpf/lowportbind ]
	table <<<"$owners"
	ctl root load --cgroup "$CGROUP"
	equal "$status" 1
	matches "$stderr" 'it is loaded already'
	binds alice ok tcp :: 80
}

@test "status, reload and unload where nothing is loaded" {
	for verb in status reload unload; do
		ctl root $verb
		equal "$status" 1 $verb
		matches "$output$stderr" 'no table is loaded' $verb
	done
}

@test "status says that all is as the files have it, and where it is attached" {
	table <<<"$owners"
	ctl root status
	equal "$status" 0
	matches "$output" '^loaded, for the processes of one cgroup \(of id [0-9]+\): 2 ports, by 1 section'
	matches "$output" 'it is what the files say$'
	lacks "$stderr" "/${CGROUP##*/}"
}

@test "what is pinned is root's alone, and a directory that somebody else made is not taken" {
	table <<<"$owners"
	equal "$(stat -c '%a %u' /sys/fs/bpf/lowportbind)" '700 0'
	ctl root unload
	[ ! -e /sys/fs/bpf/lowportbind ]
	chmod 1777 /sys/fs/bpf
	as alice mkdir -m 0700 /sys/fs/bpf/lowportbind
	ctl root load --cgroup "$CGROUP"
	rmdir /sys/fs/bpf/lowportbind
	chmod 0755 /sys/fs/bpf
	equal "$status" 77
	matches "$stderr" "is not root's, or not of mode 0700"
	binds alice EACCES tcp :: 80
}

@test "load says that a name means nobody, and the table grants it nothing" {
	own <<-'X'
		[web]
		ports = tcp:80
		users = alice nosuchuser
	X
	ctl root load --cgroup "$CGROUP"
	equal "$status" 0
	matches "$stderr" 'lowportbind.conf:1: warning: section \[web\]: there is no user nosuchuser'
	binds alice ok tcp :: 80
}

@test "explain and check tell root of a loaded table, and whether it is what the files say" {
	own <<<"$owners"
	ctl root explain tcp:80 --user alice
	lacks "$output" 'kernel table'
	table <<<"$owners"
	ctl root explain tcp:80 --user alice
	matches "$output" $'\nthe kernel table: loaded, and it decides in the same way$'
	ctl root check --strict
	lacks "$stderr" 'kernel table'
	own <<<"${owners/alice/bob}"
	ctl root explain tcp:80 --user alice
	matches "$output" 'the kernel table: the files have changed since.*: lowportctl reload$'
	ctl root check --strict
	equal "$status" 1
	matches "$stderr" 'the kernel table: warning: the files have changed since'
}

@test "edit reloads a table that is loaded" {
	table <<<"$owners"
	binds bob EACCES tcp :: 70
	cat >"$SCRATCH/editor" <<-'X'
		#!/bin/sh
		printf '[new]\nports = tcp:70\nowner = bob\n' >>"$1"
	X
	chmod +x "$SCRATCH/editor"
	EDITOR=$SCRATCH/editor ctl root edit
	equal "$status" 0
	binds bob ok tcp :: 70
}

@test "grant and revoke reload a table that is loaded" {
	table <<<"$owners"
	binds bob EACCES tcp :: 70
	ctl root grant bob tcp:70
	equal "$status" 0
	binds bob ok tcp :: 70
	ctl root revoke bob tcp:70
	binds bob EACCES tcp :: 70
}

@test "revoke where the table cannot follow, since another file is broken, does not say that the port is lost" {
	table <<<"$owners"
	ctl root grant bob tcp:70 tcp:8071
	dropin broken.conf <<<'[x'
	ctl root revoke bob tcp:70 tcp:8071
	equal "$status" 78
	binds bob ok tcp :: 70
	equal "$output" ''
	matches "$stderr" 'the table that is loaded stays in force'
	matches "$stderr" '^lowportctl: /.*/grant-bob-tcp-70.conf is removed, but the kernel table .* may let bob bind tcp:70'
	matches "$stderr" '^lowportctl: /.*/grant-bob-tcp-8071.conf is removed, but .* bind tcp:8071'
	rm "$DROPIN/broken.conf"
	ctl root reload
	binds bob EACCES tcp :: 70
}

@test "programs of others at the same hooks are named by load and status, and go on" {
	own <<<"$owners"
	mkdir "$CGROUP/service"
	"$BIN/foreign" "$CGROUP/service" 0
	"$BIN/foreign" "$CGROUP" 1
	ctl root load --cgroup "$CGROUP"
	loaded=$status said=$stderr
	ctl root status
	binds alice ok tcp 0.0.0.0 80
	CGROUP=$CGROUP/service binds alice EPERM tcp 0.0.0.0 80
	rmdir "$CGROUP/service"
	equal "$loaded $status" '0 0'
	for text in "$said" "$stderr"; do
		matches "$text" "note: /[^ ]*/${CGROUP##*/}: program [0-9]+ \(somebody\) at bind4 may grant"
		matches "$text" "note: /[^ ]*/${CGROUP##*/}/service: program [0-9]+ \(somebody\) at bind4 may grant"
		# Other tests may have a table in their own cgroup meanwhile.
		equal "$(grep -c "/${CGROUP##*/}[:/]" <<<"$text")" 2 "programs in the cgroup"
	done
}

@test "only root may load, reload, unload, and look at it" {
	table <<<"$owners"
	for verb in load reload unload status; do
		ctl alice $verb
		[ "$status" -ne 0 ] || fail "$verb"
		matches "$stderr" 'lowportctl: ' $verb
	done
	binds alice ok tcp :: 80
}

@test "owned ports are kept from those that the kernel hands out, and the administrator's stay his" {
	echo 22,81,9000-9002 >"$RESERVED"
	own <<-'X'
		[web]
		ports = tcp:80-81 udp:9001-9004
		owner = alice
	X
	ctl root load --cgroup "$CGROUP"
	equal "$(cat "$RESERVED")" 22,80-81,9000-9004
	own <<-'X'
		[web]
		ports = tcp:82 udp:9004
		owner = alice
	X
	ctl root reload
	equal "$(cat "$RESERVED")" 22,81-82,9000-9002,9004
	echo 22,23,81-82,9000-9002,9004 >"$RESERVED"
	ctl root unload
	equal "$(cat "$RESERVED")" 22-23,81,9000-9002
}

@test "where no port is left that the kernel could hand out, load, reload and a dry run say so" {
	note='note: all ports of net.ipv4.ip_local_port_range are owned or reserved'
	echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range
	echo 40003 >"$RESERVED"
	own <<<"${owners/8080/40000-40001}"
	ctl root load --dry-run
	lacks "$stderr" "$note"
	ctl root load --cgroup "$CGROUP"
	equal "$status $stderr" '0 '
	equal "$(within_as bob "$BIN/around" given connect)" '40002 ok'
	own <<<"${owners/8080/40000-40002}"
	ctl root load --dry-run
	matches "$stderr" "$note"
	ctl root reload
	equal "$status" 0
	matches "$stderr" "$note"
	equal "$(within_as bob "$BIN/around" given connect)" '0 ok'
	ctl root unload
	ctl root load --cgroup "$CGROUP"
	equal "$status" 0
	matches "$stderr" "$note"
}

@test "a range across the first port that anyone may bind is its owner's alone, wherever that begins" {
	table <<-'X'
		[across]
		ports = tcp:1000-1030
		owner = alice
	X
	for start in 0 1010 1024 30000; do
		echo "$start" >/proc/sys/net/ipv4/ip_unprivileged_port_start
		for port in 1000 1015 1030; do
			binds alice ok tcp :: $port
			binds bob EACCES tcp :: $port
		done
		free=ok
		[ "$start" -le 999 ] || free=EACCES
		binds bob $free tcp :: 999
	done
}

@test "as many owned ports as there can be, each with an owner of its own, and the reserved ports that go with them" {
	seq 1 2 65535 | awk '{ printf "[p%d]\nports = tcp:%d udp:%d\nowner = %d\n", $1, $1, $1, 100000 + $1 }' >"$SCRATCH/conf"
	echo '[alice]
ports = tcp:2 tcp:65534
owner = alice' >>"$SCRATCH/conf"
	table <"$SCRATCH/conf"
	matches "$output" ': 65538 ports, by 32769 sections$'
	equal "$(dd if="$RESERVED" bs=512k status=none | tr ',' '\n' | wc -l)" 32766
	binds alice ok tcp :: 2
	binds alice ok tcp :: 65534
	binds alice EACCES tcp :: 65533
	binds alice EACCES udp :: 65535
	ctl root unload
	equal "$(cat "$RESERVED")" ''
}

# told: a monitor hears it, since it listens by now.
told()
{
	within_as bob "$BIN/hold" tcp 0.0.0.0 80 try
	grep -q '^refused tcp:0.0.0.0:80\|^refused tcp4:80' "$SCRATCH/monitor.out"
}

@test "monitor shows who was granted and who refused what, as it happens" {
	table <<<"$owners"
	spawn monitor root "$CTL" monitor
	wait_for told
	binds alice ok tcp 127.0.0.1 80
	binds bob EACCES tcp :: 8080
	binds root ok tcp ::1 80
	binds bob ok tcp :: 8081
	wait_line "$SCRATCH/monitor.out" '^granted tcp:127.0.0.1:80: uid 60001, process [0-9]* (hold)$'
	wait_line "$SCRATCH/monitor.out" '^refused tcp:8080: uid 60002, process [0-9]* (hold)$'
	wait_line "$SCRATCH/monitor.out" '^root tcp:.::1.:80: uid 0, process [0-9]* (hold)$'
	lacks "$(cat "$SCRATCH/monitor.out")" 8081
}

@test "monitor: a second one is refused and told who watches; the first goes on, and ends with the table" {
	table <<<"$owners"
	spawn monitor root "$CTL" monitor
	wait_for told
	run_as root timeout "$PATIENCE" "$CTL" monitor
	equal "$status" 1
	equal "$stderr" "lowportctl: process $(pid_of monitor) watches already, and each event is told to one alone"
	binds alice ok tcp 127.0.0.1 80
	wait_line "$SCRATCH/monitor.out" '^granted tcp:127.0.0.1:80: '
	ctl root unload
	equal "$status" 0
	wait_line "$SCRATCH/monitor.err" '^lowportctl: the table was unloaded$'
	# One that was killed is in nobody's way.
	table <<<"$owners"
	spawn killed root "$CTL" monitor
	: >"$SCRATCH/monitor.out"
	end killed
	spawn monitor root "$CTL" monitor
	wait_for told
}

# told_of ADDRESS: a bind there, which is none of those before.
told_of()
{
	within_as alice "$BIN/hold" tcp "$1" 80 try
	grep -q "^granted tcp:$1:80: " "$SCRATCH/monitor.out"
}

# outrun: more binds than there is room for, while the monitor stands still. It is told of those of three seconds, and on
# a busy machine that may be too few of them.
outrun()
{
	rounds=$((rounds + 1))
	halt "$(pid_of monitor)"
	within_as bob "$BIN/around" given bind 20000
	kill -CONT "$(pid_of monitor)"
	wait_for told_of "127.0.1.$rounds"
	grep -q '^lowportctl: [1-9][0-9]* more binds were decided, faster than they could be told of$' "$SCRATCH/monitor.err"
}

@test "monitor: binds that are too many to be told of are counted" {
	[ "$SLOWNESS" -eq 1 ] || skip "too few binds fit into the three seconds for which one that is stopped is told of them"
	echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range
	own <<<"${owners/8080/40000-40001}"
	ctl root load --cgroup "$CGROUP"
	echo '' >"$RESERVED"
	spawn monitor root "$CTL" monitor
	wait_for told
	rounds=0
	wait_for outrun
	# Each was told of, or counted, or came when nobody was listening any more.
	sum=$(awk '/:4000[01]: uid 60002/ { n++ } / more binds were decided/ { n += $2 } END { print n }' \
		"$SCRATCH"/monitor.{out,err})
	[ "$sum" -gt 4000 ] && [ "$sum" -le $((rounds * 20000)) ]
}
