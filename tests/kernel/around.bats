# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid
# What must not get round the kernel table, each in a test of its own.
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run

load ../helper
load common

prepare_table()
{
	table <<-'X'
		[low]
		ports = tcp:80 udp:80
		owner = alice
		[high]
		ports = tcp:8080 udp:8080
		owner = alice
		groups = webbers
		[six]
		ports = udp:8081 tcp:8081
		owner = bob
		address = ::/0
	X
}

# around USER RESULT WAY ARGUMENT...
around()
{
	local user=$1 result=$2
	shift 2
	equal "$(within_as "$user" "$BIN/around" "$@")" "$result" "$user: $*"
}

@test "AF_UNSPEC in the address, which the kernel takes for AF_INET" {
	prepare_table
	for port in 80 8080; do
		around bob EACCES unspec $port
		around alice ok unspec $port
	done
}

@test "IPv4 written as IPv6, also the wildcard" {
	prepare_table
	binds bob EACCES tcp ::ffff:127.0.0.1 8080
	binds bob EACCES tcp ::ffff:0.0.0.0 8080
	binds bob EACCES tcp ::ffff:127.0.0.1 8081
	binds bob EACCES tcp ::ffff:0.0.0.0 8081
	binds bob ok tcp ::1 8081
}

@test "a dual-stack wildcard where one family is granted" {
	prepare_table
	binds bob EACCES udp :: 8081
	binds bob ok udp :: 8081 v6only
	binds alice EACCES udp :: 8081 v6only
}

@test "IPV6_V6ONLY cleared and set by another thread in the middle of the bind" {
	prepare_table
	tries=20000
	[ -z "${SOAK-}" ] || tries=400000
	run within_as bob "$BIN/around" race 8081 "$tries"
	matches "$output" '^alone [0-9]+ dual 0 refused [1-9][0-9]* ok$'
	# So it would be without the second look; how soon is for the scheduler to say, so only a long run asks.
	[ -n "${SOAK-}" ] || return 0
	rm /sys/fs/bpf/lowportbind/post_bind6
	for _ in {1..20}; do
		run within_as bob "$BIN/around" race 8081 "$tries"
		[[ $output == *' dual 0 '* ]] || break
	done
	matches "$output" ' dual [1-9]'
}

@test "SO_REUSEADDR and SO_REUSEPORT beside the owner" {
	prepare_table
	spawn_within owner alice "$BIN/hold" udp 0.0.0.0 8080 reuseport reuseaddr
	wait_line "$SCRATCH/owner.out" held
	binds bob EACCES udp 0.0.0.0 8080 reuseport reuseaddr
	binds bob EACCES udp 127.0.0.1 8080 reuseport
	binds alice ok udp 0.0.0.0 8080 reuseport reuseaddr
}

@test "io_uring's bind, and the ids that it was given" {
	prepare_table
	if [ "$(within_as alice "$BIN/around" uring 8080)" = EINVAL ]; then
		skip "this kernel's io_uring has no bind (Linux 6.11)"
	fi
	around alice ok uring 80
	around bob EACCES uring 80
	around bob EACCES uring 8080
	around bob ok uring 9999
	around root ok uring 8080 "$ALICE"
	around root EACCES uring 8080 "$BOB"
	for thread in worker poller; do
		around alice ok $thread 80
		around bob EACCES $thread 80
		around bob EACCES $thread 8080
	done
}

@test "bind to port 0, connect and listen are given no owned port" {
	echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range
	for how in bind connect listen; do
		matches "$(within_as bob "$BIN/around" given $how)" '4000[0-2] ' "$how before"
	done
	table <<-'X'
		[some]
		ports = tcp:40000 tcp:40001 udp:40002
		owner = alice
	X
	for how in bind connect listen; do
		around bob '40003 ok' given $how
	done
}

