# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid filecaps shared
# not ubsan asan static: what is installed then is built for the tests alone
# What is installed is hardened, all of it, and the privileged part links and calls what is reviewed.

load ../helper

# Whatever the kernel would load, however it is called.
installed()
{
	local file
	find "$PREFIX" -type f | sort | while read -r file; do
		[ "$(head -c 4 "$file" | tr -d '\177')" != ELF ] || echo "$file"
	done
}

@test "every program and library that is installed is hardened" {
	mapfile -t files < <(installed)
	[ "${#files[@]}" -ge 6 ] || fail "only ${files[*]} are found"
	matches "${files[*]}" "$PREFIX/bin/lowportbind .*/root-start( |$)"
	run "$TESTS/hardening/check" "${files[@]}"
	equal "$output" ''
	equal "$status" 0
}

# linked FILE...: the libraries.
linked()
{
	readelf -dW "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u | tr '\n' ' '
}

@test "what has privilege links libc alone, or with shared libraries libcap-ng and inih; only lowportctl has more" {
	mapfile -t files < <(installed | grep -E '/(lowportbind|root-start)$')
	if loads_libraries; then
		equal "$(linked "${files[@]}")" 'libc.so.6 libcap-ng.so.0 libinih.so.1 '
	else
		# The loader itself, for the variables of a thread.
		matches "$(linked "${files[@]}")" '^(ld-[a-z0-9_.-]+ )?libc\.so\.6 $'
	fi
	mapfile -t files < <(installed | grep -vE '/(lowportbind|root-start|lowportctl)$')
	equal "$(linked "${files[@]}")" 'libc.so.6 libinih.so.1 '
	equal "$(linked "$PREFIX/bin/lowportctl")" 'libbpf.so.1 libc.so.6 libinih.so.1 libjson-c.so.5 libmnl.so.0 libsmartcols.so.1 '
}

@test "nothing that is installed has privilege, but for the launcher" {
	privileged=$(find "$PREFIX" \( -perm /6000 -o -perm /022 \) ! -type l)
	privileged+=$(getcap -r "$PREFIX")
	matches "$privileged" "^$PREFIX/bin/lowportbind( .*)?\$"
	equal "$(wc -l <<<"$privileged")" 1 "files with privilege, or that others may write"
}

# reviewed FILE...: what may be called. A line has alternatives, of which a build uses one.
reviewed()
{
	sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$@"
}

# used PROGRAM
used()
{
	nm -D "$1" | awk '{ print $NF }' | sed 's/@.*//' | sort -u
}

# stale PROGRAM LIST...: what is on the lists, and not used.
stale()
{
	local line
	while read -r line; do
		used "$1" | grep -qxE -- "$line" || echo "$line"
	done < <(reviewed "${@:2}")
}

# unreviewed PROGRAM LIST...
unreviewed()
{
	used "$1" >"$SCRATCH/used"
	[ -s "$SCRATCH/used" ] || echo "no function at all"
	comm -23 "$SCRATCH/used" <(reviewed "${@:2}" | tr '|' '\n' | sort -u)
}

# of_libraries: what the two libraries call where they are parts of the program; or what is called of them.
of_libraries()
{
	loads_libraries && echo "$TESTS/hardening/symbols/shared" || echo "$TESTS/hardening/symbols/archives"
}

@test "every function that the privileged program calls is on the reviewed list, and the list has no other" {
	list=$TESTS/hardening/symbols/lowportbind
	equal "$(unreviewed "$LPB" "$list" "$(of_libraries)")" '' "functions that nobody has reviewed"
	equal "$(stale "$LPB" "$list" "$(of_libraries)")" '' "functions on the list that it does not call"
}

@test "so it is with the part for root, which may call what the launcher calls, and some more" {
	program=$(find "$PREFIX" -name root-start) list=$TESTS/hardening/symbols
	equal "$(unreviewed "$program" "$list/lowportbind" "$list/root-start" "$(of_libraries)")" '' \
		"functions that nobody has reviewed"
	equal "$(stale "$program" "$list/root-start")" '' "functions on the list that it does not call"
}

@test "the lists: a function too many and one too few are both found" {
	list=$TESTS/hardening/symbols/lowportbind
	grep -vx setreuid "$list" >"$SCRATCH/fewer"
	equal "$(unreviewed "$LPB" "$SCRATCH/fewer" "$(of_libraries)")" setreuid
	{ cat "$list"; echo 'popen | wordexp # two'; } >"$SCRATCH/more"
	equal "$(stale "$LPB" "$SCRATCH/more")" 'popen|wordexp'
}

@test "nothing on the reviewed lists starts a shell or reads the environment by name" {
	run grep -nE '^[[:space:]]*(system|popen|getenv|secure_getenv|execlp|execvp|execvpe|wordexp|dlopen)\b' \
		"$TESTS/hardening/symbols/lowportbind" "$TESTS/hardening/symbols/root-start"
	equal "$output" ''
}
