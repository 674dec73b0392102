// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe - prints everything an exec'd program inherited, one key=value a line.
 *
 * It is linked statically, so that no loader, preload or locale stands between
 * the exec and what it reports, and it asks the kernel by raw system calls, so
 * that it also works where there is no /proc.
 *
 *	probe [--quiet] [--serve[=FD]] [--get-root] [--get-tty] [--turn-round[=FD]]
 *	      [--exec=PATH] [--pause] [--exit=N]
 *
 * The options are carried out in the order given, after the report.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

static const char *err(long rc)
{
	return rc >= 0 ? "ok" : strerrorname_np(errno);
}

static void escaped(const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c >= 0x7f || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static void text(const char *key, const char *value)
{
	printf("%s=", key);
	escaped(value);
	putchar('\n');
}

/* ---- who am I ---- */

static void credentials(void)
{
	unsigned r, e, s;
	static gid_t groups[65537];
	int n;

	syscall(SYS_getresuid, &r, &e, &s);
	printf("uid=%u %u %u %u\n", r, e, s, (unsigned)syscall(SYS_setfsuid, -1));
	syscall(SYS_getresgid, &r, &e, &s);
	printf("gid=%u %u %u %u\n", r, e, s, (unsigned)syscall(SYS_setfsgid, -1));
	n = (int)syscall(SYS_getgroups, 65537, groups);
	printf("groups=");
	for (int i = 0; i < n; i++)
		printf("%s%u", i ? " " : "", groups[i]);
	putchar('\n');
}

static void capabilities(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };
	uint64_t bnd = 0, amb = 0;

	if (syscall(SYS_capget, &h, d) != 0)
		printf("cap.error=%s\n", err(-1));
	for (int i = 0; i < 64; i++) {
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			bnd |= UINT64_C(1) << i;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
			amb |= UINT64_C(1) << i;
	}
	printf("cap.inh=%08x%08x\n", d[1].inheritable, d[0].inheritable);
	printf("cap.prm=%08x%08x\n", d[1].permitted, d[0].permitted);
	printf("cap.eff=%08x%08x\n", d[1].effective, d[0].effective);
	printf("cap.bnd=%016llx\n", (unsigned long long)bnd);
	printf("cap.amb=%016llx\n", (unsigned long long)amb);
	printf("securebits=0x%x\n", (unsigned)prctl(PR_GET_SECUREBITS));
	printf("keepcaps=%d\n", prctl(PR_GET_KEEPCAPS));
	printf("no_new_privs=%d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf("dumpable=%d\n", prctl(PR_GET_DUMPABLE));
	printf("secure=%lu\n", getauxval(AT_SECURE));
}

/* Whether the secret can be read that dirty.c puts into its session keyring. */
static void keys(void)
{
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "lowportbind-test", 0);
	char secret[8];

	printf("key=%s\n", key >= 0 && syscall(SYS_keyctl, KEYCTL_READ, key, secret, sizeof secret) > 0 ? "readable" : "none");
}

/* ---- signals and timers ---- */

struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static void set(const char *key, uint64_t mask)
{
	int first = 1;

	printf("%s=", key);
	for (int i = 1; i <= 64; i++) {
		if (!(mask >> (i - 1) & 1))
			continue;
		printf("%s%d", first ? "" : " ", i);
		first = 0;
	}
	putchar('\n');
}

static void signals(void)
{
	uint64_t mask = 0, pending = 0, ignored = 0, caught = 0;
	int sig = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8);
	syscall(SYS_rt_sigpending, &pending, 8);
	for (int i = 1; i <= 64; i++) {
		struct kernel_sigaction a = { 0 };

		if (syscall(SYS_rt_sigaction, i, NULL, &a, 8) != 0)
			continue;
		if (a.handler == (void *)SIG_IGN)
			ignored |= UINT64_C(1) << (i - 1);
		else if (a.handler != (void *)SIG_DFL)
			caught |= UINT64_C(1) << (i - 1);
	}
	set("sig.blocked", mask);
	set("sig.pending", pending);
	set("sig.ignored", ignored);
	set("sig.caught", caught);
	prctl(PR_GET_PDEATHSIG, &sig);
	printf("pdeathsig=%d\n", sig);
}

