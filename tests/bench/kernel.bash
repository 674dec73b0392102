# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # set by run and common.bash
#
# What a bind(2) costs with the kernel table. The owner of a high port binds it: without programs, with programs that do
# nothing at the two hooks that an IPv4 bind meets (the floor: what the kernel takes to call any), and with the table.
# bind.c says the best of many short rounds, so each sample is one already. No run means anything that others attach
# programs beside: any program, anywhere, makes binds dearer. So the three follow each other in each round, and the
# plain bind is not measured beside the table.

ctl=/opt/lowportbind/bin/lowportctl

# time_bind PROTOCOL GROUP,...: as alice, in these groups too, in the cgroup.
time_bind()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cgroup" \
		setpriv --reuid="$ALICE" --regid="$ALICE" --groups="$2" "$BIN/bind" "$1" 8080 5000
}

# time_floor PROTOCOL GROUP,...: with programs that do nothing. They go with their cgroup.
time_floor()
{
	local cgroup=$cgroup/floor
	mkdir "$cgroup"
	"$BIN/foreign" "$cgroup" 3
	"$BIN/foreign" "$cgroup" 1 after
	time_bind "$@"
	rmdir "$cgroup"
}

# binds NAME PROTOCOL GROUP,...: with the ownership file from standard input.
binds()
{
	local round kind
	own
	for kind in ', plain bind' ', no-op programs' ''; do
		record ratio kernel "$1$kind" 'plain bind' "$1, plain bind"
		record ratio kernel "$1$kind" nothing "$1, no-op programs"
	done
	for ((round = 1; round <= (ROUNDS + 49) / 50; round++)); do
		record sample kernel "$1, plain bind" ns "$(time_bind "$2" "$3")"
		record sample kernel "$1, no-op programs" ns "$(time_floor "$2" "$3")"
		$ctl load --cgroup "$cgroup" >/dev/null
		record sample kernel "$1" ns "$(time_bind "$2" "$3")"
		$ctl unload >/dev/null
	done
}

owned()
{
	printf '[own]\nports = tcp:8080 udp:8080\n%s\n' "$1"
}

others()
{
	seq 1 "$1" | awk '$1 != 8080 { printf "[p%d]\nports = udp:%d\nowner = %d\n", $1, $1, 100000 + $1 }'
}

# authbind's own rounds, since it takes a thousand times as long.
bind_with_authbind()
{
	local round
	command -v authbind >/dev/null || { note 'not found: authbind (kernel)'; return; }
	install -m 0500 -o "$ALICE" /dev/null /etc/authbind/byport/80
	record ratio kernel 'authbind' 'plain bind' '1 port, by uid, TCP, plain bind'
	for ((round = 1; round <= (ROUNDS + 49) / 50; round++)); do
		record sample kernel 'authbind' 'ns' \
			"$(setpriv --reuid="$ALICE" --regid="$ALICE" --clear-groups authbind "$BIN/bind" tcp 80 1)"
	done
}

measure_kernel()
{
	local hundred
	[ -e /sys/kernel/btf/vmlinux ] || { note 'not measured: the kernel table; the kernel has no BTF'; return; }
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	mkdir /opt/cgroup
	mount -t cgroup2 cgroup2 /opt/cgroup
	! bpftool cgroup tree /opt/cgroup 2>/dev/null | grep -q bind ||
		note 'the kernel table: measured beside bind programs of others, which make every bind dearer, and the ratios smaller'
	cgroup=$(mktemp -d "/opt/cgroup/$CGROUPS-XXXXXX")
	trap '$ctl unload >/dev/null || :; rmdir "$cgroup"' EXIT
	hundred=$(seq -s, 70001 70099)
	owned 'owner = alice' | binds '1 port, by uid' udp 60001
	owned 'owner = alice' | binds '1 port, by uid, TCP' tcp 60001
	{ owned 'owner = alice'; others 1000; } | binds '1,000 ports, by uid' udp 60001
	{ owned 'owner = alice'; others 65535; } | binds '65,536 ports, by uid' udp 60001
	owned 'groups = 70050' | binds '1 port, by group, in 100 groups' udp "60001,$hundred"
	owned 'groups = 70050' | binds '1 port, by group, in 100 groups, TCP' tcp "60001,$hundred"
	owned "$(seq -f 'groups = %.0f' 70001 70100)" | binds '1 port, by one of 100 groups, in 1 more' udp 70050
	owned "$(seq -f 'groups = %.0f' 80001 80099; echo 'groups = 90000')" |
		binds '1 port, by the last of 100 groups, in 100 groups' udp "$hundred,90000"
	record readme kernel '65,536 ports, by uid' 'plain bind' \
		'a bind(2) under the kernel table of 65,536 ports, to one without'
	record readme kernel authbind 'plain bind' "authbind's, to one without it"
	bind_with_authbind
}
