# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # what tests/faults/sweep and tests/helper.bash share with it
#
# For tests/faults/sweep: what may come of a start that has a fault, R or C of HAZARDS, and nothing between.

# Who has a word in a start before the daemon.
SPEAKERS='lowportbind|lowport-adopt'

# Each LINE warns of an ownership file.
warn()
{
	local line
	for line; do
		[[ $line =~ ^($SPEAKERS):\ /etc/lowportbind\.(conf|d) ]] || return
	done
}

# R: nothing was executed, and the last line is a message of the launcher or of the program
# that it executes before the daemon.
is_refused()
{
	[[ $status != hangs && $status -gt 0 && $status -lt 128 && -z $output && -n $stderr ]] || return
	warn "${stderr_lines[@]:0:${#stderr_lines[@]}-1}" || return
	[[ ${stderr_lines[-1]} =~ ^($SPEAKERS):\ . ]]
}

# C: the report is to the letter the one of a start without a fault, which is_as_asked() has judged.
is_clean()
{
	[ "$status" = 0 ] && [ "$report" = "$BASELINE" ] && warn "${stderr_lines[@]}"
}

# What a socket is, for each but the standard descriptors, which an unmodified daemon is not given.
sockets_of()
{
	sed -nE 's/^fd\.[0-9]+=(socket .*)/\1/p' <<<"$1" | sort
}

# is_less FAULT: C too, with the one socket for IPv4 alone where the kernel says that it has no IPv6, or without
# it where an address that was to be adopted has gone meanwhile.
is_less()
{
	local missing more
	[[ $1 =~ ^error=(EAFNOSUPPORT|EADDRNOTAVAIL)$ && $status = 0 && -z $stderr ]] || return
	clean "$OWNER" "$(probe_value fds)" >/dev/null || return
	[ "$(grep -vE '^(fds=|fd\..*=socket |env.LOWPORT_ADOPT=)' <<<"$BASELINE")" = \
		"$(grep -vE '^(fds=|fd\..*=socket |env.LOWPORT_ADOPT=)' <<<"$report")" ] || return
	missing=$(comm -23 <(sockets_of "$BASELINE") <(sockets_of "$report"))
	more=$(comm -13 <(sockets_of "$BASELINE") <(sockets_of "$report"))
	[ "$(wc -l <<<"$missing")" -eq 1 ] || return
	[ -z "$more" ] && [[ $report = *LOWPORT_ADOPT* ]] && return
	[ "$more" = "$(sed -E 's/inet6/inet/; s/\[::\](:[0-9]+) v6only=0/0.0.0.0\1/' <<<"$missing")" ]
}

# Before main() nobody but the loader can speak, and it may also be ended by a signal.
is_not_loaded()
{
	[[ $status != hangs && $status -gt 0 && -z $output ]] && { [ -n "$stderr" ] || [ "$status" -gt 128 ]; }
}

# judge FAULT PHASE: WRONG says what is wrong, or nothing. PHASE: main, or loading.
judge()
{
	wrong=
	if [ "$1" = signal=KILL ]; then
		[ "$status$output$stderr" = 137 ] || wrong="killed, it ends with $status, $stderr"
	elif ! is_clean && ! is_refused && ! is_less "$1" && { [ "$2" != loading ] || ! is_not_loaded; }; then
		wrong="neither refused nor clean: status $status, ${stderr:-silence}; $(differences)"
	fi
}

differences()
{
	diff <(echo "$BASELINE") <(echo "$report") | grep '^[<>]' | head -n 4 | cut -c1-100
}

# judge_change OUTCOME OUTCOME: what came of it is what either the file before or the one after says. A
# file that is written in place, and a directory, may also be caught between the two, and refused.
judge_change()
{
	wrong=
	[ "$(outcome)" = "$1" ] || [ "$(outcome)" = "$2" ] ||
		{ [[ $change =~ written|folder ]] && [ "$status" = 78 ] && is_refused; } ||
		wrong="neither what was there nor what is: status $status, ${stderr:-silence}; $(differences)"
}

outcome()
{
	printf '%s\n' "$status" "$stderr" "$report"
}

# What is pid 1 here is the worker itself.
is_alone()
{
	local processes=(/proc/[1-9]*)
	[ "${processes[*]}" = /proc/1 ]
}

# No process is left that could hold a port, and none is held.
nothing_left()
{
	local file lines
	[ "$status" != hangs ] || wait_for is_alone
	is_alone || wrong+=" a process is left"
	for file in tcp tcp6 udp udp6; do
		mapfile -t lines <"/proc/net/$file"
		[ "${#lines[@]}" -eq 1 ] || wrong+=" a port is left: ${lines[*]:1}"
	done
}

# is_as_asked START USER: a start without a fault.
is_as_asked()
{
	local fds
	case $1 in
	one) fds='0 1 2 3' ;;
	three) fds='0 1 2 3 4 5' ;;
	adopt) fds='0 1 2 1024 1025 1026 1027 1028 1029' ;;
	stdin) fds='0 1 2' ;;
	esac
	granted && clean "$2" "$fds" && case $1 in
	one) socket 3 'type=stream .*local=\[::\]:53 v6only=0 listening=1' ;;
	three)
		socket 3 'type=stream .*local=\[::\]:53 v6only=0 listening=1' &&
			socket 4 'type=dgram .*local=\[::\]:53 v6only=0' &&
			socket 5 'type=stream .*local=\[::\]:80 v6only=0 listening=1' ;;
	adopt)
		socket 1024 'local=127.0.0.1:53 listening=0' &&
			socket 1025 'local=\[::ffff:127.0.0.1\]:53 v6only=0 listening=0' &&
			socket 1026 'local=\[::1\]:53 v6only=1 listening=0' &&
			socket 1027 'local=0.0.0.0:53 listening=0' &&
			socket 1028 'local=\[::\]:53 v6only=1 listening=0' &&
			socket 1029 'local=\[::\]:53 v6only=0 listening=0' ;;
	stdin) socket 0 'type=stream .*local=\[::\]:53 v6only=0 listening=1' ;;
	esac
}
