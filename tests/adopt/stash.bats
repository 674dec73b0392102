#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The text of LOWPORT_ADOPT.
# flavours: setuid
# shellcheck disable=SC2101,SC2154 # [::] is an address; status, output, said, server are set elsewhere

@test "LOWPORT_ADOPT is read whole or not at all, and written as it is read" {
    run "$TESTBIN/stash-table"
    echo "$output"
    [ "$status" -eq 0 ]
}
