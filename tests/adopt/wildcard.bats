#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A wildcard request hands over a socket for every address. Whichever of them a program binds, it is
# reached where it would be reached if it had bound as root, and nowhere else.
# flavours: setuid
# shellcheck disable=SC2086 # $everywhere4 and 6 are words
# shellcheck disable=SC2101,SC2154 # [::] is an address; status, output, said, server are set elsewhere

load ../helper
load common

setup_file() {
    addresses
}

# What a test has added goes with it.
teardown() {
    local address
    stop
    end_all
    [ -z "${other-}" ] || kill "$other"
    ! ip link show here >/dev/null 2>&1 || ip link del here
    for address in "${added[@]}"; do
        ip addr del "$address" dev lo
    done
}

added=()
everywhere4="127.0.0.1 192.0.2.1"
everywhere6="[::1] [2001:db8::1] [fe80::1%lo]"

# reached PROTO LABEL ADDRESS...: answered by LABEL at each ADDRESS, refused at all others.
reached() {
    local proto=$1 label=$2 address expected
    shift 2
    for address in $everywhere4 $everywhere6; do
        expected=refused
        case " $* " in *" $address "*) expected=$label ;; esac
        answers "$proto:$address:79" "$expected"
    done
}

# serves PLACE ADDRESS...: over TCP and UDP, bound to PLACE, reached at each ADDRESS alone.
serves() {
    local place=$1 six=
    shift
    case $place in only*) six=6 place=${place#only} ;; esac
    serve tcp:79 udp:79 -- "tcp$six:$place:79" "udp$six:$place:79"
    reached tcp "tcp$six:$place:79" "$@"
    reached udp "udp$six:$place:79" "$@"
}

@test "a program that binds nothing is reached nowhere" {
    serve tcp:79 udp:79 -- tcp:127.0.0.1:7979
    reached tcp none
    reached udp none
}

@test "one IPv4 address" {
    serves 192.0.2.1 192.0.2.1
}

@test "one IPv6 address" {
    serves "[2001:db8::1]" "[2001:db8::1]"
}

@test "a link-local address" {
    serves "[fe80::1%lo]" "[fe80::1%lo]"
}

@test "the IPv4 wildcard" {
    serves 0.0.0.0 $everywhere4
}

@test "the IPv6 wildcard alone" {
    serves "only[::]" $everywhere6
}

@test "the dual-stack wildcard" {
    serves "[::]" $everywhere4 $everywhere6
}

@test "both wildcards, as nginx binds them" {
    serve tcp:79 udp:79 -- {tcp,udp}:0.0.0.0:79 {tcp,udp}6:[::]:79
    for address in $everywhere4; do
        answers "tcp:$address:79" tcp:0.0.0.0:79
        answers "udp:$address:79" udp:0.0.0.0:79
    done
    for address in $everywhere6; do
        answers "tcp:$address:79" tcp6:[::]:79
        answers "udp:$address:79" udp6:[::]:79
    done
}

# An IPv6 socket at an IPv4 address is what Java binds.
@test "an IPv4 address, handed over in both forms as lowportbind does, in whichever it is bound" {
    local mapped="[::ffff:192.0.2.1]" place
    for place in 192.0.2.1 $mapped; do
        serve {tcp,udp}:192.0.2.1:79 {tcp,udp}:$mapped:79 -- {tcp,udp}:$place:79
        reached tcp tcp:$place:79 192.0.2.1
        reached udp udp:$place:79 192.0.2.1
        stop
    done
}

@test "an IPv4 address as IPv6 has it, beside a wildcard" {
    local mapped="[::ffff:192.0.2.1]"
    serve {tcp,udp}:79 {tcp,udp}:$mapped:79 -- {tcp,udp}:$mapped:79 / {tcp,udp}:192.0.2.1:79
    reached tcp tcp:$mapped:79 192.0.2.1
    reached udp udp:$mapped:79 192.0.2.1
    reload
    reached tcp tcp:192.0.2.1:79 192.0.2.1
    reached udp udp:192.0.2.1:79 192.0.2.1
}

@test "an IPv4 address as IPv6 has it is nothing for a socket that is for IPv6 alone" {
    start tcp:[::ffff:192.0.2.1]:79 -- "$TESTBIN/serve" "tcp6:[::ffff:192.0.2.1]:79"
    await ready
    [[ "$said" == *"bind: Permission denied"* ]]
}

