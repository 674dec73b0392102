// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * launch - times how long programs take to start a daemon, in turns.
 *
 *	launch ROUNDS SEED <CONTESTANTS
 *
 * A contestant is a line of words with tabs between: its name, UID[:GROUPS], the directory of its ownership files or
 * "-", and the command line. That ends in a program that writes the time at which its socket listens (ready.c).
 *
 * In each round every contestant is started once, in a random order (the same for the same SEED), by a process that has
 * been UID all along, with GROUPS supplementary groups from number 70000 on. A directory holds lowportbind.conf and
 * lowportbind.d, and has to lie in /etc: both are moved to their place before the start, and back after it.
 *
 * Prints a line for each start: name, nanoseconds from the spawn to the time that the daemon wrote, microseconds of
 * user and of system time, and kilobytes of peak memory, all of the process and the children that were waited for.
 * Peak memory is at least this program's own, which is linked statically for that. A start that fails ends it all.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 200

struct contestant {
	char *name, *user, *files, *argv[80];
	int ask, answer; /* pipes to the process that starts it */
};

struct sample {
	long long wall;
	long user, system, memory;
	int status;
};

static struct contestant contestants[MOST];
static int count;

static void read_contestants(void)
{
	static char lines[64 * 1024];
	size_t length = fread(lines, 1, sizeof lines - 1, stdin);
	char *line = lines, *end;

	if (length == sizeof lines - 1)
		errx(99, "too much to read");
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1, count++) {
		struct contestant *c = &contestants[count];

		*end = '\0';
		c->name = strsep(&line, "\t");
		c->user = strsep(&line, "\t");
		c->files = strsep(&line, "\t");
		for (int i = 0; line != NULL; i++)
			c->argv[i] = strsep(&line, "\t");
		if (c->argv[0] == NULL || count == MOST - 1)
			errx(99, "%s: too few words, or too many lines", c->name);
	}
}

/* USER is UID[:GROUPS], whose group has the same number. */
static void become(const char *user)
{
	const char *colon = strchr(user, ':');
	size_t groups = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
	gid_t id = (gid_t)strtoul(user, NULL, 10), *list = calloc(groups + 1, sizeof *list);

	if (list == NULL)
		err(99, "memory");
	for (size_t i = 0; i < groups; i++)
		list[i] = (gid_t)(70000 + i);
	if (setgroups(groups, list) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0)
		err(99, "cannot become %s", user);
	free(list);
}

static long microseconds(struct timeval t)
{
	return t.tv_sec * 1000000 + t.tv_usec;
}

static struct sample start(char **argv, int in, posix_spawn_file_actions_t *actions)
{
	struct sample sample = { .wall = -1 };
	struct timespec from, to;
	struct rusage used;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (posix_spawn(&pid, argv[0], actions, NULL, argv, environ) != 0)
		err(99, "%s", argv[0]);
	while (wait4(pid, &sample.status, 0, &used) != pid)
		if (errno != EINTR)
			err(99, "wait4");
	if (read(in, &to, sizeof to) == sizeof to)
		sample.wall = (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec;
	sample.user = microseconds(used.ru_utime);
	sample.system = microseconds(used.ru_stime);
	sample.memory = used.ru_maxrss;
	return sample;
}

/* One process for each contestant, which is its user from the beginning, so that nothing but the start is measured. */
static void serve(struct contestant *c, int ask, int answer)
{
	posix_spawn_file_actions_t actions;
	struct sample sample;
	int times[2];
	char go;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	become(c->user);
	if (pipe2(times, O_CLOEXEC | O_NONBLOCK) != 0 || fcntl(times[1], F_SETFL, 0) != 0)
		err(99, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, times[1], 1);
	while (read(ask, &go, 1) == 1) {
		sample = start(c->argv, times[0], &actions);
		if (write(answer, &sample, sizeof sample) != sizeof sample)
			err(99, "answer");
	}
	_exit(0);
}

static void prepare(struct contestant *c)
{
	int ask[2], answer[2];

	if (pipe2(ask, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0)
		err(99, "pipe");
	fflush(stdout);
	switch (fork()) {
	case -1:
		err(99, "fork");
	case 0:
		close(ask[1]);
		close(answer[0]);
		serve(c, ask[0], answer[1]);
	}
	close(ask[0]);
	close(answer[1]);
	c->ask = ask[1];
	c->answer = answer[0];
}

static void move(const char *from, const char *from_directory, const char *to, const char *to_directory)
{
	char a[256], b[256];

	snprintf(a, sizeof a, "%s/%s", from_directory, from);
	snprintf(b, sizeof b, "%s/%s", to_directory, to);
	if (rename(a, b) != 0)
		err(99, "cannot move %s to %s", a, b);
}

static void move_files(const struct contestant *c, int away)
{
	const char *names[] = { "lowportbind.conf", "lowportbind.d" };

	for (int i = 0; i < 2 && strcmp(c->files, "-") != 0; i++)
		move(names[i], away ? "/etc" : c->files, names[i], away ? c->files : "/etc");
}

static void measure(struct contestant *c)
{
	struct sample sample;

	move_files(c, 0);
	if (write(c->ask, "", 1) != 1 || read(c->answer, &sample, sizeof sample) != sizeof sample)
		errx(99, "%s: the process that starts it has ended", c->name);
	move_files(c, 1);
	if (sample.status != 0 || sample.wall < 0)
		errx(1, "%s: it ended with status 0x%x, and its daemon %s", c->name, sample.status,
		     sample.wall < 0 ? "never listened" : "listened");
	printf("%s\t%lld\t%ld\t%ld\t%ld\n", c->name, sample.wall, sample.user, sample.system, sample.memory);
}

static void shuffle(int *order, uint64_t *state)
{
	for (int i = count - 1; i > 0; i--) {
		*state = *state * 6364136223846793005U + 1442695040888963407U;
		int other = (int)((*state >> 33) % (uint64_t)(i + 1)), was = order[i];

		order[i] = order[other];
		order[other] = was;
	}
}

int main(int argc, char **argv)
{
	int rounds = argc == 3 ? atoi(argv[1]) : 0, order[MOST];
	uint64_t state = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;

	if (rounds < 1)
		errx(64, "usage: launch ROUNDS SEED <CONTESTANTS");
	read_contestants();
	for (int i = 0; i < count; i++) {
		order[i] = i;
		prepare(&contestants[i]);
	}
	for (int round = 0; round < rounds; round++) {
		shuffle(order, &state);
		for (int i = 0; i < count; i++)
			measure(&contestants[order[i]]);
		if ((round + 1) % ((rounds + 9) / 10) == 0)
			fprintf(stderr, "%d of %d rounds\n", round + 1, rounds);
	}
	return 0;
}
