# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl explain: who may bind a port, and why.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		owner = bob
		ports = tcp:53 udp:53
		groups = dns-admins
		[local]
		ports = tcp:80
		address = 127.0.0.1 192.0.2.0/24
		users = alice
		[all]
		ports = tcp:8080
		anyone = yes
	END
}

# explained STATUS FIRST-LINE
explained()
{
	equal "$status" "$1" "exit status" || return
	equal "$stderr" "" "standard error" || return
	matches "${lines[0]}" "$2"
}

@test "a grant: section, file, line, and by what right" {
	ctl bob explain tcp:53
	explained 0 "^tcp:53: bob may bind this port: section \\[dns\\], $CONF:3: bob is its owner\$"
	ctl carol explain tcp:53
	explained 0 "carol is in its group dns-admins\$"
	ctl alice explain tcp:127.0.0.1:80
	explained 0 "^tcp:127.0.0.1:80: alice may .*section \\[local\\], $CONF:6: alice is one of its users\$"
	ctl alice explain tcp:8080
	explained 0 "section \\[all\\], $CONF:10: it is for anyone\$"
}

@test "a refusal: whose it is, and the command that would grant" {
	ctl alice explain tcp:53
	explained 1 "^tcp:53: alice may not bind this port: it belongs to others\$"
	equal "${lines[1]}" "  section [dns], $CONF:3: it is for owner bob, group dns-admins; alice is none of these"
	equal "${lines[2]}" "  root can allow it: lowportctl grant alice tcp:53"
}

@test "a number alone means each protocol that a section names" {
	ctl bob explain 53
	explained 0 '^tcp:53: bob may'
	matches "${lines[1]}" '^udp:53: bob may'
	ctl alice explain 80
	matches "$output" '^tcp:80: '
	lacks "$output" 'udp:80'
	ctl alice explain 99
	explained 1 '^tcp:99: '
	lacks "$output" 'udp:99'
}

@test "a refusal for the address alone" {
	ctl alice explain tcp:127.0.0.2:80
	explained 1 '^tcp:127.0.0.2:80: alice may not bind this port: not at this address$'
	equal "${lines[1]}" "  section [local], $CONF:6: alice is one of its users, but at these addresses alone: 127.0.0.1 192.0.2.0/24"
}

@test "a wildcard that is adopted is allowed at the addresses of the section, as the launcher does" {
	sed -i 's/^users = alice/&\nhandoff = adopt/' "$CONF"
	ctl alice explain tcp:80
	explained 0 '^tcp:80: alice may bind this port, at the addresses of its section'
	matches "$output" '127.0.0.1 192.0.2.0/24'
	launch alice -n tcp:80 -- true
	equal "$status" 0
	sed -i '/^handoff/d' "$CONF"
	ctl alice explain tcp:80
	explained 1 'not at this address'
	launch alice -n tcp:80 -- true
	equal "$status" 77
}

@test "a wildcard that is adopted is refused where the host has none of the addresses, or none of the family" {
	local request address
	while read -r request address; do
		own <<-END
			[local]
			ports = tcp:80
			address = $address
			users = alice
			handoff = adopt
		END
		ctl alice explain "$request"
		explained 1 'this host has none of the addresses of its section, or none of this family'
		launch alice -n "$request" -- true
		equal "$status" 77
	done <<-'END'
		tcp:80 192.0.2.0/24
		tcp6:80 127.0.0.1
		tcp4:80 ::/0
		tcp:0.0.0.0:80 ::1
	END
	for request in tcp:80 tcp6:80; do
		ctl alice explain "$request"
		explained 0 'may bind this port, at the addresses'
		launch alice -n "$request" -- true
		equal "$status" 0
	done
}

@test "a port that no section names follows the kernel's own rule" {
	ctl alice explain tcp:99
	explained 1 '^tcp:99: alice may not bind this port: no section names it, .*from port 1024 up anyone may'
	equal "${lines[1]}" "  root can allow it: lowportctl grant alice tcp:99"
	ctl alice explain tcp:3000
	explained 0 '^tcp:3000: alice may bind this port: no section names it, '
	lacks "$output" 'lowportctl grant'
	sysctl -qw net.ipv4.ip_unprivileged_port_start=90
	ctl alice explain tcp:99
	sysctl -qw net.ipv4.ip_unprivileged_port_start=1024
	explained 0 'from port 90 up'
}

