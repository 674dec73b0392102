# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154 # status, output, stderr are set by bats' run
# Environment, libc, name service and what is executed in the end.

load ../helper
load common

# What makes a dynamic loader or libc open or print something where it is obeyed.
evil()
{
	local dir=$SCRATCH/evil
	install -d -m 0755 "$dir"
	printf 'Not an object' >"$dir/evil.so"
	cp "$dir/evil.so" "$dir/libc.so.6"
	cp "$dir/evil.so" "$dir/libcap-ng.so.0"
	cp "$dir/evil.so" "$dir/libinih.so.1"
	EVIL=("LD_PRELOAD=$dir/evil.so" "LD_LIBRARY_PATH=$dir" "LD_AUDIT=$dir/evil.so" LD_DEBUG=all
		"LD_DEBUG_OUTPUT=$dir/debug" LD_VERBOSE=1 LD_WARN=1 LD_SHOW_AUXV=1
		"LD_ORIGIN_PATH=$dir" "LD_PROFILE_OUTPUT=$dir" LD_BIND_NOT=1 LD_DYNAMIC_WEAK=1 LD_USE_LOAD_BIAS=1
		"LOCPATH=$dir" "NLSPATH=$dir/%N.%L" LC_ALL=xx_XX.UTF-8 LANG=xx_XX LANGUAGE=xx:yy "TZ=:$dir/zone"
		"TZDIR=$dir" "MALLOC_TRACE=$dir/mtrace" MALLOC_CHECK_=3 MALLOC_PERTURB_=165 MALLOC_TOP_PAD_=1
		MALLOC_ARENA_MAX=1 "GCONV_PATH=$dir" "GETCONF_DIR=$dir" "HOSTALIASES=$dir/hosts" RES_OPTIONS=debug
		"RESOLV_HOST_CONF=$dir/hosts" "LOCALDOMAIN=$dir" "NIS_PATH=$dir" "TMPDIR=$dir" "MALLOC_CONF=x"
		"GLIBC_TUNABLES=glibc.malloc.check=3:glibc.rtld.dynamic_sort=9" "POSIXLY_CORRECT=1" "_=$dir/evil")
}

# traced_evil CALLER ARGUMENT...: with -E, lest strace itself obey them.
traced_evil()
{
	local options=() variable
	[ "$1" = root ] || options=(-u "$1")
	for variable in "${EVIL[@]}"; do
		options+=(-E "$variable")
	done
	: >"$SCRATCH/trace"
	run --separate-stderr strace -f -qq -s 256 -o "$SCRATCH/trace" "${options[@]}" "$LPB" "${@:2}" </dev/null
}

@test "I6: LD_*, GLIBC_TUNABLES, locale, TZ and MALLOC_* variables open no foreign file and print nothing" {
	evil
	traced_evil alice tcp:53 -- "$PROBE"
	granted
	clean alice
	# All but the exec itself, which lists what it was given.
	lacks "$(grep -vE ' execve\(' "$SCRATCH/trace" | grep -vE '^[0-9]+ +write\(1')" "$SCRATCH"
	equal "$(find "$SCRATCH/evil" -type f | wc -l)" 4
}

@test "I6: the same variables change no message" {
	evil
	for request in tcp:80 tcp:nonsense; do
		traced_evil bob $request -- "$PROBE"
		refused '77|64' "$request" tcp 80
		lacks "$stderr" "$SCRATCH|xx_XX|=>|calling init"
		lacks "$(sed 1d "$SCRATCH/trace")" "$SCRATCH"
	done
}

@test "I6: locale and libc variables of root open no foreign file, and the daemon has none but the locale" {
	evil
	# What the loader obeys where it is root's own word is root's affair.
	mapfile -t EVIL < <(printf '%s\n' "${EVIL[@]}" | grep -v '^LD_')
	traced_evil root tcp:53 -- "$PROBE"
	granted
	clean alice
	lacks "$(grep -E ' (openat|open|access|readlink|newfstatat)\(' "$SCRATCH/trace")" "$SCRATCH"
	lacks "$output" '^env\.(NLSPATH|LOCPATH|MALLOC|GLIBC|GCONV|TZDIR|LANGUAGE|TMPDIR|HOSTALIASES)'
}

@test "I6: LD_TRACE_LOADED_OBJECTS lists nothing" {
	not_under static "it has no loader that would heed it"
	# glibc itself ends a privileged program by it, without a word.
	from alice env=LD_TRACE_LOADED_OBJECTS=1
	ended
	equal "$status" 5
	equal "$stderr" ''
}

