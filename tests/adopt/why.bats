#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that is refused a bind(2) is told on standard error how it would have been handed the socket.
# flavours: setuid
# shellcheck disable=SC2154 # status, output are set by bats

load ../helper
load common

# told ITEM PLACE: what is said when the program binds PLACE, and is refused as ever.
told() {
    adopted "$1" -- "$TESTBIN/bind-why" "$2"
    [ "$status" -eq 13 ] # EACCES
}

@test "another address at this port: what to ask for, of lowportbind and of systemd" {
    told tcp:127.0.0.1:79 tcp:0.0.0.0:79
    [ "${output%; *}" = "lowport-adopt: tcp:0.0.0.0:79: handed over at this port was another, 127.0.0.1:79" ]
    [ "${output##*; }" = "what helps is lowportbind --adopt tcp:79, or ListenStream=0.0.0.0:79 in a socket unit" ]
    told tcp:127.0.0.1:79 tcp:127.0.0.2:79
    [[ "$output" == *"lowportbind --adopt tcp:127.0.0.2:79, or ListenStream=127.0.0.2:79 "* ]]
    told udp:[::1]:79 udp:127.0.0.1:79
    [[ "$output" == *" was another, [::1]:79; "*" udp:127.0.0.1:79, or ListenDatagram=127.0.0.1:79 "* ]]
    told tcp:127.0.0.1:79 tcp:[::ffff:127.0.0.1]:79
    [[ "$output" == *"; what helps is lowportbind --adopt tcp:127.0.0.1:79, or ListenStream=[::ffff:127.0.0.1]:79 "* ]]
}

@test "another kind of wildcard: only the one that systemd handed over is served" {
    told tcp:[::]:79 tcp:0.0.0.0:79
    [[ "$output" == *" was another, [::]:79 (BindIPv6Only=both); "*"ListenStream=0.0.0.0:79 "* ]]
    told tcp:[::]:79 tcp6:[::]:79
    [[ "$output" == *": tcp:[::]:79 (BindIPv6Only=ipv6-only): "*" was another, [::]:79 (BindIPv6Only=both); "* ]]
    told tcp6:[::]:79 tcp:[::]:79
    [[ "$output" == *": tcp:[::]:79 (BindIPv6Only=both): "*" was another, [::]:79 (BindIPv6Only=ipv6-only); "* ]]
}

@test "an address that was handed over, and given up for one that overlaps" {
    start tcp:79 -- "$TESTBIN/serve" tcp:127.0.0.1:79 / tcp:0.0.0.0:79 / tcp:127.0.0.1:79
    served
    kill -HUP "$server"
    served
    kill -HUP "$server"
    await ready
    grep -q '^lowport-adopt: tcp:127.0.0.1:79: it was handed over, and has been given up since: .*; start it anew$' \
        <<<"$said"
    stop
}

@test "what is on another interface already" {
    ip addr add fe80::1/64 dev lo nodad
    adopted udp:79 tcp:79 -- "$TESTBIN/bind-device"
    [ "$status" -eq 0 ]
    [[ "$output" == *"lowport-adopt: tcp:0.0.0.0:79: it was handed over, and is on another interface since; "* ]]
}

@test "a port that is in use at another kind of wildcard" {
    adopted listen tcp:[::]:7979 -- "$TESTBIN/bind-why" tcp:0.0.0.0:7979
    [ "$status" -eq 98 ] # EADDRINUSE
    [[ "$output" == "lowport-adopt: tcp:0.0.0.0:7979: "* ]]
}

@test "a port that a section of the user's would have handed over" {
    own <<-'END'
		[web]
		ports = tcp:80
		users = bob
		[range]
		ports = udp:50-52
		users = alice
		[dns]
		ports = udp:53 tcp:53
		address = 192.0.2.0/24
		users = alice
		[mail]
		ports = tcp:25
		users = alice
	END
    told tcp:127.0.0.1:79 tcp:127.0.0.1:53
    [ "$output" = "lowport-adopt: tcp:127.0.0.1:53: not handed over; section [dns] has it: lowportbind --adopt @dns" ]
    told tcp:127.0.0.1:79 udp:[::]:53
    [[ "$output" == *"section [dns] has it: lowportbind --adopt @dns" ]]
    told tcp:127.0.0.1:79 tcp:0.0.0.0:25
    [[ "$output" == *"section [mail] has it: lowportbind --adopt @mail" ]]
    # Another's port, a range, which @SECTION leaves out, and what nobody owns.
    for place in tcp:0.0.0.0:80 udp:0.0.0.0:51 tcp:0.0.0.0:81; do
        told tcp:127.0.0.1:79 "$place"
        [ "$output" = "" ]
    done
}

