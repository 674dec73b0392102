// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * partner - starts a program, and does to it what another process of the same user can do
 * while the launcher runs in it.
 *
 *	partner trace PROGRAM [ARGUMENT...]
 *	        it is traced from its first instruction on
 *	partner share-fs PROGRAM [ARGUMENT...]
 *	        another process shares root, working directory and umask, and changes the last
 *	        two all the time
 *	partner count CALLER USER PROGRAM [ARGUMENT...]
 *	        the caller starts it, and is told how many system calls it makes before it is the user, with no
 *	        other effective id, and how many before it executes another program
 *	partner CALLER USER CALL ACT PROGRAM [ARGUMENT...]
 *	        the caller starts it, and the user acts on it when it has made so many system calls
 *
 * CALLER and USER are ids, of user and group. Root, who calls this, traces the program so far,
 * and it has its privilege all the same; then it stands still, and is traced no more. The acts:
 *
 *	reach           tries to get at its memory, descriptors, registers
 *	core            ends it by SIGSEGV, and says where that left a core
 *	signal=N        sends that signal
 *	limit=N:SOFT    sets that limit, and the old one again, all the time until the daemon runs
 *	sched           changes policy, priority and processors, all the time until the daemon runs
 *
 * The user cannot read where /proc/PID/exe points to while that is the launcher; an act on
 * anything else is an error, but for the program /bin/cat, by which a test sees that the acts
 * work. What they achieve stands on standard output. The exit status is the program's, or 128
 * and the signal that ended it.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_STOP (SIGTRAP | 0x80)

static pid_t program;

static int status_of(int status)
{
	if (WIFSIGNALED(status) && WCOREDUMP(status))
		printf("core\n");
	fflush(stdout);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What the program is, to root; and to the user, who is not told of the launcher. */
static const char *exe(void)
{
	static char to[4096];
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/exe", program);
	n = readlink(path, to, sizeof to - 1);
	to[n < 0 ? 0 : n] = '\0';
	return strrchr(to, '/') ? strrchr(to, '/') + 1 : to;
}

static int is_launcher(void)
{
	return *exe() == '\0';
}

static void reached(const char *by, long result)
{
	if (result >= 0)
		printf("reached by %s\n", by);
}

static void open_in_proc(const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", program, name);
	reached(name, open(path, flags | O_CLOEXEC));
}

static void reach(const char *unused)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &program, 1 };
	int fd;

	(void)unused;
	open_in_proc("mem", O_RDWR);
	open_in_proc("maps", O_RDONLY);
	open_in_proc("environ", O_RDONLY);
	open_in_proc("auxv", O_RDONLY);
	open_in_proc("fd", O_RDONLY);
	open_in_proc("cwd", O_PATH);
	open_in_proc("root", O_PATH);
	reached("process_vm_readv", process_vm_readv(program, &here, 1, &there, 1, 0) < 0 && errno == EPERM ? -1 : 0);
	fd = (int)syscall(SYS_pidfd_open, program, 0);
	reached("pidfd_getfd", syscall(SYS_pidfd_getfd, fd, 1, 0));
	close(fd);
	reached("kcmp", syscall(SYS_kcmp, getpid(), program, 2, 0, 0));
	if (ptrace(PTRACE_SEIZE, program, 0, 0) == 0) {
		reached("ptrace", 0);
		ptrace(PTRACE_DETACH, program, 0, 0);
	}
}

static void core(const char *unused)
{
	(void)unused;
	kill(program, SIGSEGV);
}

static void set_limit(const char *spec)
{
	struct rlimit was, is;
	unsigned which;
	unsigned long soft;

	if (sscanf(spec, "%u:%lu", &which, &soft) != 2)
		errx(99, "bad limit: %s", spec);
	if (prlimit(program, (__rlimit_resource_t)which, NULL, &was) != 0)
		return;
	is = (struct rlimit){ soft, was.rlim_max };
	prlimit(program, (__rlimit_resource_t)which, &is, NULL);
	sched_yield();
	prlimit(program, (__rlimit_resource_t)which, &was, NULL);
}

static void schedule(const char *unused)
{
	struct sched_param none = { 0 };
	cpu_set_t first;

	(void)unused;
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setscheduler(program, SCHED_IDLE, &none);
	setpriority(PRIO_PROCESS, (id_t)program, 19);
	sched_setaffinity(program, sizeof first, &first);
	sched_setscheduler(program, SCHED_BATCH, &none);
}

static void send_signal(const char *number)
{
	kill(program, atoi(number));
}

static void change_directory_and_umask(void)
{
	const pid_t parent = getpid();
	long child;

	/* The launcher may be done before the child runs for the first time. */
	if (chdir("/") != 0)
		err(99, "chdir");
	/* By the raw call, since clone(3) wants a function. */
	child = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL, 0);
	if (child < 0)
		err(99, "clone");
	if (child > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent) {
		if (chdir("/tmp") != 0 || chdir("/") != 0)
			_exit(99);
		umask(0);
		umask(022);
	}
	_exit(0);
}

static const struct act {
	const char *name;
	void (*act)(const char *value);
	int once;
} acts[] = {
	{ "reach", reach, 1 },	       { "core", core, 1 },	 { "signal=", send_signal, 1 },
	{ "limit=", set_limit, 0 }, { "sched", schedule, 0 },
};

