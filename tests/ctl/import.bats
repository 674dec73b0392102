# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl import: an ownership file that grants what other programs' files did.

load ../helper

AUTHBIND=/etc/authbind

prepare()
{
	rm -rf "$AUTHBIND"
	mkdir -m 0755 "$AUTHBIND" "$AUTHBIND/byport" "$AUTHBIND/byaddr" "$AUTHBIND/byuid"
	ip addr add 2001:db8::1/128 dev lo 2>/dev/null || :
}

# file NAME OWNER GROUP MODE: one of authbind's.
file()
{
	: >"$AUTHBIND/$1"
	chown "$2:$3" "$AUTHBIND/$1"
	chmod "$4" "$AUTHBIND/$1"
}

# uid NAME LINE...: a file of byuid.
uid()
{
	printf '%s\n' "${@:2}" >"$AUTHBIND/byuid/$1"
}

# imported OPTION FILE: what it prints is put in place, and is in order.
imported()
{
	ctl alice import "$1" "$2"
	equal "$status" 0 || return
	equal "$stderr" "" || return
	printf '%s\n' "$output" | dropin imported.conf
	"$PREFIX/bin/lowportctl" check "$DROPIN/imported.conf" >"$SCRATCH/check" 2>&1 || fail "$(cat "$SCRATCH/check")"
}

# told TEXT...: comments have that, however they are wrapped.
told()
{
	local text comments
	comments=$(sed -n 's/^; //p' <<<"$output" | tr '\n' ' ')
	for text; do
		[[ $comments == *"$text"* ]] || fail "no comment has: $text" || return
	done
}

# only_comments: it grants nobody anything.
only_comments()
{
	equal "$(grep -v -e '^;' -e '^$' <<<"$output")" ''
}

# asked WORD ADDRESS... -- PORT...: what every user is answered, below $SCRATCH/WORD.
asked()
{
	local user
	mkdir -p "$SCRATCH/$1"
	for user in alice bob carol; do
		case $1 in
		bind) as "$user" authbind "$BIN/verdicts" bind "${@:2}" ;;
		*) as "$user" "$BIN/verdicts" decide "${@:2}" ;;
		esac >"$SCRATCH/$1/$user" || return
	done
}

# same ADDRESS... -- PORT...: authbind and the ownership files answer everybody alike.
same()
{
	asked bind "$@" || fail "authbind cannot be asked" || return
	asked decide "$@" || fail "the files cannot be asked" || return
	diff -r "$SCRATCH/bind" "$SCRATCH/decide" || fail "they differ (< authbind, > the files)"
}

# yes USER: how many times authbind says it.
yes()
{
	grep -c ' yes$' "$SCRATCH/bind/$1"
}

need_authbind()
{
	command -v authbind >/dev/null || skip "authbind is not installed"
	not_under asan "authbind preloads a library, which has to come after that of the sanitizer"
}

