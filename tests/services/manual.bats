#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# lowportbind-services(7): what it tells to do works.
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

@test "the service that the page ends with is confined, chrooted and serves" {
	[ -x /usr/bin/busybox ] && busybox --list | grep -qx httpd || skip "busybox with httpd is not installed"
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
