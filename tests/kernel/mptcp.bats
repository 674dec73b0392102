# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid
# shellcheck disable=SC2154 # status, output, stderr are set by bats' run
# MPTCP's own listening sockets and the kernel table. What they leave stays in this file's network namespace.

load ../helper
load common

prepare_table()
{
	table <<-'X'
		[web]
		ports = tcp:80 tcp:8080
		owner = alice
	X
}

# announce USER ADDRESS PORT: has MPTCP tell peers of another address and port of this host, at which the kernel then
# listens by itself. It takes CAP_NET_ADMIN.
announce()
{
	local words=(ip mptcp endpoint add "$2" port "$3" signal)
	if [ "$1" = root ]; then
		run_as root within "${words[@]}"
	else
		run_as root within capsh --keep=1 --user="$1" --inh=cap_net_admin --addamb=cap_net_admin -- -c "${words[*]}"
	fi
}

# apart: the peer is in its own network namespace by now.
apart()
{
	[ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$(pid_of peer)/ns/net")" ]
}

# can_announce: two addresses, and a peer in a network namespace of its own.
can_announce()
{
	ip mptcp endpoint flush 2>/dev/null || skip "this kernel has no MPTCP, or ip(8) does not know it"
	spawn peer root unshare --net sleep infinity
	peer=(nsenter "--net=/proc/$(pid_of peer)/ns/net")
	wait_for apart
	ip link delete veth0 2>/dev/null || : # of the test before
	ip link add veth0 type veth peer name veth1 netns "$(pid_of peer)"
	ip address add 10.9.9.1/24 dev veth0
	ip address add 10.9.8.1/24 dev veth0
	ip link set veth0 up
	"${peer[@]}" ip address add 10.9.9.2/24 dev veth1
	"${peer[@]}" ip address add 10.9.8.2/24 dev veth1
	"${peer[@]}" ip link set veth1 up
	ip mptcp limits set subflows 2 add_addr_accepted 2
	"${peer[@]}" ip mptcp limits set subflows 2 add_addr_accepted 2
}

@test "MPTCP: where the kernel itself listens, at an address that is announced with a port, asks for who announces it" {
	can_announce
	prepare_table
	for port in 80 8080; do
		announce bob 10.9.8.1 $port
		matches "$stderr" 'create listen socket error'
		[ "$status" -ne 0 ]
		lacks "$(ss -Hltn)" "10.9.8.1:$port"
	done
	announce bob 10.9.8.1 8085
	equal "$status" 0
	announce alice 10.9.8.1 8080
	equal "$status" 0
	matches "$(ss -Hltn)" '10.9.8.1:8080 '
}

# has_path: the connection at port 9999 has another path at 8080.
has_path()
{
	ss -Htane state established sport = :8080 | grep -q "10.9.8.1:8080.* uid:$BOB "
}

@test "MPTCP: a path at an owned port is there where root announces it, and nobody else can bind that" {
	can_announce
	prepare_table
	announce root 10.9.8.1 8080
	equal "$status" 0
	# 262 is MPTCP; 270f is 9999 and 0a090901 is 10.9.9.1.
	spawn_within server bob socat -u SOCKET-LISTEN:2:262:x270f00000000x0000000000000000 STDOUT
	wait_listening tcp 9999
	spawn client root "${peer[@]}" socat -u SOCKET-CONNECT:2:262:x270f0a090901x0000000000000000 STDOUT
	wait_for has_path
	binds bob EACCES tcp 10.9.9.1 8080
	binds alice ok tcp 10.9.9.1 8080
}
