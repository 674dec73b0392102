# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid filecaps shared
# not asan static: the runtime library is loaded too, or none at all
# Which shared objects a start loads, and when.

load ../helper

prepare()
{
	own <<-'END'
		[dns]
		ports = tcp:53
		users = alice
		owner = alice
	END
}

# loaded PHASE: the names, without their directories.
loaded()
{
	"$TESTS/start-calls" "$SCRATCH/trace" >"$SCRATCH/phases" || return
	sed -n "s|^maps $1 .*/||p" "$SCRATCH/phases" | sort -u | tr '\n' ' '
}

# name_service WORDS: for users and groups.
name_service()
{
	printf 'passwd: %s\ngroup: %s\n' "$1" "$1" >/etc/nsswitch.conf
}

# linked: those of the program. The two that are no libc are parts of it, unless it was built to load them.
linked()
{
	loads_libraries && echo 'libc.so.6 libcap-ng.so.0 libinih.so.1 ' || echo 'libc.so.6 '
}

@test "a start of a user loads what it is linked with, and nothing more where names are in files" {
	name_service files
	TRACE_OPTIONS=-k trace alice tcp:53 -- "$PROBE" --quiet
	equal "$status" 0
	equal "$(loaded loader)" "$(linked)"
	equal "$(loaded '(root|user)')" ''
}

@test "I1: what libc's name service needs is loaded by the user, never by root" {
	name_service 'compat files'
	TRACE_OPTIONS=-k trace alice tcp:53 -- "$PROBE" --quiet
	equal "$status" 0
	equal "$(loaded loader)" "$(linked)"
	equal "$(loaded root)" ''
	equal "$(loaded user)" 'libnss_compat.so.2 '
}

@test "I6: no variable adds to what a privileged start loads" {
	cc -shared -fPIC -xc -o "$SCRATCH/extra.so" - <<<'int extra;'
	for variable in LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH; do
		TRACE_OPTIONS="-k -E $variable=$SCRATCH/extra.so -E GCONV_PATH=$SCRATCH" trace alice tcp:53 -- "$PROBE" --quiet
		equal "$status" 0
		equal "$(loaded loader)" "$(linked)"
		equal "$(loaded '(root|user)')" ''
	done
}
