/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From requests to what is to be bound, or to the words of a refusal.
 * Linked with src/launcher/request.c src/ownership/words.c src/ownership/address.c src/ownership/names.c.
 * Linked with src/launcher/plan.c src/ownership/text.c src/ownership/rules.c src/ownership/verdict.c. Needs -linih.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

#include <ifaddrs.h>

static const char text[] =
	"[dns]\nports = tcp:53 udp:53 tcp:600-601\nusers = 1001\ntogether = yes\n" /* ports: line 2 */
	"[loose]\nports = tcp:54\nusers = 1001\nno-new-privileges = no\nhandoff = stdin\n"
	"[apart]\nports = tcp:55 udp:55 tcp:700-701\nusers = 1001\nhandoff = adopt\n"
	"[local]\nports = tcp:56\nusers = 1001\naddress = 127.0.0.1 fe80::/10\nhandoff = adopt\n"
	"[other]\nports = tcp:57\nowner = 1002\n"
	"[nobody]\nports = tcp:58\nusers = 1001\naddress = 192.0.2.1\nhandoff = adopt\n"
	"[any]\nports = tcp:59\nanyone = yes\naddress = 192.0.2.1\n"
	"[range]\nports = tcp:800-801\nusers = 1001\ntogether = yes\n"
	"[loose-four]\nports = udp:60\nusers = 1001\naddress = 127.0.0.1 0.0.0.0/0\nno-new-privileges = no\nhandoff = adopt\n"
	"[strict-six]\nports = udp:60\nusers = 1001\naddress = ::/0\nhandoff = adopt\n"
	"[first]\nports = tcp:61\nusers = 1001\n"
	"[twin]\nports = tcp:61\nusers = 1001\nhandoff = stdin\n";

/* ---- the system ---- */

static bool no_interfaces;
static const char *first_port;
static char *put;
static int ended, puts_fails;

int getifaddrs(struct ifaddrs **list)
{
	static struct sockaddr_in four = { .sin_family = AF_INET };
	static struct sockaddr_in6 six = { .sin6_family = AF_INET6 }, near = { .sin6_family = AF_INET6 };
	static struct sockaddr packet = { .sa_family = AF_PACKET };
	static struct ifaddrs all[5];

	inet_pton(AF_INET, "127.0.0.1", &four.sin_addr);
	inet_pton(AF_INET6, "::1", &six.sin6_addr);
	inet_pton(AF_INET6, "fe80::7", &near.sin6_addr);
	for (int i = 0; i < 5; i++)
		all[i] = (struct ifaddrs){ .ifa_next = i < 4 ? &all[i + 1] : NULL, .ifa_name = i < 4 ? "lo" : "eth0" };
	all[0].ifa_addr = &packet;
	all[2].ifa_addr = (void *)&four;
	all[3].ifa_addr = (void *)&six;
	all[4].ifa_addr = (void *)&near;
	*list = all;
	return no_interfaces ? -1 : 0;
}

FILE *fopen(const char *path, const char *mode)
{
	if (first_port == NULL || strcmp(path, "/proc/sys/net/ipv4/ip_unprivileged_port_start") != 0 || *mode != 'r')
		return NULL;
	return fmemopen((void *)first_port, strlen(first_port), "r");
}

int puts(const char *line)
{
	put = format_text("%s", line);
	return puts_fails == 1 ? -1 : 0;
}

int fflush(FILE *file)
{
	return file == stdout && puts_fails != 2 ? 0 : -1;
}

void exit(int status)
{
	ended = status;
	longjmp(back, 1);
}

/* ---- the table ---- */

