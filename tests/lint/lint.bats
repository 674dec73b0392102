# SPDX-License-Identifier: GPL-2.0-or-later
# not ubsan asan: it runs nothing of what is built
# flavours: setuid
# make lint finds what it is there to find: each of its tools, in a small tree with one fault.

load ../helper

prepare()
{
	TREE=$SCRATCH/tree
	mkdir -p "$TREE"/{src/adopt,src/launcher,tests/adopt,tools,.ci,conf,man}
	cp "$srcdir/.clang-tidy" "$srcdir/.clang-format" "$TREE"
	cp "$srcdir/tests/.clang-tidy" "$TREE/tests"
	printf 'liblowport_adopt_so_SOURCES = \\\n    src/adopt/adopt.c \\\n    src/adopt/adopt.h\n' >"$TREE/Makefile.am"
	printf 'int add(int a, int b);\nint add(int a, int b) { return a + b; }\n' >"$TREE/src/adopt/adopt.c"
	printf '#!/bin/sh\nexit 0\n' >"$TREE/tools/good"
	cp "$srcdir/man/lowport-adopt.1" "$TREE/man"
}

# fault FILE: its text from standard input, into the tree.
fault()
{
	cat >"$TREE/$1"
}

lint()
{
	run env srcdir="$TREE" builddir="$TREE" "$TESTS/lint/run" "$@"
}

# found PATTERN TOOL: the tool objects, and with that alone.
found()
{
	lint "$2"
	equal "$status" 1 "exit status" || return
	matches "$output" "$1" || return
	lacks "${lines[-1]}" '^lint: 0 findings' || return
	matches "${lines[-1]}" '^lint: [0-9]+ findings$'
}

@test "a tree without faults has no findings" {
	lint
	equal "$status" 0
	equal "${lines[-1]}" 'lint: 0 findings'
	equal "${#lines[@]}" 8 "a line for each tool, and the count"
}

@test "gcc -fanalyzer: memory that is freed twice" {
	fault src/twice.c <<-'END'
		#include <stdlib.h>
		void twice(char *text);
		void twice(char *text) {
		    free(text);
		    free(text);
		}
	END
	found 'src/twice\.c:5.*double.*free' gcc
}

@test "clang --analyze: a null pointer that is followed" {
	fault tests/null.c <<-'END'
		int null(int n);
		int null(int n)
		{
			int *p = 0;

			if (n > 3)
				p = &n;
			return *p;
		}
	END
	found 'tests/null\.c:8.*null pointer' clang
}

@test "clang-tidy: a memset with its arguments the wrong way round" {
	fault src/set.c <<-'END'
		#include <string.h>
		void set(char *text, int n);
		void set(char *text, int n) { memset(text, n, 0); }
	END
	found 'src/set\.c:3.*\[bugprone-suspicious-memset-usage' tidy
}

@test "clang-tidy: in the preload library, and there alone, what is not safe among threads" {
	printf '#include <stdlib.h>\nchar *home(void);\nchar *home(void) { return getenv("HOME"); }\n' >"$TREE/src/home.c"
	lint tidy
	equal "$status" 0
	mv "$TREE/src/home.c" "$TREE/src/adopt/adopt.c"
	found 'src/adopt/adopt\.c:3.*\[concurrency-mt-unsafe' tidy
}

@test "cppcheck: an index beyond the array" {
	fault src/beyond.c <<-'END'
		int beyond(void);
		int beyond(void) {
		    int a[2] = {0, 0};

		    return a[2];
		}
	END
	found 'src/beyond\.c:5.*\[arrayIndexOutOfBounds\]' cppcheck
}

@test "clang-format: another style" {
	printf 'int add(int a);\nint add(int a)\n{\n\treturn a;\n}\n' >"$TREE/src/style.c"
	found 'src/style\.c:2.*clang-format' format
}

@test "shellcheck: a word that falls apart, in a script of each kind" {
	for file in tests/a.bats tests/a.bash tests/a.sh tests/a tools/a .ci/a; do
		printf '#!/bin/bash\nrm %s1\n' '$' >"$TREE/$file"
		found "^$file:2.*\\[SC2086\\]" shell
		rm "$TREE/$file"
	done
}

@test "mandoc: a page that is not well formed" {
	sed -i 's/^\.El/.Ef/' "$TREE/man/lowport-adopt.1"
	found 'man/lowport-adopt\.1:' manual
}

@test "a source that does not compile is a finding, and so is a tool that fails in silence" {
	echo 'int f(void' >"$TREE/src/half.c"
	found 'src/half\.c' gcc
	rm "$TREE/src/half.c"
	mkdir "$SCRATCH/bin"
	printf '#!/bin/sh\nexit 3\n' >"$SCRATCH/bin/mandoc"
	chmod 0755 "$SCRATCH/bin/mandoc"
	PATH=$SCRATCH/bin:$PATH found 'mandoc ended with status 3' manual
}

@test "a tool that is not there is no clean tree" {
	mkdir "$SCRATCH/bin"
	for tool in bash dirname nproc env find grep sed sort; do
		ln -s "$(command -v $tool)" "$SCRATCH/bin"
	done
	run env PATH="$SCRATCH/bin" srcdir="$TREE" builddir="$TREE" "$TESTS/lint/run" cppcheck
	equal "$status" 1
	matches "$output" 'cppcheck is not installed'
}
