# SPDX-License-Identifier: GPL-2.0-or-later
# not ubsan asan static: it builds its own programs
# flavours: setuid
# The check of the installed files objects to each kind of hardening that a program lacks.

load ../helper

prepare()
{
	cat >"$SCRATCH/program.c" <<-'END'
		#include <stdio.h>
		int work(char *to, const char *from);
		int main(int argc, char **argv)
		{
			char out[8];

			return argc > 1 ? work(out, argv[1]) : 0;
		}
		__attribute__((noinline)) int work(char *to, const char *from)
		{
			char big[20000];
			int n = snprintf(big, sizeof big, "%s %d", from, 1);

			*to = big[n / 2];
			return printf("%s%d\n", big, n);
		}
	END
}

# check OPTION...: the program, hardened but for these.
check()
{
	local landing=()
	[ "$(uname -m)" != x86_64 ] || landing=(-fcf-protection=full)
	cc -O2 -g -fPIE -pie -frecord-gcc-switches -fstack-protector-strong -fstack-clash-protection \
		"${landing[@]}" -D_FORTIFY_SOURCE=2 \
		-Wl,-z,relro,-z,now,-z,noexecstack "$@" -o "$SCRATCH/program" "$SCRATCH/program.c" 2>"$SCRATCH/said" ||
		fail "$(cat "$SCRATCH/said")" || return
	run "$TESTS/hardening/check" "$SCRATCH/program"
}

# objects PATTERN OPTION...
objects()
{
	local pattern=$1
	shift
	check "$@" || return
	equal "$status" 1 "exit status with $*" || return
	matches "$output" "$pattern"
}

x86()
{
	[ "$(uname -m)" = x86_64 ] || skip "machine code of x86_64 alone is looked at"
}

@test "it objects to nothing in a program that has it all, static or not" {
	check
	equal "$output" ''
	equal "$status" 0
	check -static-pie
	equal "$output" ''
	equal "$status" 0
}

@test "it objects to a fixed address" {
	objects 'has a fixed address' -no-pie -fno-pie
	objects 'is no position-independent executable' -shared -fPIC
}

@test "it objects where RELRO is missing, or not full" {
	objects 'has no RELRO' -Wl,-z,norelro
	objects 'RELRO is not full' -Wl,-z,lazy
}

@test "it objects to a stack that may be executed" {
	objects 'may execute its stack' -Wl,-z,execstack
}

@test "it objects to a segment that is writable and executable" {
	printf '%s\n' '__asm__(".section .both,\"awx\",@progbits\n.long 0\n.text");' >>"$SCRATCH/program.c"
	objects 'writable and executable'
}

@test "it objects to code that is relocated" {
	x86
	printf '%s\n' '__asm__(".text\n.quad main");' >>"$SCRATCH/program.c"
	objects 'relocates its code' -Wl,-z,notext
}

@test "it objects to a run path of either kind" {
	objects 'has a run path' -Wl,--disable-new-dtags,-rpath,/tmp
	objects 'has a run path' -Wl,--enable-new-dtags,-rpath,/tmp
}

@test "it objects to a stack that is not guarded, by the record and by the code" {
	objects 'protection turned off' -fno-stack-protector
	x86
	objects 'no function with a guarded stack' -fno-stack-protector
}

@test "it objects to a stack that grows past the guard page, by the record and by the code" {
	objects 'protection turned off' -fno-stack-clash-protection
	x86
	objects 'work\(\) moves the stack by 0x[0-9a-f]+ at once' -fno-stack-clash-protection
	objects 'work\(\) moves the stack by 0x[0-9a-f]+ at once' -fno-stack-clash-protection -static-pie
}

@test "it objects to functions without a landing pad, by the record and by the code" {
	x86
	objects 'protection turned off' -fcf-protection=none
	objects 'work\(\) begins without endbr64' -fcf-protection=none
}

@test "it objects to calls that are not fortified" {
	x86
	objects 'work\(\) calls snprintf, unfortified' -U_FORTIFY_SOURCE
	objects 'work\(\) calls snprintf, unfortified' -U_FORTIFY_SOURCE -static-pie
}

@test "it objects to one object among others that is compiled without" {
	cc -O2 -fPIE -frecord-gcc-switches -c -o "$SCRATCH/other.o" -xc - <<<'int other(int n) { return n; }'
	objects 'a part compiled without -fstack-clash-protection' "$SCRATCH/other.o"
}

@test "without debugging information it judges all functions, but none where those of archives are among them" {
	check -g0
	equal "$output" ''
	x86
	objects 'work\(\) begins without endbr64' -g0 -fcf-protection=none
	cc -O2 -fPIE -frecord-gcc-switches -fstack-protector-strong -fstack-clash-protection -fcf-protection=none -c \
		-o "$SCRATCH/archive.o" -xc - <<<'int ini_parse_stream(int n) { return n; }'
	check "$SCRATCH/archive.o" -g0
	matches "$output" 'compiled without -g, so that our code cannot'
	lacks "$output" 'ini_parse_stream'
}

@test "it objects to what it cannot look at" {
	objects 'does not tell what it was compiled with' -fno-record-gcc-switches
	objects 'is stripped' -s
	run "$TESTS/hardening/check" "$SCRATCH/program.c"
	equal "$status" 1
	matches "$output" 'is no executable file'
}
