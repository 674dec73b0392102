#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-run: what is opened for a service, and what is not.
# flavours: setuid
# shellcheck disable=SC2154 # output, status, stderr are set by bats' run

load ../helper
load common

names()
{
	equal "$(probe_value env.LISTEN_FDNAMES)" "$1" LISTEN_FDNAMES
}

@test "files are opened as named, behind the sockets, and none is cut off" {
	printf text | tee /var/log/read /var/log/write /var/log/append >/var/log/both
	start 'open = a=read:/var/log/read b=write:/var/log/write' 'open = c=append:/var/log/append' \
		'open = d=readwrite:/var/log/both'
	granted
	clean alice '0 1 2 3 4 5 6 7'
	names tcp-79:a:b:c:d
	socket 3 'listening=1' 'local=.*:79'
	socket 4 '^file access=r nonblock=0 cloexec=0 .*path=/var/log/read$'
	socket 5 '^file access=w nonblock=0 .*path=/var/log/write$'
	socket 6 '^file access=w nonblock=0 .*path=/var/log/append$'
	socket 7 '^file access=rw nonblock=0 .*path=/var/log/both$'
	equal "$(cat /var/log/read /var/log/write /var/log/append /var/log/both)" texttexttexttext
}

@test "append appends, whatever the daemon does" {
	echo first >/var/log/one
	own <<-END
		[finger]
		ports = tcp:79
		owner = alice
		exec  = /bin/sh -c "echo second >&4"
		open  = log=append:/var/log/one
	END
	service root finger
	equal "$(cat /var/log/one)" $'first\nsecond'
}

@test "write and append make the file, root's where the directory is; read and readwrite do not" {
	start 'open = a=write:/var/log/a b=append:/var/log/b'
	granted
	equal "$(stat -c '%a %U' /var/log/a /var/log/b)" $'640 root\n640 root'
	for way in read readwrite; do
		start "open = a=$way:/var/log/new"
		declined 69 'finger\] /etc/lowportbind.conf:5: open a=.*/new: it cannot be opened as root: No such file'
	done
	[ ! -e /var/log/new ]
}

@test "what is made has the entry's umask, and not the caller's" {
	entry 'open = a=append:/var/log/a' 'listen = b=unix:/run/b'
	run --separate-stderr sh -c "umask 077; exec $RUN finger" </dev/null
	granted
	equal "$(stat -c %a /var/log/a /run/b)" $'640\n755'
	rm /var/log/a
	entry 'open = a=append:/var/log/a' 'umask = 077'
	run --separate-stderr sh -c "umask 0; exec $RUN finger" </dev/null
	granted
	equal "$(stat -c %a /var/log/a)" 600
}

@test "what root alone may read is handed over, from directories that are root's" {
	install -m 0600 /dev/null /var/log/secret
	start 'open = a=read:/var/log/secret'
	granted
	socket 4 '^file access=r .*path=/var/log/secret$'
}

@test "below a directory of the user's, files are opened as the user" {
	mine /var/lib/alice
	install -m 0600 -o alice /dev/null /var/lib/alice/mine
	start 'open = a=read:/var/lib/alice/mine b=append:/var/lib/alice/new'
	granted
	equal "$(stat -c %U /var/lib/alice/new)" alice
	install -m 0600 /dev/null /var/lib/alice/root
	start 'open = a=read:/var/lib/alice/root'
	declined 77 'it cannot be opened as the user, .*: Permission denied'
	mkdir -m 0700 /var/lib/alice/deep
	echo text >/var/lib/alice/deep/file
	start 'open = a=read:/var/lib/alice/deep/file'
	declined 77 'deep/file: it cannot be opened as the user, .*: Permission denied'
	mkdir /var/lib/alice/deep/inner
	install -m 0644 /dev/null /var/lib/alice/deep/inner/file
	start 'open = a=read:/var/lib/alice/deep/inner/file'
	declined 69 'directory inner: Permission denied'
}

@test "a directory of root's below one of the user's is no place of root's" {
	mine /run/alice
	mkdir -m 0755 /run/alice/root
	start 'listen = a=unix:/run/alice/root/sock'
	declined 69 'it cannot be bound: Permission denied'
	spawn peer root "$BIN/peer" listen /run/alice/root/peer
	wait_for unix_listening /run/alice/root/peer
	chmod 0600 /run/alice/root/peer
	start 'connect = a=unix:/run/alice/root/peer'
	declined 69 'it cannot be connected to: Permission denied'
}

