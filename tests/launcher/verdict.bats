# SPDX-License-Identifier: GPL-2.0-or-later
# Who gets which port, through the launcher: users, groups, addresses, ranges,
# several sections and files, and the ports that nobody owns.

load ../helper

@test "a user whom a section names gets its port" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice
	END
	launch alice tcp:53 -- "$PROBE"
	granted
	clean alice
	socket 3 'family=inet6 type=stream' 'local=\[::\]:53 v6only=0 listening=1'
	launch alice udp:53 -- "$PROBE"
	granted
	socket 3 'family=inet6 type=dgram' 'local=\[::\]:53 v6only=0'
}

@test "a user whom it does not name is refused" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice
	END
	launch bob tcp:53 -- "$PROBE"
	refused 77 'tcp:53: bob may not bind this port' tcp 53
	launch bob udp:53 -- "$PROBE"
	refused 77 'udp:53: bob may not bind this port' udp 53
}

@test "the owner may bind, by name and by number" {
	own <<-'END'
		[a]
		ports = tcp:53
		owner = alice
		[b]
		ports = tcp:54
		owner = 60002
	END
	launch alice tcp:53 -- "$PROBE"
	granted
	launch bob tcp:54 -- "$PROBE"
	granted
	launch bob tcp:53 -- "$PROBE"
	refused 77 'it belongs to (user )?alice' tcp 53
	launch alice tcp:54 -- "$PROBE"
	refused 77 'may not bind' tcp 54
}

@test "several users, on one line and on several" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice bob
		users = 60003
	END
	for user in alice bob carol; do
		launch "$user" tcp:53 -- "$PROBE"
		granted
		clean "$user"
	done
	launch nobody tcp:53 -- "$PROBE"
	refused 77 'nobody may not bind' tcp 53
}

@test "a primary group grants" {
	own <<-'END'
		[a]
		ports = tcp:53
		groups = bob
	END
	launch bob tcp:53 -- "$PROBE"
	granted
	launch alice tcp:53 -- "$PROBE"
	refused 77 'may not bind' tcp 53
}

@test "a supplementary group grants, among several, by name and by number" {
	own <<-'END'
		[a]
		ports = tcp:53
		groups = webbers dns-admins
		[b]
		ports = tcp:54
		groups = 60010
	END
	launch carol tcp:53 -- "$PROBE"
	granted
	clean carol
	launch carol tcp:54 -- "$PROBE"
	granted
	launch alice tcp:53 -- "$PROBE"
	refused 77 'may not bind' tcp 53
}

@test "a user is not matched by a group of the same number, nor a group by a user" {
	own <<-'END'
		[a]
		ports = tcp:53
		groups = 60011
		[b]
		ports = tcp:54
		users = 60010
	END
	launch carol tcp:54 -- "$PROBE"
	refused 77 'may not bind' tcp 54
	launch carol tcp:53 -- "$PROBE"
	refused 77 'may not bind' tcp 53
}

# user NAME UID GID: one more, in this file's own /etc.
user()
{
	echo "$1:x:$2:$3::/:/bin/sh" >>/etc/passwd
	echo "$1:*:19000:0:99999:7:::" >>/etc/shadow
}

# lookups: how often a start of alice's opens the files that names are in.
lookups()
{
	TRACE_OPTIONS='-e trace=openat' trace alice tcp:53 -- "$PROBE" --quiet
	equal "$status" 0 || return
	lookups=$(grep -cE '"/etc/(passwd|group)"' "$SCRATCH/trace")
}

# section NAME PORTS: of others, three of whom nobody knows.
section()
{
	printf '[%s]\nports = %s\nowner = nobody-%s\nusers = carol nobody-2-%s\ngroups = nothing-%s\n' "$1" "$2" "$1" "$1" "$1"
}

@test "names are looked up for the sections that a request touches alone, however many there are" {
	printf 'passwd: files\ngroup: files\n' >/etc/nsswitch.conf
	printf '[dns]\nports = tcp:53\nowner = alice\n' >"$SCRATCH/alone"
	own <"$SCRATCH/alone"
	lookups
	alone=$lookups
	for i in {100..199}; do section "s$i" "tcp:$i udp:53"; done >"$SCRATCH/others"
	{ cat "$SCRATCH/others" "$SCRATCH/alone"; sed 's/^\[s/[t/' "$SCRATCH/others"; } | own
	lookups
	equal "$lookups" "$alone" "lookups with 200 sections more"
	{ section one tcp:53; cat "$SCRATCH/alone"; } | own
	lookups
	[ "$lookups" -gt "$alone" ] || fail "nor are the names of a section of the port itself: $lookups"
}

