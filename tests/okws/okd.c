/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the port, looks at the path of each request, and passes the connection on to the service of that name. It never
 * reads more of a request than that. It is linked statically. Linked with tests/okws/okws.c tests/confine/attempts.c. */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "okws.h"

#define WEB 3 /* the sockets of ports come before all other handles */

static const char *const services[] = {"view", "edit"};

/* What of the first line is there, once that is whole; it stays in the socket, for the service to read. */
static bool peek_line(int connection, char *line, size_t size)
{
	for (ssize_t before = 0;;) {
		ssize_t got = recv(connection, line, size - 1, MSG_PEEK);

		/* A client that sends a byte at a time is one that waits for the others. */
		if (got <= before) return false;
		line[got] = '\0';
		if (strchr(line, '\n') != NULL) return true;
		before = got;
		if (recv(connection, line, (size_t)before + 1, MSG_PEEK | MSG_WAITALL) <= before) return false;
	}
}

static const char *service_of(char *line)
{
	char *path = strchr(line, '/');

	if (path == NULL) return NULL;
	path++;
	path[strcspn(path, "/? \r\n")] = '\0';
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strcmp(services[i], path) == 0) return services[i];
	}
	return NULL;
}

static void route(int connection)
{
	static const char none[] = "HTTP/1.0 404 Not Found\r\n\r\nno such service\n";
	static const char dead[] = "HTTP/1.0 503 Service Unavailable\r\n\r\nthe service is down\n";
	char line[LINE_MAX_];
	const char *service;

	if (!peek_line(connection, line, sizeof line)) return;
	service = service_of(line);
	note("okd: %s", service != NULL ? service : "no such service");
	if (service == NULL)
		send(connection, none, sizeof none - 1, MSG_NOSIGNAL);
	else if (!pass_on(handle(service), connection))
		send(connection, dead, sizeof dead - 1, MSG_NOSIGNAL);
}

int main(void)
{
	const struct timeval patience = {30, 0};

	turn_hostile();
	for (;;) {
		int connection = accept4(WEB, NULL, NULL, SOCK_CLOEXEC);

		if (connection < 0 && errno != ECONNABORTED && errno != EINTR) err(EX_OSERR, "accept");
		if (connection < 0) continue;
		setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
		route(connection);
		close(connection);
	}
}
