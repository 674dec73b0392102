# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# The ownership file in other hands. That a user's start distrusts each of these is in
# launcher/ownership-trust and ownership-errors; here is root's, and what changes meanwhile.

load ../helper
load common

# doubted PATTERN [LINES]: what the file would have granted, nobody gets: neither its owner nor root for it.
doubted()
{
	local caller
	for caller in alice root; do
		launch $caller tcp:53 -- "$PROBE"
		equal "$status" 78 "$caller: exit status" || return
		equal "$output" '' "$caller: standard output" || return
		equal "${#stderr_lines[@]}" "${2-2}" "$caller: lines on standard error" || return
		matches "${stderr_lines[0]}" '^lowportbind: /etc' && matches "${stderr_lines[0]}" "$1" || return
		matches "${stderr_lines[-1]}" '^lowportbind: tcp:53: ' || return
		port_free tcp 53 || return
	done
}

@test "I5: a symlink" {
	mv "$CONF" /etc/elsewhere.conf
	ln -s elsewhere.conf "$CONF"
	doubted 'symbolic link'
	rm /etc/elsewhere.conf
}

@test "I5: a FIFO, a device, a directory" {
	rm "$CONF"
	mkfifo -m 0644 "$CONF"
	doubted 'not a regular file'
	rm "$CONF"
	for device in 'c 1 5' 'c 1 3' 'c 5 0'; do
		# shellcheck disable=SC2086 # type and numbers
		mknod -m 0644 "$CONF" $device
		doubted 'not a regular file|No such device'
		rm "$CONF"
	done
	mkdir "$CONF"
	doubted 'not a regular file'
	rmdir "$CONF"
}

@test "I5: a file that is not root's" {
	chown alice "$CONF"
	doubted 'not root.s'
}

@test "I5: a file that its group, others, or an ACL lets write" {
	for mode in 0664 0646 0666 0620; do
		chmod $mode "$CONF"
		doubted 'written by others|chmod 644'
	done
	chmod 0644 "$CONF"
	command -v setfacl >/dev/null || skip "no setfacl here"
	setfacl -m u:bob:rw "$CONF" || skip "no ACLs on this file system"
	doubted 'written by others'
	# A default entry of the directory is inherited by what is made in it.
	setfacl -b "$CONF"
	setfacl -d -m u:bob:rwx /etc
	rm "$CONF"
	prepare
	setfacl -m m::rw "$CONF"
	doubted 'written by others'
	setfacl -k /etc
}

@test "I5: a directory above it that others may write, or of another's" {
	for mode in 0777 1777 0775; do
		chmod $mode /etc
		doubted 'written by others' 3
	done
	chmod 0755 /etc
	chown bob /etc
	doubted 'not root.s' 3
}

# swapped OTHER: OTHER and the good file change places all the time, while starts run.
swapped()
{
	spawn swap root "$BIN/swap" "$CONF" "$1"
	quiet_by_file
	rounds alice "$(seq 20)" "$LPB tcp:53 -- $PROBE"
	either_file
	rounds alice "$(seq 8)" "$LPB tcp:54 -- $PROBE"
	never
	rounds root "$(seq 4)" "$LPB tcp:54 -- $PROBE"
	never
	end swap
}

