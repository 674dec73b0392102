/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of an ownership file to its sections, or to the line that is wrong. Linked with src/ownership/words.c
 * and the rest. Linked with src/ownership/address.c src/ownership/names.c src/ownership/text.c.
 * Linked with src/ownership/rules.c. Needs -linih.
 */
#include "ownership.h"
#include "tap.h"

/* Behind each block lies a byte that nobody may write. The address sanitizer has its own memory. */
#define UNTOUCHED 0xa5
static unsigned char *blocks[64];
static size_t block_sizes[64], block_count;

#ifndef __SANITIZE_ADDRESS__
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): glibc's own name of it */
extern void *__libc_malloc(size_t size);

void *malloc(size_t size)
{
	unsigned char *block = __libc_malloc(size + 1);

	if (block == NULL || block_count == COUNT(blocks))
		return block;
	block[size] = UNTOUCHED;
	blocks[block_count] = block;
	block_sizes[block_count++] = size;
	return block;
}
#endif

#define OK "[ok]\nports = tcp:53\nusers = alice\n"
#define ONE(line) "[a]\nports = tcp:53\nusers = alice\n" line "\n"
#define BYTES49 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

/* The line that is named, and words of what is said. */
static const struct {
	const char *text;
	unsigned line;
	const char *why;
} broken[] = {
	{ OK "portz = tcp:54\n", 4, "portz is not a key" },
	{ OK "p = tcp:54\n", 4, "p is not a key" },
	{ OK "[b]\n", 4, "b has no ports" },
	{ "[b]\n" OK, 1, "b has no ports" },
	{ OK "[b]\nusers = bob\n", 4, "b has no ports" },
	{ OK "[b]\nports = tcp:1\n", 4, "b grants to nobody" },
	{ OK "[b]\nports = tcp:1\nanyone = no\n", 4, "b grants to nobody" },
	{ OK "[b]\nports = tcp:1\n[c]\nports = tcp:2\nowner = bob\n", 4, "b grants to nobody" },
	{ OK "[b]\nports = tcp:1\nowner = bob\n[ok]\nports = tcp:2\nowner = bob\n", 7, "ok is a section of this file twice" },
	{ OK "[b]\nusers = bob\nenv-file = /a\n", 4, "b has no ports" },
	{ OK "[b]\nexec = /bin/a\n", 4, "b grants to nobody" },
	{ OK "[c]\nowner = bob\nexec = /bin/a\n[b]\nusers = bob\n", 7, "b has no ports" },
	{ OK "[b]\nusers = bob\n[ok]\nports = tcp:2\nowner = bob\n", 4, "b has no ports" },
	{ "ports = tcp:53\n" OK, 1, "a key outside any" },
	{ "; here\n\na = b\n" OK, 3, "a key outside any" },
	{ "z = tcp:53\n" OK, 1, "a key outside any" },
	{ OK "x\n", 4, "not a comment" },
	{ "x\n" OK, 1, "not a comment" },
	{ OK "{ = x\n", 4, "not a comment" },
	{ OK "\377 = x\n", 4, "not a comment" },
	{ OK "[b;\n", 4, "not a [section]" },
	{ OK " users = bob\n", 4, "an indented line" },
	{ OK "\tusers = bob\n", 4, "an indented line" },
	{ OK "users = bob\r\n", 4, "a carriage return" },
	{ OK "users = b\001b\n", 4, "a control character" },
	{ OK "users = bob ; too\n", 4, "a ; or #" },
	{ OK "users =\n", 4, "users has no value" },
	{ OK "users = \t \n", 4, "users has no value" },
	{ ONE("ports = sctp:53"), 4, "sctp:53 is not tcp: or udp:" },
	{ ONE("ports = tcp:54 tcp:0"), 4, "tcp:0 is not tcp: or udp:" },
	{ ONE("address = localhost"), 4, "localhost is not an IPv4 or IPv6 address" },
	{ ONE("address = ::1 ::1/129"), 4, "::1/129 is not an IPv4 or IPv6 address" },
	{ ONE("users = bob -1"), 4, "-1 is neither a name nor a decimal id" },
	{ ONE("groups = 4294967295"), 4, "4294967295 is neither a name nor a decimal id" },
	{ ONE("owner = 007"), 4, "007 is neither a name nor a decimal id" },
	{ ONE("anyone = maybe"), 4, "maybe is neither yes nor no" },
	{ ONE("together = YES"), 4, "YES is neither yes nor no" },
	{ ONE("no-new-privileges = 1"), 4, "1 is neither yes nor no" },
	{ ONE("handoff = socket"), 4, "socket is not a handoff mode" },
	{ ONE("owner = bob carol"), 4, "bob is not the only value" },
	{ ONE("owner = 007 bob"), 4, "007 is neither a name nor a decimal id" },
	{ ONE("anyone = yes yes"), 4, "yes is not the only value" },
	{ ONE("handoff = stdin adopt"), 4, "stdin is not the only value" },
	{ ONE("umask = 022 077"), 4, "022 is not the only value" },
	{ ONE("max-per-source = 1 2"), 4, "1 is not the only value" },
	{ ONE("confine-require = yes no"), 4, "yes is not the only value" },
	{ ONE("owner = bob\nowner = bob"), 5, "owner stands here twice" },
	{ ONE("anyone = no\nanyone = no"), 5, "anyone stands here twice" },
	{ ONE("no-new-privileges = no\n; again\nno-new-privileges = no"), 6, "no-new-privileges stands here twice" },
	{ ONE("exec = /bin/a\nexec = /bin/b"), 5, "exec stands here twice" },
	{ ONE("state-directory = a\nstate-directory = b"), 5, "state-directory stands here twice" },
};

