# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Who the caller is, where that is unusual: groups by the thousand, ids at the end of the range, names
# that look like numbers.

load ../helper
load common

# As in common.bash, and without the users and groups of a test before.
prepare()
{
	sed -i '/^\(big\|last\|0day\|007\|0x0\|toor\|alias\|\):/d' /etc/passwd
	sed -i '/^\(big\|last\|0day\|007\|0x0\):/d' /etc/group
	few_groups
	owned_by alice
}

few_groups()
{
	sed -i '/^g1[0-9]*:/d' /etc/group
}

# owned_by NAME: tcp:53 is that owner's.
owned_by()
{
	printf '[dns]\nports = tcp:53\nowner = %s\n' "$1" | own
}

# grouped WORD: alice, in the groups of that word, asks for what a group is granted.
grouped()
{
	own <<-'END'
		[dns]
		ports = tcp:53
		groups = 60010
	END
	from root "groups=$1" gids=60001:60001:60001 uids=60001:60001:60001
}

# clean_with GROUPS: result C, but for the groups, which are the caller's own.
clean_with()
{
	equal "$(probe_value groups | md5sum)" "$(md5sum <<<"$1")" "groups"
	# shellcheck disable=SC2001 # a line of half a million bytes is no work for bash
	output=$(sed "s/^groups=.*/groups=$ALICE/" <<<"$output")
	granted
	clean alice
}

@test "65,536 groups, the one that decides being the first" {
	grouped 60010,100000+65535
	clean_with "60010 $(seq -s ' ' 100000 165534)"
}

@test "65,536 groups, the one that decides being the last" {
	grouped 60010,1+59999,50+5536
	clean_with "$({ seq 1 59999; seq 50 5585; echo 60010; } | sort -n | tr '\n' ' ' | sed 's/ $//')"
}

@test "65,536 groups, without the one that decides" {
	grouped 100000+65536
	refused 77 'group 60010' tcp 53
	grouped 60011,1+60009,60012,100000+5525
	refused 77 'group 60010' tcp 53
}

@test "no supplementary group at all" {
	grouped ''
	refused 77 'group 60010' tcp 53
	own <<-'END'
		[dns]
		ports = tcp:53
		groups = alice
	END
	from root groups= gids=60001:60001:60001 uids=60001:60001:60001
	clean_with ''
}

@test "I7: group 0 among a user's own groups is no right to anything" {
	grouped 0,60001
	refused 77 'group 60010' tcp 53
	grouped 0,60001,60010
	clean_with '0 60001 60010'
}

@test "I7: an effective group of another is not the user's" {
	own <<-'END'
		[dns]
		ports = tcp:53
		groups = 60010
	END
	from root groups=60001 gids=60001:60010:60010 uids=60001:60001:60001
	refused 77 'group 60010' tcp 53
}

@test "I7: a root start with 0, many and none among root's groups" {
	for groups in 0 0,60010,60011 '' 100000+65536; do
		clean_from root "groups=$groups"
	done
}

# many_groups COUNT: alice is in that many.
many_groups()
{
	awk -v last=$((100000 + $1)) 'BEGIN { for (i = 100001; i <= last; i++) print "g" i ":x:" i ":alice" }' >>/etc/group
}

@test "I7: a root start whose owner is in 65,536 groups has them all, or is refused" {
	many_groups 65535
	launch root tcp:53 -- "$PROBE"
	few_groups
	clean_with "60001 $(seq -s ' ' 100001 165535)"
}

@test "I7: a root start whose owner is in more groups than the kernel takes is refused" {
	many_groups 65536
	launch root tcp:53 -- "$PROBE"
	refused 71 'groups' tcp 53
}

# entries: users whose ids are above INT_MAX, and whose names look like numbers.
entries()
{
	printf '%s:*:%s:%s::/:/bin/sh\n' big 3000000000 3000000000 last 4294967294 4294967294 \
		0day 60030 60030 007 60031 60031 0x0 60032 60032 >>/etc/passwd
	printf '%s\n' 'big:x:3000000000:' 'last:x:4294967294:' '0day:x:60030:' '007:x:60031:' '0x0:x:60032:' >>/etc/group
}

