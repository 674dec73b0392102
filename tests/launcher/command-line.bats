# SPDX-License-Identifier: GPL-2.0-or-later
# Requests, options and exit statuses.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice
		owner = alice
	END
}

# usage ARGUMENT...: refused with 64, before anything is bound.
usage()
{
	launch alice "$@"
	refused 64 '.' tcp 53
}

@test "--help and --version go to standard output and end with 0" {
	launch alice --help
	equal "$status" 0
	equal "$stderr" ""
	matches "$output" 'lowportbind .*REQUEST'
	launch alice --version
	equal "$status" 0
	matches "$output" '^lowportbind [0-9]'
	run "$LPB" --version
	equal "$status" 0
}

@test "71: --help, --version and --dry-run that cannot be written" {
	for words in --help --version '-n tcp:53 -- x' "-n tcp:53 -- $(printf '%05000d' 0)"; do
		run as alice sh -c "\"$LPB\" $words >/dev/full"
		equal "$status" 71 "$words"
		equal "$output" ''
	done
}

@test "64: no request, no program, nothing at all" {
	usage
	usage --
	usage tcp:53
	usage tcp:53 --
	usage -- "$PROBE"
	usage "$PROBE"
	# What a port looks like is said to who does not know it.
	usage 53 -- "$PROBE"
	matches "$stderr" 'as lowportbind tcp:80 -- httpd; see --help$'
}

@test "64: an option behind a request is not taken for the program" {
	usage tcp:53 --adopt -- "$PROBE"
	equal "$stderr" 'lowportbind: --adopt: an option goes before the requests, a program that begins with - behind --'
	usage tcp:53 -n
	matches "$stderr" ': -n: an option goes before'
	usage tcp:53 - "$PROBE"
	launch alice tcp:53 -- -probe
	refused 127 '-probe: ' tcp 53
}

@test "64: an unknown option, an option without its argument" {
	usage --nonsense tcp:53 -- "$PROBE"
	usage -z tcp:53 -- "$PROBE"
	usage --chdir
	usage --env
	usage --handoff
}

@test "64: request text of every wrong kind" {
	for request in tcp tcp: tcp:0 tcp:65536 tcp:-1 tcp:+53 tcp:053 tcp:0x35 tcp:53x 'tcp: 53' 'tcp:53 ' \
		tcp:53-54 sctp:53 TCP:53 :53 53 tcp::53 tcp:127.0.0.1 tcp:127.0.0.1: tcp:127.0.0:53 \
		tcp:127.0.0.256:53 tcp:localhost:53 'tcp:::1:53' 'tcp:[::1]53' 'tcp:[::1:53' 'tcp:[]:53' \
		'tcp:[127.0.0.1]:53' 'tcp4:[::1]:53' 'tcp6:127.0.0.1:53' 'tcp:[::1%]:53' tcp5:53 udp:99999 \
		tcp:42949672960053 '=tcp:53' 'a:b=tcp:53' $'a\nb=tcp:53' @ '@a b' '@a/b' ''; do
		launch alice "$request" -- "$PROBE"
		refused 64 '.' tcp 53 || fail "request: $request"
	done
}

@test "64: a message about a wrong request does not repeat its control characters" {
	launch alice $'tcp:\e[31m53\n' -- "$PROBE"
	refused 64 '.' tcp 53
	lacks "$stderr" $'\e'
	launch alice $'tcp:\e\x7f\x80\\~ 53' -- "$PROBE"
	refused 64 '.' tcp 53
	equal "${stderr%: its port*}" 'lowportbind: tcp:\x1b\x7f\x80\x5c~ 53'
}

@test "the protocols narrow the family" {
	launch alice tcp4:53 -- "$PROBE"
	granted
	socket 3 'family=inet ' 'local=0.0.0.0:53 '
	launch alice tcp6:53 -- "$PROBE"
	granted
	socket 3 'family=inet6 ' 'local=\[::\]:53 v6only=1'
	launch alice udp4:53 udp6:53 -- "$PROBE"
	granted
	socket 3 'family=inet ' 'type=dgram' 'local=0.0.0.0:53 '
	socket 4 'family=inet6 ' 'type=dgram' 'local=\[::\]:53 v6only=1'
	launch alice mptcp:53 -- "$PROBE"
	granted
	socket 3 'proto=262'
}

@test "without the two dashes the program is what follows the requests" {
	launch alice tcp:53 "$PROBE" tcp:54 --exit=3
	equal "$status" 3
	equal "$(probe_value argv.1)" tcp:54
	equal "$(probe_value argv.2)" --exit=3
}

