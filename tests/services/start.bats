#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-run: from a service entry to its daemon.
# flavours: setuid
# shellcheck disable=SC2016,SC2154 # expanded by other shells; output, status, stderr are set by bats' run

load ../helper
load common

# The entry of start(), with another exec.
executes()
{
	local exec=$1
	entry "${@:2}"
	sed -i "s|^exec.*|exec = $exec|" "$CONF"
}

variable()
{
	equal "$(probe_value "env.$1")" "$2" "$1"
}

@test "root starts a service as its owner, clean, and without its own surroundings" {
	entry
	run --separate-stderr env FOO=bar LD_LIBRARY_PATH=/x BASH_ENV=/x LANG=C.UTF-8 NOTIFY_SOCKET=/run/n "$RUN" finger </dev/null
	granted
	clean alice
	variable FOO ''
	variable LD_LIBRARY_PATH ''
	variable BASH_ENV ''
	variable LANG C.UTF-8
	variable NOTIFY_SOCKET /run/n
	variable USER alice
	socket 3 'listening=1' 'local=.*:79'
}

@test "the owner starts it, too, where nothing needs root, and finds the same surroundings" {
	entry 'env = A=b' 'umask = 027'
	run --separate-stderr as alice env FOO=bar "$RUN" finger </dev/null
	granted
	clean alice
	variable FOO ''
	variable A b
	variable HOME /
	equal "$(probe_value umask)" 0027
}

@test "another user is refused the port, by the launcher" {
	entry
	service bob finger
	refused 77 'tcp:79: bob may not bind this port; it belongs to alice' tcp 79
}

@test "descriptors of the caller's are closed" {
	entry
	run --separate-stderr "$RUN" finger </dev/null 7</etc/passwd 9</etc/passwd
	granted
	clean alice
}

@test "the process is the daemon in the end, and ends as it does" {
	executes "$PROBE --pause"
	spawn finger root "$RUN" finger
	wait_line "$SCRATCH/finger.out" end=probe
	equal "$(probe_value pid "$(cat "$SCRATCH/finger.out")")" "$(pid_of finger)" pid
	equal "$(readlink "/proc/$(pid_of finger)/exe")" "$PROBE"
	end finger
	executes "$PROBE --quiet --exit=7"
	service root finger
	equal "$status" 7
}

@test "words in double quotes, as a shell has them" {
	executes "$PROBE 'x'"
	own <<-END
		[finger]
		ports = tcp:79
		owner = alice
		exec  = $PROBE one "two words" a"b c"d "" "\"\\\\\\\$\\\`\\x" 	tab=1
	END
	service root finger
	granted
	equal "$(grep '^argv' <<<"$output")" "$(printf '%s\n' "argv.0=$PROBE" argv.1=one 'argv.2=two words' 'argv.3=ab cd' \
		argv.4= 'argv.5="\x5c$`\x5cx' argv.6=tab=1)"
}

@test "what only a shell would understand is refused" {
	while IFS='|' read -r text why; do
		own <<-END
			[finger]
			ports = tcp:79
			owner = alice
			exec  = /bin/echo $text
		END
		service root finger
		declined 78 "finger\\] /etc/lowportbind.conf:4: exec: $why" || return
	done <<-'END'
		"open|a " is not closed
		$HOME|\$ would mean something to a shell.*"\\\$"
		"$HOME"|\$ would mean
		`id`|` would mean
		'a b'|' would mean
		>/dev/null|> would mean
		a&|& would mean
		*.c|\* would mean
		a\ b|\\ would mean
	END
	own <<-END
		[finger]
		ports = tcp:79
		owner = alice
		exec  = echo
	END
	service root finger
	declined 78 'exec: the program needs its whole path'
}

@test "directories are made for the owner, and named to the daemon" {
	start 'runtime-directory = finger' 'state-directory = fingers'
	granted
	variable RUNTIME_DIRECTORY /run/finger
	variable STATE_DIRECTORY /var/lib/fingers
	equal "$(stat -c '%a %U %G %F' /run/finger /var/lib/fingers)" $'755 alice alice directory\n755 alice alice directory'
	chmod 0700 /run/finger
	service root finger
	granted
	equal "$(stat -c '%a %U' /run/finger)" '700 alice'
}

