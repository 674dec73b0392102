# SPDX-License-Identifier: GPL-2.0-or-later
# Daemons that take their sockets by socket activation, by number and at
# descriptor 0.

load ../helper
load common

prepare()
{
	own <<-'END'
		[www]
		ports = tcp:80
		owner = alice
		[echo]
		ports = tcp:79 udp:79
		owner = alice
		handoff = stdin
	END
	mkdir -m 0755 "$SCRATCH/www"
	echo 'a page' >"$SCRATCH/www/index.html"
	chown -R alice "$SCRATCH/www"
}

# The daemon called NAME is alice's, holds nothing, and so does its socket.
alices()
{
	# shellcheck disable=SC2034 # shown where it fails
	status='' output=$(cat "/proc/$(pid_of "$1")/status") stderr=$(cat "$SCRATCH/$1.err")
	matches "$output" "^Uid:\\s$ALICE\\s$ALICE\\s$ALICE\\s$ALICE\$"
	equal "$(grep -cE '^Cap(Inh|Prm|Eff|Bnd|Amb):\s0000000000000000$' <<<"$output")" 5 "empty capability lines"
	matches "$output" '^NoNewPrivs:\s1$'
	matches "$(ss -Hltne "sport = :$2")" "uid:$ALICE "
}

lighttpd_conf()
{
	cat >"$SCRATCH/lighttpd.conf" <<-END
		server.document-root = "$SCRATCH/www"
		server.port = 80
		server.systemd-socket-activation = "enable"
		index-file.names = ( "index.html" )
		server.modules = ()
	END
}

@test "lighttpd takes its socket by LISTEN_FDS" {
	needs lighttpd
	lighttpd_conf
	spawn lighttpd alice "$LPB" tcp:0.0.0.0:80 -- lighttpd -D -f "$SCRATCH/lighttpd.conf"
	wait_for page 127.0.0.1 || fail "$(cat "$SCRATCH/lighttpd.err")"
	alices lighttpd 80
}

@test "lighttpd as an init script starts it, by root" {
	needs lighttpd
	lighttpd_conf
	spawn lighttpd root "$LPB" tcp:0.0.0.0:80 -- lighttpd -D -f "$SCRATCH/lighttpd.conf"
	wait_for page 127.0.0.1 || fail "$(cat "$SCRATCH/lighttpd.err")"
	alices lighttpd 80
}

@test "gunicorn takes its socket by LISTEN_FDS" {
	needs gunicorn
	cat >"$SCRATCH/www/page.py" <<-'END'
		def app(environ, start):
		    start("200 OK", [("Content-Type", "text/plain")])
		    return [b"a page\n"]
	END
	spawn gunicorn alice "$LPB" tcp:80 -- gunicorn --chdir "$SCRATCH/www" \
		--worker-tmp-dir "$SCRATCH" page:app
	wait_for page 127.0.0.1 || fail "$(cat "$SCRATCH/gunicorn.err")"
	page '[::1]' || fail "not over IPv6"
	alices gunicorn 80
}

@test "haproxy takes its socket by number" {
	needs haproxy
	cat >"$SCRATCH/haproxy.cfg" <<-END
		defaults
			mode http
			timeout connect 5s
			timeout client 5s
			timeout server 5s
		frontend www
			bind fd@3
			http-request return status 200 content-type text/plain string "a page\n"
	END
	spawn haproxy alice "$LPB" tcp:80 -- haproxy -db -f "$SCRATCH/haproxy.cfg"
	wait_for page 127.0.0.1 || fail "$(cat "$SCRATCH/haproxy.err")"
	page '[::1]' || fail "not over IPv6"
	alices haproxy 80
}

@test "node takes its socket by number" {
	needs node
	spawn node alice "$LPB" tcp:80 -- \
		node -e 'require("http").createServer((asked, answer) => answer.end("a page\n")).listen({ fd: 3 })'
	wait_for page 127.0.0.1 || fail "$(cat "$SCRATCH/node.err")"
	page '[::1]' || fail "not over IPv6"
	alices node 80
}

@test "a daemon of inetd's kind takes its socket at descriptor 0: TCP" {
	spawn inetd alice "$LPB" --stdin tcp:80 -- "$BIN/stdin-server"
	wait_listening tcp 80
	for _ in 1 2; do
		run socat -t5 - TCP:127.0.0.1:80 </dev/null
		equal "$output" "served from descriptor 0 by uid $ALICE"
	done
	alices inetd 80
}

@test "a daemon of inetd's kind takes its socket at descriptor 0: UDP, and by the section's handoff" {
	spawn inetd alice "$LPB" udp:79 -- "$BIN/stdin-server"
	wait_listening udp 79
	run bash -c 'echo hello | socat -t5 - UDP:127.0.0.1:79,shut-none'
	equal "$output" "served from descriptor 0 by uid $ALICE"
}

@test "unmodified daemons that bind for themselves get nothing without the launcher" {
	needs haproxy
	printf 'defaults\n\tmode http\n\ttimeout client 5s\nfrontend www\n\tbind :80\n' >"$SCRATCH/haproxy.cfg"
	run as alice haproxy -db -f "$SCRATCH/haproxy.cfg"
	[ "$status" -ne 0 ] || fail "it ran"
	port_free tcp 80
}
