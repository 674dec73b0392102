#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's BIND 9, unmodified, as an ordinary user without capabilities, on port 53.
# flavours: setuid
# shellcheck disable=SC2101,SC2154 # [::] is an address; status, output, said, server are set elsewhere

load ../helper
load common

setup_file() {
    addresses
}

prepare() {
    zones=$SCRATCH
    cat > "$zones/zone" <<'END'
$TTL 60
@ SOA ns admin 1 60 60 60 60
@ NS ns
ns A 192.0.2.1
END
}

# configure OPTION...: the configuration, with the usual options and these.
configure() {
    cat > "$zones/named.conf" <<END
options { directory "$zones"; pid-file none; session-keyfile none; recursion no;
          dnssec-validation no; $* };
controls { };
zone "example" { type primary; file "zone"; };
END
}

# named_starts ITEM...: named on these sockets, running; what it logged is in $said.
named_starts() {
    start "$@" -- named -g -n 4 -c "$zones/named.conf"
    await " running"
}

# served_at ADDRESS [FROM]: the zone is answered there over UDP and over TCP.
served_at() {
    local how
    for how in +notcp +tcp; do
        run dig ${2:+-b "$2"} @"$1" $how +time="$PATIENCE" +tries=1 +short ns.example A
        echo "$1 $how: $output"
        [ "$status" -eq 0 ]
        [ "$output" = 192.0.2.1 ]
    done
}

@test "named answers on every address over UDP and TCP" {
    configure "listen-on { any; }; listen-on-v6 { any; };"
    named_starts tcp:53 udp:53
    served_at 127.0.0.1
    served_at ::1
    served_at 192.0.2.1
    served_at 2001:db8::1
    served_at 192.0.2.1 127.0.0.1
    served_at 127.0.0.1 192.0.2.1
    served_at 2001:db8::1 ::1
    [[ "$said" != *"interface ignored"* ]]
}

@test "named runs as the user, holds no capability, and its sockets are the user's" {
    configure "listen-on { any; }; listen-on-v6 { any; };"
    named_starts tcp:53 udp:53
    uid=$(id -u alice)
    grep -E '^(Name|Uid|Cap)' "/proc/$server/status"
    grep -q '^Name:.named$' "/proc/$server/status"
    grep -q "^Uid:.$uid.$uid.$uid.$uid$" "/proc/$server/status"
    [ "$(grep -c '^Cap\(Inh\|Prm\|Eff\|Amb\):.0000000000000000$' "/proc/$server/status")" -eq 4 ]
    # Without cgroup2, as in a chroot, ss says so on standard error.
    run --separate-stderr ss -Htulne 'sport = :53'
    [ "${#lines[@]}" -gt 4 ]
    [ "$(echo "$output" | grep -c "uid:$uid ")" -eq "${#lines[@]}" ]
}

@test "named that is told one address is reached at that one alone" {
    configure "listen-on { 127.0.0.1; }; listen-on-v6 { none; };"
    named_starts tcp:53 udp:53
    served_at 127.0.0.1
    for how in +notcp +tcp; do
        run dig @192.0.2.1 $how +time="$PATIENCE" +tries=1 +short ns.example A
        echo "$output"
        [ "$status" -eq 9 ]
        [[ "$output" == *"connection refused"* || "$output" == *"no servers could be reached"* ]]
    done
}

@test "named that was handed specific addresses serves those" {
    configure "listen-on { 127.0.0.1; 192.0.2.1; }; listen-on-v6 { none; };"
    named_starts {tcp,udp}:127.0.0.1:53
    served_at 127.0.0.1
    [[ "$said" == *"192.0.2.1#53"$'\n'*"creating IPv4 interface lo failed"* ]]
}

@test "named serves an address that is added later, when it looks again" {
    configure "listen-on { any; }; listen-on-v6 { any; };"
    named_starts tcp:53 udp:53
    ip addr add 192.0.2.9/32 dev lo
    kill -HUP "$server"
    await "192.0.2.9#53"
    await " running"
    [[ "$said" != *failed* ]]
    served_at 192.0.2.9
    ip addr del 192.0.2.9/32 dev lo
}

@test "named serves on after a reload" {
    configure "listen-on { any; }; listen-on-v6 { any; };"
    named_starts tcp:53 udp:53
    kill -HUP "$server"
    await " running"
    served_at 127.0.0.1
    served_at ::1
}
