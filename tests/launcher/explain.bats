# SPDX-License-Identifier: GPL-2.0-or-later
# I8: a refusal explains itself, and the log knows of grants and refusals.

load ../helper

prepare()
{
	own <<-'END'
		; the first section begins in line 3

		[dns]
		owner = bob
		ports = tcp:53 udp:53
		[few]
		ports = tcp:54
		users = bob carol
		groups = webbers
	END
}

@test "I8: a refusal names port, caller, owner, section, file, line and the remedy" {
	launch alice tcp:53 -- "$PROBE"
	refused 77 . tcp 53
	matches "$stderr" "^lowportbind: tcp:53: alice may not bind this port; it belongs to bob \\(section \\[dns\\], $CONF:[35]\\); root can allow it: lowportctl grant alice tcp:53\$"
}

@test "I8: the port is named as it was asked for" {
	launch alice tcp:127.0.0.1:53 -- "$PROBE"
	refused 77 '^lowportbind: tcp:127.0.0.1:53: alice may not bind' tcp 53
	matches "$stderr" 'lowportctl grant alice tcp:(127.0.0.1:)?53$'
	launch alice http=udp6:53 -- "$PROBE"
	refused 77 '^lowportbind: .*udp6?:53: alice may not bind' udp 53
	matches "$stderr" 'lowportctl grant alice udp6?:53$'
}

@test "I8: a section without an owner names whom it is for" {
	launch alice tcp:54 -- "$PROBE"
	refused 77 . tcp 54
	matches "$stderr" "bob.*\\(section \\[few\\], $CONF:[67]\\); root can allow it: lowportctl grant alice tcp:54\$"
}

@test "I8: in a drop-in, that file and line" {
	printf '\n\n[x]\nports = tcp:99\nowner = bob\n' | dropin x.conf
	launch alice tcp:99 -- "$PROBE"
	refused 77 "section \\[x\\], $DROPIN/x.conf:[34]\\)" tcp 99
}

@test "I8: a port of nobody's" {
	launch alice tcp:80 -- "$PROBE"
	refused 77 '^lowportbind: tcp:80: ' tcp 80
	matches "$stderr" 'lowportctl grant alice tcp:80$'
	lacks "$stderr" 'belongs to'
}

@test "I8: a caller without a passwd entry is named by number" {
	# The launcher is the first program that setpriv executes, so no capability is left to it.
	run --separate-stderr setpriv --reuid 61234 --regid 61234 --clear-groups "$LPB" tcp:53 -- "$PROBE"
	equal "$status" 77
	matches "$stderr" 'tcp:53: (uid )?61234 may not bind.*lowportctl grant 61234 tcp:53'
}

# ---- the log ----

start_log()
{
	rm -f /dev/log
	spawn log root "$BIN/logd" /dev/log
	wait_for test -S /dev/log
}

# What the launcher has sent; su writes to the log as well.
datagrams()
{
	grep -v '>[A-Z][a-z]* [0-9 :]* su\(\[[0-9]*\]\)\?: ' "$SCRATCH/log.out"
}

# The one datagram of the last start. The launcher has ended, so what it sent is in
# the socket; a datagram of our own behind it tells when all has been read.
logged()
{
	echo "<86>end of the test" | socat -u - UNIX-SENDTO:/dev/log
	wait_line "$SCRATCH/log.out" 'end of the test'
	sed -i '/end of the test/d' "$SCRATCH/log.out"
	equal "$(datagrams | wc -l)" 1 "datagrams"
	matches "$(datagrams)" "$1" "the log"
}

@test "I8: a grant is one datagram to authpriv with a constant tag" {
	start_log
	launch_dirty bob argv0=other -- tcp:53 -- "$PROBE"
	granted
	logged '^<8[0-7]>.*lowportbind(\[[0-9]+\])?: .*bob'
	matches "$(datagrams)" 'tcp:53'
	matches "$(datagrams)" "$BOB"
	lacks "$(datagrams)" other
}

@test "I8: several ports granted at once are still one datagram" {
	start_log
	launch bob tcp:53 udp:53 -- "$PROBE"
	granted
	logged 'tcp:53.*udp:53'
}

@test "I8: two hundred ports granted at once are still one datagram" {
	start_log
	many=()
	for i in {1..200}; do many+=("tcp:127.0.9.$i:3000"); done
	launch bob "${many[@]}" tcp:53 -- "$PROBE"
	granted
	logged 'tcp:127.0.9.1:3000 .*tcp:127.0.9.200:3000 .*tcp:53 \(/etc/lowportbind'
}

@test "I8: a refusal is one datagram" {
	start_log
	launch alice tcp:53 -- "$PROBE"
	refused 77 . tcp 53
	logged '^<8[0-7]>.*lowportbind(\[[0-9]+\])?: .*alice'
	matches "$(datagrams)" 'tcp:53'
}

@test "I8: no grant is pushed out of the log, by requests or by what the program is called" {
	start_log
	launch bob tcp:53 -- "$(printf '%03000d' 0)"
	refused 127 '.' tcp 53
	logged 'bob.*tcp:53 \(/etc/lowportbind'
	rm -f "$SCRATCH/log.out"
	many=()
	for i in {1..250}; do many+=("tcp:127.0.9.$i:3000"); done
	launch bob "${many[@]}" tcp:53 -- "$PROBE"
	refused 64 'log' tcp 53
}

@test "I8: a root start is logged with the owner it became" {
	start_log
	launch root tcp:53 -- "$PROBE"
	granted
	logged 'tcp:53.*bob|bob.*tcp:53'
}

@test "I8: a program under --chroot is logged too, by the log outside" {
	mkdir -m 0755 "$SCRATCH/jail"
	cp "$PROBE" "$SCRATCH/jail/probe"
	start_log
	launch root --chroot "$SCRATCH/jail" tcp:53 -- /probe
	granted
	logged 'tcp:53'
}

@test "I8: what the caller controls is escaped in the log" {
	start_log
	cp "$PROBE" "$SCRATCH/"$'evil\n<80>forged: \e[31m'
	launch bob $'tcp:53' -- "$SCRATCH/"$'evil\n<80>forged: \e[31m'
	granted
	logged 'tcp:53'
	lacks "$(datagrams)" '\{[0-9a-f]+\}'
}

@test "I8: a log that nobody reads does not hold the start up" {
	rm -f /dev/log
	spawn log root "$BIN/logd" /dev/log clog
	wait_for test -S /dev/log
	for _ in {1..30}; do
		# Not through su, which waits for the log.
		run --separate-stderr timeout "$PATIENCE" setpriv --reuid bob --regid bob --init-groups \
			"$LPB" tcp:53 -- "$PROBE" --quiet
		equal "$status" 0
	done
}

@test "I8: without a log everything works" {
	rm -f /dev/log
	launch bob tcp:53 -- "$PROBE"
	granted
	clean bob
}

@test "I8: a stream socket at /dev/log costs nothing" {
	rm -f /dev/log
	spawn log root socat UNIX-LISTEN:/dev/log,mode=0666,fork /dev/null
	wait_for test -S /dev/log
	launch bob tcp:53 -- "$PROBE"
	granted
	clean bob
}

@test "I8: a dry run says whose port it is and is not logged as a grant" {
	start_log
	launch bob -n tcp:53 -- "$PROBE"
	equal "$status" 0
	matches "$output$stderr" "\\[dns\\]|$CONF:[35]"
	lacks "$(datagrams)" 'granted'
}