@test "I6: GLIBC_TUNABLES that are doubled, long, or end early" {
	local pad value
	pad=$(printf 'A%.0s' {1..5000})
	for value in glibc.malloc.mxfast=glibc.malloc.mxfast=A "glibc.malloc.mxfast=glibc.malloc.mxfast=$pad" \
		glibc.malloc.mxfast= : "$pad" "glibc.rtld.optional_static_tls=99999999999" \
		glibc.malloc.tcache_count=65535:glibc.malloc.mmap_threshold=0; do
		clean_from alice "env=GLIBC_TUNABLES=$value" "env=GLIBC_TUNABLES=$value"
	done
}

@test "I6: environment entries without an equals sign, empty, doubled" {
	for caller in alice root; do
		clean_from $caller env=NOEQUALS env= env==odd env=TWICE=1 env=TWICE=2
		lacks "$output" '^env-without-equals='
	done
}

@test "I6: an environment with nothing in it, and one of three thousand entries" {
	clean_from alice clearenv
	clean_from root clearenv
	mapfile -t many < <(seq -f 'N%.0f=1' 3000)
	for caller in alice root; do
		run_as $caller env "${many[@]}" "$LPB" tcp:53 -- "$PROBE"
		granted
		clean alice
	done
}

@test "listen-fds: stale, doubled and malformed LISTEN_ entries are replaced" {
	for caller in alice root; do
		clean_from $caller env=LISTEN_FDS=7 env=LISTEN_FDS=9 env=LISTEN_PID=1 env=LISTEN_FDNAMES=x:y \
			env=LISTEN_PIDFDID=99 env=LISTEN_FDS env=LISTEN_ env=LISTEN_=1 $'env=LISTEN_PID\n=3'
		equal "$(probe_value env.LISTEN_FDS)" 1
		equal "$(probe_value env.LISTEN_PID)" "$(probe_value pid)"
		equal "$(probe_value env.LISTEN_FDNAMES)" tcp-53
		equal "$(grep -c '^env.LISTEN_' <<<"$output")" 3
		lacks "$output" '^env-without-equals='
	done
}

@test "listen-fds: stale LISTEN_ entries do not reach a daemon that is handed none" {
	for caller in alice root; do
		launch_dirty $caller env=LISTEN_FDS=3 env=LISTEN_PID=1 env=LISTEN_PIDFDID=9 env=LISTEN_FDNAMES=a -- \
			--stdin tcp:53 -- "$PROBE"
		granted
		clean alice '0 1 2'
		lacks "$output" '^env.LISTEN_'
	done
}

@test "listen-fds: a name with a colon or a control character is refused" {
	for caller in alice root; do
		for name in a:b $'a\tb' $'a\nb' $'a\x7fb' $'a\xffb' 'a b' "$(printf 'n%.0s' {1..300})"; do
			launch $caller "$name=tcp:53" -- "$PROBE"
			refused 64 '.' tcp 53
			launch_dirty $caller open=5 -- --pass "$name=5" tcp:53 -- "$PROBE"
			refused 64 '.' tcp 53
		done
	done
}

# witnessed CALLER: a name service module of our own is asked last, and writes down who loaded it.
witnessed()
{
	install -d -m 0755 /opt/test/lib
	cp "$BIN/witness" /opt/test/lib/libnss_witness.so.2
	install -m 0666 /dev/null /opt/tmp/witness
	cp /etc/nsswitch.conf "$SCRATCH/nsswitch.conf"
	echo /opt/test/lib >>/etc/ld.so.conf
	ldconfig
	printf '%s: files witness\n' passwd group >/etc/nsswitch.conf
	own <<-'END'
		[dns]
		ports = tcp:53
		users = nosuchuser alice
		groups = nosuchgroup
		owner = alice
	END
	# What goes before the launcher asks as well.
	run_as "$1" /bin/sh -c ": >/opt/tmp/witness; exec $LPB tcp:53 -- $PROBE"
	WITNESS=$(</opt/tmp/witness)
	cp "$SCRATCH/nsswitch.conf" /etc/nsswitch.conf
	sed -i '/^\/opt\/test\/lib$/d' /etc/ld.so.conf
	ldconfig
	rm -rf /opt/test/lib
}

@test "I1: no name service module is loaded before the change of user" {
	not_under static "it has no name service; tests/static holds that"
	witnessed alice
	granted
	clean alice
	matches "$WITNESS" '^loaded: uid 60001 60001 60001 60001, permitted 400, effective 0$'
	matches "$WITNESS" '^asked: uid 60001 60001 60001 60001, permitted 400, effective 0$'
	lacks "$WITNESS" '(permitted|effective) [^40]|uid .*\b0\b.*, perm'
}

