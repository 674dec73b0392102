#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-adopt itself: its command line, what it takes, what it passes on.
# flavours: setuid
# shellcheck disable=SC2016 # expanded by the inner shell
# shellcheck disable=SC2101,SC2154 # [::] is an address; status, output, said, server are set elsewhere

load ../helper
load common

@test "--help fits a screen and --version names the program" {
    run "$ADOPT" --help
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -ge 5 ]
    [ "$(echo "$output" | wc -l)" -le 24 ]
    [ "$(echo "$output" | wc -L)" -le 80 ]
    run "$ADOPT" --version
    [ "$status" -eq 0 ]
    [[ "$output" =~ ^lowport-adopt\ [0-9] ]]
}

@test "--help into a full disk fails" {
    run sh -c "$ADOPT --help > /dev/full"
    [ "$status" -eq 74 ]
}

@test "a wrong command line is 64 and says where to look" {
    run "$ADOPT"
    [ "$status" -eq 64 ]
    [[ "$output" == "lowport-adopt: "*"lowport-adopt --help"* ]]
    run "$ADOPT" --frobnicate true
    [ "$status" -eq 64 ]
    [[ "$output" == "lowport-adopt: --frobnicate: "*"lowport-adopt --help"* ]]
}

@test "without sockets it refuses and says how to use it" {
    run env -u LISTEN_FDS -u LISTEN_PID "$ADOPT" true
    [ "$status" -eq 64 ]
    [[ "$output" = "lowport-adopt: no socket was handed over; "*"lowportbind --adopt REQUEST... -- true" ]]
}

@test "sockets that are meant for another process are not taken" {
    run activate tcp:127.0.0.1:79 -- /usr/bin/env LISTEN_PID=1 "$ADOPT" true
    [ "$status" -eq 64 ]
    [[ "$output" == *"no socket was handed over"* ]]
}

@test "a named handle alone is no socket to adopt" {
    adopted file:zones:/dev/null -- true
    [ "$status" -eq 64 ]
}

@test "malformed LISTEN_* is refused" {
    for value in x 1x -1 "" 99999999999 " 1"; do
        run activate tcp:127.0.0.1:79 -- /usr/bin/env LISTEN_FDS="$value" "$ADOPT" true
        echo "$value: $output"
        [ "$status" -eq 64 ]
        [[ "$output" = "lowport-adopt: LISTEN_FDS: not a number; "* ]]
    done
    run activate tcp:127.0.0.1:79 -- /usr/bin/env LISTEN_FDS=9 "$ADOPT" true
    [ "$status" -eq 64 ]
    [[ "$output" == *"descriptor 4 is not open"* ]]
}

@test "options of PROGRAM are PROGRAM's, and argv[0] is as typed" {
    adopted tcp:127.0.0.1:79 -- sh -c 'tr "\0" "|" < /proc/$$/cmdline; exit 3' --version x
    [ "$status" -eq 3 ]
    [[ "$output" == "sh|-c|"*"|--version|x|" ]]
}

@test "PROGRAM is looked for in PATH, then in the sbin directories" {
    export PATH=/usr/bin:/bin
    adopted tcp:127.0.0.1:79 -- true
    [ "$status" -eq 0 ]
    run ! command -v named
    adopted tcp:127.0.0.1:79 -- named -v
    [ "$status" -eq 0 ]
    run -127 activate tcp:127.0.0.1:79 -- "$ADOPT" no-such-program
    [[ "$output" == "lowport-adopt: no-such-program: "* ]]
    adopted tcp:127.0.0.1:79 -- /etc/passwd
    [ "$status" -eq 126 ]
    [[ "$output" == "lowport-adopt: /etc/passwd: "* ]]
}

@test "a script without #! does not become a shell script" {
    script=$SCRATCH/script
    echo 'echo ran' > "$script"
    chmod 755 "$script"
    adopted tcp:127.0.0.1:79 -- "$script"
    [ "$status" -eq 126 ]
    [[ "$output" == *"#!"* ]]
}

@test "PROGRAM is an ordinary user without capabilities" {
    adopted tcp:127.0.0.1:79 -- grep -E '^(Uid|Cap)' /proc/self/status
    uid=$(id -u alice)
    [[ "${lines[0]}" == "Uid:"*"$uid"*"$uid"*"$uid"*"$uid" ]]
    [ "$(echo "$output" | grep -c '^Cap\(Inh\|Prm\|Eff\|Amb\):.0000000000000000$')" -eq 4 ]
}

@test "no LISTEN_* is left where everything was adopted" {
    adopted tcp:127.0.0.1:79 udp:127.0.0.1:79 -- env
    [ "$status" -eq 0 ]
    [[ "$output" != *LISTEN_* ]]
    [[ "$output" =~ LOWPORT_ADOPT=[0-9]+:[0-9]+,[0-9]+:[0-9]+$'\n' ]]
}

@test "the other handles follow each other from 3 and keep their names" {
    adopted file:zones:/etc/passwd tcp:127.0.0.1:79 file:log:/etc/group -- \
        sh -c 'echo $LISTEN_FDS $((LISTEN_PID - $$)) $LISTEN_FDNAMES; cmp /etc/passwd - <&3 &&
               cmp /etc/group - <&4 && ! [ -e /proc/self/fd/5 ] && echo right'
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "2 0 zones:log" ]
    [ "${lines[1]}" = right ]
}

@test "a handle without a name is called unknown" {
    adopted nameless file:zones:/etc/passwd tcp:127.0.0.1:79 -- sh -c 'echo $LISTEN_FDNAMES'
    [ "$output" = unknown ]
}

