# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl ls: the ports that sections name, and who holds them.

load ../helper

prepare()
{
	own <<-'END'
		[www]
		ports = tcp:80 tcp:8000-8009
		owner = alice
		users = carol
		groups = webbers dns-admins
		[dns]
		ports = udp:53 tcp:53
		address = 127.0.0.1 192.0.2.0/24 ::1
		owner = bob
	END
	printf '[all]\nports = tcp:9000\nanyone = yes\n' | dropin all.conf
}

# json FILTER VALUE: what jq makes of the output.
json()
{
	equal "$(jq -c "$1" <<<"$output")" "$2" "$1"
}

@test "a row for each port and range, in the order of ports, with its people and section" {
	ctl alice ls
	equal "$status" 0
	equal "$stderr" ""
	matches "${lines[0]}" '^PORT +ADDRESS +OWNER +ALSO +HELD +STATE +BY +PID +COMMAND +SECTION$'
	matches "${lines[1]}" "^tcp:53 +127\\.0\\.0\\.1 192\\.0\\.2\\.0/24 ::1 +bob +- +- +- +- +- +- +\\[dns\\] $CONF:7\$"
	matches "${lines[2]}" "^udp:53 "
	matches "${lines[3]}" "^tcp:80 +any +alice +carol @webbers @dns-admins +- .* \\[www\\] $CONF:2\$"
	matches "${lines[4]}" "^tcp:8000-8009 +any +alice "
	matches "${lines[5]}" "^tcp:9000 +any +- +anyone +- .* \\[all\\] $DROPIN/all.conf:2\$"
	equal "${#lines[@]}" 6
}

@test "who holds a port: root sees the process of each" {
	spawn web alice "$BIN/hold" tcp 0.0.0.0 8003
	spawn other root "$BIN/hold" udp 127.0.0.1 53
	wait_listening tcp 8003
	wait_listening udp 53
	ctl root ls
	equal "$status" 0
	matches "$output" "tcp:8000-8009 +any +alice .* tcp4:8003 +listens +alice +$(pid_of web) +hold "
	matches "$output" "udp:53 .* udp:127.0.0.1:53 +bound +root +$(pid_of other) +hold "
}

@test "an ordinary user sees the process of his own sockets, and the user of the others'" {
	spawn web alice "$BIN/hold" tcp 0.0.0.0 8003
	spawn more carol "$BIN/hold" tcp 127.0.0.1 8004
	wait_listening tcp 8003
	wait_listening tcp 8004
	ctl carol ls
	equal "$status" 0
	matches "$output" "tcp4:8003 +listens +alice +- +- +\\["
	matches "$output" "tcp:127.0.0.1:8004 +listens +carol +$(pid_of more) +hold "
}

@test "a dual-stack socket, an IPv6 one, and one at a mapped address" {
	own <<<$'[a]\nports = tcp:8000-8009\nanyone = yes'
	spawn dual alice "$BIN/hold" tcp :: 8001
	spawn six alice "$BIN/hold" tcp :: 8002 v6only
	spawn mapped alice "$BIN/hold" tcp ::ffff:127.0.0.1 8003
	spawn one alice "$BIN/hold" tcp ::1 8004
	wait_listening tcp 8001
	wait_listening tcp 8002
	wait_listening tcp 8003
	wait_listening tcp 8004
	ctl alice ls
	matches "$output" ' tcp:8001 '
	matches "$output" ' tcp6:8002 '
	matches "$output" ' tcp:127\.0\.0\.1:8003 '
	matches "$output" ' tcp:\[::1\]:8004 '
}

@test "what is held at a link-local address is shown as the request that would bind the same" {
	own <<<$'[a]\nports = tcp:8000\nanyone = yes'
	ip address add fe80::1/64 dev lo nodad
	spawn one alice "$LPB" 'tcp:[fe80::1%lo]:8000' -- sleep 100
	wait_listening tcp 8000
	ctl alice ls
	matches "$output" ' tcp:\[fe80::1%lo\]:8000 '
	ctl alice ls --json
	matches "$output" '"at": "tcp:\[fe80::1%lo\]:8000"'
	end one
	ip address del fe80::1/64 dev lo
}

@test "a TCP socket that is bound and does not listen, where the kernel tells" {
	[ "$(printf '%s\n' 6.8 "$(uname -r)" | sort -V | head -n 1)" = 6.8 ] || skip "the kernel is older than 6.8"
	spawn web alice "$BIN/hold" tcp 0.0.0.0 8003 nolisten
	wait_line "$SCRATCH/web.out" held
	ctl alice ls
	matches "$output" "tcp4:8003 +bound +alice +$(pid_of web) +hold "
}

@test "a connection is no holder" {
	rm "$DROPIN/all.conf"
	own <<<$'[a]\nports = tcp:8003\nanyone = yes'
	spawn web alice socat TCP-LISTEN:8003,bind=127.0.0.1 PIPE
	wait_listening tcp 8003
	spawn client alice socat TCP:127.0.0.1:8003 EXEC:'sleep 60'
	wait_for not_listening tcp 8003
	ctl root ls
	equal "${#lines[@]}" 2
	matches "${lines[1]}" '^tcp:8003 +any +- +anyone +- +- '
}

not_listening()
{
	! listening "$@"
}