@test "nothing is said where the bind is not refused for that" {
    adopted tcp:127.0.0.1:79 -- "$TESTBIN/bind-why" tcp:198.51.100.1:79
    [ "$status" -eq 99 ] # EADDRNOTAVAIL
    [ "$output" = "" ]
    run "$TESTBIN/bind-why" tcp:127.0.0.1:7979
    [ "$status" -eq 0 ]
}

@test "a daemon that tries again and again is told a few times" {
    adopted tcp:127.0.0.1:79 -- "$TESTBIN/bind-why" tcp:0.0.0.0:79 100
    [ "$status" -eq 13 ]
    [ "${#lines[@]}" -eq 8 ]
}

@test "a standard error that nobody reads, or that is full, neither ends nor holds the program" {
    for word in dead-stderr full-stderr; do
        run timeout "$PATIENCE" "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" tcp:127.0.0.1:79 -- \
            "$TESTBIN/dirty" "$word" -- "$ADOPT" "$TESTBIN/bind-why" tcp:0.0.0.0:79
        [ "$status" -eq 13 ]
    done
}

@test "what is no longer standard error is not written to" {
    run activate tcp:127.0.0.1:79 -- "$ADOPT" "$TESTBIN/bind-why" tcp:0.0.0.0:79 1 "$SCRATCH/database"
    [ "$status" -eq 13 ]
    [ "$output" = "" ]
    [ -e "$SCRATCH/database" ]
    [ ! -s "$SCRATCH/database" ]
}

@test "the section is found by a name or a number, of the user or of a group" {
    local alice grant
    alice=$(id -u alice)
    for grant in 'users = alice' "users = $alice" 'owner = alice' 'groups = alice' "groups = $(id -g alice)" 'anyone = yes'; do
        own <<<$'[dns]\nports = tcp:53\n'"$grant"
        told tcp:127.0.0.1:79 tcp:0.0.0.0:53
        [[ "$output" == *"section [dns] has it: lowportbind --adopt @dns" ]]
    done
    for grant in 'users = bob' "users = $((alice + 1))" 'groups = webbers' 'users = nobody-of-this-name'; do
        own <<<$'[dns]\nports = tcp:53\n'"$grant"
        told tcp:127.0.0.1:79 tcp:0.0.0.0:53
        [ "$output" = "" ]
    done
    own <<<$'[dns]\nports = tcp:53\ngroups = dns-admins'
    launch alice --adopt tcp:3053 -- "$TESTBIN/bind-why" tcp:0.0.0.0:53
    [ "$status $stderr" = "13 " ]
    launch carol --adopt tcp:3053 -- "$TESTBIN/bind-why" tcp:0.0.0.0:53
    [ "$status" -eq 13 ]
    [[ "$stderr" == *"section [dns] has it: lowportbind --adopt @dns" ]]
}

@test "what is told is found without another process, and without the name service" {
    own <<<$'[dns]\nports = tcp:53\nusers = alice\ngroups = webbers'
    run strace -f -qq -e trace='/clone|fork|connect|open' -o "$SCRATCH/trace" \
        "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" tcp:127.0.0.1:79 -- "$ADOPT" "$TESTBIN/bind-why" tcp:0.0.0.0:53
    [[ "$output" == *"section [dns] has it: lowportbind --adopt @dns" ]]
    grep -q 'open.*"/etc/passwd"' "$SCRATCH/trace"
    run grep -E 'clone|fork|connect|nsswitch|libnss' "$SCRATCH/trace"
    [ "$output" = "" ]
}

@test "without the files it starts all the same, and is told of no section" {
    local file who
    who=$(id -u alice):$(id -g alice)
    own <<<$'[dns]\nports = tcp:53\nusers = alice'
    for file in /etc/passwd "$CONF"; do
        mount --bind /dev/null "$file"
        run "$TESTBIN/activate" "$who" tcp:127.0.0.1:79 -- "$ADOPT" "$TESTBIN/bind-why" tcp:0.0.0.0:53
        umount "$file"
        [ "$status $output" = "13 " ]
    done
    own <<<$'[dns]\nports = tcp:53\nusers = alice\nwhat = ?'
    told tcp:127.0.0.1:79 tcp:0.0.0.0:53
    [ "$output" = "" ]
}

@test "among tens of thousands of users of names alike one is found at once" {
    { awk 'BEGIN { for (i = 0; i < 65536; i++) print "customer" i ":x:" 70000 + i ":65534::/:/bin/sh" }'
      cat /etc/passwd; } >"$SCRATCH/passwd"
    own <<<$'[dns]\nports = tcp:53\nusers = customer1 alice'
    mount --bind "$SCRATCH/passwd" /etc/passwd
    run timeout $((5 * ${SLOWNESS:-1})) "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" tcp:127.0.0.1:79 -- \
        "$ADOPT" "$TESTBIN/bind-why" tcp:0.0.0.0:53
    umount /etc/passwd
    [ "$status" -eq 13 ]
    [[ "$output" == *"section [dns] has it: lowportbind --adopt @dns" ]]
}
