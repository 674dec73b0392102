# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2012,SC2030,SC2031,SC2154 # plain names; what run sets
# lowportctl check --root: an image, before it ships.

load ../helper

# The image has a user that the host does not have, and lacks those of the host.
prepare()
{
	IMAGE=$SCRATCH/image
	mkdir -m 0755 "$IMAGE" "$IMAGE/etc" "$IMAGE/etc/lowportbind.d" "$IMAGE/opt" "$IMAGE$PREFIX"
	cp -a "$PREFIX/." "$IMAGE$PREFIX"
	printf '%s\n' 'root:x:0:0::/:/bin/sh' 'dave:x:70001:70001::/:/bin/sh' 'erin:x:70002:0::/:/bin/sh' \
		'frank:x:70003:70003::/:/bin/sh' >"$IMAGE/etc/passwd"
	printf '%s\n' root:x:0:frank dave:x:70001: mailers:x:70010:dave >"$IMAGE/etc/group"
	printf '[smtp]\nports = tcp:25\nowner = dave\ngroups = mailers\n' >"$IMAGE/etc/lowportbind.conf"
	printf '[broken' | own
}

# image ARGUMENT...: looks at it.
image()
{
	ctl root check --root "$IMAGE" "$@"
}

@test "an image in order: its own files and users count, not the host's" {
	image
	equal "$stderr" ""
	equal "$output" "1 file, 1 section, 1 port: no errors"
	equal "$status" 0
}

@test "names that only the host knows are unknown there" {
	printf '[a]\nports = tcp:26\nusers = alice\ngroups = dns-admins\n' >"$IMAGE/etc/lowportbind.d/a.conf"
	image
	equal "$status" 0
	matches "$stderr" '^/etc/lowportbind.d/a.conf:1: warning: .*there is no user alice'
	matches "$stderr" 'there is no group dns-admins'
}

@test "an owner in root's group, by passwd and by group" {
	printf '[a]\nports = tcp:26\nowner = erin\n[b]\nports = tcp:27\nowner = frank\n' >"$IMAGE/etc/lowportbind.d/a.conf"
	image
	equal "$status" 0
	matches "$stderr" "its owner erin is root, or in root's group"
	matches "$stderr" "its owner frank is root, or in root's group"
}

@test "two owners by name and number" {
	printf '[a]\nports = tcp:25\nowner = 70001\n[b]\nports = tcp:25\nowner = frank\n' >"$IMAGE/etc/lowportbind.d/a.conf"
	image
	matches "$stderr" 'it has owner frank for tcp:25, and section \[smtp\]'
	lacks "$stderr" 'has owner 70001 for'
}

@test "modes are errors and warnings as on a host" {
	chmod 0664 "$IMAGE/etc/lowportbind.conf"
	chmod g+w "$IMAGE$PREFIX/libexec/lowportbind/root-start" "$IMAGE/opt"
	chown bob "$IMAGE$PREFIX/lib/lowportbind/liblowport-adopt.so"
	image
	equal "$status" 1
	matches "$stderr" '^/etc/lowportbind.conf: .*chmod go-w'
	matches "$stderr" "^$PREFIX/libexec/lowportbind/root-start: warning: others than root can write"
	matches "$stderr" "^/opt: warning: others than root can write"
	matches "$stderr" "^$PREFIX/lib/lowportbind/liblowport-adopt.so: warning: it belongs to uid $BOB"
	chmod 0755 "$IMAGE/opt"
	chmod 0775 "$IMAGE"
	image
	equal "$status" 1
	matches "$stderr" '^/: warning: others than root can write'
}

@test "a launcher without its privilege in an image is a warning, and --strict an error" {
	cp "$IMAGE$LPB" "$IMAGE$LPB.new"
	mv "$IMAGE$LPB.new" "$IMAGE$LPB"
	image
	equal "$status" 0
	matches "$stderr" "^$LPB: warning: it is neither setuid root nor has it file capabilities"
	image --strict
	equal "$status" 1
}

@test "no symbolic link leads out of the image" {
	rm "$IMAGE/etc/passwd" "$IMAGE$LPB"
	ln -s ../../../../../../etc/passwd "$IMAGE/etc/passwd.host"
	ln -s /etc/passwd.host "$IMAGE/etc/passwd"
	ln -s "../../../../../../../../../../..$PREFIX/bin/lowportctl" "$IMAGE$LPB"
	printf '[a]\nports = tcp:26\nusers = alice\n' >"$IMAGE/etc/lowportbind.d/a.conf"
	rm -rf "$IMAGE$PREFIX/bin/lowportctl"
	image
	matches "$stderr" 'there is no user alice'
	matches "$stderr" "^$LPB: warning: No such file"
	rm -r "$IMAGE/etc/lowportbind.d"
	ln -s /../../../../../../../../../etc/lowportbind.d "$IMAGE/etc/lowportbind.d"
	image
	equal "$status" 1
	matches "$stderr" '^/etc/lowportbind.d: a symbolic link'
}

@test "what stands in the place of the users' files is not waited for" {
	rm "$IMAGE/etc/passwd" "$IMAGE/etc/group"
	mkfifo "$IMAGE/etc/passwd" "$IMAGE/etc/group"
	run --separate-stderr timeout "$PATIENCE" "$PREFIX/bin/lowportctl" check --root "$IMAGE"
	equal "$status" 0
	matches "$stderr" 'there is no user dave'
	matches "$stderr" 'there is no group mailers'
}

@test "nothing of the image is executed or loaded" {
	strace -f -o "$SCRATCH/trace" -e trace=execve,chroot,openat,open "$PREFIX/bin/lowportctl" check --root "$IMAGE"
	grep -q 'chroot("\.")' "$SCRATCH/trace"
	equal "$(sed '1,/chroot(/d' "$SCRATCH/trace" | grep -E 'execve|\.so|nsswitch' || :)" ''
}

@test "only root; only a directory; no FILE beside" {
	ctl alice check --root "$IMAGE"
	equal "$status" 2
	matches "$stderr" "^lowportctl: $IMAGE: cannot be made the root directory, which root alone may"
	ctl root check --root "$IMAGE/none"
	equal "$status" 2
	matches "$stderr" "^lowportctl: $IMAGE/none: cannot be looked at: No such file"
	ctl root check --root "$IMAGE" file
	equal "$status" 64
}
