/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A socket's membership in epoll(7) sets. It belongs to the socket, not to the number, and would be
 * gone with the socket that another takes the place of. The kernel tells of it in /proc alone;
 * without /proc it is lost. Watching epoll_ctl(2) instead would be a cost to every connection.
 */
#ifndef LOWPORT_ADOPT_EPOLL_H
#define LOWPORT_ADOPT_EPOLL_H

#include <stddef.h>
#include <stdint.h>

#define MEMBERSHIPS_MAX 64

struct memberships {
    size_t count;
    struct membership {
        int set;
        uint32_t events;
        uint64_t data;
    } list[MEMBERSHIPS_MAX];
};

/* Takes the socket FD out of the sets that it is in, and says which these were. */
void epoll_leave(int fd, struct memberships *memberships);

/* Puts what is at FD now into these sets. */
void epoll_join(int fd, const struct memberships *memberships);

#endif
