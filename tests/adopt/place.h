/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PROTO:ADDRESS:PORT as the test programs write it; tcp6 and udp6 mean IPV6_V6ONLY=1. */
#ifndef TESTS_ADOPT_PLACE_H
#define TESTS_ADOPT_PLACE_H

#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* As many seconds where the tests usually run, and more on a machine that is slower. */
static inline unsigned patience(unsigned seconds)
{
    const char *slowness = getenv("SLOWNESS");

    return seconds * (slowness != NULL ? (unsigned)atoi(slowness) : 1);
}

struct place {
    int type, protocol, v6only;
    socklen_t length;
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } address;
};

static inline void place_address(struct place *place, char *address, in_port_t port)
{
    char *zone = strchr(address, '%'), *end = strchr(address, ']');

    if (*address != '[') {
        place->length = sizeof place->address.in;
        place->address.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
        if (inet_pton(AF_INET, address, &place->address.in.sin_addr) == 1)
            return;
    } else if (end != NULL) {
        *end = '\0';
        if (zone != NULL)
            *zone = '\0';
        place->length = sizeof place->address.in6;
        place->address.in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
        if (zone != NULL)
            place->address.in6.sin6_scope_id = if_nametoindex(zone + 1);
        if (inet_pton(AF_INET6, address + 1, &place->address.in6.sin6_addr) == 1)
            return;
    }
    errx(64, "%s: not an address", address);
}

static inline struct place place_read(const char *text)
{
    struct place place = {.type = SOCK_STREAM};
    char *copy = strdup(text);
    char *first = copy != NULL ? strchr(copy, ':') : NULL;
    char *last = copy != NULL ? strrchr(copy, ':') : NULL;

    if (first == NULL || first == last)
        errx(64, "%s: not PROTO:ADDRESS:PORT", text);
    *first = *last = '\0';
    if (strncmp(copy, "udp", 3) == 0)
        place.type = SOCK_DGRAM;
    if (strncmp(copy, "mptcp", 5) == 0)
        place.protocol = IPPROTO_MPTCP;
    place.v6only = strchr(copy, '6') != NULL;
    place_address(&place, first + 1, htons((in_port_t)atoi(last + 1)));
    free(copy);
    return place;
}

/*
 * A fresh socket for the place, with extra flags for socket(2). Never without IPV6_V6ONLY as asked.
 */
static inline int place_socket(const struct place *place, int flags)
{
    int fd = socket(place->address.any.sa_family, place->type | flags, place->protocol);

    if (fd < 0)
        err(71, "socket");
    if (place->address.any.sa_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &place->v6only, sizeof place->v6only) != 0)
        err(71, "IPV6_V6ONLY");
    return fd;
}

#endif
