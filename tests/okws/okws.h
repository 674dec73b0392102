/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A web server of parts that trust each other no more than they must: what they share. */
#ifndef OKWS_H
#define OKWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define LINE_MAX_ 4096

/* The descriptor that was handed over under NAME, see sd_listen_fds(3). Exits with 64 where there is none. */
int handle(const char *name);

/* What the environment has under NAME. Exits with 64 where it has nothing. */
const char *setting(const char *name);

/*
 * Answers lines, for ever, each client of LISTENER in a thread of its own. ANSWER gets the text of a line
 * without its end, and writes to the client. A client that it returns false for is sent away.
 */
_Noreturn void serve_lines(int listener, bool (*answer)(char *line, FILE *client));

typedef void serve_request(FILE *client, const char *method, const char *path, const char *body);

/* Serves, for ever, the connections that come over LISTENER as descriptors. */
_Noreturn void serve_connections(int listener, serve_request *serve);

/* Sends the descriptor CONNECTION over the socket TO. False where nobody takes it. */
bool pass_on(int to, int connection);

/* The two directions of a connected socket. */
struct peer {
	FILE *from, *to;
};

struct peer peer_of(int fd);

/* Appends a line to the log, by oklogd. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Where the environment has HOSTILE="ATTEMPT ARGUMENT,...", this part has been taken over: it makes these attempts with
 * all that it was given, says on standard error what came of each, and ends. See tests/confine/attempts.h.
 */
void turn_hostile(void);

#endif
