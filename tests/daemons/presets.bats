#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nginx and php-fpm, which take their sockets by variables of their own.
# flavours: setuid
# bats file_tags=quick
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load common

prepare()
{
	own <<-'END'
		[www]
		ports   = tcp:80
		owner   = alice
		handoff = nginx
		[fpm]
		ports   = tcp:900
		owner   = alice
		handoff = php-fpm
	END
	mkdir -m 0755 "$SCRATCH/www"
	echo 'a page' >"$SCRATCH/www/index.html"
	printf '<?php echo "a page\\n";\n' >"$SCRATCH/www/index.php"
	chown -R alice "$SCRATCH/www"
}

# nginx_conf LISTEN...: each a listen directive.
nginx_conf()
{
	printf 'fastcgi_param %s;\n' "SCRIPT_FILENAME $SCRATCH/www/index.php" 'REQUEST_METHOD GET' \
		>"$SCRATCH/fastcgi.conf"
	cat >"$SCRATCH/nginx.conf" <<-END
		pid $SCRATCH/nginx-master.id;
		error_log stderr notice;
		worker_processes 1;
		events {}
		http {
			access_log off;
			client_body_temp_path $SCRATCH/t1;
			proxy_temp_path $SCRATCH/t2;
			fastcgi_temp_path $SCRATCH/t3;
			uwsgi_temp_path $SCRATCH/t4;
			scgi_temp_path $SCRATCH/t5;
			server {
				root $SCRATCH/www;
				$(printf 'listen %s;\n' "$@")
				location /four { fastcgi_pass 127.0.0.1:900; include $SCRATCH/fastcgi.conf; }
				location /six { fastcgi_pass [::1]:900; include $SCRATCH/fastcgi.conf; }
			}
		}
	END
}

# nginx_says WORD: with the listen directives that Debian's configuration has.
nginx_says()
{
	nginx_conf 80 '[::]:80'
	sed -i "s|location /four|location = / { return 200 $1; }\n&|" "$SCRATCH/nginx.conf"
}

# nginx REQUEST...: with the file above.
nginx()
{
	spawn nginx alice "$LPB" "$@" -- nginx -c "$SCRATCH/nginx.conf"
}

@test "nginx with one socket for IPv4 and IPv6, and the line that it needs" {
	needs nginx
	nginx_conf '[::]:80 ipv6only=off'
	nginx tcp:80
	wait_for page 127.0.0.1 || fail "$(cat "$SCRATCH/nginx.err")"
	page '[::1]'
	alices tcp:80
	equal "$(head -n 1 "$SCRATCH/nginx.err")" \
		'lowport-nginx: tcp:80 is one socket for IPv4 and IPv6; the line that takes it: listen [::]:80 ipv6only=off;'
}

