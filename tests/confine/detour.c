/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linked statically: what a confined program may try that opens no file and makes no socket.
 * detour ARGUMENT WHAT... says "WHAT: done", or the name of the error, for each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

/* The first socket that was handed over. */
#define LISTENER 3
/* New in Linux 6.17. */
#define FILE_GETATTR 468

static const char *argument;

static long change_mode(void) { return chmod(argument, 0666); }
static long change_mode_at(void) { return fchmodat(AT_FDCWD, argument, 0666, 0); }
static long change_owner(void) { return chown(argument, (uid_t)-1, getgid()); }
/* What is opened like this is not looked at. */
static long change_owner_opened(void) { return fchownat(open(argument, O_PATH), "", (uid_t)-1, getgid(), AT_EMPTY_PATH); }
static long change_owner_link(void) { return lchown(argument, (uid_t)-1, getgid()); }
static long change_time(void) { return utime(argument, NULL); }
static long change_times(void) { return utimes(argument, NULL); }
static long change_times_at(void) { return utimensat(AT_FDCWD, argument, NULL, 0); }
static long change_times_opened(void) { return utimensat(open(argument, O_PATH), "", NULL, AT_EMPTY_PATH); }
static long set_attribute(void) { return setxattr(argument, "user.test", "1", 1, 0); }
static long set_attribute_link(void) { return lsetxattr(argument, "user.test", "1", 1, 0); }
static long remove_attribute(void) { return removexattr(argument, "user.test"); }
static long change_open_mode(void) { return fchmod(open(argument, O_RDONLY), 0640); }
static long change_open_times(void) { return futimens(open(argument, O_RDONLY), NULL); }

static long share_memory(void) { return shmget(IPC_PRIVATE, 1, 0600); }
static long make_semaphore(void) { return semget(IPC_PRIVATE, 1, 0600); }
static long make_queue(void) { return msgget(IPC_PRIVATE, 0600); }
static long remove_posix_queue(void) { return syscall(SYS_mq_unlink, argument); }

static long set_limit(pid_t process)
{
	struct rlimit limit;

	return prlimit(process, RLIMIT_CORE, NULL, &limit) != 0 ? -1 : prlimit(process, RLIMIT_CORE, &limit, NULL);
}

static long limit_other(void) { return set_limit(atoi(argument)); }
static long limit_own(void) { return set_limit(0); }

/* A connection that ends so has no port any more, and listen(2) gives it one. */
static long listen_again(void)
{
	const struct sockaddr none = {.sa_family = AF_UNSPEC};
	int connection = accept(LISTENER, NULL, NULL);

	return connect(connection, &none, sizeof none) != 0 ? -1 : listen(connection, 1);
}

static long pair(int family)
{
	int ends[2];

	return socketpair(family, SOCK_STREAM, 0, ends);
}

static long pair_unix(void) { return pair(AF_UNIX); }
static long pair_tipc(void) { return pair(AF_TIPC); }

/* getpid(2), as a 32-bit program calls it. Elsewhere there is none. */
static long call_32(void)
{
#ifdef __x86_64__
	long result = 20;

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	return result;
#else
	return 0;
#endif
}

static long new_call(void) { return syscall(FILE_GETATTR, -1, NULL, NULL, 0L, 0L); }

static const struct {
	const char *name;
	long (*try)(void);
} detours[] = {
	{"chmod", change_mode}, {"fchmodat", change_mode_at}, {"chown", change_owner}, {"chown-opened", change_owner_opened},
	{"lchown", change_owner_link}, {"utime", change_time}, {"utimes", change_times}, {"utimensat", change_times_at},
	{"utimensat-opened", change_times_opened}, {"setxattr", set_attribute}, {"lsetxattr", set_attribute_link},
	{"removexattr", remove_attribute}, {"fchmod", change_open_mode}, {"futimens", change_open_times},
	{"shmget", share_memory}, {"semget", make_semaphore}, {"msgget", make_queue}, {"mq_unlink", remove_posix_queue},
	{"limit-other", limit_other},
	{"limit-own", limit_own}, {"listen-again", listen_again}, {"new-call", new_call},
	{"pair-unix", pair_unix}, {"pair-tipc", pair_tipc}, {"32-bit", call_32},
};

static long (*named(const char *name))(void)
{
	for (size_t i = 0; i < sizeof detours / sizeof *detours; i++) {
		if (strcmp(detours[i].name, name) == 0) return detours[i].try;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	argument = argv[1];
	for (int i = 2; i < argc; i++) {
		long (*try)(void) = named(argv[i]);

		if (try == NULL) {
			printf("detour: there is no such thing to try: %s\n", argv[i]);
			return 64;
		}
		errno = 0;
		printf("%s: %s\n", argv[i], try() < 0 ? strerrorname_np(errno) : "done");
	}
	return 0;
}
