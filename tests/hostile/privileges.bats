# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Capabilities, securebits and what libcap-ng makes of them; and what is left when the daemon runs.

load ../helper
load common

@test "I4: securebits, inheritable and ambient capabilities of root do not arrive" {
	clean_from root securebits=0x10 inheritable=10 ambient=10 inheritable=21 keepcaps
}

@test "I4: inheritable and ambient capabilities of a user do not arrive" {
	# As a login with pam_cap would have it: the caller is alice, with a capability to hand down.
	run --separate-stderr capsh --inh=cap_net_bind_service,cap_net_raw --user=alice -- \
		-c "exec $LPB tcp:53 -- $PROBE"
	granted
	clean alice
	run --separate-stderr capsh --keep=1 --inh=cap_net_bind_service,cap_net_raw --user=alice \
		--inh=cap_net_bind_service,cap_net_raw --addamb=cap_net_bind_service,cap_net_raw -- \
		-c "exec $LPB tcp:53 -- $PROBE"
	granted
	clean alice
	run --separate-stderr capsh --keep=1 --inh=cap_net_bind_service --user=bob --inh=cap_net_bind_service \
		--addamb=cap_net_bind_service -- -c "exec $LPB tcp:53 -- $PROBE"
	refused 77 'bob may not bind' tcp 53
}

@test "I4: a user who has every capability already keeps none" {
	by_alice securebits=0x4 inheritable=10 inheritable=7
	granted
	clean alice
}

@test "I4: securebits of a user are gone, or refused" {
	for bits in 0x1 0x4 0x5 0x10 0x40 0x45 0x55; do
		by_alice securebits=$bits
		either 71 'privilege|root' || fail "securebits $bits"
	done
}

@test "I4: locked securebits of a user are refused" {
	for bits in 0x2 0x3 0x8 0xc 0x20 0x80 0xc0 0x2f 0xaa 0xef; do
		by_alice securebits=$bits
		refused 71 'privilege|cannot give up root|securebits' tcp 53 || fail "securebits $bits"
	done
}

@test "I4: SECBIT_KEEP_CAPS_LOCKED, by which libraries lose a capability, is refused" {
	by_alice securebits=0x20
	refused 71 'cannot give up root' tcp 53
	refused_from 71 '.' root securebits=0x20
}

@test "I4: securebits of root are gone, or refused" {
	for bits in 0x1 0x4 0x5 0x10 0x40 0x55; do
		either_from 71 '.' root securebits=$bits
	done
	for bits in 0x2 0x3 0x8 0xc 0x20 0x2f 0xaa 0xef; do
		refused_from 71 '.' root securebits=$bits
	done
}

@test "I4: securebits that a user may set without privilege" {
	as alice "$BIN/dirty" securebits=0x100 -- /bin/true 2>/dev/null || skip "this kernel has no such securebits"
	for bits in 0x100 0x400 0x500; do
		either_from 71 'securebits' alice securebits=$bits
	done
	for bits in 0x200 0x800 0xf00; do
		refused_from 71 'securebits' alice securebits=$bits
	done
}

# The bounding set holds all but one.
unbounded()
{
	run --separate-stderr capsh "--drop=cap_$1" -- -c "su -s /bin/sh alice -c 'exec $LPB tcp:53 -- $PROBE'"
}

@test "I7: CAP_SETPCAP missing from the bounding set" {
	unbounded setpcap
	refused 71 'bounding set' tcp 53
}

@test "I7: CAP_NET_BIND_SERVICE missing from the bounding set" {
	unbounded net_bind_service
	refused 71 'bounding set' tcp 53
}

# su(1) needs these two itself, so root becomes alice without it.
@test "I7: CAP_SETUID missing from the bounding set" {
	by_alice bounding-drop=7
	either 71 'root|privilege'
}

@test "I7: CAP_SETGID missing from the bounding set" {
	by_alice bounding-drop=6
	either 71 'root|privilege'
}

@test "I7: each other capability missing from the bounding set changes nothing" {
	for capability in 0 1 2 5 12 21 40; do
		by_alice bounding-drop=$capability
		granted
		clean alice
		clean_from root bounding-drop=$capability
	done
}

@test "I7: an empty bounding set" {
	local words
	mapfile -t words < <(seq -f 'bounding-drop=%.0f' 0 40)
	by_alice "${words[@]}"
	refused 71 'bounding set' tcp 53
	refused_from 71 'bounding set' root "${words[@]}"
}

@test "I7: CAP_SETUID missing from the bounding set at a root start" {
	refused_from 71 'bounding set' root bounding-drop=7
}

@test "I7: CAP_SETGID missing from the bounding set at a root start" {
	refused_from 71 'bounding set' root bounding-drop=6
}

@test "I7: CAP_SETPCAP missing from the bounding set at a root start" {
	refused_from 71 'bounding set' root bounding-drop=8
}

@test "I7: CAP_NET_BIND_SERVICE missing from the bounding set at a root start" {
	refused_from 71 'bounding set' root bounding-drop=10
}

@test "I5: each setresuid, capset, prctl or bind fails, or only claims success" {
	local -A false_success=([setuid]=setresuid:retval=0 [filecaps]='')
	# A setresuid that does nothing does no harm to a program that is never root.
	for fault in setresuid:error=EAGAIN ${false_success[$FLAVOUR]} setresgid:error=EPERM \
		capset:error=EPERM capset:retval=0 \
		prctl:error=EINVAL bind:error=EINVAL bind:retval=0 listen:error=EADDRINUSE \
		listen:retval=0 socket:error=EMFILE; do
		run --separate-stderr strace -f -qq -o /dev/null -b execve -e "inject=$fault" -u alice \
			"$LPB" tcp:53 -- "$PROBE" </dev/null
		refused '71|75' '.' tcp 53 || fail "$fault"
	done
}

@test "I3: saved ids, filesystem ids and keepcaps of the caller are not left" {
	for ids in 60001:60001:0 60001:60002:60001 60001:60002:60003 60001:0:0 60001:60001:60003; do
		from root keepcaps groups=60001 gids=$ids uids=$ids
		granted
		clean alice
	done
}

@test "I7: a caller whose real id alone is root's is taken for root, and becomes the owner or is refused" {
	for ids in 0:60002:60002 0:60002:0 0:0:60002; do
		from root groups=60002 gids=$ids uids=$ids
		either 71 '.'
	done
}

# helper OWNER:GROUP MODE: a probe that gains those ids when it is executed.
helper()
{
	cp "$PROBE" "$SCRATCH/helper"
	chown "$1" "$SCRATCH/helper"
	chmod "$2" "$SCRATCH/helper"
}

@test "I3: a setuid or setgid helper that the daemon runs gains nothing" {
	for caller in alice root; do
		for mode in 4755 2755 6755; do
			helper root:root $mode
			launch $caller tcp:53 -- "$PROBE" --quiet "--exec=$SCRATCH/helper"
			granted
			clean alice
			helper bob:webbers $mode
			launch $caller tcp:53 -- "$PROBE" --quiet "--exec=$SCRATCH/helper"
			granted
			clean alice
		done
	done
	# The check of the check.
	run as alice "$SCRATCH/helper"
	equal "$(probe_value uid)" "$ALICE $BOB $BOB $BOB"
	equal "$(probe_value gid)" "$ALICE 60011 60011 60011"
}

@test "I3: the launcher itself, run again by the daemon, gains nothing" {
	for caller in alice root; do
		launch $caller tcp:53 -- "$LPB" tcp:3000 -- "$PROBE"
		refused 71 'no_new_privs' tcp 3000
		port_free tcp 53
	done
}
