# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # status, output are set by bats, others used there
#
# Shared by the tests of lowport-adopt: start something under it, wait until it serves, ask it.

ADOPT=/opt/lowportbind/bin/lowport-adopt

# addresses: what the wildcard of this namespace covers, besides 127.0.0.1 and ::1.
addresses() {
    ip addr add 192.0.2.1/24 dev lo
    ip addr add 2001:db8::1/128 dev lo nodad
    ip addr add fe80::1/64 dev lo nodad
}

# activate ITEM... -- PROGRAM...: PROGRAM is handed the sockets, as the ordinary user alice.
activate() {
    "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" "$@"
}

# adopted ITEM... -- [OPTION...] PROGRAM...: lowport-adopt, as it ends, with its output.
adopted() {
    local items=()
    while [ "$1" != -- ]; do
        items+=("$1")
        shift
    done
    shift
    run activate "${items[@]}" -- "$ADOPT" "$@"
    echo "status $status: $output"
}

# start ITEM... -- PROGRAM...: in the background; the program is $server, and what it says is read
# through descriptor 7.
start() {
    local items=()
    while [ "$1" != -- ]; do
        items+=("$1")
        shift
    done
    shift
    rm -f "$SCRATCH/said"
    mkfifo "$SCRATCH/said"
    exec 7<>"$SCRATCH/said"
    # exec, so that the job is the program itself and not a shell that waits for it.
    (exec "$TESTBIN/activate" "$(id -u alice):$(id -g alice)" "${items[@]}" -- "$ADOPT" -- "$@") \
        >&7 2>&1 &
    server=$!
}

# await ENDING: reads on to a line with that ending; the lines before it are left in $said. Twice
# the patience is for a loaded machine.
await() {
    local line
    said=
    while read -r -t $((2 * PATIENCE)) -u 7 line; do
        [[ "$line" != *"$1" ]] || return 0
        said+="$line"$'\n'
    done
    echo "no '$1' came; it said: $said"
    return 1
}

# serve ITEM... -- PLACE...: serve.c, ready, and without a complaint.
serve() {
    local items=()
    while [ "$1" != -- ]; do
        items+=("$1")
        shift
    done
    shift
    start "${items[@]}" -- "$TESTBIN/serve" "$@"
    served
}

# served: serve.c is ready and had every place it wanted.
served() {
    await ready
    [ -z "$said" ] || {
        echo "it said: $said"
        return 1
    }
}

# stop: ends what start started, and what that started.
stop() {
    local children=() child
    if [ -n "${server-}" ]; then
        mapfile -t children < <(pgrep -P "$server")
        kill "${children[@]}" "$server" 2>/dev/null || true
        wait "$server" || true
        for child in "${children[@]}"; do
            wait_for ended "$child"
        done
    fi
    server=
}

# ended ID: if nobody has asked for its status, it counts for nothing.
ended() {
    ! grep -qs "^State:.[^Z]" "/proc/$1/status"
}

# answers PLACE [SOURCE] EXPECTED
answers() {
    local expected="${!#}" found options=()
    [ "$expected" != silence ] || options=(--silence)
    found=$("$TESTBIN/ask" "${options[@]}" "${@:1:$#-1}")
    [ "$found" = "$expected" ] || {
        echo "$1: '$found', not '$expected'"
        return 1
    }
}

teardown() {
    stop
    end_all
}
