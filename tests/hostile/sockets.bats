# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Requests that contradict each other, and other users who want the same port. A high port is
# anybody's to bind while it is free, so there the others have a chance.

load ../helper
load common

@test "I6: port text of every wrong kind at a root start" {
	for request in tcp:0 tcp:65536 tcp:-1 tcp:053 tcp:0x35 tcp:53x 'tcp: 53' tcp:53-54 tcp:42949672960053 \
		tcp:4294967349 $'tcp:53\n' tcp:5e1 tcp:٥٣ 'tcp:[::1%]:53' 'tcp:::1:53' tcp:localhost:53; do
		launch root "$request" -- "$PROBE"
		refused 64 '.' tcp 53 || fail "request: $request"
		launch root -u alice "$request" -- "$PROBE"
		refused 64 '.' tcp 53 || fail "request: $request"
	done
}

@test "I5: the same request twice" {
	for caller in alice root; do
		launch $caller tcp:53 tcp:53 -- "$PROBE"
		refused 75 'tcp:53: .*in use' tcp 53
		launch $caller udp:53 udp:53 -- "$PROBE"
		refused 75 'udp:53: .*in use' udp 53
		launch $caller tcp:53 tcp:127.0.0.1:53 -- "$PROBE"
		refused 75 'tcp:127.0.0.1:53: .*in use' tcp 53
		launch $caller mptcp:53 tcp:53 -- "$PROBE"
		refused 75 'tcp:53: .*in use' tcp 53
	done
}

# numbered COUNT: as many requests, of high ports that are alice's.
numbered()
{
	printf '[many]\nports = tcp:3000-4999\nowner = alice\n' | own
	seq -f 'tcp:%.0f' 3000 $((2999 + $1))
}

@test "forty requests, and more" {
	for count in 40 64 200; do
		mapfile -t requests < <(numbered "$count")
		for caller in alice root; do
			launch $caller "${requests[@]}" -- "$PROBE"
			granted
			clean alice "$(seq -s ' ' 0 $((count + 2)))"
			equal "$(probe_value env.LISTEN_FDS)" "$count"
		done
	done
}

@test "I5: more requests than there are descriptors for, or than the log can name" {
	mapfile -t requests < <(numbered 40)
	launch_dirty alice rlimit=7:30:30 -- "${requests[@]}" -- "$PROBE"
	refused 71 'Too many open files' tcp 3000
	launch_dirty alice rlimit=7:44:44 -- "${requests[@]}" -- "$PROBE"
	refused 71 'descriptor' tcp 3000
	mapfile -t requests < <(numbered 400)
	for caller in alice root; do
		launch $caller "${requests[@]}" -- "$PROBE"
		refused 64 'start fewer' tcp 3000
	done
}

@test "I5: a second bind that fails takes the first with it" {
	spawn h root "$BIN/hold" udp 0.0.0.0 53
	wait_line "$SCRATCH/h.out" held
	for caller in alice root; do
		launch $caller tcp:53 udp:53 -- "$PROBE"
		refused 75 'udp:53: .*in use' tcp 53
		launch $caller --adopt tcp:53 udp:53 -- "$PROBE_DYNAMIC"
		refused 75 'udp:53: .*in use' tcp 53
	done
	end h
	for caller in alice root; do
		launch $caller tcp:53 udp:127.0.0.1:53 tcp:192.0.2.1:53 -- "$PROBE"
		refused 69 'tcp:192.0.2.1:53: ' tcp 53
		port_free udp 53
	done
}

# taken PROTO WORD...: bob has the port, by those words of hold.c.
taken()
{
	spawn taker bob "$BIN/hold" "$1" "$2" 3053 "${@:3}"
	wait_line "$SCRATCH/taker.out" held
}

# refused_as_taken CALLER PROTO
refused_as_taken()
{
	launch "$1" "$2:3053" -- "$PROBE"
	refused 75 "$2:3053: .*in use"
}

