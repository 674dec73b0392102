#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A web server of parts that trust each other no more than they must: it works, and a part that was taken over gets no
# further than the handles that it was given.
# flavours: setuid
# not asan: what runs first in a new root directory is static, and needs nothing there
# shellcheck disable=SC2154 # output, status, stderr are set by bats' run

load ../helper

RUN=$PREFIX/sbin/lowport-run
PARTS=(oklogd dbd pubd viewer editor okd)
# In the order in which they can be taken away: nobody needs the first any more.
WITHOUT_NEED=(okd editor viewer pubd dbd oklogd)

prepare()
{
	local place part id=60100
	for place in /run /srv /var/log; do
		mount -t tmpfs -o mode=0755 tmpfs "$place"
	done
	mkdir -p /run/okws /etc/okws /srv/okws/templates
	for part in "${PARTS[@]}"; do
		secret "$part" "PART=$part"
	done
	for part in "${PARTS[@]}"; do
		id=$((id + 1))
		grep -q "^$part:" /etc/passwd || user "$part" "$id"
		mkdir "/srv/okws/$part"
		cp "$BIN/$part" "/srv/okws/$part/"
	done
	install -d -o dbd /srv/okws/dbd/data
	echo '<h1>A blog</h1>%' >/srv/okws/templates/view.html
	echo '<form method=post><input name=title><input name=body></form>' >/srv/okws/templates/edit.html
	secret viewer "TOKEN=viewers-token"
	secret editor "TOKEN=editors-token"
	secret dbd VIEWER=viewers-token EDITOR=editors-token
	own <"${BATS_TEST_DIRNAME}/okws.conf"
}

# user NAME ID
user()
{
	echo "$1:x:$2:$2::/:/usr/sbin/nologin" >>/etc/passwd
	echo "$1:*:19000:0:99999:7:::" >>/etc/shadow
	echo "$1:x:$2:" >>/etc/group
}

# secret PART VARIABLE...: its env-file, root's alone.
secret()
{
	install -m 0600 /dev/null "/etc/okws/$1.env"
	printf '%s\n' "${@:2}" >"/etc/okws/$1.env"
}

# run_parts PART...: each as an init would, when what it connects to is there.
run_parts()
{
	local part
	for part; do
		spawn "$part" root "$RUN" "$part"
		case $part in
		okd) wait_listening tcp 80 ;;
		*) wait_for unix_listening "/run/okws/$(socket_of "$part").sock" ;;
		esac || fail "$(cat "$SCRATCH"/*.err)"
		# What it listens at is made before it is executed.
		wait_for runs "$(pid_of "$part")" "/srv/okws/$part/$part" || fail "$(cat "$SCRATCH"/*.err)"
	done
}

socket_of()
{
	case $1 in
	oklogd) echo log ;;
	dbd) echo db ;;
	pubd) echo pub ;;
	viewer) echo view ;;
	editor) echo edit ;;
	esac
}

# web [CURL-OPTION...] PATH: what the server answers, with its status before.
web()
{
	run curl -gs --max-time "$PATIENCE" -w '%{http_code}' "${@:1:$#-1}" "http://127.0.0.1${*: -1}"
}

answers()
{
	matches "$output" "$1"
}

# taken_over PART "ATTEMPT ARGUMENT"...: that part has been; it makes these attempts, and stays away. It ends with the
# status ENDS_WITH, 0 if it was able to make them.
taken_over()
{
	local part=$1 list
	shift
	list=$(printf '%s,' "$@")
	[ ! -e "$SCRATCH/$part.pid" ] || end "$part"
	sed -i '/^HOSTILE=/d' "/etc/okws/$part.env"
	echo "HOSTILE=${list%,}" >>"/etc/okws/$part.env"
	run --separate-stderr timeout "$PATIENCE" "$RUN" "$part" </dev/null
	equal "$status" "${ENDS_WITH-0}" "status of $part"
}

# cannot ATTEMPT ERROR...: the attempt was made, and failed with one of these.
cannot()
{
	local attempt=$1 result
	shift
	result=$(sed -n "s|^$attempt.*: ||p" <<<"$stderr" | sort -u)
	matches " $* " " ${result:-not made} " "$attempt"
}

can()
{
	cannot "$1" 'done'
}

