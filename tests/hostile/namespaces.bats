# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Another view of the machine: namespaces, mounts, roots and names of the caller's own making.

load ../helper
load common

# in_namespace OPTIONS SCRIPT: alice, as root of a user namespace of her own.
in_namespace()
{
	needs_user_namespaces
	# shellcheck disable=SC2086 # several options
	run_as alice unshare $1 sh -c "$2"
}

# An /etc that gives tcp:80 to everybody.
other_etc()
{
	mkdir -m 0755 "$SCRATCH/etc"
	cp /etc/passwd /etc/group /etc/nsswitch.conf "$SCRATCH/etc"
	printf '[x]\nports = tcp:80\nowner = alice\nanyone = yes\n' >"$SCRATCH/etc/lowportbind.conf"
	chown -R alice "$SCRATCH/etc"
}

@test "I6: a user namespace with a mount that shows another /etc" {
	other_etc
	in_namespace -Urm "mount --bind $SCRATCH/etc /etc && exec $LPB tcp:80 -- $PROBE"
	refused 71 '.' tcp 80
	in_namespace -Urm "mount --bind $SCRATCH/etc /etc && exec $LPB -u root tcp:80 -- $PROBE"
	refused 71 '.' tcp 80
	in_namespace -Urm "mount --bind $SCRATCH/etc /etc && exec $LPB -u alice tcp:80 -- $PROBE"
	refused 71 '.' tcp 80
}

# refused_inside: a file's capabilities do count in there, over nothing of the host's; but what is alice's in
# that /etc is not root's.
refused_inside()
{
	without_warnings
	case $FLAVOUR in
	setuid) refused 71 'no privilege' tcp 80 ;;
	filecaps) refused 78 'tcp:80: ' tcp 80 ;;
	esac
}

@test "I6: a user namespace with a mount that shows another /etc, as an ordinary user in it" {
	other_etc
	in_namespace -Urm "mount --bind $SCRATCH/etc /etc && exec unshare -U $LPB tcp:80 -- $PROBE"
	refused 71 'cannot give up root|no privilege' tcp 80
	in_namespace -Urm "mount --bind $SCRATCH/etc /etc && exec unshare -U --map-user=$ALICE --map-group=$ALICE $LPB tcp:80 -- $PROBE"
	refused_inside
}

@test "I6: a user namespace without any user mapped" {
	in_namespace -U "exec $LPB tcp:53 -- $PROBE"
	refused 71 'cannot give up root|no privilege' tcp 53
}

# jail: a root directory of alice's own with all that the launcher needs, and with an /etc that grants.
jail()
{
	install -d -m 0755 "$SCRATCH/jail"/{usr,lib,lib64,etc,opt,dev,proc,tmp,bin}
	other_etc
	cp -R "$SCRATCH/etc/." "$SCRATCH/jail/etc"
	chown -R alice "$SCRATCH/jail"
}

@test "I6: a user namespace with a chroot that shows another /etc" {
	jail
	in_namespace -Urm "cd $SCRATCH/jail && for dir in usr lib lib64 opt dev bin proc; do
		mount --rbind /\$dir \$dir || exit 98; done; exec chroot . $LPB tcp:80 -- $PROBE"
	refused 71 '.' tcp 80
}

@test "I6: a user namespace with a pivoted root, as an ordinary user in it" {
	jail
	in_namespace -Urm "cd $SCRATCH/jail && mount --rbind . . && cd $SCRATCH/jail &&
		for dir in usr lib lib64 opt dev bin proc; do mount --rbind /\$dir \$dir || exit 98; done
		pivot_root . tmp && cd / && exec unshare -U --map-user=$ALICE --map-group=$ALICE $LPB tcp:80 -- $PROBE"
	refused_inside
}

