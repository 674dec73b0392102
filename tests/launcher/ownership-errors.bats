# SPDX-License-Identifier: GPL-2.0-or-later
# not none: a broken file leaves the loaded table as it was, so what the other files grant is not in it
# Every kind of error in an ownership file: it is named with file and line, the
# file grants nothing, and the other files stand.

load ../helper

# broken LINE CONTENT [PATTERN]: CONTENT (in printf's notation) has an error in
# LINE. It says so, costs the whole file its grants, and a drop-in keeps its own.
broken()
{
	local named
	# shellcheck disable=SC2059 # the content is the format
	printf "$2" | own
	dropin good.conf <<-'END'
		[good]
		ports = tcp:54
		users = alice
	END
	launch alice tcp:53 -- "$PROBE"
	equal "$status" 78 "exit status"
	equal "$output" "" "standard output"
	named="^lowportbind: (warning: )?$CONF:$1: .*${3-}"
	matches "${stderr_lines[0]}" "$named" "the warning"
	equal "$(grep -c "$CONF:" <<<"${stderr_lines[0]}")" 1
	equal "${#stderr_lines[@]}" 2 "lines on standard error"
	matches "${stderr_lines[1]}" '^lowportbind: tcp:53: ' "the refusal"
	port_free tcp 53

	launch alice tcp:54 -- "$PROBE"
	equal "$status" 0 "exit status for the good drop-in"
	matches "$stderr" "$named" "the warning"
	equal "${#stderr_lines[@]}" 1 "lines on standard error"
	clean alice
}

# A section without an error, to be followed or preceded by one.
ok='[ok]\nports = tcp:53\nusers = alice\n'

@test "error: an unknown key" {
	broken 4 "${ok}portz = tcp:54\n" portz
}

@test "error: an unknown key that differs by case" {
	broken 4 "${ok}Users = bob\n"
}

@test "error: an unknown protocol" {
	broken 2 '[a]\nports = sctp:53\nusers = alice\n' sctp
}

@test "error: mptcp is no protocol of the file" {
	broken 2 '[a]\nports = mptcp:53\nusers = alice\n'
}

@test "error: a port without a protocol" {
	broken 2 '[a]\nports = 53\nusers = alice\n'
}

for_port()
{
	broken 2 "[a]\nports = tcp:$1\nusers = alice\n"
}

@test "error: port 0" { for_port 0; }
@test "error: port 65536" { for_port 65536; }
@test "error: a port of many digits" { for_port 42949672960000000053; }
@test "error: a port with a leading zero" { for_port 053; }
@test "error: a hexadecimal port" { for_port 0x35; }
@test "error: a port with a plus sign" { for_port +53; }
@test "error: a port with a minus sign" { for_port -53; }
@test "error: a port with letters behind" { for_port 53x; }
@test "error: a port name" { for_port domain; }
@test "error: an empty port" { for_port ''; }
@test "error: an exponent" { for_port 5e1; }
@test "error: digits that are not ASCII" { for_port '\331\245\331\243'; }

@test "error: a range that runs backwards" { for_port 60-50; }
@test "error: a range without an end" { for_port 50-; }
@test "error: a range without a beginning" { for_port -60; }
@test "error: a range of three" { for_port 50-60-70; }
@test "error: a range to 65536" { for_port 50-65536; }
@test "error: a range from 0" { for_port 0-60; }

@test "error: an id of -1" {
	broken 3 '[a]\nports = tcp:53\nusers = -1\n'
}

@test "error: an id of 4294967295, which is -1" {
	broken 3 '[a]\nports = tcp:53\nusers = 4294967295\n'
}

@test "error: an id of 2^32, which is 0" {
	broken 3 '[a]\nports = tcp:53\nusers = 4294967296\n'
}

@test "error: an id above 2^32 that is alice's modulo 2^32" {
	broken 3 '[a]\nports = tcp:53\nusers = 4295027297\n'
}

@test "error: a group id of -1" {
	broken 3 '[a]\nports = tcp:53\ngroups = 4294967295\n'
}

@test "error: an owner's id of -1" {
	broken 3 '[a]\nports = tcp:53\nowner = 4294967295\n'
}

@test "error: a single-valued key twice" {
	broken 4 '[a]\nports = tcp:53\nowner = alice\nowner = bob\n' owner
	broken 5 "${ok}handoff = stdin\nhandoff = stdin\n" handoff
	broken 5 "${ok}together = yes\ntogether = yes\n" together
	broken 5 "${ok}anyone = no\nanyone = no\n" anyone
	broken 5 "${ok}no-new-privileges = yes\nno-new-privileges = yes\n" no-new-privileges
}

