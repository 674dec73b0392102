#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The entries of conf/examples/confined-*.conf, as they are: each daemon does all that it is there for, and can do
# nothing else when it is taken over.
# flavours: setuid
# not asan: what is preloaded would have to come before the library of the sanitizer
# bats file_tags=quick
# shellcheck disable=SC2034,SC2154,SC2317 # used and called in common.bash; output, status are set by bats' run

load ../helper
load common

RUN=$PREFIX/sbin/lowport-run

# The places that services have on every machine, empty, for each test.
prepare()
{
	local place
	for place in /run /srv /var/lib /var/log /var/cache /var/www; do
		mkdir -p "$place"
		mount -t tmpfs -o mode=0755 tmpfs "$place"
	done
	needs curl
}

# service NAME SECTION OWNER: from here on ALICE is the owner.
service()
{
	section=$2 ALICE=$(id -u "$3") || skip "there is no user $3; the package makes one"
	dropin service.conf <"$srcdir/conf/examples/confined-$1.conf"
	# shellcheck disable=SC2207 # words
	ports=($(sed -n 's/^ports *= //p' "$DROPIN/service.conf"))
}

# Root starts it, as an init would.
start()
{
	spawn it root "$RUN" "$section"
}

# taken_over "ATTEMPT ARGUMENT"...: the daemon starts as ever, and tries these from inside; with WITHOUT=confine, not
# confined, since what it cannot do anyway proves nothing.
taken_over()
{
	local list
	list=$(printf '%s,' "$@")
	install -m 0600 /dev/null /etc/attempts.env
	echo "ATTEMPTS=${list%,}" >/etc/attempts.env
	printf '%s\n' 'env-file = /etc/attempts.env' "env = LD_PRELOAD=$BIN/inside" "confine-read = $BIN" \
		>>"$DROPIN/service.conf"
	[ -z "${WITHOUT-}" ] || sed -i "/^$WITHOUT/d" "$DROPIN/service.conf"
	start
	wait_line "$SCRATCH/it.err" "^${*: -1}: " || told "it tried nothing"
}

# came_to RESULT ATTEMPT...: one of "ERROR ERROR".
came_to()
{
	local expected=$1 attempt result
	shift
	for attempt; do
		result=$(sed -n "s|^$attempt: ||p" "$SCRATCH/it.err")
		matches " $expected " " ${result:-not made} " "$attempt" || return
	done
}

# What no daemon here may do. A file that all may write, a process of the same user, a directory of its own.
NEVER=(become-root ptrace traceme read-memory pidfd_getfd signal module bpf mount chroot clone unshare setns keyring
	io_uring socket-raw socket-packet bind-mptcp bind-udplite fastopen-sendto core personality)

# hostile OWN: with OWN, a directory that the daemon may write.
hostile()
{
	local what
	OWN=$1
	install -m 0666 /dev/null /srv/file
	install -m 0755 "$BIN/attempt" "$OWN/program"
	spawn other "$(id -un "$ALICE")" sleep 300
	attempts=("read /srv/file" "write /srv/file" "make $SCRATCH/new" "list /srv" "read /etc/passwd" "execute $OWN/program"
		"make $OWN/new" "setid-openat $OWN/setid" "bind 8080" "bind-udp 8080" "connect 8080" "listen -")
	for what in "${NEVER[@]}"; do
		attempts+=("$what $(pid_of other)")
	done
}

# Its own directory alone is open, and that for what cannot be executed.
confined()
{
	needs_landlock 6 "all of what is tried here"
	taken_over "${attempts[@]}"
	came_to EACCES "read /srv/file" "write /srv/file" "make $SCRATCH/new" "list /srv" "read /etc/passwd" \
		"execute $OWN/program"
	came_to EPERM "setid-openat $OWN/setid" "${NEVER[@]/%/ $(pid_of other)}"
	came_to 'done' "make $OWN/new"
	kill -0 "$(pid_of other)"
}

