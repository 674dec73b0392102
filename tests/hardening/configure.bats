# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # status, output are set by bats' run
# not ubsan asan static: it configures for itself
# flavours: setuid
# Whether libcap-ng and inih become parts of the launcher: what configure is told, and what there is.

load ../helper

# configure [OPTION...]: what it says is $output, and what it would link is $libraries.
configure()
{
	local source=$srcdir
	# What is configured itself cannot be configured from elsewhere; tests/run has made a copy then.
	[ ! -e "$srcdir/config.status" ] || source=$builddir/tests/source
	rm -rf "$SCRATCH/build"
	mkdir "$SCRATCH/build"
	cd "$SCRATCH/build" || return
	run "$source/configure" -q --without-bpf "$@"
	libraries=$(sed -n 's/^LAUNCHER_LIBS = *//p' Makefile 2>/dev/null | xargs)
}

# links LIBRARIES [OPTION...]
links()
{
	configure "${@:2}"
	equal "$status" 0
	equal "$libraries" "$1"
}

@test "where there are no archives the launcher loads libraries, unless archives were asked for" {
	lowport_cv_archives=no links '-lcap-ng -linih'
	lowport_cv_archives=no configure --with-libraries=static
	equal "$status" 1
	matches "$output" '--with-libraries=static needs libcap-ng.a and libinih.a'
}

@test "archives are linked where they are, unless libraries were asked for" {
	lowport_cv_archives=yes links '-Wl,-Bstatic -lcap-ng -linih -Wl,-Bdynamic'
	lowport_cv_archives=yes links '-lcap-ng -linih' --with-libraries=shared
}

@test "configure refuses what is neither static nor shared, and both at once" {
	for word in some '' no; do
		configure "--with-libraries${word:+=$word}"
		equal "$status" 1
		matches "$output" '--with-libraries is static or shared, not (some|yes|no)'
	done
	configure --enable-static --with-libraries=shared
	equal "$status" 1
	matches "$output" 'leave out either it or --with-libraries=shared'
}
