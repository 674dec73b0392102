/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes that were started, one for each connection. */
#ifndef LOWPORT_ACCEPT_CHILDREN_H
#define LOWPORT_ACCEPT_CHILDREN_H

#include <netinet/in.h>
#include <stdbool.h>

/* Makes room for MOST children. Exits with 71 without memory. */
void children_begin(unsigned most);

unsigned children_count(void);

/* How many of them serve SOURCE. */
unsigned children_of(const struct in6_addr *source);

/*
 * Executes PATH in a new process, with CONNECTION as descriptors 0, 1 and, if ERRORS_TOO, 2, with
 * default signal handlers and nothing blocked. Returns 0 or the error. See posix_spawn(3).
 */
int children_start(const char *path, char *const *command, char *const *environment, int connection, bool errors_too,
                   const struct in6_addr *source);

/* Forgets all that have ended, so that no zombie stays. */
void children_reap(void);

#endif
