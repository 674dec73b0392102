# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # set by run and common.bash
#
# From the spawn to the first instruction of a daemon whose socket listens. Each launcher starts the smallest
# daemon that it can: one without libc that it hands a socket or the capability to (ready.c), or a dynamically
# linked one where its work is done by a library in the daemon (authbind, --adopt; ready-dynamic.c).

prepare_peers()
{
	mkdir -p /etc/authbind/byport /etc/sudoers.d
	install -m 0500 -o "$ALICE" /dev/null /etc/authbind/byport/80
	echo 'alice ALL=(root) NOPASSWD: ALL' >/etc/sudoers.d/bench
	echo 'permit nopass alice as root' >/etc/doas.conf
	chmod 4755 "$BIN/floor" "$BIN/floor-dynamic" "$BIN/floor-libraries" "$BIN/floor-needs"
	local flavour
	mkdir -p /opt/test/filecaps /opt/test/static /opt/test/shared
	cp "$LPB" /opt/test/filecaps/ && chmod 0755 /opt/test/filecaps/lowportbind
	setcap cap_net_bind_service,cap_setpcap=p /opt/test/filecaps/lowportbind
	for flavour in static shared; do
		install -m 4755 "$builddir/tests/flavour-$flavour/lowportbind" "/opt/test/$flavour/"
	done
}

# peer PACKAGE PROGRAM NAME UID COMMAND...: if the machine has it.
peer()
{
	if command -v "$2" >/dev/null; then
		contestant launch "$3" "$4" - "${@:5}"
	else
		note "not found: $1 ($3)"
	fi
}

name_ours()
{
	contestant launch 'floor, static' "$ALICE" - "$BIN/floor" "$BIN/ready"
	contestant launch 'floor, dynamic' "$ALICE" - "$BIN/floor-dynamic" "$BIN/ready"
	contestant launch 'floor, dynamic, with what is needed' "$ALICE" - "$BIN/floor-needs" "$BIN/ready"
	contestant launch 'floor, shared libraries' "$ALICE" - "$BIN/floor-libraries" "$BIN/ready"
	contestant launch 'lowportbind tcp:80' "$ALICE" - "$LPB" tcp:80 -- "$BIN/ready"
	contestant launch 'lowportbind, 3 sockets' "$ALICE" - "$LPB" tcp:80 tcp:443 udp:443 -- "$BIN/ready"
	contestant launch 'lowportbind --stdin' "$ALICE" - "$LPB" --stdin tcp:80 -- "$BIN/ready"
	contestant launch 'lowportbind, file capabilities' "$ALICE" - /opt/test/filecaps/lowportbind tcp:80 -- "$BIN/ready"
	contestant launch 'lowportbind, started by root' 0 - "$LPB" tcp:80 -- "$BIN/ready"
	contestant launch 'lowportbind, shared libraries' "$ALICE" - /opt/test/shared/lowportbind tcp:80 -- "$BIN/ready"
	contestant launch 'lowportbind, --enable-static' "$ALICE" - /opt/test/static/lowportbind tcp:80 -- "$BIN/ready"
	contestant launch 'lowportbind, dynamic daemon' "$ALICE" - "$LPB" tcp:80 -- "$BIN/ready-dynamic"
	contestant launch 'lowportbind --adopt, dynamic daemon' "$ALICE" - "$LPB" --adopt tcp:80 -- "$BIN/ready-dynamic"
}

name_peers()
{
	local ambient=(/usr/bin/setpriv --reuid=alice --regid=alice --init-groups --inh-caps=+net_bind_service
		--ambient-caps=+net_bind_service "$BIN/ready")
	peer authbind authbind 'authbind, dynamic daemon' "$ALICE" /usr/bin/authbind "$BIN/ready-dynamic"
	peer util-linux setpriv 'setpriv, ambient capability, by root' 0 "${ambient[@]}"
	peer libcap2-bin capsh 'capsh, ambient capability, by root' 0 /usr/sbin/capsh --keep=1 --user=alice \
		--inh=cap_net_bind_service --addamb=cap_net_bind_service "--shell=$BIN/ready" --
	peer privbind privbind 'privbind, by root, dynamic daemon' 0 /usr/bin/privbind -u alice "$BIN/ready-dynamic"
	peer s6-networking s6-tcpserver-socketbinder 's6 chain, by root' 0 \
		/usr/bin/s6-tcpserver-socketbinder -- 0.0.0.0 80 s6-applyuidgid -u "$ALICE" -g "$ALICE" "$BIN/ready"
	peer doas doas 'doas, setpriv' "$ALICE" /usr/bin/doas "${ambient[@]}"
	peer sudo sudo 'sudo, setpriv' "$ALICE" /usr/bin/sudo "${ambient[@]}"
}

# What is counted and not timed; once, since it is the same each time.
count_all()
{
	local name uid files command counts
	while IFS=$'\t' read -r name uid files command; do
		say "counting: $name"
		# shellcheck disable=SC2086 # words without spaces
		counts=$(IFS=$'\t'; timeout 900 "$BIN/count" "$uid" "$MOST" $command) ||
			give_up "$name cannot be counted, with files $files"
		# shellcheck disable=SC2086 # words
		set -- $counts
		record sample launch "$name" calls "$1"
		[ "$2" = - ] || record sample launch "$name" instructions "$2"
		record sample launch "$name" processes "$3"
		record sample launch "$name" images "$4"
	done <"$contestants"
}

measure_launch()
{
	local name
	printf '[www]\nports = tcp:80 tcp:443 udp:443\nowner = alice\n' | own
	: >"$contestants"
	prepare_peers
	name_ours
	name_peers
	while IFS=$'\t' read -r name _; do
		record ratio launch "$name" floor 'floor, static'
		record ratio launch "$name" authbind 'authbind, dynamic daemon'
		record ratio launch "$name" 'floor, CPU' 'floor, static' 'CPU us'
		record ratio launch "$name" 'authbind, CPU' 'authbind, dynamic daemon' 'CPU us'
	done <"$contestants"
	take_turns launch
	[ "$MOST" = 0 ] || count_all
}