/* One file, read from several sides below. */
static const char good[] =
	"; a comment\n"
	"\n"
	"[first]\n"
	"users = 1001 alice\n"
	"ports = tcp:53 udp:53\n"
	"ports\t=\ttcp:600-700\t tcp:5-5\n"
	"owner = bob\n"
	"address = 127.0.0.1 192.0.2.0/24\n"
	"address = ::1\n"
	"together = yes\n"
	"no-new-privileges = no\n"
	"handoff = php-fpm\n"
	"[" BYTES49 "]\n"
	"groups = www 33\n"
	"users = alice\n"
	"ports = udp:65535\n"
	"together = no\n"
	"no-new-privileges = yes\n"
	"[last]\n"
	"ports = tcp:1\n"
	"anyone = yes\n"
	"; all that is lowport-run's\n"
	"env = A=1 B=2\n" "env = C=3\n" "open = a b\n" "listen = a b\n" "connect = a b\n" "confine-read = a b\n"
	"confine-write = a b\n" "confine-connect = a b\n" "confine-bind = a b\n" "confine-syscalls = a b\n"
	"umask = 022\n" "nice = 5\n" "limit-nofile = 1\n" "limit-core = 1\n" "limit-as = 1\n" "max-connections = 1\n"
	"max-per-source = 1\n" "confine-require = yes\n" "exec = /bin/a \"b = c\"\n" "env-file = /a b\n" "chdir = /a b\n" "chroot = /a b\n"
	"runtime-directory = a b\n" "state-directory = a b\n"
	"[inside]\n"
	"exec = /bin/a\n"
	"owner = bob"; /* and no newline */

static const struct {
	const char *text;
	int protocol;
	unsigned first, last;
} ports[] = {
	{ "tcp:1", IPPROTO_TCP, 1, 1 }, { "udp:65535", IPPROTO_UDP, 65535, 65535 },
	{ "tcp:1-65535", IPPROTO_TCP, 1, 65535 }, { "udp:7-7", IPPROTO_UDP, 7, 7 },
	{ "tcp:0", 0, 0, 0 }, { "tcp:65536", 0, 0, 0 }, { "tcp:1-65536", 0, 0, 0 }, { "tcp:0-1", 0, 0, 0 },
	{ "tcp:8-7", 0, 0, 0 }, { "tcp:1-", 0, 0, 0 }, { "tcp:-1", 0, 0, 0 }, { "tcp:1-2-3", 0, 0, 0 }, { "tcp:", 0, 0, 0 },
	{ "tcp", 0, 0, 0 }, { "udp", 0, 0, 0 }, { "", 0, 0, 0 }, { "tcp1", 0, 0, 0 }, { "udp1", 0, 0, 0 },
	{ "tcp/1", 0, 0, 0 }, { "udp/1", 0, 0, 0 },
	{ "sctp:1", 0, 0, 0 }, { "mptcp:1", 0, 0, 0 }, { "udx:1", 0, 0, 0 }, { "tcp:1 ", 0, 0, 0 }, { "tcp:01", 0, 0, 0 },
};

/* How often words are compared is what many sections cost. */
static size_t compared;

int strcmp(const char *one, const char *other)
{
	compared++;
	while (*one != '\0' && *one == *other)
		one++, other++;
	return (unsigned char)*one - (unsigned char)*other;
}

static bool same(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

static void read_broken(void)
{
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct rules rules = { 0 };
		const char *begin = format_text("test.conf:%u: %s", broken[i].line, broken[i].why);

		rules_add(&rules, "before.conf", OK, sizeof OK - 1);
		rules_add(&rules, "test.conf", broken[i].text, strlen(broken[i].text));
		tap(rules.sections.count == 1 && rules.faults.count == 1 &&
			    strncmp(rules.faults.items[0], begin, strlen(begin)) == 0,
		    "broken", broken[i].text);
	}
}

