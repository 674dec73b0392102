# SPDX-License-Identifier: GPL-2.0-or-later
# An ownership file is believed only where root alone can have written it.

load ../helper

prepare()
{
	own <<-'END'
		[a]
		ports = tcp:53
		users = alice
	END
	dropin good.conf <<-'END'
		[good]
		ports = tcp:54
		users = alice
	END
}

# distrusted PATH PATTERN: the main file grants nothing and says why.
distrusted()
{
	launch alice tcp:53 -- "$PROBE"
	equal "$status" 78 "exit status"
	equal "$output" "" "standard output"
	matches "${stderr_lines[0]}" "^lowportbind: (warning: )?$1\\b.*($2)" "the warning"
	equal "${#stderr_lines[@]}" 2 "lines on standard error"
	port_free tcp 53
	launch alice tcp:54 -- "$PROBE"
	equal "$status" 0 "exit status for the good drop-in"
}

@test "trust: the good file is believed" {
	launch alice tcp:53 tcp:54 -- "$PROBE"
	granted
}

@test "trust: a symlink is not followed" {
	mv "$CONF" /etc/elsewhere.conf
	ln -s elsewhere.conf "$CONF"
	distrusted "$CONF" 'symbolic link|symlink|regular file'
	rm -f /etc/elsewhere.conf
}

@test "trust: a FIFO neither blocks nor grants" {
	rm "$CONF"
	mkfifo -m 0644 "$CONF"
	distrusted "$CONF" 'regular file'
}

@test "trust: a directory grants nothing" {
	rm "$CONF"
	mkdir "$CONF"
	distrusted "$CONF" 'regular file'
	rmdir "$CONF"
}

@test "trust: a device is not read" {
	rm "$CONF"
	mknod -m 0644 "$CONF" c 1 5
	distrusted "$CONF" 'regular file'
}

@test "trust: a socket grants nothing" {
	rm "$CONF"
	spawn sock root "$BIN/logd" "$CONF" clog
	wait_for test -S "$CONF"
	distrusted "$CONF" '.'
}

@test "trust: a file of more than 16 MiB is not read" {
	truncate -s 16M "$CONF"
	distrusted "$CONF:4" 'control character'
	truncate -s $((16 * 1024 * 1024 + 1)) "$CONF"
	distrusted "$CONF" 'larger than 16 MiB'
}

@test "trust: a file that is not root's" {
	chown alice "$CONF"
	distrusted "$CONF" 'root'
}

@test "trust: a file of root's that its group may write" {
	chmod 0664 "$CONF"
	distrusted "$CONF" 'writ'
}

@test "trust: a file that others may write" {
	chmod 0646 "$CONF"
	distrusted "$CONF" 'writ'
}

@test "trust: a file that an ACL lets somebody write" {
	command -v setfacl >/dev/null || skip "no setfacl here"
	setfacl -m u:alice:rw "$CONF" || skip "no ACLs on this file system"
	distrusted "$CONF" 'writ'
}

@test "trust: a file that the caller cannot read says chmod 644" {
	chmod 0600 "$CONF"
	distrusted "$CONF" 'chmod 644'
}

@test "trust: a drop-in that the caller cannot read says chmod 644" {
	chmod 0640 "$DROPIN/good.conf"
	launch alice tcp:54 -- "$PROBE"
	equal "$status" 78
	matches "${stderr_lines[0]}" "$DROPIN/good.conf.*chmod 644"
}

# Everything is below /etc, so that nothing stands.
distrusted_altogether()
{
	launch alice tcp:53 -- "$PROBE"
	equal "$status" 78 "exit status"
	equal "$output" ""
	matches "${stderr_lines[0]}" "$1"
	launch alice tcp:54 -- "$PROBE"
	equal "$status" 78 "exit status"
	port_free tcp 53
	port_free tcp 54
}

@test "trust: /etc writable by others" {
	chmod 0777 /etc
	distrusted_altogether '/etc.*writ'
}

@test "trust: /etc writable by others, even with the sticky bit" {
	chmod 1777 /etc
	distrusted_altogether '/etc.*writ'
}

@test "trust: /etc of another user's" {
	chown alice /etc
	distrusted_altogether '/etc.*root'
}

@test "trust: a drop-in directory that others may write" {
	[ "$FLAVOUR" != none ] || skip "no table is made of files that are not trusted, also not of the others"
	chmod 0777 "$DROPIN"
	launch alice tcp:54 -- "$PROBE"
	equal "$status" 78
	matches "${stderr_lines[0]}" "^lowportbind: (warning: )?$DROPIN.*writ"
	launch alice tcp:53 -- "$PROBE"
	equal "$status" 0 "exit status for the main file"
}

@test "trust: a drop-in directory of another user's" {
	chown alice "$DROPIN"
	launch alice tcp:54 -- "$PROBE"
	equal "$status" 78
	matches "${stderr_lines[0]}" "^lowportbind: (warning: )?$DROPIN.*root"
}

@test "trust: a drop-in directory that is a symlink" {
	mv "$DROPIN" /etc/elsewhere.d
	ln -s elsewhere.d "$DROPIN"
	launch alice tcp:54 -- "$PROBE"
	equal "$status" 78
	matches "${stderr_lines[0]}" "^lowportbind: (warning: )?$DROPIN"
	rm -rf "$DROPIN" /etc/elsewhere.d
}

@test "trust: a drop-in directory that the caller cannot read costs a 78" {
	chmod 0700 "$DROPIN"
	launch alice tcp:3000 -- "$PROBE"
	equal "$status" 78
	matches "${stderr_lines[0]}" "^lowportbind: (warning: )?$DROPIN.*(chmod 755|755 )"
}

@test "trust: a drop-in that is a symlink, a FIFO, or not root's" {
	ln -s good.conf "$DROPIN/link.conf"
	mkfifo "$DROPIN/fifo.conf"
	cp "$DROPIN/good.conf" "$DROPIN/alice.conf"
	chown alice "$DROPIN/alice.conf"
	launch alice tcp:54 -- "$PROBE"
	equal "$status" 0
	equal "${#stderr_lines[@]}" 3
	for name in alice fifo link; do
		matches "$stderr" "^lowportbind: (warning: )?$DROPIN/$name.conf"
	done
	launch alice tcp:3000 -- "$PROBE"
	equal "$status" 78
}

@test "trust: no option and no variable names another ownership file" {
	printf '[z]\nports = tcp:55\nusers = alice\n' >"$SCRATCH/mine.conf"
	chmod 0644 "$SCRATCH/mine.conf"
	for option in -c --config --file; do
		launch alice "$option" "$SCRATCH/mine.conf" tcp:55 -- "$PROBE"
		refused 64 '.' tcp 55
	done
	lacks "$(strings -a "$LPB")" 'LOWPORTBIND_'
}

@test "trust: a missing main file with drop-ins is no error" {
	rm "$CONF"
	launch alice tcp:54 -- "$PROBE"
	granted
}