@test "users are not looked up among groups, nor groups among users" {
	user dave "$(getent group dns-admins | cut -d: -f3)" 60020
	user erin 60020 60001
	own <<-'END'
		[a]
		ports = tcp:53
		users = dns-admins
		[b]
		ports = tcp:54
		groups = erin
	END
	launch dave tcp:53 -- "$PROBE"
	refused 77 'tcp:53' tcp 53
	launch dave tcp:54 -- "$PROBE"
	refused 77 'tcp:54' tcp 54
}

@test "a number is an id, whoever has it for a name" {
	user "$ALICE" 60021 60021
	own <<-END
		[a]
		ports = tcp:53
		users = $ALICE
	END
	launch alice tcp:53 -- "$PROBE"
	granted
	launch bob tcp:53 -- "$PROBE"
	refused 77 'tcp:53' tcp 53
}

@test "anyone = yes grants to everybody, anyone = no to nobody more" {
	own <<-'END'
		[a]
		ports = tcp:53
		anyone = yes
		[b]
		ports = tcp:54
		anyone = no
		users = alice
	END
	for user in alice bob; do
		launch "$user" tcp:53 -- "$PROBE"
		granted
	done
	launch bob tcp:54 -- "$PROBE"
	refused 77 'may not bind' tcp 54
}

@test "a name that does not resolve grants nobody and costs nobody anything" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = nosuchuser alice
		groups = nosuchgroup
	END
	launch alice tcp:53 -- "$PROBE"
	granted
	launch bob tcp:53 -- "$PROBE"
	refused 77 'may not bind' tcp 53
}

@test "the protocol counts: tcp does not grant udp, and covers mptcp" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
		[b]
		ports = udp:54
		users = alice
	END
	launch alice udp:53 -- "$PROBE"
	refused 77 'udp:53' udp 53
	launch alice tcp:54 -- "$PROBE"
	refused 77 'tcp:54' tcp 54
	launch alice mptcp:53 -- "$PROBE"
	granted
	socket 3 'proto=262' ':53'
	launch bob mptcp:53 -- "$PROBE"
	refused 77 'mptcp:53' tcp 53
}

@test "a range grants its ends and what is between, and nothing beside" {
	own <<-'END'
		[a]
		ports = tcp:600-602
		users = alice
	END
	for port in 600 601 602; do
		launch alice "tcp:$port" -- "$PROBE"
		granted
		socket 3 ":$port "
	done
	for port in 599 603; do
		launch alice "tcp:$port" -- "$PROBE"
		refused 77 "tcp:$port" tcp "$port"
	done
}

@test "ports that no section names: high ones are anyone's, low ones nobody's" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
	END
	launch bob tcp:3000 -- "$PROBE"
	granted
	clean bob
	socket 3 ':3000 '
	launch bob tcp:80 -- "$PROBE"
	refused 77 'tcp:80: .*bob' tcp 80
	launch alice tcp:80 -- "$PROBE"
	refused 77 'tcp:80: .*alice' tcp 80
	matches "$stderr" 'lowportctl grant alice tcp:80'
}

@test "an unlisted port follows ip_unprivileged_port_start" {
	sysctl -qw net.ipv4.ip_unprivileged_port_start=80
	launch alice tcp:80 -- "$PROBE"
	granted
	launch alice tcp:79 -- "$PROBE"
	refused 77 'tcp:79' tcp 79
	sysctl -qw net.ipv4.ip_unprivileged_port_start=4000
	launch alice tcp:3000 -- "$PROBE"
	refused 77 'tcp:3000' tcp 3000
	sysctl -qw net.ipv4.ip_unprivileged_port_start=1024
}