@test "error: a section twice" {
	broken 4 "${ok}[ok]\nports = tcp:55\nusers = bob\n" ok
}

@test "error: a section name with other characters" {
	broken 1 '[a b]\nports = tcp:53\nusers = alice\n'
	broken 1 '[a/b]\nports = tcp:53\nusers = alice\n'
	broken 1 '[]\nports = tcp:53\nusers = alice\n'
	broken 1 '[\303\244]\nports = tcp:53\nusers = alice\n'
}

@test "error: a section without ports" {
	broken '[14]' "${ok}[b]\nusers = alice\n" b
}

@test "error: a section with no keys at all" {
	broken '[14]' "${ok}[b]\n" b
	broken '[14]' "[b]\n${ok}" b
}

@test "error: ports without a value" {
	broken '[12]' '[a]\nports =\nusers = alice\n'
}

@test "error: a section with nobody to grant to" {
	broken '[1456]' "${ok}[b]\nports = tcp:55\n" b
	broken '[1456]' "${ok}[b]\nports = tcp:55\nanyone = no\n" b
}

@test "error: text outside sections" {
	broken 1 "ports = tcp:53\n${ok}"
	broken 1 "hello\n${ok}"
}

@test "error: a line that is neither a key nor a header" {
	broken 4 "${ok}hello\n"
}

@test "error: a semicolon or a hash inside a line" {
	broken 2 '[a]\nports = tcp:53 ; a remark\nusers = alice\n'
	broken 2 '[a]\nports = tcp:53 # a remark\nusers = alice\n'
	broken 3 '[a]\nports = tcp:53\nusers = alice;bob\n'
	broken 1 '[a] ; a remark\nports = tcp:53\nusers = alice\n'
}

@test "error: a NUL" {
	broken 3 '[a]\nports = tcp:53\nusers = alice\000bob\n'
	broken 4 "${ok}\\\\000\n"
}

@test "error: a carriage return" {
	broken '[12]' '[a]\r\nports = tcp:53\r\nusers = alice\r\n'
	broken 3 '[a]\nports = tcp:53\nusers = alice\r\n'
}

@test "error: an indented line" {
	broken 3 '[a]\nports = tcp:53\n users = alice\n'
	broken 3 '[a]\nports = tcp:53\n\tusers = alice\n'
	broken 2 '[a]\n ; a comment\nports = tcp:53\nusers = alice\n'
	broken 1 ' [a]\nports = tcp:53\nusers = alice\n'
}

@test "error: an over-long line" {
	broken 3 "[a]\nports = tcp:53\nusers = alice$(printf ' alice%.0s' {1..2000})\n"
}

@test "error: the tail of a long line is not a line of its own" {
	broken 2 "[a]\nports = tcp:54 $(printf '%0190d' 0)\nports = tcp:53\nusers = alice\n"
	broken 4 "[a]\nports = tcp:54\nusers = bob\n; $(printf 'x%.0s' {1..10000}) \nports = tcp:53\n"
}

@test "error: an over-long section name" {
	broken 1 "[$(printf 'a%.0s' {1..300})]\nports = tcp:53\nusers = alice\n"
}

@test "names that agree in their first 49 characters are not one section" {
	name=$(printf 'n%.0s' {1..49})
	printf '[%s1]\nports = tcp:53\nusers = alice\n[%s2]\nports = tcp:55\nusers = bob\n' \
		"$name" "$name" | own
	launch alice tcp:53 -- "$PROBE"
	if [ "$status" -eq 78 ]; then
		matches "${stderr_lines[0]}" "$CONF:1: "
	else
		granted
		launch alice tcp:55 -- "$PROBE"
		refused 77 'tcp:55' tcp 55
	fi
}

@test "error: an over-long key" {
	broken 4 "${ok}$(printf 'k%.0s' {1..300}) = 1\n"
}

@test "error: a header without its bracket" {
	broken 1 '[a\nports = tcp:53\nusers = alice\n'
	broken 4 "${ok}[b\nusers = bob\n"
}

@test "error: text behind a header" {
	broken 1 '[a] b\nports = tcp:53\nusers = alice\n'
}

@test "error: a colon in the place of the equals sign" {
	broken 3 '[a]\nports = tcp:53\nusers: alice\n'
}

@test "error: an address that is none" {
	for address in 127.0.0 127.0.0.256 localhost 127.0.0.1/33 ::1/129 127.0.0.1/ 127.0.0.1/-1 \
		127.0.0.1/08 0177.0.0.1 '[::1]' ::1/x; do
		broken 3 "[a]\nports = tcp:53\naddress = $address\nusers = alice\n"
	done
}