@test "authbind: the same verdicts over every port, user and group of a large sample" {
	need_authbind
	# Every class of byport: owner, group, anyone, nobody, and the files of a ! port.
	file byport/80 alice root 0700
	file byport/81 root dns-admins 0710
	file byport/82 bob dns-admins 0750
	file byport/83 root root 0755
	file byport/84 bob bob 0644
	file byport/85 root root 0000
	file byport/86 bob dns-admins 0770
	file byport/600 alice root 0700
	file 'byport/!601' alice root 0700
	file 'byport/!602' root dns-admins 0750
	file 'byport/!80' bob root 0700
	file byport/088 bob root 0700
	file byport/1023 alice root 0700
	file 'byport/!1023' bob root 0700
	file byport/511 bob root 0700
	# Addresses, beside byport and alone; both ways to write one.
	file byaddr/127.0.0.1:80 bob root 0700
	file byaddr/127.0.0.1:90 bob root 0700
	file byaddr/127.0.0.1,91 bob root 0700
	file byaddr/127.0.0.1:92 carol root 0700
	file byaddr/127.0.0.1,92 bob root 0700
	file byaddr/::1,93 alice root 0700
	file byaddr/0:0:0:0:0:0:0:1,94 alice root 0700
	file byaddr/::1,95 alice root 0700
	file byaddr/0:0:0:0:0:0:0:1,95 bob root 0700
	file byaddr/2001:db8::1,96 root dns-admins 0710
	file 'byaddr/!127.0.0.1:610' bob root 0700
	file byaddr/127.0.0.1:611 bob root 0700
	file byaddr/127.0.0.2:97 root root 0000
	file byaddr/0.0.0.0:98 root root 0000
	file byaddr/::,99 root root 0000
	# Lines of every form, with holes that the files above make.
	uid "$ALICE" 0.0.0.0/0:98,98 ::/0,99 127.0.0.2,100 127.0.0.1-127.0.0.2,101-103 127.0.0.0/8:104,105 \
		2001:db8::-2001:db8::5,106 0.0.0.0/0,107 127.0.0.2/8,108 127.0.0.1,110-109 'rubbish' '# a comment' '' \
		127.0.0.0/31:97,97 0.0.0.0/0:500,700 ::/0,79-86 ::/0,500-511
	uid "!$ALICE" 0.0.0.0/0:500,605 127.0.0.0/8:606,620 ::1,1000-2000
	uid "$BOB" 127.0.0.0/8:85,95 127.0.0.1,80
	uid 0 0.0.0.0/0:1,1023
	imported --authbind "$AUTHBIND"
	same 127.0.0.1 127.0.0.2 0.0.0.0 ::1 2001:db8::1 :: -- 78-112 499-504 509-513 599-603 609-621 999-1002 1022-1025
	same 127.0.0.1 -- 1-1023
	[ "$(yes alice)" -gt 100 ] && [ "$(yes bob)" -gt 10 ] && [ "$(yes carol)" -gt 5 ]
}

@test "authbind: an existing file decides alone, also for those it does not let through" {
	need_authbind
	file byport/80 bob root 0700
	file byaddr/127.0.0.1:80 alice root 0700
	uid "$ALICE" 0.0.0.0/0:79,81
	imported --authbind "$AUTHBIND"
	told 'byaddr/127.0.0.1:80: byport/80 is there, and decides alone'
	same 127.0.0.1 0.0.0.0 -- 79-81
	grep -qx 'tcp 127.0.0.1 79 yes' "$SCRATCH/decide/alice"
	grep -qx 'tcp 127.0.0.1 80 no' "$SCRATCH/decide/alice"
}

@test "authbind: where a file takes one address from a block, the rest of it is granted" {
	need_authbind
	file byaddr/127.0.0.1:80 bob root 0700
	uid "$ALICE" 127.0.0.0/8:80,80
	imported --authbind "$AUTHBIND"
	same 127.0.0.1 127.0.0.0 127.0.0.2 127.0.0.3 127.128.0.1 -- 80
	grep -qx 'tcp 127.128.0.1 80 yes' "$SCRATCH/decide/alice"
	grep -qx 'tcp 127.0.0.1 80 no' "$SCRATCH/decide/alice"
}