static const struct {
	const char *requests;
	uid_t uid;
	unsigned copies;
	const char *user; /* -u */
	const char *planned; /* or what is said, where it is refused */
	enum handoff handoff;
	int status;
	bool freebind, broken, no_interfaces;
} rows[] = {
	{ "tcp:53", 1001, .handoff = HANDOFFS, .planned = "0 tcp:53 *; udp:53 *;" },
	{ "tcp:53 udp:53", 1001, .handoff = HANDOFFS, .planned = "0 tcp:53 *; udp:53 *;" },
	{ "udp:53 tcp:53", 1001, .handoff = HANDOFFS, .planned = "0 udp:53 *; tcp:53 *;" },
	{ "tcp:127.0.0.1:53", 1001, .handoff = HANDOFFS, .planned = "0 tcp:127.0.0.1:53 127.0.0.1; udp:127.0.0.1:53 127.0.0.1;" },
	{ "tcp:[fe80::1%eth0]:53", 1001, .handoff = HANDOFFS,
	  .planned = "0 tcp:[fe80::1%eth0]:53 fe80::1%eth0; udp:[fe80::1%eth0]:53 fe80::1%eth0;" },
	{ "tcp:[fe80::1%eth0]:53 udp:[fe80::1%eth1]:53", 1001, .handoff = HANDOFFS,
	  .planned = "0 tcp:[fe80::1%eth0]:53 fe80::1%eth0; udp:[fe80::1%eth1]:53 fe80::1%eth1; "
		     "udp:[fe80::1%eth0]:53 fe80::1%eth0; tcp:[fe80::1%eth1]:53 fe80::1%eth1;" },
	{ "tcp:600", 1001, .handoff = HANDOFFS, .planned = "0 tcp:600 *;" },
	{ "@dns", 1001, .handoff = HANDOFFS, .planned = "0 tcp:53 *; udp:53 *;" },
	{ "tcp:53 @dns", 1001, .handoff = HANDOFFS, .planned = "0 tcp:53 *; udp:53 *;" },
	{ "@dns @dns", 1001, .handoff = HANDOFFS, .planned = "no section of this name", .status = EX_USAGE },
	{ "@no", 1001, .handoff = HANDOFFS, .planned = "@no: no section of this name", .status = EX_USAGE },
	{ "@no", 1001, .handoff = HANDOFFS, .broken = true, .planned = "@no: no section", .status = EX_CONFIG },
	{ "x:1", 1001, .handoff = HANDOFFS, .broken = true, .planned = "x:1: its protocol", .status = EX_USAGE },
	{ "@range", 1001, .handoff = HANDOFFS, .planned = "no section of this name", .status = EX_USAGE },
	{ "@twin", 1001, .handoff = HANDOFFS, .planned = "1 tcp:61 *;" },
	{ ":dns", 1001, .handoff = HANDOFFS, .planned = ":dns: its protocol", .status = EX_USAGE },
	{ "tcp:800", 1001, .handoff = HANDOFFS, .planned = "0 tcp:800 *;" },
	{ "tcp:54", 1001, .handoff = HANDOFFS, .planned = "1 loose tcp:54 *;" },
	{ "tcp:54", 1001, .handoff = LISTEN_FDS, .planned = "0 loose tcp:54 *;" },
	{ "tcp:54 tcp:600", 1001, .handoff = LISTEN_FDS, .planned = "0 tcp:54 *; tcp:600 *;" },
	{ "tcp:600 tcp:54", 1001, .handoff = LISTEN_FDS, .planned = "0 tcp:600 *; tcp:54 *;" },
	{ "tcp:54 tcp:3000", 1001, .handoff = LISTEN_FDS, .planned = "0 tcp:54 *; tcp:3000 *?;" },
	{ "tcp:54 tcp:600", 1001, .handoff = HANDOFFS, .planned = "tcp:600: its handoff is another", .status = EX_USAGE },
	{ "tcp:600 tcp:54", 1001, .handoff = HANDOFFS, .planned = "tcp:54: its handoff is another", .status = EX_USAGE },
	{ "tcp:600 tcp:601", 1001, .handoff = STDIN, .planned = "stdin hands over one", .status = EX_USAGE },
	{ "tcp:600", 1001, .handoff = STDIN, .copies = 2, .planned = "stdin hands over one", .status = EX_USAGE },
	{ "tcp:600", 1001, .handoff = STDIN, .copies = 1, .planned = "1 tcp:600 *;" },
	{ "tcp:600 tcp:601", 1001, .handoff = LISTEN_FDS, .copies = 2, .planned = "0 tcp:600 *; tcp:601 *;" },
	{ "tcp:3000", 1001, .handoff = HANDOFFS, .planned = "0 tcp:3000 *?;" },
	{ "tcp:3000", 1001, .handoff = HANDOFFS, .broken = true, .planned = "tcp:3000: alice may not bind this port; a broken",
	  .status = EX_CONFIG },
	{ "tcp:57", 1001, .handoff = HANDOFFS, .status = EX_NOPERM,
	  .planned = "tcp:57: alice may not bind this port; it belongs to 1002 (section [other], a.conf:20); root can allow "
		     "it: lowportctl grant alice tcp:57" },
	{ "tcp:56", 1001, .handoff = LISTEN_FDS, .status = EX_NOPERM,
	  .planned = "tcp:56: alice may not bind this port; it belongs to 1001 (section [local], a.conf:15), at other addresses" },
	{ "tcp:59", 1003, .handoff = HANDOFFS, .status = EX_NOPERM, .planned = "tcp:59: alice may not bind this port; it belongs to anyone (" },
	{ "tcp:57", 1001, .user = "bob", .handoff = HANDOFFS, .planned = "0 tcp:57 *!;" },
	{ "tcp:3000", 1001, .user = "bob", .handoff = HANDOFFS, .planned = "0 tcp:3000 *!;" },
	{ "tcp:54", 1001, .user = "bob", .handoff = LISTEN_FDS, .planned = "0 loose tcp:54 *;" },
	{ "tcp:57 tcp:54", 1001, .user = "bob", .handoff = LISTEN_FDS, .planned = "0 tcp:57 *!; tcp:54 *;" },
	/* A wildcard that is adopted is as many sockets as are granted. */
	{ "tcp:55", 1001, .handoff = HANDOFFS,
	  .planned = "2 tcp:55 127.0.0.1+; tcp:55 mapped-127.0.0.1+; tcp:55 ::1+; tcp:55 fe80::7%eth0+; tcp:55 0.0.0.0+; tcp:55 ::+; tcp:55 *+;" },
	{ "tcp4:55", 1001, .handoff = HANDOFFS, .planned = "2 tcp4:55 127.0.0.1+; tcp4:55 mapped-127.0.0.1+; tcp4:55 0.0.0.0+;" },
	{ "tcp6:55", 1001, .handoff = HANDOFFS, .planned = "2 tcp6:55 ::1+; tcp6:55 fe80::7%eth0+; tcp6:55 ::+;" },
	{ "tcp:127.0.0.1:55", 1001, .handoff = HANDOFFS,
	  .planned = "2 tcp:127.0.0.1:55 127.0.0.1; tcp:127.0.0.1:55 mapped-127.0.0.1+;" },
	{ "tcp:127.0.0.1:55", 1001, .handoff = LISTEN_FDS, .planned = "0 tcp:127.0.0.1:55 127.0.0.1;" },
	{ "tcp:[::1]:55", 1001, .handoff = HANDOFFS, .planned = "2 tcp:[::1]:55 ::1;" },
	{ "tcp:55", 1001, .handoff = LISTEN_FDS, .planned = "0 tcp:55 *;" },
	{ "@apart", 1001, .handoff = LISTEN_FDS, .planned = "0 tcp:55 *; udp:55 *;" },
	{ "tcp:55", 1001, .handoff = HANDOFFS, .no_interfaces = true, .planned = "cannot list local addresses",
	  .status = EX_OSERR },
	{ "tcp:56", 1001, .handoff = HANDOFFS, .planned = "2 tcp:56 127.0.0.1+; tcp:56 mapped-127.0.0.1+; tcp:56 fe80::7%eth0+;" },
	{ "tcp:192.0.2.1:56", 1001, .handoff = HANDOFFS, .planned = "tcp:192.0.2.1:56: alice", .status = EX_NOPERM },
	{ "tcp:56", 1003, .handoff = HANDOFFS, .planned = "tcp:56: alice", .status = EX_NOPERM },
	{ "tcp:58", 1001, .handoff = HANDOFFS, .planned = "tcp:58: alice may not", .status = EX_NOPERM },
	{ "tcp:600 tcp:58", 1001, .handoff = ADOPT, .planned = "tcp:58: alice may not", .status = EX_NOPERM },
	{ "udp:60", 1001, .handoff = HANDOFFS,
	  .planned = "2 udp:60 127.0.0.1+; udp:60 mapped-127.0.0.1+; udp:60 ::1+; udp:60 fe80::7%eth0+; udp:60 0.0.0.0+; "
		     "udp:60 ::+; udp:60 *+;" },
	{ "udp4:60", 1001, .handoff = HANDOFFS, .planned = "2 loose udp4:60 127.0.0.1+; udp4:60 mapped-127.0.0.1+; udp4:60 0.0.0.0+;" },
	/* --freebind */
	{ "tcp:127.0.0.1:56", 1001, .handoff = LISTEN_FDS, .freebind = true, .planned = "0 tcp:127.0.0.1:56 127.0.0.1;" },
	{ "tcp:127.0.0.1:53", 1001, .handoff = HANDOFFS, .freebind = true, .planned = "tcp:127.0.0.1:53: --freebind",
	  .status = EX_NOPERM },
	{ "tcp:127.0.0.1:3000", 1001, .handoff = HANDOFFS, .freebind = true, .planned = "tcp:127.0.0.1:3000: --freebind",
	  .status = EX_NOPERM },
	{ "tcp:127.0.0.1:3000", 1001, .user = "bob", .handoff = HANDOFFS, .freebind = true,
	  .planned = "0 tcp:127.0.0.1:3000 127.0.0.1!;" },
};