@test "a directory of another's, a link or a file is refused, and left as it is" {
	mkdir /run/bob
	chown bob: /run/bob
	mkdir -m 0700 /run/root
	ln -s /var/lib /run/link
	install -m 0644 /dev/null /run/file
	for name in bob root link file; do
		start "runtime-directory = $name"
		declined 77 "/run/$name(: .*it must be a directory, and no link| belongs to $name, not to alice; chown it)"
	done
	equal "$(stat -c '%U %a' /run/bob /run/root /var/lib /run/file)" $'bob 755\nroot 700\nroot 755\nroot 644'
}

@test "a directory is named plainly" {
	for name in ../etc /etc a/b .. .hidden 'a"b"/c'; do
		start "state-directory = $name"
		declined 78 'it is not a plain name' || return
	done
	start 'runtime-directory = finger' 'state-directory = a/b'
	declined 78 'it is not a plain name'
	[ ! -e /run/finger ] || fail 'something was made before all was looked at'
	chmod 1777 /run
	start 'runtime-directory = finger'
	declined 69 '/run: it or a directory above it may be written by others than root'
}

@test "limits, nice and umask" {
	not_under asan "it takes more address space than that"
	start 'limit-nofile = 77' 'limit-core = 0' 'limit-as = 2G' 'nice = -5' 'umask = 0027'
	granted
	equal "$(probe_value rlimit.nofile)" 77:77
	equal "$(probe_value rlimit.core)" 0:0
	equal "$(probe_value rlimit.as)" 2147483648:2147483648
	equal "$(probe_value nice)" -5
	equal "$(probe_value umask)" 0027
	start 'limit-core = unlimited' 'nice = 19'
	granted
	equal "$(probe_value rlimit.core)" unlimited:unlimited
	equal "$(probe_value nice)" 19
	equal "$(probe_value umask)" 0022
}

@test "a path that is relative to wherever root stands is refused" {
	for line in 'chdir = log' 'chdir = ..' 'confine-read = /usr usr' 'confine-write = ""'; do
		start "$line"
		declined 78 "${line%% *} .*: it is not a path from / on" || return
	done
}

@test "limits that are no numbers, or too many for a user" {
	while IFS='|' read -r line why; do
		start "$line"
		declined 78 "$why" || return
	done <<-'END'
		limit-nofile = many|it is not a number, perhaps with K, M or G
		limit-as = 1KK|it is not a number
		limit-core = -1|it is not a number
		limit-as = K|it is not a number
		nice = 20|it is not a number from -20 to 19
		nice = -21|it is not a number from -20 to 19
		nice = +1|it is not a number from -20 to 19
		umask = 8|it is not octal
		umask = 1777|it is not octal
		umask = 00000|it is not octal
		max-connections = 5|it needs handoff = accept
	END
	entry 'nice = -5'
	service alice finger
	declined 77 'nice -5: it cannot be set: .*; only root'
	entry 'limit-nofile = 2000000000'
	service alice finger
	declined 77 'limit-nofile .*: it cannot be set: .*; only root'
}

@test "env: variables for the daemon" {
	start 'env = A=b "C=d e"' 'env = LD_LIBRARY_PATH=/x'
	granted
	variable A b
	variable C 'd e'
	variable LD_LIBRARY_PATH /x
	for word in A =b LISTEN_FDS=1; do
		start "env = $word"
		declined 78 'it is not NAME=VALUE, or LISTEN_' || return
	done
}

secret()
{
	install -m 0600 /dev/null /etc/finger.env
	cat >/etc/finger.env
}

@test "env-file: variables that nobody else is to read" {
	secret <<-'END'
		# comment
		PASSWORD=two words "and quotes" $not
		EMPTY=

		A_1=last
	END
	start 'env-file = /etc/finger.env' 'env = PLAIN=yes' 'open = log=append:/var/log/log'
	granted
	clean alice '0 1 2 3 4'
	variable PASSWORD 'two words "and quotes" $not'
	variable EMPTY ''
	variable A_1 last
	variable PLAIN yes
	variable LISTEN_FDNAMES tcp-79:log
	variable LISTEN_FDS 2
}

