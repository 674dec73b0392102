/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the test programs that bind as a daemon would and look at what they got. */
#ifndef TESTS_ADOPT_CHECK_H
#define TESTS_ADOPT_CHECK_H

#include "place.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0                                                                         \
                 : errx(1, "%s:%d: not so: %s (errno: %m)", __FILE__, __LINE__, #condition))

static inline uint64_t cookie_of(int fd)
{
    uint64_t cookie;
    socklen_t length = sizeof cookie;

    CHECK(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) == 0);
    return cookie;
}

static inline int bind_place(int fd, const struct place *place)
{
    return bind(fd, &place->address.any, place->length);
}

/* A socket that is bound to the place, or the end of the program. */
static inline int bound_socket(const char *text, int flags)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, flags);

    CHECK(bind_place(fd, &place) == 0);
    return fd;
}

static inline int bind_error(const char *text)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, 0);
    int error = bind_place(fd, &place) == 0 ? 0 : errno;

    close(fd);
    return error;
}

/* The first descriptor that lowport-adopt keeps, and which of them it is. */
static inline int kept(int index)
{
    const char *text = getenv("LOWPORT_ADOPT");

    for (; text != NULL && index > 0; index--) {
        text = strchr(text, ',');
        text = text != NULL ? text + 1 : NULL;
    }
    CHECK(text != NULL);
    return text != NULL ? atoi(text) : -1;
}

#endif
