/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kept sockets as the library knows them. They are described once, and never change after that. */
#ifndef LOWPORT_ADOPT_COPIES_H
#define LOWPORT_ADOPT_COPIES_H

#include "endpoint.h"
#include "stash.h"

#include <stdbool.h>
#include <stddef.h>

struct copy {
    struct stash_entry kept;
    struct endpoint at;
};

extern struct copy copies[STASH_MAX];
extern size_t copy_count;

/* Describes them, the first time. */
void copies_describe(void);

/* Whether it is still where it was kept. */
bool copy_is_here(const struct copy *copy);

/* Whether traffic goes to it: a TCP socket that listens, or a UDP socket that is not parked. */
bool copy_is_at_work(const struct copy *copy);

/*
 * Puts the socket in place of FD, with the flags, the options and the epoll sets of FD, and on the interface DEVICE, 0
 * for all, unless it was handed over on one. False with errno, and nothing changed at FD, where it is not here (EBADF),
 * is on another interface for an earlier FD (EADDRINUSE), or the kernel refuses.
 */
bool copy_take(const struct copy *copy, int fd, int device);

/* Whether the program itself listens where it would be reached by TAKEN as well, so that the kernel would not let it
 * bind(2) FD there. */
bool copies_forbid(const struct copy *taken, int fd);

/*
 * Gives up, in this process alone, what keeps traffic from TAKEN, unless the program has a descriptor
 * of it. A program that served another address of this port before, and has closed it, does not know
 * that the copy is still at work; another process may be using it.
 */
void copies_make_way_for(const struct copy *taken);

/* Shares the port of WANTED, with all of its copies that are here, by SO_REUSEPORT, which the kernel grants to one and
 * the same user alone (socket(7)). */
void copies_share_port(const struct endpoint *wanted);

#endif
