#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a program's own bind(2) gets from the preload library, by small programs that look at it.
# flavours: setuid
# shellcheck disable=SC2101,SC2154 # [::] is an address; status, output, said, server are set elsewhere

load ../helper
load common

# passes ITEM... -- PROGRAM...: adopted, and satisfied with what it found.
passes() {
    adopted "$@"
    [ "$status" -eq 0 ]
}

@test "the test programs fail without lowport-adopt" {
    run activate tcp:127.0.0.1:79 -- "$TESTBIN/bind-later" clearenv
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"Permission denied"* ]]
}

@test "flags, errno and SO_REUSEADDR are as the program wants them" {
    passes tcp:127.0.0.1:79 tcp:0.0.0.0:79 -- "$TESTBIN/bind-flags"
}

@test "options that are set before bind(2) are still set after it" {
    passes tcp:79 udp:79 -- "$TESTBIN/bind-options"
}

@test "what was not handed over is refused as the kernel refuses it" {
    passes tcp:127.0.0.1:79 tcp6:[::]:79 udp:127.0.0.1:80 -- "$TESTBIN/bind-refused"
}

@test "interfaces are kept, and never widened" {
    ip addr add fe80::1/64 dev lo nodad
    passes udp:79 tcp:79 -- "$TESTBIN/bind-device"
}

@test "MPTCP is served by MPTCP" {
    start mptcp:127.0.0.1:79 -- "$TESTBIN/serve" tcp:127.0.0.1:79 mptcp:127.0.0.1:79
    await ready
    [ "$said" = $'tcp:127.0.0.1:79: bind: Permission denied\n' ]
    answers tcp:127.0.0.1:79 mptcp:127.0.0.1:79
}

@test "threads that bind and fork at once all get the same sockets" {
    passes tcp:79 udp:79 -- "$TESTBIN/bind-threads"
}

# closing WAY...: with the kept sockets among the numbers that the program reaches.
closing() {
    local way
    needs_open_files 1100
    ulimit -Sn 64
    ulimit -Hn 1100
    for way; do
        passes {tcp,udp}:127.0.0.1:79 -- "$TESTBIN/bind-closed" "$way"
    done
}

@test "a program that closes every descriptor still binds, and so does what it executes" {
    closing close proc closefrom range unshare
}

@test "a program that marks every descriptor close-on-exec still binds, and so does what it executes" {
    closing fcntl ioctl range-cloexec
}

@test "closefrom(3) where the kernel has no close_range(2)" {
    local way
    needs_open_files 1100
    ulimit -Sn 64
    ulimit -Hn 1100
    for way in closefrom closefrom-cancelled; do
        passes {tcp,udp}:127.0.0.1:79 -- strace -f -qq -o /dev/null -e inject=close_range:error=ENOSYS \
            "$TESTBIN/bind-closed" "$way"
    done
}

@test "a call that names kept sockets alone does nothing, and fails where it should" {
    closing kept
}

@test "what a program puts in the place of a kept socket is its own" {
    closing own
}

@test "a socket that is in epoll sets before bind(2) is in them after it" {
    passes {tcp,udp}:127.0.0.1:79 -- "$TESTBIN/bind-epoll"
}

@test "without a free descriptor bind(2) says so, and has changed nothing" {
    passes tcp:127.0.0.1:79 udp:{127.0.0.1,0.0.0.0}:79 -- "$TESTBIN/bind-short"
}

@test "workers that each bind for themselves share the socket, and may end one by one" {
    passes {tcp,udp}:127.0.0.1:79 -- "$TESTBIN/bind-workers"
}

@test "a daemon that has forked twice still binds" {
    passes tcp:127.0.0.1:79 -- "$TESTBIN/bind-later" fork
}

@test "a program that has emptied its environment still binds" {
    passes tcp:127.0.0.1:79 -- "$TESTBIN/bind-later" clearenv
}

@test "a program that closes and binds again gets the same port" {
    passes tcp:127.0.0.1:79 -- "$TESTBIN/bind-later" again
}

@test "a UDP socket that was connected keeps its peer, as the manual says" {
    passes udp:127.0.0.1:79 -- "$TESTBIN/bind-later" connected
}

@test "sockets that are listening already, as systemd hands them over" {
    serve listen tcp:127.0.0.1:79 tcp:[::1]:79 -- tcp:127.0.0.1:79 tcp:[::1]:79
    answers tcp:127.0.0.1:79 tcp:127.0.0.1:79
    answers tcp:[::1]:79 tcp:[::1]:79
}
