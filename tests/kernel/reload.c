// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reload - four processes bind in a loop while the table is reloaded, from one of two files to the other.
 *
 *	reload CGROUP ONE OTHER TIMES
 *
 * What both files grant must never be refused, and what both refuse never be granted: a bind that is has seen no table,
 * or parts of two. Prints how many reloads and binds there were, and how many binds were decided as by no file.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALICE = 60001, BOB = 60002, CAROL = 60003 };

/* What is so by both files; reload.bats has them. */
static const struct sure {
	uid_t uid;
	int family; /* AF_INET6 is the dual-stack wildcard */
	uint16_t port;
	int granted;
} sure[] = {
	{ ALICE, AF_INET, 72, 1 },  { ALICE, AF_INET6, 72, 1 },	  { BOB, AF_INET, 72, 0 },    { CAROL, AF_INET, 70, 0 },
	{ CAROL, AF_INET, 71, 0 },  { BOB, AF_INET6, 8072, 0 },	  { ALICE, AF_INET, 8072, 1 }, { ALICE, AF_INET6, 74, 0 },
	{ BOB, AF_INET, 8074, 0 },  { CAROL, AF_INET6, 8074, 0 }, { BOB, AF_INET6, 75, 1 },   { CAROL, AF_INET, 75, 1 },
	{ ALICE, AF_INET, 73, 0 },
};

static struct shared {
	volatile int done;
	struct {
		volatile unsigned long binds, wrong;
	} of[4];
} *shared;

/* Whether the table lets it pass: who else has the port is another question. */
static int passes(const struct sure *one)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(one->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(one->port) };
	int fd = socket(one->family, SOCK_STREAM, 0), rc, error;

	rc = one->family == AF_INET ? bind(fd, (void *)&v4, sizeof v4) : bind(fd, (void *)&v6, sizeof v6);
	error = errno;
	close(fd);
	return rc == 0 || error == EADDRINUSE;
}

static void bind_on(const char *cgroup, unsigned number, uid_t uid)
{
	char path[4096];
	int procs;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
	procs = open(path, O_WRONLY | O_CLOEXEC);
	if (write(procs, "0", 1) != 1 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0)
		err(99, "%s", cgroup);
	while (!shared->done)
		for (size_t i = 0; i < sizeof sure / sizeof *sure; i++) {
			if (sure[i].uid != uid)
				continue;
			shared->of[number].wrong += passes(&sure[i]) != sure[i].granted;
			shared->of[number].binds++;
		}
	_exit(0);
}

static void reload(const char *file)
{
	char *const argv[] = { "lowportctl", "reload", NULL };
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	/* In one step, as an editor does it. */
	unlink("/etc/lowportbind.new");
	if (link(file, "/etc/lowportbind.new") != 0 || rename("/etc/lowportbind.new", "/etc/lowportbind.conf") != 0)
		err(99, "%s", file);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, "/opt/lowportbind/bin/lowportctl", &actions, NULL, argv, environment) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		errx(99, "lowportctl reload failed");
}

int main(int argc, char **argv)
{
	static const uid_t uids[4] = { ALICE, BOB, CAROL, ALICE };
	unsigned long binds = 0, wrong = 0;
	int times, fewest = 1;

	if (argc != 5)
		errx(99, "usage: reload CGROUP ONE OTHER TIMES");
	times = atoi(argv[4]);
	/* cppcheck-suppress invalidFunctionArg ; of memory that is no file's */
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (unsigned i = 0; i < 4; i++)
		if (fork() == 0)
			bind_on(argv[1], i, uids[i]);
	for (int i = 0; i < times; i++)
		reload(argv[2 + i % 2]);
	shared->done = 1;
	while (wait(NULL) > 0)
		continue;
	for (unsigned i = 0; i < 4; i++) {
		binds += shared->of[i].binds;
		wrong += shared->of[i].wrong;
		fewest = fewest && shared->of[i].binds > (unsigned long)times;
	}
	printf("%d reloads, %lu binds, %lu decided as by neither file\n", times, binds, wrong);
	return fewest ? 0 : 98;
}
