/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls that make a socket, and what becomes of those that fail or only claim success. The kernel is played here.
 * Linked with src/launcher/listener.c src/launcher/request.c src/ownership/address.c src/ownership/words.c.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

/* ---- a kernel of one socket ---- */

/* The call CALL, of its name and what it is about, returns RESULT: with ERROR and no effect. */
static struct fault {
	const char *call;
	int result, error;
} fault;
static bool ipv6;
static char *calls;
static int made, option_values[64], listening;
static struct sockaddr_storage bound;
static socklen_t bound_size;

static bool fails(const char *call)
{
	calls = format_text("%s%s ", calls, call);
	if (fault.call == NULL || strcmp(call, fault.call) != 0)
		return false;
	errno = fault.error;
	return true;
}

static const char *address_text(const struct sockaddr *address)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;
	char text[INET6_ADDRSTRLEN];

	if (address->sa_family == AF_INET)
		return format_text("%s:%d", inet_ntop(AF_INET, &four->sin_addr, text, sizeof text), ntohs(four->sin_port));
	return format_text("[%s%%%u]:%d", inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text), six->sin6_scope_id,
			   ntohs(six->sin6_port));
}

static const char *option_text(int level, int option)
{
	return level == IPPROTO_IPV6 && option == IPV6_V6ONLY ? "v6only" :
	       level == SOL_SOCKET && option == SO_REUSEADDR  ? "reuseaddr" :
	       level == SOL_SOCKET && option == SO_REUSEPORT  ? "reuseport" :
	       level == IPPROTO_IP && option == IP_FREEBIND   ? "freebind" :
								"?";
}