static void timer(const char *key, int which)
{
	struct itimerval t = { 0 };

	getitimer(which, &t);
	printf("%s=%s\n", key,
	       t.it_value.tv_sec || t.it_value.tv_usec || t.it_interval.tv_sec ||
		       t.it_interval.tv_usec ? "armed" : "off");
}

/* ---- descriptors ---- */

static void address(const char *prefix, int fd, int family)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} a;
	socklen_t n = sizeof a;
	char host[INET6_ADDRSTRLEN] = "";

	memset(&a, 0, sizeof a);
	if (getsockname(fd, &a.any, &n) != 0)
		return;
	if (family == AF_INET) {
		inet_ntop(AF_INET, &a.in.sin_addr, host, sizeof host);
		printf(" %s=%s:%u", prefix, host, ntohs(a.in.sin_port));
	} else if (family == AF_INET6) {
		inet_ntop(AF_INET6, &a.in6.sin6_addr, host, sizeof host);
		printf(" %s=[%s]:%u", prefix, host, ntohs(a.in6.sin6_port));
	} else if (family == AF_UNIX) {
		printf(" %s=", prefix);
		escaped(n > sizeof(sa_family_t) ? a.un.sun_path : "");
	}
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t n = sizeof value;

	return getsockopt(fd, level, name, &value, &n) == 0 ? value : -1;
}

static void socket_line(int fd)
{
	int family = option(fd, SOL_SOCKET, SO_DOMAIN);
	int type = option(fd, SOL_SOCKET, SO_TYPE);
	int protocol = option(fd, SOL_SOCKET, SO_PROTOCOL);

	printf("socket family=%s", family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" :
	       family == AF_UNIX ? "unix" : "other");
	printf(" type=%s", type == SOCK_STREAM ? "stream" : type == SOCK_DGRAM ? "dgram" : "other");
	printf(" proto=%d", protocol);
	address("local", fd, family);
	if (family == AF_INET6)
		printf(" v6only=%d", option(fd, IPPROTO_IPV6, IPV6_V6ONLY));
	printf(" listening=%d", option(fd, SOL_SOCKET, SO_ACCEPTCONN));
	printf(" reuseaddr=%d", option(fd, SOL_SOCKET, SO_REUSEADDR));
	printf(" reuseport=%d", option(fd, SOL_SOCKET, SO_REUSEPORT));
	if (family == AF_INET || family == AF_INET6)
		printf(" freebind=%d", option(fd, IPPROTO_IP, IP_FREEBIND));
}

static void descriptor(int fd)
{
	static const char *const access[] = { "r", "w", "rw", "none" };
	struct stat st;
	int flags = fcntl(fd, F_GETFL), fdflags = fcntl(fd, F_GETFD);
	char entry[64], target[4096];
	ssize_t n;

	if (fdflags < 0)
		return;
	printf("fd.%d=", fd);
	if (fstat(fd, &st) != 0) {
		printf("unknown error=%s\n", err(-1));
		return;
	}
	if (S_ISSOCK(st.st_mode))
		socket_line(fd);
	else
		printf("%s", S_ISREG(st.st_mode) ? "file" : S_ISDIR(st.st_mode) ? "dir" :
		       S_ISFIFO(st.st_mode) ? "pipe" : S_ISCHR(st.st_mode) ? "chr" :
		       S_ISBLK(st.st_mode) ? "blk" : "anon");
	printf(" access=%s nonblock=%d cloexec=%d tty=%d", access[flags & O_ACCMODE],
	       !!(flags & O_NONBLOCK), !!(fdflags & FD_CLOEXEC), isatty(fd));
	if (S_ISCHR(st.st_mode))
		printf(" rdev=%x", (unsigned)st.st_rdev);
	snprintf(entry, sizeof entry, "/proc/self/fd/%d", fd);
	n = readlink(entry, target, sizeof target - 1);
	if (n > 0 && !S_ISSOCK(st.st_mode)) {
		target[n] = '\0';
		printf(" path=");
		escaped(target);
	}
	putchar('\n');
}

/* Every open descriptor: from /proc, or by asking for each number there can be. */
static int open_descriptors(int *list, int max)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	int n = 0;

	if (!dir) {
		for (int fd = 0; fd < 1 << 20 && n < max; fd++)
			if (fcntl(fd, F_GETFD) >= 0)
				list[n++] = fd;
		return n;
	}
	while (n < max && (e = readdir(dir)))
		if (e->d_name[0] != '.' && atoi(e->d_name) != dirfd(dir))
			list[n++] = atoi(e->d_name);
	closedir(dir);
	return n;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void descriptors(void)
{
	static int list[65536];
	int n = open_descriptors(list, 65536);

	qsort(list, (size_t)n, sizeof *list, by_number);
	printf("fds=");
	for (int i = 0; i < n; i++)
		printf("%s%d", i ? " " : "", list[i]);
	putchar('\n');
	for (int i = 0; i < n; i++)
		descriptor(list[i]);
}