@test "the program's arguments arrive as they are, also empty and odd ones" {
	launch alice tcp:53 -- "$PROBE" '' -- '*' $'a\nb' '-n'
	granted
	equal "$(probe_value argc)" 6
	equal "$(probe_value argv.0)" "$PROBE"
	equal "$(probe_value argv.1)" ""
	equal "$(probe_value argv.2)" --
	equal "$(probe_value argv.3)" '*'
	equal "$(probe_value argv.4)" 'a\x0ab'
	equal "$(probe_value argv.5)" -n
}

@test "the exit status is the daemon's own" {
	for code in 0 1 42 255; do
		launch alice tcp:53 -- "$PROBE" --quiet --exit=$code
		equal "$status" "$code"
	done
}

@test "69: an address that this machine does not have" {
	launch alice tcp:192.0.2.1:53 -- "$PROBE"
	refused 69 'tcp:192.0.2.1:53: cannot be bound: Cannot assign requested address; see ip address$' tcp 53
	launch alice 'tcp:[2001:db8::1]:53' -- "$PROBE"
	refused 69 'tcp:\[2001:db8::1\]:53: ' tcp 53
}

@test "I5: one refused request refuses them all" {
	launch alice tcp:53 tcp:80 -- "$PROBE"
	refused 77 'tcp:80' tcp 53
	launch alice tcp:80 tcp:53 -- "$PROBE"
	refused 77 'tcp:80' tcp 53
}

@test "75: a port that is in use" {
	spawn h root "$BIN/hold" tcp :: 53
	wait_line "$SCRATCH/h.out" held
	launch alice tcp:53 -- "$PROBE"
	refused 75 '^lowportbind: tcp:53: .*in use'
	launch alice tcp:127.0.0.1:53 -- "$PROBE"
	refused 75 '^lowportbind: tcp:127.0.0.1:53: '
}

@test "126: a program that is not executable" {
	install -m 0644 /dev/null "$SCRATCH/plain"
	launch alice tcp:53 -- "$SCRATCH/plain"
	refused 126 "plain" tcp 53
	launch alice tcp:53 -- /usr
	refused 126 '/usr' tcp 53
}

@test "127: a program that there is not" {
	launch alice tcp:53 -- /nonexistent/program
	refused 127 '/nonexistent/program' tcp 53
	launch alice tcp:53 -- no-such-program-here
	refused 127 'no-such-program-here' tcp 53
	launch alice tcp:53 -- /etc/passwd/program
	refused 127 '/etc/passwd/program: Not a directory' tcp 53
}

@test "the program is found in the user's PATH, then in the sbin directories" {
	mkdir -m 0755 "$SCRATCH/bin"
	cp "$PROBE" "$SCRATCH/bin/my-probe"
	run --separate-stderr as alice env "PATH=$SCRATCH/bin:/usr/bin" "$LPB" tcp:53 -- my-probe
	granted
	run --separate-stderr as alice env PATH=/usr/bin "$LPB" tcp:53 -- my-probe
	refused 127 'my-probe' tcp 53
	cp "$PROBE" /usr/local/sbin/lowportbind-test-probe
	run --separate-stderr as alice env PATH=/usr/bin "$LPB" tcp:53 -- lowportbind-test-probe
	rm -f /usr/local/sbin/lowportbind-test-probe
	granted
}

# in_path PATH [PROGRAM]: alice starts PROGRAM, found in PATH.
in_path()
{
	run --separate-stderr as alice env "PATH=$1" "$LPB" tcp:53 -- "${2-my-probe}" </dev/null
}

# place DIRECTORY MODE: a copy of the probe, as my-probe in a directory of that mode.
place()
{
	mkdir -p "$SCRATCH/$1"
	cp "$PROBE" "$SCRATCH/$1/my-probe"
	chmod "$2" "$SCRATCH/$1"
}

@test "a directory in PATH that may not be searched is passed over" {
	place closed 0700
	place open 0755
	in_path "$SCRATCH/closed:/usr/bin"
	refused 127 'my-probe' tcp 53
	in_path "$SCRATCH/closed:$SCRATCH/open"
	granted
	in_path "/nonexistent:/etc/passwd:$SCRATCH/open"
	granted
}

@test "a file in PATH that is not executable is passed over, and 126 where nothing else is found" {
	place plain 0755
	place open 0755
	chmod 0644 "$SCRATCH/plain/my-probe"
	in_path "$SCRATCH/plain:$SCRATCH/open"
	granted
	in_path "$SCRATCH/plain:/usr/bin"
	refused 126 'my-probe' tcp 53
}