@test "a listed high port is its owners' alone" {
	own <<-'END'
		[a]
		ports = tcp:3000 tcp:8080-8089
		users = alice
	END
	launch alice tcp:3000 tcp:8085 -- "$PROBE"
	granted
	launch bob tcp:3000 -- "$PROBE"
	refused 77 'tcp:3000: bob may not bind this port; it belongs to (user )?alice' tcp 3000
	launch bob tcp:8089 -- "$PROBE"
	refused 77 'tcp:8089: bob may not' tcp 8089
}

@test "without any ownership file only the kernel's own rule is left" {
	rm -rf "$CONF" "$DROPIN"
	launch alice tcp:3000 -- "$PROBE"
	granted
	launch alice tcp:53 -- "$PROBE"
	refused 77 'tcp:53' tcp 53
}

@test "one section that grants is enough, whatever the order" {
	own <<-'END'
		[first]
		ports = tcp:53
		users = bob
		[second]
		ports = tcp:50-60
		users = alice
	END
	for user in alice bob; do
		launch "$user" tcp:53 -- "$PROBE"
		granted
	done
	launch bob tcp:54 -- "$PROBE"
	refused 77 'tcp:54: bob' tcp 54
	launch carol tcp:53 -- "$PROBE"
	refused 77 'tcp:53: carol' tcp 53
}

@test "drop-ins add grants; other names in the directory are passed over" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
	END
	dropin 20-b.conf <<-'END'
		[a]
		ports = tcp:54
		users = bob
	END
	dropin 10-c.conf <<-'END'
		[c]
		ports = tcp:53
		users = carol
	END
	dropin backup.conf~ <<-'END'
		[d]
		ports = tcp:55
		users = bob
	END
	for name in .hidden.conf.swp .hidden.conf README conf; do
		echo nonsense | dropin "$name"
	done
	launch alice tcp:53 -- "$PROBE"
	granted
	launch carol tcp:53 -- "$PROBE"
	granted
	launch bob tcp:54 -- "$PROBE"
	granted
	launch bob tcp:55 -- "$PROBE"
	refused 77 'tcp:55: .*bob' tcp 55
}

# ---- addresses ----

addresses()
{
	own <<-'END'
		[a]
		ports = tcp:53
		address = 127.0.0.1 127.1.0.0/16 ::1
		users = alice
	END
}

@test "an address that the section names is granted" {
	addresses
	launch alice tcp:127.0.0.1:53 -- "$PROBE"
	granted
	socket 3 'family=inet type=stream' 'local=127.0.0.1:53 '
	launch alice 'tcp:[::1]:53' -- "$PROBE"
	granted
	socket 3 'family=inet6' 'local=\[::1\]:53 '
}

@test "an address within a prefix is granted, its neighbours are not" {
	addresses
	for address in 127.1.0.0 127.1.2.3 127.1.255.255; do
		launch alice "tcp:$address:53" -- "$PROBE"
		granted
		socket 3 "local=$address:53 "
	done
	for address in 127.0.0.2 127.0.255.255 127.2.0.0; do
		launch alice "tcp:$address:53" -- "$PROBE"
		refused 77 "tcp:$address:53: alice may not bind" tcp 53
	done
}

@test "prefix lengths that are not whole bytes" {
	own <<-'END'
		[a]
		ports = tcp:53
		address = 127.0.0.64/27 ::/127
		users = alice
	END
	launch alice tcp:127.0.0.95:53 -- "$PROBE"
	granted
	launch alice tcp:127.0.0.96:53 -- "$PROBE"
	refused 77 'may not bind' tcp 53
	launch alice tcp:127.0.0.63:53 -- "$PROBE"
	refused 77 'may not bind' tcp 53
	launch alice 'tcp:[::1]:53' -- "$PROBE"
	granted
}

@test "a wildcard bind needs more than a few addresses" {
	addresses
	for request in tcp:53 tcp4:53 tcp6:53 tcp:0.0.0.0:53 'tcp:[::]:53'; do
		launch alice "$request" -- "$PROBE"
		refused 77 'alice may not bind' tcp 53
	done
}