static void read_good(void)
{
	struct rules rules = { 0 };
	const struct section *is;

	rules_add(&rules, "test.conf", good, sizeof good - 1);
	tap(rules.faults.count == 0 && rules.sections.count == 4, "all of it is read",
	    rules.faults.count ? *rules.faults.items : "");
	if (rules.sections.count != 4)
		return;
	is = rules.sections.items;
	tap(same(is->file, "test.conf") && same(is->name, "first") && is->line == 3, "where it stands", "");
	tap(same(is->owner, "bob") && same(is->holder, "bob") && !is->anyone, "the owner holds it", "");
	tap(is->members.count == 3 && same(is->members.items[0].name, "1001") && same(is->members.items[1].name, "alice") &&
		    same(is->members.items[2].name, "bob") && !is->members.items[0].group && !is->members.items[2].group,
	    "users", "");
	tap(is->ports.count == 4 && is->ports.items[0].line == 5 && is->ports.items[1].protocol == IPPROTO_UDP &&
		    is->ports.items[2].line == 6 && is->ports.items[2].first == 600 && is->ports.items[2].last == 700 &&
		    is->ports.items[3].first == 5,
	    "ports", "");
	tap(is->addresses.count == 3 && is->addresses.items[0].bits == 32 && is->addresses.items[1].bits == 24 &&
		    is->addresses.items[2].bits == 128,
	    "addresses", "");
	tap(is->together && is->may_gain && is->handoff == PHP_FPM, "together, no-new-privileges, handoff", "");
	is++;
	tap(same(is->name, BYTES49) && is->line == 13, "a name of 49 bytes", "");
	tap(is->owner == NULL && same(is->holder, "group www"), "the first that it grants to holds it", "");
	tap(is->members.count == 3 && is->members.items[0].group && is->members.items[1].group && !is->members.items[2].group,
	    "groups", "");
	tap(!is->together && !is->may_gain && !is->anyone && is->handoff == LISTEN_FDS && is->addresses.count == 0,
	    "what is not said, or no", "");
	is++;
	tap(is->anyone && is->holder == NULL && is->owner == NULL && is->members.count == 0 && is->ports.count == 1,
	    "anyone's", "");
	is++;
	tap(same(is->owner, "bob") && is->ports.count == 0, "a service without ports", "");
}

/* More sections than lists begin with; each name is found again at the end. */
static void read_many(void)
{
	char *text = format_text("%s", "");
	struct rules rules = { 0 };

	for (int i = 0; i < 300; i++)
		text = format_text("%s[s%d]\nports = tcp:%d\nusers = %d\n", text, i * 7 % 300, i + 1, i);
	compared = 0;
	rules_add(&rules, "many.conf", text, strlen(text));
	/* A section has two keys: each is compared with the one that it is, and its section with the last. */
	tap(compared >= 1200 && compared < 1500, "in one comparison a section, no more", format_text("%zu", compared));
	tap(rules.faults.count == 0 && rules.sections.count == 300 && rules.sections.items[299].ports.items->first == 300 &&
		    rules.sections.items[299].line == 898,
	    "three hundred sections", "");
	text = format_text("%s[s%d]\nports = tcp:1\nusers = 1\n", text, 150);
	rules_add(&rules, "again.conf", text, strlen(text));
	tap(rules.sections.count == 300 && rules.faults.count == 1 &&
		    same(rules.faults.items[0], "again.conf:901: s150 is a section of this file twice"),
	    "and one of them twice", "");
}

/* The names are all that there is to keep, and the last line lacks its newline: no byte of the room is to spare. */
static void read_to_the_last_byte(void)
{
	static const char *const texts[] = { "[a]", "[a]\n[b]" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct rules rules = { 0 };
		size_t touched = 0;

		block_count = 0;
		rules_add(&rules, "full.conf", texts[i], strlen(texts[i]));
		for (size_t j = 0; j < block_count; j++)
			touched += blocks[j] != NULL && blocks[j][block_sizes[j]] != UNTOUCHED;
		tap(touched == 0, "no byte is written behind the room", texts[i]);
		tap(rules.faults.items != NULL && same(*rules.faults.items, "full.conf:1: a has no ports"), "there is room",
		    texts[i]);
	}
}

int main(void)
{
	struct rules rules = { 0 };

	read_to_the_last_byte();
	read_broken();
	read_good();
	read_many();
	for (size_t i = 0; i < COUNT(ports); i++) {
		struct ports is = { 0 };
		bool read = ports_read(ports[i].text, &is);

		tap(read == (ports[i].protocol != 0) && (!read || (is.protocol == ports[i].protocol &&
		    is.first == ports[i].first && is.last == ports[i].last)), "ports", ports[i].text);
	}
	for (enum handoff i = LISTEN_FDS; i < HANDOFFS; i++) {
		enum handoff is = HANDOFFS;

		tap(handoff_read(handoff_names[i], &is) && is == i, "handoff", handoff_names[i]);
	}
	tap(!handoff_read("", &(enum handoff){ 0 }) && !handoff_read("std", &(enum handoff){ 0 }), "no handoff", "");
	rules_add_fault(&rules, "a.conf", 0, "why");
	tap(same(rules.faults.items[0], "a.conf: why"), "a fault of a whole file", "");
	rules_add(&rules, "empty.conf", "", 0);
	rules_add(&rules, "blank.conf", "\n\n", 2);
	tap(rules.faults.count == 1 && rules.sections.count == 0, "an empty file says", "nothing");
	return tap_end();
}
