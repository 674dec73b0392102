// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * around - binds a port in the ways that a shell cannot, as whoever it is started as.
 *
 *	around unspec PORT               an IPv4 socket, with AF_UNSPEC in the address
 *	around protocol NUMBER PORT      a socket of that protocol: 262 is MPTCP, 136 UDP-Lite
 *	around twice PORT OTHER          one, and then another with the same socket
 *	around uring PORT [UID]          through io_uring; with a personality that was registered as UID (from root)
 *	around worker PORT               the same by a worker of io_uring's, in the place of the caller
 *	around poller PORT               the same by the kernel's thread that polls the ring
 *	around ids REAL EFFECTIVE PORT   with ids that differ (from root)
 *	around capable UID PORT          as UID, with CAP_NET_BIND_SERVICE (from root)
 *	around incapable PORT            as it is, without any capability
 *	around given bind|connect|listen [COUNT]   the ports that the kernel hands out, each once, sorted
 *	around asked bind|connect|listen PORT      the one that it hands out where the socket asks for this one, or 0
 *	around race PORT TRIES           [::] with IPV6_V6ONLY set, which a thread clears and sets all the time; more
 *	                                 often than that, where none of them was a race that the thread has won
 *
 * Prints "ok" or the error of the bind; for race: how many were bound IPv6 alone, dual-stack, and refused.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.11 and 6.3; older headers lack them. */
#define OP_BIND 56
#define LOCAL_PORT_RANGE 51

static void answer(int rc)
{
	puts(rc == 0 ? "ok" : strerrorname_np(errno));
}

static struct sockaddr_in v4(const char *port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
}

static int bind_v4(int fd, const char *port)
{
	struct sockaddr_in at = v4(port);

	return bind(fd, (struct sockaddr *)&at, sizeof at);
}

static int unspec(char **argv)
{
	struct sockaddr_in at = v4(argv[0]);

	at.sin_family = AF_UNSPEC;
	return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&at, sizeof at);
}

static int protocol(char **argv)
{
	int number = atoi(argv[0]), fd = socket(AF_INET, number == 262 ? SOCK_STREAM : SOCK_DGRAM, number);

	return fd < 0 ? -1 : bind_v4(fd, argv[1]);
}

static int twice(char **argv)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind_v4(fd, argv[0]) != 0)
		return -1;
	return bind_v4(fd, argv[1]);
}

/* One entry of a ring: what it returns, as a system call would. */
static int submit(int ring, const struct io_uring_params *params, const struct io_uring_sqe *entry)
{
	size_t size = params->sq_off.array + params->sq_entries * sizeof(uint32_t);
	char *sq = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	char *cq = mmap(NULL, params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
	struct io_uring_sqe *sqes = mmap(NULL, params->sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	struct io_uring_cqe *cqe = (void *)(cq + params->cq_off.cqes);
	unsigned wake = (params->flags & IORING_SETUP_SQPOLL) != 0 ? IORING_ENTER_SQ_WAKEUP : 0;

	if (sq == MAP_FAILED || cq == MAP_FAILED || (void *)sqes == MAP_FAILED)
		err(99, "io_uring");
	sqes[0] = *entry;
	*(uint32_t *)(sq + params->sq_off.array) = 0;
	atomic_store((_Atomic uint32_t *)(sq + params->sq_off.tail), 1);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS | wake, NULL, 0) != 1)
		err(99, "io_uring_enter");
	errno = -cqe->res;
	return cqe->res < 0 ? -1 : 0;
}

static int uring(char **argv)
{
	struct sockaddr_in at = v4(argv[0]);
	struct io_uring_params params = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0), ring = (int)syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_sqe entry = { .opcode = OP_BIND, .fd = fd, .addr = (uint64_t)&at, .off = sizeof at };

	if (ring < 0)
		return -1;
	if (argv[1] != NULL) {
		uid_t uid = (uid_t)atoi(argv[1]), nobody = 65534;

		if (setresuid(uid, uid, 0) != 0)
			err(99, "setresuid");
		entry.personality = (uint16_t)syscall(SYS_io_uring_register, ring, IORING_REGISTER_PERSONALITY, NULL, 0);
		if (setresuid(0, 0, 0) != 0 || setresuid(nobody, nobody, nobody) != 0)
			err(99, "setresuid");
		if (bind_v4(fd, argv[0]) == 0)
			errx(99, "nobody binds it without");
	}
	return submit(ring, &params, &entry);
}

/* Through a ring that was set up with these flags, by an entry with those. */
static int uring_by(const char *port, uint32_t setup, uint8_t flags)
{
	struct sockaddr_in at = v4(port);
	struct io_uring_params params = { .flags = setup, .sq_thread_idle = 1000 };
	int fd = socket(AF_INET, SOCK_STREAM, 0), ring = (int)syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_sqe entry = {
		.opcode = OP_BIND, .fd = fd, .addr = (uint64_t)&at, .off = sizeof at, .flags = flags
	};

	return ring < 0 ? -1 : submit(ring, &params, &entry);
}

