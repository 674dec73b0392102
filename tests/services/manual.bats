#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What lowportbind-services(7), and the examples of the pages of these programs, tell to do works.
# flavours: setuid
# shellcheck disable=SC2154 # output, status are set by bats' run

load ../helper
load common

# block COMMENT: the literal text behind that comment of the page, for where the programs are installed here.
block()
{
	sed -n "/^\\.\\\\\" .*$1/,/^\\.Ed/p" "$srcdir/man/lowportbind-services.7" |
		sed -e '/^\./d' -e 's/\\e/\\/' -e "s|/usr/bin/lowport|$PREFIX/bin/lowport|"
}

# shown PAGE HEADING N: the Nth literal text of that part of the page.
shown()
{
	awk -v heading="$2" -v wanted="$3" '
		/^\.S[hs] / { here = substr($0, 5) == heading }
		here && /^\.Bd/ { inside = ++n == wanted; next }
		/^\.Ed/ { inside = 0 }
		inside' "$srcdir/man/$1" | sed -e 's/\\e/\\/g' -e "s|/usr/\(s*bin\)/lowport|$PREFIX/\1/lowport|"
}

# commands PAGE HEADING N: what is behind the prompts.
commands()
{
	shown "$@" | sed 's/^[#$] //'
}

# follow USER: the commands of standard input, in the background, and where the programs are installed here.
follow()
{
	sed "s|--read /usr |&--read $PREFIX |" >"$SCRATCH/commands"
	[ -s "$SCRATCH/commands" ] || fail "the page has no such commands"
	spawn commands "$1" env PATH="$SCRATCH:$PREFIX/bin:$PREFIX/sbin:$PATH" sh -e "$SCRATCH/commands"
}

needs_busybox()
{
	busybox --list 2>/dev/null | grep -qx httpd || skip "busybox with httpd is not installed"
}

# pages DIRECTORY: with the page that is asked for by it_works.
pages()
{
	mount -t tmpfs -o mode=0755 tmpfs /srv
	mkdir -p "$1"
	echo '<p>It works.' >"$1/index.html"
}

it_works()
{
	[ "$(curl -s --max-time "$PATIENCE" http://127.0.0.1/)" = '<p>It works.' ]
}

@test "the service that the page begins with serves, and at each of its next steps" {
	local page=lowportbind-services.7 entry=
	needs_busybox
	not_under asan "what confines is static, and needs nothing there"
	pages /srv/www/pages
	for step in 'A first service' Limits 'Nothing but its files'; do
		entry+=$(shown "$page" "$step" 1)$'\n'
		dropin www.conf <<<"$entry"
		# lowport-accept, which the page has below /usr.
		[[ $step != Nothing* ]] || echo "confine-read = $PREFIX" >>"$DROPIN/www.conf"
		commands "$page" 'A first service' 2 | follow root
		wait_for it_works || fail "$step: $(cat "$SCRATCH"/commands.*)"
		matches "$(cat "$SCRATCH/commands.out")" '^www +www-data +tcp:80 +/usr/bin/busybox$'
		matches "$(cat "$SCRATCH/commands.out")" "^$RUN www -- .*/bin/lowportbind"
		equal "$(stat -c %U "/proc/$(pgrep -f lowport-accept)")" www-data
		end commands
		wait_for port_free tcp 80
	done
}

@test "the example of lowport-run(8) serves, and appends to its log" {
	needs_busybox
	not_under asan "what is preloaded would have to come before the library of the sanitizer"
	pages /srv/www
	shown lowport-run.8 EXAMPLES 1 | dropin www.conf
	commands lowport-run.8 EXAMPLES 2 | follow root
	wait_for it_works || fail "$(cat "$SCRATCH"/commands.*)"
	wait_line /var/log/www.log 'url:/'
	equal "$(stat -c '%U %a' /var/log/www.log)" 'root 640'
	end commands
	wait_for port_free tcp 80
	run --separate-stderr env PATH="$PREFIX/sbin:$PATH" sh -c \
		"$(sed -n 's/^\.Dl # \(lowport-run .*\)/\1/p' "$srcdir/man/lowport-run.8" | sed "s/\\\\//g; s|lowportbind|$LPB|")" </dev/null
	equal "$status" 0
	matches "$stderr" 'execve\(".*/true"'
}

