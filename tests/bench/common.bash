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

give_up()
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
		"$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(systemd-detect-virt --vm 2>/dev/null || :)"
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

# ---- daemons that serve at the same time, and are asked in turns ----

declare -A served=()
names=() started=()

# serves NAME PORT USER COMMAND...: starts a daemon, and waits until it listens. Each is in a session of its own, as su(1)
# makes one for all but root: the scheduler (autogroup, sched(7)) shares a busy machine out among sessions.
serves()
{
	local i
	# shellcheck disable=SC2016 # expanded by the user's shell
	setsid su -s /bin/sh "$3" -c 'exec "$@"' -- sh "${@:4}" </dev/null >"/opt/tmp/served-$2" 2>&1 &
	started+=("$!")
	served[$1]=$2
	names+=("$1")
	for ((i = 0; i < 400; i++)); do
		! ss -Hltn "sport = :$2" | grep -q . || return 0
		sleep 0.05
	done
	give_up "$1 does not listen on port $2: $(head -n 1 "/opt/tmp/served-$2")"
}

end_served()
{
	kill "${started[@]}"
	wait "${started[@]}" || :
}

# ask_in_turns TOPIC ROUNDS AT_ONCE COUNT [SUFFIX]: so many requests of each in every round, so many at a time.
ask_in_turns()
{
	local round name order
	for ((round = 1; round <= $2; round++)); do
		mapfile -t order < <(shuf -e "${names[@]}")
		for name in "${order[@]}"; do
			ask "$1" "$3" "$4" "$name${5-}" "${served[$name]}"
		done
		[ $((round % (($2 + 9) / 10))) -ne 0 ] || say "$1: $round of $2 rounds"
	done
}

# ask TOPIC AT_ONCE COUNT NAME PORT
ask()
{
	local said before after
	before=$(time_used "$5")
	said=$(timeout 300 "$BIN/load" 127.0.0.1 "$5" "$2" "$3") || :
	after=$(time_used "$5")
	[[ $said =~ answered=([0-9]+).*rate=([0-9]+).*p99=([0-9]+) ]] || give_up "$4: no answer from load.c"
	record sample "$1" "$4" requests/s "${BASH_REMATCH[2]}"
	record sample "$1" "$4" 'p99 us' "${BASH_REMATCH[3]}"
	[ "$after" -eq 0 ] || record sample "$1" "$4" 'CPU us' "$(((after - before) / $3))e-3"
	record sample "$1" "$4" lost $(($3 - BASH_REMATCH[1]))
}

# time_used PORT: nanoseconds of processor time that the workers (workers.c) of this port have had.
time_used()
{
	local pid used=0 ran rest
	for pid in $(pgrep -f "^$BIN/workers $1 "); do
		read -r ran rest <"/proc/$pid/schedstat"
		used=$((used + ran))
	done
	echo "$used"
}

# paired_ratios TOPIC METRIC NAME BASE: round by round.
paired_ratios()
{
	awk -F'\t' -v topic="$1" -v metric="$2" -v name="$3" -v base="$4" '
		$1 == "sample" && $2 == topic && $4 == metric {
			if ($3 == name) a[++n] = $5
			if ($3 == base) b[++m] = $5
		}
		END { for (i = 1; i <= n; i++) print a[i] / b[i] }' "$SAMPLES"
}

# spread: what lies between the 10th and the 90th percentile of standard input.
spread()
{
	sort -n | awk '{ v[NR] = $1 } END {
		printf "%.3f, 10th to 90th percentile %.2f to %.2f",
			v[int(NR * 0.5 + 0.999)], v[int(NR * 0.1 + 0.999)], v[int(NR * 0.9 + 0.999)]
	}'
}