@test "I6: a network namespace of the caller's: its ports are not the host's" {
	in_namespace -Urn "ip link set lo up; exec $LPB tcp:53 -- $PROBE"
	refused 71 '.' tcp 53
	in_namespace -Un "exec $LPB tcp:53 -- $PROBE"
	refused 71 'cannot give up root|no privilege' tcp 53
}

@test "I6: a network namespace that root made" {
	run --separate-stderr unshare --net su -s /bin/sh alice -c "exec $LPB tcp:53 -- $PROBE"
	granted
	clean alice
	run --separate-stderr unshare --net "$LPB" tcp:53 -- "$PROBE"
	granted
	clean alice
}

@test "I6: all the other namespaces of a user's" {
	for options in -Ur '-Ur --pid --fork' '-Ur --ipc --uts' '-Ur --cgroup'; do
		in_namespace "$options" "exec $LPB tcp:53 -- $PROBE"
		refused 71 '.' tcp 53
	done
}

# without DIRECTORY: alice and root start in a mount namespace where it is empty.
without()
{
	for caller in alice root; do
		run_as root unshare --mount sh -c "mount -t tmpfs tmpfs $1 && exec su -s /bin/sh $caller -c \
			'exec $LPB tcp:53 -- $PROBE'"
		either 71 '.'
	done
}

@test "I6: without /proc" {
	not_under asan "its runtime library reads where the stack is from /proc, and warns where it cannot"
	without /proc
}

@test "I6: without /dev" {
	without /dev
}

@test "I6: a nosuid mount" {
	mount --bind "$PREFIX/bin" "$PREFIX/bin"
	mount -o remount,bind,nosuid "$PREFIX/bin"
	launch alice tcp:53 -- "$PROBE"
	umount "$PREFIX/bin"
	refused 71 'nosuid' tcp 53
}

@test "I6: a renamed copy of the program is not privileged" {
	cp -p "$LPB" "$SCRATCH/renamed"
	chmod 0755 "$SCRATCH/renamed"
	run_as alice "$SCRATCH/renamed" tcp:53 -- "$PROBE"
	refused 71 'lost its mode or capabilities' tcp 53
	# The same of a copy that is setuid, but a user's.
	run_as alice /bin/sh -c "cp $LPB $SCRATCH/own && chmod 4755 $SCRATCH/own && exec $SCRATCH/own tcp:53 -- $PROBE"
	refused 71 'lost its mode or capabilities' tcp 53
}

@test "I6: a hard link is the program itself, or cannot be made" {
	ln "$LPB" "$SCRATCH/link"
	run_as alice "$SCRATCH/link" tcp:53 -- "$PROBE"
	granted
	clean alice
	run_as bob "$SCRATCH/link" tcp:53 -- "$PROBE"
	refused 77 'bob may not' tcp 53
	run_as root "$SCRATCH/link" tcp:53 -- "$PROBE"
	granted
	clean alice
	# What it finds beside itself is nothing to it: root's part and the ownership file have fixed names.
	install -d -m 0755 "$SCRATCH/libexec/lowportbind" "$SCRATCH/bin"
	cp "$PROBE" "$SCRATCH/libexec/lowportbind/root-start"
	mv "$SCRATCH/link" "$SCRATCH/bin/lowportbind"
	run_as root "$SCRATCH/bin/lowportbind" tcp:53 -- "$PROBE"
	granted
	clean alice
	if [ "$(cat /proc/sys/fs/protected_hardlinks)" = 1 ]; then
		run_as alice ln "$LPB" "$SCRATCH/mine"
		[ "$status" -ne 0 ] || fail "alice made a link"
	fi
}

@test "I6: a symbolic link to the program, and a descriptor of it" {
	ln -s "$LPB" "$SCRATCH/-u"
	run_as alice "$SCRATCH/-u" tcp:53 -- "$PROBE"
	granted
	clean alice
	run_as alice /bin/sh -c "exec 5<$LPB; exec /proc/self/fd/5 tcp:53 -- $PROBE"
	granted
	clean alice
}
