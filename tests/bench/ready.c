// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ready - the daemon of the benchmark: writes the time at which its socket listens to standard output.
 *
 * The socket is what was handed over at descriptor 3 or 0, if that listens; else it binds tcp [::]:80 for itself, as a
 * daemon does that was given the capability, or knows of nothing. The time is a struct timespec of CLOCK_MONOTONIC.
 *
 * It is linked statically and entered at begin(), before anything of libc: what is measured is who starts it. On
 * processors that call() does not know, and for those who need a program they can load a library into (see
 * ready-dynamic.c), it is entered at main().
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined __x86_64__ && !defined DYNAMIC
static long call(long number, long a, long b, long c, long d, long e)
{
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
	return result;
}
#define CALL_PADDED(number, a, b, c, d, e, ...) call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define CALL(name, ...) CALL_PADDED(SYS_##name, __VA_ARGS__, 0, 0, 0, 0)
#else
#define CALL(name, ...) name(__VA_ARGS__)
#endif

static int listens(int fd)
{
	int is = 0;
	socklen_t size = sizeof is;

	return CALL(getsockopt, fd, SOL_SOCKET, SO_ACCEPTCONN, &is, &size) == 0 && is;
}

static int listen_for_itself(void)
{
	static const struct sockaddr_in6 any = { .sin6_family = AF_INET6,
						 .sin6_port = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 80 << 8 : 80 };
	int fd = (int)CALL(socket, AF_INET6, SOCK_STREAM, 0);

	return fd >= 0 && CALL(bind, fd, (const struct sockaddr *)&any, sizeof any) == 0 && CALL(listen, fd, 4096) == 0 &&
	       listens(fd);
}

static int ready(void)
{
	struct timespec now;

	if (!listens(3) && !listens(0) && !listen_for_itself())
		return 1;
	CALL(clock_gettime, CLOCK_MONOTONIC, &now);
	return CALL(write, STDOUT_FILENO, &now, sizeof now) != sizeof now;
}

#if defined __x86_64__ && !defined DYNAMIC
__attribute__((noreturn, force_align_arg_pointer)) void begin(void);
void begin(void)
{
	for (;;)
		CALL(exit_group, ready());
}
#endif

int main(void)
{
	return ready();
}
