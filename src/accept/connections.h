/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an accepted connection to the process that serves it. */
#ifndef LOWPORT_ACCEPT_CONNECTIONS_H
#define LOWPORT_ACCEPT_CONNECTIONS_H

#include "listeners.h"
#include "options.h"

#include <stdbool.h>

struct connection {
    int fd;
    union address remote;
};

/* PATH is what to execute. Exits with 71 without memory. */
void connections_begin(const struct options *options, char *path);

/* Whether one more may be accepted now. Where not, it is to wait in the kernel's backlog. */
bool connections_possible(void);

/*
 * Starts the process, and closes the connection here. One that is over its source's limit, or for
 * which PROGRAM cannot be executed, is reset. One for which the system has no process to spare is
 * kept until connections_resume().
 */
void connections_start(const struct connection *connection);

/* Accepts nothing until SIGALRM or SIGCHLD: WHAT is not possible, for ERROR. */
void connections_pause(const char *what, int error);

/* Time has gone by, or a process has ended: what was not possible may be. */
void connections_resume(void);

/* Looks for PROGRAM again, for the connections to come. */
void connections_find_again(void);

/* Whether any is being served, or kept. */
bool connections_remain(void);

#endif