@test "a broken file is shown, and leaves the port in doubt" {
	printf '[x' | dropin x.conf
	ctl alice explain tcp:3000
	equal "$status" 1
	matches "$stderr" "^$DROPIN/x.conf:1: "
	matches "$output" 'may not bind this port: a broken file'
	ctl bob explain tcp:53
	equal "$status" 0
}

@test "--user asks for another, with the groups of a login" {
	ctl alice explain tcp:53 --user carol
	explained 0 'carol is in its group dns-admins'
	ctl alice explain --user=60002 tcp:53
	explained 0 '60002 is its owner'
	ctl root explain tcp:53 --user alice
	explained 1 'alice may not'
}

@test "the caller's own groups count, not those of a login" {
	run --separate-stderr setpriv --reuid carol --regid carol --clear-groups "$PREFIX/bin/lowportctl" explain tcp:53
	explained 1 'carol may not'
}

@test "root is told whom a root start would become" {
	ctl root explain tcp:53
	explained 0 '^tcp:53: a root start would run as bob, who owns it$'
	matches "${lines[1]}" 'bob is its owner'
	ctl root explain tcp:80
	explained 1 'a root start does not know whom to run as: no section names an owner; say -u USER'
	ctl root explain tcp:8080
	explained 1 'no section names an owner'
	equal "${lines[1]}" "  section [all], $CONF:10: it is for anyone"
	ctl root explain tcp:99
	explained 1 'no section names an owner; say -u USER, or: lowportctl grant USER tcp:99$'
}

@test "root is told of two owners, and of one that a root start refuses" {
	printf '[x]\nports = tcp:53\nowner = carol\n' | dropin x.conf
	ctl root explain tcp:53
	explained 1 "section \\[dns\\], $CONF:3 has owner bob, section \\[x\\], $DROPIN/x.conf:2 has owner carol; say -u USER"
	printf '[x]\nports = tcp:99\nowner = root\n' | dropin x.conf
	ctl root explain tcp:99
	explained 1 'a root start refuses to run as the owner root'
}

@test "root as --user" {
	ctl alice explain tcp:53 --user root
	explained 0 'root may bind any port; lowportbind runs nothing as root'
}

@test "a dual-stack grant by two sections names both" {
	own <<-'END'
		[four]
		ports = tcp:80
		address = 0.0.0.0/0
		users = alice
		[six]
		ports = tcp:80
		address = ::/0
		groups = webbers alice
	END
	ctl alice explain tcp:80
	explained 0 'section \[(four|six)\]'
	matches "${lines[1]}" '^  for IPv[46]: section \[(four|six)\]'
	matches "$output" 'section \[four\].*alice is one of its users'
	matches "$output" 'section \[six\].*alice is in its group alice'
}

@test "every answer is the launcher's own" {
	local user port
	for user in alice bob carol; do
		for port in tcp:53 udp:53 tcp4:53 tcp:80 tcp:127.0.0.1:80 tcp:192.0.2.9:80 'tcp:[::1]:80' tcp:8080 udp:8080 tcp:99 tcp:3000; do
			launch "$user" -n "$port" -- true
			local expected=$((status != 0))
			ctl "$user" explain "$port"
			equal "$status" "$expected" "$user $port" || return
		done
	done
}

@test "every answer to root is that of a root start" {
	printf '[x]\nports = tcp:90-91 tcp:53\naddress = 192.0.2.1\nowner = carol\n' | dropin x.conf
	printf '[y]\nports = tcp:91\naddress = 127.0.0.1\nowner = bob\n[z]\nports = tcp:92\nowner = root\n' | dropin y.conf
	local port expected
	for port in tcp:53 tcp:127.0.0.1:53 tcp:192.0.2.1:53 udp:53 tcp:80 tcp:90 tcp:192.0.2.1:90 tcp:91 tcp:127.0.0.1:91 \
		tcp:92 tcp:99 tcp:8080 tcp:3000; do
		launch root -n "$port" -- true
		expected=$((status != 0))
		ctl root explain "$port"
		equal "$status" "$expected" "$port" || return
	done
}

@test "trouble: no such user, no port, a wrong one, two of them" {
	ctl alice explain tcp:53 --user ghost
	equal "$status" 2
	matches "$stderr" '^lowportctl: ghost: there is no such user'
	ctl alice explain
	equal "$status" 2
	matches "$stderr" 'no port is named; usage: lowportctl explain PORT'
	ctl alice explain tcp:0
	equal "$status" 2
	ctl alice explain 99999
	equal "$status" 2
	ctl alice explain 53 54
	equal "$status" 2
	ctl alice explain 53 --user
	equal "$status" 2
}