@test "a socket that asks for a range of one owned port is given none" {
	echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range
	result=$(within_as bob "$BIN/around" asked bind 40000 2>/dev/null) || skip "this kernel has no IP_LOCAL_PORT_RANGE (Linux 6.3)"
	equal "$result" '40000 ok'
	table <<-'X'
		[some]
		ports = tcp:40000 udp:40000
		owner = alice
	X
	for how in bind connect listen; do
		around bob '0 ok' asked $how 40000
		around bob '40001 ok' asked $how 40001
	done
}

@test "an address that is none of the host's, or that of a multicast group" {
	prepare_table
	echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind
	echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind
	for address in 203.0.113.1 0.0.0.1 224.0.0.1 255.255.255.255 2001:db8::1; do
		binds bob EACCES udp $address 8080
		binds alice ok udp $address 8080
	done
	echo 0 >/proc/sys/net/ipv4/ip_nonlocal_bind
	echo 0 >/proc/sys/net/ipv6/ip_nonlocal_bind
}

@test "bind to port 0 that is given an owned port all the same is refused afterwards, and the port is free" {
	echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range
	own <<-'X'
		[some]
		ports = tcp:40000-40001
		owner = alice
	X
	ctl root load --cgroup "$CGROUP"
	matches "$stderr" 'the kernel has none to give'
	echo '' >"$RESERVED"
	around bob '0 ok' given bind
	binds alice ok tcp 0.0.0.0 40000
	binds alice ok tcp 0.0.0.0 40001
	within_as bob "$BIN/around" given connect | grep -q 4000 # UDP is nobody's here
	matches "$(within_as alice "$BIN/around" given bind)" '^4000[01] (40001 )?ok$'
}

@test "a second bind of a socket that is bound already" {
	prepare_table
	around bob EACCES twice 9999 8080
	around bob EACCES twice 9999 80
	around alice EINVAL twice 9999 80
}

@test "MPTCP is TCP" {
	[ -e /proc/sys/net/mptcp/enabled ] || skip "this kernel has no MPTCP"
	prepare_table
	around bob EACCES protocol 262 8080
	around bob EACCES protocol 262 80
	around alice ok protocol 262 80
	around bob ok protocol 262 9999
}

@test "UDP-Lite has ports of its own, which the table does not speak of" {
	prepare_table
	result=$(within_as bob "$BIN/around" protocol 136 8080)
	[ "$result" != EPROTONOSUPPORT ] || skip "this kernel has no UDP-Lite"
	equal "$result" ok
	around bob EACCES protocol 136 80
	around alice EACCES protocol 136 80
}

@test "root of a user namespace is nobody, and so is an id that is the owner's inside of it alone" {
	needs_user_namespaces
	prepare_table
	equal "$(within_as bob unshare --user --map-root-user "$BIN/hold" tcp 0.0.0.0 8080 try)" EACCES
	equal "$(within_as bob unshare --user --map-user="$ALICE" "$BIN/hold" tcp 0.0.0.0 8080 try)" EACCES
	equal "$(within_as bob unshare --user --map-root-user "$BIN/hold" tcp 0.0.0.0 80 try)" EACCES
	# In her own the owner is who she was.
	equal "$(within_as alice unshare --user --map-root-user "$BIN/hold" tcp 0.0.0.0 80 try)" ok
}

@test "real and effective ids that differ are nobody's, whichever of them is the owner's or root's" {
	prepare_table
	for port in 80 8080; do
		around root EACCES ids "$ALICE" "$BOB" $port
		around root EACCES ids "$BOB" "$ALICE" $port
		around root EACCES ids "$ALICE" 0 $port
		around root EACCES ids 0 "$ALICE" $port
		around root ok ids "$ALICE" "$ALICE" $port
	done
}

@test "CAP_NET_BIND_SERVICE without uid 0 opens no listed port" {
	prepare_table
	for port in 80 8080; do
		around root EACCES capable "$BOB" $port
		around root ok capable "$ALICE" $port
	done
	around root ok capable "$BOB" 81
}

@test "uid 0 without the capability has the kernel's own rule" {
	prepare_table
	around root EACCES incapable 80
	around root ok incapable 8080
	around root ok incapable 8082
}
