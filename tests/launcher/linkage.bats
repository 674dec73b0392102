# SPDX-License-Identifier: GPL-2.0-or-later
# What the privileged file links, which functions it calls, how it is hardened.

load ../helper

@test "the privileged program links libc, libcap-ng and inih, and nothing else" {
	needed=$(readelf -dW "$LPB" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
	equal "$needed" 'libc.so.6 libcap-ng.so.0 libinih.so.1 '
}

@test "every function it calls is on the reviewed list" {
	nm -D --undefined-only "$LPB" | awk '{ print $NF }' | sed 's/@.*//' | sort -u >"$SCRATCH/used"
	sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$TESTS/launcher/symbols.txt" | sort -u >"$SCRATCH/reviewed"
	run comm -23 "$SCRATCH/used" "$SCRATCH/reviewed"
	equal "$output" '' "functions that nobody has reviewed"
	[ -s "$SCRATCH/used" ] || fail "the program uses no function at all"
}

@test "nothing on the reviewed list starts a shell or reads the environment by name" {
	run grep -nE '^[[:space:]]*(system|popen|getenv|secure_getenv|execlp|execvp|execvpe|wordexp|dlopen)\b' \
		"$TESTS/launcher/symbols.txt"
	equal "$output" ''
}

@test "hardening: position-independent, full RELRO, no executable stack, no run path" {
	matches "$(readelf -hW "$LPB")" 'Type: +DYN'
	matches "$(readelf -dW "$LPB")" 'FLAGS_1.*PIE'
	matches "$(readelf -lW "$LPB")" 'GNU_RELRO'
	matches "$(readelf -dW "$LPB")" 'BIND_NOW|FLAGS_1.*NOW'
	matches "$(readelf -lW "$LPB")" 'GNU_STACK .* RW +0x'
	lacks "$(readelf -dW "$LPB")" 'RPATH|RUNPATH|TEXTREL'
}

@test "hardening: stack protector and fortified functions" {
	symbols=$(nm -D --undefined-only "$LPB")
	matches "$symbols" '__stack_chk_fail'
	matches "$symbols" '__[a-z]+_chk\b'
}

@test "hardening: functions begin with a landing pad for control-flow protection" {
	[ "$(uname -m)" = x86_64 ] || skip "only x86_64 has it"
	# Not by the ELF note: it is lost where libc's start files are without it.
	[ "$(objdump -d --no-show-raw-insn "$LPB" | grep -c endbr64)" -gt 20 ] || fail "too few"
}

@test "no segment is writable and executable" {
	lacks "$(readelf -lW "$LPB")" 'LOAD .* RWE '
}
