#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What is in conf/init starts, reports, restarts and stops a service, and the process that it knows is the service's.
# flavours: setuid
# shellcheck disable=SC2030,SC2031,SC2154 # output, status are set by bats' run, for each test

load ../helper
load common

# put FILE PLACE: of conf/init, for where the programs are installed here.
put()
{
	mkdir -p "$(dirname "$2")"
	sed -e "s|/usr/sbin/lowport-run|$RUN|" -e "s|/usr/bin/lowport|$PREFIX/bin/lowport|" "$srcdir/conf/init/$1" >"$2"
	chmod 0755 "$2"
}

needs()
{
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# The service is no child of the test's, and may have left its process.
teardown()
{
	pkill -KILL -u alice || :
	end_all
}

# program COMMAND: what the service starts.
program()
{
	entry
	sed -i "s|^exec.*|exec = $1|" "$CONF"
}

waiting_service()
{
	program "$PROBE --pause"
}

# hostile_service: one that is taken for what goes before it, ends, and would have root's terminal do something.
hostile_service()
{
	cat >"$SCRATCH/hostile" <<-'END'
		printf '%04000d\nowned\033[2J\\033[2J' 0 >&2
		exit 1
	END
	cp /bin/sh "$SCRATCH/lowport-adopt"
	program "$SCRATCH/lowport-adopt $SCRATCH/hostile"
}

# serves PID: that process is the service, alice's, and listens.
serves()
{
	wait_listening tcp 79 || return
	wait_for runs "$1" "$PROBE" || fail "process $1: $(readlink "/proc/$1/exe")" || return
	equal "$(stat -c %U "/proc/$1")" alice "whose process $1 is"
}

is_free()
{
	[ ! -e "/proc/$1" ] && ! listening tcp 79
}

@test "sysvinit: start, status, restart, stop" {
	needs start-stop-daemon
	waiting_service
	put sysvinit /etc/init.d/finger
	run /etc/init.d/finger status
	equal "$status" 3
	run --separate-stderr /etc/init.d/finger start 3>&-
	equal "$status" 0
	first=$(cat /run/finger.pid)
	serves "$first"
	run --separate-stderr /etc/init.d/finger start 3>&-
	equal "$status $(cat /run/finger.pid)" "0 $first"
	run /etc/init.d/finger status
	equal "$status" 0
	matches "$output" "finger is running, process $first"
	run --separate-stderr /etc/init.d/finger restart 3>&-
	equal "$status" 0
	is_free "$first" || [ "$first" != "$(cat /run/finger.pid)" ]
	serves "$(cat /run/finger.pid)"
	first=$(cat /run/finger.pid)
	run --separate-stderr /etc/init.d/finger stop
	equal "$status" 0
	is_free "$first"
	run --separate-stderr /etc/init.d/finger stop
	equal "$status" 0
	run /etc/init.d/finger try-restart
	equal "$status" 0
	is_free "$first"
	run /etc/init.d/finger
	equal "$status" 2
}

@test "sysvinit: a start that fails is a failure, and says why; a link of a runlevel is the same service" {
	needs start-stop-daemon
	waiting_service
	put sysvinit /etc/init.d/finger
	mkdir -p /etc/rc2.d
	ln -s ../init.d/finger /etc/rc2.d/S01finger
	"$BIN/hold" tcp :: 79 reuseaddr pause 3>&- 4>&- &
	wait_listening tcp 79
	run --separate-stderr /etc/rc2.d/S01finger start 3>&-
	kill $!
	wait $! || :
	equal "$status" 1
	matches "$stderr" 'tcp:79: cannot be bound: Address already in use'
	hostile_service
	run --separate-stderr /etc/rc2.d/S01finger start 3>&-
	equal "$status" 1
	matches "$stderr" 'owned\^\[\[2J'
	lacks "$stderr" $'\e'
	matches "$stderr" '\\033\[2J'
	echo junk >>"$CONF"
	run --separate-stderr /etc/rc2.d/S01finger start 3>&-
	equal "$status" 1
	matches "$stderr" 'lowportbind.conf:[0-9]+: not a comment'
}

# booted: as OpenRC has left the machine, with the service in it.
booted()
{
	mkdir -p /run/openrc/{daemons,exclusive,failed,hotplugged,inactive,options,scheduled} /etc/runlevels/default \
		/run/openrc/{started,starting,stopped,stopping,tmp,wasinactive}
	touch /run/openrc/softlevel
	put openrc /etc/init.d/finger
}

@test "OpenRC: start, status, restart, stop" {
	needs openrc-run
	waiting_service
	booted
	run rc-service finger start 3>&-
	equal "$status" 0
	first=$(cat /run/finger.pid)
	serves "$first"
	run rc-service finger status
	equal "$status" 0
	matches "$output" started
	run rc-service finger restart 3>&-
	equal "$status" 0
	[ "$first" != "$(cat /run/finger.pid)" ]
	first=$(cat /run/finger.pid)
	serves "$first"
	run rc-service finger stop
	equal "$status" 0
	is_free "$first"
	hostile_service
	run rc-service finger start 3>&-
	[ "$status" -ne 0 ]
	matches "$output" 'owned\^\[\[2J'
	lacks "$output" $'\e\\[2J'
	echo junk >>"$CONF"
	run rc-service finger start 3>&-
	[ "$status" -ne 0 ]
	matches "$output" 'lowportbind.conf:[0-9]+: not a comment'
}

# The shell waits for the first look at it, and a look at its program ends when it is a shell no longer.
@test "OpenRC: a process that changes while it is looked at is not taken for the service" {
	needs openrc-run
	hostile_service
	booted
	cat >"$SCRATCH/slow" <<-END
		tr()
		{
		    command tr "\$@"
		    : >$SCRATCH/seen
		}
		readlink()
		{
		    program=\$(command readlink "\$1")
		    [ "\$program" != $(readlink -f /bin/sh) ] || : >$SCRATCH/seen
		    while [ "\$program" = $(readlink -f /bin/sh) ] && grep -q await= "\${1%exe}cmdline"; do :; done
		    echo "\$program"
		}
	END
	sed -i -e "s|\"exec |\"await=; until [ -e $SCRATCH/seen ]; do :; done; exec |" -e "1r $SCRATCH/slow" /etc/init.d/finger
	run rc-service finger start 3>&-
	[ "$status" -ne 0 ]
	matches "$output" 'owned'
}

# As OpenRC's own does, which Debian leaves out.
@test "OpenRC: a start-stop-daemon that ends before its child has written the pid" {
	needs openrc-run
	waiting_service
	booted
	cat >"$SCRATCH/early" <<-'END'
		#!/bin/bash
		{ while [ -e /proc/$$ ]; do :; done; exec start-stop-daemon "$@"; } &
	END
	chmod 0755 "$SCRATCH/early"
	sed -i "s|start-stop-daemon --start|$SCRATCH/early --start|" /etc/init.d/finger
	run rc-service finger start 3>&-
	equal "$status" 0
	serves "$(cat /run/finger.pid)"
	run rc-service finger status
	equal "$status" 0
	run rc-service finger stop
	equal "$status" 0
	port_free tcp 79
}

# What stays lowport-accept is the service.
accepting_service()
{
	entry 'handoff = accept'
	sed -i 's|^exec.*|exec = /bin/cat|' "$CONF"
}

# echoes: the service is there, and has alice's program for a connection.
echoes()
{
	wait_listening tcp 79 || return
	equal "$(socat "-t$PATIENCE" - TCP:127.0.0.1:79 <<<served)" served || return
	equal "$(stat -c %U "/proc/$(cat /run/finger.pid)")" alice
}

@test "sysvinit: a service with lowport-accept starts and stops" {
	needs start-stop-daemon
	accepting_service
	put sysvinit /etc/init.d/finger
	run --separate-stderr /etc/init.d/finger start 3>&-
	equal "$status" 0
	echoes
	run --separate-stderr /etc/init.d/finger stop
	equal "$status" 0
	port_free tcp 79
}

@test "OpenRC: a service with lowport-accept starts and stops" {
	needs openrc-run
	accepting_service
	booted
	run rc-service finger start 3>&-
	equal "$status" 0
	echoes
	run rc-service finger stop
	equal "$status" 0
	port_free tcp 79
}

# sysvinit, openrc: the service by its script, for the tests that both have to pass; script ACTION.
sysvinit()
{
	needs start-stop-daemon
	put sysvinit /etc/init.d/finger
	script=(/etc/init.d/finger)
}

openrc()
{
	needs openrc-run
	booted
	script=(rc-service finger)
}

script()
{
	run --separate-stderr "${script[@]}" "$1" 3>&-
	said=$output$stderr
}

# What ends at once is called lowport-adopt: one that a script saw running would have started.
as_lowport_adopt()
{
	cp "$1" "$SCRATCH/lowport-adopt"
}

# daemon: one that leaves its process.
daemon()
{
	as_lowport_adopt /bin/sh
	cat >"$SCRATCH/daemon" <<-END
		#!$SCRATCH/lowport-adopt
		sleep 1000 &
		echo \$! >$SCRATCH/left
	END
	chmod 0755 "$SCRATCH/daemon"
	program "$SCRATCH/daemon"
}

# A program that has ended left a line of an earlier start to be shown as its own.
says_what_has_ended()
{
	"$BIN/hold" tcp :: 79 reuseaddr pause 3>&- 4>&- &
	wait_listening tcp 79
	as_lowport_adopt /bin/true
	program "$SCRATCH/lowport-adopt"
	script start
	kill $!
	wait $! || :
	matches "$said" 'already in use' || return
	script start
	[ "$status" -ne 0 ] || fail "it was started" || return
	lacks "$said" 'already in use' || return
	matches "$said" 'has ended at once; what is started has to stay in the foreground' || return
	daemon
	script start
	kill -KILL "$(cat "$SCRATCH/left")"
	[ "$status" -ne 0 ] || fail "it was started" || return
	matches "$said" 'has to stay in the foreground'
}

@test "sysvinit: what has ended at once is said to have, and nothing of an earlier start" {
	sysvinit
	says_what_has_ended
}

@test "OpenRC: what has ended at once is said to have, and nothing of an earlier start" {
	openrc
	says_what_has_ended
}

# As a daemon that finds a fault in its configuration, once it has been seen.
notices_a_short_life()
{
	cat >"$SCRATCH/between" <<-END
		is_seen()
		{
		    [ "\$(readlink "/proc/\$(cat /run/finger.pid)/exe")" = "$(readlink -f /bin/cat)" ]
		}
		sleep()
		{
		    if is_seen; then
		        : >$SCRATCH/look
		        while is_seen; do :; done
		    fi
		    command sleep "\$1"
		}
	END
	sed -i "1r $SCRATCH/between" /etc/init.d/finger
	mkfifo -m 0666 "$SCRATCH/look"
	program "/bin/cat $SCRATCH/look"
	script start
	[ "$status" -ne 0 ] || fail "it was started" || return
	matches "$said" 'has ended at once'
}

@test "sysvinit: a service that ends when it has hardly begun was not started" {
	sysvinit
	notices_a_short_life
}

@test "OpenRC: a service that ends when it has hardly begun was not started" {
	openrc
	notices_a_short_life
}

# What would go on behind the back of a script that has given it up holds the port.
gives_up_whole()
{
	sed -i 's/-lt [0-9]*/-lt 3/' /etc/init.d/finger
	as_lowport_adopt /bin/sleep
	program "$SCRATCH/lowport-adopt 1000"
	script start
	[ "$status" -ne 0 ] || fail "it was started" || return
	matches "$said" 'it has not come to its program in 30 seconds, and is stopped' || return
	[ ! -e /run/finger.pid ] || fail "a pid file is left" || return
	port_free tcp 79
}

@test "sysvinit: a start that takes too long is stopped" {
	sysvinit
	gives_up_whole
}

@test "OpenRC: a start that takes too long is stopped" {
	openrc
	gives_up_whole
}

# A program may have a name like those that come before it.
starts_its_like()
{
	cp /bin/sleep "$SCRATCH/lowport-exporter"
	program "$SCRATCH/lowport-exporter 1000"
	script start
	equal "$status" 0 || return
	script stop
	port_free tcp 79
}

@test "sysvinit: a program called lowport-exporter is a service" {
	sysvinit
	starts_its_like
}

@test "OpenRC: a program called lowport-exporter is a service" {
	openrc
	starts_its_like
}

# The number of a service that has ended may be another process by now.
knows_its_own()
{
	local other
	waiting_service
	script start
	equal "$status" 0 || return
	serves "$(cat /run/finger.pid)" || return
	kill -KILL "$(cat /run/finger.pid)"
	wait_for is_free "$(cat /run/finger.pid)"
	sleep 1000 3>&- 4>&- &
	other=$!
	echo "$other" >/run/finger.pid
	script status
	[ "$status" -ne 0 ] || fail "it is not the service that is running" || return
	script restart
	equal "$status" 0 || return
	serves "$(cat /run/finger.pid)" || return
	script status
	equal "$status" 0 || return
	kill -KILL "$(cat /run/finger.pid)"
	wait_for is_free "$(cat /run/finger.pid)"
	echo "$other" >/run/finger.pid
	script stop
	equal "$status" 0 || return
	[ ! -e /run/finger.pid ] || fail "a pid file is left" || return
	kill "$other" || fail "another process was stopped" || return
	wait "$other" || :
}

@test "sysvinit: a process that has the number of a service that has ended is not the service" {
	sysvinit
	knows_its_own
}

@test "OpenRC: a process that has the number of a service that has ended is not the service" {
	openrc
	knows_its_own
}

# What a service says stays where it is looked for, and what it said before, too.
keeps_what_is_said()
{
	printf '#!/bin/sh\necho out\necho err >&2\nexec sleep 1000\n' >"$SCRATCH/talker"
	chmod 0755 "$SCRATCH/talker"
	program "$SCRATCH/talker"
	script start
	equal "$status" 0 || return
	script restart
	equal "$status" 0 || return
	wait_for said_twice || fail "$(cat /var/log/finger.out)"
}

said_twice()
{
	[ "$(sort /var/log/finger.out | tr '\n' ' ')" = 'err err out out ' ]
}

@test "sysvinit: what the service says is in its log, start after start" {
	sysvinit
	keeps_what_is_said
}

@test "OpenRC: what the service says is in its log, start after start" {
	openrc
	keeps_what_is_said
}

# What could not be started again is not stopped for a restart.
checks_before_it_stops()
{
	local first
	waiting_service
	script start
	equal "$status" 0 || return
	first=$(cat /run/finger.pid)
	serves "$first" || return
	echo junk >>"$CONF"
	script restart
	[ "$status" -ne 0 ] || fail "it was restarted" || return
	matches "$said" 'lowportbind.conf:[0-9]+: not a comment' || return
	serves "$first" || return
	script status
	equal "$status" 0 || return
	script stop
	equal "$status" 0
}

@test "sysvinit: a restart with a broken file leaves the service as it is" {
	sysvinit
	checks_before_it_stops
}

@test "OpenRC: a restart with a broken file leaves the service as it is" {
	openrc
	checks_before_it_stops
}

@test "OpenRC: a service that has ended is reported, and can be started again" {
	openrc
	waiting_service
	script start
	equal "$status" 0
	serves "$(cat /run/finger.pid)"
	kill -KILL "$(cat /run/finger.pid)"
	wait_for is_free "$(cat /run/finger.pid)"
	script status
	equal "$status" 32
	matches "$said" 'status: crashed'
	script restart
	equal "$status" 0
	serves "$(cat /run/finger.pid)"
	script stop
	equal "$status" 0
}

@test "runit: start, status, restart, stop" {
	needs runsv
	waiting_service
	put runit/run /etc/sv/finger/run
	spawn runsv root runsv /etc/sv/finger
	wait_for sv status /etc/sv/finger
	wait_listening tcp 79
	first=$(cat /etc/sv/finger/supervise/pid)
	serves "$first"
	run sv status /etc/sv/finger
	matches "$output" "^run: /etc/sv/finger: \\(pid $first\\)"
	run sv -w "$PATIENCE" restart /etc/sv/finger
	equal "$status" 0
	wait_listening tcp 79
	[ "$first" != "$(cat /etc/sv/finger/supervise/pid)" ]
	first=$(cat /etc/sv/finger/supervise/pid)
	serves "$first"
	run sv -w "$PATIENCE" stop /etc/sv/finger
	equal "$status" 0
	is_free "$first"
	sv exit /etc/sv/finger
}

@test "s6: start, status, restart, stop" {
	needs s6-supervise
	waiting_service
	put s6/run /run/service/finger/run
	spawn s6 root s6-supervise /run/service/finger
	wait_for s6-svok /run/service/finger
	wait_listening tcp 79
	first=$(s6-svstat -o pid /run/service/finger)
	serves "$first"
	s6-svc -wr -T $((PATIENCE * 1000)) -r /run/service/finger
	wait_listening tcp 79
	[ "$first" != "$(s6-svstat -o pid /run/service/finger)" ]
	first=$(s6-svstat -o pid /run/service/finger)
	serves "$first"
	s6-svc -wD -T $((PATIENCE * 1000)) -d /run/service/finger
	is_free "$first"
	s6-svc -xd /run/service/finger
}

@test "systemd: the units are in order" {
	needs systemd-analyze
	for unit in lowport@.service finger.service finger.socket; do
		put "systemd/$unit" "$SCRATCH/$unit"
		chmod 0644 "$SCRATCH/$unit"
		sed -i 's|/usr/sbin/in.fingerd|/bin/true|' "$SCRATCH/$unit"
	done
	cp "$SCRATCH/lowport@.service" "$SCRATCH/lowport@finger.service"
	run env SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$SCRATCH"/lowport@finger.service \
		"$SCRATCH"/finger.socket "$SCRATCH"/finger.service
	lacks "$output" "$SCRATCH"
	equal "$status" 0
}

# The capabilities that the unit leaves to the start.
bounded()
{
	local names
	names=$(sed -n 's/^CapabilityBoundingSet=//p' "$srcdir/conf/init/systemd/lowport@.service" | tr 'A-Z\n' 'a-z ' | sed 's/cap_//g')
	names=${names% }
	setpriv --bounding-set "-all,+${names// /,+}" "$@"
}

@test "systemd: the capabilities of the unit are enough" {
	needs_open_files 2000
	mine /var/lib/jail
	cp "$PROBE" /var/lib/jail/probe
	mkdir -m 0700 /var/log/closed
	install -m 0600 /dev/null /var/log/closed/log
	entry 'runtime-directory = finger' 'listen = a=unix:/run/a b=unix:/run/finger/b' 'open = log=append:/var/log/closed/log' \
		'chroot = /var/lib/jail' 'nice = -5' 'limit-nofile = 2000'
	sed -i 's|^exec.*|exec = /probe|' "$CONF"
	as_the_unit() { run --separate-stderr bash -c "$(declare -f bounded); srcdir=$srcdir; bounded \"\$@\"" - "$RUN" "$@" finger </dev/null; }
	as_the_unit --dry-run
	equal "$status" 0
	as_the_unit
	granted
	clean alice '0 1 2 3 4 5 6'
}

# ftp_line: the service of inetd or xinetd, with a port and a program for this test.
ftp_line()
{
	sed -e "s|/usr/bin/lowportbind|$LPB|" -e "s|/usr/sbin/my-ftpd|$PROBE|" -e "s|\\<ftp\\>|alice|g" \
		"$srcdir/conf/init/$1" | sed -e 's/^alice stream/2121 stream/' -e 's/^service alice/service test/'
	own <<-'END'
		[data]
		ports = tcp:20
		owner = alice
	END
}

@test "inetd: the line starts the program with the connection and the port, clean" {
	needs inetd
	ftp_line inetd.conf >"$SCRATCH/inetd.conf"
	spawn inetd root inetd -i "$SCRATCH/inetd.conf"
	wait_listening tcp 2121
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP4:127.0.0.1:2121 </dev/null
	clean alice '0 1 2 3'
	socket 0 'local=127.0.0.1:2121'
	socket 3 'local=.*:20' 'listening=1'
	reported env.LISTEN_FDNAMES data
}

@test "xinetd: the file does, too" {
	local PATH=$PATH:$BIN
	command -v xinetd >/dev/null || skip "xinetd is not installed, which cannot be beside openbsd-inetd; see tools/packages"
	{
		printf 'defaults\n{\n}\n'
		ftp_line xinetd.conf | sed 's/disable .*/disable = no\ntype = UNLISTED\nport = 2121\nflags = IPv4/'
	} >"$SCRATCH/xinetd.conf"
	spawn xinetd root xinetd -dontfork -f "$SCRATCH/xinetd.conf" -pidfile "$SCRATCH/xinetd-pid"
	wait_listening tcp 2121
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP4:127.0.0.1:2121 </dev/null
	clean alice '0 1 2 3'
	socket 0 'local=127.0.0.1:2121'
	socket 3 'local=.*:20' 'listening=1'
}

@test "a container: a usage, and the service is process 1 and clean" {
	waiting_service
	put container "$SCRATCH/container"
	run "$SCRATCH/container"
	equal "$status" 64
	sed -i 's/--pause/--exit=0/' "$CONF"
	run --separate-stderr unshare --pid --fork --kill-child "$SCRATCH/container" finger </dev/null
	granted
	clean alice
	reported pid 1
}

# contain: as whoever makes containers does. The process is recorded as its parent here sees it.
contain()
{
	spawn outer root unshare --pid --fork --kill-child "$SCRATCH/container" finger
	wait_listening tcp 79
	inner=$(pgrep -P "$(pid_of outer)")
	wait_for runs "$inner" "$PREFIX/bin/lowport-accept"
}

ended()
{
	[ ! -e "/proc/$1" ]
}

@test "a container: start, status, stop by SIGTERM once the last connection has ended, restart" {
	accepting_service
	put container "$SCRATCH/container"
	contain
	equal "$(sed -n 's/^NSpid:.*\t//p' "/proc/$inner/status") $(stat -c %U "/proc/$inner")" '1 alice' "process $inner"
	exec 5<>/dev/tcp/127.0.0.1/79
	echo first >&5
	read -r -t "$PATIENCE" line <&5
	equal "$line" first
	kill -TERM "$inner"
	wait_for port_free tcp 79
	# It still serves whom it has accepted.
	echo second >&5
	read -r -t "$PATIENCE" line <&5
	equal "$line" second
	[ -e "/proc/$inner" ]
	exec 5>&-
	wait_for ended "$inner"
	wait "$(cat "$SCRATCH/outer.job")"
	contain
	equal "$(socat "-t$PATIENCE" - TCP:127.0.0.1:79 <<<third)" third
	kill -TERM "$inner"
	wait_for ended "$inner"
	wait "$(cat "$SCRATCH/outer.job")"
	port_free tcp 79
}