@test "authbind: what has no equivalent is a comment, and grants nobody more" {
	need_authbind
	usermod -aG dns-admins bob
	file byport/80 bob dns-admins 0010
	file byport/81 root dns-admins 0701
	file byport/82 bob bob 0011
	ln -s 80 "$AUTHBIND/byport/83"
	ln -s nowhere "$AUTHBIND/byport/84"
	file byport/85 root root 0700
	setfacl -m u:carol:x "$AUTHBIND/byport/85"
	file byaddr/127.0.0.01:86 alice root 0700
	file byaddr/::ffff:127.0.0.1,86 alice root 0700
	file byport/x alice root 0700
	uid x 0.0.0.0/0:1,511
	uid "$ALICE" 0.0.0.0/8:87,87 '0.0.0.0/0 :88,88' 0.0.0.0/0:600,700
	imported --authbind "$AUTHBIND"
	told 'byport/80: its group dns-admins may, but not bob'
	told 'byport/81: everybody but its owner or group may'
	told 'byport/83: whom a symbolic link'
	told 'byport/84: a symbolic link to nothing'
	told 'byport/85: whom a symbolic link or an access control list'
	told 'byaddr/127.0.0.01:86: authbind never looks'
	told 'byaddr/::ffff:127.0.0.1,86: authbind never looks'
	told 'byport/x: authbind never looks'
	told 'byuid/x: authbind never looks'
	told 'to authbind 0.0.0.0, all addresses at once, is one of these'
	told 'byuid/60001: 0.0.0.0/0 :88,88: not a line'
	told 'byuid/60001: 0.0.0.0/0:600,700: authbind reads this file for ports from 1 to 511 alone'
	asked bind 127.0.0.1 0.0.0.0 ::1 -- 79-90 599-601
	asked decide 127.0.0.1 0.0.0.0 ::1 -- 79-90 599-601
	usermod -G bob bob
	local user
	for user in alice bob carol; do
		# Nothing that authbind refuses is granted.
		equal "$(diff "$SCRATCH/bind/$user" "$SCRATCH/decide/$user" | grep '^< .* no$')" "" "$user"
	done
}

@test "authbind: a file for all addresses at once becomes each of them, and says so" {
	file byaddr/0.0.0.0:80 alice root 0700
	file byaddr/::,80 alice root 0700
	imported --authbind "$AUTHBIND"
	told 'to authbind this is all addresses at once and none alone'
	matches "$output" '^address = 0\.0\.0\.0/0$'
	matches "$output" '^address = ::/0$'
	launch alice -n tcp:80 -- true
	equal "$status" 0
}

@test "authbind: users and groups without a name are numbers; names of digits too" {
	file byport/80 61234 61235 0710
	uid 61236 127.0.0.1,81
	echo '77:x:61237:61237::/:/bin/sh' >>/etc/passwd
	file byport/82 61237 root 0700
	imported --authbind "$AUTHBIND"
	sed -i /^77:/d /etc/passwd
	matches "$output" '^owner +=  *61234$'
	matches "$output" '^groups +=  *61235$'
	matches "$output" '^users +=  *61236$'
	matches "$output" '^owner +=  *61237$'
}

@test "authbind: an empty tree is an ownership file without sections" {
	imported --authbind "$AUTHBIND"
	only_comments
	rmdir "$AUTHBIND/byport" "$AUTHBIND/byaddr" "$AUTHBIND/byuid"
	imported --authbind "$AUTHBIND"
}

@test "authbind: file names that hold anything, and long ones, stay comments" {
	: >"$AUTHBIND/byport/"$'80\n[evil]\nports = tcp:1\nanyone = yes'
	: >"$AUTHBIND/byport/$(printf 'x%.0s' {1..250})"
	uid "$ALICE" $'0.0.0.0/0\r\e[31m,80' "$(printf '[%.0s' {1..300})"
	imported --authbind "$AUTHBIND"
	only_comments
}

@test "authbind: trouble is told, and nothing is printed" {
	ctl alice import --authbind "$SCRATCH/none"
	equal "$status" 2
	equal "$output" ""
	matches "$stderr" "^lowportctl: $SCRATCH/none: cannot be read: No such file"
	chmod 0750 "$AUTHBIND/byport"
	ctl root import --authbind "$AUTHBIND"
	equal "$status" 2
	equal "$output" ""
	matches "$stderr" '^lowportctl: byport: it is not a directory that all can search'
	chmod 0755 "$AUTHBIND/byport"
	uid "$ALICE" 127.0.0.1,80
	chmod 0600 "$AUTHBIND/byuid/$ALICE"
	ctl bob import --authbind "$AUTHBIND"
	equal "$status" 2
	matches "$stderr" "^lowportctl: byuid/$ALICE: cannot be read: Permission denied"
	ctl root import --authbind "$AUTHBIND"
	equal "$status" 0
}