@test "ids above INT_MAX, of a caller and of an owner" {
	entries
	for user in big last; do
		for name in $user "$(id -u $user)"; do
			owned_by "$name"
			launch $user tcp:53 -- "$PROBE"
			granted
			clean $user
			launch root tcp:53 -- "$PROBE"
			granted
			clean $user
			launch alice tcp:53 -- "$PROBE"
			refused 77 'alice may not' tcp 53
		done
	done
}

@test "ids above INT_MAX are not those that they would be as negative or shorter numbers" {
	entries
	owned_by 3000000000
	for user in last alice; do
		launch $user tcp:53 -- "$PROBE"
		refused 77 "$user may not" tcp 53
	done
	# 2^32 + 60001 and 2^32: alice's and root's, where 64 bits become 32.
	for id in 4295027297 4294967296 -1294967296 18446744073709551615; do
		owned_by $id
		for user in big alice root; do
			launch $user tcp:53 -- "$PROBE"
			equal "$status" 78
			equal "$output" ''
			port_free tcp 53
		done
	done
}

@test "ids of -1, in digits and with a sign, are nobody's, also at a root start" {
	for id in -1 4294967295 +1 -0; do
		owned_by "$id"
		for user in alice root; do
			launch $user tcp:53 -- "$PROBE"
			equal "$status" 78
			equal "${#stderr_lines[@]}" 2
			equal "$output" ''
			port_free tcp 53
		done
	done
}

@test "the names 0day and 0x0 are names" {
	entries
	for name in 0day 0x0; do
		owned_by $name
		launch $name tcp:53 -- "$PROBE"
		granted
		clean $name
		launch root tcp:53 -- "$PROBE"
		granted
		clean $name
		launch alice tcp:53 -- "$PROBE"
		refused 77 'alice may not' tcp 53
	done
}

@test "the name 007 is neither user 7 nor the user of that name" {
	entries
	owned_by 007
	for user in 007 alice root; do
		launch $user tcp:53 -- "$PROBE"
		equal "$status" 78
		equal "$output" ''
		matches "${stderr_lines[0]}" "$CONF:3: 007 is neither a name nor a decimal id"
		port_free tcp 53
	done
}

@test "names that nobody has are nobody's, not root's" {
	for name in 0day 0x0 60001x 0; do
		printf '[dns]\nports = tcp:53\nusers = %s\n' "$name" | own
		launch alice tcp:53 -- "$PROBE"
		refused 77 'alice may not' tcp 53
		launch root tcp:53 -- "$PROBE"
		refused 77 'owner' tcp 53
		owned_by "$name"
		launch root tcp:53 -- "$PROBE"
		refused 77 '.' tcp 53
	done
}

@test "the empty name, of a passwd entry and in the file, is nobody's" {
	printf ':x:60040:60040::/:/bin/sh\n' >>/etc/passwd
	owned_by ''
	for user in alice root; do
		launch $user tcp:53 -- "$PROBE"
		equal "$status" 78
		equal "$output" ''
		port_free tcp 53
	done
	own </dev/null
	launch root -u '' tcp:53 -- "$PROBE"
	refused 77 'there is no user' tcp 53
}

@test "I7: an owner that is root by another name, or in root's group" {
	echo 'toor:x:0:60001::/:/bin/sh' >>/etc/passwd
	owned_by toor
	launch root tcp:53 -- "$PROBE"
	refused 77 'is root' tcp 53
	# A user is not root, whatever the owner's name means.
	launch alice tcp:53 -- "$PROBE"
	refused 77 'alice may not' tcp 53
	owned_by alice
	sed -i 's/^alice:x:60001:60001:/alice:x:60001:0:/' /etc/passwd
	launch root tcp:53 -- "$PROBE"
	sed -i 's/^alice:x:60001:0:/alice:x:60001:60001:/' /etc/passwd
	refused 77 "root's group" tcp 53
}

@test "I7: a caller whose uid another name has as well" {
	echo 'alias:x:60001:60001::/:/bin/sh' >>/etc/passwd
	owned_by alias
	launch alice tcp:53 -- "$PROBE"
	granted
	clean alice
}
