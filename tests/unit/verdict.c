/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decision, from the text of a file to the ruling. Linked with src/ownership/words.c
 * and the rest. Linked with src/ownership/address.c src/ownership/names.c src/ownership/text.c.
 * Linked with src/ownership/rules.c src/ownership/verdict.c. Needs -linih.
 */
#include "ownership.h"
#include "tap.h"

static const char text[] =
	"[dns]\n"
	"ports = tcp:53 udp:53\n"
	"users = 1001 1002\n"
	"[range]\n"
	"ports = tcp:600-700\n"
	"owner = 1003\n"
	"[groups]\n"
	"ports = tcp:100\n"
	"groups = 2001 2002\n"
	"[everybody]\n"
	"ports = tcp:200\n"
	"anyone = yes\n"
	"[four]\n"
	"ports = tcp:300\n"
	"address = 0.0.0.0/0\n"
	"users = 1001\n"
	"[six]\n"
	"ports = tcp:300 tcp:301\n"
	"address = ::/0\n"
	"users = 1001\n"
	"[narrow]\n"
	"ports = tcp:400\n"
	"address = 192.0.2.0/24 ::1\n"
	"users = 1001\n"
	"[overlap]\n"
	"ports = tcp:650\n"
	"users = 1004\n"
	"[loose]\n"
	"ports = tcp:900 tcp:902\n"
	"users = 1001\n"
	"no-new-privileges = no\n"
	"[strict]\n"
	"ports = tcp:900 tcp:901\n"
	"users = 1001\n"
	"[loose-too]\n"
	"ports = tcp:901 tcp:902\n"
	"users = 1001\n"
	"no-new-privileges = no\n"
	"[loose-four]\n"
	"ports = tcp:903 tcp:904\n"
	"address = 0.0.0.0/0\n"
	"users = 1001\n"
	"no-new-privileges = no\n"
	"[strict-six]\n"
	"ports = tcp:903 tcp:905\n"
	"address = ::/0\n"
	"users = 1001\n"
	"[loose-six]\n"
	"ports = tcp:904 tcp:906\n"
	"address = ::/0\n"
	"users = 1001\n"
	"no-new-privileges = no\n"
	"[strict-four]\n"
	"ports = tcp:905 tcp:906\n"
	"address = 0.0.0.0/0\n"
	"users = 1001\n"
	"[here-and-there]\n"
	"ports = tcp:907\n"
	"users = 1001\n"
	"address = 192.0.2.1\n"
	"[others]\n"
	"ports = tcp:907 tcp:908\n"
	"users = 1002\n"
	"[there-and-here]\n"
	"ports = tcp:908\n"
	"users = 1001\n"
	"address = 192.0.2.1\n"
	"[once-more]\n"
	"ports = tcp:908\n"
	"users = 1001\n"
	"address = 192.0.2.2\n"
	"[loose-half]\n"
	"ports = tcp:909\n"
	"address = ::/0\n"
	"users = 1001\n"
	"no-new-privileges = no\n"
	"[strict-one]\n"
	"ports = tcp:910\n"
	"users = 1001\n"
	"[strict-other]\n"
	"ports = tcp:910\n"
	"users = 1001\n"
	"[fleeting]\n"
	"ports = tcp:912 tcp:913\n"
	"users = fleeting\n"
	"[nobody.s]\n"
	"ports = tcp:911\n"
	"users = no-such-user-here\n"
	"groups = no-such-group-here\n"
	"[high]\n"
	"ports = tcp:8080\n"
	"users = 1001\n";

/* A name service that answers once. */
struct passwd *getpwnam(const char *name)
{
	static struct passwd entry = { .pw_uid = 1006 };
	static bool answered;

	if (answered || strcmp(name, "fleeting") != 0)
		return NULL;
	answered = true;
	return &entry;
}

static gid_t groups[] = { 1999, 2002, 3000 };