static int worker(char **argv)
{
	return uring_by(argv[0], 0, IOSQE_ASYNC);
}

static int poller(char **argv)
{
	return uring_by(argv[0], IORING_SETUP_SQPOLL, 0);
}

static int ids(char **argv)
{
	uid_t real = (uid_t)atoi(argv[0]), effective = (uid_t)atoi(argv[1]);

	if (setresuid(real, effective, effective) != 0)
		err(99, "setresuid");
	return bind_v4(socket(AF_INET, SOCK_STREAM, 0), argv[2]);
}

static void keep(uint32_t capabilities)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { capabilities, capabilities, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_capset, &header, data) != 0)
		err(99, "capset");
}

static int capable(char **argv)
{
	uid_t uid = (uid_t)atoi(argv[0]);

	if (prctl(PR_SET_KEEPCAPS, 1) != 0 || setresuid(uid, uid, uid) != 0)
		err(99, "setresuid");
	keep(1U << CAP_NET_BIND_SERVICE);
	return bind_v4(socket(AF_INET, SOCK_STREAM, 0), argv[1]);
}

static int incapable(char **argv)
{
	keep(0);
	return bind_v4(socket(AF_INET, SOCK_STREAM, 0), argv[0]);
}

/* As the kernel chooses it out of RANGE (first, and last in the high half; 0 is any), or 0 where it had none. */
static unsigned given_port(const char *how, const struct sockaddr_in *peer, uint32_t range)
{
	struct sockaddr_in at = v4("0");
	socklen_t length = sizeof at;
	int fd = socket(AF_INET, strcmp(how, "connect") == 0 ? SOCK_DGRAM : SOCK_STREAM, 0), rc;

	if (range != 0 && setsockopt(fd, IPPROTO_IP, LOCAL_PORT_RANGE, &range, sizeof range) != 0)
		err(99, "IP_LOCAL_PORT_RANGE");
	if (strcmp(how, "bind") == 0)
		rc = bind(fd, (struct sockaddr *)&at, sizeof at);
	else if (strcmp(how, "listen") == 0)
		rc = listen(fd, 1);
	else
		rc = connect(fd, (const struct sockaddr *)peer, sizeof *peer);
	if (rc == 0)
		getsockname(fd, (struct sockaddr *)&at, &length);
	close(fd);
	return rc == 0 ? ntohs(at.sin_port) : 0;
}

static int given(char **argv)
{
	static char seen[65536];
	struct sockaddr_in peer = v4("9");

	peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < (argv[1] != NULL ? atoi(argv[1]) : 200); i++)
		seen[given_port(argv[0], &peer, 0)] = 1;
	for (unsigned port = 0; port < 65536; port++)
		if (seen[port])
			printf("%u ", port);
	return 0;
}

static int asked(char **argv)
{
	struct sockaddr_in peer = v4("9");
	uint32_t port = (uint32_t)atoi(argv[1]);

	peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	printf("%u ", given_port(argv[0], &peer, port | port << 16));
	return 0;
}

static atomic_int shared = -1, done;

static void *flip(void *unused)
{
	while (!atomic_load(&done)) {
		int fd = atomic_load(&shared), off = 0, on = 1;

		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	}
	return unused;
}

static int race(char **argv)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(argv[0])) };
	unsigned alone = 0, dual = 0, denied = 0;
	int tries = atoi(argv[1]);
	pthread_t thread;

	pthread_create(&thread, NULL, flip, NULL);
	for (int i = 0; i < tries || (denied + dual == 0 && i < 100 * tries); i++) {
		int fd = socket(AF_INET6, SOCK_DGRAM, 0), only = 1;
		socklen_t length = sizeof only;

		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
		atomic_store(&shared, fd);
		if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
			denied++;
		else if (getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &length) == 0 && only)
			alone++;
		else
			dual++;
		atomic_store(&shared, -1);
		close(fd);
	}
	atomic_store(&done, 1);
	pthread_join(thread, NULL);
	printf("alone %u dual %u refused %u ", alone, dual, denied);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(char **);
		int words;
	} ways[] = { { "unspec", unspec, 1 }, { "protocol", protocol, 2 }, { "twice", twice, 2 },
		     { "uring", uring, 1 },   { "worker", worker, 1 },	   { "poller", poller, 1 },
		     { "ids", ids, 3 },	      { "capable", capable, 2 },   { "incapable", incapable, 1 },
		     { "given", given, 1 },   { "asked", asked, 2 },	   { "race", race, 2 } };

	for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
		if (strcmp(argv[1], ways[i].name) == 0 && argc >= 2 + ways[i].words) {
			answer(ways[i].run(argv + 2));
			return 0;
		}
	errx(99, "usage: around WAY ARGUMENT...; see its source");
}
