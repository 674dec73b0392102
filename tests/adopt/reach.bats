#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that no preload library can reach are recognised, and refused with what to do instead.
# flavours: setuid
# shellcheck disable=SC2154 # status, output are set by bats

load ../helper
load common

# unreachable PROGRAM PATTERN: refused in one line that names the file, and says why and what helps.
unreachable() {
    adopted tcp:127.0.0.1:79 -- "$1"
    [ "$status" -eq 126 ]
    [ "${#lines[@]}" -eq 1 ]
    # shellcheck disable=SC2053 # a pattern
    [[ "$output" == "lowport-adopt: "$2 ]]
}

# reachable PROGRAM: executed, and ends well.
reachable() {
    adopted tcp:127.0.0.1:79 -- "$1"
    [ "$status" -eq 0 ]
}

# copy MODE OWNER: /bin/true with other rights.
copy() {
    install -m "$1" -o "${2%:*}" -g "${2#*:}" /bin/true "$SCRATCH/copy"
}

@test "a static program" {
    unreachable "$PROBE" "$PROBE: a static program *--handoff listen-fds*lowportctl load*"
}

@test "a static program behind what confines it, or gives it its environment" {
    adopted tcp:127.0.0.1:79 -- "$PREFIX/bin/lowport-confine" --read /usr -- "$PROBE"
    equal "$status" 126
    matches "$output" "^lowport-adopt: $PROBE: a static program .*lowportctl load"
    adopted tcp:127.0.0.1:79 -- "$PREFIX/libexec/lowportbind/service-start" "$PREFIX/bin/lowport-confine" -- "$PROBE"
    equal "$status" 126
    matches "$output" "^lowport-adopt: $PROBE: a static program "
    # Where the options end cannot be told: left to what comes next.
    adopted tcp:127.0.0.1:79 -- "$PREFIX/bin/lowport-confine" --read / "$PROBE"
    equal "$(probe_value end)" probe
    adopted tcp:127.0.0.1:79 -- "$PREFIX/bin/lowport-confine" --read / -- "$SCRATCH/none"
    equal "$status" 127
    matches "$output" '^lowport-confine: .*/none: not found'
}

@test "a Go program, by its build note, even when dynamic" {
    unreachable "$BIN/go-note" "$BIN/go-note: a Go program *--handoff listen-fds*"
}

@test "a real Go program" {
    command -v direnv >/dev/null || skip "direnv, a small program in Go, is not installed"
    unreachable direnv "/usr/bin/direnv: a Go program *"
}

@test "a program with notes of a gigabyte is not read for minutes" {
    local header
    copy 0755 root:root
    header=$((64 + 56 * $(readelf -lW "$SCRATCH/copy" | awk '/^ +[A-Z_]+ +0x/ { if ($1 == "NOTE") { print n; exit } n++ }')))
    truncate -s 2G "$SCRATCH/copy"
    # p_offset is a mebibyte, which is behind what is written there, and p_filesz a gibibyte.
    printf '\0\0\20\0\0\0\0\0' | dd of="$SCRATCH/copy" bs=1 seek=$((header + 8)) conv=notrunc status=none
    printf '\0\0\0\100\0\0\0\0' | dd of="$SCRATCH/copy" bs=1 seek=$((header + 32)) conv=notrunc status=none
    readelf -lW "$SCRATCH/copy" | grep -q 'NOTE *0x100000 .* 0x40000000 '
    run timeout "$PATIENCE" "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" tcp:127.0.0.1:79 -- "$ADOPT" "$SCRATCH/copy"
    [ "$status" -eq 0 ]
}

@test "a program for another kind of machine" {
    copy 0755 root:root
    printf '\1' | dd of="$SCRATCH/copy" bs=1 seek=4 conv=notrunc status=none # EI_CLASS: 32 bits
    unreachable "$SCRATCH/copy" "$SCRATCH/copy: it is for another kind of machine *"
    copy 0755 root:root
    printf '\3' | dd of="$SCRATCH/copy" bs=1 seek=18 conv=notrunc status=none # e_machine: i386
    unreachable "$SCRATCH/copy" "$SCRATCH/copy: it is for another kind of machine *"
}

@test "a program of another C library" {
    local at
    copy 0755 root:root
    at=$(readelf -lW "$SCRATCH/copy" | awk '$1 == "INTERP" { print $2 }')
    printf '/lib/ld-musl-any.so.1\0' | dd of="$SCRATCH/copy" bs=1 seek=$((at)) conv=notrunc status=none
    unreachable "$SCRATCH/copy" "$SCRATCH/copy: a program of another C library, musl,*--handoff listen-fds*"
}

@test "a script is as reachable as its interpreter" {
    printf '#! %s -x\n' "$PROBE" >"$SCRATCH/script"
    printf '#!%s' "$SCRATCH/script" >"$SCRATCH/outer"
    chmod 755 "$SCRATCH/script" "$SCRATCH/outer"
    unreachable "$SCRATCH/script" "$SCRATCH/script: a static program *"
    unreachable "$SCRATCH/outer" "$SCRATCH/outer: a static program *"
    printf '#!/usr/bin/env true\n' >"$SCRATCH/script"
    reachable "$SCRATCH/script"
    printf '#!%s\n' "$SCRATCH/outer" >"$SCRATCH/outer"
    adopted tcp:127.0.0.1:79 -- "$SCRATCH/outer"
    [ "$status" -eq 126 ]
    [[ "$output" == *"Too many levels of symbolic links"* ]]
}

@test "a setuid or setgid program, unless it cannot gain by it" {
    copy 4755 bob:bob
    unreachable "$SCRATCH/copy" "$SCRATCH/copy: it is setuid or setgid*"
    copy 2755 bob:bob
    unreachable "$SCRATCH/copy" "$SCRATCH/copy: it is setuid or setgid*"
    copy 6755 alice:alice
    reachable "$SCRATCH/copy"
    copy 6755 bob:bob
    run setpriv --no-new-privs "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" tcp:127.0.0.1:79 -- \
        "$ADOPT" "$SCRATCH/copy"
    [ "$status" -eq 0 ]
    mount -t tmpfs -o nosuid none "$SCRATCH"
    copy 6755 bob:bob
    reachable "$SCRATCH/copy"
    umount "$SCRATCH"
}

@test "what is refused would indeed have had no library: the dynamic linker leaves it out" {
    install -m 4755 -o bob -g bob "$(command -v printenv)" "$SCRATCH/copy"
    run as alice env "LD_PRELOAD=$SCRATCH/no-such.so" "$SCRATCH/copy" LD_PRELOAD
    [ "$status" -eq 1 ]
    [ "$output" = "" ]
    chmod 0755 "$SCRATCH/copy"
    run as alice env "LD_PRELOAD=$SCRATCH/no-such.so" "$SCRATCH/copy" LD_PRELOAD
    [[ "$output" == *"$SCRATCH/no-such.so"* ]]
}

@test "a program with file capabilities, which count also where nothing may be gained" {
    copy 0755 root:root
    setcap cap_net_bind_service=ep "$SCRATCH/copy"
    unreachable "$SCRATCH/copy" "$SCRATCH/copy: it has file capabilities*setcap -r*"
    run setpriv --no-new-privs "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" tcp:127.0.0.1:79 -- \
        "$ADOPT" "$SCRATCH/copy"
    [ "$status" -eq 126 ]
    run as alice setpriv --no-new-privs env "LD_PRELOAD=$SCRATCH/no-such.so" "$SCRATCH/copy"
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
}

@test "a program that may be executed and not read is given the benefit of the doubt" {
    copy 0711 root:root
    reachable "$SCRATCH/copy"
}