@test "no command line holds a secret" {
	secret <<<PASSWORD=hunter2
	entry 'env-file = /etc/finger.env'
	run --separate-stderr strace -f -e trace=execve -s 4096 -o "$SCRATCH/trace" "$RUN" finger </dev/null
	granted
	variable PASSWORD hunter2
	[ "$(grep -c execve "$SCRATCH/trace")" -ge 3 ]
	run ! grep hunter2 "$SCRATCH/trace"
}

@test "env-file must be root's alone" {
	for way in 'chmod 0640' 'chmod 0604' 'setfacl -m u:bob:r' 'chown alice' 'chmod 0620'; do
		secret <<<A=b
		chown 0:0 /etc/finger.env
		setfacl -b /etc/finger.env
		$way /etc/finger.env
		start 'env-file = /etc/finger.env'
		declined 77 'chmod 600 it|not root|written by others' || return
	done
	secret <<<A=b
	ln -sf finger.env /etc/link.env
	start 'env-file = /etc/link.env'
	declined 77 'a symbolic link'
	start 'env-file = /etc/none.env'
	declined 77 'there is no such file'
	entry 'env-file = /etc/finger.env'
	service alice finger
	declined 77 'only root can read it'
}

@test "env-file with what is no variable" {
	while read -r line; do
		printf 'GOOD=1\n%b\n' "$line" | secret
		start 'env-file = /etc/finger.env'
		declined 78 'env-file /etc/finger.env: line 2 of it|has a NUL' || return
	done <<-'END'
		export A=b
		A
		=b
		1A=b
		A-B=c
		A.B=c
		A B=c
		LISTEN_FDS=3
		A=b\r
		A=\0
	END
}

@test "addresses of the section are asked for one by one" {
	start 'address = 127.0.0.1 127.0.0.2 ::1'
	granted
	equal "$(probe_value fds)" '0 1 2 3 4 5'
	socket 3 'local=127.0.0.1:79'
	socket 4 'local=127.0.0.2:79'
	socket 5 'local=\[::1\]:79'
	start 'address = 0.0.0.0/0'
	granted
	socket 3 'local=0.0.0.0:79'
	start 'address = 127.0.0.0/8'
	declined 78 '127.0.0.0/8 is many addresses, and only handoff = adopt'
}

@test "every single port is asked for, of TCP and UDP; a range is not" {
	start 'ports = udp:79 tcp:8000-8009 tcp:80'
	granted
	variable LISTEN_FDNAMES tcp-79:udp-79:tcp-80
	own <<-END
		[finger]
		ports = tcp:8000-8009
		owner = alice
		exec  = $PROBE
	END
	service root finger
	declined 78 'it has no single port'
}

@test "handoff = stdin" {
	start 'handoff = stdin' 'open = log=append:/var/log/log'
	granted
	clean alice '0 1 2 3'
	socket 0 'local=.*:79'
	variable LISTEN_FDNAMES log
}

@test "a handoff that cannot hand over what the section asks for" {
	for handoff in accept nginx php-fpm; do
		start "handoff = $handoff" 'ports = udp:79'
		declined 78 "\\[finger\\] $CONF:6: handoff = $handoff hands over TCP alone; give udp:79 to a section of its own"
	done
	start 'handoff = stdin' 'ports = udp:79'
	declined 78 "\\[finger\\] $CONF:1: handoff = stdin hands over one socket, and this asks for 2"
	start 'handoff = stdin' 'address = 127.0.0.1 ::1'
	declined 78 'and this asks for 2'
	# A range is not asked for.
	start 'handoff = stdin' 'ports = tcp:8000-8010 udp:8000-8010'
	granted
}

