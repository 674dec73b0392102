#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Web servers, and what else takes its sockets by number and at descriptor 0; presets.bats has nginx.
# flavours: setuid
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load common

prepare()
{
	needs curl
}

# Over both families.
ask()
{
	web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
}

# application WORD: in Python, by WSGI.
application()
{
	cat >application.py <<-END
		def application(environ, start):
		    start("200 OK", [("Content-Type", "text/plain")])
		    return [b"$1"]
	END
}

# bats test_tags=quick
@test "apache2" {
	daemon apache2 2.4 adopted 'lowportbind --adopt tcp:80 -- apache2 -DFOREGROUND -f $PWD/apache2.conf'
	conf()
	{
		cat >apache2.conf <<-END
			ServerRoot $SCRATCH
			ServerName localhost
			DefaultRuntimeDir $SCRATCH
			PidFile $SCRATCH/apache2.id
			ErrorLog $SCRATCH/apache2.log
			LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
			LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
			Listen 80
			ErrorDocument 404 $1
		END
	}
	lives HUP
}

lighttpd_conf()
{
	mkdir -p www
	echo "$1" >"www/$1.html"
	cat >lighttpd.conf <<-END
		server.document-root = "$SCRATCH/www"
		server.port = 80
		server.systemd-socket-activation = "enable"
		index-file.names = ( "$1.html" )
		server.modules = ()
	END
}

# bats test_tags=quick
@test "lighttpd" {
	daemon lighttpd 1.4 activated 'lowportbind tcp:80 -- lighttpd -D -f lighttpd.conf'
	conf()
	{
		lighttpd_conf "$1"
	}
	lives USR1
}

# bats test_tags=quick
@test "lighttpd, adopted" {
	daemon lighttpd 1.4 adopted 'lowportbind --adopt tcp:80 -- lighttpd -D -f lighttpd.conf'
	conf()
	{
		lighttpd_conf "$1"
		sed -i 's/.*socket-activation.*/$SERVER["socket"] == "[::]:80" { }/' lighttpd.conf
	}
	lives USR1
}

@test "lighttpd as an init script starts it, by root" {
	needs lighttpd
	cd "$SCRATCH"
	line='lowportbind tcp:80 -- lighttpd -D -f lighttpd.conf'
	its_ports
	lighttpd_conf first
	start root
	serves first
	stop
}

# haproxy_conf WORD BIND
haproxy_conf()
{
	cat >haproxy.cfg <<-END
		defaults
		    mode http
		    timeout connect 30s
		    timeout client 30s
		    timeout server 30s
		frontend www
		    bind $2
		    http-request return status 200 content-type text/plain string $1
	END
}

# bats test_tags=quick
@test "haproxy, by number" {
	daemon haproxy 2.6 'by number' 'lowportbind tcp:80 -- haproxy -W -f haproxy.cfg'
	conf()
	{
		haproxy_conf "$1" fd@3
	}
	lives USR2
}

@test "haproxy, adopted" {
	daemon haproxy 2.6 adopted 'lowportbind --adopt tcp:80 -- haproxy -W -f haproxy.cfg'
	conf()
	{
		haproxy_conf "$1" ':80,:::80 v6only'
	}
	lives USR2
}

# bats test_tags=quick
@test "gunicorn" {
	daemon gunicorn 20.1 activated 'lowportbind tcp:80 -- gunicorn --worker-tmp-dir . application'
	conf()
	{
		application "$1"
	}
	lives HUP
}

@test "gunicorn, adopted" {
	daemon gunicorn 20.1 adopted 'lowportbind --adopt tcp:80 -- gunicorn --worker-tmp-dir . -b [::]:80 application'
	conf()
	{
		application "$1"
	}
	lives HUP
}