@test "with the groups of the user, and not root's" {
	mkdir -m 0777 /var/lib/common
	install -m 0640 -g dns-admins /dev/null /var/lib/common/theirs
	install -m 0640 -g root /dev/null /var/lib/common/root
	entry 'open = a=read:/var/lib/common/theirs'
	sed -i 's/alice/carol/' "$CONF"
	service root finger
	granted
	sed -i 's/theirs/root/' "$CONF"
	service root finger
	declined 77 'Permission denied'
}

@test "a directory that a group, an access control list or everybody may write is not root's" {
	for way in 'chmod 0775' 'setfacl -m u:bob:rwx' 'chmod 1777' 'chown bob'; do
		rm -rf /var/lib/other
		mkdir -m 0755 /var/lib/other
		install -m 0600 /dev/null /var/lib/other/file
		start 'open = a=read:/var/lib/other/file'
		granted
		$way /var/lib/other
		start 'open = a=read:/var/lib/other/file'
		declined 77 'as the user, as below a directory that others than root can write: Permission denied'
	done
}

@test "a symbolic link that the user has planted leads nowhere" {
	mine /var/lib/alice
	ln -s /etc/shadow /var/lib/alice/log
	ln -s /etc /var/lib/alice/etc
	ln -s /proc/self/root /var/lib/alice/magic
	for way in read write append readwrite; do
		start "open = a=$way:/var/lib/alice/log"
		declined 77 'a symbolic link; name what it leads to'
	done
	for path in etc/shadow magic/etc/shadow; do
		start "open = a=read:/var/lib/alice/$path"
		declined 77 '(etc|magic) is a symbolic link; name what it leads to'
	done
}

@test "nor does one of root's" {
	ln -s /etc/passwd /var/log/link
	ln -s /etc /var/log/etc
	start 'open = a=read:/var/log/link'
	declined 77 'a symbolic link'
	start 'open = a=read:/var/log/etc/passwd'
	declined 77 'etc is a symbolic link'
}