@test "handoff = accept, with its limits" {
	secret <<<A=b
	entry 'handoff = accept' 'max-connections = 20' 'max-per-source = 5' 'env-file = /etc/finger.env'
	spawn finger root "$RUN" finger
	wait_for runs "$(pid_of finger)" "$PREFIX/bin/lowport-accept"
	equal "$(tr '\0' ' ' <"/proc/$(pid_of finger)/cmdline")" \
		"$PREFIX/bin/lowport-accept --max-connections 20 --max-per-source 5 -- $PROBE "
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP:127.0.0.1:79 </dev/null
	clean alice '0 1 2'
	variable PROTO TCP
	variable A b
	end finger
	start 'handoff = accept' 'open = log=append:/var/log/log'
	declined 78 'open log=.*: with handoff = accept the program is given its sockets alone'
}

@test "handoff = adopt: an unmodified daemon binds for itself, and has its handles and secrets" {
	not_under asan "what is preloaded would have to come before the library of the sanitizer"
	secret <<<A=b
	executes "/usr/bin/socat TCP4-LISTEN:79,fork EXEC:\"/usr/bin/env\"" 'handoff = adopt' 'env-file = /etc/finger.env' \
		'open = log=append:/var/log/log'
	spawn finger root "$RUN" finger
	wait_listening tcp 79
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP4:127.0.0.1:79 </dev/null
	matches "$output" '^A=b$'
	matches "$output" '^LISTEN_FDNAMES=log$'
	matches "$output" '^LISTEN_FDS=1$'
	equal "$(readlink "/proc/$(pid_of finger)/fd/3")" /var/log/log
	equal "$(stat -c %U "/proc/$(pid_of finger)")" alice
}

@test "--dry-run prints the chain as a line for a shell, which does the same" {
	secret <<<A=b
	entry 'env-file = /etc/finger.env' "env = \"B=it's so\"" 'open = log=append:/var/log/log' 'chdir = /var' \
		'runtime-directory = finger' 'limit-nofile = 99'
	sed -i 's/^exec.*/& "two words" "\\$HOME"/' "$CONF"
	service root --dry-run finger
	equal "$status" 0
	equal "$stderr" ''
	equal "$(wc -l <<<"$output")" 1 "number of lines"
	equal "$output" "$RUN finger -- $LPB --chdir /var --env 'B=it'\\''s so' --handoff listen-fds --pass log=3 \
--pass lowport-environment=4 tcp:79 -- $PREFIX/libexec/lowportbind/service-start $PROBE 'two words' '\$HOME'"
	[ ! -e /var/log/log ] && [ ! -e /run/finger ]
	line=$output
	service root finger
	granted
	grep -v '^pid=\|LISTEN_PID\|^fd\.[12]=' <<<"$output" | sort >"$SCRATCH/first"
	run --separate-stderr sh -c "$line" </dev/null
	granted
	equal "$(diff - "$SCRATCH/first" < <(grep -v '^pid=\|LISTEN_PID\|^fd\.[12]=' <<<"$output" | sort))" ""
	variable A b
	variable B "it's so"
	equal "$(probe_value argv.2)" '$HOME'
}

@test "a command in place of the chain finds everything prepared" {
	entry 'open = log=append:/var/log/log' 'umask = 077'
	service root finger sh -c 'readlink /proc/$$/fd/3; umask; id -u'
	equal "$output" $'/var/log/log\n0077\n0'
	run --separate-stderr -127 "$RUN" finger -- /none </dev/null
	declined 127 '/none: No such file'
	# A shell would make what it can of it.
	printf 'id -u\n' >"$SCRATCH/script"
	chmod 0755 "$SCRATCH/script"
	service root finger -- "$SCRATCH/script"
	declined 126 'script: Exec format error'
}

@test "the chain of a confined service" {
	entry 'confine-read = /usr /etc' 'confine-write = /var/lib/finger' 'confine-connect = 53' 'confine-bind = 8000' \
		'confine-syscalls = udp'
	confine="$PREFIX/bin/lowport-confine --read /usr --read /etc --write /var/lib/finger --connect 53 --bind 8000"
	service root --dry-run finger
	matches "$output" "tcp:79 -- $confine --syscalls udp -- $PROBE\$"
	echo 'handoff = accept' >>"$CONF"
	service root --dry-run finger
	matches "$output" "handoff listen-fds tcp:79 -- $confine --syscalls udp --read $PROBE -- .*/lowport-accept -- $PROBE\$"
	sed -i 's/accept/adopt/' "$CONF"
	service root --dry-run finger
	matches "$output" "handoff adopt tcp:79 -- $confine --syscalls udp --read $PROBE \
--read $PREFIX/lib/lowportbind/liblowport-adopt.so --syscalls tcp,listen -- $PROBE\$"
}

