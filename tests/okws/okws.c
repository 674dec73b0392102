/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "okws.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "../confine/attempts.h"

int handle(const char *name)
{
	const char *names = getenv("LISTEN_FDNAMES");
	size_t length = strlen(name);

	for (int fd = 3; names != NULL; fd++) {
		if (strncmp(names, name, length) == 0 && (names[length] == ':' || names[length] == '\0')) return fd;
		names = strchr(names, ':');
		if (names != NULL) names++;
	}
	errx(EX_USAGE, "no handle was handed over under the name %s", name);
}

const char *setting(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL || *value == '\0') errx(EX_USAGE, "the environment has no %s", name);
	return value;
}

struct peer peer_of(int fd)
{
	struct peer peer = {fdopen(fd, "r"), fdopen(dup(fd), "w")};

	if (peer.from == NULL || peer.to == NULL) err(EX_OSERR, "descriptor %d", fd);
	return peer;
}

static void leave(struct peer peer)
{
	fclose(peer.from);
	fclose(peer.to);
}

struct conversation {
	int client;
	bool (*answer)(char *line, FILE *client);
};

/* For one client, until it says no more. */
static void *answer_all(void *argument)
{
	struct conversation with = *(struct conversation *)argument;
	struct peer peer = peer_of(with.client);
	char line[LINE_MAX_];

	free(argument);
	while (fgets(line, sizeof line, peer.from) != NULL) {
		size_t length = strcspn(line, "\n");

		if (line[length] != '\n') break;
		line[length] = '\0';
		if (!with.answer(line, peer.to) || fflush(peer.to) != 0) break;
	}
	leave(peer);
	return NULL;
}

void serve_lines(int listener, bool (*answer)(char *line, FILE *client))
{
	for (;;) {
		struct conversation *with = malloc(sizeof *with);
		pthread_t thread;

		if (with == NULL) err(EX_OSERR, "memory");
		*with = (struct conversation){accept4(listener, NULL, NULL, SOCK_CLOEXEC), answer};
		if (with->client < 0 || pthread_create(&thread, NULL, answer_all, with) != 0) err(EX_OSERR, "a client");
		pthread_detach(thread);
	}
}

bool pass_on(int to, int connection)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct iovec byte = {"", 1};
	struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

	memcpy(CMSG_DATA(&control.header), &connection, sizeof connection);
	return sendmsg(to, &message, MSG_NOSIGNAL) == 1;
}

static int receive(int from)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec room = {&byte, 1};
	struct msghdr message = {.msg_iov = &room, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	int connection;

	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1 || message.msg_controllen < CMSG_LEN(sizeof(int))) return -1;
	memcpy(&connection, CMSG_DATA(&control.header), sizeof connection);
	return connection;
}

static void serve_one(struct peer client, serve_request *serve)
{
	char line[LINE_MAX_], body[LINE_MAX_] = "", *rest = line, *method, *path;
	size_t length = 0;

	if (fgets(line, sizeof line, client.from) == NULL) return;
	method = strsep(&rest, " ");
	path = strsep(&rest, " ");
	for (char header[LINE_MAX_]; fgets(header, sizeof header, client.from) != NULL && strcspn(header, "\r\n") > 0;)
		if (strncasecmp(header, "Content-Length:", 15) == 0) length = strtoul(header + 15, NULL, 10);
	if (path == NULL || length >= sizeof body || fread(body, 1, length, client.from) != length) return;
	serve(client.to, method, path, body);
}

void serve_connections(int listener, serve_request *serve)
{
	for (;;) {
		/* From okd, which connected before it lost the right to. */
		int okd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), connection;

		if (okd < 0) err(EX_OSERR, "accept");
		while ((connection = receive(okd)) >= 0) {
			struct peer client = peer_of(connection);

			serve_one(client, serve);
			leave(client);
		}
		close(okd);
	}
}

void note(const char *format, ...)
{
	char text[LINE_MAX_];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof text - 1, format, arguments);
	va_end(arguments);
	if (length < 0) return;
	if (length > (int)sizeof text - 2) length = (int)sizeof text - 2;
	text[length++] = '\n';
	if (send(handle("log"), text, (size_t)length, MSG_NOSIGNAL) != length) warnx("the log takes nothing");
}

/* What the log, the database or another part would have to allow: not below 0 if they did. */
static long with_handles(const char *what, const char *argument)
{
	char answer[LINE_MAX_] = "";
	int fd = strcmp(argument, "-") != 0 && strncmp(what, "query", 5) != 0 ? handle(argument) : -1;

	if (strcmp(what, "truncate-handle") == 0) return ftruncate(fd, 0);
	if (strcmp(what, "rewrite-handle") == 0) {
		int flags = fcntl(fd, F_GETFL);

		return fcntl(fd, F_SETFL, flags & ~O_APPEND) < 0 ? -1 : pwrite(fd, "x", 1, 0);
	}
	if (strcmp(what, "read-handle") == 0) return pread(fd, answer, 1, 0);
	/* With this part's own token, or with another. */
	fd = handle("db");
	dprintf(fd, "%s\t%s\t1\t2\n", strcmp(what, "query") == 0 ? setting("TOKEN") : "guess", argument);
	if (read(fd, answer, sizeof answer - 1) > 0 && *answer != '!') return 0;
	errno = EACCES;
	return -1;
}

static const char *try(const char *what, const char *argument)
{
	static const char *const own[] = {"truncate-handle", "rewrite-handle", "read-handle", "query", "query-guess"};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(own[i], what) == 0) return with_handles(what, argument) < 0 ? strerrorname_np(errno) : "done";
	return attempts_make(what, argument);
}

void turn_hostile(void)
{
	char *list = getenv("HOSTILE");

	if (list == NULL) return;
	attempts_make_all(list, try);
	exit(EX_OK);
}
