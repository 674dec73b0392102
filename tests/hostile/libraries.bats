# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: shared
# shellcheck disable=SC2154 # status is set by bats' run
# What libcap-ng makes of capabilities, where it is a library of its own (--with-libraries=shared): another can be put in
# its place. As a part of the program it is played by tests/unit/privilege.c.

load ../helper
load common

# instead_of_capng: a library of that name that does nothing. /etc is this test's own, and with it
# what the loader knows of.
instead_of_capng()
{
	install -d -m 0755 /opt/test/lib
	cp "$BIN/no-capng" /opt/test/lib/libcap-ng.so.0
	sed -i '1i /opt/test/lib' /etc/ld.so.conf
	ldconfig
}

original_capng()
{
	sed -i 1d /etc/ld.so.conf
	rm -rf /opt/test/lib /opt/tmp/capng-fails
	ldconfig
}

# without_capng PATTERN: each kind of start, with it in the place of the library. Not by su(1), which
# needs that library itself.
without_capng()
{
	by_alice && refused 71 "$1" tcp 53 && from root && refused 71 "$1" tcp 53
}

@test "I5: libcap-ng that succeeds without effect" {
	instead_of_capng
	without_capng 'capabilities differ' || fail "$(original_capng)"
	original_capng
	clean_from alice
}

@test "I5: libcap-ng that returns an error" {
	instead_of_capng
	: >/opt/tmp/capng-fails
	without_capng 'cannot set capabilities' || fail "$(original_capng)"
	original_capng
	clean_from alice
}