@test "nginx, adopted" {
	daemon nginx 1.22 adopted 'lowportbind --adopt tcp:80 -- nginx -c $PWD/nginx.conf -g "daemon off;"'
	conf()
	{
		nginx_says "$1"
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
	lives HUP
}

@test "nginx with two sockets, as Debian's configuration has them, and nothing said" {
	daemon nginx 1.22 'by variable' 'lowportbind --handoff nginx tcp4:80 tcp6:80 -- nginx -c $PWD/nginx.conf'
	conf()
	{
		nginx_says "$1"
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
	lives HUP
	lacks "$(cat it.err)" lowport
}

# It takes a parent that is the same as at the start for its old binary, and ignores SIGUSR2.
@test "nginx reloads, and upgrades its binary once its parent has ended, with the socket it has" {
	needs nginx
	local old new id=$SCRATCH/nginx-master.id
	nginx_conf 80
	spawn script alice sh -c '"$@" & until [ -s "$0" ]; do sleep 0.1; done' "$id" \
		"$LPB" tcp4:80 -- nginx -c "$SCRATCH/nginx.conf"
	wait "$(cat "$SCRATCH/script.job")"
	wait_for page 127.0.0.1 || fail "$(cat "$SCRATCH/script.err")"
	old=$(cat "$id")
	echo 'no page' >"$SCRATCH/www/new.html"
	sed -i 's/root .*/&\nindex new.html;/' "$SCRATCH/nginx.conf"
	kill -HUP "$old"
	wait_for other_page
	sed -i '/new.html/d' "$SCRATCH/nginx.conf"
	kill -USR2 "$old"
	wait_for test -s "$id.oldbin" || fail "$(cat "$SCRATCH/script.err")"
	wait_for test -s "$id"
	new=$(cat "$id")
	[ "$new" != "$old" ]
	kill -QUIT "$old"
	wait_for ended "$old"
	page 127.0.0.1
	alices tcp:80
	kill -TERM "$new"
	wait_for port_free tcp 80
}

# ended ID: but perhaps nobody has asked for its status, as the first process of a namespace need not.
ended()
{
	! grep -qs "^State:$(printf '\t')[^Z]" "/proc/$1/status"
}

other_page()
{
	[ "$(curl -s --max-time "$PATIENCE" http://127.0.0.1/)" = 'no page' ]
}

# fpm_conf LISTEN
fpm_conf()
{
	cat >"$SCRATCH/fpm.conf" <<-END
		[global]
		error_log = $SCRATCH/fpm.log
		[www]
		listen = $1
		pm = static
		pm.max_children = 1
	END
}

fpm=php-fpm8.2

# fpm REQUEST: with nginx before it, on a port that needs nobody.
fpm()
{
	nginx_conf 8080
	[ -s "$SCRATCH/front.pid" ] || spawn front alice nginx -c "$SCRATCH/nginx.conf" -g 'daemon off;'
	spawn fpm alice "$LPB" "$1" -- "$fpm" -F -y "$SCRATCH/fpm.conf"
}

@test "php-fpm with one socket for IPv4 and IPv6, and over a reload" {
	needs "$fpm"
	needs nginx
	fpm_conf 900
	fpm tcp:900
	wait_for page 127.0.0.1:8080/four || fail "$(cat "$SCRATCH/fpm.err" "$SCRATCH/fpm.log")"
	page 127.0.0.1:8080/six
	alices tcp:900
	equal "$(head -n 1 "$SCRATCH/fpm.err")" \
		'lowport-php-fpm: tcp:900 is one socket for IPv4 and IPv6; the line that takes it: listen = 900'
	kill -USR2 "$(pid_of fpm)"
	wait_line "$SCRATCH/fpm.log" 'reloading: execvp'
	wait_for page 127.0.0.1:8080/four
	alices tcp:900
}

# pool_life: of php-fpm, called by another user's nginx.
pool_life()
{
	needs nginx
	nginx_conf 8080
	echo '<?php echo getenv("WORD");' >www/index.php
	spawn front bob nginx -c "$SCRATCH/nginx.conf" -g 'daemon off;'
	conf()
	{
		fpm_conf 900
		echo "env[WORD] = $1" | cat fpm.conf - >php-fpm.conf
	}
	ask()
	{
		web_word "$1" 127.0.0.1:8080/four && web_word "$1" 127.0.0.1:8080/six
	}
	lives USR2
}

@test "php-fpm, by variable, called by another user's nginx" {
	daemon php8.2-fpm 8.2 'by variable' 'lowportbind --handoff php-fpm tcp:900 -- php-fpm8.2 -F -y php-fpm.conf'
	pool_life
}

@test "php-fpm, adopted, called by another user's nginx" {
	daemon php8.2-fpm 8.2 adopted 'lowportbind --adopt tcp:900 -- php-fpm8.2 -F -y php-fpm.conf'
	pool_life
}

@test "php-fpm at an address, IPv4 and IPv6" {
	needs "$fpm"
	needs nginx
	fpm_conf 127.0.0.1:900
	fpm tcp:127.0.0.1:900
	wait_for page 127.0.0.1:8080/four || fail "$(cat "$SCRATCH/fpm.err" "$SCRATCH/fpm.log")"
	end fpm
	fpm_conf '[::1]:900'
	fpm 'tcp:[::1]:900'
	wait_for page 127.0.0.1:8080/six || fail "$(cat "$SCRATCH/fpm.err" "$SCRATCH/fpm.log")"
}

# Two workers that are woken for one connection, as at a reload: one would wait in accept(2) for ever, and not end.
@test "nginx, which waits for all of its sockets at once, gets them non-blocking; php-fpm, which does not, blocking" {
	launch alice tcp4:80 tcp6:80 -- "$PROBE"
	socket 3 'nonblock=1'
	socket 4 'nonblock=1'
	launch alice --handoff listen-fds tcp4:900 -- perl -MFcntl -e '$^F = 3; open my $socket, "+<&=3" or die;
		fcntl($socket, F_SETFL, O_RDWR | O_NONBLOCK) or die; exec @ARGV' "$PREFIX/bin/lowport-php-fpm" "$PROBE"
	socket 3 'nonblock=0'
}

@test "what an earlier self left in the environment is not taken for a socket" {
	run_as alice env NGINX='9;' FPM_SOCKETS_1=x "$LPB" tcp4:80 tcp6:80 -- \
		sh -c 'echo "$NGINX ${LISTEN_FDS-unset}"'
	equal "$output" '3;4; unset'
	run_as alice env FPM_SOCKETS=x FPM_SOCKETS_1=y "$LPB" tcp4:900 'tcp:[::1]:900' -- \
		sh -c 'echo "$FPM_SOCKETS ${FPM_SOCKETS_1-unset}"'
	equal "$output" '0.0.0.0:900=3,::1:900=4, unset'
}

@test "the command line of both" {
	local name
	for name in nginx php-fpm; do
		run "$PREFIX/bin/lowport-$name" --help
		equal "$status" 0
		[ "$(echo "$output" | wc -l)" -le 24 ]
		[ "$(echo "$output" | wc -L)" -le 80 ]
		run "$PREFIX/bin/lowport-$name" --version
		matches "$output" "^lowport-$name [0-9]"
		run "$PREFIX/bin/lowport-$name"
		equal "$status" 64
		run "$PREFIX/bin/lowport-$name" --frobnicate
		equal "$status" 64
		run "$PREFIX/bin/lowport-$name" true
		equal "$status" 64
		matches "$output" "start me as lowportbind --handoff $name tcp:PORT -- true"
	done
	launch alice --handoff nginx udp:8053 -- true
	equal "$status" 64
	matches "$stderr" '^lowport-nginx: descriptor 3, udp-8053: not a listening TCP socket; '
}
