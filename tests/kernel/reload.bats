# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid
# A reload is one step: every bind is decided by the one table or by the other.

load ../helper
load common

files()
{
	cat >/etc/one.conf <<-'X'
		[ones]
		ports = tcp:70 tcp:8070
		owner = alice
		[others]
		ports = tcp:71
		owner = bob
		[both]
		ports = tcp:72 tcp:8072
		owner = alice
		[half]
		ports = tcp:74
		owner = alice
		address = 0.0.0.0/0
		[high]
		ports = tcp:8074
		owner = alice
		[people]
		ports = tcp:75
		users = bob carol
	X
	cat >/etc/other.conf <<-'X'
		[people]
		ports = tcp:75
		groups = bob carol
		[both]
		ports = tcp:8000-8100 tcp:72
		users = alice
		[others]
		ports = tcp:70
		owner = bob
		[half]
		ports = tcp:74
		owner = alice
		address = ::/0
		[ones]
		ports = tcp:71
		owner = alice
	X
}

@test "no bind is decided otherwise than by one of the two files, while four processes bind and it is reloaded" {
	files
	table </etc/one.conf
	# What is sure would be noticed if it were not so.
	binds alice EACCES tcp :: 74
	binds carol ok tcp 0.0.0.0 75
	reloads=${SOAK:-$((SLOWNESS > 1 ? 60 : 300))}
	run "$BIN/reload" "$CGROUP" /etc/one.conf /etc/other.conf "$reloads"
	echo "# $output" >&3
	matches "$output" "^$reloads reloads, [0-9]+ binds, 0 decided as by neither file\$"
	equal "$status" 0
}

@test "while ports are owned by both tables the kernel hands none of them out" {
	echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range
	printf '[a]\nports = udp:40000 udp:40001\nowner = alice\n' >/etc/one.conf
	printf '[a]\nports = udp:40000 udp:40002\nowner = alice\n' >/etc/other.conf
	table </etc/one.conf
	spawn_within given bob "$BIN/around" given connect 100000
	for _ in {1..10}; do
		for file in one other; do
			own </etc/$file.conf
			ctl root reload
			equal "$status" 0
		done
	done
	wait_line "$SCRATCH/given.out" ok
	matches "$(cat "$SCRATCH/given.out")" '^(40001 )?(40002 )?40003 ok$'
}