@test "the blog is written and read, through all of its parts" {
	run_parts "${PARTS[@]}"
	web /view
	answers '<h1>A blog</h1>'
	web /edit
	answers '<form method=post>'
	web -d 'title=One&body=a+%3Cb%3E%26c' /edit
	answers '201$'
	web /view
	answers '<p>One: a &lt;b>&amp;c</p>'
	web /nowhere
	answers '404$'
	web -X DELETE /view
	answers '405$'
	wait_line /var/log/okws.log '^okd: view$'
	wait_line /var/log/okws.log '^editor: POST$'
}

@test "what a reader sends is data, to the database and to other readers" {
	run_parts "${PARTS[@]}"
	web -d 'title=Kept&body=b' /edit
	answers '201$'
	web --data-urlencode "title=x'); DELETE FROM post; --" --data-urlencode $'body=one\n.\nEDITOR\twipe\t\t<script>' /edit
	answers '201$'
	web /view
	answers '<p>Kept: b</p>'
	answers "<p>x'\\); DELETE FROM post; --: one . EDITOR wipe  &lt;script></p>"
}

# handed_to PART: the names of what it holds.
handed_to()
{
	tr '\0' '\n' <"/proc/$(pid_of "$1")/environ" | sed -n 's/^LISTEN_FDNAMES=//p'
}

@test "each part is a user of its own, with no privilege, in its own root directory, with its handles alone" {
	local part id
	run_parts "${PARTS[@]}"
	for part in "${PARTS[@]}"; do
		id=$(id -u "$part")
		run cat "/proc/$(pid_of "$part")/status"
		answers "^Uid:\\s$id\\s$id\\s$id\\s$id\$"
		answers "^Gid:\\s$id\\s$id\\s$id\\s$id\$"
		answers "^Groups:\\s($id)? *\$"
		equal "$(grep -cE '^Cap(Inh|Prm|Eff|Bnd|Amb):\s0000000000000000$' <<<"$output")" 5 "empty capability sets"
		answers '^NoNewPrivs:\s1$'
		answers '^Seccomp:\s2$'
		equal "$(readlink "/proc/$(pid_of "$part")/root")" "/srv/okws/$part"
		equal "$(awk '/^Max core file size/ { print $5 $6 }' "/proc/$(pid_of "$part")/limits")" 00
	done
	equal "$(handed_to okd)" tcp-80:view:edit:log
	equal "$(handed_to viewer)" okd:db:pub:log
	equal "$(handed_to editor)" okd:db:pub:log
	equal "$(handed_to pubd)" view.html:edit.html:pub
	equal "$(handed_to oklogd)" file:log
	equal "$(handed_to dbd)" db:log
}

# What no part can do, whatever it is for.
@test "each part: the files, memory and processes of others are out of reach" {
	local part other
	run_parts "${PARTS[@]}"
	for part in "${WITHOUT_NEED[@]}"; do
		# Not even one of the same user.
		spawn "other-$part" "$part" sleep 300
		other=$(pid_of "other-$part")
		taken_over "$part" "read /srv/okws/dbd/data/blog.db" "read /../dbd/data/blog.db" "list /" "list .." \
			"read /etc/passwd" "read /proc/1/environ" "ptrace $other" "read-memory $other" "pidfd_getfd $other" \
			"signal $other" "traceme -"
		cannot 'read /srv' ENOENT
		cannot 'read /\.\.' ENOENT ENOTDIR
		cannot 'list /' EACCES
		cannot 'list \.\.' EACCES
		cannot 'read /etc' ENOENT
		cannot 'read /proc' ENOENT
		cannot ptrace EPERM
		cannot read-memory EPERM
		cannot pidfd_getfd EPERM
		cannot signal EPERM
		cannot traceme EPERM
		kill -0 "$other"
	done
}

@test "each part: no port can be bound, no socket opened but its own" {
	local part
	run_parts "${PARTS[@]}"
	for part in "${WITHOUT_NEED[@]}"; do
		taken_over "$part" "bind 80" "bind 8080" "bind-udp 8080" "listen -" "connect 80" "io_uring -" \
			"connect-unix /run/okws/db.sock" "connect-unix /db.sock" "socket-packet -" "socket-raw -" "bind-mptcp 80" \
			"bind-udplite 80" "fastopen-sendto 80"
		cannot 'bind 80' EPERM
		cannot 'bind 8080' EPERM
		cannot bind-udp EPERM
		cannot listen EPERM
		cannot 'connect 80' EPERM
		cannot io_uring EPERM
		cannot 'connect-unix /run' ENOENT
		cannot 'connect-unix /db' ENOENT
		cannot socket-packet EPERM
		cannot socket-raw EPERM
		cannot bind-mptcp EPERM
		cannot bind-udplite EPERM
		cannot fastopen-sendto EPERM
	done
}

