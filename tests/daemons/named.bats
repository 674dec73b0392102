# SPDX-License-Identifier: GPL-2.0-or-later
# BIND 9 as the distribution ships it, unmodified, on port 53: each way to ask for it. Its life is in dns.bats.
# bats file_tags=quick

load ../helper
load common

prepare()
{
	needs named dig
	mkdir -m 0755 "$SCRATCH/named"
	chown alice:alice "$SCRATCH/named"
	cat >"$SCRATCH/named/named.conf" <<-END
		options {
			directory "$SCRATCH/named";
			pid-file none;
			session-keyfile none;
			listen-on { any; };
			listen-on-v6 { any; };
			recursion no;
			dnssec-validation no;
		};
		controls { };
		zone "example" { type primary; file "example.zone"; };
	END
	cat >"$SCRATCH/named/example.zone" <<-'END'
		$TTL 60
		@	SOA	ns admin 1 60 60 60 60
		@	NS	ns
		ns	A	192.0.2.1
		www	A	192.0.2.80
	END
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		owner = alice
		handoff = adopt
		together = yes
	END
	ip address replace 192.0.2.1/24 dev lo
}

# The configuration listens on one address where the request names one.
only_loopback()
{
	sed -i -e 's/listen-on {.*/listen-on { 127.0.0.1; };/' -e 's/listen-on-v6.*/listen-on-v6 { none; };/' \
		"$SCRATCH/named/named.conf"
}

start_named()
{
	local user=$1
	shift
	spawn named "$user" "$LPB" "$@" -- named -f -c "$SCRATCH/named/named.conf"
	wait_for answers +notcp 127.0.0.1 ||
		fail "named does not answer: $(cat "$SCRATCH/named.err")"
}

@test "named: lowportbind tcp:53 -- named -f, by an ordinary user" {
	start_named alice tcp:53
	served 127.0.0.1 ::1 192.0.2.1
	alices tcp:53 udp:53
}

@test "named: UDP answers leave from the address that was asked" {
	start_named alice tcp:53
	answers +notcp 192.0.2.1 "+time=$PATIENCE" -b 127.0.0.1 || fail "no answer"
	answers +notcp 127.0.0.1 "+time=$PATIENCE" -b 192.0.2.1 || fail "no answer"
}

@test "named: lowportbind @dns -- named -f" {
	start_named alice @dns
	served 127.0.0.1 ::1 192.0.2.1
	alices tcp:53 udp:53
}

@test "named: lowportbind --adopt tcp:127.0.0.1:53 udp:127.0.0.1:53 -- named -f" {
	sed -i '/handoff\|together/d' "$CONF"
	only_loopback
	start_named alice --adopt tcp:127.0.0.1:53 udp:127.0.0.1:53
	served 127.0.0.1
	alices tcp:53 udp:53
	equal "$(ss -Hltn 'sport = :53' | awk '{ print $4 }' | sort -u)" 127.0.0.1:53
}

@test "named: a root start becomes the owner" {
	start_named root @dns
	served 127.0.0.1 ::1 192.0.2.1
	alices tcp:53 udp:53
}

@test "named: a user who does not own the port is refused" {
	launch bob tcp:53 -- named -f -c "$SCRATCH/named/named.conf"
	refused 77 'bob may not bind this port; it belongs to (user )?alice' tcp 53
}

@test "named: without the launcher the same user cannot have the port" {
	spawn named alice named -f -g -c "$SCRATCH/named/named.conf"
	wait_line "$SCRATCH/named.err" ' running$'
	port_free tcp 53
	port_free udp 53
}

@test "named: it has no preloaded library that its own children would inherit a port from" {
	start_named alice tcp:53
	for kind in tcp udp; do
		run as bob "$BIN/hold" "$kind" 127.0.0.1 53 reuseaddr reuseport try
		equal "$output" EACCES
	done
}
