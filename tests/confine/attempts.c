/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
/* What the kernel reads of a system call's number and an int is its lower half. */
#define HIGH (1L << 32)

static const char *argument;

static struct sockaddr_in port(void)
{
	return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((in_port_t)atoi(argument))};
}

static long bound(int type, int protocol)
{
	struct sockaddr_in at = port();
	int fd = socket(AF_INET, type, protocol);

	return fd < 0 ? fd : bind(fd, (struct sockaddr *)&at, sizeof at);
}

static long connected(int type, int protocol)
{
	struct sockaddr_in at = port();
	int fd = socket(AF_INET, type, protocol);

	return fd < 0 ? fd : connect(fd, (struct sockaddr *)&at, sizeof at);
}

/* As a name server does for a transfer. */
static long connected_bound(void)
{
	struct sockaddr_in at = port(), from = at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	from.sin_port = 0;
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0) return -1;
	return connect(fd, (struct sockaddr *)&at, sizeof at);
}

static long bind_tcp(void) { return bound(SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }
static long bind_mptcp(void) { return bound(SOCK_STREAM, IPPROTO_MPTCP); }
static long bind_udp(void) { return bound(SOCK_DGRAM, 0); }
static long bind_udplite(void) { return bound(SOCK_DGRAM, IPPROTO_UDPLITE); }
static long connect_tcp(void) { return connected(SOCK_STREAM, IPPROTO_TCP); }
static long connect_mptcp(void) { return connected(SOCK_STREAM, IPPROTO_MPTCP); }

static long fastopen(int how)
{
	struct sockaddr_in at = port();
	struct iovec text = {"x", 1};
	struct msghdr message = {.msg_name = &at, .msg_namelen = sizeof at, .msg_iov = &text, .msg_iovlen = 1};
	struct mmsghdr one = {.msg_hdr = message};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0) return fd;
	if (how == 0) return sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&at, sizeof at);
	if (how == 1) return sendmsg(fd, &message, MSG_FASTOPEN);
	return sendmmsg(fd, &one, 1, MSG_FASTOPEN);
}

static long fastopen_sendto(void) { return fastopen(0); }
static long fastopen_sendmsg(void) { return fastopen(1); }
static long fastopen_sendmmsg(void) { return fastopen(2); }

static long listen_anywhere(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	return fd < 0 ? fd : listen(fd, 1);
}

static long socket_high(void) { return syscall(SYS_socket, HIGH | AF_PACKET, (long)SOCK_RAW, 0L); }
static long socket_raw(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }
static long socket_ping(void) { return socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP); }
static long socket_sctp(void) { return socket(AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP); }
static long socket_packet(void) { return socket(AF_PACKET, SOCK_RAW, 0); }
static long socket_vsock(void) { return socket(AF_VSOCK, SOCK_STREAM, 0); }
static long socket_alg(void) { return socket(AF_ALG, SOCK_SEQPACKET, 0); }
static long socket_audit(void) { return socket(AF_NETLINK, SOCK_RAW, 9); }
static long socket_route(void) { return socket(AF_NETLINK, SOCK_RAW, 0); }
static long socket_unix(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }

static long connect_abstract(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(at.sun_path + 1, argument, strlen(argument));
	return connect(fd, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argument)));
}

static long connect_unix(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(at.sun_path, argument, sizeof at.sun_path - 1);
	return connect(fd, (struct sockaddr *)&at, sizeof at);
}

static long become_root(void) { return setresuid(0, 0, 0); }

static long dump_core(void)
{
	struct rlimit endless = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_CORE, &endless);
}

static long io_uring(void)
{
	char parameters[120] = {0};

	return syscall(SYS_io_uring_setup, 1, parameters);
}

static long user_clone(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (child == 0) _exit(0);
	return child;
}

static long user_clone3(void)
{
	uint64_t arguments[11] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
	long child = syscall(SYS_clone3, arguments, sizeof arguments);

	if (child == 0) _exit(0);
	return child;
}