@test "a holder whom the file does not grant the port is marked; root is not" {
	spawn web bob "$BIN/hold" tcp 0.0.0.0 8003
	spawn root root "$BIN/hold" tcp 0.0.0.0 80
	spawn user carol "$BIN/hold" tcp 0.0.0.0 8004
	wait_listening tcp 8003
	wait_listening tcp 80
	wait_listening tcp 8004
	ctl alice ls
	equal "$status" 0
	matches "$output" 'tcp4:8003 +listens +!bob '
	matches "$output" 'tcp4:80 +listens +root '
	matches "$output" 'tcp4:8004 +listens +carol '
}

@test "marked too: an owner at an address that is not his" {
	own <<<$'[a]\nports = tcp:8003\naddress = 192.0.2.1\nowner = bob'
	spawn web bob "$BIN/hold" tcp 127.0.0.1 8003
	wait_listening tcp 8003
	ctl alice ls
	matches "$output" 'tcp:127.0.0.1:8003 +listens +!bob '
}

@test "several processes of one socket: the first, and how many more" {
	spawn forks alice "$LPB" tcp:8004 -- sh -c 'sleep 60 & echo forked; wait'
	wait_line "$SCRATCH/forks.out" forked
	ctl root ls
	matches "$output" "tcp:8004 +listens +alice +$(pid_of forks)\\+1 +sh "
	ctl root ls --json
	json '[.ports[].holders[].pids | length]' '[2]'
}

@test "--json is JSON, with the same rows" {
	spawn web bob "$BIN/hold" tcp 0.0.0.0 8003
	spawn more alice "$BIN/hold" tcp 0.0.0.0 8004
	wait_listening tcp 8003
	wait_listening tcp 8004
	ctl root ls --json
	equal "$status" 0
	equal "$stderr" ""
	json '[.ports[].first]' '[53,53,80,8000,9000]'
	json '.ports[0] | [.protocol, .first, .last, .owner, .users, .groups, .anyone, .section, .file, .line, .holders]' \
		"[\"tcp\",53,53,\"bob\",[],[],false,\"dns\",\"$CONF\",7,[]]"
	json '.ports[0].addresses' '["127.0.0.1","192.0.2.0/24","::1"]'
	json '.ports[3] | [.last, .users, .groups]' '[8009,["carol"],["webbers","dns-admins"]]'
	json '.ports[3].holders[0] | [.at, .listening, .uid, .user, .granted, .pids, .command]' \
		"[\"tcp4:8003\",true,$BOB,\"bob\",false,[$(pid_of web)],\"hold\"]"
	json '.ports[3].holders[1] | [.at, .listening, .uid, .granted, .pids]' \
		"[\"tcp4:8004\",true,$ALICE,true,[$(pid_of more)]]"
	json '.ports[4] | [.owner, .anyone, .file]' "[null,true,\"$DROPIN/all.conf\"]"
}

@test "no section: a plain word, or an empty list" {
	rm "$DROPIN/all.conf"
	own </dev/null
	ctl alice ls
	equal "$status" 0
	equal "$output" "no section names a port; lowportctl grant begins"
	ctl alice ls --json
	equal "$status" 0
	json . '{"ports":[]}'
}

@test "a command and a name of control characters, quotes and bytes that are no text" {
	rm "$DROPIN/all.conf"
	own <<<$'[a]\nports = tcp:8003\nowner = alice\nusers = b"\xff'
	local name=$'h\e"\\\xff\n'
	cp "$BIN/hold" "$SCRATCH/$name"
	spawn web alice "$SCRATCH/$name" tcp 0.0.0.0 8003
	wait_listening tcp 8003
	ctl root ls
	equal "$status" 0
	equal "${#lines[@]}" 2
	matches "$output" ' h\\x1b"\\\\xff\\x0a '
	lacks "$output" $'\e'
	ctl root ls --json
	json '.ports[0].holders[0].command' '"h\\x1b\"\\\\xff\\x0a"'
	json '.ports[0].users' '["b\"\\xff"]'
}

@test "a user without a name is a number" {
	own <<<$'[a]\nports = tcp:8003\nusers = 61234'
	spawn web root strace -qq -o /dev/null -u alice "$BIN/hold" tcp 0.0.0.0 8003
	wait_listening tcp 8003
	sed -i /^alice:/d /etc/passwd
	ctl root ls
	echo 'alice:x:60001:60001::/:/bin/sh' >>/etc/passwd
	matches "$output" "tcp4:8003 +listens +!$ALICE "
}

@test "a broken file is told of, and ends in 1; the others are listed" {
	own <<<'[broken'
	ctl alice ls
	equal "$status" 1
	matches "$stderr" "^$CONF:1: "
	matches "${lines[1]}" '^tcp:9000 '
	equal "${#lines[@]}" 2
}

@test "a kernel that does not tell: the ports all the same, and 2" {
	run --separate-stderr strace -qq -o /dev/null -e inject=sendto:error=ENOENT "$PREFIX/bin/lowportctl" ls
	equal "$status" 2
	matches "$stderr" '^lowportctl: the kernel does not tell who holds the ports: No such file'
	matches "${lines[1]}" '^tcp:53 '
}

@test "on a terminal no line is wider than that" {
	printf '[a]\nports = tcp:81\nowner = alice\naddress = 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5\n' | dropin long.conf
	run --separate-stderr script -qec "stty cols 90; $PREFIX/bin/lowportctl ls" /dev/null
	equal "$status" 0
	local line
	for line in "${lines[@]}"; do
		line=${line%$'\r'}
		[ "${#line}" -le 90 ] || fail "wider than the terminal: $line"
	done
	matches "$output" 'tcp:81 '
}
