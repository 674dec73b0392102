# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # set by run and common.bash
#
# --reuse-port N: workers that accept connections, each from a socket of its own, or all from one.

measure_reuse_port()
{
	local count

	printf '[www]\nports = tcp:91-99\naddress = 127.0.0.1\nowner = alice\n' | own
	for count in 1 2 4; do
		serves "$count workers, one socket" $((90 + count)) alice \
			"$LPB" "tcp:127.0.0.1:$((90 + count))" -- "$BIN/workers" $((90 + count)) "$count"
		serves "$count workers, --reuse-port $count" $((95 + count)) alice \
			"$LPB" --reuse-port "$count" "tcp:127.0.0.1:$((95 + count))" -- "$BIN/workers" $((95 + count)) "$count"
		record ratio reuse-port "$count workers, one socket" 'one socket' "$count workers, one socket"
		record ratio reuse-port "$count workers, --reuse-port $count" 'one socket' "$count workers, one socket"
	done
	record readme reuse-port '4 workers, --reuse-port 4' 'one socket' \
		'connections a second of 4 workers with --reuse-port 4, to one socket for all'
	ask_in_turns reuse-port $(((ROUNDS + 9) / 10)) 64 4000
	end_served
}