# ---- inetd ----

@test "inetd: wait and nowait, tcp and udp, each family, an address, a number and a name" {
	cat >"$SCRATCH/inetd.conf" <<-'END'
		#:STANDARD: a comment
		finger  stream  tcp     nowait          alice   /usr/sbin/in.fingerd    in.fingerd -l
		ntalk   dgram   udp     wait            bob     /usr/sbin/in.ntalkd     in.ntalkd
		8001    stream  tcp6    nowait          carol   /bin/cat        cat
		127.0.0.1:8002  stream  tcp4    wait    alice   /usr/sbin/x     x
		[::1]:8003      dgram   udp6    wait    alice   /usr/sbin/x     x
		*:8004  stream  tcp     nowait.40       alice.dns-admins        /usr/sbin/x     x
	END
	imported --inetd "$SCRATCH/inetd.conf"
	local expected=$'[tcp-79]\nports   = tcp:79\naddress = 0.0.0.0/0\nowner   = alice\nhandoff = accept
exec    = /usr/sbin/in.fingerd -l
[udp-518]\nports   = udp:518\naddress = 0.0.0.0/0\nowner   = bob\nhandoff = stdin
exec    = /usr/sbin/in.ntalkd
[tcp-8001-6]\nports   = tcp:8001\naddress = ::/0\nowner   = carol\nhandoff = accept
exec    = /bin/cat
[tcp-8002]\nports   = tcp:8002\naddress = 127.0.0.1\nowner   = alice\nhandoff = stdin
exec    = /usr/sbin/x
[udp-8003-6]\nports   = udp:8003\naddress = ::1\nowner   = alice\nhandoff = stdin
exec    = /usr/sbin/x
[tcp-8004]\nports   = tcp:8004\naddress = 0.0.0.0/0\nowner   = alice\nhandoff = accept
exec    = /usr/sbin/x'
	equal "$(grep -v -e '^;' -e '^$' <<<"$output")" "$expected"
	told 'its group was dns-admins; a start by root needs: lowportbind -u'
	told 'starts are not counted by the minute'
}

@test "inetd: the verdicts are those of the lines, over every port and user" {
	cat >"$SCRATCH/inetd.conf" <<-'END'
		finger  stream  tcp     nowait  alice   /usr/sbin/in.fingerd    in.fingerd
		time    dgram   udp     wait    bob     /usr/sbin/in.timed      in.timed
		127.0.0.1:90    stream  tcp     nowait  carol   /usr/sbin/x     x
		http    stream  tcp6    nowait  carol   /usr/sbin/x     x
		shell   stream  tcp     nowait  root    /usr/sbin/in.rshd       in.rshd
	END
	imported --inetd "$SCRATCH/inetd.conf"
	asked decide 127.0.0.1 127.0.0.2 0.0.0.0 ::1 :: -- 1-1023
	equal "$(grep ' yes$' "$SCRATCH/decide/alice" | sort)" "$(printf 'tcp %s 79 yes\n' 0.0.0.0 127.0.0.1 127.0.0.2)"
	equal "$(grep ' yes$' "$SCRATCH/decide/bob" | sort)" "$(printf 'udp %s 37 yes\n' 0.0.0.0 127.0.0.1 127.0.0.2)"
	equal "$(grep ' yes$' "$SCRATCH/decide/carol" | sort)" $'tcp 127.0.0.1 90 yes\ntcp :: 80 yes\ntcp ::1 80 yes'
}

@test "inetd: an entry that was imported serves" {
	echo '8005 stream tcp nowait alice /bin/echo echo hello' >"$SCRATCH/inetd.conf"
	imported --inetd "$SCRATCH/inetd.conf"
	spawn server alice "$LPB" tcp4:8005 -- /bin/echo hello
	wait_listening tcp 8005
	equal "$(socat -T5 - TCP:127.0.0.1:8005 </dev/null)" hello
}

