/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The listening TCP sockets that were handed over. */
#ifndef LOWPORT_STAGE_LISTENERS_H
#define LOWPORT_STAGE_LISTENERS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

struct listener {
    int fd;
    bool dual; /* [::] that takes IPv4 as well */
    union address at;
};

struct listeners {
    size_t count;
    struct listener *list;
};

/*
 * Reads what sd_listen_fds(3) describes, and unsets its variables: they are not for PROGRAM. Exits
 * with 64 where there is nothing, or where one of them is anything but a listening TCP socket:
 * PROGRAM would never learn of it. HANDOFF, for the message, is what asks lowportbind for them.
 */
struct listeners listeners_read(const char *handoff, const char *program);

in_port_t listener_port(const struct listener *listener);

#endif
