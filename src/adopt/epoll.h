/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A socket's membership in epoll(7) sets. It belongs to the socket, not to the number, and would be
 * gone with the socket that another takes the place of. The kernel tells of it in /proc alone;
 * without /proc it is lost. Watching epoll_ctl(2) instead would be a cost to every connection.
 */
#ifndef LOWPORT_ADOPT_EPOLL_H
#define LOWPORT_ADOPT_EPOLL_H

#include <stdbool.h>
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

/* Looks for the sets that the socket FD is in. False with errno where no descriptor was left to look with. */
bool epoll_find(int fd, struct memberships *memberships);

/* Takes FD out of them. */
void epoll_leave(int fd, const struct memberships *memberships);

/* Puts what is at FD now into these sets. */
void epoll_join(int fd, const struct memberships *memberships);

#endif