static void become(uid_t id)
{
	if (id != 0 && (setgroups(1, &id) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0))
		err(99, "cannot become %u", id);
}

/* As the user: the program stands still, and is to go on then. */
static void act_on_it(const char *spec)
{
	const char *value = strchr(spec, '=');
	int fair = is_launcher() || strcmp(exe(), "cat") == 0;

	for (size_t i = 0; fair && i < sizeof acts / sizeof *acts; i++) {
		if (strncmp(spec, acts[i].name, strlen(acts[i].name)) != 0)
			continue;
		if (acts[i].once)
			acts[i].act(value ? value + 1 : "");
		fflush(stdout);
		kill(program, SIGCONT);
		while (!acts[i].once && is_launcher())
			acts[i].act(value ? value + 1 : "");
		_exit(0);
	}
	warnx("%s: unknown, or not the launcher: %s", spec, exe());
	kill(program, SIGKILL);
	_exit(98);
}

/* Goes on to where the next system call begins, or ends. Returns the status of wait(2): it has stopped, or is gone. */
static int step(int go_on)
{
	int status, number, in_call;

	for (number = 0;; go_on = 1) {
		if (go_on)
			ptrace(PTRACE_SYSCALL, program, 0, number);
		if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status))
			return status;
		in_call = WSTOPSIG(status) == SYSCALL_STOP;
		/* What goes before the launcher is this program, in the caller's hands. */
		if (in_call && strcmp(exe(), "partner") != 0)
			return status;
		number = status >> 16 != 0 || in_call ? 0 : WSTOPSIG(status);
	}
}

/* Runs to that call of the launcher's, and leaves it standing still there. */
static void run_to(long calls)
{
	int status = step(0);

	/* Each call has an end, too. */
	for (calls = 2 * (calls - 1); WIFSTOPPED(status) && calls > 0; calls--)
		status = step(1);
	if (!WIFSTOPPED(status))
		exit(status_of(status));
	kill(program, SIGSTOP);
	ptrace(PTRACE_DETACH, program, 0, 0);
	if (waitpid(program, &status, WUNTRACED) != program || !WIFSTOPPED(status))
		errx(99, "it does not stand still");
}

static uid_t effective_id(void)
{
	char path[64], line[256];
	unsigned id = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", program);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file) && sscanf(line, "Uid: %*u %u", &id) != 1)
		;
	if (!file || fclose(file) != 0)
		err(99, "%s", path);
	return id;
}

static void start(uid_t caller, char **argv)
{
	int status;

	program = fork();
	if (program == 0) {
		raise(SIGSTOP);
		become(caller);
		execv(argv[0], argv);
		err(99, "%s", argv[0]);
	}
	if (program < 0 || waitpid(program, &status, WUNTRACED) != program)
		err(99, "fork");
	if (ptrace(PTRACE_SEIZE, program, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0)
		err(99, "PTRACE_SEIZE");
	ptrace(PTRACE_INTERRUPT, program, 0, 0);
	kill(program, SIGCONT);
}

/* An exec ends in the new program. */
static void count_calls(uid_t caller, uid_t user, char **argv)
{
	const char *launcher = strrchr(argv[0], '/') + 1;
	long before = 0, all = 0;

	start(caller, argv);
	for (int status = step(0), ends = 0; WIFSTOPPED(status); status = step(1), ends = !ends) {
		if (strcmp(exe(), launcher) != 0 && strcmp(exe(), "root-start") != 0)
			break;
		all += ends;
		if (ends && effective_id() != user)
			before = all;
	}
	printf("%ld %ld\n", before, all);
	kill(program, SIGKILL);
	exit(0);
}

static int act_on(uid_t caller, uid_t user, long calls, const char *act, char **argv)
{
	int status, end = 0;
	pid_t other, ended;

	start(caller, argv);
	run_to(calls);
	other = fork();
	if (other == 0) {
		become(user);
		act_on_it(act);
	}
	while ((ended = wait(&status)) > 0) {
		if (ended == program)
			end = status;
		if (ended == program)
			kill(other, SIGKILL);
	}
	return status_of(end);
}

static void trace_all(char **argv)
{
	int status;

	program = fork();
	if (program == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
			err(99, "PTRACE_TRACEME");
		execv(argv[0], argv);
		err(99, "%s", argv[0]);
	}
	while (waitpid(program, &status, 0) == program && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, program, 0, WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
	exit(status_of(status));
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "trace") == 0)
		trace_all(argv + 2);
	if (argc > 2 && strcmp(argv[1], "share-fs") == 0) {
		change_directory_and_umask();
		execv(argv[2], argv + 2);
		err(99, "%s", argv[2]);
	}
	if (argc > 4 && strcmp(argv[1], "count") == 0)
		count_calls((uid_t)atol(argv[2]), (uid_t)atol(argv[3]), argv + 4);
	if (argc < 6)
		errx(99, "usage: partner CALLER USER CALL ACT PROGRAM [ARGUMENT...]");
	return act_on((uid_t)atol(argv[1]), (uid_t)atol(argv[2]), atol(argv[3]), argv[4], argv + 5);
}
