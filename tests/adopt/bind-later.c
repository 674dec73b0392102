/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon does not bind first thing: it forks away, loses its environment. Wants tcp:127.0.0.1:79,
 * or udp.
 */
#include "check.h"

#include <sys/wait.h>

#define PLACE "tcp:127.0.0.1:79"

static void after_fork(void)
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        setsid();
        child = fork();
        CHECK(child >= 0);
        if (child == 0)
            _exit(bind_error(PLACE) == 0 ? 0 : 1);
        CHECK(waitpid(child, &status, 0) == child && status == 0);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void after_clearenv(void)
{
    clearenv();
    CHECK(bind_error(PLACE) == 0);
}

/* One bind after the other, with the first socket closed as at a reload. */
static void again(void)
{
    int fd = bound_socket(PLACE, SOCK_CLOEXEC);

    CHECK(listen(fd, 1) == 0);
    close(fd);
    fd = bound_socket(PLACE, SOCK_CLOEXEC);
    CHECK(listen(fd, 1) == 0);
    close(fd);
}

/* The peer belongs to the socket, which is the same one at every bind; lowport-adopt(1) says so. */
static void connected(void)
{
    struct place peer = place_read("udp:127.0.0.1:9");
    socklen_t length = sizeof peer.address;
    int fd = bound_socket("udp:127.0.0.1:79", SOCK_CLOEXEC);

    CHECK(getpeername(fd, &peer.address.any, &length) != 0);
    CHECK(connect(fd, &peer.address.any, peer.length) == 0);
    close(fd);
    fd = bound_socket("udp:127.0.0.1:79", SOCK_CLOEXEC);
    length = sizeof peer.address;
    CHECK(getpeername(fd, &peer.address.any, &length) == 0);
    close(fd);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"fork", after_fork},
                 {"clearenv", after_clearenv},
                 {"again", again},
                 {"connected", connected}};

    for (size_t i = 0; argc == 2 && i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run();
            return 0;
        }
    }
    errx(64, "usage: bind-later fork|clearenv|again|connected");
}
