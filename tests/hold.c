// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold - takes a port by plain means and keeps it until it is ended.
 *
 *	hold tcp|udp ADDRESS PORT [reuseaddr] [reuseport] [v6only] [nolisten] [insist]
 *
 * Prints "held" when it has it; exits 75 where the bind is refused. With PORT
 * 0 and no "held" line nothing is tried: use "try" as the last word to bind,
 * print the errno name and leave. "insist" tries until it has it,
 * thousands of times a second.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t parse(struct sockaddr_storage *a, const char *host, const char *port)
{
	struct sockaddr_in *v4 = (void *)a;
	struct sockaddr_in6 *v6 = (void *)a;

	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)atoi(port));
		return sizeof *v4;
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1)
		errx(99, "%s", host);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)atoi(port));
	return sizeof *v6;
}

struct wish {
	struct sockaddr_storage address;
	socklen_t length;
	int tcp, reuseaddr, reuseport, v6only, quiet, try, insist;
};

static int take(const struct wish *wish)
{
	const int on = 1;
	int fd = socket(wish->address.ss_family, wish->tcp ? SOCK_STREAM : SOCK_DGRAM, 0), rc, error;

	if (wish->reuseaddr)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (wish->reuseport)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (wish->v6only)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	rc = bind(fd, (const struct sockaddr *)&wish->address, wish->length);
	if (rc == 0 && wish->tcp && !wish->quiet)
		rc = listen(fd, 8);
	error = errno;
	if (rc != 0)
		close(fd);
	errno = error;
	return rc;
}

int main(int argc, char **argv)
{
	struct wish wish = { 0 };
	int rc;

	if (argc < 4)
		errx(99, "usage: hold tcp|udp ADDRESS PORT [WORD...]");
	wish.tcp = strcmp(argv[1], "tcp") == 0;
	wish.length = parse(&wish.address, argv[2], argv[3]);
	for (int i = 4; i < argc; i++) {
		wish.reuseaddr |= strcmp(argv[i], "reuseaddr") == 0;
		wish.reuseport |= strcmp(argv[i], "reuseport") == 0;
		wish.v6only |= strcmp(argv[i], "v6only") == 0;
		wish.quiet |= strcmp(argv[i], "nolisten") == 0;
		wish.try |= strcmp(argv[i], "try") == 0;
		wish.insist |= strcmp(argv[i], "insist") == 0;
	}
	do
		rc = take(&wish);
	while (rc != 0 && wish.insist && usleep(100) == 0);
	if (wish.try) {
		puts(rc == 0 ? "ok" : strerrorname_np(errno));
		return 0;
	}
	if (rc != 0)
		err(75, "bind");
	puts("held");
	fflush(stdout);
	return pause();
}
