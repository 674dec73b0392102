// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * three - three answers to one question, which are never to differ: decide() of the library, the launcher run as the
 * caller, and a plain bind(2) of the caller's in a cgroup with the table.
 * Linked with src/ownership/address.c src/ownership/names.c src/ownership/rules.c src/ownership/text.c.
 * Linked with src/ownership/verdict.c src/ownership/words.c. Needs -linih.
 *
 *	three CGROUP FILES CASES SEED
 *
 * Random ownership files, each put into force by lowportctl reload, and random callers and endpoints for each. A table
 * must be loaded at CGROUP. Says how many there were of each kind, or shows the first case where they differ.
 */
#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "ownership.h"

#define BINARIES "/opt/lowportbind/bin/"
#define MOST_GROUPS 65536

static uint64_t state;

/* xorshift64: the same cases for the same seed, on every libc. */
static unsigned chance(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % below;
}

#define ONE_OF(list) (list)[chance(sizeof(list) / sizeof *(list))]

static const char *const users[] = { "alice", "bob", "carol", "60001", "60002", "60003", "61000", "4294967294", "nosuch" };
static const char *const groups[] = { "alice", "dns-admins", "webbers", "60010", "62000", "62001", "62002", "4294967294",
				      "nosuch" };
static const char *const blocks[] = { "0.0.0.0/0", "::/0",	 "127.0.0.0/8", "127.0.0.1",   "127.0.0.2/31", "::1",
				      "fd00::/64", "fd00::1/127", "fd00::2",	 "0.0.0.0",	"::",	       "128.0.0.0/1",
				      "::/1",	   "127.0.0.3/32", "0.0.0.0/1",	 "fd00::/9",	"127.128.0.0/9" };
static const uid_t uids[] = { 60001, 60002, 60003, 61000, 61001, 4294967294 };
static const gid_t gids[] = { 60001, 60002, 60010, 60011, 62000, 62001, 62002, 62003, 4294967294 };
static const char *const addresses[] = { "",		 "",	      "0.0.0.0", "::",	  "127.0.0.1", "127.0.0.2",
					 "127.0.0.3", "127.128.0.1", "::1",	    "fd00::1", "fd00::2" };

/* Few, so that sections and questions meet; on either side of where the kernel's own rule begins. */
static unsigned random_port(void)
{
	return chance(2) ? 20 + chance(8) : chance(2) ? 1020 + chance(8) : chance(20) ? 8000 + chance(8) : 65535;
}

static void write_words(FILE *to, const char *key, unsigned count, const char *const *list, unsigned length)
{
	for (unsigned i = 0; i < count; i++)
		fprintf(to, "%s = %s\n", key, list[chance(length)]);
}

static void write_section(FILE *to, unsigned number)
{
	fprintf(to, "[s%u]\n", number);
	for (unsigned i = 1 + chance(3); i > 0; i--) {
		unsigned first = random_port(), last = first + (chance(3) ? 0 : chance(6));

		fprintf(to, "ports = %s:%u-%u\n", chance(2) ? "tcp" : "udp", first, last < 65535 ? last : 65535);
	}
	write_words(to, "address", chance(2) ? 0 : 1 + chance(4), blocks, sizeof blocks / sizeof *blocks);
	fprintf(to, "owner = %s\n", ONE_OF(users));
	write_words(to, "users", chance(3), users, sizeof users / sizeof *users);
	write_words(to, "groups", chance(3), groups, sizeof groups / sizeof *groups);
	/* More than the caller has, at times; even ones, and the caller's are odd, but for one. */
	for (unsigned i = chance(8) ? 0 : chance(300); i > 0; i--)
		fprintf(to, "groups = %u\n", 70000 + 2 * chance(2500));
	if (chance(10) == 0)
		fprintf(to, "anyone = yes\n");
}

static struct rules random_file(void)
{
	char *text;
	size_t length;
	struct rules rules = { 0 };
	FILE *memory = open_memstream(&text, &length), *file;

	if (memory == NULL)
		err(99, "open_memstream");
	for (unsigned i = 0, count = 4 + chance(12); i < count; i++)
		write_section(memory, i);
	fclose(memory);
	file = fopen("/etc/lowportbind.conf", "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		err(99, "/etc/lowportbind.conf");
	/* NOLINTNEXTLINE(cert-env33-c): a constant text, in a test */
	if (system(BINARIES "lowportctl reload >/dev/null 2>&1") != 0)
		errx(99, "lowportctl reload failed");
	rules_add(&rules, "/etc/lowportbind.conf", text, length);
	if (rules.faults.count > 0)
		errx(99, "%s\n%s", rules.faults.items[0], text);
	return rules;
}

static gid_t room[MOST_GROUPS];

static int by_number(const void *one, const void *other)
{
	return (*(const gid_t *)one > *(const gid_t *)other) - (*(const gid_t *)one < *(const gid_t *)other);
}

static struct caller random_caller(void)
{
	struct caller caller = { .uid = ONE_OF(uids), .gid = ONE_OF(gids), .name = "" };
	unsigned many = chance(100) == 0 ? MOST_GROUPS : chance(6) == 0 ? 100 + chance(1000) : 0;
	gid_t first = chance(2) ? 70001 : 100001;