@test "an executable in PATH that the kernel does not execute ends the search" {
	place script 0755
	place open 0755
	echo "exec $PROBE" >"$SCRATCH/script/my-probe"
	in_path "$SCRATCH/script:$SCRATCH/open"
	refused 126 'my-probe' tcp 53
	printf '#!/nonexistent/interpreter\n' >"$SCRATCH/script/my-probe"
	in_path "$SCRATCH/script:$SCRATCH/open"
	refused 126 'my-probe' tcp 53
	launch alice tcp:53 -- "$SCRATCH/script/my-probe"
	refused 126 'my-probe' tcp 53
}

@test "an entry of PATH that is relative or empty is not the working directory" {
	place bin 0755
	cd "$SCRATCH/bin"
	for path in '' . : ::/usr/bin ./ ../bin /usr/bin:; do
		in_path "$path"
		refused 127 'my-probe' tcp 53 || fail "PATH=$path"
	done
	in_path /usr/bin ''
	refused 127 '.' tcp 53
}

@test "of two entries PATH= the first counts; without any there are the sbin directories" {
	place bin 0755
	launch_dirty alice clearenv "env=PATH=$SCRATCH/bin" env=PATH=/usr/bin -- tcp:53 -- my-probe
	granted
	launch_dirty alice clearenv env=PATH=/usr/bin "env=PATH=$SCRATCH/bin" -- tcp:53 -- my-probe
	refused 127 'my-probe' tcp 53
	launch_dirty alice clearenv "env=PATHS=$SCRATCH/bin" "env=PATH" -- tcp:53 -- my-probe
	refused 127 'my-probe' tcp 53
	launch_dirty alice clearenv -- tcp:53 -- start-stop-daemon --version
	equal "$status" 0
}

@test "--chdir changes the directory, after the drop" {
	mkdir -m 0755 "$SCRATCH/there"
	mkdir -m 0700 "$SCRATCH/closed"
	launch alice --chdir "$SCRATCH/there" tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value cwd)" "$SCRATCH/there"
	launch alice --chdir "$SCRATCH/closed" tcp:53 -- "$PROBE"
	refused 71 'closed' tcp 53
	launch root --chdir "$SCRATCH/closed" tcp:53 -- "$PROBE"
	refused 71 'closed' tcp 53
	launch alice --chdir /nonexistent tcp:53 -- "$PROBE"
	refused 71 '/nonexistent' tcp 53
}

@test "--env sets variables for the daemon, also LD_LIBRARY_PATH, the last one wins" {
	launch alice --env LD_LIBRARY_PATH=/x --env A=1 --env A=2=3 --env E= tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value env.LD_LIBRARY_PATH)" /x
	equal "$(probe_value env.A)" 2=3
	equal "$(probe_value env.E)" ""
	matches "$output" '^env.E=$'
}

@test "--env refuses what is no NAME=VALUE" {
	usage --env NOEQUALS tcp:53 -- "$PROBE"
	usage --env =x tcp:53 -- "$PROBE"
	usage --env '' tcp:53 -- "$PROBE"
}

@test "--env does not reach the launcher itself" {
	launch alice --env PATH=/nonexistent tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value env.PATH)" /nonexistent
}

@test "--backlog sets the queue of the listening sockets" {
	spawn d alice "$LPB" --backlog 7 tcp:53 -- "$PROBE" --pause
	wait_line "$SCRATCH/d.out" end=probe
	equal "$(ss -Htln 'sport = :53' | awk '{ print $3 }')" 7
}

@test "--backlog and --reuse-port refuse what is no number" {
	for n in 0x1 -1 '' x 1x 99999999999 4294967297; do
		usage --backlog "$n" tcp:53 -- "$PROBE"
		usage --reuse-port "$n" tcp:53 -- "$PROBE"
	done
	usage --reuse-port 0 tcp:53 -- "$PROBE"
}

@test "--reuse-port N makes N sockets for one request" {
	launch alice --reuse-port 3 tcp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4 5'
	for fd in 3 4 5; do
		socket "$fd" 'type=stream' ':53 ' 'listening=1' 'reuseport=1'
	done
	equal "$(probe_value env.LISTEN_FDS)" 3
}

@test "--freebind binds an address that the section names and the machine has not" {
	own <<-'END'
		[dns]
		ports = tcp:53
		address = 192.0.2.0/24
		users = alice
	END
	launch alice tcp:192.0.2.1:53 -- "$PROBE"
	refused 69 'tcp:192.0.2.1:53' tcp 53
	launch alice --freebind tcp:192.0.2.1:53 -- "$PROBE"
	granted
	clean alice
	socket 3 'local=192.0.2.1:53 '
	launch alice --freebind tcp:198.51.100.1:53 -- "$PROBE"
	refused 77 'tcp:198.51.100.1:53' tcp 53
}