# The same, with nothing confined.
not_confined()
{
	WITHOUT=confine taken_over "read /srv/file" "write /srv/file" "make $SCRATCH/new" "list /srv" "read /etc/passwd" \
		"setid-openat $OWN/setid" "bind 8080" "bind-udp 8080" "connect 8081" "listen -" "io_uring -" "unshare -" \
		"bind-mptcp 8081"
	came_to 'done' "read /srv/file" "write /srv/file" "make $SCRATCH/new" "list /srv" "read /etc/passwd" \
		"setid-openat $OWN/setid" "bind 8080" "bind-udp 8080" "listen -" "io_uring -" "bind-mptcp 8081"
	# In a chroot nobody makes a user namespace.
	came_to "$(as "$(id -un "$ALICE")" "$OWN/program" - unshare | sed 's/.*: //')" "unshare -"
	came_to ECONNREFUSED "connect 8081"
	equal "$(as "$(id -un "$ALICE")" "$OWN/program" /dev/null write)" 'write: done'
}

is_confined()
{
	equal "$(sed -n 's/^Seccomp:\s*//p' "/proc/$(pid_of it)/status")" 2 Seccomp
}

# ---- BIND ----

use_named()
{
	needs named dig rndc
	service named named bind
	install -d -o bind -m 0755 /var/log/named
	install -d -g bind -m 0775 /var/lib/bind /var/cache/bind
	cat >/etc/bind/named.conf.options <<-'END'
		options {
			directory "/var/cache/bind";
			listen-on-v6 { any; };
			recursion no;
			dnssec-validation no;
			allow-transfer { 127.0.0.1; };
		};
	END
	ip address replace 192.0.2.1/24 dev lo
}

# zone SERIAL WORD
zone()
{
	cat >/var/lib/bind/example.zone <<-END
		\$TTL 60
		@	SOA	ns admin $1 60 60 60 60
		@	NS	ns
		ns	A	192.0.2.1
		www	A	192.0.2.80
		word	TXT	$2
	END
	chown bind: /var/lib/bind/example.zone
}

asked()
{
	dig +short +tries=1 +time=5 @127.0.0.1 "$@"
}

ask()
{
	[ "$(asked word.example TXT)" = "\"$1\"" ]
}

conf()
{
	serial=$((serial + 1))
	zone "$serial" "$1"
	echo 'zone "example" { type primary; file "/var/lib/bind/example.zone"; };' >/etc/bind/named.conf.local
}

@test "named, confined: it starts, serves, reloads by a signal, and ends" {
	use_named
	serial=0
	lives HUP
}

@test "named, confined: queries, refused recursion, a transfer, rndc, the log" {
	use_named
	serial=0
	conf first
	start
	serves first
	is_confined
	served 127.0.0.1 ::1 192.0.2.1
	answers +notcp 192.0.2.1 "+time=$PATIENCE" -b 127.0.0.1
	matches "$(dig @127.0.0.1 word.example TXT)" 'flags: qr aa'
	matches "$(dig @127.0.0.1 nowhere.example)" 'status: NXDOMAIN'
	matches "$(dig @127.0.0.1 www.example.org)" 'status: REFUSED'
	equal "$(dig +tcp @127.0.0.1 example AXFR | grep -c '^[^;].*IN')" 6 "records of the transfer"
	conf second
	rndc -s 127.0.0.1 reload
	patiently ask second
	matches "$(rndc -s 127.0.0.1 status)" 'server is up and running'
	wait_line /var/log/named/named.log "transfer of 'example/IN': AXFR ended"
	mv /var/log/named/named.log /var/log/named/named.log.1
	rndc -s 127.0.0.1 reconfig
	patiently test -s /var/log/named/named.log
	stop
}

@test "named, confined: it signs its zone, and keeps keys and journal" {
	use_named
	serial=0
	conf first
	sed -i 's/type primary;/& dnssec-policy default; inline-signing yes;/' /etc/bind/named.conf.local
	start
	serves first
	patiently signed
	patiently ls /var/cache/bind/Kexample.*.private /var/lib/bind/example.zone.signed
	stop
}

signed()
{
	asked +dnssec word.example TXT | grep -q '^TXT 13 '
}

