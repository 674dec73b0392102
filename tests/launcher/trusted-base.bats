# SPDX-License-Identifier: GPL-2.0-or-later
# not ubsan asan static: it runs nothing of what is built
# flavours: setuid
# The trusted base stays small enough to be read in one sitting.

load ../helper

@test "src/launcher and src/ownership keep to their limits" {
	run "$TESTS/trusted-base" "$srcdir"
	equal "$status" 0
}

# A small tree with one fault must be found out.
tree()
{
	mkdir -p "$SCRATCH/tree/src/launcher" "$SCRATCH/tree/src/ownership"
	mv "$SCRATCH/main.c" "$SCRATCH/tree/src/launcher/main.c"
	echo 'int x;' >"$SCRATCH/tree/src/ownership/x.c"
	run "$TESTS/trusted-base" "$SCRATCH/tree"
}

body()
{
	local i
	echo "int $1(void)"
	echo '{'
	for ((i = 0; i < $2; i++)); do
		echo '	x++;'
	done
	echo '}'
}

@test "the check passes a good tree and counts without comments and blank lines" {
	{
		body main 5
		printf '\n/* a comment\n * of several\n * lines */\n// and one more\n'
	} >"$SCRATCH/main.c"
	tree
	equal "$status" 0
	matches "$output" '\b9 lines of code, 1 functions, the longest of 8 lines, main\(\) of 8$'
}

@test "the check finds a long main(), a long function, too many lines" {
	body main 60 >"$SCRATCH/main.c"
	tree
	equal "$status" 1
	matches "$output" 'main\(\) has'
	body f 60 >"$SCRATCH/main.c"
	tree
	equal "$status" 1
	matches "$output" ' f\(\) has'
	for i in {1..40}; do body "f$i" 30; done >"$SCRATCH/main.c"
	tree
	equal "$status" 1
	matches "$output" '1000'
}

@test "the check counts what the static launcher has beside apart, and limits it too" {
	body main 5 >"$SCRATCH/main.c"
	mkdir -p "$SCRATCH/tree/src/static"
	body f 45 >"$SCRATCH/tree/src/static/names.c"
	tree
	equal "$status" 0
	matches "$output" 'enable-static has 48 lines of code more'
	matches "$output" '\b9 lines of code, 1 functions'
	for i in 1 2 3; do body "f$i" 40; done >"$SCRATCH/tree/src/static/names.c"
	cp "$SCRATCH/tree/src/launcher/main.c" "$SCRATCH/main.c"
	tree
	equal "$status" 1
	matches "$output" 'more than 100'
}

@test "the check finds words that have no place there, but not in comments" {
	for word in 'getenv("A")' 'system("x")' 'popen("x", "r")' 'secure_getenv("A")'; do
		echo "int main(void) { return !$word; }" >"$SCRATCH/main.c"
		tree
		equal "$status" 1 "$word"
	done
	echo 'int main(void) { return 0; /* TODO: more */ }' >"$SCRATCH/main.c"
	tree
	equal "$status" 1
	echo 'int main(void) { return 0; /* unlike getenv() */ }' >"$SCRATCH/main.c"
	tree
	equal "$status" 0
}
