# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2119,SC2120,SC2154 # start takes a user, or none; output is set by bats' run
#
# Shared by the tests of real daemons. One that stands in lowport-daemons(7) takes three lines and
# two functions: daemon says what the manual says of it, lives goes through its life, conf writes its
# configuration, and ask talks to it as its clients do.

# needs PROGRAM...
needs()
{
	local program
	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# page ADDRESS: the page that prepare() has put there.
page()
{
	web_word 'a page' "$1"
}

# web_word WORD ADDRESS [OPTION...]: that word, and nothing else, is there.
web_word()
{
	[ "$(curl -gs --max-time "$PATIENCE" "${@:3}" "http://$2/")" = "$1" ]
}

# txt_word WORD SERVER... -- QUESTION...: that text is the answer, over both protocols, of each server.
txt_word()
{
	local how server servers=() word=$1
	while shift && [ "$1" != -- ]; do
		servers+=("$1")
	done
	for how in +notcp +tcp; do
		for server in "${servers[@]}"; do
			[ "$(dig "$how" +short +tries=1 +time=5 "@$server" "${@:2}" TXT)" = "\"$word\"" ] || return
		done
	done
}

# answers HOW SERVER [OPTION...]: a name server that has the zone "example".
answers()
{
	local how=$1 server=$2
	shift 2
	[ "$(dig "$how" +short +tries=1 +time=2 "$@" "@$server" www.example A)" = 192.0.2.80 ]
}

# served SERVER...: over both protocols.
served()
{
	for how in +notcp +tcp; do
		for server; do
			answers "$how" "$server" "+time=$PATIENCE" || told "no answer: $how @$server"
		done
	done
}

# daemon PACKAGE VERSION HOW LINE: an entry of lowport-daemons(7), by the name of Debian's package. LINE is
# started by start(), by a user whose ports are those that it asks for. tests/daemons/check-table reads these
# lines: each is one line, or LINE alone on a second.
daemon()
{
	local installed
	line=$4
	installed=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null) || :
	[[ $installed == 'installed '* ]] || skip "the package $1 is not installed"
	installed=${installed#installed } installed=${installed#*:}
	[[ $installed == "$2"[!0-9]* ]] || echo "# $1 $installed is not the $2 that the manual speaks of" >&3
	its_ports
	cd "$SCRATCH" || return
}

# its_ports: those that LINE asks for, and only those, are alice's.
its_ports()
{
	# shellcheck disable=SC2207 # words
	ports=($(grep -oE '\b(tcp|udp)[46]?:[^ ]+' <<<"${line%% -- *}" | sed -E 's/^(...)[46]?:(.*:)?/\1:/' | sort -u))
	own <<-END
		[it]
		ports = ${ports[*]}
		owner = alice
	END
}

# What start() uses, and whether the launcher is in between: what that gives up for good, a supervisor need not.
spawn_it=spawn launched=yes

# start [USER]: LINE, by alice or another, in the test's scratch directory.
start()
{
	"$spawn_it" it "${1-alice}" env PATH="$PREFIX/bin:$PATH" HOME="$SCRATCH" sh -c "exec $line"
}

# What the daemon has said, where a test fails.
told()
{
	# shellcheck disable=SC2034 # shown by fail
	status='' output='' stderr=''
	fail "$*: $(head -c 4000 "$SCRATCH"/*.out "$SCRATCH"/*.err "$SCRATCH"/*.log 2>/dev/null)"
}

# Some daemons take longer to start or to end than what is done at once, and some clients to give up.
patiently()
{
	local end=$((SECONDS + 4 * PATIENCE))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.05
	done
}

# said_at ADDRESS PORT: the first line of what is said there, without its end.
said_at()
{
	local talk said=
	exec {talk}<>"/dev/tcp/$1/$2" || return
	IFS= read -r -t "$PATIENCE" said <&"$talk" || :
	exec {talk}>&-
	printf '%s\n' "${said%$'\r'}"
}

# datagram ADDRESS PORT FORMAT: the answer to it, without the NULs, which no variable can hold. A newline stands
# at its end alone: printf writes a line at a time.
datagram()
{
	local talk
	exec {talk}<>"/dev/udp/$1/$2" || return
	# shellcheck disable=SC2059 # it has bytes of any kind
	printf "$3" >&"$talk"
	timeout "$PATIENCE" dd bs=2048 count=1 status=none <&"$talk" | tr -d '\0'
	exec {talk}>&-
}

# alices_process: it is alice's in every respect, and holds nothing; its status file is in $output.
alices_process()
{
	local sets='Inh|Prm|Eff|Amb|Bnd' count=5 gid
	gid=$(id -g "$ALICE")
	matches "$output" "^Uid:\\s$ALICE\\s$ALICE\\s$ALICE\\s$ALICE\$" || return
	matches "$output" "^Gid:\\s$gid\\s$gid\\s$gid\\s$gid\$" || return
	matches "$output" "^Groups:\\s($gid)? *\$" || return
	[ "$launched" = yes ] || sets=${sets%|Bnd} count=4
	equal "$(grep -cE "^Cap($sets):\\s0000000000000000\$" <<<"$output")" "$count" "empty capability sets" || return
	[ "$launched" = no ] || matches "$output" '^NoNewPrivs:\s1$'
}

# sockets PROTO PORT [OPTION]: those that wait for clients, as ss(8) shows them.
sockets()
{
	ss "-Hlne${3-}" "--$1" "sport = :$2"
}

# alices PROTO:PORT...: the sockets there are alice's, and so is every process that has one.
alices()
{
	local port proto pid found looked_at
	# shellcheck disable=SC2034 # shown where something fails
	status='' stderr=''
	for port; do
		proto=${port%:*} port=${port#*:}
		found=$(sockets "$proto" "$port" p)
		matches "$found" "uid:$ALICE " "sockets at $proto:$port" || return
		equal "$(grep -cv "uid:$ALICE " <<<"$found")" 0 "sockets of others" || return
		looked_at=0
		while read -r pid; do
			# One may have ended meanwhile.
			output=$(cat "/proc/$pid/status" 2>/dev/null) || continue
			alices_process || return
			looked_at=$((looked_at + 1))
		done < <(grep -o 'pid=[0-9]*' <<<"$found" | cut -c5- | sort -u)
		[ "$looked_at" -gt 0 ] || fail "no process has $proto:$port" || return
	done
}

# Nothing of alice's is left: neither a process, nor a port.
gone()
{
	local port
	! pgrep -u "$ALICE" >/dev/null || return
	for port in "${ports[@]}"; do
		port_free "${port%:*}" "${port#*:}" || return
	done
}

# serves WORD: it says what its configuration has it say, and what serves is alice's.
serves()
{
	patiently ask "$1" || told "it does not say $1" || return
	alices "${ports[@]}"
}

stop()
{
	kill -TERM "$(main_process)"
	patiently gone || told "it does not end" || return
	end it
}

# One that goes into the background has another.
main_process()
{
	pid_of it
}

# lives RELOAD: from its start to its end, which SIGTERM brings. In between it is told of another
# configuration: by the signal RELOAD, by the function reload, or, with "again", by another start, where it
# knows no other way. With "nothing" it is not told, since it looks each time.
lives()
{
	conf first
	start
	serves first || return
	if [ "$1" = again ]; then
		stop || return
	fi
	conf second
	case $1 in
	again) start ;;
	nothing) ;;
	reload) reload || told "it cannot be told" || return ;;
	*) kill "-$1" "$(main_process)" ;;
	esac
	serves second || return
	stop
}

RHINO=/usr/share/java/rhino.jar

# java_server CODE [WORD]: makes the channel that it serves, in JavaScript, so that no compiler is needed; its command
# line is in $java.
java_server()
{
	needs java
	[ -e "$RHINO" ] || skip "rhino, which runs JavaScript on Java, is not installed"
	cat >"$SCRATCH/server.js" <<-END
		importPackage(java.net, java.nio, java.nio.channels, java.lang);
		var answer = new java.lang.String("HTTP/1.0 200 OK\\r\\n\\r\\n${2-a page}").getBytes();
		function serve(channel) {
			while (true) {
				var one = channel.accept();
				one.read(ByteBuffer.allocate(4096));
				one.write(ByteBuffer.wrap(answer));
				one.close();
			}
		}
		function serveStream(socket) {
			while (true) {
				var one = socket.accept();
				one.getInputStream().read();
				one.getOutputStream().write(answer);
				one.close();
			}
		}
		$1
	END
	# shellcheck disable=SC2034 # used by the bats files
	java=(java -Xshare:auto -XX:+UseSerialGC -cp "$RHINO" org.mozilla.javascript.tools.shell.Main "$SCRATCH/server.js")
}