@test "each part: no way to root, out of the root directory, to a setuid file or a core" {
	local part
	run_parts "${PARTS[@]}"
	for part in "${WITHOUT_NEED[@]}"; do
		taken_over "$part" "become-root -" "chroot -" "clone -" "unshare -" "mount -" "module -" "bpf -" \
			"setid-openat /x" "setid-chmod /$part" "setid-openat /data/x" "core -" "make /new" "write /$part" \
			"execute-memory /$part"
		cannot become-root EPERM
		cannot chroot EPERM
		cannot clone EPERM
		cannot unshare EPERM
		cannot mount EPERM
		cannot module EPERM
		cannot bpf EPERM
		cannot 'setid-openat /x' EPERM
		cannot setid-chmod EPERM
		cannot 'setid-openat /data' EPERM
		cannot core EPERM
		cannot make EACCES
		cannot write EACCES
		can execute-memory
	done
}

@test "the services: only the queries of their own token" {
	run_parts "${PARTS[@]}"
	taken_over viewer 'query posts' 'query add' 'query wipe' 'query DELETE FROM post' 'query-guess add'
	can 'query posts'
	cannot 'query add' EACCES
	cannot 'query wipe' EACCES
	cannot 'query DELETE' EACCES
	cannot query-guess EACCES
	taken_over editor 'query add' 'query wipe' 'query-guess add'
	can 'query add'
	cannot 'query wipe' EACCES
	cannot query-guess EACCES
}

@test "okd, pubd and oklogd: no query at all, since they hold no connection to the database" {
	local part
	run_parts "${PARTS[@]}"
	for part in okd pubd oklogd; do
		ENDS_WITH=64 taken_over "$part" 'query-guess posts'
		matches "$stderr" 'no handle was handed over under the name db$'
	done
}

@test "each part: the log cannot be reached by its name" {
	local part
	run_parts "${PARTS[@]}"
	web /view
	wait_line /var/log/okws.log '^okd: view$'
	for part in "${WITHOUT_NEED[@]}"; do
		taken_over "$part" 'write /var/log/okws.log' 'truncate /var/log/okws.log' 'remove /var/log/okws.log'
		cannot write ENOENT
		cannot truncate ENOENT
		cannot remove ENOENT
	done
	grep -qx 'okd: view' /var/log/okws.log
}

@test "those who write to the log can neither read, erase nor rewrite it" {
	local part
	run_parts "${PARTS[@]}"
	for part in okd editor viewer dbd; do
		taken_over "$part" 'truncate-handle log' 'rewrite-handle log' 'read /var/log/okws.log'
		cannot truncate-handle EINVAL
		cannot rewrite-handle ESPIPE
		cannot read ENOENT
	done
}

@test "oklogd cannot read the log; that it can erase and rewrite it takes chattr +a away" {
	run_parts "${PARTS[@]}"
	taken_over oklogd 'read-handle file' 'rewrite-handle file' 'truncate-handle file'
	cannot read-handle EBADF
	can rewrite-handle
	can truncate-handle
	chattr +a /var/log/okws.log 2>/dev/null || skip "this file system has no append-only files"
	taken_over oklogd 'rewrite-handle file' 'truncate-handle file'
	chattr -a /var/log/okws.log
	cannot rewrite-handle EPERM
	cannot truncate-handle EPERM
}

@test "pubd can read its templates, and not write them" {
	run_parts "${PARTS[@]}"
	taken_over pubd 'read-handle view.html' 'truncate-handle view.html' 'write /srv/okws/templates/view.html'
	can read-handle
	cannot truncate-handle 'EINVAL EBADF'
	cannot write ENOENT
}

@test "dbd has its database, and no other file that it could make executable" {
	run_parts "${PARTS[@]}"
	taken_over dbd 'write /data/blog.db' 'make /data/new' 'execute /dbd'
	can 'write /data'
	can 'make /data'
	cp "$BIN/attempt" /srv/okws/dbd/data/
	taken_over dbd 'execute /data/attempt'
	cannot execute EACCES
}
