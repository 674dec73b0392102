# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # set by run and common.bash
#
# How a launch grows: with what is owned, with the caller's groups, with the sockets asked for. Each size has
# ownership files of its own, in /etc/bench, which launch.c moves to their place for a start. On a busy machine a long
# start waits more often than a short one: there the CPU time is to be believed. Owners are names that
# nobody has: one that is looked up, though the request does not touch its section, costs a search of all users.

SIZES='10 1000 65536'

# files NAME: an empty directory of ownership files. Sets files.
files()
{
	files=/etc/bench/$1
	mkdir -p "$files/lowportbind.d"
	printf '[www]\nports = tcp:80\nowner = alice\n' >"$files/lowportbind.conf"
}

# sections FROM TO: one for each port, TCP ones above 1000, and UDP ones when these are used up.
sections()
{
	awk -v from="$1" -v to="$2" 'BEGIN {
		for (i = from; i <= to; i++)
			printf "[s%d]\nports = %s:%d\nowner = user%d\n", i, i <= 60000 ? "tcp" : "udp", (i - 1) % 60000 + 1001, i
	}'
}

# range FROM TO: the same ports as a range each for TCP and UDP.
range()
{
	local from=$1 to=$2
	[ "$from" -gt 60000 ] || printf '[r%d]\nports = tcp:%d-%d\nowner = user1\n' \
		"$from" $((from + 1000)) $(((to > 60000 ? 60000 : to) + 1000))
	[ "$to" -le 60000 ] || printf '[u%d]\nports = udp:%d-%d\nowner = user1\n' \
		"$from" $(((from > 60000 ? from - 60000 : 1) + 1000)) $((to - 60000 + 1000))
}

# split WHAT SIZE: over a hundred drop-ins, as evenly as it goes.
split()
{
	local part from=1 to
	for ((part = 1; part <= 100; part++)); do
		to=$(($2 * part / 100))
		{
			echo "; part $part"
			[ "$from" -gt "$to" ] || "$1" "$from" "$to"
		} >"$files/lowportbind.d/$(printf '%03d.conf' "$part")"
		from=$((to + 1))
	done
}

# grows ROW SIZE UID[:GROUPS] ARGUMENT...: a contestant. Uses files.
grows()
{
	chmod -R u=rwX,go=rX "$files"
	contestant growth "$1: $2" "$3" "$files" "$LPB" "${@:4}" -- "$BIN/ready"
}

# Each is held against the first of its row.
name_smallest()
{
	local name row='' smallest
	while IFS=$'\t' read -r name _; do
		[ "$row" = "${name%: *}" ] || smallest=$name
		row=${name%: *}
		record ratio growth "$name" smallest "$smallest"
		record ratio growth "$name" 'smallest, CPU' "$smallest" 'CPU us'
	done <"$contestants"
}

name_owned()
{
	local size what
	for what in range sections; do
		for size in $SIZES; do
			files "$what-$size"
			"$what" 1 "$size" >>"$files/lowportbind.conf"
			grows "owned ports, $what, one file" "$size" "$ALICE" tcp:80
		done
		for size in $SIZES; do
			files "$what-$size-split"
			split "$what" "$size"
			grows "owned ports, $what, 100 drop-ins" "$size" "$ALICE" tcp:80
		done
	done
}

name_groups()
{
	local size
	files groups
	printf '[www]\nports = tcp:80\ngroups = 70000\n' >"$files/lowportbind.conf"
	for size in 1 100 65536; do
		contestant growth "the caller's groups, floor: $size" "$ALICE:$size" - "$BIN/floor-dynamic" "$BIN/ready"
	done
	for size in 1 100 65536; do
		grows "the caller's groups" "$size" "$ALICE:$size" tcp:80
	done
}

name_sockets()
{
	local size requests
	files sockets
	printf '[www]\nports = tcp:1001-1064\nowner = alice\n' >"$files/lowportbind.conf"
	for size in 1 2 4 8 16 32 64; do
		# shellcheck disable=SC2207 # words
		requests=($(seq -f 'tcp:%g' 1001 $((1000 + size))))
		grows sockets "$size" "$ALICE" "${requests[@]}"
	done
}

mention_growth()
{
	local mention=(record readme growth)
	"${mention[@]}" 'owned ports, range, one file: 65536' 'smallest, CPU' \
		'a launch with all ports owned as a range, to one with 10 owned'
	"${mention[@]}" 'owned ports, sections, one file: 1000' 'smallest, CPU' \
		'with 1,000 owned ports, a section each, to one with 10'
	"${mention[@]}" 'owned ports, sections, one file: 65536' 'smallest, CPU' 'with 65,536 sections, to one with 10'
	"${mention[@]}" "the caller's groups: 65536" 'smallest, CPU' 'by a caller in 65,536 groups, to one in 1'
	"${mention[@]}" 'sockets: 64' 'smallest, CPU' 'with 64 sockets, to one with 1'
}

measure_growth()
{
	: >"$contestants"
	chmod 4755 "$BIN/floor-dynamic"
	rm -rf /etc/lowportbind.conf /etc/lowportbind.d
	mkdir -m 0755 /etc/bench
	name_owned
	name_groups
	name_sockets
	name_smallest
	mention_growth
	ROUNDS=$(((ROUNDS + 4) / 5)) take_turns growth
	mkdir -m 0755 /etc/lowportbind.d
}