/* ---- the rest of the process ---- */

static void surroundings(void)
{
	char cwd[4096];
	mode_t mask = umask(0);
	struct stat st;
	int tty;

	umask(mask);
	if (getcwd(cwd, sizeof cwd))
		text("cwd", cwd);
	else
		printf("cwd.error=%s\n", err(-1));
	printf("umask=%04o\n", (unsigned)mask);
	if (stat("/", &st) == 0)
		printf("root=%llx:%llu\n", (unsigned long long)st.st_dev,
		       (unsigned long long)st.st_ino);
	tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	printf("tty=%s\n", tty < 0 ? err(-1) : "open");
	if (tty >= 0)
		close(tty);
	printf("pid=%d\n", getpid());
	printf("sid=%s\n", getsid(0) == getpid() ? "own" : "inherited");
	printf("pgrp=%s\n", getpgrp() == getpid() ? "own" : "inherited");
	errno = 0;
	printf("nice=%d\n", getpriority(PRIO_PROCESS, 0));
	printf("sched=%d\n", sched_getscheduler(0));
}

static void limits(void)
{
	static const char *const name[RLIM_NLIMITS] = {
		[RLIMIT_AS] = "as", [RLIMIT_CORE] = "core", [RLIMIT_CPU] = "cpu",
		[RLIMIT_DATA] = "data", [RLIMIT_FSIZE] = "fsize", [RLIMIT_LOCKS] = "locks",
		[RLIMIT_MEMLOCK] = "memlock", [RLIMIT_MSGQUEUE] = "msgqueue",
		[RLIMIT_NICE] = "nice", [RLIMIT_NOFILE] = "nofile", [RLIMIT_NPROC] = "nproc",
		[RLIMIT_RSS] = "rss", [RLIMIT_RTPRIO] = "rtprio", [RLIMIT_RTTIME] = "rttime",
		[RLIMIT_SIGPENDING] = "sigpending", [RLIMIT_STACK] = "stack",
	};

	for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
		struct rlimit r;

		if (getrlimit((__rlimit_resource_t)i, &r) != 0)
			continue;
		printf("rlimit.%s=", name[i]);
		if (r.rlim_cur == RLIM_INFINITY)
			printf("unlimited:");
		else
			printf("%llu:", (unsigned long long)r.rlim_cur);
		if (r.rlim_max == RLIM_INFINITY)
			printf("unlimited\n");
		else
			printf("%llu\n", (unsigned long long)r.rlim_max);
	}
}

static void arguments(int argc, char **argv)
{
	int n = 0;

	printf("argc=%d\n", argc);
	for (int i = 0; i < argc; i++) {
		printf("argv.%d=", i);
		escaped(argv[i]);
		putchar('\n');
	}
	for (; environ[n]; n++) {
		const char *eq = strchr(environ[n], '=');

		printf("%s", eq ? "env." : "env-without-equals=");
		escaped(environ[n]);
		putchar('\n');
	}
	printf("envc=%d\n", n);
}

/* ---- acts ---- */

static int bind_port(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&a, sizeof a);
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return rc;
}

static void get_root(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { { .effective = 1u << CAP_NET_BIND_SERVICE,
						 .permitted = 1u << CAP_NET_BIND_SERVICE } };
	gid_t none[] = { 0 };

	printf("root.setuid=%s\n", err(syscall(SYS_setuid, 0)));
	printf("root.setreuid=%s\n", err(syscall(SYS_setreuid, -1, 0)));
	printf("root.setresuid=%s\n", err(syscall(SYS_setresuid, 0, 0, 0)));
	syscall(SYS_setfsuid, 0);
	printf("root.setfsuid=%s\n", syscall(SYS_setfsuid, -1) ? "EPERM" : "ok");
	printf("root.setgid=%s\n", err(syscall(SYS_setgid, 0)));
	printf("root.setresgid=%s\n", err(syscall(SYS_setresgid, 0, 0, 0)));
	printf("root.setgroups=%s\n", err(syscall(SYS_setgroups, 1, none)));
	printf("root.capset=%s\n", err(syscall(SYS_capset, &h, d)));
	printf("root.ambient=%s\n", err(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
					      CAP_NET_BIND_SERVICE, 0, 0)));
	printf("root.bind=%s\n", err(bind_port(81)));
	printf("root.shadow=%s\n", err(open("/etc/shadow", O_RDONLY | O_CLOEXEC)));
}