@test "I1: a name service module at a root start has but the capabilities that make the owner" {
	not_under static "it has no name service; tests/static holds that"
	witnessed root
	granted
	clean alice
	# SETUID, SETGID, SETPCAP, NET_BIND_SERVICE and SYS_CHROOT, and then the last but one alone.
	matches "$WITNESS" '^loaded: '
	lacks "$WITNESS" 'permitted ([^4]|4[^04])'
	lacks "$(grep 60001 <<<"$WITNESS")" 'effective [^0]|uid .*\b0\b.*, perm'
}

@test "a script without #! must not become a shell script" {
	printf 'echo run\n' >"$SCRATCH/script"
	chmod 0755 "$SCRATCH/script"
	for caller in alice root; do
		launch $caller tcp:53 -- "$SCRATCH/script"
		refused 126 'script' tcp 53
	done
	run_as alice env "PATH=$SCRATCH:/usr/bin" "$LPB" tcp:53 -- script
	refused 126 'script' tcp 53
}

@test "an empty file, and one of nothing but NULs, is no program either" {
	: >"$SCRATCH/empty"
	head -c 4096 /dev/zero >"$SCRATCH/nuls"
	printf '#!' >"$SCRATCH/bare"
	chmod 0755 "$SCRATCH"/{empty,nuls,bare}
	for caller in alice root; do
		for name in empty nuls bare; do
			launch $caller tcp:53 -- "$SCRATCH/$name"
			refused 126 "$name" tcp 53
		done
	done
}

@test "I7: a root start does not find the program in the PATH of whoever called" {
	mkdir -m 0755 "$SCRATCH/bin"
	cp "$PROBE" "$SCRATCH/bin/my-probe"
	cp "$PROBE" "$SCRATCH/bin/env"
	run_as root env "PATH=$SCRATCH/bin:$PATH" "$LPB" tcp:53 -- my-probe
	refused 127 'my-probe' tcp 53
	run_as root /usr/bin/env "PATH=$SCRATCH/bin:$PATH" "$LPB" tcp:53 -- env
	equal "$status" 0
	lacks "$output" '^end=probe'
	lacks "$output" "$SCRATCH"
}

@test "I7: PATH decides nothing before the drop: what there is in it is not looked at by root" {
	mkdir -m 0755 "$SCRATCH/bin"
	: >"$SCRATCH/trace"
	run_as root strace -f -qq -s 256 -o "$SCRATCH/trace" -u alice -E "PATH=$SCRATCH/bin:/usr/bin" "$LPB" tcp:53 -- my-probe
	refused 127 'my-probe' tcp 53
	matches "$(grep -m 1 "$SCRATCH/bin" <(sed 1d "$SCRATCH/trace"))" 'execve\('
	[ "$(grep -n "$SCRATCH/bin" "$SCRATCH/trace" | sed -n 2p | cut -d: -f1)" -gt \
		"$(call_line 'setresuid\(0, 0, 0\) += -1 EPERM')" ] || fail "before the drop was verified"
}

@test "I7: LD_PRELOAD, BASH_ENV and secrets of a root start are not the daemon's" {
	run_as root env SECRET=1 AWS_SECRET_ACCESS_KEY=1 BASH_ENV=/x ENV=/x LD_PRELOAD= LD_LIBRARY_PATH=/x LD_DEBUG= \
		PYTHONPATH=/x PERL5LIB=/x SUDO_USER=bob SSH_AUTH_SOCK=/x MAIL=/x IFS=x 'BASH_FUNC_ls%%=() { evil; }' \
		PATH=/evil:/usr/bin HOME=/root USER=root SHELL=/bin/bash "$LPB" tcp:53 -- "$PROBE"
	granted
	clean alice
	equal "$(sed -n 's/^env\.\([^=]*\)=.*/\1/p' <<<"$output" | sort | tr '\n' ' ')" \
		'HOME LANG LISTEN_FDNAMES LISTEN_FDS LISTEN_PID LOGNAME PATH SHELL TERM USER '
	equal "$(probe_value env.HOME)" /
	equal "$(probe_value env.USER)" alice
	equal "$(probe_value env.LOGNAME)" alice
	equal "$(probe_value env.SHELL)" /bin/sh
	lacks "$(probe_value env.PATH)" evil
	matches "$(probe_value env.PATH)" '/usr/bin'
}