@test "--freebind is for addresses that a section names, and for root's word" {
	own <<-'END'
		[any]
		ports = tcp:53
		users = alice
	END
	launch alice --freebind tcp:192.0.2.1:53 -- "$PROBE"
	refused 77 '--freebind' tcp 53
	launch alice --freebind tcp:192.0.2.1:3000 -- "$PROBE"
	refused 77 '--freebind' tcp 3000
	launch alice --freebind tcp:3000 -- "$PROBE"
	refused 77 '--freebind' tcp 3000
	launch root -u alice --freebind tcp:192.0.2.1:53 -- "$PROBE"
	granted
	clean alice
	socket 3 'local=192.0.2.1:53 ' 'freebind=1'
}

@test "--dry-run says what it would do and binds nothing" {
	for option in -n --dry-run; do
		launch alice "$option" tcp:53 -- "$PROBE" --exit=9
		equal "$status" 0
		matches "$output$stderr" 'tcp:53'
		matches "$output$stderr" 'alice'
		matches "$output$stderr" "$PROBE"
		lacks "$output" '^end=probe'
		launch bob "$option" tcp:53 -- "$PROBE" --exit=9
		equal "$status" 77
		matches "$output$stderr" 'bob may not bind this port'
		lacks "$output" '^end=probe'
	done
}

@test "--dry-run binds nothing even where the port is taken, and makes no socket" {
	trace alice -n tcp:53 -- "$PROBE"
	equal "$status" 0
	lacks "$(calls bind)" 'htons'
}

@test "--dry-run of ports that nobody owns goes by ip_unprivileged_port_start" {
	launch alice -n tcp:3000 -- "$PROBE"
	equal "$status" 0
	launch alice -n tcp:80 -- "$PROBE"
	equal "$status" 77
	sysctl -qw net.ipv4.ip_unprivileged_port_start=80
	launch alice -n tcp:80 -- "$PROBE"
	equal "$status" 0
	sysctl -qw net.ipv4.ip_unprivileged_port_start=1024
}

@test "--dry-run refuses where ip_unprivileged_port_start cannot be read" {
	local setting=/proc/sys/net/ipv4/ip_unprivileged_port_start
	mount --bind /dev/null "$setting"
	launch alice --dry-run tcp:3000
	umount "$setting"
	refused 71 'ip_unprivileged_port_start'
	mount -t tmpfs tmpfs /proc/sys/net
	launch alice --dry-run tcp:3000
	umount /proc/sys/net
	refused 71 'ip_unprivileged_port_start: No such file'
}

@test "--dry-run with a broken file warns and says 77 or 78 where it would refuse" {
	dropin broken.conf <<<nonsense
	launch alice -n tcp:53 -- "$PROBE"
	equal "$status" 0
	matches "$stderr" "$DROPIN/broken.conf:1"
	launch alice -n tcp:80 -- "$PROBE"
	[ "$status" -eq 77 ] || [ "$status" -eq 78 ] || fail "exit status"
}

@test "-u and --chroot are root's alone" {
	for option in "-u alice" "-u bob" "-u root" "--chroot /"; do
		# shellcheck disable=SC2086 # two words
		launch alice $option tcp:53 -- "$PROBE"
		refused '64|77' 'root' tcp 53
	done
}

@test "an option after a request belongs to the program or is an error, never half of each" {
	launch alice tcp:53 --stdin -- "$PROBE"
	if [ "$status" -eq 0 ]; then
		socket 0 '^socket .*:53 '
	else
		equal "$output" ""
		port_free tcp 53
	fi
}

@test "where the kernel has no IPv6 a bare request is 0.0.0.0" {
	trace alice tcp:53 -- "$PROBE" --quiet
	equal "$status" 0
	local n
	n=$(calls socket | grep -n AF_INET6 | head -n 1 | cut -d: -f1)
	[ -n "$n" ] || fail "no AF_INET6 socket in the trace"
	run --separate-stderr strace -f -qq -b execve -o /dev/null -u alice \
		-e "inject=socket:error=EAFNOSUPPORT:when=$n" "$LPB" tcp:53 -- "$PROBE" </dev/null
	granted
	clean alice
	socket 3 'family=inet ' 'local=0.0.0.0:53 ' 'listening=1'
	run --separate-stderr strace -f -qq -b execve -o /dev/null -u alice \
		-e "inject=socket:error=EMFILE:when=$n" "$LPB" tcp:53 -- "$PROBE" </dev/null
	refused 71 'tcp:53' tcp 53
}