# tries USER PROTO ERROR: that user tries to take port 3053 in every way, and it always fails by that.
tries()
{
	run_as "$1" sh -c "for address in 0.0.0.0 127.0.0.1 :: ::1 ::ffff:127.0.0.1; do
		for words in '' reuseaddr reuseport 'reuseaddr reuseport' 'reuseaddr nolisten'; do
		$BIN/hold $2 \$address ${4-3053} \$words try; done; done | sort | uniq -c"
	matches "$output" "^ +25 $3\$"
}

@test "I5: a port that another user took before, by SO_REUSEADDR or SO_REUSEPORT" {
	printf '[high]\nports = tcp:3053 udp:3053\nowner = alice\n' | own
	for address in 0.0.0.0 ::1; do
		for protocol in tcp udp; do
			taken $protocol $address reuseaddr reuseport
			refused_as_taken alice $protocol
			refused_as_taken root $protocol
			end taker
		done
	done
	taken udp 0.0.0.0 reuseport
	for caller in alice root; do
		launch $caller --adopt udp:3053 -- "$PROBE_DYNAMIC"
		refused 75 'udp:3053: .*in use'
	done
}

@test "I5: a TCP port that another user bound before without listening" {
	for words in nolisten 'nolisten reuseport'; do
		# shellcheck disable=SC2086 # several words
		taken tcp 0.0.0.0 $words
		refused_as_taken alice tcp
		refused_as_taken root tcp
		end taker
	done
	# Both may be bound, by SO_REUSEADDR, while none listens: and then the launcher does.
	taken tcp 0.0.0.0 nolisten reuseaddr
	for caller in alice root; do
		launch $caller tcp4:3053 -- /bin/sh -c "$PROBE; $BIN/hold tcp 0.0.0.0 3053 reuseaddr reuseport try"
		equal "$status" 0
		equal "${lines[-1]}" EADDRINUSE
		clean alice
	done
}

@test "I5: another user who takes the port during the start" {
	local n won=0
	printf '#!/bin/sh\n%s\n%s tcp 0.0.0.0 3053 reuseaddr reuseport try\n' "$PROBE" "$BIN/hold" >"$SCRATCH/daemon"
	chmod 0755 "$SCRATCH/daemon"
	# bob has it, and has it not, all the time; whoever listens has it alone. All of one group, which is ended whole.
	spawn taker bob /bin/sh -c "while :; do timeout --foreground 0.01 $BIN/hold tcp 0.0.0.0 3053 reuseaddr reuseport insist; done"
	rounds alice "$(seq 20)" "$LPB tcp4:3053 -- $SCRATCH/daemon"
	end taker
	for n in {1..20}; do
		round "$n"
		if [ "$status" -eq 0 ]; then
			equal "${output##*$'\n'}" EADDRINUSE
			[ "$won" -gt 0 ] || clean alice
			won=$((won + 1))
		else
			refused 75 'tcp4:3053: .*in use'
		fi
	done
}

@test "I5: another user who insists on the port that the daemon has: by TCP" {
	spawn daemon alice "$LPB" tcp:3053 -- "$PROBE" --pause
	wait_line "$SCRATCH/daemon.out" end=probe
	spawn taker bob "$BIN/hold" tcp 0.0.0.0 3053 reuseaddr reuseport insist
	tries bob tcp EADDRINUSE
	tries alice tcp EADDRINUSE
	[ ! -s "$SCRATCH/taker.out" ] || fail "bob has it"
	end daemon
	# The check of the check: bob had really tried.
	wait_line "$SCRATCH/taker.out" held
}

@test "I5: another user who insists on the port that the daemon has: by UDP, where datagrams could be read" {
	printf '[high]\nports = udp:3053\nowner = alice\n' | own
	for caller in alice root; do
		spawn daemon $caller "$LPB" udp:3053 -- "$PROBE" --pause
		wait_line "$SCRATCH/daemon.out" end=probe
		matches "$(cat "$SCRATCH/daemon.out")" '^fd.3=.*type=dgram.* reuseaddr=0 reuseport=0'
		tries bob udp EADDRINUSE
		end daemon
	done
}

