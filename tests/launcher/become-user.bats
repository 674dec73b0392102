# SPDX-License-Identifier: GPL-2.0-or-later
# not none: there is no privilege to become somebody with
# I1, I2 and I3: the order of the first system calls, the one capability around
# the one call, and what is left of it all when the program runs.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53 udp:53
		users = alice
		owner = alice
		[other]
		ports = tcp:55 tcp:3001
		users = alice
		no-new-privileges = no
	END
}

# The line of the trace from which on no call changes an id any more. Where the
# program was never root (file capabilities), the one that lowers the capabilities.
changed()
{
	if [ "$FLAVOUR" = setuid ]; then
		call_line ' (setuid|setreuid|setresuid)\([^)]*\) *= 0' last
	else
		call_line ' capset\(.*permitted=1<<CAP_NET_BIND_SERVICE' first
	fi
}

@test "I1: a setuid start becomes the user before it opens anything of the caller's or the administrator's" {
	trace alice tcp:53 -- "$PROBE"
	equal "$status" 0
	local change opened
	change=$(changed)
	[ -n "$change" ] || fail "no change of user in the trace"
	for file in lowportbind nsswitch.conf passwd group localtime locale; do
		opened=$(call_line "open(at|at2)?\\(.*$file" first)
		[ -z "$opened" ] || [ "$opened" -gt "$change" ] ||
			fail "$file is opened in line $opened, the user changes in line $change"
	done
	opened=$(call_line 'openat2?\(.*lowportbind\.conf"' first)
	[ -n "$opened" ] || fail "the ownership file is never opened"
	opened=$(call_line ' (socket|bind)\(' first)
	[ "$opened" -gt "$change" ] || fail "a socket is made before the change of user"
}

@test "I1: all four user ids are the user's before the ownership file is opened, and never again another's" {
	[ "$FLAVOUR" = setuid ] || {
		trace alice tcp:53 -- "$PROBE" --quiet
		lacks "$(calls 'setuid|setreuid|setfsuid')" '\((0|[0-9]+, 0|-1, 0)'
		return
	}
	trace alice tcp:53 -- "$PROBE" --quiet
	local opened attack
	matches "$(calls setresuid | head -n 1)" 'setresuid\(60001, 60001, 60001\) *= 0'
	opened=$(call_line 'openat2?\(.*lowportbind\.conf"' first)
	for attack in $(calls 'setuid|setreuid|setresuid|setfsuid' | cut -d: -f1); do
		[ "$attack" -lt "$opened" ] && continue
		# What comes later are attempts to get root back, and they fail.
		lacks "$(sed -n "${attack}p" "$SCRATCH/trace")" '= 0$'
	done
}

# With file capabilities the calls are the same, though there is nothing to give up by them.
@test "I1: at most 12 system calls between main() and the last change of user" {
	not_under asan "its runtime library makes calls of its own"
	strace -V | grep -q stack-trace || skip "this strace cannot show stacks"
	TRACE_OPTIONS=-k trace alice tcp:53 -- "$PROBE" --quiet
	run "$TESTS/start-calls" "$SCRATCH/trace"
	equal "$status" 0
	local before
	before=$(grep '^root ' <<<"$output")
	# From the very first: whether descriptor 0 is open.
	matches "$(head -n 1 <<<"$before")" '^root fcntl\(0, F_GETFD\)'
	matches "$(tail -n 1 <<<"$before")" "^root setresuid\\($ALICE, $ALICE, $ALICE\\) *= 0"
	[ "$(wc -l <<<"$before")" -le 12 ] || fail "$(wc -l <<<"$before") system calls: $before"
}

@test "I1: the arguments are not looked at before the change of user" {
	# A usage error is found out as the user.
	trace alice --nonsense
	equal "$status" 64
	[ -n "$(changed)" ] || fail "no change of user in the trace"
	[ "$(call_line 'write\(2,' first)" -gt "$(changed)" ] || fail "written while privileged"
}

@test "I1: the socket is the user's" {
	spawn d alice "$LPB" tcp:53 udp:53 -- "$PROBE" --pause
	wait_line "$SCRATCH/d.out" end=probe
	matches "$(ss -Htlne 'sport = :53')" "uid:$ALICE "
	matches "$(ss -Hulne 'sport = :53')" "uid:$ALICE "
}