int socket(int family, int type, int protocol)
{
	const char *protocol_text = protocol == IPPROTO_TCP ? "tcp" : protocol == IPPROTO_UDP ? "udp" : "mptcp";
	const char *text = format_text("%s%d", protocol_text, family == AF_INET ? 4 : 6);

	if (type != ((protocol == IPPROTO_UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC))
		text = "of another type";
	if (fails(text))
		return -1;
	if (family == AF_INET6 && !ipv6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	memset(option_values, 0, sizeof option_values);
	listening = 0;
	memset(&bound, 0, sizeof bound);
	bound_size = sizeof bound.ss_family;
	return made++;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
	const char *text = option_text(level, option);
	bool failing = fails(format_text("%s%s%d", fd < 0 ? "no socket " : "", text, *(const int *)value));

	if (failing && fault.result == 0)
		return 0;
	/* One that fails is no less refused where the value is there. */
	option_values[option] = size == sizeof(int) ? *(const int *)value : 99;
	return failing ? fault.result : 0;
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *size)
{
	if (option == SO_ACCEPTCONN && level == SOL_SOCKET) {
		bool failing = fails("listens?");

		if (!failing || fault.result < 0)
			*(int *)value = listening;
		return fd < 0 || failing ? fault.result : 0;
	}
	*(int *)value = option_values[option];
	*size = sizeof(int);
	return fault.call != NULL && strcmp(fault.call, "getsockopt") == 0 ? -1 : 0;
}

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
	if (fails(format_text("%sbind%s", fd < 0 ? "no socket " : "", address_text(address))))
		return fault.result;
	memcpy(&bound, address, bound_size = size);
	return 0;
}

int bind_with_capability(int fd, const struct sockaddr *address, socklen_t size)
{
	calls = format_text("%sprivileged ", calls);
	return bind(fd, address, size);
}

int listen(int fd, int backlog)
{
	if (fails(format_text("%slisten%d", fd < 0 ? "no socket " : "", backlog)))
		return fault.result;
	listening = 1;
	return 0;
}

int getsockname(int fd, struct sockaddr *address, socklen_t *size)
{
	memcpy(address, &bound, bound_size);
	*size = bound_size;
	return fails("is?") || fd < 0 ? fault.result : 0;
}

int close(int fd)
{
	fails(fd < 0 ? "close none" : "close");
	return 0;
}

unsigned if_nametoindex(const char *name)
{
	return strcmp(name, "eth9") == 0 ? 9 : 0;
}

void refuse_request(const struct start *start, const struct request *request)
{
	(void)start;
	quit(EX_NOPERM, format_text("%s is the kernel's", request->text));
}

/* ---- the table ---- */

#define GRANT .ruling = GRANTED
#define KERNELS .ruling = UNLISTED
#define TCP "tcp6 v6only0 reuseaddr1 "

static const struct {
	const char *request;
	enum ruling ruling;
	enum handoff handoff;
	bool no_ipv6, freebind, spelled, mapped;
	unsigned copies;
	struct fault fault;
	const char *calls; /* of a start that is not refused */
	int count;	   /* how many sockets come of it */
	int status;	   /* of one that is */
	const char *why;
} rows[] = {
	{ "tcp:53", GRANT, .calls = TCP "privileged bind[::%0]:53 listen7 is? listens? ", .count = 1 },
	{ "tcp:53", KERNELS, .calls = TCP "bind[::%0]:53 listen7 is? listens? ", .count = 1 },
	{ "tcp4:53", GRANT, .calls = "tcp4 reuseaddr1 privileged bind0.0.0.0:53 listen7 is? listens? ", .count = 1 },
	{ "tcp6:53", GRANT, .calls = "tcp6 v6only1 reuseaddr1 privileged bind[::%0]:53 listen7 is? listens? ", .count = 1 },
	{ "tcp:192.0.2.1:53", GRANT, .calls = "tcp4 reuseaddr1 privileged bind192.0.2.1:53 listen7 is? listens? ",
	  .count = 1 },
	{ "udp:53", GRANT, .calls = "udp6 v6only0 privileged bind[::%0]:53 is? listens? ", .count = 1 },
	{ "mptcp4:53", GRANT, .calls = "mptcp4 reuseaddr1 privileged bind0.0.0.0:53 listen7 is? listens? ", .count = 1 },
	{ "udp:[fe80::1%eth9]:53", GRANT, .calls = "udp6 v6only1 privileged bind[fe80::1%9]:53 is? listens? ", .count = 1 },
	{ "udp:[fe80::1%eth8]:53", GRANT, .status = EX_UNAVAILABLE, .why = "no such interface" },
	{ "udp4:53", GRANT, .copies = 1, .calls = "udp4 reuseport1 privileged bind0.0.0.0:53 is? listens? ", .count = 1 },
	{ "udp4:53", KERNELS, .copies = 2, .count = 2,
	  .calls = "udp4 reuseport1 bind0.0.0.0:53 is? listens? udp4 reuseport1 bind0.0.0.0:53 is? listens? " },
	{ "udp4:53", KERNELS, .freebind = true, .calls = "udp4 freebind1 bind0.0.0.0:53 is? listens? ", .count = 1 },
	{ "tcp4:53", KERNELS, .handoff = ADOPT, .calls = "tcp4 reuseaddr1 bind0.0.0.0:53 is? listens? ", .count = 1 },
	{ "udp4:53", KERNELS, .handoff = ADOPT, .calls = "udp4 reuseport1 bind0.0.0.0:53 is? listens? ", .count = 1 },
	{ "tcp4:53", KERNELS, .handoff = ACCEPT, .calls = "tcp4 reuseaddr1 bind0.0.0.0:53 listen7 is? listens? ", .count = 1 },
	/* IPv4 by the other name. */
	{ "tcp:192.0.2.1:53", GRANT, .handoff = ADOPT, .mapped = true, .count = 1,
	  .calls = "tcp6 v6only0 reuseaddr1 privileged bind[::ffff:192.0.2.1%0]:53 is? listens? " },
	{ "udp:192.0.2.1:53", KERNELS, .handoff = ADOPT, .mapped = true, .count = 1,
	  .calls = "udp6 v6only0 reuseport1 bind[::ffff:192.0.2.1%0]:53 is? listens? " },
	{ "tcp:192.0.2.1:53", GRANT, .handoff = ADOPT, .no_ipv6 = true, .mapped = true, .spelled = true, .calls = "tcp6 ",
	  .count = 0 },
	/* Without IPv6 there is the other family, where none was asked for. */
	{ "tcp:53", KERNELS, .no_ipv6 = true, .calls = "tcp6 tcp4 reuseaddr1 bind0.0.0.0:53 listen7 is? listens? ",
	  .count = 1 },
	{ "tcp:53", KERNELS, .no_ipv6 = true, .spelled = true, .count = 1,
	  .calls = "tcp6 tcp4 reuseaddr1 bind0.0.0.0:53 listen7 is? listens? " },
	{ "tcp6:53", KERNELS, .no_ipv6 = true, .status = EX_OSERR, .why = "cannot make a socket" },
	{ "tcp6:53", KERNELS, .no_ipv6 = true, .spelled = true, .calls = "tcp6 ", .count = 0 },
	{ "tcp:53", KERNELS, .fault = { "tcp6", -1, EMFILE }, .status = EX_OSERR, .why = "files; raise ulimit -n" },
	{ "tcp:53", KERNELS, .fault = { "tcp6", -1, ENFILE }, .status = EX_OSERR, .why = "cannot make a socket" },
	{ "tcp:53", KERNELS, .spelled = true, .fault = { "tcp6", -1, EMFILE }, .status = EX_OSERR, .why = "make a socket" },
	/* An address that has just gone is left out of many, and of nothing else. */
	{ "tcp4:53", KERNELS, .spelled = true, .fault = { "bind0.0.0.0:53", -1, EADDRNOTAVAIL }, .count = 0,
	  .calls = "tcp4 reuseaddr1 bind0.0.0.0:53 close " },
	{ "tcp4:53", KERNELS, .spelled = true, .fault = { "bind0.0.0.0:53", -1, EADDRINUSE }, .status = EX_TEMPFAIL,
	  .why = "ss -tulnp says" },
	{ "tcp4:53", KERNELS, .spelled = true, .fault = { "bind0.0.0.0:53", 0, EADDRNOTAVAIL }, .status = EX_OSERR,
	  .why = "is not bound" },
	{ "tcp4:53", KERNELS, .fault = { "bind0.0.0.0:53", -1, EADDRNOTAVAIL }, .status = EX_UNAVAILABLE,
	  .why = "see ip address" },
	{ "tcp4:53", KERNELS, .fault = { "bind0.0.0.0:53", -1, EINVAL }, .status = EX_OSERR, .why = "cannot be bound" },
	{ "tcp4:53", KERNELS, .fault = { "bind0.0.0.0:53", -1, EACCES }, .status = EX_NOPERM, .why = "is the kernel's" },
	{ "tcp4:53", GRANT, .fault = { "bind0.0.0.0:53", -1, EACCES }, .status = EX_NOPERM, .why = "is the kernel's" },
	{ "tcp4:53", KERNELS, .fault = { "listen7", -1, EADDRINUSE }, .status = EX_TEMPFAIL, .why = "cannot be bound" },
	{ "tcp4:53", KERNELS, .fault = { "listen7", 0, 0 }, .status = EX_OSERR, .why = "does not listen as it should" },
	{ "tcp4:53", KERNELS, .fault = { "is?", -1, ENOBUFS }, .status = EX_OSERR, .why = "is not bound" },
	{ "tcp4:53", KERNELS, .fault = { "listens?", -1, EINVAL }, .status = EX_OSERR, .why = "tcp4:53: " },
	{ "udp4:53", KERNELS, .fault = { "listens?", 0, 0 }, .status = EX_OSERR, .why = "does not listen as it should" },
	{ "tcp:53", KERNELS, .fault = { "v6only0", -1, ENOPROTOOPT }, .status = EX_OSERR, .why = "socket option" },
	{ "tcp6:53", KERNELS, .fault = { "v6only1", 0, 0 }, .status = EX_OSERR, .why = "it was not set" },
	{ "tcp:53", KERNELS, .fault = { "getsockopt", -1, 0 }, .status = EX_OSERR, .why = "it was not set" },
	{ "tcp4:53", KERNELS, .fault = { "reuseaddr1", 0, 0 }, .status = EX_OSERR, .why = "it was not set" },
};

static void try_row(size_t i)
{
	struct request request;
	struct start start = { .handoff = rows[i].handoff, .options = { .backlog = 7 } };
	requests listeners = { 0 };

	request_read(rows[i].request, &request);
	request.verdict.ruling = rows[i].ruling;
	request.spelled = rows[i].spelled;
	request.mapped = rows[i].mapped;
	APPEND(start.requests, request);
	start.options.copies = rows[i].copies;
	start.options.freebind = rows[i].freebind;
	ipv6 = !rows[i].no_ipv6;
	fault = rows[i].fault;
	calls = "";
	made = 0;
	errno = EAFNOSUPPORT; /* of whatever was before */
	REFUSED(listeners = open_listeners(&start));
	if (rows[i].why != NULL) {
		tap(refused(rows[i].status, rows[i].why), rows[i].request, rows[i].why);
		return;
	}
	tap(said == NULL && strcmp(calls, rows[i].calls) == 0, rows[i].request, calls);
	tap(said == NULL && listeners.count == (size_t)rows[i].count, "as many sockets", rows[i].request);
	for (size_t n = 0; said == NULL && n < listeners.count; n++)
		tap(listeners.items[n].fd == (int)n, "each its own", rows[i].request);
}

int main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		try_row(i);
	tap(open_listeners(&(struct start){ 0 }).count == 0, "no sockets", "of no requests");
	return tap_end();
}
