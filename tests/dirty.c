// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dirty - brings the process into a state that a hostile or careless caller
 * could hand over, then executes a program.
 *
 *	dirty WORD... -- PROGRAM [ARGUMENT...]
 *
 * The words are carried out from left to right; any failure ends it with 99.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static char *argv0;
static int no_argv, brim;

#define must(call) do { if ((call) < 0) err(99, "%s", #call); } while (0)

static void open_at(int fd)
{
	int null = open("/dev/null", O_RDWR);

	must(null);
	if (null == fd)
		return;
	must(dup2(null, fd));
	close(null);
}

static void block(const char *which)
{
	sigset_t s;

	sigemptyset(&s);
	if (strcmp(which, "all") == 0)
		sigfillset(&s);
	else
		sigaddset(&s, atoi(which));
	must(sigprocmask(SIG_BLOCK, &s, NULL));
}

static void ignore(const char *which)
{
	if (strcmp(which, "all") != 0) {
		must(signal(atoi(which), SIG_IGN) == SIG_ERR ? -1 : 0);
		return;
	}
	for (int i = 1; i <= 64; i++)
		signal(i, SIG_IGN);
}

static void timer(int which, const char *usec)
{
	long u = atol(usec);
	struct itimerval t = { .it_value = { u / 1000000, u % 1000000 },
			       .it_interval = { u / 1000000, u % 1000000 } };

	must(setitimer(which, &t, NULL));
}

/* rlimit=NUMBER:SOFT:HARD */
static void limit(const char *spec)
{
	int which;
	unsigned long soft, hard;

	if (sscanf(spec, "%d:%lu:%lu", &which, &soft, &hard) != 3)
		errx(99, "bad rlimit: %s", spec);
	must(setrlimit((__rlimit_resource_t)which,
		       &(struct rlimit){ .rlim_cur = soft, .rlim_max = hard }));
}

static void inheritable(int cap, int ambient)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	must(syscall(SYS_capget, &h, d));
	d[cap / 32].inheritable |= 1u << cap % 32;
	must(syscall(SYS_capset, &h, d));
	if (ambient)
		must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0));
}

static void add_environment(char *entry)
{
	size_t n = 0;
	char **copy;

	while (environ && environ[n])
		n++;
	copy = calloc(n + 2, sizeof *copy);
	if (!copy)
		err(99, "calloc");
	if (environ)
		memcpy(copy, environ, n * sizeof *copy);
	copy[n] = entry;
	environ = copy;
}

/* Fills the pipe that stderr is to be, so that a write would block. */
static void full_stderr(int nonblocking)
{
	static char junk[4096];
	int p[2];

	must(pipe(p));
	must(fcntl(p[1], F_SETFL, O_NONBLOCK));
	while (write(p[1], junk, sizeof junk) > 0)
		;
	if (!nonblocking)
		must(fcntl(p[1], F_SETFL, 0));
	must(dup2(p[1], 2));
	must(dup2(p[0], 98));
}

static void dead_stderr(void)
{
	int p[2];

	must(pipe(p));
	must(dup2(p[1], 2));
	close(p[0]);
	close(p[1]);
}

