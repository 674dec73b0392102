#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowport-run: chroot, and programs that the daemon cannot replace.
# flavours: setuid
# not asan: what runs first in a new root directory is static, and needs nothing there
# shellcheck disable=SC2154 # output, status, stderr are set by bats' run

load ../helper
load common

# A root directory of alice's own, in which everything that may come before the daemon is an impostor.
jail()
{
	local stage
	JAIL=/var/lib/jail
	mkdir -p "$JAIL/bin" "$JAIL/log" "$JAIL$PREFIX/bin" "$JAIL$PREFIX/libexec/lowportbind"
	cp "$PROBE" "$JAIL/bin/probe"
	for stage in bin/lowport-confine libexec/lowportbind/service-start; do
		cp "$PROBE" "$JAIL$PREFIX/$stage"
	done
	chown -R alice: "$JAIL"
}

# in_jail [LINE...]: root starts the service there.
in_jail()
{
	jail
	entry "chroot = $JAIL" "$@"
	sed -i 's|^exec.*|exec = /bin/probe one|' "$CONF"
	service root finger
}

secret()
{
	install -m 0600 /dev/null /etc/finger.env
	echo "$1" >/etc/finger.env
}

inside()
{
	granted || return
	clean alice "$1" || return
	reported root "$(printf '%x:%u' $((16#$(stat -c %D "$JAIL"))) "$(stat -c %i "$JAIL")")" || return
	reported argc 2
}

@test "the daemon has the new root directory, and its handles of outside" {
	in_jail 'open = log=append:/var/log/log' 'chdir = /bin'
	inside '0 1 2 3 4'
	reported cwd /bin
	socket 4 '^file access=w'
	[ -e /var/log/log ]
}

@test "what sets the environment is not an impostor from inside" {
	secret A=b
	in_jail 'env-file = /etc/finger.env' 'open = log=append:/var/log/log'
	inside '0 1 2 3 4'
	reported env.A b
	reported env.LISTEN_FDNAMES tcp-79:log
	reported env.LISTEN_FDS 2
	reported argv.0 /bin/probe
}

@test "it needs nothing of the new root directory but the daemon" {
	secret A=b
	jail
	rm -rf "${JAIL:?}/opt"
	entry "chroot = $JAIL" 'env-file = /etc/finger.env'
	sed -i 's|^exec.*|exec = /bin/probe one|' "$CONF"
	service root finger
	inside '0 1 2 3'
	reported env.A b
}

needs_confine()
{
	[ -x "$PREFIX/bin/lowport-confine" ] || skip "lowport-confine is not installed"
}

@test "what confines the daemon is not an impostor from inside" {
	needs_confine
	in_jail 'confine-read = /bin'
	inside '0 1 2 3'
	reported env.LISTEN_FDNAMES tcp-79
	equal "$(grep -c '^argv' <<<"$output")" 2
}

@test "confined, and with a secret environment" {
	needs_confine
	secret A=b
	in_jail 'confine-read = /bin' 'env-file = /etc/finger.env' 'open = log=append:/var/log/log'
	inside '0 1 2 3 4'
	reported env.A b
	reported env.LISTEN_FDNAMES tcp-79:log
}

@test "what the daemon has left in the place of a usual device opens it nothing" {
	needs_confine
	jail
	mkdir "$JAIL/dev" "$JAIL/etc"
	echo text >"$JAIL/etc/file"
	cp "$BIN/attempt" "$JAIL/bin/"
	ln -s /etc "$JAIL/dev/full"
	chown -R -h alice: "$JAIL"
	entry "chroot = $JAIL" 'confine-read = /bin'
	sed -i 's|^exec.*|exec = /bin/attempt /etc/file read write|' "$CONF"
	service root finger
	equal "$output" $'read: EACCES\nwrite: EACCES' "behind a link"
	rm "$JAIL/dev/full"
	mkdir "$JAIL/dev/full"
	echo text >"$JAIL/dev/full/file"
	chown -R alice: "$JAIL/dev/full"
	sed -i 's|/etc/file|/dev/full/file|' "$CONF"
	service root finger
	equal "$output" $'read: EACCES\nwrite: EACCES' "in a directory"
}

@test "what is not in the new root directory is said by name, and what helps" {
	in_jail 'confine-read = /bin'
	granted
	rm "$JAIL/bin/probe"
	service root finger
	equal "$status" 127
	equal "$stderr" \
		'lowport-confine: /bin/probe: not found; install it, and where there is a chroot, in that'
	secret A=b
	entry "chroot = $JAIL" 'env-file = /etc/finger.env'
	sed -i 's|^exec.*|exec = /bin/probe one|' "$CONF"
	service root finger
	equal "$status" 127
	equal "$stderr" 'service-start: /bin/probe: not found; install it, and where there is a chroot, in that'
}

