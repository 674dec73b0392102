# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl edit: a copy is edited, and put in place if it is in order.

load ../helper

prepare()
{
	OLD=$'[dns]\nports = tcp:53\nowner = bob'
	own <<<"$OLD"
}

# editor LINE...: what $EDITOR does with the file, which is "$1".
editor()
{
	printf '%s\n' '#!/bin/bash' "$@" >"$SCRATCH/editor"
	chmod 755 "$SCRATCH/editor"
}

# edit ARGUMENT...: lowportctl edit, by root, without a terminal.
edit()
{
	run --separate-stderr env EDITOR="$SCRATCH/editor" "$PREFIX/bin/lowportctl" edit "$@" </dev/null
}

# type_edit TEXT ARGUMENT...: the same on a terminal, where TEXT is typed.
type_edit()
{
	run script -qec "EDITOR=$SCRATCH/editor $PREFIX/bin/lowportctl edit ${*:2}" /dev/null <<<"$1"
	output=${output//$'\r'/}
}

# untouched: the file is what it was.
untouched()
{
	equal "$(cat "$CONF")" "$OLD" "$CONF" || return
	equal "$(stat -c '%u %g %a' "$CONF")" "0 0 644"
}

# tidy: nothing is left beside the files.
tidy()
{
	equal "$(find /etc "$DROPIN" -maxdepth 1 \( -name '.edit-*' -o -name '.lowportctl-*' -o -name '.lowportbind*' \))" ''
}

# copy_left: the copy that the message names is the one that is there, root's alone.
copy_left()
{
	local copy
	copy=$(find /etc "$DROPIN" -maxdepth 1 -name '.edit-*')
	matches "$1" "what you wrote is in $copy\$" || return
	equal "$(stat -c '%u %a' "$copy")" "0 600" || return
	grep -q "$2" "$copy" || return
	rm "$copy"
	tidy
}

@test "what is in order is put in place, mode 0644, by a rename" {
	# shellcheck disable=SC2016 # the editor's
	editor 'echo "users = alice" >>"$1"; stat -c "%d %u %a" "${1%/*}" "$1" >'"$SCRATCH/copy"
	local before
	before=$(stat -c %i "$CONF")
	(umask 077; edit; echo "$status $output $stderr" >"$SCRATCH/result")
	equal "$(cat "$SCRATCH/result")" "0 $CONF: put in place "
	equal "$(cat "$CONF")" "$OLD"$'\nusers = alice'
	equal "$(stat -c '%u %g %a' "$CONF")" "0 0 644"
	[ "$(stat -c %i "$CONF")" != "$before" ]
	# The copy: in the same file system, and root's.
	equal "$(awk '{ print $1 }' "$SCRATCH/copy" | uniq | wc -l)" 1
	equal "$(tail -n 1 "$SCRATCH/copy" | cut -d' ' -f2-)" "0 600"
	tidy
	launch alice -n tcp:53 -- true
	equal "$status" 0
}

@test "a drop-in by its name, and by its path; a new one" {
	editor "printf '[x]\nports = tcp:99\nowner = alice\n' >\"\$1\""
	edit x.conf
	equal "$status" 0
	equal "$output" "$DROPIN/x.conf: put in place"
	equal "$(head -n 1 "$DROPIN/x.conf")" '[x]'
	editor "echo '; more' >>\"\$1\""
	edit "$DROPIN/x.conf"
	equal "$status" 0
	equal "$(tail -n 1 "$DROPIN/x.conf")" '; more'
	rm -r "$DROPIN"
	edit y.conf
	equal "$status" 0
	equal "$(stat -c '%u %a' "$DROPIN" "$DROPIN/y.conf" | tr '\n' ' ')" '0 755 0 644 '
	tidy
}

@test "no ownership file yet" {
	rm "$CONF"
	editor "[ ! -s \"\$1\" ] && printf '[x]\nports = tcp:99\nowner = alice\n' >\"\$1\""
	edit
	equal "$status" 0
	equal "$(head -n 1 "$CONF")" '[x]'
}

@test "an editor that changes nothing" {
	editor true
	local before
	before=$(stat -c '%i %Y' "$CONF")
	edit
	equal "$status" 0
	equal "$output" "$CONF: nothing was changed"
	equal "$(stat -c '%i %Y' "$CONF")" "$before"
	tidy
}

@test "an editor that renames its own file into the place of the copy" {
	editor "{ cat \"\$1\"; echo 'users = alice'; } >\"\$1.new\"; mv \"\$1.new\" \"\$1\""
	edit
	equal "$status" 0
	equal "$(tail -n 1 "$CONF")" 'users = alice'
	tidy
}

@test "broken, without a terminal: nothing is put in place, and the copy is named" {
	editor "echo 'userz = alice' >>\"\$1\""
	edit
	equal "$status" 1
	equal "$output" ""
	matches "${stderr_lines[0]}" "^$CONF:4: userz is not a key"
	matches "${stderr_lines[1]}" "^lowportctl: $CONF: it would be broken; it is left as it was; "
	untouched
	copy_left "$stderr" userz
}

@test "broken, on a terminal: edit again until it is in order" {
	# shellcheck disable=SC2016 # the editor's
	editor 'if grep -q userz "$1"; then sed -i s/userz/users/ "$1"; else echo "userz = alice" >>"$1"; fi'
	type_edit $'what\ne'
	equal "$status" 0
	matches "$output" "^$CONF:4: userz is not a key"
	equal "$(grep -o 'What now?' <<<"$output" | wc -l)" 2
	equal "$(tail -n 1 "$CONF")" 'users = alice'
	tidy
}

@test "broken, on a terminal: leave it as it was; there is no way to put it in place" {
	editor "echo 'userz = alice' >>\"\$1\""
	type_edit $'Q\nq\nx'
	equal "$status" 1
	equal "$(grep -o 'What now?' <<<"$output" | wc -l)" 3
	untouched
	copy_left "$output" userz
}

@test "every fault that the launcher sees, a NUL among them" {
	editor "printf 'users = a\\0b\n' >>\"\$1\""
	edit
	equal "$status" 1
	matches "$stderr" "^$CONF:4: "
	untouched
	rm "$(find /etc -maxdepth 1 -name '.edit-*')"
	editor "printf '\\0' >>\"\$1\""
	edit
	equal "$status" 1
	untouched
	rm "$(find /etc -maxdepth 1 -name '.edit-*')"
}

@test "a warning is told, and does not stand in the way" {
	editor "echo 'users = ghost' >>\"\$1\""
	edit
	equal "$status" 0
	matches "$stderr" "^$CONF:1: warning: section \\[dns\\]: there is no user ghost"
	equal "$(tail -n 1 "$CONF")" 'users = ghost'
}

@test "an editor that fails, that is not there, or that is killed" {
	local how
	for how in 'exit 1' 'kill -KILL $$'; do
		# shellcheck disable=SC2016 # the editor's
		editor 'echo "users = alice" >>"$1"' "$how"
		edit
		equal "$status" 1 "$how"
		matches "$stderr" "^lowportctl: $CONF: the editor failed, or was ended; it is left as it was"
		untouched
		copy_left "$stderr" alice
	done
	rm "$SCRATCH/editor"
	edit
	equal "$status" 1
	untouched
	equal "$(find /etc -maxdepth 1 -name '.edit-*')" '' 'a copy in which nothing was written'
}

@test "an editor that removes the copy: it is not said to be there" {
	# shellcheck disable=SC2016 # the editor's
	editor 'rm "$1"'
	edit
	equal "$status" 1
	equal "$stderr" "lowportctl: $CONF: the copy has gone; it is left as it was"
	untouched
	tidy
}

@test "lowportctl is killed while the editor runs: the file is as it was, and can be edited again" {
	editor "echo 'users = alice' >>\"\$1\"; echo begun; sleep 60"
	spawn edit root env EDITOR="$SCRATCH/editor" "$PREFIX/bin/lowportctl" edit
	wait_line "$SCRATCH/edit.out" begun
	end edit
	untouched
	editor "echo 'users = carol' >>\"\$1\""
	edit
	equal "$status" 0
	equal "$(tail -n 1 "$CONF")" 'users = carol'
	rm "$(find /etc -maxdepth 1 -name '.edit-*')"
}

@test "keys that interrupt are the editor's" {
	# shellcheck disable=SC2016 # the editor's
	editor 'trap "echo got >'"$SCRATCH/got"'" INT; kill -INT $PPID; kill -QUIT $PPID; kill -INT $$; echo "users = alice" >>"$1"'
	edit
	equal "$status" 0
	equal "$(cat "$SCRATCH/got")" got
	equal "$(tail -n 1 "$CONF")" 'users = alice'
}

@test "two edits at a time are refused, of whatever files" {
	editor "echo begun; read -r line <$SCRATCH/go; echo 'users = alice' >>\"\$1\""
	mkfifo "$SCRATCH/go"
	spawn edit root env EDITOR="$SCRATCH/editor" "$PREFIX/bin/lowportctl" edit
	wait_line "$SCRATCH/edit.out" begun
	edit
	equal "$status" 1
	equal "$stderr" "lowportctl: the ownership files are being edited already, by another lowportctl edit; wait for its end"
	edit x.conf
	equal "$status" 1
	equal "$(stat -c '%u %a' /etc/.lowportbind.lock)" "0 600"
	echo >"$SCRATCH/go"
	# It removes its lock when it ends.
	wait "$(cat "$SCRATCH/edit.job")"
	equal "$(tail -n 1 "$SCRATCH/edit.out")" "$CONF: put in place"
	equal "$(tail -n 1 "$CONF")" 'users = alice'
	tidy
}

@test "a file that somebody else has changed meanwhile is left to him" {
	editor "echo 'users = alice' >>\"\$1\"; echo 'users = carol' >>$CONF"
	edit
	equal "$status" 1
	matches "$stderr" 'somebody else has changed it meanwhile'
	equal "$(cat "$CONF")" "$OLD"$'\nusers = carol'
	copy_left "$stderr" alice
}

@test "a file that is not to be trusted is not edited" {
	editor "echo 'users = alice' >>\"\$1\""
	chmod g+w "$CONF"
	edit
	equal "$status" 1
	matches "$stderr" "^lowportctl: $CONF: it is not edited: .*chmod go-w"
	equal "$(cat "$CONF")" "$OLD"
	rm "$CONF"
	ln -s /etc/passwd "$CONF"
	edit
	equal "$status" 1
	matches "$stderr" 'a symbolic link'
	rm "$CONF"
	ln -s /etc/lock-target /etc/.lowportbind.lock
	edit
	rm /etc/.lowportbind.lock
	equal "$status" 1
	matches "$stderr" '^lowportctl: /etc/.lowportbind.lock: cannot be made: '
	[ ! -e /etc/lock-target ]
}

@test "a disk that is full: nothing has changed" {
	editor "echo 'users = alice' >>\"\$1\""
	run --separate-stderr env EDITOR="$SCRATCH/editor" \
		strace -qq -o /dev/null -e inject=fsync:error=ENOSPC "$PREFIX/bin/lowportctl" edit
	equal "$status" 1
	matches "$stderr" "^lowportctl: $CONF: cannot be written: No space left on device; nothing has changed"
	untouched
	copy_left "${stderr_lines[1]}" alice
}

@test "VISUAL comes before EDITOR, an empty one counts for nothing, and either may be several words" {
	# shellcheck disable=SC2016 # the editor's
	editor 'echo "$2" >"$1.seen"; echo "users = $1" >>"$2"'
	run env VISUAL="$SCRATCH/editor alice" EDITOR=false "$PREFIX/bin/lowportctl" edit
	rm -f alice.seen
	equal "$status" 0
	equal "$(tail -n 1 "$CONF")" 'users = alice'
	run env VISUAL= EDITOR="$SCRATCH/editor carol" "$PREFIX/bin/lowportctl" edit
	rm -f carol.seen
	equal "$status" 0
	equal "$(tail -n 1 "$CONF")" 'users = carol'
}

@test "without either it is editor or vi" {
	run --separate-stderr strace -f -qq -o "$SCRATCH/trace" -s 300 -e trace=execve \
		-E VISUAL= -E EDITOR= "$PREFIX/bin/lowportctl" edit </dev/null
	# shellcheck disable=SC2016 # the command is
	matches "$(cat "$SCRATCH/trace")" '"-c", "exec (/usr/bin/editor|vi) \\"\$1\\""'
	rm -f "$(find /etc -maxdepth 1 -name '.edit-*')"
}

@test "only root may; others are told how" {
	editor true
	ctl alice edit
	equal "$status" 77
	matches "$stderr" '^lowportctl: edit: only root may .*; run: sudo lowportctl edit$'
	untouched
}

@test "other files and other names are refused" {
	local file
	for file in /etc/passwd .x.conf x "$DROPIN/../passwd.conf" "$DROPIN/x" ./x.conf "$DROPIN/a/b.conf" x.conf~ .conf; do
		edit "$file"
		equal "$status" 64 "$file"
		equal "${#stderr_lines[@]}" 1
	done
	edit a.conf b.conf
	equal "$status" 64
}
