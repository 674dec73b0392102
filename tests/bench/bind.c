// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bind - what a bind(2) takes: bind tcp|udp PORT COUNT
 *
 * Prints the nanoseconds of one, the best of 200 rounds of a fortieth of COUNT: short ones, which nothing disturbs.
 * Sockets are made before, and closed after, what is measured. A look at the clock is part of it.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	double best = 1e12;
	int type, count;

	if (argc != 4)
		errx(99, "usage: bind tcp|udp PORT COUNT");
	type = strcmp(argv[1], "tcp") == 0 ? SOCK_STREAM : SOCK_DGRAM;
	at.sin_port = htons((uint16_t)atoi(argv[2]));
	count = (atoi(argv[3]) + 39) / 40;
	for (int round = 0; round < 200; round++) {
		double spent = 0;

		for (int i = 0; i < count; i++) {
			struct timespec from, to;
			int fd = socket(AF_INET, type, 0), rc;

			clock_gettime(CLOCK_MONOTONIC, &from);
			rc = bind(fd, (struct sockaddr *)&at, sizeof at);
			clock_gettime(CLOCK_MONOTONIC, &to);
			if (rc != 0)
				err(99, "bind");
			spent += (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
			close(fd);
		}
		spent /= count;
		if (spent < best)
			best = spent;
	}
	printf("%.0f\n", best);
	return 0;
}