@test "inetd: what has no equivalent is a comment that says why" {
	cat >"$SCRATCH/inetd.conf" <<-'END'
		echo    stream  tcp     nowait  alice   internal
		walld/1 dgram   rpc/udp wait    alice   /usr/lib/rpc.walld      rpc.walld
		/run/x  stream  unix    nowait  alice   /usr/sbin/x     x
		finger  stream  tcp     nowait  root    /usr/sbin/x     x
		nosuchservice   stream  tcp     nowait  alice   /usr/sbin/x     x
		81      dgram   udp     nowait  alice   /usr/sbin/x     x
		82      stream  udp     wait    alice   /usr/sbin/x     x
		83      stream  tcp,rcvbuf=8k   nowait  alice   /usr/sbin/x     x
		host:84 stream  tcp     nowait  alice   /usr/sbin/x     x
		127.0.0.1:
		85      raw     tcp     nowait  alice   /usr/sbin/x     x
		86      stream  tcp     perhaps alice   /usr/sbin/x     x
		87      stream  tcp     nowait  a;b     /usr/sbin/x     x
		88      stream  tcp     nowait  alice
		0       stream  tcp     nowait  alice   /usr/sbin/x     x
		65536   stream  tcp     nowait  alice   /usr/sbin/x     x
		service finger
	END
	imported --inetd "$SCRATCH/inetd.conf"
	only_comments
	equal "$(grep -c '^; no equivalent: ' <<<"$output")" 17
	told 'no equivalent: xinetd.conf(5) is not read'
	told 'no equivalent: inetd served it itself'
	told 'no equivalent: an RPC service'
	told 'no equivalent: a UNIX socket'
	told 'no equivalent: lowportbind runs nothing as root'
	told 'no equivalent: services(5) has no port for it'
}

@test "inetd: another argument 0, and a command line that the file cannot hold" {
	cat >"$SCRATCH/inetd.conf" <<-END
		81 stream tcp nowait alice /usr/sbin/tcpd /usr/sbin/in.fingerd -w
		82 stream tcp nowait alice /usr/sbin/x x 'a;b'
		83 stream tcp nowait alice /usr/sbin/x x $(printf 'y%.0s' {1..250})
	END
	imported --inetd "$SCRATCH/inetd.conf"
	told 'bash(1) gives it its argument 0'
	equal "$(grep -c '^; its command line cannot stand' <<<"$output")" 2
	equal "$(grep -c '^exec ' <<<"$output")" 1
}

@test "inetd: a wrapper such as tcpd is told by its argument 0 what to run, as by inetd" {
	echo "79 stream tcp nowait alice $PROBE /usr/sbin/in.fingerd -w 'a b" >"$SCRATCH/inetd.conf"
	imported --inetd "$SCRATCH/inetd.conf"
	sed -i 's/= accept/= listen-fds/' "$DROPIN/imported.conf"
	run_as root "$PREFIX/sbin/lowport-run" tcp-79
	granted
	equal "$(sed -n 's/^argv\.[0-9]*=//p' <<<"$output" | paste -sd' ')" "/usr/sbin/in.fingerd -w 'a b"
}