@test "UDP: the wildcard first and addresses after it, as ntpd binds them" {
    serve udp:79 -- udp:0.0.0.0:79 udp:127.0.0.1:79 udp6:[::]:79 udp:[::1]:79
    answers udp:127.0.0.1:79 udp:127.0.0.1:79
    answers udp:192.0.2.1:79 udp:0.0.0.0:79
    answers udp:[::1]:79 udp:[::1]:79
    answers udp:[2001:db8::1]:79 udp6:[::]:79
}

@test "UDP: addresses first and the wildcard after them" {
    serve udp:79 -- udp:127.0.0.1:79 udp:0.0.0.0:79
    answers udp:127.0.0.1:79 udp:127.0.0.1:79
    answers udp:192.0.2.1:79 udp:0.0.0.0:79
}

@test "UDP: the answer leaves from the address that was asked" {
    serve udp:79 -- udp:{127.0.0.1,192.0.2.1,[::1],[2001:db8::1]}:79
    answers udp:192.0.2.1:79 127.0.0.1 udp:192.0.2.1:79
    answers udp:127.0.0.1:79 192.0.2.1 udp:127.0.0.1:79
    answers udp:[2001:db8::1]:79 "[::1]" udp:[2001:db8::1]:79
}

# apart PID: it is in a network namespace of its own by now; a wire that is moved before stays where it is.
apart() {
    [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# elsewhere: a host at 203.0.113.9, on a wire to this one, which has two addresses there.
elsewhere() {
    ip link add here type veth peer name there
    ip link set here addrgenmode none
    unshare --net sleep 300 &
    other=$!
    wait_for apart "$other"
    ip link set there netns "$other"
    ip addr add 203.0.113.1/24 dev here
    ip addr add 203.0.113.2/24 dev here
    ip link set here up
    nsenter -t "$other" -n ip addr add 203.0.113.9/24 dev there
    nsenter -t "$other" -n ip link set there up
    # What is sent before the kernel has seen that there is somebody at the other end is lost.
    wait_for is_up
}

is_up() {
    ip link show here | grep -q ' state UP '
}

# from_elsewhere PLACE EXPECTED
from_elsewhere() {
    local options=()
    [ "$2" != silence ] || options=(--silence)
    [ "$(nsenter -t "$other" -n "$TESTBIN/ask" "${options[@]}" "$1")" = "$2" ]
}

@test "UDP: to another host the wildcard answers as it does natively, each address by itself as asked" {
    elsewhere
    spawn native root "$TESTBIN/serve" udp:0.0.0.0:79
    wait_line "$SCRATCH/native.out" ready
    from_elsewhere udp:203.0.113.1:79 udp:0.0.0.0:79
    from_elsewhere udp:203.0.113.2:79 silence
    end native
    serve udp:79 -- udp:0.0.0.0:79 / udp:203.0.113.{1,2}:79
    from_elsewhere udp:203.0.113.1:79 udp:0.0.0.0:79
    from_elsewhere udp:203.0.113.2:79 silence
    reload
    from_elsewhere udp:203.0.113.1:79 udp:203.0.113.1:79
    from_elsewhere udp:203.0.113.2:79 udp:203.0.113.2:79
}

@test "a waiting parent's copies swallow nothing" {
    start udp:79 -- sh -c "$TESTBIN/serve udp:0.0.0.0:79; true"
    served
    reached udp udp:0.0.0.0:79 $everywhere4
}

@test "an address that is added later is served by the wildcard" {
    serve tcp:79 udp:79 -- tcp:0.0.0.0:79 udp:0.0.0.0:79
    later 192.0.2.2/32
    answers tcp:192.0.2.2:79 tcp:0.0.0.0:79
    answers udp:192.0.2.2:79 udp:0.0.0.0:79
}

# later ADDRESS: a local address that was not there when the sockets were made.
later() {
    ip addr add "$1" dev lo ${2:+"$2"}
    added+=("$1")
}

# reload: on to what the server serves next.
reload() {
    kill -HUP "$server"
    served
}

@test "a reload from an address to the wildcard, and the other way" {
    serve tcp:79 udp:79 -- {tcp,udp}:127.0.0.1:79 / {tcp,udp}:0.0.0.0:79 / \
        {tcp,udp}:192.0.2.1:79
    reached tcp tcp:127.0.0.1:79 127.0.0.1
    reload
    reached tcp tcp:0.0.0.0:79 $everywhere4
    reached udp udp:0.0.0.0:79 $everywhere4
    reload
    answers tcp:192.0.2.1:79 tcp:192.0.2.1:79
    answers udp:192.0.2.1:79 udp:192.0.2.1:79
}

@test "an address that is added later is bound by a program that serves each address by itself" {
    local all4="127.0.0.1 192.0.2.1" all6="[::1] [2001:db8::1] [fe80::1%lo]" places=() proto address
    for proto in tcp udp; do
        for address in $all4 $all6; do
            places+=("$proto:$address:79")
        done
    done
    serve tcp:79 udp:79 -- "${places[@]}" / "${places[@]}" {tcp,udp}:{192.0.2.2,[2001:db8::2]}:79
    later 192.0.2.2/32
    later 2001:db8::2/128 nodad
    reload
    for proto in tcp udp; do
        for address in $all4 $all6 192.0.2.2 [2001:db8::2]; do
            answers "$proto:$address:79" "$proto:$address:79"
        done
    done
}

@test "an address that is added later is refused to a program that leaves others out" {
    start tcp:79 udp:79 -- "$TESTBIN/serve" {tcp,udp}:192.0.2.1:79 / {tcp,udp}:192.0.2.{1,2}:79
    served
    later 192.0.2.2/32
    kill -HUP "$server"
    await ready
    grep -q '^tcp:192.0.2.2:79: bind: Permission denied$' <<<"$said"
    grep -q '^udp:192.0.2.2:79: bind: Permission denied$' <<<"$said"
    reached tcp tcp:192.0.2.1:79 192.0.2.1
    reached udp udp:192.0.2.1:79 192.0.2.1
}

@test "an address that is not there is refused as the kernel refuses it" {
    start tcp:79 -- "$TESTBIN/serve" tcp:{127.0.0.1,192.0.2.1}:79 tcp:198.51.100.1:79
    await ready
    [ "$said" = $'tcp:198.51.100.1:79: bind: Cannot assign requested address\n' ]
}

@test "TCP: a second listener is refused as it would be, and the first can bind again" {
    start tcp:79 -- "$TESTBIN/serve" tcp:0.0.0.0:79 tcp:[::]:79 / tcp:0.0.0.0:79
    await ready
    [ "$said" = $'tcp:[::]:79: bind: Address already in use\n' ]
    reload
    reached tcp tcp:0.0.0.0:79 $everywhere4
}

# overlapping: both wildcards, of which the second is for IPv4 too, and an address.
overlapping() {
    answers tcp:127.0.0.1:79 tcp:127.0.0.1:79
    answers tcp:192.0.2.1:79 tcp:0.0.0.0:79
    answers tcp:[::1]:79 tcp:[::]:79
}

@test "TCP: places that overlap, of a program that shares its port by SO_REUSEPORT, as hypercorn does" {
    spawn native root "$TESTBIN/serve" --reuse-port tcp:{0.0.0.0,[::],127.0.0.1}:79
    wait_line "$SCRATCH/native.out" ready
    overlapping
    end native
    serve tcp:79 -- --reuse-port tcp:{0.0.0.0,[::],127.0.0.1}:79 / tcp:[::]:79
    overlapping
    reload
    reached tcp tcp:[::]:79 $everywhere4 $everywhere6
}

@test "one UDP socket alone is not touched until the program binds" {
    serve udp:127.0.0.1:79 -- tcp:127.0.0.1:7979
    answers udp:127.0.0.1:79 silence
}

# twice ADDRESS [WORD]...: a service of UDP, and a second start of it while the first runs. It ends when it serves.
twice() {
    own <<-END
		[once]
		ports   = udp:79
		owner   = alice
		handoff = adopt
	END
    spawn first alice "$LPB" udp:79 -- "$BIN/hold" udp "$@"
    wait_line "$SCRATCH/first.out" held
    launch alice udp:79 -- "$BIN/hold" udp "$@" try
}

@test "UDP: a second start is refused, as it is natively, unless the program shares its port by SO_REUSEPORT" {
    for address in 0.0.0.0 :: 127.0.0.1; do
        twice "$address" 79
        equal "$status" 75 "$address" || return
        matches "$stderr" 'udp:79: cannot be bound: Address already in use' || return
        end first
    done
    twice 0.0.0.0 79 reuseport
    equal "$output" ok
}
