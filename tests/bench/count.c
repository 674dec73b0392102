// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * count - what a start takes, counted and not timed: system calls and instructions, processes and program images.
 *
 *	count UID MOST PROGRAM [ARGUMENT...]
 *
 * Starts PROGRAM twice as UID, which has no supplementary groups, and follows it and its descendants with ptrace(2) from
 * its exec to their ends: once from system call to system call, once from instruction to instruction. Unlike perf(1) it
 * needs no counters of the processor, and is not left behind where a program gains privilege; unlike callgrind it runs
 * setuid programs, since root traces them. A repeated string instruction counts once for each repetition.
 *
 * Prints: calls, instructions, processes, images. One of more than MOST instructions is ended, and "-" stands for their
 * number: to follow a million takes ten seconds and more.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

struct counts {
	long calls, instructions, processes, images;
};

/* Waits to be traced before it becomes the user: what root traces gains privilege at an exec, as it does untraced. */
static void become(uid_t uid, char **argv, int traced)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char go;

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		err(99, "/dev/null");
	if (read(traced, &go, 1) != 1)
		err(99, "pipe");
	if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0)
		err(99, "cannot become %d", (int)uid);
	execv(argv[0], argv);
	err(99, "%s", argv[0]);
}

/* The signal that a process has stopped for, if it was one of its own. */
static int signal_of(int status)
{
	int signal = WSTOPSIG(status);

	return status >> 16 != 0 || signal == (SIGTRAP | 0x80) || signal == SIGTRAP ? 0 : signal;
}

static void count_stop(struct counts *counts, int status, bool by_call, bool *inside)
{
	int event = status >> 16;

	if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
		counts->processes++;
	else if (event == PTRACE_EVENT_EXEC)
		counts->images++;
	else if (WSTOPSIG(status) == (SIGTRAP | 0x80))
		counts->calls += (*inside = !*inside);
	else if (!by_call && event == 0 && WSTOPSIG(status) == SIGTRAP)
		counts->instructions++;
}

/* To the next system call or instruction. It may have been killed meanwhile. */
static void proceed(pid_t pid, bool by_call, long signal)
{
	if (ptrace(by_call ? PTRACE_SYSCALL : PTRACE_SINGLESTEP, pid, 0L, signal) != 0 && errno != ESRCH)
		err(99, "ptrace");
}

/* Indexed by process id, whose largest is that of a new pid namespace. */
#define MOST_PROCESSES 32768
static bool inside[MOST_PROCESSES];

/* Returns with what FIRST ended; 0 where MOST instructions were not enough. */
static int follow(pid_t first, bool by_call, long most, struct counts *counts)
{
	int status, result = -1;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (pid >= MOST_PROCESSES)
			errx(99, "process %d: count is for a new pid namespace", (int)pid);
		if (!WIFSTOPPED(status)) {
			if (pid == first)
				result = status;
			continue;
		}
		count_stop(counts, status, by_call, &inside[pid]);
		if (counts->instructions > most)
			return 0; /* PTRACE_O_EXITKILL ends the rest */
		proceed(pid, by_call, signal_of(status));
	}
	return result;
}

/* Returns the process that is about to execute the program, and is stopped there. */
static pid_t trace(uid_t uid, char **argv)
{
	const long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	int traced[2], status;
	pid_t pid;

	if (pipe2(traced, O_CLOEXEC) != 0)
		err(99, "pipe");
	pid = fork();
	if (pid == 0)
		become(uid, argv, traced[0]);
	if (pid < 0 || ptrace(PTRACE_SEIZE, pid, 0L, options) != 0 || write(traced[1], "", 1) != 1)
		err(99, "cannot trace");
	if (waitpid(pid, &status, 0) != pid || status >> 8 != (SIGTRAP | (PTRACE_EVENT_EXEC << 8)))
		errx(99, "%s: cannot be executed", argv[0]);
	close(traced[0]);
	close(traced[1]);
	return pid;
}

static void run(uid_t uid, char **argv, bool by_call, long most, struct counts *counts)
{
	pid_t pid = trace(uid, argv);
	int status;

	*counts = (struct counts){ .processes = 1, .images = 1, .calls = counts->calls };
	inside[pid] = true; /* the exec has begun, and is to end */
	proceed(pid, by_call, 0);
	status = follow(pid, by_call, most, counts);
	if (status != 0)
		errx(1, "%s: it ended with status 0x%x", argv[0], status);
}

/* To go from one processor to the other and back for each instruction would take ten times as long. */
static void stay_on_this_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)sched_getcpu(), &set);
	sched_setaffinity(0, sizeof set, &set);
}

int main(int argc, char **argv)
{
	struct counts counts = { 0 };
	uid_t uid;
	long most;

	if (argc < 4)
		errx(64, "usage: count UID MOST PROGRAM [ARGUMENT...]");
	uid = (uid_t)strtoul(argv[1], NULL, 10);
	most = strtol(argv[2], NULL, 10);
	stay_on_this_processor();
	run(uid, argv + 3, true, most, &counts);
	printf("%ld ", counts.calls);
	long processes = counts.processes, images = counts.images;
	run(uid, argv + 3, false, most, &counts);
	if (counts.instructions > most)
		putchar('-');
	else
		printf("%ld", counts.instructions);
	printf(" %ld %ld\n", processes, images);
	return 0;
}
