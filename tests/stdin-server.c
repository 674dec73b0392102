// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stdin-server - what inetd's "wait" starts: a daemon that finds its socket at
 * descriptor 0, listening (TCP) or bound (UDP), and serves it until it is ended.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char answer[64];

static void datagrams(void)
{
	char buffer[512];
	struct sockaddr_storage from;
	socklen_t len = sizeof from;

	while (recvfrom(0, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &len) >= 0) {
		if (sendto(0, answer, strlen(answer), 0, (struct sockaddr *)&from, len) < 0)
			err(1, "sendto");
		len = sizeof from;
	}
	err(1, "recvfrom");
}

static void connections(void)
{
	int fd;

	while ((fd = accept(0, NULL, NULL)) >= 0) {
		if (write(fd, answer, strlen(answer)) < 0)
			warn("write");
		close(fd);
	}
	err(1, "accept");
}

int main(void)
{
	int type = 0;
	socklen_t len = sizeof type;

	snprintf(answer, sizeof answer, "served from descriptor 0 by uid %u\n", getuid());
	if (getsockopt(0, SOL_SOCKET, SO_TYPE, &type, &len) != 0)
		err(1, "descriptor 0");
	if (type == SOCK_DGRAM)
		datagrams();
	connections();
	return 0;
}