/* groups=ITEM,...: each a group, or FIRST+COUNT for as many in a row; none for no group at all. */
static void groups(char *list)
{
	static gid_t all[65536];
	char *rest;
	size_t n = 0;

	for (char *item = strtok_r(list, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
		unsigned first, count = 1;

		if (sscanf(item, "%u+%u", &first, &count) < 1 || n + count > 65536)
			errx(99, "bad groups: %s", item);
		for (unsigned i = 0; i < count; i++)
			all[n++] = first + i;
	}
	must(setgroups(n, all));
}

/*
 * uids=REAL:EFFECTIVE:SAVED, gids=...: the kernel takes the capabilities away with the
 * last id that is 0, unless securebits say otherwise, and counts them anew at the exec.
 */
static void ids(const char *spec, int (*change)(unsigned, unsigned, unsigned))
{
	unsigned real, effective, saved;

	if (sscanf(spec, "%u:%u:%u", &real, &effective, &saved) != 3)
		errx(99, "bad ids: %s", spec);
	must(change(real, effective, saved));
}

/* Standard error writes into the memory of whoever opened it, as in CVE-2012-0056. */
static void memory_as_stderr(void)
{
	int mem = open("/proc/self/mem", O_RDWR);

	must(mem);
	must(lseek(mem, 0x400000, SEEK_SET));
	must(dup2(mem, 2));
	close(mem);
}

/* Executes with the longest variable that the kernel takes: there is no room for another. */
static void execute_at_brim(const char *path, char **argv)
{
	enum { MOST = 131000 };
	char *pad = malloc(MOST + 1);
	char *filled[] = { pad, NULL };

	/* With a stack this small, arguments and environment together have 128 KiB. */
	must(setrlimit(RLIMIT_STACK, &(struct rlimit){ 512 << 10, 512 << 10 }));
	if (!pad)
		err(99, "malloc");
	memset(pad, 'x', MOST);
	memcpy(pad, "PAD=", 4);
	for (int length = MOST; length > 4; length--) {
		pad[length] = '\0';
		execve(path, argv, filled);
		if (errno != E2BIG)
			break;
	}
	err(99, "%s", path);
}

/* A secret in a session keyring of its own, as a login has it. */
static void put_key(void)
{
	must(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
	must(syscall(SYS_add_key, "user", "lowportbind-test", "secret", 6, KEY_SPEC_SESSION_KEYRING));
}

static void word(char *w)
{
	char *v = strchr(w, '=');

	v = v ? v + 1 : w;
#define is(name) (strncmp(w, name, strlen(name)) == 0)
	if (is("close="))
		close(atoi(v));
	else if (is("open="))
		open_at(atoi(v));
	else if (is("block="))
		block(v);
	else if (is("ignore="))
		ignore(v);
	else if (is("raise="))
		must(raise(atoi(v)));
	else if (is("itimer-real="))
		timer(ITIMER_REAL, v);
	else if (is("itimer-virtual="))
		timer(ITIMER_VIRTUAL, v);
	else if (is("itimer-prof="))
		timer(ITIMER_PROF, v);
	else if (is("pdeathsig="))
		must(prctl(PR_SET_PDEATHSIG, atoi(v)));
	else if (is("rlimit="))
		limit(v);
	else if (is("no-new-privs"))
		must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	else if (is("securebits="))
		must(prctl(PR_SET_SECUREBITS, strtoul(v, NULL, 0)));
	else if (is("inheritable="))
		inheritable(atoi(v), 0);
	else if (is("ambient="))
		inheritable(atoi(v), 1);
	else if (is("bounding-drop="))
		must(prctl(PR_CAPBSET_DROP, atoi(v), 0, 0, 0));
	else if (is("keepcaps"))
		must(prctl(PR_SET_KEEPCAPS, 1));
	else if (is("groups="))
		groups(v);
	else if (is("uids="))
		ids(v, setresuid);
	else if (is("gids="))
		ids(v, setresgid);
	else if (is("nice="))
		must(setpriority(PRIO_PROCESS, 0, atoi(v)));
	else if (is("umask="))
		umask((mode_t)strtoul(v, NULL, 8));
	else if (is("chdir="))
		must(chdir(v));
	else if (is("rmdir="))
		must(rmdir(v));
	else if (is("clearenv"))
		must(clearenv());
	else if (is("env="))
		add_environment(v);
	else if (is("argv0="))
		argv0 = v;
	else if (is("no-argv"))
		no_argv = 1;
	else if (is("full-stderr-nonblock"))
		full_stderr(1);
	else if (is("full-stderr"))
		full_stderr(0);
	else if (is("dead-stderr"))
		dead_stderr();
	else if (is("memory-as-stderr"))
		memory_as_stderr();
	else if (is("brim"))
		brim = 1;
	else if (is("key"))
		put_key();
	else if (is("setsid"))
		must(setsid());
	else
		errx(99, "unknown word: %s", w);
}

int main(int argc, char **argv)
{
	char *path;
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		word(argv[i]);
	if (i + 1 >= argc)
		errx(99, "no program");
	path = argv[i + 1];
	argv += i + 1;
	if (argv0)
		argv[0] = argv0;
	if (no_argv)
		argv = (char *[]){ NULL };
	if (brim)
		execute_at_brim(path, argv);
	execve(path, argv, environ);
	err(99, "%s", path);
}
