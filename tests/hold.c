// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold - takes a port by plain means and keeps it until it is ended.
 *
 *	hold tcp|udp ADDRESS PORT [reuseaddr] [reuseport] [nolisten]
 *
 * Prints "held" when it has it; exits 75 where the bind is refused. With PORT
 * 0 and no "held" line nothing is tried: use "try" as the last word to bind,
 * print the errno name and leave.
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

int main(int argc, char **argv)
{
	struct sockaddr_storage a = { 0 };
	int fd, rc, tcp, try = 0, quiet = 0, on = 1;
	socklen_t len;

	if (argc < 4)
		errx(99, "usage: hold tcp|udp ADDRESS PORT [WORD...]");
	tcp = strcmp(argv[1], "tcp") == 0;
	len = parse(&a, argv[2], argv[3]);
	fd = socket(a.ss_family, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	for (int i = 4; i < argc; i++) {
		if (strcmp(argv[i], "reuseaddr") == 0)
			setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		else if (strcmp(argv[i], "reuseport") == 0)
			setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
		else if (strcmp(argv[i], "nolisten") == 0)
			quiet = 1;
		else if (strcmp(argv[i], "try") == 0)
			try = 1;
	}
	rc = bind(fd, (struct sockaddr *)&a, len);
	if (rc == 0 && tcp && !quiet)
		rc = listen(fd, 8);
	if (try) {
		puts(rc == 0 ? "ok" : strerrorname_np(errno));
		return 0;
	}
	if (rc != 0)
		err(75, "bind");
	puts("held");
	fflush(stdout);
	return pause();
}