@test "a wildcard rule of one family grants that family's wildcard alone" {
	own <<-'END'
		[a]
		ports = tcp:53
		address = 0.0.0.0/0
		users = alice
		[b]
		ports = tcp:54
		address = ::/0
		users = alice
	END
	launch alice tcp:0.0.0.0:53 -- "$PROBE"
	granted
	socket 3 'local=0.0.0.0:53 '
	launch alice tcp4:53 -- "$PROBE"
	granted
	socket 3 'local=0.0.0.0:53 '
	launch alice tcp:127.0.0.1:53 -- "$PROBE"
	granted
	launch alice tcp:53 -- "$PROBE"
	refused 77 'may not bind' tcp 53
	launch alice 'tcp:[::1]:53' -- "$PROBE"
	refused 77 'may not bind' tcp 53
	launch alice tcp6:54 -- "$PROBE"
	granted
	socket 3 'local=\[::\]:54 v6only=1'
	launch alice tcp:54 -- "$PROBE"
	refused 77 'may not bind' tcp 54
	launch alice tcp4:54 -- "$PROBE"
	refused 77 'may not bind' tcp 54
}

@test "dual stack needs both families granted, by one section or by two" {
	own <<-'END'
		[a]
		ports = tcp:53
		address = 0.0.0.0/0 ::/0
		users = alice
		[b4]
		ports = tcp:54
		address = 0.0.0.0/0
		users = alice
		[b6]
		ports = tcp:54
		address = ::/0
		users = alice
	END
	launch alice tcp:53 -- "$PROBE"
	granted
	socket 3 'local=\[::\]:53 v6only=0'
	launch alice tcp:54 -- "$PROBE"
	granted
	socket 3 'local=\[::\]:54 v6only=0'
}

@test "an IPv4-mapped address does not slip past an address rule" {
	own <<-'END'
		[a]
		ports = tcp:53
		address = ::/0
		users = alice
		[b]
		ports = tcp:53
		address = 127.0.0.1
		users = bob
	END
	launch alice 'tcp:[::ffff:127.0.0.1]:53' -- "$PROBE"
	refused '64|77' 'tcp:\[::ffff:127.0.0.1\]:53' tcp 53
}

@test "an address rule of others leaves the port theirs on other addresses too" {
	own <<-'END'
		[a]
		ports = tcp:3000
		address = 127.0.0.1
		users = alice
	END
	launch alice tcp:127.0.0.1:3000 -- "$PROBE"
	granted
	launch bob tcp:127.0.0.1:3000 -- "$PROBE"
	refused 77 'it belongs to (user )?alice' tcp 3000
}

# ---- sections as requests ----

@test "@SECTION is all its single ports, in order, and no range" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53 tcp:600-601
		ports = tcp:853
		users = alice
	END
	launch alice @dns -- "$PROBE"
	granted
	clean alice '0 1 2 3 4 5'
	socket 3 'type=stream' ':53 '
	socket 4 'type=dgram' ':53 '
	socket 5 'type=stream' ':853 '
}

@test "@SECTION that nobody wrote, or another's, is refused" {
	own <<-'END'
		[dns]
		ports = tcp:53
		users = alice
	END
	launch alice @nosuch -- "$PROBE"
	refused '64|77|78' '@nosuch' tcp 53
	launch bob @dns -- "$PROBE"
	refused 77 'bob may not bind' tcp 53
}

@test "together = yes hands over the section's other single ports as well" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53 tcp:600-601
		users = alice
		together = yes
	END
	launch alice tcp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	socket 3 'type=stream' ':53 '
	socket 4 'type=dgram' ':53 '
}

@test "together keeps the address and the family of the request" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice
		together = yes
	END
	launch alice tcp:127.0.0.1:53 -- "$PROBE"
	granted
	socket 3 'type=stream' 'local=127.0.0.1:53 '
	socket 4 'type=dgram' 'local=127.0.0.1:53 '
	launch alice -n tcp:127.0.0.1:53
	matches "$output" '^alice .* tcp:127\.0\.0\.1:53 \([^ ]*\) udp:127\.0\.0\.1:53 \('
	launch alice -n udp6:53
	matches "$output" '^alice .* udp6:53 \([^ ]*\) tcp6:53 \('
	launch alice udp6:53 -- "$PROBE"
	granted
	matches "$(probe_value fd.3; probe_value fd.4)" 'stream.*local=\[::\]:53 v6only=1'
	matches "$(probe_value fd.3; probe_value fd.4)" 'dgram.*local=\[::\]:53 v6only=1'
}