@test "what the user exchanges for a link or a FIFO meanwhile leads nowhere else" {
	local line round
	mine /var/lib/alice
	mine /run/alice
	mkdir /var/lib/alice/d /run/alice/d
	touch /var/lib/alice/d/shadow /var/lib/alice/file /var/lib/alice/plain /run/victim
	mkfifo /var/lib/alice/fifo
	ln -s /etc /var/lib/alice/etc
	ln -s /etc/shadow /var/lib/alice/link
	ln -s /run /run/alice/run
	chown -R -h alice: /var/lib/alice /run/alice
	spawn d alice "$BIN/swap" /var/lib/alice/d /var/lib/alice/etc
	spawn file alice "$BIN/swap" /var/lib/alice/file /var/lib/alice/link
	spawn fifo alice "$BIN/swap" /var/lib/alice/fifo /var/lib/alice/plain
	spawn run alice "$BIN/swap" /run/alice/d /run/alice/run
	for line in 'open = a=readwrite:/var/lib/alice/d/shadow' 'open = a=append:/var/lib/alice/file' \
		'open = a=readwrite:/var/lib/alice/plain' 'listen = a=unix:/run/alice/d/victim' \
		'listen = a=unix:/run/alice/d/new'; do
		for ((round = 0; round < 20; round++)); do
			entry "$line"
			run --separate-stderr timeout "$PATIENCE" "$RUN" finger </dev/null
			if [ "$status" = 0 ]; then
				lacks "$(probe_value fd.4)" 'path=/etc|^fifo' || return
			else
				matches "$status" '^(69|75|77)$' || return
			fi
			rm -f /run/alice/*/new
		done
	done
	[ ! -e /run/new ] && [ -f /run/victim ]
}

@test "a way round by .. is no way to be root again" {
	mine /var/lib/alice
	start 'open = a=read:/var/lib/alice/../../../etc/shadow'
	declined 77 'as the user, .*: Permission denied'
}

@test "a hard link to a file of root's is opened as the user, and so it is not" {
	mine /var/lib/alice
	install -m 0600 /dev/null /var/lib/secret
	ln /var/lib/secret /var/lib/alice/log
	for way in read write append readwrite; do
		start "open = a=$way:/var/lib/alice/log"
		declined 77 'as the user, .*: Permission denied'
	done
}

@test "a FIFO makes nobody wait, and is refused" {
	mine /var/lib/alice
	for directory in /var/lib/alice /var/log; do
		mkfifo -m 0666 "$directory/fifo"
		for way in read readwrite append; do
			entry "open = a=$way:$directory/fifo"
			run --separate-stderr timeout "$PATIENCE" "$RUN" finger </dev/null
			declined 77 'neither a regular file nor a directory|No such device or address'
		done
	done
}

@test "a lease that the user holds makes nobody wait" {
	mine /var/lib/alice
	install -m 0640 -o alice /dev/null /var/log/finger.log
	for file in /var/lib/alice/log /var/log/finger.log; do
		spawn lease alice "$BIN/lease" "$file"
		wait_line "$SCRATCH/lease.out" held
		entry "open = a=append:$file"
		run --separate-stderr timeout "$PATIENCE" "$RUN" finger </dev/null
		end lease
		declined 77 'it cannot be opened as .*: Resource temporarily unavailable'
	done
}

@test "a device and a socket are no files" {
	mknod -m 0666 /var/log/null c 1 3
	"$BIN/peer" listen /var/log/sock 3>&- 4>&- &
	wait_for test -S /var/log/sock
	start 'open = a=read:/var/log/null'
	declined 77 'neither a regular file nor a directory'
	start 'open = a=read:/var/log/sock'
	kill $!
	declined 77 'it cannot be opened as root: No such device'
}

@test "a directory can be read, and nothing else" {
	mkdir -m 0700 /var/lib/zones
	start 'open = a=read:/var/lib/zones'
	granted
	socket 4 '^dir access=r .*path=/var/lib/zones$'
	start 'open = a=readwrite:/var/lib/zones'
	declined 77 'Is a directory'
}

@test "listen: a socket of the user's, in the runtime directory, as the umask says" {
	start 'runtime-directory = finger' 'listen = ctl=unix:/run/finger/ctl.sock'
	granted
	clean alice '0 1 2 3 4'
	names tcp-79:ctl
	socket 4 'family=unix type=stream .*local=/run/finger/ctl.sock listening=1'
	equal "$(stat -c '%a %U %G %F' /run/finger/ctl.sock)" '755 alice alice socket'
	start 'runtime-directory = finger' 'listen = ctl=unix:/run/finger/ctl.sock' 'umask = 007'
	granted
	equal "$(stat -c '%a' /run/finger/ctl.sock)" 770
}

@test "listen where the name is too long for a socket" {
	deep=/run/$(printf 'd%.0s' {1..100})
	mkdir "$deep"
	start "listen = ctl=unix:$deep/ctl.sock"
	granted
	socket 4 'local=/proc/self/fd/[0-9]*/ctl.sock listening=1'
	[ -S "$deep/ctl.sock" ]
	start "listen = ctl=unix:/run/$(printf 's%.0s' {1..120})"
	declined 78 'its name is too long for a socket; take a shorter one'
}

@test "listen in a directory of root's: the socket is the user's, too, and the kernel says so to who connects" {
	entry 'listen = ctl=unix:/run/ctl.sock'
	sed -i 's/^exec.*/& --pause/' "$CONF"
	spawn finger root "$RUN" finger
	wait_line "$SCRATCH/finger.out" end=probe
	equal "$(stat -c '%U %F' /run/ctl.sock)" 'alice socket'
	equal "$("$BIN/peer" connect /run/ctl.sock)" "$ALICE $ALICE"
	service root finger
	equal "$status" 75 "exit status"
	matches "$stderr" 'ctl.sock: somebody listens there'
	end finger
	entry 'listen = ctl=unix:/run/ctl.sock'
	service root finger
	granted
}

@test "listen removes nothing but a socket, and follows no link" {
	mine /run/alice
	echo text >/run/alice/file
	install -m 0644 /dev/null /run/victim
	ln -s /run/victim /run/alice/link
	ln -s /run /run/alice/run
	for path in alice/file alice/link victim; do
		start "listen = ctl=unix:/run/$path"
		declined 77 'what is there is no socket; remove it'
	done
	start "listen = ctl=unix:/run/alice/run/new"
	declined 77 'run is a symbolic link'
	[ -f /run/victim ] && [ -L /run/alice/link ] && [ ! -e /run/new ]
}