	caller.groups.items = room;
	caller.groups.count = many > 0 ? many : chance(6);
	for (size_t i = 0; i < caller.groups.count; i++)
		room[i] = i < 3 ? ONE_OF(gids) : first + 2 * (gid_t)i;
	if (many > 0 && chance(2))
		room[3] = 70000 + chance(5000);
	qsort(room, caller.groups.count, sizeof *room, by_number);
	return caller;
}

struct question {
	struct endpoint at;
	const char *request; /* for the launcher */
	bool mapped;	     /* IPv4 as IPv6, in the plain bind */
	int protocol;	     /* of the socket */
};

static struct question random_question(void)
{
	static char request[128];
	struct question question = { .request = request };
	const char *address = ONE_OF(addresses), *protocol = chance(2) ? "udp" : chance(5) ? "tcp" : "mptcp";

	question.at.protocol = *protocol == 'u' ? IPPROTO_UDP : IPPROTO_TCP;
	question.protocol = *protocol == 'm' ? 262 : question.at.protocol;
	question.at.port = random_port();
	question.at.address.family = AF_UNSPEC;
	if (*address != '\0' && !address_read(address, &question.at.address))
		errx(99, "%s", address);
	question.mapped = question.at.address.family == AF_INET && chance(3) == 0;
	snprintf(request, sizeof request, strchr(address, ':') ? "%s:[%s]:%u" : "%s:%s:%u", protocol, address, question.at.port);
	if (*address == '\0')
		snprintf(request, sizeof request, "%s:%u", protocol, question.at.port);
	return question;
}

static void become(const struct caller *caller)
{
	if (setgroups(caller->groups.count, caller->groups.items) != 0 || setresgid(caller->gid, caller->gid, caller->gid) != 0 ||
	    setresuid(caller->uid, caller->uid, caller->uid) != 0)
		err(99, "cannot become the caller");
}

static int status_of(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		errx(99, "a child ended badly");
	return WEXITSTATUS(status);
}

/* 0, or an error. */
static int plain_bind(const struct question *question)
{
	const struct address *address = &question->at.address;
	int v6 = address->family != AF_INET || question->mapped, only = address->family == AF_INET6;
	struct sockaddr_in6 at6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)question->at.port),
				    .sin6_addr = address->bytes };
	struct sockaddr_in at4 = { .sin_family = AF_INET, .sin_port = at6.sin6_port };
	int fd = socket(v6 ? AF_INET6 : AF_INET, question->at.protocol == IPPROTO_UDP ? SOCK_DGRAM : SOCK_STREAM,
			question->protocol),
	    error;

	memcpy(&at4.sin_addr, &address->bytes, 4);
	if (question->mapped) {
		at6.sin6_addr = (struct in6_addr){ .s6_addr = { [10] = 0xff, [11] = 0xff } };
		memcpy(at6.sin6_addr.s6_addr + 12, &at4.sin_addr, 4);
	}
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
	error = bind(fd, v6 ? (void *)&at6 : (void *)&at4, v6 ? sizeof at6 : sizeof at4) == 0 ? 0 : errno;
	close(fd);
	return error;
}

static int ask_kernel(const char *cgroup, const struct caller *caller, const struct question *question)
{
	pid_t child = fork();

	if (child == 0) {
		char *procs = format_text("%s/cgroup.procs", cgroup);
		int fd = open(procs, O_WRONLY);

		if (write(fd, "0", 1) != 1)
			err(99, "%s", procs);
		close(fd);
		become(caller);
		_exit(plain_bind(question));
	}
	return status_of(child);
}

static int ask_launcher(const struct caller *caller, const struct question *question)
{
	pid_t child = fork();

	if (child == 0) {
		become(caller);
		if (freopen("/dev/null", "w", stderr) == NULL)
			err(99, "/dev/null");
		execl(BINARIES "lowportbind", "lowportbind", "--handoff", "listen-fds", question->request, "--", "/bin/true", NULL);
		_exit(99);
	}
	return status_of(child);
}

int main(int argc, char **argv)
{
	unsigned counts[4] = { 0 }, cases = 0;

	if (argc != 5)
		errx(99, "usage: three CGROUP FILES CASES SEED");
	state = strtoull(argv[4], NULL, 10) * 2654435761U + 88172645463325252ULL;
	for (int file = 0; file < atoi(argv[2]); file++) {
		struct rules rules = random_file();

		for (int i = 0; i < atoi(argv[3]); i++, cases++) {
			struct caller caller = random_caller();
			struct question question = random_question();
			enum ruling ruling = decide(&rules, &caller, &question.at).ruling;
			bool library = ruling == GRANTED || (ruling == UNLISTED && question.at.port >= 1024);
			int kernel = ask_kernel(argv[1], &caller, &question), launcher = ask_launcher(&caller, &question);

			counts[ruling]++;
			if (kernel == (library ? 0 : EACCES) && launcher == (library ? 0 : EX_NOPERM))
				continue;
			printf("case %d of file %d: uid %u gid %u, %zu groups (%u ...): %s%s: the library says %s (%d), "
			       "the kernel %s, the launcher %d\n",
			       i, file, caller.uid, caller.gid, caller.groups.count, room[0], question.request,
			       question.mapped ? " (mapped)" : "", library ? "yes" : "no", ruling,
			       kernel == 0 ? "ok" : strerrorname_np(kernel), launcher);
			return 1;
		}
	}
	printf("%u cases: %u granted, %u refused, %u unlisted\n", cases, counts[GRANTED], counts[REFUSED], counts[UNLISTED]);
	return 0;
}