@test "confine-require: no start where the kernel confines less" {
	[ -x "$PREFIX/bin/lowport-confine" ] || skip "lowport-confine is not installed"
	entry 'confine-read = /usr' 'confine-require = yes'
	service root --dry-run finger
	matches "$output" "lowport-confine --read /usr --require -- $PROBE\$"
	run --separate-stderr strace -f -qq -o /dev/null -e inject=landlock_create_ruleset:retval=3:when=1 "$RUN" finger </dev/null
	equal "$status $output" '69 '
	matches "${stderr_lines[0]}" '^lowport-confine: this kernel does not confine which TCP ports can be bound'
	equal "${stderr_lines[-1]}" 'lowport-confine: not started, as --require says'
	port_free tcp 79
	sed -i 's/= yes/= no/' "$CONF"
	service root --dry-run finger
	matches "$output" "lowport-confine --read /usr -- $PROBE\$"
	for word in maybe YES 1; do
		start "confine-require = $word"
		declined 78 "finger\\] /etc/lowportbind.conf:5: confine-require $word: it is neither yes nor no" || return
	done
}

@test "--list shows the services, and not the ports that nothing is started on" {
	entry
	dropin one.conf <<-'END'
		[only-ports]
		ports  = tcp:80
		groups = webbers
	END
	dropin two.conf <<-'END'
		[wide]
		ports  = tcp:8080-8089 udp:53
		groups = webbers
		exec   = /bin/true
	END
	service bob --list
	equal "$status" 0
	equal "$stderr" ''
	equal "$output" "NAME        OWNER  PORTS                 PROGRAM
finger      alice  tcp:79                $PROBE
wide        -      tcp:8080-8089,udp:53  /bin/true"
	run sh -c "$RUN --list >/dev/full"
	equal "$status" 74
	echo 'nonsense' >>"$DROPIN/two.conf"
	service bob --list
	equal "$status" 78
	matches "$stderr" 'two.conf:5: not a comment'
	matches "$output" '^finger '
}

@test "--list of a long file: it is read once, whatever it has" {
	for i in {1..500}; do
		printf '[s%d]\nports = tcp:%d\nowner = alice\nexec = /bin/true\n' "$i" "$((2000 + i))"
	done | dropin many.conf
	run --separate-stderr strace -o "$SCRATCH/trace" -e trace=openat "$RUN" --list </dev/null
	equal "$status" 0
	equal "${#lines[@]}" 501
	# By the launcher's own reading, and once more.
	equal "$(grep -c '"many.conf"' "$SCRATCH/trace")" 2
}

@test "what there is no service for" {
	service root finger
	declined 64 'finger: there is no such section; lowport-run --list'
	own <<-'END'
		[finger]
		ports = tcp:79
		owner = alice
	END
	service root finger
	declined 78 'finger\] /etc/lowportbind.conf:1: it has no exec'
	entry
	echo junk >>"$CONF"
	service root finger
	equal "$status" 78
	matches "$stderr" 'lowportbind.conf:6: not a comment'
	matches "${stderr_lines[1]}" 'there is no such section'
	entry
	dropin more.conf <<-END
		[finger]
		ports = tcp:80
		owner = alice
		exec  = $PROBE
	END
	service root finger
	declined 78 'finger\] is in both /etc/lowportbind.conf:1 and /etc/lowportbind.d/more.conf:1'
}

@test "an entry whose file others than root could write is none" {
	entry
	chmod 0664 "$CONF"
	service root finger
	equal "$status" 78
	matches "$stderr" 'lowportbind.conf: .*may be written by others than root'
}