@test "I1: the socket of a root start is the owner's" {
	spawn d root "$LPB" tcp:53 udp:53 -- "$PROBE" --pause
	wait_line "$SCRATCH/d.out" end=probe
	matches "$(ss -Htlne 'sport = :53')" "uid:$ALICE "
	matches "$(ss -Hulne 'sport = :53')" "uid:$ALICE "
}

# Prints the calls made while CAP_NET_BIND_SERVICE was effective, after the first
# capset(2); what the program starts with is before it. Reading it back is no use of it.
while_raised()
{
	awk '
		/ capset\(/ && /= 0/ {
			seen = 1
			raised = /effective=[^,}]*CAP_NET_BIND_SERVICE/
			next
		}
		/ capget\(/ { next }
		seen && raised { sub(/^[0-9]+ +/, ""); print }' "$SCRATCH/trace"
}

@test "I2: the capability is effective around the bind of a granted port, and nowhere else" {
	trace alice tcp:53 udp:53 -- "$PROBE" --quiet
	equal "$status" 0
	run while_raised
	equal "${#lines[@]}" 2 "calls with the capability raised"
	for line in "${lines[@]}"; do
		matches "$line" '^bind\(.*htons\(53\).*= 0'
	done
}

@test "I2: it is never raised for a port that no section names" {
	trace alice tcp:3000 udp:81 -- "$PROBE" --quiet
	equal "$status" 77
	run while_raised
	equal "$output" ""
}

@test "I2: among granted and unlisted ports only the granted bind has it" {
	trace alice tcp:3000 tcp:53 -- "$PROBE" --quiet
	equal "$status" 0
	run while_raised
	equal "${#lines[@]}" 1 "calls with the capability raised"
	matches "$output" '^bind\(.*htons\(53\)'
}

@test "I2: it is never raised for a refused request" {
	trace bob tcp:53 -- "$PROBE" --quiet
	equal "$status" 77
	run while_raised
	equal "$output" ""
}

@test "I2: a root start raises it around the bind alone" {
	trace root tcp:53 -- "$PROBE" --quiet
	equal "$status" 0
	run bash -c "grep -nE ' (bind|capset|execve)\\(' '$SCRATCH/trace'"
	matches "$output" 'bind\(.*htons\(53\)'
	# The capset before the bind raises it, the one after takes it away again.
	run bash -c "grep -nE ' (bind\\(.*htons\\(53|capset\\()' '$SCRATCH/trace' | grep -A1 -B1 'bind('"
	matches "${lines[0]}" 'effective=1<<CAP_NET_BIND_SERVICE, '
	lacks "${lines[2]}" 'effective=[^,]*CAP_NET_BIND_SERVICE'
}

@test "I3: nothing is left: ids, groups, capabilities, securebits, no_new_privs" {
	for user in alice carol; do
		own <<-'END'
			[dns]
			ports = tcp:53
			anyone = yes
		END
		launch "$user" tcp:53 -- "$PROBE"
		granted
		clean "$user"
	done
}

@test "I3: the daemon cannot get anything back" {
	launch alice tcp:53 -- "$PROBE" --get-root
	granted
	clean alice
	for try in setuid setreuid setresuid setfsuid setgid setresgid setgroups capset ambient; do
		equal "$(probe_value root.$try)" EPERM "$try"
	done
	equal "$(probe_value root.bind)" EACCES bind
	equal "$(probe_value root.shadow)" EACCES shadow
}

@test "I3: a setuid root program that the daemon runs stays the user's" {
	install -m 4755 "$PROBE" "$SCRATCH/suid"
	launch alice tcp:53 -- "$PROBE" --quiet "--exec=$SCRATCH/suid"
	granted
	clean alice
	# The check of the check: without the launcher that program is root.
	run as alice "$SCRATCH/suid"
	equal "$(probe_value uid)" "$ALICE 0 0 0"
}

@test "I3: a program with file capabilities that the daemon runs gets none" {
	cp "$PROBE" "$SCRATCH/capable"
	chmod 0755 "$SCRATCH/capable"
	setcap cap_net_bind_service=ep "$SCRATCH/capable" || skip "no file capabilities here"
	# With an empty bounding set the kernel does not execute it at all.
	launch alice tcp:53 -- "$PROBE" --quiet "--exec=$SCRATCH/capable"
	equal "$output" exec=EPERM
	setcap cap_net_bind_service=p "$SCRATCH/capable"
	launch alice tcp:53 -- "$PROBE" --quiet "--exec=$SCRATCH/capable"
	granted
	clean alice
	# The check of the check.
	run as alice "$SCRATCH/capable"
	equal "$(probe_value cap.prm)" 0000000000000400
}

@test "I3: no-new-privileges = no leaves that bit off, and everything else as it is" {
	launch alice tcp:55 -- "$PROBE" --get-root
	granted
	equal "$(probe_value no_new_privs)" 0
	output=${output/no_new_privs=0/no_new_privs=1}
	clean alice
	equal "$(probe_value root.bind)" EACCES
}

@test "I3: no_new_privs is set when only one of two sections goes without" {
	launch alice tcp:53 tcp:55 -- "$PROBE"
	granted
	equal "$(probe_value no_new_privs)" 1
}

# bit_with FIRST SECOND ONE OTHER ARGUMENT...: two sections that grant tcp:53, with the lines ONE
# and OTHER and no-new-privileges = FIRST and SECOND; the bit is off only where both say no.
bit_with()
{
	local first=$1 second=$2 one=$3 other=$4
	shift 4
	own <<-END
		[one]
		ports = tcp:53
		$one
		users = alice
		no-new-privileges = $first
		[other]
		ports = tcp:53
		$other
		users = alice
		no-new-privileges = $second
	END
	launch alice "$@"
	equal "$status" 0 "exit status" || return
	equal "$(probe_value no_new_privs)" "$([ "$first$second" = nono ] && echo 0 || echo 1)" "$first and $second"
}

@test "I3: no_new_privs is set when only one half of a dual-stack socket goes without" {
	for first in no yes; do
		for second in no yes; do
			bit_with $first $second 'address = 0.0.0.0/0' 'address = ::/0' tcp:53 -- "$PROBE"
			bit_with $first $second 'address = ::/0' 'address = 0.0.0.0/0' tcp:53 -- "$PROBE"
		done
	done
}

@test "I3: no_new_privs is set when only some of the sockets to be adopted go without" {
	for first in no yes; do
		for second in no yes; do
			bit_with $first $second 'address = 127.0.0.1' 'address = ::1' --adopt tcp:53 -- "$PROBE_DYNAMIC"
			bit_with $first $second 'address = 0.0.0.0/0' 'address = ::/0' --adopt tcp:53 -- "$PROBE_DYNAMIC"
		done
	done
}

@test "I3: no_new_privs is set when a port that no section names comes with one that goes without" {
	launch alice tcp:55 tcp:3001 -- "$PROBE"
	granted
	equal "$(probe_value no_new_privs)" 0
	for other in tcp:3000 udp:3001; do
		launch alice tcp:55 $other -- "$PROBE"
		granted
		equal "$(probe_value no_new_privs)" 1
		launch alice $other tcp:55 -- "$PROBE"
		granted
		equal "$(probe_value no_new_privs)" 1
	done
}

@test "I3: no_new_privs is set for what root's word alone grants" {
	launch root -u bob tcp:55 -- "$PROBE"
	granted
	clean bob
	launch root -u alice tcp:55 tcp:53 -- "$PROBE"
	granted
	clean alice '0 1 2 3 4'
	launch root -u alice tcp:55 -- "$PROBE"
	granted
	equal "$(probe_value no_new_privs)" 0
}

@test "I3: no_new_privs is set for a port that no section names" {
	launch alice tcp:3000 -- "$PROBE"
	granted
	clean alice
}

@test "I3: what is left is read back from the kernel with raw calls before the exec" {
	trace alice tcp:53 -- "$PROBE" --quiet
	local bound executed
	bound=$(call_line ' bind\(.*htons\(53\)' last)
	executed=$(call_line ' execve\(' last)
	for call in capget getresuid getresgid 'prctl\(PR_GET_SECUREBITS' 'prctl\(PR_GET_NO_NEW_PRIVS' \
		'prctl\(PR_CAPBSET_READ' 'prctl\(PR_CAP_AMBIENT'; do
		sed -n "${bound},${executed}p" "$SCRATCH/trace" | grep -qE " $call" ||
			fail "no $call between the last bind and the exec"
	done
}

@test "I3: it tries to get root back, and sees that refused, before the exec" {
	trace alice tcp:53 -- "$PROBE" --quiet
	local bound executed
	bound=$(call_line ' bind\(.*htons\(53\)' last)
	executed=$(call_line ' execve\(' last)
	sed -n "${bound},${executed}p" "$SCRATCH/trace" |
		grep -qE ' set(re|res)?uid\((-1, )*0.*= -1 EPERM' || fail "it does not try"
}