static const char *shown(const struct start *start)
{
	char *all = format_text("%d%s", start->handoff, start->may_gain ? " loose" : "");
	char address[INET6_ADDRSTRLEN];

	EACH(is, start->requests) {
		int family = is->at.address.family;

		inet_ntop(family == AF_INET ? AF_INET : AF_INET6, &is->at.address.bytes, address, sizeof address);
		all = format_text("%s %s %s%s%s%s%s%s;", all, is->text, is->mapped ? "mapped-" : "",
				  family == AF_UNSPEC ? "*" : address, *is->scope ? "%" : "", is->scope, is->spelled ? "+" : "",
				  is->verdict.ruling == UNLISTED	      ? "?" :
				  is->verdict.section == NULL ? "!" : "");
	}
	return all;
}

static struct start start;

static __attribute__((noinline)) void plan(size_t i)
{
	char *rest = copy_text(rows[i].requests), *word;

	memset(&start, 0, sizeof start);
	start.options.handoff = rows[i].handoff;
	start.options.user = rows[i].user;
	start.options.freebind = rows[i].freebind;
	start.options.copies = rows[i].copies;
	start.who.uid = rows[i].uid;
	start.who.name = "alice";
	no_interfaces = rows[i].no_interfaces;
	rules_add(&start.rules, "a.conf", text, sizeof text - 1);
	if (rows[i].broken)
		rules_add_fault(&start.rules, "b.conf", 1, "broken");
	while ((word = strsep(&rest, " ")) != NULL)
		APPEND(start.options.requests, word);
	REFUSED((read_requests(&start), decide_requests(&start)));
}