@test "error: a value that is neither yes nor no" {
	broken 4 "${ok}together = maybe\n"
	broken 4 "${ok}anyone = YES!\n"
	broken 4 "${ok}no-new-privileges = 0\n"
}

@test "error: an unknown handoff" {
	broken 4 "${ok}handoff = telepathy\n" telepathy
}

@test "a name that begins with a digit is a name or an error, never a number" {
	for name in 0day 007 0x0 60001x; do
		printf '[a]\nports = tcp:53\nusers = %s\n' "$name" | own
		launch alice tcp:53 -- "$PROBE"
		[ "$status" -eq 77 ] || [ "$status" -eq 78 ] || fail "$name"
		port_free tcp 53
	done
}

@test "a broken drop-in costs its own grants and nobody else's" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
	END
	dropin broken.conf <<-'END'
		[b]
		ports = tcp:55
		users = alice
		nonsense
	END
	launch alice tcp:53 -- "$PROBE"
	equal "$status" 0
	matches "$stderr" "^lowportbind: (warning: )?$DROPIN/broken.conf:4: "
	launch alice tcp:55 -- "$PROBE"
	equal "$status" 78
	matches "${stderr_lines[1]}" '^lowportbind: tcp:55: '
}

@test "while a file is broken, a high port that no other section grants is refused with 78" {
	dropin broken.conf <<-'END'
		nonsense
	END
	launch alice tcp:3000 -- "$PROBE"
	equal "$status" 78
	equal "$output" ""
	port_free tcp 3000
}

@test "while a file is broken, a port that another section gives to others is refused with 78" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = bob
	END
	dropin broken.conf <<-'END'
		nonsense
	END
	launch alice tcp:53 -- "$PROBE"
	equal "$status" 78
	port_free tcp 53
	launch bob tcp:53 -- "$PROBE"
	equal "$status" 0
}

@test "two broken files: a line of warning for each" {
	own <<<nonsense
	dropin a.conf <<<nonsense
	launch alice tcp:53 -- "$PROBE"
	equal "$status" 78
	equal "${#stderr_lines[@]}" 3
	matches "${stderr_lines[0]}" "^lowportbind: (warning: )?$CONF:1: "
	matches "${stderr_lines[1]}" "^lowportbind: (warning: )?$DROPIN/a.conf:1: "
}

@test "no errors: an empty file, one of comments, one without a last newline" {
	own </dev/null
	dropin a.conf <<-'END'
		; a comment
		# another, with a [bracket] and key = value

	END
	printf '[b]\nports = tcp:53\nusers = alice' | dropin b.conf
	launch alice tcp:53 -- "$PROBE"
	granted
}

@test "no errors: spaces around the equals sign and behind the value, or none" {
	printf '[a]\nports=tcp:53\nusers   =   alice  \n[b]\nports = tcp:54\t tcp:55\nusers\t=\talice\n' | own
	launch alice tcp:53 tcp:54 tcp:55 -- "$PROBE"
	granted
}

@test "no errors: the service keys are passed over" {
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
		exec = /usr/sbin/named -f -c "/etc/bind/named.conf"
		env = LANG=C TZ=UTC
		env-file = /etc/dns.env
		chdir = /
		chroot = /
		umask = 027
		nice = 1
		limit-nofile = 10
		limit-core = 0
		limit-as = 1
		runtime-directory = dns
		state-directory = dns
		open = log=append:/var/log/dns.log zones=read:/var/lib/zones
		listen = ctl=unix:/run/dns/ctl.sock
		connect = logd=unix:/run/logd.sock db=tcp:127.0.0.1:5432
		max-connections = 10
		max-per-source = 2
		confine-read = /etc
		confine-write = /var
		confine-connect = tcp:53
		confine-bind = tcp:53
		confine-syscalls = service
		confine-require = yes
	END
	launch alice tcp:53 -- "$PROBE"
	granted
}

@test "a file of many megabytes is refused or read, and nothing in between" {
	{
		printf '[a]\nports = tcp:53\nusers = alice\n'
		yes '; a comment that is repeated very often' | head -c 8000000
		printf '\n[b]\nports = tcp:54\nusers = bob\n'
	} | own
	launch alice tcp:53 -- "$PROBE"
	if [ "$status" -eq 0 ]; then
		launch alice tcp:54 -- "$PROBE"
		refused 77 'it belongs to (user )?bob' tcp 54
	else
		equal "$status" 78
		matches "${stderr_lines[0]}" "$CONF"
	fi
}
