# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # work is set by run; what is set here is used by the topics
#
# What the topics of tests/bench share.

BIN=/opt/test/bin LPB=/opt/lowportbind/bin/lowportbind
ALICE=60001
SAMPLES=$work/samples

say()
{
	printf '==> %s\n' "$*" >&2
}

fail()
{
	echo "tests/bench/run: $*" >&2
	exit 1
}

# record KIND WORD...: a line of the samples.
record()
{
	local IFS=$'\t'
	printf '%s\n' "$*" >>"$SAMPLES"
}

note()
{
	record note "$*"
}

# Where and when, since only a ratio means anything elsewhere.
machine()
{
	note "$(date -u '+%Y-%m-%d %H:%M UTC'), Linux $(uname -r), $(nproc) processors:" \
		"$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(systemd-detect-virt 2>/dev/null || :)"
	note "load average at the beginning: $(cut -d' ' -f1-3 /proc/loadavg)"
}

# own: the ownership file, from standard input.
own()
{
	cat >/etc/lowportbind.conf
	chmod 0644 /etc/lowportbind.conf
}

# Some exclude each other, so they are unpacked and not installed; this needs the network of the machine.
unpack_servers()
{
	local package
	for package in openbsd-inetd xinetd ucspi-tcp; do
		[ ! -d "$work/$package" ] || continue
		(cd "$work" && apt-get -qq download "$package" 2>/dev/null &&
			dpkg -x "$package"_*.deb "$package" && rm "$package"_*.deb) || :
	done
}

# ---- contestants of launch.c, which take turns ----

contestants=/opt/tmp/contestants

# contestant TOPIC NAME UID[:GROUPS] FILES COMMAND...: takes part if one start of it works.
contestant()
{
	local topic=$1 IFS=$'\t' line
	line=${*:2}
	if "$BIN/launch" 1 1 <<<"$line" >/dev/null 2>/opt/tmp/said; then
		printf '%s\n' "$line" >>"$contestants"
	else
		note "not measured: $2: $(grep -v ' rounds$' /opt/tmp/said | head -n 1)"
	fi
}

# take_turns TOPIC: all that were named, and their samples.
take_turns()
{
	timeout 7200 "$BIN/launch" "$ROUNDS" "$SEED" <"$contestants" >/opt/tmp/launches
	awk -F'\t' -v OFS='\t' -v topic="$1" '{
		print "sample", topic, $1, "wall us", $2 / 1000
		print "sample", topic, $1, "CPU us", $3 + $4
		print "sample", topic, $1, "user us", $3
		print "sample", topic, $1, "system us", $4
		print "sample", topic, $1, "memory KB", $5
	}' /opt/tmp/launches >>"$SAMPLES"
}