/* The plan of the words, told in a line. */
static __attribute__((noinline)) const char *told(const char *requests, bool dry)
{
	static char *words[] = { "d", "-x", NULL };
	char *rest = copy_text(requests), *word;
	static const char *line;

	memset(&start, 0, sizeof start);
	start.options.handoff = HANDOFFS;
	start.options.program = words;
	start.who.uid = 1001;
	start.who.name = "alice";
	rules_add(&start.rules, "a.conf", text, sizeof text - 1);
	while ((word = strsep(&rest, " ")) != NULL)
		APPEND(start.options.requests, word);
	line = NULL;
	ended = -1;
	put = NULL;
	no_interfaces = false;
	if (dry)
		REFUSED((read_requests(&start), decide_requests(&start), dry_run(&start)));
	else
		REFUSED((read_requests(&start), decide_requests(&start), line = describe(&start)));
	return line;
}

/* The words of the command line are told while there is room: to 4,000 bytes, and whole. */
static void length(void)
{
	char *words[] = { NULL, "more", NULL };
	size_t bare = strlen(told("tcp:600", false)) - strlen(" d -x");
	const char *line;

	start.options.program = words;
	for (int more = 0; more < 2; more++) {
		*words = format_text("%0*d", 4000 - (int)bare - 1 - more, 0);
		line = describe(&start);
		tap(strlen(line) == (more ? 3999 + strlen(" more") : 4000), "4,000 bytes, and what begins before", "");
	}
}