@test "whom root would start it as must be there, and not be root" {
	while IFS='|' read -r owner why; do
		entry
		sed -i "s/^owner.*/$owner/" "$CONF"
		service root finger
		declined 77 "$why" || return
	done <<-'END'
		owner = root|its owner root is root, or in root's group
		owner = 0|its owner 0 is root, or in root's group
		owner = ghost|there is no user ghost
		owner = 60099|there is no user 60099
		users = alice|it has no owner
	END
	gpasswd -a alice root >/dev/null
	start 'open = log=append:/var/log/log'
	declined 77 "its owner alice is root, or in root's group"
	gpasswd -d alice root >/dev/null
	[ ! -e /var/log/log ]
}

@test "it is never setuid" {
	install -m 4755 "$RUN" "$PREFIX/sbin/setuid-run"
	entry
	run_as alice "$PREFIX/sbin/setuid-run" finger
	rm -f "$PREFIX/sbin/setuid-run"
	declined 71 'it must not be setuid'
	[ ! -u "$RUN" ]
}

@test "the command line" {
	while IFS='|' read -r arguments why; do
		# shellcheck disable=SC2086 # words
		service root $arguments
		declined 64 "$why" || return
	done <<-'END'
		|usage: lowport-run
		--none|--none: no such option
		--list finger|usage:
		--dry-run finger -- x|usage:
	END
	service root --version
	matches "$output" '^lowport-run [0-9.]+$'
	service root --help
	equal "$status" 0
	[ "${#lines[@]}" -le 24 ]
	run sh -c "$RUN --help >/dev/full"
	equal "$status" 74
}

# portless [LINE...]: a service that nobody reaches from outside.
portless()
{
	own <<-END
		[inner]
		owner = alice
		exec  = $PROBE
		$(printf '%s\n' "$@")
	END
}

@test "a service without ports is handed what it opens, and is as clean" {
	portless "listen = ctl=unix:$SCRATCH/ctl.sock"
	service root inner
	granted
	clean alice
	socket 3 'listening=1'
	variable LISTEN_FDNAMES ctl
	rm "$SCRATCH/ctl.sock"
	service alice inner
	granted
	clean alice
}

@test "a service without ports, and with nothing to hand over, is refused" {
	portless
	service root inner
	declined 78 '\[inner\] .*lowportbind.conf:1: it has no ports, and nothing is opened for it; name a port, or a handle'
	portless "listen = ctl=unix:$SCRATCH/ctl.sock" 'handoff = adopt'
	service root inner
	declined 78 'it has no ports, and a handoff that needs one'
	[ ! -e "$SCRATCH/ctl.sock" ]
}

confined()
{
	[ -x "$PREFIX/bin/lowport-confine" ] || skip "lowport-confine is not installed"
	executes "$1" 'confine-read = /usr /etc /bin /lib /lib64' 'confine-read = /opt/test' "${@:2}"
	spawn finger root "$RUN" finger
	wait_listening tcp 79
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP4:127.0.0.1:79 </dev/null
}

@test "a confined service that adopts its sockets" {
	not_under asan "what is preloaded would have to come before the library of the sanitizer"
	confined '/usr/bin/socat TCP4-LISTEN:79,fork EXEC:/usr/bin/env' 'handoff = adopt' 'open = log=append:/var/log/log'
	matches "$output" '^LISTEN_FDNAMES=log$'
	equal "$(sed -n 's/^Seccomp:\s*//p' "/proc/$(pid_of finger)/status")" 2 Seccomp
}

@test "a confined service of inetd's kind" {
	confined "$PROBE" 'handoff = accept'
	clean alice '0 1 2'
	equal "$(sed -n 's/^Seccomp:\s*//p' "/proc/$(pid_of finger)/status")" 2 Seccomp
	executes '/bin/cat /var/log/secret' 'handoff = accept' 'confine-read = /usr /etc /bin /lib /lib64'
	end finger
	echo text >/var/log/secret
	spawn finger root "$RUN" finger
	wait_listening tcp 79
	run socat "-t$PATIENCE" "-T$PATIENCE" - TCP4:127.0.0.1:79 </dev/null
	equal "$output" ''
	wait_line "$SCRATCH/finger.err" 'secret: Permission denied'
}