@test "listen in a directory of another user's is refused" {
	mkdir -m 0755 /run/bob
	chown bob: /run/bob
	start 'listen = ctl=unix:/run/bob/ctl.sock'
	declined 69 'it cannot be bound: Permission denied'
	chmod 0700 /run/bob
	start 'listen = ctl=unix:/run/bob/ctl.sock'
	declined 77 'it cannot be looked at: Permission denied'
}

@test "connect: a peer sees the user and not root" {
	spawn peer root "$BIN/peer" listen /run/peer.sock
	wait_for unix_listening /run/peer.sock
	chmod 0600 /run/peer.sock
	start 'connect = db=unix:/run/peer.sock'
	granted
	names tcp-79:db
	socket 4 'family=unix type=stream .*listening=0'
	wait_line "$SCRATCH/peer.out" .
	equal "$(cat "$SCRATCH/peer.out")" "$ALICE $ALICE"
}

@test "connect below a directory of somebody's asks for the right of the user" {
	mkdir -m 0755 /run/bob
	chown bob: /run/bob
	spawn peer bob "$BIN/peer" listen /run/bob/sock
	wait_for unix_listening /run/bob/sock
	chmod 0600 /run/bob/sock
	start 'connect = db=unix:/run/bob/sock'
	declined 69 'it cannot be connected to: Permission denied'
	chmod 0666 /run/bob/sock
	start 'connect = db=unix:/run/bob/sock'
	granted
	ln -s /run/bob/sock /run/link
	start 'connect = db=unix:/run/link'
	declined 77 'it is no socket, but may be a link to one'
}

@test "connect to a socket of datagrams, such as a log's" {
	spawn peer root "$BIN/peer" datagrams /run/log
	wait_for test -S /run/log
	start 'connect = log=unix:/run/log'
	granted
	socket 4 'family=unix type=dgram'
}

@test "connect by TCP, or not at all" {
	spawn answer root socat TCP-LISTEN:5432,fork,reuseaddr -
	wait_listening tcp 5432
	start 'connect = db=tcp:127.0.0.1:5432'
	granted
	socket 4 'family=inet type=stream .*local=127.0.0.1:.*listening=0'
	start 'connect = db=tcp:127.0.0.1:5433'
	declined 69 'Connection refused; start what listens there first'
	start 'connect = db=tcp:[::1]:5433'
	declined 69 'Connection refused'
	start 'connect = db=unix:/run/none'
	declined 69 'No such file or directory; start what listens there first'
}

@test "a handle that is misspelt is refused before anything is opened" {
	while IFS='|' read -r line why; do
		start "open = first=append:/var/log/first" "$line"
		declined 78 "$why" || return
		[ ! -e /var/log/first ]
	done <<-'END'
		open = log|it has no name
		open = read:/var/log/x|it has no name
		open = log=/var/log/x|write NAME=read:, write:, append: or readwrite: before the path
		open = log=truncate:/var/log/x|write NAME=read:
		open = a:b=read:/var/log/x|a name is made of letters
		open = =read:/var/log/x|a name is made of letters
		open = lowport-start=read:/var/log/x|does not begin with lowport-
		open = first=read:/var/log/x|line 5 has this name, too
		open = tcp-79=read:/var/log/x|the socket of line 2 has this name; give it another
		listen = first=unix:/run/x|line 5 has this name, too
		listen = ctl=tcp:127.0.0.1:80|write NAME=unix:PATH
		connect = db=5432|write NAME=unix:PATH, or NAME=tcp:ADDRESS:PORT
		connect = db=tcp:5432|it is no TCP address
		connect = db=tcp:0.0.0.0:5432|it is no TCP address
		connect = db=udp:127.0.0.1:53|it is no TCP address
		connect = db=tcp:localhost:53|its address
	END
}

@test "a path that does not begin at the root is refused" {
	for line in 'open = a=read:log' 'listen = a=unix:@abstract' 'connect = a=unix:run/x' 'open = a=read:/'; do
		start "$line"
		declined 78 'is not a path from / on' || return
	done
}