static long fork_child(void)
{
	pid_t child = fork();
	int status = 1;

	if (child == 0) _exit(0);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static long user_unshare(void) { return unshare(CLONE_NEWUSER); }
static long fs_unshare(void) { return unshare(CLONE_FS); }
static long join(void) { return setns(open("/dev/null", O_RDONLY), 0); }

static long trace(void) { return ptrace(PTRACE_ATTACH, atoi(argument), NULL, NULL); }
static long trace_child(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static long send_signal(void) { return kill(atoi(argument), SIGTERM); }

static long read_memory(void)
{
	char room[8];
	struct iovec here = {room, sizeof room}, there = {&there, sizeof room};

	return process_vm_readv(atoi(argument), &here, 1, &there, 1, 0);
}

static long take_descriptor(void)
{
	long pidfd = syscall(SYS_pidfd_open, atoi(argument), 0);

	return pidfd < 0 ? pidfd : syscall(SYS_pidfd_getfd, pidfd, 0, 0);
}

static long load_module(void) { return syscall(SYS_finit_module, -1, "", 0); }
static long load_program(void) { return syscall(SYS_bpf, 0, NULL, 0); }
static long mount_there(void) { return syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL); }
static long change_root(void) { return chroot("/"); }
static long use_keys(void) { return syscall(SYS_keyctl, 0, -3, 0); }
static long set_clock(void) { return syscall(SYS_clock_settime, 0, NULL); }
static long restart(void) { return syscall(SYS_reboot, 0, 0, 0, NULL); }
static long personify(void) { return personality(ADDR_NO_RANDOMIZE); }
static long new_call(void) { return syscall(1000L); }

static long terminal_input(void) { return ioctl(0, TIOCSTI, "x"); }
static long terminal_input_high(void) { return syscall(SYS_ioctl, 0L, HIGH | TIOCSTI, "x"); }

static long setid(int how)
{
	const mode_t mode = S_ISUID | 0700;

	switch (how) {
	case 0: return chmod(argument, mode);
	case 1: return fchmod(open(argument, O_RDWR | O_CREAT, 0700), S_ISGID | 0700);
	case 2: return fchmodat(AT_FDCWD, argument, mode, 0);
	case 3: return open(argument, O_RDWR | O_CREAT, mode);
	case 4: return openat(AT_FDCWD, argument, O_RDWR | O_CREAT | O_EXCL, mode);
	case 5: return mknod(argument, S_IFREG | mode, 0);
	case 6: return mkdir(argument, mode);
	case 7: return creat(argument, mode);
	case 8: return open(argument, O_RDWR | O_TMPFILE, mode);
	default: {
		uint64_t open_how[3] = {O_RDWR | O_CREAT, mode, 0};
		return syscall(SYS_openat2, AT_FDCWD, argument, open_how, sizeof open_how);
	}
	}
}

static long setid_chmod(void) { return setid(0); }
static long setid_fchmod(void) { return setid(1); }
static long setid_fchmodat(void) { return setid(2); }
static long setid_open(void) { return setid(3); }
static long setid_openat(void) { return setid(4); }
static long setid_mknod(void) { return setid(5); }
static long setid_mkdir(void) { return setid(6); }
static long setid_creat(void) { return setid(7); }
static long setid_tmpfile(void) { return setid(8); }
static long setid_openat2(void) { return setid(9); }

/* A mode that is none, since nothing is made. */
static long open_with_rest(void) { return syscall(SYS_open, argument, O_RDONLY, 07777); }

static long read_it(void) { return open(argument, O_RDONLY); }
static long write_it(void) { return open(argument, O_WRONLY); }
static long make_it(void) { return open(argument, O_WRONLY | O_CREAT | O_EXCL, 0600); }
static long list_it(void) { return open(argument, O_RDONLY | O_DIRECTORY); }
static long remove_it(void) { return unlink(argument); }
static long truncate_it(void) { return truncate(argument, 0); }
static long execute_it(void) { return execl(argument, argument, "/dev/null", "write", NULL); }

/* A program of the blog then makes an attempt that is known to end. */
static long execute_memory(void)
{
	char *command[] = {"memory", NULL}, *environment[] = {"HOSTILE=list /none", NULL};
	int from = open(argument, O_RDONLY), memory = memfd_create("memory", 0), status = -1;
	pid_t child;

	while (sendfile(memory, from, NULL, 1 << 20) > 0) continue;
	child = fork();
	if (child == 0) {
		fexecve(memory, command, environment);
		_exit(errno);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
	errno = WEXITSTATUS(status);
	return errno == EACCES || errno == EPERM || errno == EBADF || errno == ENOEXEC ? -1 : 0;
}

static const struct {
	const char *name;
	long (*try)(void);
} attempts[] = {
	{"bind", bind_tcp}, {"bind-mptcp", bind_mptcp}, {"bind-udp", bind_udp}, {"bind-udplite", bind_udplite},
	{"connect", connect_tcp}, {"connect-mptcp", connect_mptcp}, {"connect-bound", connected_bound}, {"fastopen-sendto", fastopen_sendto},
	{"fastopen-sendmsg", fastopen_sendmsg}, {"fastopen-sendmmsg", fastopen_sendmmsg}, {"listen", listen_anywhere},
	{"socket-high", socket_high}, {"socket-raw", socket_raw}, {"socket-ping", socket_ping}, {"socket-sctp", socket_sctp},
	{"socket-packet", socket_packet}, {"socket-vsock", socket_vsock}, {"socket-alg", socket_alg},
	{"socket-audit", socket_audit}, {"socket-route", socket_route}, {"socket-unix", socket_unix},
	{"abstract", connect_abstract}, {"connect-unix", connect_unix}, {"become-root", become_root}, {"core", dump_core}, {"io_uring", io_uring}, {"clone", user_clone}, {"clone3", user_clone3},
	{"fork", fork_child}, {"unshare", user_unshare}, {"unshare-fs", fs_unshare}, {"setns", join}, {"ptrace", trace},
	{"traceme", trace_child}, {"signal", send_signal}, {"read-memory", read_memory}, {"pidfd_getfd", take_descriptor},
	{"module", load_module}, {"bpf", load_program}, {"mount", mount_there}, {"chroot", change_root}, {"keyring", use_keys},
	{"clock", set_clock}, {"reboot", restart}, {"personality", personify}, {"new-call", new_call},
	{"tiocsti", terminal_input}, {"tiocsti-high", terminal_input_high}, {"setid-chmod", setid_chmod},
	{"setid-fchmod", setid_fchmod}, {"setid-fchmodat", setid_fchmodat}, {"setid-open", setid_open},
	{"setid-openat", setid_openat}, {"setid-mknod", setid_mknod}, {"setid-mkdir", setid_mkdir},
	{"setid-creat", setid_creat}, {"setid-tmpfile", setid_tmpfile}, {"setid-openat2", setid_openat2},
	{"open-with-rest", open_with_rest}, {"read", read_it}, {"write", write_it}, {"make", make_it}, {"list", list_it},
	{"remove", remove_it}, {"truncate", truncate_it}, {"execute", execute_it},
	{"execute-memory", execute_memory},
};

long attempts_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0L, 1L);
}

const char *attempts_make(const char *name, const char *what)
{
	argument = what;
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		if (strcmp(attempts[i].name, name) != 0) continue;
		errno = 0;
		return attempts[i].try() < 0 ? strerrorname_np(errno) : "done";
	}
	return NULL;
}

void attempts_make_all(char *list, const char *(*try)(const char *name, const char *argument))
{
	char *words;

	while ((words = strsep(&list, ",")) != NULL) {
		const char *name = strsep(&words, " "), *with = words != NULL ? words : "-", *result = try(name, with);

		fprintf(stderr, "%s %s: %s\n", name, with, result != NULL ? result : "there is no such attempt");
	}
}