# The file at that instant may be the one or the other: granted by the good one, or in doubt by the bad.
either_file()
{
	local file
	for file in "$SCRATCH"/*.status; do
		round "$(basename "$file" .status)"
		if [ "$status" -eq 0 ]; then
			equal "$stderr" '' && equal "$(report)" "$QUIET" || return
		else
			matches "$status" '^7[78]$' && equal "$output" '' && port_free tcp 53 || return
			matches "${stderr_lines[-1]}" '^lowportbind: tcp:53: ' || return
			[ "${#stderr_lines[@]}" -le 2 ] || fail "lines on standard error" || return
		fi
	done
}

# What only the bad file says is nobody's, at whatever instant.
never()
{
	local file
	for file in "$SCRATCH"/*.status; do
		round "$(basename "$file" .status)"
		matches "$status" '^7[78]$' && equal "$output" '' || return
		matches "${stderr_lines[-1]}" '^lowportbind: tcp:54: ' || return
	done
	port_free tcp 54
}

# The report of a start by the good file, before anything is swapped, was kept.
quiet_by_file()
{
	QUIET=$GOOD
}

# bad: the other file, which nobody may believe.
bad()
{
	quiet alice
	GOOD=$QUIET
	printf '[dns]\nports = tcp:53 tcp:54\nowner = alice\n' >/etc/bad.conf
	chmod 0644 /etc/bad.conf
}

@test "I5: swapped meanwhile with a file of the user's" {
	bad
	chown alice /etc/bad.conf
	swapped /etc/bad.conf
	rm /etc/bad.conf "$CONF"
}

@test "I5: swapped meanwhile with a symlink to a file that is root's" {
	bad
	mv /etc/bad.conf "$SCRATCH/target.conf"
	ln -s "$SCRATCH/target.conf" /etc/bad.conf
	swapped /etc/bad.conf
	rm /etc/bad.conf "$CONF"
}

@test "I5: swapped meanwhile with a FIFO, a directory, a file that others may write" {
	bad
	chmod 0666 /etc/bad.conf
	swapped /etc/bad.conf
	prepare
	rm -f /etc/bad.conf
	mkfifo -m 0644 /etc/bad.conf
	swapped /etc/bad.conf
	rm -f "$CONF" /etc/bad.conf
	prepare
	mkdir /etc/bad.conf
	swapped /etc/bad.conf
	rm -rf "$CONF" /etc/bad.conf
}

@test "I5: the drop-in directory swapped meanwhile with one of the user's" {
	quiet alice
	GOOD=$QUIET
	mkdir -m 0755 /etc/bad.d
	printf '[more]\nports = tcp:54\nowner = alice\n' >/etc/bad.d/more.conf
	chown -R alice /etc/bad.d
	spawn swap root "$BIN/swap" "$DROPIN" /etc/bad.d
	rounds alice "$(seq 15)" "$LPB tcp:54 -- $PROBE"
	never
	end swap
	rm -rf /etc/bad.d "$DROPIN"
}

@test "I5: cut off and written anew meanwhile: the whole text, or none of it" {
	quiet alice
	GOOD=$QUIET
	own <<-'END'
		[dns]
		ports = tcp:53
		owner = alice
		[late]
		ports = tcp:54
		owner = bob
	END
	cp "$CONF" "$SCRATCH/whole"
	spawn writer root /bin/sh -c "while :; do cat $SCRATCH/whole >$CONF; done"
	rounds alice "$(seq 15)" "$LPB tcp:53 -- $PROBE"
	quiet_by_file
	either_file
	# While it is empty nobody owns anything, and the kernel keeps the port for root.
	rounds alice "$(seq 15)" "$LPB tcp:54 -- $PROBE"
	never
	end writer
}

# said CONTENT: at a root start and an ordinary one, this file is an error.
said()
{
	# shellcheck disable=SC2059 # the content is the format
	printf "$1" | own
	doubted "$CONF:"
}

@test "I5: what inih lets through silently is an error at a root start too" {
	said "[dns]\nports = tcp:54 $(printf '%0190d' 0)\nports = tcp:53\nowner = alice\n"
	said "; $(printf 'x%.0s' {1..198})\n[dns]\nports = tcp:53\nowner = alice\n"
	said '[other\nports = tcp:53\nowner = alice\n'
	said '[dns]\nports = tcp:53\nowner = alice\n[empty]\n'
	said '[dns]\nports: tcp:53\nowner: alice\n'
	said '[dns]\nports = tcp:53\nowner = alice ; not bob\n'
	said '[dns]\nports = tcp:53\n owner = alice\n'
	said '[dns]\nports = tcp:53\nowner = alice\n[dns]\nports = tcp:54\nowner = alice\n'
	said '\357\273\277[dns]\nports = tcp:53\nowner = alice\n'
	said '[dns]\nports = tcp:53\nowner = alice\000\n'
	said '[dns]\r\nports = tcp:53\r\nowner = alice\r\n'
}

@test "an empty file, and one without a last newline" {
	own </dev/null
	for caller in alice root; do
		launch $caller tcp:53 -- "$PROBE"
		refused 77 'tcp:53: ' tcp 53
	done
	printf '[dns]\nports = tcp:53\nowner = alice' | own
	clean_from alice
	clean_from root
	printf '[dns]\nports = tcp:53\nowner = alice\n[' | own
	doubted "$CONF:4"
}

@test "a file of many megabytes is read whole, or refused" {
	{
		printf '[dns]\nports = tcp:53\nowner = alice\n'
		yes '; a comment that is repeated very often' | head -c 8000000
		printf '\n[late]\nports = tcp:54\nowner = bob\n'
	} | own
	clean_from alice
	clean_from root
	launch alice tcp:54 -- "$PROBE"
	refused 77 'it belongs to bob' tcp 54
	yes '; a comment that is repeated very often' | head -c 9000000 >>"$CONF"
	doubted 'larger than'
	truncate -s 100G "$CONF"
	doubted 'larger than'
}

@test "thousands of sections, and of drop-ins" {
	awk 'BEGIN { for (i = 0; i < 20000; i++) printf "[s%d]\nports = tcp:%d\nowner = bob\n", i, 1024 + i }' >>"$CONF"
	for ((i = 0; i < 500; i++)); do
		printf '[d]\nports = udp:%d\nowner = bob\n' $((1024 + i)) >"$DROPIN/$i.conf"
	done
	clean_from alice
	clean_from root
	launch alice tcp:2000 -- "$PROBE"
	refused 77 'belongs to bob' tcp 2000
}
