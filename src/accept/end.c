/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "end.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Where the four bytes of an IPv4 address are in ::ffff:192.0.2.1. */
#define MAPPED 12

static struct in6_addr as_ipv6(const union address *end) {
    struct in6_addr mapped = {{{[10] = 0xff, [11] = 0xff}}};

    if (end->any.sa_family == AF_INET6) return end->in6.sin6_addr;
    memcpy(mapped.s6_addr + MAPPED, &end->in.sin_addr, sizeof end->in.sin_addr);
    return mapped;
}

void end_write(const union address *end, char *ip, char *port) {
    struct in6_addr address = as_ipv6(end);

    if (IN6_IS_ADDR_V4MAPPED(&address))
        inet_ntop(AF_INET, address.s6_addr + MAPPED, ip, END_IP);
    else
        inet_ntop(AF_INET6, &address, ip, END_IP);
    /* The port is at the same place in both. */
    (void)snprintf(port, END_PORT, "%u", (unsigned)ntohs(end->in.sin_port));
}

struct in6_addr end_source(const union address *end) {
    struct in6_addr source = as_ipv6(end);

    if (!IN6_IS_ADDR_V4MAPPED(&source) && !IN6_IS_ADDR_LINKLOCAL(&source)) memset(source.s6_addr + 8, 0, 8);
    return source;
}