static const struct {
	const char *what;
	uid_t uid;
	gid_t gid;
	bool in_groups;
	int protocol;
	const char *address;
	uint16_t port;
	enum ruling ruling;
	const char *section;
} table[] = {
	{ "first user", 1001, 1, false, IPPROTO_TCP, "", 53, GRANTED, "dns" },
	{ "second user", 1002, 1, false, IPPROTO_UDP, "", 53, GRANTED, "dns" },
	{ "another user", 1003, 1, false, IPPROTO_TCP, "", 53, REFUSED, "dns" },
	{ "a group of the user's number", 1, 1001, false, IPPROTO_TCP, "", 53, REFUSED, "dns" },
	{ "an id that is none, beside a name that is nobody's", NOBODY, NOBODY, false, IPPROTO_TCP, "", 911, REFUSED, "nobody.s" },
	{ "a name", 1006, 1, false, IPPROTO_TCP, "", 912, GRANTED, "fleeting" },
	{ "a name that is found no more", 1006, 1, false, IPPROTO_TCP, "", 913, GRANTED, "fleeting" },
	{ "root has no word here", 0, 0, false, IPPROTO_TCP, "", 53, REFUSED, "dns" },
	{ "one below the range", 1003, 1, false, IPPROTO_TCP, "", 599, UNLISTED, NULL },
	{ "the range's first", 1003, 1, false, IPPROTO_TCP, "", 600, GRANTED, "range" },
	{ "the range's last", 1003, 1, false, IPPROTO_TCP, "", 700, GRANTED, "range" },
	{ "one above the range", 1003, 1, false, IPPROTO_TCP, "", 701, UNLISTED, NULL },
	{ "the other protocol", 1003, 1, false, IPPROTO_UDP, "", 600, UNLISTED, NULL },
	{ "a primary group", 1, 2001, false, IPPROTO_TCP, "", 100, GRANTED, "groups" },
	{ "a supplementary group", 1, 1, true, IPPROTO_TCP, "", 100, GRANTED, "groups" },
	{ "neither group", 1, 1, false, IPPROTO_TCP, "", 100, REFUSED, "groups" },
	{ "a user of the group's number", 2001, 1, false, IPPROTO_TCP, "", 100, REFUSED, "groups" },
	{ "anyone", 77, 77, false, IPPROTO_TCP, "", 200, GRANTED, "everybody" },
	{ "dual stack by two sections", 1001, 1, false, IPPROTO_TCP, "", 300, GRANTED, NULL },
	{ "dual stack by half", 1001, 1, false, IPPROTO_TCP, "", 301, REFUSED, "six" },
	{ "the half that is granted", 1001, 1, false, IPPROTO_TCP, "::", 301, GRANTED, "six" },
	{ "the half that is not", 1001, 1, false, IPPROTO_TCP, "0.0.0.0", 301, REFUSED, "six" },
	{ "an address inside", 1001, 1, false, IPPROTO_TCP, "192.0.2.255", 400, GRANTED, "narrow" },
	{ "an address outside", 1001, 1, false, IPPROTO_TCP, "192.0.3.0", 400, REFUSED, "narrow" },
	{ "the wildcard over a few", 1001, 1, false, IPPROTO_TCP, "0.0.0.0", 400, REFUSED, "narrow" },
	{ "the other family's address", 1001, 1, false, IPPROTO_TCP, "::1", 400, GRANTED, "narrow" },
	{ "the second of two sections", 1004, 1, false, IPPROTO_TCP, "", 650, GRANTED, "overlap" },
	{ "the first of two sections", 1003, 1, false, IPPROTO_TCP, "", 650, GRANTED, "range" },
	{ "neither of two sections", 1005, 1, false, IPPROTO_TCP, "", 650, REFUSED, NULL },
	{ "the stricter of two, written last", 1001, 1, false, IPPROTO_TCP, "", 900, GRANTED, "strict" },
	{ "the stricter of two, written first", 1001, 1, false, IPPROTO_TCP, "", 901, GRANTED, "strict" },
	{ "the first of two that are loose", 1001, 1, false, IPPROTO_TCP, "", 902, GRANTED, "loose" },
	{ "dual stack, stricter for IPv6", 1001, 1, false, IPPROTO_TCP, "", 903, GRANTED, "strict-six" },
	{ "dual stack, loose for both", 1001, 1, false, IPPROTO_TCP, "", 904, GRANTED, "loose-six" },
	{ "dual stack, strict for both", 1001, 1, false, IPPROTO_TCP, "", 905, GRANTED, "strict-four" },
	{ "dual stack, stricter for IPv4", 1001, 1, false, IPPROTO_TCP, "", 906, GRANTED, "strict-four" },
	{ "granted elsewhere, then another's", 1001, 1, false, IPPROTO_TCP, "127.0.0.1", 907, REFUSED, "here-and-there" },
	{ "another's, then granted elsewhere", 1001, 1, false, IPPROTO_TCP, "127.0.0.1", 908, REFUSED, "there-and-here" },
	{ "dual stack by half, which is loose", 1001, 1, false, IPPROTO_TCP, "", 909, REFUSED, "loose-half" },
	{ "the first of two that are strict", 1001, 1, false, IPPROTO_TCP, "", 910, GRANTED, "strict-one" },
	{ "a listed high port", 1005, 1, false, IPPROTO_TCP, "", 8080, REFUSED, "high" },
	{ "an unlisted high port", 1005, 1, false, IPPROTO_TCP, "", 8081, UNLISTED, NULL },
	{ "an unlisted low port", 1001, 1, false, IPPROTO_TCP, "", 80, UNLISTED, NULL },
};

/* What these sections refuse, they refuse for the address alone. */
static const char elsewhere[] = "six narrow here-and-there there-and-here loose-half";

static void rows(const struct rules *rules, bool doubtful)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		struct endpoint at = { .protocol = table[i].protocol, .port = table[i].port };
		struct caller who = { table[i].uid, table[i].gid, { groups, table[i].in_groups ? COUNT(groups) : 0 }, NULL };
		enum ruling wanted = table[i].ruling == GRANTED || !doubtful ? table[i].ruling : DOUBTFUL;
		bool there = table[i].ruling == REFUSED && table[i].section && strstr(elsewhere, table[i].section);
		struct verdict verdict;

		if (*table[i].address)
			address_read(table[i].address, &at.address);
		verdict = decide(rules, &who, &at);
		tap(verdict.ruling == wanted && verdict.elsewhere == there &&
		    (!table[i].section || (verdict.section && !strcmp(verdict.section->name, table[i].section))),
		    doubtful ? "with a broken file" : "ruling", table[i].what);
	}
}

int main(void)
{
	struct rules rules = { 0 };
	static const char broken[] = "[a]\nports = tcp:53\nusers = 77\nx\n";

	rules_add(&rules, "test.conf", text, sizeof text - 1);
	tap(rules.faults.count == 0 && rules.sections.count == 25, "the table is", "read");
	rows(&rules, false);
	tap(section_names(&(struct section){ 0 }, &(struct endpoint){ .port = 53 }) == NULL, "a section without ports", "");
	rules_add(&rules, "broken.conf", broken, sizeof broken - 1);
	tap(rules.faults.count == 1 && rules.sections.count == 25, "a broken file adds", "nothing");
	tap(rules.faults.count == 1 && !strncmp(rules.faults.items[0], "broken.conf:4: ", 15), "it is", "named");
	rows(&rules, true);
	return tap_end();
}
