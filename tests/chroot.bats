# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid
# shellcheck disable=SC2154 # output is set by bats' run
# The tests run in a bare chroot as well, whose root directory is no mount point.

load helper

@test "private-root: in a chroot, too, a program runs where it was called" {
	local root=$SCRATCH/root
	mkdir -p "$root/usr"
	cp -a /bin /lib /lib64 "$root"
	mount --rbind /usr "$root/usr"
	cp "$BIN/private-root" "$root"
	run chroot "$root" /bin/sh -c 'cd /usr/bin && /private-root pwd'
	umount -l "$root/usr"
	equal "$output" /usr/bin
}