/*
 * Everything a daemon could do to get at the terminal of whoever started it:
 * read it, put characters into its input, become its session leader.
 */
static void get_tty(void)
{
	char byte = '\n', path[64];

	for (int fd = 0; fd < 3; fd++) {
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		if (!isatty(fd)) {
			printf("tty.%d=no\n", fd);
			continue;
		}
		printf("tty.%d.read=%s\n", fd, err(read(fd, &byte, 0)));
		printf("tty.%d.reopen=%s\n", fd, err(open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)));
		printf("tty.%d.sti=%s\n", fd, err(ioctl(fd, TIOCSTI, &byte)));
	}
	if (setsid() < 0 && fork() > 0)
		_exit(0);
	setsid();
	for (int fd = 0; fd < 3; fd++)
		if (isatty(fd))
			printf("tty.%d.steal=%s\n", fd, err(ioctl(fd, TIOCSCTTY, 0)));
	printf("tty.after=%s\n", err(open("/dev/tty", O_RDWR | O_CLOEXEC)));
}

/*
 * A listening socket can be turned round: dissolve it, and connect from its port to
 * 127.0.0.1:3000. And a socket that has a port cannot be given another.
 */
static void turn_round(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(3000),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in other = { .sin_family = AF_INET, .sin_port = htons(601),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	printf("turn.dissolve=%s\n", err(connect(fd, &none, sizeof none)));
	printf("turn.rebind=%s\n", err(bind(fd, (struct sockaddr *)&other, sizeof other)));
	printf("turn.connect=%s\n", err(connect(fd, (struct sockaddr *)&to, sizeof to)));
	printf("turn.from=");
	address("local", fd, AF_INET);
	putchar('\n');
}

static void serve(int fd)
{
	int type = option(fd, SOL_SOCKET, SO_TYPE);
	char line[128], buffer[512];
	int n = snprintf(line, sizeof line, "probe of uid %u\n", getuid());

	if (type == SOCK_DGRAM) {
		struct sockaddr_storage a;
		socklen_t len = sizeof a;

		if (recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&a, &len) >= 0)
			sendto(fd, line, (size_t)n, 0, (struct sockaddr *)&a, len);
	} else {
		int c = accept(fd, NULL, NULL);

		printf("serve=%s\n", err(c));
		if (c >= 0 && write(c, line, (size_t)n) == n)
			close(c);
	}
}

static void act(const char *option, char **argv)
{
	char *value = strchr(option, '=');

	fflush(stdout);
	if (strcmp(option, "--get-root") == 0)
		get_root();
	else if (strcmp(option, "--get-tty") == 0)
		get_tty();
	else if (strncmp(option, "--serve", 7) == 0)
		serve(value ? atoi(value + 1) : 3);
	else if (strncmp(option, "--turn-round", 12) == 0)
		turn_round(value ? atoi(value + 1) : 3);
	else if (strncmp(option, "--exec=", 7) == 0) {
		argv[0] = value + 1;
		argv[1] = NULL;
		printf("exec=%s\n", err(execv(argv[0], argv)));
	} else if (strcmp(option, "--pause") == 0)
		pause();
	else if (strncmp(option, "--exit=", 7) == 0)
		exit(atoi(value + 1));
	fflush(stdout);
}

static void report(int argc, char **argv)
{
	descriptors();
	credentials();
	capabilities();
	keys();
	signals();
	timer("itimer.real", ITIMER_REAL);
	timer("itimer.virtual", ITIMER_VIRTUAL);
	timer("itimer.prof", ITIMER_PROF);
	surroundings();
	limits();
	arguments(argc, argv);
	printf("end=probe\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static char buffer[1 << 16];

	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	if (argc < 2 || strcmp(argv[1], "--quiet") != 0)
		report(argc, argv);
	for (int i = 1; i < argc; i++)
		act(argv[i], argv);
	return 0;
}
