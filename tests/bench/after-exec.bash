# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # set by run and common.bash
#
# What is left of a launcher once the daemon runs: nothing. The same daemon, started in three ways, answers 200,000
# requests in slices, which take turns. A second one started by root says what the noise is. On a busy machine the
# rate is mostly noise; the processor time that the daemon takes for a request is less so.

measure_after_exec()
{
	local name

	printf '[www]\nports = tcp:81-82\naddress = 127.0.0.1\nowner = alice\n' | own
	serves 'by root' 83 root "$BIN/workers" 83 1
	serves 'by root, again' 84 root "$BIN/workers" 84 1
	serves 'lowportbind' 81 alice "$LPB" tcp:127.0.0.1:81 -- "$BIN/workers" 81 1
	serves 'lowportbind --adopt' 82 alice "$LPB" --adopt tcp:127.0.0.1:82 -- "$BIN/workers" 82 1
	for name in "${names[@]}"; do
		record ratio after-exec "$name" 'by root' 'by root'
		record ratio after-exec "$name" 'by root, CPU' 'by root' 'CPU us'
	done
	record readme after-exec lowportbind 'by root' 'requests a second after a start by lowportbind, to one by root'
	record readme after-exec 'lowportbind --adopt' 'by root' 'requests a second after lowportbind --adopt, to one by root'
	record readme after-exec 'by root, again' 'by root' 'the same after another start by root: the noise'
	ask_in_turns after-exec $(((ROUNDS + 4) / 5)) 16 2000
	end_served
	for name in "${names[@]:1}"; do
		note "after-exec, slice by slice, of the same started by root: $name" \
			"$(paired_ratios after-exec requests/s "$name" 'by root' | spread) requests;" \
			"$(paired_ratios after-exec 'CPU us' "$name" 'by root' | spread) CPU time"
	done
}