# serves_confined: what alice serves by; of two, one may just be about to end.
serves_confined()
{
	[ "$(sed -n 's/^Seccomp:\s*//p' "/proc/$(pgrep -n -u alice busybox || pgrep -u alice lowport-accept)/status")" = 2 ]
}

@test "the examples of lowport-confine(1) serve confined, and say what was refused" {
	needs_busybox
	not_under asan "what is preloaded would have to come before the library of the sanitizer"
	pages /srv/www
	own <<-'END'
		[www]
		ports = tcp:80
		users = alice
	END
	for number in 1 2; do
		commands lowport-confine.1 EXAMPLES "$number" | follow alice
		wait_for it_works || fail "example $number: $(cat "$SCRATCH"/commands.*)"
		wait_for serves_confined
		end commands
		wait_for port_free tcp 80
	done
	commands lowport-confine.1 EXAMPLES 3 | follow alice
	wait_line "$SCRATCH/commands.out" 'openat.*"/etc/hostname".*EACCES'
}

@test "the examples of lowport-accept(1) serve" {
	local page=lowport-accept.1
	printf '#!/bin/sh\necho "nobody is here"\n' >"$SCRATCH/in.fingerd"
	chmod 0755 "$SCRATCH/in.fingerd"
	{
		sed -n 's/^\.Dl \$ \(lowportbind .*\)/\1/p' "$srcdir/man/$page" | sed 's/\\//g'
		commands "$page" EXAMPLES 1
	} | sed -e :a -e '/\\$/N; s/\\\n//; ta' >"$SCRATCH/lines"
	equal "$(wc -l <"$SCRATCH/lines")" 3 "number of examples"
	for number in 1 2 3; do
		own <<-'END'
			[finger]
			ports = tcp:79
			users = alice
		END
		[ "$number" != 3 ] || echo 'handoff = accept' >>"$CONF"
		sed -n "${number}p" "$SCRATCH/lines" | follow alice
		wait_listening tcp 79
		equal "$(socat "-t$PATIENCE" - TCP:127.0.0.1:79 </dev/null)" 'nobody is here'
		end commands
		wait_for port_free tcp 79
	done
}

@test "the service that the page ends with is confined, chrooted and serves" {
	needs_busybox
	[ -x "$PREFIX/bin/lowport-confine" ] || skip "lowport-confine is not installed"
	not_under asan "what confines in a new root directory is static, and needs nothing there"
	mount -t tmpfs -o mode=0755 tmpfs /srv
	block 'does this' >"$SCRATCH/make"
	run sh -e "$SCRATCH/make"
	equal "$status" 0
	block 'starts this' | sed 's/www-data/alice/' | dropin www.conf
	spawn www root "$RUN" www
	wait_listening tcp 80
	run curl -s --max-time "$PATIENCE" http://127.0.0.1/
	equal "$output" '<p>It works.'
	equal "$(readlink "/proc/$(pid_of www)/root")" /srv/www
	equal "$(sed -n 's/^Seccomp:\s*//p' "/proc/$(pid_of www)/status")" 2 Seccomp
	run curl -s --path-as-is --max-time "$PATIENCE" http://127.0.0.1/../usr/bin/busybox
	lacks "$output" ELF
	wait_line "$SCRATCH/www.err" 'url:/'
}

@test "every key and its words in the page are taken" {
	mkdir -p /run/www
	for line in $(sed -n 's/^\([a-z-]* *= .*\)/\1/p' "$srcdir/man/lowportbind-services.7" | tr -s ' ' | tr ' ' '~'); do
		line=${line//\~/ }
		case $line in
		ports* | owner* | exec* | handoff*) continue ;;
		max-*) entry "$line" 'handoff = accept' ;;
		*) entry "$line" ;;
		esac
		service root --dry-run finger
		equal "$status" 0 "$line: $stderr" || return
	done
}

@test "the examples of services are in order" {
	dropin services.conf <"$srcdir/conf/examples/services.conf"
	run --separate-stderr "$RUN" --list
	equal "$status" 0
	for name in www dns log; do
		matches "$output" "^$name "
		service root --dry-run "$name"
		equal "$status" 0
		equal "$stderr" ''
		service root --list
	done
}
