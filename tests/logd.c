// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * logd - receives datagrams on a Unix socket and writes each as one line.
 *
 *	logd SOCKET [CLOG]
 *
 * Bytes that are not printable come out as {NN}, which tells them from an escape
 * of the sender's, so that one line is one datagram. With a second argument it binds the socket and never reads it.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	static unsigned char buffer[65536];
	ssize_t n;

	if (argc < 2 || strlen(argv[1]) >= sizeof a.sun_path)
		errx(99, "usage: logd SOCKET [clog]");
	memcpy(a.sun_path, argv[1], strlen(argv[1]) + 1);
	/* Who waits for the socket to be there may write to it. */
	umask(0111);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0)
		err(99, "%s", argv[1]);
	if (argc > 2)
		return pause();
	while ((n = recv(fd, buffer, sizeof buffer, 0)) >= 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buffer[i] < 0x20 || buffer[i] >= 0x7f)
				printf("{%02x}", buffer[i]);
			else
				putchar(buffer[i]);
		}
		putchar('\n');
		fflush(stdout);
	}
	err(99, "recv");
}
