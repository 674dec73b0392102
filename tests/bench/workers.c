// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workers - a daemon under load: a line for each connection, and its end.
 *
 *	workers PORT COUNT
 *
 * COUNT processes accept connections. They take them from the sockets handed over as in sd_listen_fds(3), each from one
 * of its own where there are as many; without any, from one that this program binds to 127.0.0.1:PORT itself.
 */
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void bind_for_itself(const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 4096) != 0)
		err(71, "port %s", port);
	if (fd != 3 && dup2(fd, 3) != 3)
		err(71, "descriptor 3");
}

static void work(int fd)
{
	int connection;

	while ((connection = accept(fd, NULL, NULL)) >= 0) {
		if (write(connection, "an answer\n", 10) != 10)
			warn("write");
		close(connection);
	}
	err(71, "accept");
}

int main(int argc, char **argv)
{
	const char *handed_over = getenv("LISTEN_FDS");
	int sockets = handed_over != NULL ? atoi(handed_over) : 1;

	if (argc != 3 || sockets < 1)
		errx(64, "usage: workers PORT COUNT");
	if (handed_over == NULL)
		bind_for_itself(argv[1]);
	for (int i = 0; i < atoi(argv[2]); i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(71, "fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(3 + i % sockets);
		}
	}
	wait(NULL);
	return 1;
}