@test "what is not in the new root directory is said by name, also where nothing confines" {
	jail
	rm "$JAIL/bin/probe"
	entry "chroot = $JAIL"
	sed -i 's|^exec.*|exec = /bin/probe one|' "$CONF"
	service root finger
	refused 127 "^lowportbind: /bin/probe: it is not in the root directory $JAIL; install it there" tcp 79
	cp /bin/true "$JAIL/bin/probe"
	service root finger
	refused 126 "/bin/probe: its interpreter or dynamic linker is not in the root directory $JAIL;" tcp 79
	entry "chroot = $JAIL" 'handoff = accept'
	service root finger
	refused 127 "^lowportbind: $PREFIX/bin/lowport-accept: it is not in the root directory $JAIL;" tcp 79
	echo 'no #!' >"$JAIL/bin/probe"
	entry "chroot = $JAIL"
	sed -i 's|^exec.*|exec = /bin/probe one|' "$CONF"
	service root finger
	refused 126 '/bin/probe: Exec format error' tcp 79
	chmod 0644 "$JAIL/bin/probe"
	service root finger
	refused 126 '/bin/probe: Permission denied' tcp 79
	run --separate-stderr "$LPB" --chroot "$JAIL" tcp:79 -- nothing-there </dev/null
	refused 127 '^lowportbind: nothing-there: No such file' tcp 79
}

@test "a root directory that the user may not enter: what to do is said" {
	jail
	chown root: "$JAIL"
	chmod 0700 "$JAIL"
	entry "chroot = $JAIL"
	service root finger
	refused 71 'cannot change the root directory: Permission denied; chmod a\+x it' tcp 79
}

@test "the chain with chroot names what is opened before" {
	secret A=b
	jail
	entry "chroot = $JAIL" 'env-file = /etc/finger.env' 'confine-read = /bin'
	service root --dry-run finger
	matches "$output" "lowportbind --chroot $JAIL --handoff listen-fds --pass lowport-environment=3 \
--pass lowport-program=4 --pass lowport-start=5 tcp:79 -- fd:lowport-start $PREFIX/bin/lowport-confine --read /bin -- $PROBE\$"
}

@test "a directory would be a way out" {
	mkdir /var/lib/zones
	in_jail 'open = zones=read:/var/lib/zones'
	declined 78 'a directory would lead out of chroot'
}

@test "a directory that the caller left at a standard descriptor is no way out, either" {
	jail
	entry "chroot = $JAIL"
	sed -i 's|^exec.*|exec = /bin/probe one|' "$CONF"
	run --separate-stderr "$RUN" finger </
	refused 71 'descriptor 0 is a directory, and would lead out of --chroot' tcp 79
	run --separate-stderr sh -c "exec $RUN finger </dev/null 2>/dev/null 1</"
	equal "$status" 71
}

@test "a root directory that the user could replace is refused" {
	mine /var/lib/alice
	mkdir /var/lib/alice/jail
	ln -s / /var/lib/alice/root
	ln -s / /var/lib/root
	for path in alice/jail alice/root; do
		start "chroot = /var/lib/$path"
		declined 77 'a directory above it may be written by others than root' || return
	done
	start 'chroot = /var/lib/root'
	declined 69 'it must be a directory, and no link'
	start 'chroot = /var/lib/none'
	declined 69 'No such file'
	start 'chroot = /'
	declined 78 'is not a path from / on'
}

@test "the owner cannot start it" {
	jail
	entry "chroot = $JAIL"
	service alice finger
	declined 77 'only root can change the root directory'
}

@test "fd:NAME is the last --pass, at a start by root alone" {
	own <<-'END'
		[finger]
		ports = tcp:79
		owner = alice
	END
	run --separate-stderr "$LPB" --pass log=4 --pass go=5 tcp:79 -- fd:go two </dev/null 4>/dev/null 5<"$PROBE"
	granted
	clean alice '0 1 2 3 4'
	reported env.LISTEN_FDNAMES tcp-79:log
	reported argv.0 fd:go
	run --separate-stderr "$LPB" --stdin --pass go=5 tcp:79 -- fd:go </dev/null 5<"$PROBE"
	granted
	clean alice '0 1 2'
	lacks "$output" LISTEN_
	run --separate-stderr "$LPB" --pass go=5 --pass log=4 tcp:79 -- fd:go </dev/null 4>/dev/null 5<"$PROBE"
	refused 64 'fd:go: the last --pass is not of this name' tcp 79
	run --separate-stderr "$LPB" tcp:79 -- fd:go </dev/null
	refused 64 'fd:go: the last --pass is not of this name' tcp 79
	run --separate-stderr "$LPB" --pass go=5 tcp:79 -- fd:go </dev/null 5</etc/passwd
	refused 126 'fd:go: ' tcp 79
}