@test "inetd: both families, and limits as FreeBSD writes them" {
	cat >"$SCRATCH/inetd.conf" <<-'END'
		81	stream	tcp46	nowait/5/0/3	alice	/usr/sbin/x	x
		82	stream	tcp	nowait/5/40	alice	/usr/sbin/in.x	in.x
		83	stream	tcp	nowait/0/0/0	alice	/usr/sbin/in.x	in.x
		84	dgram	udp46	wait.40	alice	/usr/sbin/in.x	in.x
		::1:85	stream	tcp46	nowait	alice	/usr/sbin/in.x	in.x
		86	stream	tcp64	nowait	alice	/usr/sbin/in.x	in.x
	END
	imported --inetd "$SCRATCH/inetd.conf"
	local expected=$'[tcp-81]\nports   = tcp:81\nowner   = alice\nhandoff = accept
max-connections = 5\nmax-per-source = 3\nexec    = /usr/sbin/x
[tcp-82]\nports   = tcp:82\naddress = 0.0.0.0/0\nowner   = alice\nhandoff = accept
max-connections = 5\nexec    = /usr/sbin/in.x
[tcp-83]\nports   = tcp:83\naddress = 0.0.0.0/0\nowner   = alice\nhandoff = accept\nexec    = /usr/sbin/in.x
[udp-84]\nports   = udp:84\nowner   = alice\nhandoff = stdin\nexec    = /usr/sbin/in.x
[tcp-85]\nports   = tcp:85\naddress = ::1\nowner   = alice\nhandoff = accept\nexec    = /usr/sbin/in.x'
	equal "$(grep -v -e '^;' -e '^$' <<<"$output")" "$expected"
	equal "$(grep -c 'not counted by the minute' <<<"$output")" 1
	told 'no equivalent: its protocol is neither tcp nor udp'
	told '86 stream tcp64 nowait alice /usr/sbin/in.x in.x'
}

@test "inetd: words that a shell would look at are quoted, so that lowport-run takes them as they were" {
	cat >"$SCRATCH/inetd.conf" <<-END
		79 stream tcp nowait alice $PROBE probe \$HOME a*b (c) a"b it's \\ \`id\` <x> ~ ?
		81 stream tcp nowait alice probe probe
	END
	imported --inetd "$SCRATCH/inetd.conf"
	told 'its command line cannot stand in the ownership file: exec    = probe'
	sed -i 's/= accept/= listen-fds/' "$DROPIN/imported.conf"
	service=$(sed -n 's/^\[\(.*-79\)\]$/\1/p' <<<"$output")
	run_as root "$PREFIX/sbin/lowport-run" "$service"
	granted
	equal "$(sed -n 's/^argv\.[1-9]*[0-9]=//p' <<<"$output" | tail -n +2 | paste -sd' ')" \
		"\$HOME a*b (c) a\"b it's \x5c \`id\` <x> ~ ?"
}

@test "inetd: a group that is the user's own anyway is not told of; another, or one that nobody has, is" {
	printf '81 stream tcp nowait %s /usr/sbin/x x\n' alice:alice alice.60001 >"$SCRATCH/inetd.conf"
	imported --inetd "$SCRATCH/inetd.conf"
	lacks "$output" 'its group was'
	printf '81 stream tcp nowait %s /usr/sbin/x x\n' carol:dns-admins alice:ghosts ghost:alice >"$SCRATCH/inetd.conf"
	imported --inetd "$SCRATCH/inetd.conf"
	equal "$(grep -c '^; its group was' <<<"$output")" 3
}

@test "inetd: two lines for one port are two sections" {
	printf '81 stream tcp nowait %s /usr/sbin/x x\n' alice bob >"$SCRATCH/inetd.conf"
	imported --inetd "$SCRATCH/inetd.conf"
	matches "$output" '^\[tcp-81\]$'
	matches "$output" '^\[tcp-81-2\]$'
}

@test "inetd: a file that cannot be read" {
	ctl alice import --inetd "$SCRATCH/none"
	equal "$status" 2
	matches "$stderr" "^lowportctl: $SCRATCH/none: cannot be read: No such file"
	ctl alice import --inetd "$SCRATCH"
	equal "$status" 2
	equal "$output" ""
}

@test "one source at a time" {
	local words
	for words in '' "--authbind / --inetd /" "--inetd / x"; do
		# shellcheck disable=SC2086 # words
		ctl alice import $words
		equal "$status" 64
		matches "$stderr" '^lowportctl: import: .*usage: lowportctl import --authbind'
	done
}
