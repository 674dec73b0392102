/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks serve, from one address, and prints who answered: the place, "refused" or "silence".
 *
 *     ask [--silence] PLACE [SOURCE]
 *
 * Where silence is what is expected, a second of it is enough.
 *
 * The socket is connected, so that an answer from another address than the one that was asked is
 * none.
 */
#include "place.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

static void use_source(int fd, const char *address)
{
    char text[128];

    snprintf(text, sizeof text, "udp:%s:0", address);
    struct place source = place_read(text);
    if (bind(fd, &source.address.any, source.length) != 0)
        err(71, "%s", address);
}

static int say(const char *what)
{
    puts(what);
    return 0;
}

int main(int argc, char **argv)
{
    char answer[512];
    bool silence = argc > 1 && strcmp(argv[1], "--silence") == 0;

    argc -= silence, argv += silence;
    if (argc < 2)
        errx(64, "usage: ask [--silence] PLACE [SOURCE]");
    struct place place = place_read(argv[1]);
    int fd = place_socket(&place, 0);
    if (argc > 2)
        use_source(fd, argv[2]);
    if (connect(fd, &place.address.any, place.length) != 0)
        return say(errno == ECONNREFUSED ? "refused" : strerror(errno));
    if (place.type == SOCK_DGRAM && send(fd, "?", 1, 0) != 1)
        return say(strerror(errno));
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    if (poll(&polled, 1, 1000 * (int)patience(silence ? 1 : 30)) == 0)
        return say("silence");
    ssize_t length = recv(fd, answer, sizeof answer - 1, 0);
    if (length < 0)
        return say(errno == ECONNREFUSED ? "refused" : strerror(errno));
    answer[length] = '\0';
    return say(answer);
}
