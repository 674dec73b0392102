# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: ubsan asan
# The sanitized programs are sanitized: else that they pass would say nothing.

load ../helper

# instrumented FILE PATTERN: its code has it.
instrumented()
{
	objdump -d --no-show-raw-insn "$1" >"$SCRATCH/code"
	grep -qE "$2" "$SCRATCH/code" || fail "$1 has no $2"
}

@test "every program that is installed, and the library, ends at undefined behaviour" {
	mapfile -t files < <(find "$PREFIX" -type f -perm /0111 ! -name '*.sh' | sort)
	[ "${#files[@]}" -ge 5 ] || fail "only ${files[*]} are found"
	for file in "${files[@]}"; do
		# hello has no arithmetic on numbers of others.
		[[ $file == */hello ]] || instrumented "$file" $'\tud2'
	done
}

@test "every program that is installed has its addresses looked at" {
	[ "$VARIANT" = asan ] || skip "it is built for undefined behaviour alone"
	for file in "$PREFIX"/bin/* "$(find "$PREFIX" -name root-start)"; do
		instrumented "$file" '__asan_report'
	done
	# What is preloaded into any daemon is not.
	lacks "$(nm -D "$(find "$PREFIX" -name '*.so')")" __asan
}

@test "what the programs are told is compiled in: no look for leaks" {
	[ "$VARIANT" = asan ] || skip "it is built for undefined behaviour alone"
	matches "$(nm "$LPB")" ' T __asan_default_options$'
}