@test "named, confined: a transfer from another server at port 53, and from no other port" {
	use_named
	# The other one is at an address that is not the service's.
	sed -i 's/^owner/address = 127.0.0.1 ::1\n&/' "$DROPIN/service.conf"
	ip address replace 192.0.2.2/24 dev lo
	mkdir "$SCRATCH/primary"
	serial=0
	conf first
	cp /var/lib/bind/example.zone "$SCRATCH/primary"
	rm /var/lib/bind/example.zone
	cat >"$SCRATCH/primary/named.conf" <<-END
		options {
			directory "$SCRATCH/primary";
			pid-file none;
			session-keyfile none;
			listen-on port 53 { 192.0.2.2; };
			listen-on port 5353 { 192.0.2.2; };
			listen-on-v6 { none; };
			recursion no;
			dnssec-validation no;
			notify no;
		};
		controls { };
		zone "example" { type primary; file "example.zone"; allow-transfer { any; }; };
		zone "other" { type primary; file "example.zone"; allow-transfer { any; }; };
	END
	spawn primary root named -g -c "$SCRATCH/primary/named.conf"
	wait_line "$SCRATCH/primary.err" ' running$'
	cat >/etc/bind/named.conf.local <<-'END'
		zone "example" { type secondary; primaries { 192.0.2.2; }; file "/var/cache/bind/example"; };
		zone "other" { type secondary; primaries port 5353 { 192.0.2.2; }; file "/var/cache/bind/other"; };
	END
	start
	patiently ask first || told "it did not get the zone: $(tail -n 20 /var/log/named/named.log)"
	patiently grep -q "'other/IN'.*failed to connect: permission denied" /var/log/named/named.log
	# It writes the zone when it ends.
	rndc -s 127.0.0.1 stop
	patiently test -s /var/cache/bind/example || fail "$(ls -la /var/cache/bind; tail -n 20 /var/log/named/named.log)"
	[ ! -e /var/cache/bind/other ]
}

@test "named, confined: what was not named is refused from inside" {
	use_named
	serial=0
	conf first
	hostile /var/cache/bind
	confined
	# It makes TCP sockets, to adopt those that it was given, and UDP ones, for its queries.
	came_to EACCES "bind 8080" "connect 8080"
	came_to 'done' "bind-udp 8080"
	serves first
}

@test "named, not confined: what is refused to it could be done" {
	use_named
	serial=0
	conf first
	hostile /var/cache/bind
	not_confined
}

# ---- nginx ----

