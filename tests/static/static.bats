# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: static
# The static launcher (--enable-static): no library, no name service; users and groups from two files alone.

load ../helper

# Each test has the users that the first one had.
prepare()
{
	local kept=/opt/tmp/etc file
	for file in passwd group nsswitch.conf; do
		if [ -e "$kept/$file" ]; then
			rm -rf "/etc/${file:?}"
			cp -p "$kept/$file" "/etc/$file"
		else
			install -D -m 0644 "/etc/$file" "$kept/$file"
		fi
	done
	own <<-'END'
		[dns]
		ports = tcp:53
		owner = alice
	END
	ROOT_START=$(find "$PREFIX" -name root-start)
}

@test "the launcher and its part for root are hardened, at no fixed address, and need no other file" {
	run "$TESTS/hardening/check" "$LPB" "$ROOT_START"
	equal "$output" ''
	equal "$status" 0
	for program in "$LPB" "$ROOT_START"; do
		lacks "$(readelf -lW "$program")" INTERP
		lacks "$(readelf -dW "$program")" NEEDED
	done
}

@test "a start opens the ownership file, /etc/passwd, and nothing of the name service" {
	trace alice tcp:53 -- "$PROBE"
	equal "$status" 0
	clean alice
	run sed -nE 's/.* open(at)?\((AT_FDCWD, )?"([^"]*)".*/\3/p' "$SCRATCH/trace"
	# The probe looks for a terminal.
	equal "$(sort -u <<<"$output" | grep '^/[^p]' | tr '\n' ' ')" '/dev/tty /etc/passwd '
	lacks "$(cat "$SCRATCH/trace")" 'nscd|nsswitch|libnss'
}

@test "--version says where the names are from, and so does the manual" {
	for user in alice root; do
		launch "$user" --version
		equal "$status" 0
		matches "$output" '^lowportbind [0-9.]+ \(static: users and groups are those of /etc/passwd and /etc/group alone\)$'
	done
	matches "$(tr '\n' ' ' <"$srcdir/man/lowportbind.1")" 'Pa /etc/passwd , /etc/group Users and groups, if .Nm was built with .Li --enable-static'
}

# with_module: libc's name service has one more user and group, and nobody whom it had before.
with_module()
{
	install -D "$BIN/nss-moon" /opt/test/lib/libnss_moon.so.2
	sed -i '1i /opt/test/lib' /etc/ld.so.conf
	ldconfig
	printf '%s\n' 'passwd: files moon' 'group: files moon' >/etc/nsswitch.conf
	matches "$(getent passwd luna)" "^luna:x:$ALICE:"
}

@test "who is known to the name service alone is nobody, for every program" {
	with_module
	for line in 'owner = luna' 'users = luna' 'groups = luna'; do
		printf '[dns]\nports = tcp:53\n%s\n' "$line" | own
		launch alice tcp:53 -- "$PROBE"
		refused 77 'it belongs to (group )?luna' tcp 53
		ctl root explain tcp:53 --user alice
		equal "$status" 1
		ctl root check
		matches "$output$stderr" luna
		lacks "$output$stderr" '(^| )60001'
	done
	launch root tcp:53 -- "$PROBE"
	refused 77 '' tcp 53
	launch root -u luna tcp:53 -- "$PROBE"
	refused 77 'there is no user "luna"' tcp 53
	launch root -u alice:luna tcp:53 -- "$PROBE"
	refused 77 'there is no group "luna"' tcp 53
	launch root -u alice tcp:53 -- "$PROBE"
	clean alice
}

@test "unknown users and groups are refused, and end nothing" {
	for line in 'owner = nobody-has-this' 'groups = nobody-has-this' 'users = 4294967294' 'owner = x'; do
		printf '[dns]\nports = tcp:53\n%s\n' "$line" | own
		launch alice tcp:53 -- "$PROBE"
		refused 77 'it belongs to' tcp 53
		launch root tcp:53 -- "$PROBE"
		refused 77 'no section names its owner|there is no user' tcp 53
	done
	own <<<$'[dns]\nports = tcp:53\nowner = 59999'
	launch root -u 59999:59999 tcp:53 -- "$PROBE"
	granted
	matches "$(probe_value uid)" '^59999 '
}

