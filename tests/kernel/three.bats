# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid
# The kernel's verdict is the launcher's, and both are the library's.

load ../helper
load common

# Another seed for each run; the one of a run that failed stands in its output.
@test "random files and callers: the library, the launcher and a plain bind(2) under the table agree" {
	ip -6 address add fd00::1/128 dev lo nodad
	ip -6 address add fd00::2/128 dev lo nodad
	table </dev/null
	seed=${SEED:-$(date +%s)}
	echo "seed $seed"
	# Where everything is slower, a part of them has to do.
	files=$((SLOWNESS > 1 ? 12 : 84))
	run "$BIN/three" "$CGROUP" "${FILES:-$files}" 50 "$seed"
	equal "$status" 0
	matches "$output" '^[0-9]+ cases: [0-9]+ granted, [0-9]+ refused, [0-9]+ unlisted$'
	read -r cases _ granted _ refused _ unlisted _ <<<"$output"
	[ "$cases" -ge 4000 ] || [ "${FILES:-$files}" -lt 84 ] || fail "too few cases"
	for count in "$granted" "$refused" "$unlisted"; do
		[ "$count" -ge $((cases / 20)) ] || fail "too few of a kind"
	done
	echo "# $output" >&3
}