@test "a connected socket is not taken for a listener" {
    adopted tcp:127.0.0.1:79 connected: -- sh -c 'echo $LISTEN_FDS $LISTEN_FDNAMES'
    [ "$output" = "1 connected" ]
}

# limited SOFT HARD ITEM...: which descriptors are kept under these limits, and what PROGRAM's are.
limited() {
    needs_open_files "$2"
    run bash -c "ulimit -Sn $1 && ulimit -Hn $2 && exec \"\$@\"" - \
        "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" "${@:3}" -- \
        "$ADOPT" sh -c 'echo $LOWPORT_ADOPT | sed "s/:[0-9]*//g"; ulimit -Sn; ulimit -Hn'
    echo "$output"
}

@test "sockets are kept above the soft limit, which is put back" {
    limited 256 4096 {tcp,udp}:127.0.0.1:79
    [ "${lines[*]}" = "1024,1025 256 4096" ]
    limited 2000 4096 {tcp,udp}:127.0.0.1:79
    [ "${lines[*]}" = "2000,2001 2000 4096" ]
}

@test "where no number is above the soft limit, they are kept from 1024 on, or at the top" {
    limited 15000 15001 {tcp,udp}:127.0.0.1:79
    [ "${lines[*]}" = "1024,1025 15000 15001" ]
    limited 1024 1026 {tcp,udp}:127.0.0.1:79
    [ "${lines[*]}" = "1024,1025 1024 1026" ]
    limited 1024 1025 {tcp,udp}:127.0.0.1:79
    [ "${lines[*]}" = "1023,1024 1024 1025" ]
    limited 1024 1024 {tcp,udp}:127.0.0.1:79
    [ "${lines[*]}" = "1022,1023 1024 1024" ]
}

@test "sockets that fill the whole table stay where they are" {
    run bash -c 'ulimit -n 20 && exec "$@"' - "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" \
        {tcp,udp}:127.0.0.1:{70,71,72,73,74,75,76,77} -- "$ADOPT" printenv LOWPORT_ADOPT
    echo "$output"
    [ "$(tr , '\n' <<<"$output" | sed 's/:.*//' | sort -n | tr '\n' ' ')" = \
        "4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 " ]
}

@test "without room for the sockets it refuses" {
    not_under asan "there is no room to load its runtime library either"
    limited 6 6 tcp:127.0.0.1:79 file:zones:/etc/passwd udp:127.0.0.1:79
    [ "$status" -eq 71 ]
    [[ "$output" == "lowport-adopt: 2 sockets to keep: Too many open files; "*"ulimit -n"* ]]
}

@test "LD_PRELOAD of the user is kept, after ours" {
    not_under asan "its runtime library must be the first that is loaded"
    run env LD_PRELOAD=libpthread.so.0 "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" \
        tcp:127.0.0.1:79 -- "$ADOPT" sh -c 'echo $LD_PRELOAD'
    [ "$status" -eq 0 ]
    [[ "$output" =~ ^/.*/liblowport-adopt\.so:libpthread\.so\.0$ ]]
}

@test "a missing library is refused, with what to do" {
    library=$(activate tcp:127.0.0.1:79 -- "$ADOPT" sh -c 'echo $LD_PRELOAD')
    [ -e "$library" ]
    run unshare --mount sh -c 'mount -t tmpfs none "${0%/*}" && exec "$@"' "$library" \
        "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" tcp:127.0.0.1:79 -- "$ADOPT" true
    [ "$status" -eq 71 ]
    [[ "$output" == "lowport-adopt: $library: No such file or directory; "* ]]
}

@test "the library stands before bind(2) and what closes or marks descriptors, and before nothing that moves data" {
    run nm --dynamic --defined-only --format=just-symbols "$PREFIX/lib/lowportbind/liblowport-adopt.so"
    [ "$status" -eq 0 ]
    equal "$(sort <<<"$output" | tr '\n' ' ')" 'bind close close_range closefrom fcntl fcntl64 ioctl '
}

@test "I5: a fault takes none of the sockets away, and leaves none where it was" {
    local fault n
    [ "$VARIANT" != asan ] || skip "faults would hit the calls of the sanitizer's loader"
    needs_open_files 1100
    ulimit -Sn 1024
    for fault in getsockopt:error=EBADF getsockopt:retval=0 getsockname:retval=0 getpeername:retval=0 \
        close:retval=0 close:error=EIO fcntl:retval=1024 prlimit64:retval=0; do
        for ((n = 1; n <= 14; n++)); do
            # -D: the program keeps the id that LISTEN_PID names.
            run activate tcp:127.0.0.1:79 'tcp:[::1]:79' -- \
                "$(command -v strace)" -D -qq -o /dev/null -b execve -e "inject=$fault:when=$n" "$ADOPT" -- "$PROBE_DYNAMIC"
            if [ "$status" -eq 0 ]; then
                equal "$(probe_value fds)" '0 1 2 1024 1025' "$fault:when=$n"
                matches "$(probe_value rlimit.nofile)" '^1024:' "$fault:when=$n"
            else
                matches "$output" '^lowport-adopt: ' "$fault:when=$n"
            fi
        done
    done
}

@test "under another parent than lowportbind: a socket of systemd's" {
    command -v systemd-socket-activate >/dev/null || skip "systemd-socket-activate is not installed"
    spawn parent alice systemd-socket-activate -l 127.0.0.1:8079 -l "[::1]:8079" \
        "$ADOPT" "$TESTBIN/serve" tcp:127.0.0.1:8079 "tcp:[::1]:8079"
    wait_listening tcp 8079
    [ "$("$TESTBIN/ask" tcp:127.0.0.1:8079)" = tcp:127.0.0.1:8079 ]
    [ "$("$TESTBIN/ask" "tcp:[::1]:8079")" = "tcp:[::1]:8079" ]
}
