# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl check: errors, and what is worth a warning.

load ../helper

CTL=$PREFIX/bin/lowportctl

good()
{
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		owner = bob
		[www]
		ports = tcp:80
		owner = alice
	END
	printf '[ranges]\nports = tcp:8080-8081\nusers = carol\n' | dropin x.conf
}

@test "files in order: a summary, nothing else" {
	good
	ctl root check
	equal "$status" 0
	equal "$output" "2 files, 3 sections, 5 ports: no errors"
	equal "$stderr" ""
}

@test "no section at all is no error" {
	ctl root check
	equal "$status" 0
	equal "$output" "no sections, and so no grants: no errors"
	equal "$stderr" ""
}

@test "any user may check" {
	good
	ctl alice check
	equal "$status" 0
	equal "$output" "2 files, 3 sections, 5 ports: no errors"
}

@test "each broken file is a line with its file and line, and exit status 1" {
	good
	printf '[a]\nports = tcp:99\n\nowners = bob\n' | dropin a.conf
	printf '[b\n' | dropin b.conf
	ctl root check
	equal "$status" 1
	equal "$output" ""
	equal "${#stderr_lines[@]}" 2
	matches "${stderr_lines[0]}" "^$DROPIN/a.conf:4: "
	matches "${stderr_lines[1]}" "^$DROPIN/b.conf:1: "
}