@test "I5: UDP under adopt shares its port with nobody but its user" {
	printf '[high]\nports = udp:3053\nowner = alice\n' | own
	spawn daemon alice "$LPB" --adopt udp:3053 -- "$PROBE_DYNAMIC" --quiet --pause
	wait_listening udp 3053
	tries bob udp EADDRINUSE
}

@test "I5: IPv4-mapped addresses and both families of a port that half is taken of" {
	local address other
	for address in 127.0.0.1 0.0.0.0 ::1; do
		other='tcp:[::]:3053'
		[ $address != ::1 ] || other=tcp4:3053
		taken tcp $address reuseaddr
		for caller in alice root; do
			launch $caller 'tcp:[::ffff:127.0.0.1]:53' -- "$PROBE"
			refused 64 'IPv4 written as IPv6' tcp 53
			refused_as_taken $caller tcp
			# The other half is free, and has nothing to do with this one.
			launch $caller "$other" -- "$PROBE"
			granted
			clean alice
			matches "$(probe_value fd.3)" 'v6only=1|family=inet '
		done
		end taker
	done
}

@test "I6: a grant for one family is none for the other, nor for both" {
	printf '[four]\nports = tcp:53\naddress = 127.0.0.0/8\nowner = alice\n' | own
	for caller in alice root; do
		for request in 'tcp:[::1]:53' tcp:53 tcp4:53 tcp6:53 'tcp:[::]:53' tcp:0.0.0.0:53 tcp:128.0.0.1:53; do
			launch $caller "$request" -- "$PROBE"
			refused 77 '.' tcp 53
		done
		launch $caller 'tcp:[::ffff:127.0.0.1]:53' -- "$PROBE"
		refused 64 '.' tcp 53
		launch $caller tcp:127.0.0.1:53 -- "$PROBE"
		granted
		clean alice
	done
}

@test "69: a scoped address with no such interface" {
	for caller in alice root; do
		for scope in nosuch0 lo0 0 4294967296 999; do
			launch $caller "tcp:[fe80::1%$scope]:53" -- "$PROBE"
			refused 69 "tcp:\\[fe80::1%$scope\\]:53: there is no such interface" tcp 53
		done
		for scope in '' ' lo' 'lo:' $'lo\n' '../lo' "$(printf 'l%.0s' {1..40})"; do
			launch $caller "tcp:[fe80::1%$scope]:53" -- "$PROBE"
			refused 64 '.' tcp 53
		done
		launch $caller 'tcp:[fe80::1]:53' -- "$PROBE"
		refused 64 '.' tcp 53
	done
}

@test "I2: a listening socket that is turned round has the granted port, and no other" {
	printf '[old]\nports = tcp:600\nowner = alice\n' | own
	spawn old bob "$BIN/hold" tcp 127.0.0.1 3000
	wait_line "$SCRATCH/old.out" held
	for caller in alice root; do
		launch $caller tcp4:600 -- "$PROBE" --turn-round --get-root
		granted
		clean alice
		equal "$(probe_value turn.dissolve)" ok
		matches "$(probe_value turn.rebind)" '^(EACCES|EINVAL)$'
		# Which SECURITY.md says of such a grant: what trusts a low port trusts this daemon.
		equal "$(probe_value turn.connect)" ok
		matches "$(probe_value turn.from)" 'local=127.0.0.1:600$'
		equal "$(probe_value root.bind)" EACCES
	done
	launch bob tcp4:600 -- "$PROBE" --turn-round
	refused 77 'bob may not' tcp 600
}

@test "I6: a low port cannot be taken by others while a daemon that adopted it is not listening" {
	spawn daemon alice "$LPB" --adopt tcp4:53 -- "$PROBE_DYNAMIC" --pause
	wait_line "$SCRATCH/daemon.out" end=probe
	matches "$(cat "$SCRATCH/daemon.out")" 'local=0.0.0.0:53 listening=0'
	tries bob tcp 'EACCES' 53
	launch bob tcp4:53 -- "$PROBE"
	refused 77 'bob may not'
}