@test "together: a port of a range brings no single port with it" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53 tcp:600-602
		users = alice
		together = yes
	END
	for port in 600 601 602; do
		launch alice tcp:$port -- "$PROBE"
		granted
		clean alice
		socket 3 'type=stream' "local=\\[::\\]:$port "
	done
	launch alice udp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	socket 3 'type=dgram' ':53 '
	socket 4 'type=stream' ':53 '
}

@test "together: what is asked for already is not brought a second time" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53 tcp:853
		users = alice
		together = yes
	END
	launch alice a=udp:53 b=tcp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4 5'
	equal "$(probe_value env.LISTEN_FDNAMES)" a:b:tcp-853
	launch alice tcp4:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4 5'
	for fd in 3 4 5; do
		socket $fd 'family=inet ' 'local=0.0.0.0:'
	done
}

@test "together: the scope of the request counts for what comes with it" {
	ip -6 address add fe80::1/64 dev lo nodad
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice
		together = yes
	END
	launch alice 'udp:[fe80::1%lo]:53' -- "$PROBE"
	ip -6 address del fe80::1/64 dev lo
	granted
	clean alice '0 1 2 3 4'
	socket 3 'type=dgram' 'local=\[fe80::1\]:53 '
	socket 4 'type=stream' 'local=\[fe80::1\]:53 '
}

@test "together: what comes with a request is decided on its own" {
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		address = 127.0.0.1
		users = alice
		together = yes
		[more]
		ports = udp:53
		users = alice
	END
	launch alice tcp:53 -- "$PROBE"
	refused 77 'tcp:53: alice may not bind' udp 53
	launch alice udp:53 -- "$PROBE"
	granted
	clean alice
	launch alice tcp:127.0.0.1:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
}

@test "an address of one interface is not another's" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
	END
	for scope in '::1%lo' '::%lo' 'fe80::1%lo'; do
		launch alice "tcp:[$scope]:53" -- "$PROBE"
		refused '64|69|71' 'tcp:\[' tcp 53
	done
}

# bound: the addresses of port 53 that the last trace bound.
bound()
{
	calls bind | grep -oE 'htons\(53\).*= 0' | grep -oE 'inet_(addr\(|pton\(AF_INET6, )"[^"]*' | grep -oE '[^"]*$' | sort
}

@test "adopt: a wildcard is spelled out in the family that was asked for" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
	END
	trace alice --adopt tcp4:53 -- /bin/true
	equal "$(bound | tr '\n' ' ')" '0.0.0.0 127.0.0.1 ::ffff:127.0.0.1 '
	trace alice --adopt 'tcp:[::]:53' -- /bin/true
	equal "$(bound | tr '\n' ' ')" ':: ::1 '
}

@test "adopt: an address that begins or ends with zeros is no wildcard" {
	for address in 1:: 0:0:1:: ::1:0:0:0 ::1:0; do
		launch alice --adopt "tcp:[$address]:3000" -- /bin/true
		refused 69 'tcp:\[.*cannot be bound' tcp 3000
	done
	launch alice --adopt tcp:0.0.0.1:3000 -- /bin/true
	refused '69|71' 'tcp:0.0.0.1:3000: cannot be bound' tcp 3000
}

@test "adopt: a wildcard takes in an address of one interface, with its scope" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
	END
	ip -6 address add fe80::53/64 dev lo nodad
	trace alice --adopt tcp6:53 -- /bin/true
	ip -6 address del fe80::53/64 dev lo
	equal "$status" 0
	matches "$(calls bind)" 'sin6_port=htons\(53\), .*"fe80::53".*sin6_scope_id=if_nametoindex\("lo"\).*= 0'
}

@test "adopt: a wildcard is spelled out into what is granted, and refused where that is nothing" {
	own <<-'END'
		[here]
		ports = tcp:53
		address = 127.0.0.0/8
		users = alice
		[away]
		ports = tcp:54
		address = 192.0.2.1
		users = alice
	END
	trace alice --adopt tcp:53 -- /bin/true
	equal "$status" 0
	equal "$(bound | tr '\n' ' ')" '127.0.0.1 ::ffff:127.0.0.1 '
	launch alice --adopt tcp:54 -- /bin/true
	refused 77 'tcp:54: alice may not bind.*at other addresses' tcp 54
	launch bob --adopt tcp:53 -- /bin/true
	refused 77 'tcp:53: bob may not bind' tcp 53
}
