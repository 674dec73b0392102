# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # status, output are set by bats, others used there
#
# Shared by the tests of lowport-accept: start it, and be its clients.

ACCEPT=$PREFIX/bin/lowport-accept

prepare()
{
	own <<-'END'
		[finger]
		ports   = tcp:79
		owner   = alice
		handoff = accept
	END
}

# ready: lowport-accept has found its program, and waits for connections and signals. The sockets that it is handed
# listen before it is executed.
ready()
{
	[ -n "$(find "/proc/$(pid_of accept)/fd" -lname '*eventpoll*')" ]
}

# serve [OPTION...] PROGRAM...: on port 79, by the section's handoff.
serve()
{
	spawn accept alice "$LPB" tcp:79 -- "$@"
	wait_for ready || fail "$(cat "$SCRATCH/accept.err")"
}

# activated ITEM... -- COMMAND...: handed over without the launcher, as a user's own parent would.
activated()
{
	spawn accept root "$BIN/activate" "$ALICE:$ALICE" listen "$@"
	wait_for ready || fail "$(cat "$SCRATCH/accept.err")"
}

# ask [ADDRESS [SOCAT-OPTION...]]: what the service says, as in bats' run.
ask()
{
	local address=${1-127.0.0.1}
	[ $# -eq 0 ] || shift
	run socat "-t$PATIENCE" "-T$PATIENCE" - "TCP:$address:79$(printf ',%s' "$@")" </dev/null
}

# is_reset [ADDRESS]: a connection is, without an answer.
is_reset()
{
	run "$BIN/load" "${1-127.0.0.1}" 79 1 1
	matches "$output" '^answered=0 reset=1 failed=0 '
}

# dial NAME [ADDRESS]: a connection that stays; its descriptor is in the variable NAME.
dial()
{
	local -n dialled=$1
	exec {dialled}<>"/dev/tcp/${2-127.0.0.1}/79"
}

# hang_up FD...
hang_up()
{
	local fd
	for fd; do
		exec {fd}>&-
	done
}

# hears FD TEXT: the next line of a connection.
hears()
{
	local line
	read -r -t "$PATIENCE" -u "$1" line || fail "nothing came by descriptor $1"
	equal "$line" "$2" "the line of descriptor $1"
}

# children: how many processes lowport-accept has, ended ones included.
children()
{
	local list
	list=$(cat "/proc/$(pid_of accept)/task/$(pid_of accept)/children")
	wc -w <<<"$list"
}

has_children()
{
	[ "$(children)" -eq "$1" ]
}

# waiting N [PORT]: so many connections are in the backlog.
waiting()
{
	[ "$(ss -Hltn "sport = :${2-79}" | awk '{ n += $2 } END { print n }')" = "$1" ]
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# said PATTERN: lowport-accept said this, once.
said()
{
	equal "$(grep -cE "^lowport-accept: $1" "$SCRATCH/accept.err")" 1 \
		"how often it said '$1' ($(cat "$SCRATCH/accept.err"))"
}