@test "a user without a line in /etc/passwd is named by number" {
	sed -i '/^bob:/d' /etc/passwd
	run --separate-stderr strace -f -qq -o /dev/null -e trace=none "$BIN/dirty" gids=60002:60002:60002 uids=60002:60002:60002 \
		-- "$LPB" tcp:53 -- "$PROBE"
	refused 77 'tcp:53: 60002 may not bind this port; it belongs to alice' tcp 53
}

@test "lines of compat, and lines that are none, are nobody's" {
	{
		printf '%s\n' '+::::::' '+alice::::::' '-alice:x:0:0::/:/bin/sh' 'alice' 'alice:x' 'alice:x:zero:0::/:/bin/sh' \
			'# alice:x:0:0::/:/bin/sh' ''
		printf 'alice\0:x:0:0::/:/bin/sh\n'
		cat /etc/passwd
	} >"$SCRATCH/passwd"
	{
		printf '%s\n' '+:::' '+dns-admins:::alice' '-dns-admins:x:0:alice' 'dns-admins' 'dns-admins:x:zero:alice' '# root:x:0:alice'
		cat /etc/group
	} >"$SCRATCH/group"
	cat "$SCRATCH/passwd" >/etc/passwd
	cat "$SCRATCH/group" >/etc/group
	launch root tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value uid)" "$ALICE $ALICE $ALICE $ALICE"
	equal "$(probe_value groups)" "$ALICE"
	own <<<$'[dns]\nports = tcp:53\ngroups = dns-admins'
	run_as carol "$LPB" tcp:53 -- "$PROBE"
	granted
	launch alice tcp:53 -- "$PROBE"
	refused 77 'group dns-admins' tcp 53
}

@test "a missing /etc/passwd or /etc/group, and one that cannot be read, makes nobody anybody else" {
	run_missing()
	{
		run --separate-stderr "$BIN/dirty" groups=60001 gids=60001:60001:60001 uids=60001:60001:60001 -- "$LPB" tcp:53 -- "$PROBE"
	}
	mv /etc/passwd "$SCRATCH"
	run_missing
	refused 77 'tcp:53: 60001 may not' tcp 53
	launch root tcp:53 -- "$PROBE"
	refused 77 'there is no user "alice"' tcp 53
	own <<<$'[dns]\nports = tcp:53\nowner = 60001'
	run_missing
	granted
	launch root tcp:53 -- "$PROBE"
	refused 77 'no passwd entry' tcp 53
	mv "$SCRATCH/passwd" /etc
	mv /etc/group "$SCRATCH"
	launch root tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value groups)" "$ALICE"
	mkdir /etc/group
	launch root tcp:53 -- "$PROBE"
	refused 71 'cannot read the groups of alice' tcp 53
	mv /etc/passwd "$SCRATCH"
	mkdir /etc/passwd
	launch root tcp:53 -- "$PROBE"
	refused 71 'cannot look up user 60001' tcp 53
}

@test "groups of 65,536 members, and 65,536 groups, the deciding one last" {
	{
		echo "crowd:x:70000:$(seq -s, -f 'user%g' 65536),alice"
		awk 'BEGIN { for (i = 1; i <= 65536; i++) printf "g%d:x:%d:somebody\n", i, 100000 + i }'
		echo 'last:x:70001:alice'
	} >>/etc/group
	launch root tcp:53 -- "$PROBE"
	granted
	equal "$(probe_value groups | sorted_groups)" "$ALICE 70000 70001 "
	own <<<$'[dns]\nports = tcp:53\ngroups = last'
	launch alice tcp:53 -- "$PROBE"
	granted
	launch bob tcp:53 -- "$PROBE"
	refused 77 'group last' tcp 53
}