@test "the same faults as the launcher sees" {
	printf '[a]\nports = tcp:99\n\nowners = bob\n' | dropin a.conf
	launch alice -n tcp:99 -- true
	local told=${stderr_lines[0]#lowportbind: }
	ctl root check
	equal "$stderr" "$told"
}

@test "a file that users cannot read is an error for root too" {
	good
	chmod 0640 "$CONF"
	ctl root check
	equal "$status" 1
	matches "$stderr" "^$CONF: not readable by all; chmod 644"
}

@test "a file that others may write to, and a symbolic link" {
	good
	chmod 0664 "$CONF"
	ln -s x.conf "$DROPIN/y.conf"
	ctl root check
	equal "$status" 1
	matches "$stderr" "^$CONF: .*chmod go-w"
	matches "$stderr" "^$DROPIN/y.conf: a symbolic link"
}

@test "FILE alone, wherever it lies and whosever it is" {
	printf '[a]\nports = tcp:99\nowner = alice\n' >"$SCRATCH/new"
	chown alice "$SCRATCH/new"
	own <<<'[broken'
	ctl alice check "$SCRATCH/new"
	equal "$status" 0
	equal "$output" "1 file, 1 section, 1 port: no errors"
	equal "$stderr" ""
}

@test "FILE with an error" {
	printf '[a]\nports = tcp:99 tcp:0\nowner = alice\n' >"$SCRATCH/new"
	ctl alice check "$SCRATCH/new"
	equal "$status" 1
	matches "$stderr" "^$SCRATCH/new:2: tcp:0 "
}

@test "FILE may be a pipe" {
	# shellcheck disable=SC2016 # expanded by the inner shell
	run sh -c '{ printf "[a]\nports = tcp:9"; sleep 0.1; printf "9\nowner = alice\n"; } | "$0" check /proc/self/fd/0' \
		"$PREFIX/bin/lowportctl"
	equal "$output" "1 file, 1 section, 1 port: no errors"
}

@test "FILE with a NUL is an error" {
	printf '[a]\nports = tcp:99\nowner = al\0ice\n' >"$SCRATCH/new"
	ctl alice check "$SCRATCH/new"
	equal "$status" 1
	matches "$stderr" "^$SCRATCH/new:3: "
}

@test "FILE that cannot be read is trouble" {
	ctl alice check "$SCRATCH/missing"
	equal "$status" 2
	matches "$stderr" "^lowportctl: $SCRATCH/missing: cannot be read: No such file"
	ctl alice check "$SCRATCH"
	equal "$status" 2
	matches "$stderr" "^lowportctl: $SCRATCH: cannot be read: Is a directory"
	ctl alice check /etc/shadow
	equal "$status" 2
}

@test "a larger file than the launcher reads is trouble, even without end" {
	run --separate-stderr timeout "$PATIENCE" "$PREFIX/bin/lowportctl" check /dev/zero
	equal "$status" 2
	matches "$stderr" '^lowportctl: /dev/zero: larger than 16 MiB'
}

@test "the name of FILE is shown without control characters" {
	printf '[a\n' >"$SCRATCH/"$'e\e[31m\nf'
	ctl alice check "$SCRATCH/"$'e\e[31m\nf'
	equal "$status" 1
	equal "${#stderr_lines[@]}" 1
	matches "$stderr" '\\x1b\[31m\\x0a'
}

# warned PATTERN: it is no error, and this is the one line of warning.
warned()
{
	equal "$status" 0 "exit status" || return
	equal "${#stderr_lines[@]}" 1 "number of lines on standard error" || return
	matches "$stderr" "$1" || return
	matches "$output" 'no errors$'
}

@test "a warning: a name that nobody has" {
	own <<-'END'
		[a]
		ports = tcp:99
		owner = ghost
	END
	ctl root check
	warned "^$CONF:1: warning: section \\[a\\]: there is no user ghost"
	own <<-'END'
		; a comment
		[a]
		ports = tcp:99
		groups = ghosts
	END
	ctl root check
	warned "^$CONF:2: warning: section \\[a\\]: there is no group ghosts"
}

@test "a warning: ports that old services trust, once a section" {
	own <<-'END'
		[a]
		owner = alice
		ports = tcp:511 tcp:1024
		ports = tcp:500-600 tcp:700
	END
	ctl root check
	warned "^$CONF:4: warning: section \\[a\\]: .*512 to 1023"
}

# service LINE...: a section that lowport-run starts.
service()
{
	own <<-END
		[www]
		ports = tcp:80
		owner = alice
		exec  = /bin/cat -u
		$(printf '%s\n' "$@")
	END
}

@test "a service in order: no warning" {
	service 'umask = 027' 'limit-nofile = 4K' 'confine-syscalls = udp,ipc' \
		'confine-bind = 80 443' 'handoff = accept' 'max-connections = 5' 'runtime-directory = www'
	ctl root check --strict
	equal "$status $stderr" '0 '
}

@test "a warning: whatever lowport-run refuses in a service, in its words, with the line" {
	local line why
	while IFS='|' read -r line why; do
		service "$line"
		ctl root check
		warned "^$CONF:5: warning: section \\[www\\]: lowport-run refuses to start it: .*$why" || fail "$line" || return
		cp "$CONF" "$SCRATCH/new"
		ctl alice check "$SCRATCH/new"
		warned "^$SCRATCH/new:5: warning: section \\[www\\]: lowport-run refuses" || return
		ctl root check --strict
		equal "$status" 1
		run_as root "$PREFIX/sbin/lowport-run" www
		equal "$status" 78 "lowport-run with $line" || return
		matches "$stderr" "^lowport-run: \\[www\\] $CONF:5: .*$why" || return
	done <<-'END'
		umask = 999|umask 999: it is not octal
		nice = low|nice low: it is not a number from -20 to 19
		limit-core = 1T|limit-core 1T: it is not a number
		env = A|env A: it is not NAME=VALUE
		env = "A=b|env: a " is not closed
		open = log=/x|open log=/x: write NAME=read:
		open = log=read:x|open log=read:x: x is not a path from / on
		listen = tcp:80|listen tcp:80: it has no name
		connect = db=tcp:db:5432|connect .*: write NAME=unix:PATH, or NAME=tcp:ADDRESS:PORT
		max-connections = 5|it needs handoff = accept
		max-per-source = 0|max-per-source 0: it is not a plain number
		confine-bind = http|confine-bind http: it is not a plain number
		confine-connect = 65536|confine-connect 65536: it is not a plain number
		confine-syscalls = udp,fork|confine-syscalls udp,fork: there is no such group
		confine-require = maybe|confine-require maybe: it is neither yes nor no
		confine-read = usr|confine-read usr: it is not a path
		chroot = srv|chroot srv: it is not a path
		env-file = www.env|env-file www.env: it is not a path
		state-directory = a/b|state-directory a/b: it is not a plain name
	END
}

@test "a warning: a service whose program, root directory or env-file is not as a start needs it" {
	local jail=$SCRATCH/jail starts='warning: section \[www\]: a start fails:'
	service
	sed -i 's|^exec.*|exec = /bin/nothing-there|' "$CONF"
	ctl root check
	warned "^$CONF:1: $starts /bin/nothing-there is not there; install it\$"
	cp "$CONF" "$SCRATCH/new"
	ctl root check "$SCRATCH/new" # which may be for another machine
	equal "$status $stderr" '0 '
	sed -i 's|^exec.*|exec = /etc/passwd|' "$CONF"
	ctl root check
	warned "^$CONF:1: $starts /etc/passwd is no program; chmod a\+rx it"
	service "chroot = $jail"
	ctl root check
	warned "^$CONF:5: $starts chroot $jail: there is no such directory"
	mkdir -p "$jail/bin" "$jail/usr/bin"
	ctl root check
	warned "^$CONF:1: $starts /bin/cat is not there, in its root directory $jail; install it\$"
	# Not the one outside.
	ln -s /bin/sh "$jail/bin/cat"
	ctl root check
	warned "^$CONF:1: $starts /bin/cat is not there, in its root directory"
	cp /bin/cat "$jail/bin/sh"
	ctl root check --strict
	equal "$status $stderr" '0 '
	service "env-file = $SCRATCH/env"
	ctl root check
	warned "^$CONF:5: $starts env-file $SCRATCH/env: there is no such file"
	install -m 0640 /dev/null "$SCRATCH/env"
	ctl root check
	warned "^$CONF:5: $starts env-file $SCRATCH/env: it is not a file of root's alone"
	chmod 0600 "$SCRATCH/env"
	ctl root check --strict
	equal "$status $stderr" '0 '
	chown alice "$SCRATCH/env"
	ctl root check
	warned "^$CONF:5: $starts env-file"
	# Where the caller may not look nothing is known.
	mkdir -m 0700 "$SCRATCH/closed"
	service "env-file = $SCRATCH/closed/env"
	ctl alice check --strict
	equal "$status $stderr" '0 '
}

@test "a warning: a service that nobody could mean by its name, or that starts nothing" {
	service
	cp "$CONF" "$DROPIN/more.conf"
	ctl root check
	matches "$stderr" "^$DROPIN/more.conf:1: warning: .*: section \\[www\\], $CONF:1 has this name, too"
	rm "$DROPIN/more.conf"
	service 'umask = 077'
	sed -i 's|^exec .*|exec = httpd|' "$CONF"
	ctl root check
	warned "^$CONF:4: warning: section \\[www\\]: lowport-run refuses to start it: exec: the program needs its whole path"
	sed -i '/^exec/d' "$CONF"
	ctl root check
	warned "^$CONF:1: warning: section \\[www\\]: .*it has no exec"
}

@test "a warning: a name that a service shares with a section that is none, whichever is read first" {
	local first second
	for first in z.conf a.conf; do
		service
		dropin "$first" <<<$'[web]\nports = tcp:81\nowner = bob\nexec = /bin/true'
		second=m.conf
		dropin "$second" <<<$'[web]\nports = tcp:82\nowner = bob'
		ctl root check
		warned ': warning: section \[web\]: lowport-run refuses to start it: section \[web\], .* has this name, too'
		rm "$DROPIN"/*
	done
	# Where none of them is a service, their names are for people alone.
	dropin a.conf <<<$'[web]\nports = tcp:81\nowner = bob'
	dropin z.conf <<<$'[web]\nports = tcp:82\nowner = bob'
	ctl root check
	equal "$stderr" ''
}

@test "a warning: two owners of one port and address" {
	own <<-'END'
		[a]
		owner = alice
		ports = tcp:80-90
		address = 192.0.2.0/24
		[b]
		owner = bob
		ports = tcp:90
		address = 127.0.0.1 192.0.2.7
	END
	ctl root check
	warned "^$CONF:5: warning: section \\[b\\]: it has owner bob for tcp:90, and section \\[a\\], $CONF:1 has owner alice"
}

@test "no warning: two owners of other ports, protocols or addresses, or one owner by name and number" {
	own <<-'END'
		[a]
		owner = alice
		ports = tcp:80
		address = 192.0.2.0/24
		[b]
		owner = bob
		ports = tcp:80
		address = 127.0.0.1
		[c]
		owner = bob
		ports = udp:80
		[d]
		owner = 60001
		ports = tcp:80
		address = 192.0.2.1
		[e]
		users = carol
		ports = tcp:80
	END
	ctl root check
	equal "$status" 0
	equal "$stderr" ""
}

@test "a warning: an owner who is root, or in root's group, or unknown to passwd" {
	own <<-'END'
		[a]
		owner = root
		ports = tcp:80
	END
	ctl root check
	warned "^$CONF:1: warning: section \\[a\\]: its owner root is root, or in root's group"
	sed -i 's/^root:x:0:.*/&carol/' /etc/group
	sed -i 's/owner = root/owner = carol/' "$CONF"
	ctl root check
	warned "its owner carol is root, or in root's group"
	sed -i 's/^root:x:0:.*/root:x:0:/' /etc/group
	sed -i 's/owner = carol/owner = 61234/' "$CONF"
	ctl root check
	warned "its owner 61234 has no passwd entry; a root start needs -u UID:GID"
}

@test "a warning: a wildcard without its /0" {
	own <<-'END'
		[a]
		owner = alice
		ports = tcp:80
		address = 0.0.0.0
	END
	ctl root check
	warned "address 0.0.0.0 is no address of any host; for all of them: 0.0.0.0/0"
}

@test "a warning: a launcher that has lost its privilege" {
	good
	cp -p "$LPB" "$SCRATCH/kept"
	chown bin "$LPB"
	chown 0:0 "$LPB"
	setcap -r "$LPB" 2>/dev/null || :
	ctl root check
	reinstall
	warned "^$LPB: warning: it is neither setuid root nor has it file capabilities"
}

reinstall()
{
	tar -C / --xattrs --xattrs-include=security.capability \
		-xpf "$builddir/tests/flavour-${VARIANT:-$FLAVOUR}/installed.tar" opt/lowportbind
}

@test "a warning: a launcher that others may write to" {
	good
	chmod g+w "$LPB"
	ctl root check
	reinstall
	warned "^$LPB: warning: others than root can write to it"
}

@test "a warning: a launcher that is not root's" {
	good
	chown bob "$LPB"
	ctl root check
	reinstall
	equal "$status" 0
	matches "$stderr" "^$LPB: warning: it belongs to uid $BOB, who can replace it"
}

@test "a warning: no launcher" {
	good
	mv "$LPB" "$LPB.away"
	ctl root check
	mv "$LPB.away" "$LPB"
	warned "^$LPB: warning: No such file"
}

@test "a warning: a launcher on a file system mounted nosuid" {
	good
	mount --bind "$PREFIX/bin" "$PREFIX/bin"
	mount -o remount,bind,nosuid "$PREFIX/bin"
	ctl root check
	umount "$PREFIX/bin"
	warned "^$LPB: warning: its file system is mounted nosuid"
}

@test "a warning: an installed file, or a directory above it, that others may write to, or that is not root's" {
	good
	local file=$PREFIX/libexec/lowportbind/root-start
	chmod g+w "$file"
	ctl root check
	chmod g-w "$file"
	warned "^$file: warning: others than root can write to it; chmod go-w $file"
	chown bob "$PREFIX/libexec"
	ctl root check
	chown 0:0 "$PREFIX/libexec"
	warned "^$PREFIX/libexec: warning: it belongs to uid $BOB, who can replace it, or what is in it"
	file=$PREFIX/lib/lowportbind/liblowport-adopt.so
	chmod o+w "$file"
	ctl root check
	chmod o-w "$file"
	warned "^$file: warning: others than root can write to it"
}

@test "a warning: a directory behind a symbolic link above an installed file" {
	good
	mv "$PREFIX/libexec" "$SCRATCH/libexec"
	ln -s "$SCRATCH/libexec" "$PREFIX/libexec"
	ctl root check
	rm "$PREFIX/libexec"
	mv "$SCRATCH/libexec" "$PREFIX/libexec"
	equal "$status" 0
	matches "$stderr" "^$SCRATCH: warning: others than root can write to it"
}

@test "a warning: each installed file that is missing, or that not everybody can use" {
	good
	local file
	for file in bin/lowport-adopt bin/lowport-accept bin/lowport-nginx libexec/lowportbind/root-start \
		libexec/lowportbind/service-start sbin/lowport-run lib/lowportbind/liblowport-adopt.so; do
		mv "$PREFIX/$file" "$SCRATCH/away"
		ctl root check
		mv "$SCRATCH/away" "$PREFIX/$file"
		warned "^$PREFIX/$file: warning: No such file or directory; what needs it will fail; install it"
		chmod go-r "$PREFIX/$file"
		ctl alice check
		chmod go+r "$PREFIX/$file"
		warned "^$PREFIX/$file: warning: not everybody can use it; chmod a\\+r"
	done
}

@test "a warning: privilege on a file that is to have none" {
	good
	local file=$PREFIX/bin/lowport-accept
	chmod u+s "$file"
	ctl root check
	chmod u-s "$file"
	warned "^$file: warning: it is setuid, setgid or has file capabilities, and needs none"
	setcap cap_net_bind_service=ep "$file"
	ctl root check
	setcap -r "$file"
	warned "^$file: warning: it is setuid, setgid or has file capabilities"
}

@test "a warning: a section that nothing reaches" {
	own <<-'END'
		[a]
		owner = alice
		users = bob carol
		ports = tcp:80-90 udp:80
		address = 192.0.2.0/24 ::1
		[b]
		users = carol
		ports = tcp:81 tcp:85-90
		address = 192.0.2.7
		handoff = stdin
	END
	ctl root check
	warned "^$CONF:6: warning: section \\[b\\]: nothing but @b reaches it: section \\[a\\], $CONF:1 grants all of this before"
}

@test "no warning: a section that says more than the one before" {
	local line
	for line in 'users = alice' 'groups = carol' 'owner = carol' 'ports = tcp:91' 'ports = udp:81' \
		'address = 192.0.3.1' 'address = 192.0.2.0/23' 'anyone = yes' 'ports = tcp:79-80'; do
		own <<-END
			[a]
			users = bob carol
			ports = tcp:80-90
			address = 192.0.2.0/24
			[b]
			users = carol
			ports = tcp:81
			address = 192.0.2.7
			$line
		END
		ctl root check
		equal "$status" 0
		equal "$stderr" "" "$line"
	done
	# Of two grants the one that keeps no_new_privs speaks, also where it is the second.
	printf '[a]\nusers = bob\nports = tcp:80\nno-new-privileges = no\n[b]\nusers = bob\nports = tcp:80\n' | own
	ctl root check
	equal "$stderr" ""
}

@test "no warning: a service of the same user and ports, or without ports, which lowport-run reaches by its name" {
	service
	cat >>"$CONF" <<-'END'
		[other-www]
		ports   = tcp:80
		owner   = alice
		handoff = adopt
		exec    = /bin/true -other
		[worker]
		owner = alice
		exec  = /bin/true
		listen = ctl=unix:/run/worker.sock
	END
	ctl root check
	equal "$status $stderr" '0 '
}

# checked_soon: within ten seconds of the processor, however busy the machine is.
checked_soon()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	run_as root bash -c 'ulimit -t "$0" && exec "$@"' "$((10 * ${SLOWNESS:-1}))" "$CTL" check --strict
	equal "$status $stderr" '0 '
}

@test "many thousand sections are looked at in seconds" {
	local i
	for ((i = 1; i <= 20000; i++)); do
		printf '[s%d]\nports = tcp:%d\nowner = alice\nexec = /bin/true\n' "$i" "$((i + 1023))"
	done | dropin many.conf
	checked_soon
	# Names are compared with those of other files.
	sed 's/^\[s/[t/; s/tcp:/udp:/' "$DROPIN/many.conf" | dropin more.conf
	checked_soon
}

@test "a warning: a file among the drop-ins that is not read" {
	good
	local name
	for name in x.conf.dpkg-old .x.conf README; do
		: >"$DROPIN/$name"
		ctl root check
		rm "$DROPIN/$name"
		warned "^$DROPIN/$name: warning: it is not read"
	done
}

@test "--strict: a warning is an error to scripts" {
	good
	ctl alice check --strict
	equal "$status" 0
	printf '[x]\nports = tcp:600\nowner = alice\n' | dropin y.conf
	ctl alice check --strict
	equal "$status" 1
	equal "${#stderr_lines[@]}" 1
	ctl alice check
	equal "$status" 0
}