/* Without requests, and what decide_requests() never leaves behind. */
static void nothing(void)
{
	struct section bare = { .name = "bare" };

	memset(&start, 0, sizeof start);
	start.options.program = (char *[]){ "d", NULL };
	start.who.name = "alice";
	read_requests(&start);
	decide_requests(&start);
	tap(!start.may_gain && start.requests.count == 0 && strcmp(describe(&start), "alice (uid 0): handoff listen-fds: d") == 0, "of nothing", "");
	first_port = "1024\n";
	REFUSED(dry_run(&start));
	tap(said == NULL && ended == EX_OK, "comes", "nothing");
	APPEND(start.rules.sections, bare);
	APPEND(start.options.requests, "@bare");
	REFUSED(read_requests(&start));
	tap(refused(EX_USAGE, "@bare: no section of this name has"), "a section without ports", said);
}

int main(void)
{
	char *many;
	const char *line;

	for (size_t i = 0; i < COUNT(rows); i++) {
		plan(i);
		if (rows[i].status == 0)
			tap(said == NULL && strcmp(shown(&start), rows[i].planned) == 0, rows[i].requests,
			    said != NULL ? said : shown(&start));
		else
			tap(refused(rows[i].status, rows[i].planned), rows[i].requests, said != NULL ? said : shown(&start));
	}
	line = told("tcp:600", false);
	tap(line != NULL && strcmp(line, "alice (uid 1001): tcp:600 (a.conf:2), handoff listen-fds: d -x") == 0, "of one", line);
	line = told("tcp:600 tcp:3000", false);
	tap(line != NULL && strcmp(line, "alice (uid 1001): tcp:600 (a.conf:2) tcp:3000 (no section), handoff listen-fds: d -x") == 0,
	    "in a line", line);
	line = told("tcp:55 tcp:700", false);
	tap(line != NULL && strcmp(line, "alice (uid 1001): tcp:55 (a.conf:11) tcp:700 (a.conf:11), handoff adopt: d -x") == 0,
	    "each once", line);
	/* 17 bytes, 22 for a port of four digits, and 23 for one of five. */
	for (int more = 0; more < 2; more++) {
		many = format_text("tcp:%d", more == 0 ? 3000 : 40000);
		for (int i = 1; i < 351; i++)
			many = format_text("%s tcp:%d", many, 3000 + i);
		for (int i = 0; i < 7; i++)
			many = format_text("%s tcp:%d", many, 30000 + i);
		line = told(many, false);
		tap(more == 0 ? line != NULL : refused(EX_USAGE, "more requests than"), "7,900 bytes, and one more", line);
	}
	first_port = "1024\n";
	told("tcp:600 tcp:1024", true);
	tap(said == NULL && ended == EX_OK && put != NULL && strstr(put, "tcp:1024 (no section)") != NULL, "what would be", said);
	told("tcp:600 tcp:1023", true);
	tap(refused(EX_NOPERM, "tcp:1023: alice may not bind this port; no section names it, so the kernel"), "the kernel's", said);
	first_port = "80\n";
	told("tcp:80", true);
	tap(said == NULL && ended == EX_OK, "of a kernel that was told", said);
	told("tcp:79", true);
	tap(refused(EX_NOPERM, "tcp:79: alice"), "and below", said);
	for (puts_fails = 1; puts_fails < 3; puts_fails++) {
		told("tcp:600", true);
		tap(said == NULL && ended == EX_OSERR, "that nobody hears of", said);
	}
	puts_fails = 0;
	first_port = "x\n";
	told("tcp:600", true);
	tap(refused(EX_OSERR, "ip_unprivileged"), "of a kernel that tells nothing", said);
	first_port = NULL;
	told("tcp:600", true);
	tap(refused(EX_OSERR, "ip_unprivileged"), "nor has the file", said);
	length();
	nothing();
	return tap_end();
}