use_nginx()
{
	needs nginx openssl
	needs_open_files 4096
	service nginx nginx www-data
	mkdir -p /var/log/nginx /var/www/html/dir /etc/nginx/sites-enabled
	new_logs
	install -m 0644 "$srcdir/conf/examples/nginx/confined.conf" /etc/nginx/confined.conf
	rm -f /etc/nginx/sites-enabled/*
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -days 2 \
		-keyout /etc/nginx/key.pem -out /etc/nginx/cert.pem 2>/dev/null
	chown www-data /etc/nginx/key.pem
	conf()
	{
		cat >/etc/nginx/sites-enabled/default <<-END
			server {
				listen 80;
				listen [::]:80;
				listen 443 ssl;
				listen [::]:443 ssl;
				ssl_certificate /etc/nginx/cert.pem;
				ssl_certificate_key /etc/nginx/key.pem;
				root /var/www/html;
				error_page 404 /missing.html;
				location = / { return 200 $1; }
				location /outside { alias /srv; }
				location /upload { client_body_in_file_only on; client_body_buffer_size 1k; proxy_pass http://127.0.0.1:8080; }
			}
		END
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
}

# As Debian's logrotate makes them.
new_logs()
{
	rm -f /var/log/nginx/*.log.1
	for log in access error; do
		[ ! -e "/var/log/nginx/$log.log" ] || mv "/var/log/nginx/$log.log" "/var/log/nginx/$log.log.1"
		install -m 0640 -o www-data -g adm /dev/null "/var/log/nginx/$log.log"
	done
}

# pages: what every server of files is asked for, at http://127.0.0.1.
pages()
{
	echo text >/var/www/html/dir/file.txt
	head -c 3000000 /dev/urandom >/var/www/html/large
	mkdir -m 0700 /var/www/html/shut
	echo secret >/srv/file
	ln -s /srv/file /var/www/html/link
}

status_of()
{
	curl -gs --path-as-is -o /dev/null --max-time "$PATIENCE" -w '%{http_code}' "$@"
}

# files_served: what both servers of files do alike.
files_served()
{
	equal "$(curl -s http://127.0.0.1/dir/file.txt)" text
	curl -s http://127.0.0.1/large | cmp - /var/www/html/large
	equal "$(curl -s -r 1000000-1000009 http://127.0.0.1/large | sha256sum)" \
		"$(dd if=/var/www/html/large bs=1 skip=1000000 count=10 status=none | sha256sum)" range
	equal "$(status_of -r 0-9 http://127.0.0.1/large)" 206
	equal "$(status_of -r 9000000- http://127.0.0.1/large)" 416
	equal "$(status_of http://127.0.0.1/nowhere)" 404
	equal "$(status_of http://127.0.0.1/shut/)" 403
	equal "$(status_of -I http://127.0.0.1/dir/file.txt)" 200
	# Where the link leads to is not named.
	equal "$(status_of http://127.0.0.1/link)" 403
	matches "$(status_of http://127.0.0.1/../../../etc/passwd)" '^40[0-4]$'
}

@test "nginx, confined: it starts, serves, reloads by a signal, and ends" {
	use_nginx
	lives HUP
}

@test "nginx, confined: files, error pages, ranges, TLS, uploads, another log" {
	use_nginx
	pages
	head -c 500000 /var/www/html/large >/var/www/html/upload
	echo 'it is missing' >/var/www/html/missing.html
	conf first
	start
	serves first
	is_confined
	files_served
	equal "$(curl -s http://127.0.0.1/nowhere)" 'it is missing'
	equal "$(status_of http://127.0.0.1/outside/file)" 403
	equal "$(curl -s --cacert /etc/nginx/cert.pem --resolve localhost:443:127.0.0.1 https://localhost/dir/file.txt)" text
	# The body goes to a file; what is behind is not named.
	equal "$(status_of -T /var/www/html/upload http://127.0.0.1/upload)" 500
	cmp /var/lib/nginx-confined/body/* /var/www/html/upload
	wait_line /var/log/nginx/error.log 'socket() failed (1: Operation not permitted) while connecting to upstream'
	wait_line /var/log/nginx/access.log 'GET /dir/file.txt'
	new_logs
	kill -USR1 "$(cat /run/nginx-confined/nginx.pid)"
	wait_for log_is_new
	grep -q 'GET /dir/file.txt' /var/log/nginx/access.log.1
	stop
}

log_is_new()
{
	curl -s http://127.0.0.1/later >/dev/null
	grep -q 'GET /later' /var/log/nginx/access.log
}

hostile_nginx()
{
	use_nginx
	conf first
	mkdir -p /var/lib/nginx-confined
	chown www-data /var/lib/nginx-confined
	hostile /var/lib/nginx-confined
}

@test "nginx, confined: what was not named is refused from inside" {
	hostile_nginx
	confined
	# It was handed its sockets, and makes none.
	came_to EPERM "bind 8080" "bind-udp 8080" "connect 8080" "listen -"
	serves first
}

@test "nginx, not confined: what is refused to it could be done" {
	hostile_nginx
	not_confined
}

# ---- a server of files ----

use_lighttpd()
{
	needs lighttpd
	needs_open_files 4096
	service lighttpd files www-data
	install -d -o www-data -m 0750 /var/log/lighttpd
	mkdir -p /var/www/html/dir /etc/lighttpd
	install -m 0644 "$srcdir/conf/examples/lighttpd/confined.conf" /etc/lighttpd/confined.conf
	conf()
	{
		echo "$1" >/var/www/html/index.html
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
}

@test "a server of files, confined: it starts, serves, reloads by a signal, and ends" {
	use_lighttpd
	lives USR1
}

@test "a server of files, confined: files, directories, ranges, another log" {
	use_lighttpd
	pages
	conf first
	start
	serves first
	is_confined
	files_served
	matches "$(curl -s http://127.0.0.1/dir/)" 'href="file.txt"'
	equal "$(status_of http://127.0.0.1/dir)" 301
	equal "$(curl -sI http://127.0.0.1/dir/file.txt | tr -d '\r' | sed -n 's/^Content-Type: //p')" text/plain
	mv /var/log/lighttpd/access.log /var/log/lighttpd/access.log.1
	kill -HUP "$(pid_of it)"
	wait_for test -e /var/log/lighttpd/access.log
	wait_line /var/log/lighttpd/access.log.1 'GET /dir/file.txt'
	stop
}

@test "a server of files, confined: what was not named is refused from inside" {
	use_lighttpd
	conf first
	hostile /var/log/lighttpd
	confined
	came_to EPERM "bind 8080" "bind-udp 8080" "connect 8080" "listen -"
	serves first
}

@test "a server of files, not confined: what is refused to it could be done" {
	use_lighttpd
	conf first
	hostile /var/log/lighttpd
	not_confined
}