# Two sockets of which one would be enough: each has SO_REUSEPORT, without which the second could not listen.
@test "hypercorn" {
	daemon python3-hypercorn 0.13 adopted \
		'lowportbind --adopt tcp:80 -- hypercorn -w 2 -b 0.0.0.0:80 -b [::]:80 application'
	conf()
	{
		cat >application.py <<-END
			async def app(scope, receive, send):
			    await send({"type": "http.response.start", "status": 200, "headers": []})
			    await send({"type": "http.response.body", "body": b"$1"})
		END
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
	lives again
}

# The server that binds is a Perl program, and starts h2o with what it has bound.
@test "h2o" {
	daemon h2o 2.2 adopted 'lowportbind --adopt tcp:80 -- h2o -m master -c h2o.conf'
	conf()
	{
		mkdir -p "$1"
		echo "$1" >"$1/index.html"
		printf 'listen: 80\nlisten:\n  host: "::"\n  port: 80\nhosts: { it: { paths: { /: { file.dir: "%s/%s" } } } }\n' \
			"$SCRATCH" "$1" >h2o.conf
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
	lives HUP
}

@test "unicorn" {
	daemon unicorn 6.0 adopted 'lowportbind --adopt tcp:80 -- unicorn -c unicorn.rb application.ru'
	conf()
	{
		echo "run lambda { |request| [200, {}, ['$1']] }" >application.ru
		printf 'listen 80\nlisten "[::]:80", ipv6only: true\npid "%s/unicorn"\nstderr_path "%s/it.log"\n' \
			"$SCRATCH" "$SCRATCH" >unicorn.rb
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
	reload()
	{
		kill -USR2 "$(cat unicorn)"
		patiently test -s unicorn.oldbin
		patiently test -s unicorn
		kill -QUIT "$(cat unicorn.oldbin)"
		patiently test ! -e unicorn.oldbin
	}
	main_process()
	{
		cat unicorn
	}
	lives reload
}

@test "uwsgi" {
	daemon uwsgi-core 2.0 adopted 'lowportbind --adopt tcp:80 -- uwsgi uwsgi.ini'
	conf()
	{
		application "$1"
		cat >uwsgi.ini <<-END
			[uwsgi]
			plugin = python3
			master = true
			http-socket = [::]:80
			wsgi-file = application.py
			die-on-term = true
		END
	}
	lives HUP
}

@test "busybox httpd" {
	daemon busybox 1.35 adopted 'lowportbind --adopt tcp:80 -- busybox httpd -f -p 80 -h www -c $PWD/httpd.conf'
	conf()
	{
		mkdir -p www
		echo "$1" >"www/$1.html"
		echo "I:$1.html" >httpd.conf
	}
	lives HUP
}

@test "node, by number" {
	daemon nodejs 18 'by number' 'lowportbind tcp:80 -- node server.js'
	conf()
	{
		echo "require('http').createServer((request, answer) => answer.end('$1')).listen({ fd: 3 })" >server.js
	}
	lives again
}

@test "caddy" {
	daemon caddy 2.6 no 'lowportbind --adopt tcp:80 -- caddy run'
	local status=0
	start
	wait "$(cat it.job)" || status=$?
	equal "$status" 126
	matches "$(cat it.err)" 'a Go program makes its system calls without libc'
	gone
}

# stdin_server PORT: by the section's handoff. It listens before it is executed.
stdin_server()
{
	own <<-END
		[echo]
		ports   = $1
		owner   = alice
		handoff = stdin
	END
	spawn inetd alice "$LPB" "$1" -- "$BIN/stdin-server"
	wait_for runs "$(pid_of inetd)" "$BIN/stdin-server"
	alices "$1"
}

# bats test_tags=quick
@test "a daemon of inetd's kind takes its socket at descriptor 0: TCP" {
	stdin_server tcp:79
	for _ in 1 2; do
		equal "$(said_at 127.0.0.1 79)" "served from descriptor 0 by uid $ALICE"
	done
}

# bats test_tags=quick
@test "a daemon of inetd's kind takes its socket at descriptor 0: UDP" {
	stdin_server udp:79
	equal "$(datagram 127.0.0.1 79 'hello\n')" "served from descriptor 0 by uid $ALICE"
}

# bats test_tags=quick
@test "unmodified daemons that bind for themselves get nothing without the launcher" {
	needs haproxy
	cd "$SCRATCH"
	printf 'defaults\n\tmode http\n\ttimeout client 30s\nfrontend www\n\tbind :80\n' >haproxy.cfg
	run as alice haproxy -db -f haproxy.cfg
	[ "$status" -ne 0 ] || fail "it ran"
	port_free tcp 80
}
