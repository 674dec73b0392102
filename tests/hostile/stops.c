// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stops - runs a program and stops it by SIGSTOP, for as long as it takes to let it go on,
 * when it enters a system call and when it comes out of one: at each, to the end.
 *
 *	stops FILE UID:GID PROGRAM [ARGUMENT...]
 *
 * Root traces the user's program, so that it has its privilege all the same. How often it
 * stood still is written into FILE. The exit status is the program's.
 */
#include <err.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_STOP (SIGTRAP | 0x80)

static void child(const char *ids, char **argv)
{
	unsigned uid, gid;

	if (sscanf(ids, "%u:%u", &uid, &gid) != 2)
		errx(99, "bad ids: %s", ids);
	raise(SIGSTOP);
	if (setgroups(1, (gid_t[]){ gid }) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
		err(99, "%s", ids);
	execv(argv[0], argv);
	err(99, "%s", argv[0]);
}

/* Returns how often it stood still; *STATUS is its end. */
static int run(pid_t pid, int *status)
{
	int stood = 0;

	while (waitpid(pid, status, 0) == pid && WIFSTOPPED(*status)) {
		int number = WSTOPSIG(*status), event = *status >> 16;

		if (event == PTRACE_EVENT_STOP && number == SIGSTOP) {
			stood++;
			ptrace(PTRACE_LISTEN, pid, 0, 0);
			kill(pid, SIGCONT);
			continue;
		}
		if (number == SYSCALL_STOP)
			syscall(SYS_tgkill, pid, pid, SIGSTOP);
		ptrace(PTRACE_SYSCALL, pid, 0, event != 0 || number == SYSCALL_STOP ? 0 : number);
	}
	return stood;
}

int main(int argc, char **argv)
{
	int status, stood;
	FILE *count;
	pid_t pid;

	if (argc < 4)
		errx(99, "usage: stops FILE UID:GID PROGRAM [ARGUMENT...]");
	pid = fork();
	if (pid == 0)
		child(argv[2], argv + 3);
	if (pid < 0 || waitpid(pid, &status, WUNTRACED) != pid)
		err(99, "fork");
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0)
		err(99, "PTRACE_SEIZE");
	kill(pid, SIGCONT);
	stood = run(pid, &status);
	count = fopen(argv[1], "w");
	if (!count || fprintf(count, "%d\n", stood) < 0 || fclose(count) != 0)
		err(99, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
