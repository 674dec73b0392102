// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * peer - who is at the other end of a Unix socket, as the kernel tells it: "uid gid".
 *
 *	peer listen|datagrams PATH	prints who connects to PATH (or, of datagrams, nothing), for ever
 *	peer connect PATH		connects, prints who listens
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int tell(int fd)
{
	struct ucred who = { 0 };
	socklen_t size = sizeof who;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
		return 1;
	printf("%u %u\n", who.uid, who.gid);
	return fflush(stdout);
}

static int act(const char *word, int fd, const struct sockaddr_un *at)
{
	if (strcmp(word, "connect") == 0)
		return connect(fd, (const struct sockaddr *)at, sizeof *at) != 0 || tell(fd);
	if (bind(fd, (const struct sockaddr *)at, sizeof *at) != 0)
		return 1;
	if (strcmp(word, "datagrams") == 0)
		return pause();
	if (listen(fd, 8) != 0)
		return 1;
	for (;;)
		if (tell(accept(fd, NULL, NULL)) != 0)
			return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd, status;

	if (argc != 3 || strlen(argv[2]) >= sizeof at.sun_path)
		return 64;
	memcpy(at.sun_path, argv[2], strlen(argv[2]));
	fd = socket(AF_UNIX, strcmp(argv[1], "datagrams") == 0 ? SOCK_DGRAM : SOCK_STREAM, 0);
	status = act(argv[1], fd, &at);
	close(fd);
	return status;
}
