# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # status, output are set by bats, others used there
#
# Shared by the tests of lowport-run.

RUN=$PREFIX/sbin/lowport-run

# The places that services have on every machine, empty, for each test.
prepare()
{
	local place
	for place in /run /var/lib /var/log; do
		mount -t tmpfs -o mode=0755 tmpfs "$place"
	done
}

# entry LINE...: a service of alice's on port 79, which prints what it inherited.
entry()
{
	own <<-END
		[finger]
		ports   = tcp:79
		owner   = alice
		exec    = $PROBE
		$(printf '%s\n' "$@")
	END
}

# service USER ARGUMENT...
service()
{
	run_as "$1" "$RUN" "${@:2}"
}

# start [LINE...]: root starts the service with these keys.
start()
{
	entry "$@"
	service root finger
}

# declined STATUS PATTERN: the service was not started, and that is said in a line.
declined()
{
	equal "$status" "$1" "exit status" || return
	equal "$output" '' "standard output" || return
	equal "${#stderr_lines[@]}" 1 "number of lines on standard error" || return
	matches "$stderr" '^lowport-run: ' || return
	matches "$stderr" "$2" || return
	port_free tcp 79
}

# mine DIRECTORY: one that belongs to alice.
mine()
{
	mkdir -p "$1"
	chown alice: "$1"
	chmod 0755 "$1"
}
