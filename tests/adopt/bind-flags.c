/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the socket looks like after bind(2): its flags, errno, who it is. Wants tcp:127.0.0.1:79. */
#include "check.h"

#include <fcntl.h>

#define PLACE "tcp:127.0.0.1:79"

static void keeps_flags(int flags)
{
    int fd = bound_socket(PLACE, flags);

    CHECK(!(fcntl(fd, F_GETFL) & O_NONBLOCK) == !(flags & SOCK_NONBLOCK));
    CHECK(!(fcntl(fd, F_GETFD) & FD_CLOEXEC) == !(flags & SOCK_CLOEXEC));
    CHECK(cookie_of(fd) == cookie_of(kept(0)));
    CHECK((fcntl(kept(0), F_GETFD) & FD_CLOEXEC) == 0);
    close(fd);
}

static void keeps_errno(void)
{
    struct place place = place_read(PLACE);
    int fd = place_socket(&place, 0);

    errno = EXDEV;
    CHECK(bind_place(fd, &place) == 0);
    CHECK(errno == EXDEV);
    close(fd);
}

static void leaves_no_descriptor(void)
{
    int before = dup(0);

    close(before);
    close(bound_socket(PLACE, 0));
    int after = dup(0);
    CHECK(after == before);
    close(after);
}

static void takes_unspec(void)
{
    struct place place = place_read("tcp:0.0.0.0:79");
    int fd = place_socket(&place, 0);

    place.address.any.sa_family = AF_UNSPEC;
    CHECK(bind_place(fd, &place) == 0);
    close(fd);
}

static void keeps_reuseaddr(void)
{
    int fd = bound_socket(PLACE, 0);
    int on;
    socklen_t length = sizeof on;

    CHECK(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, &length) == 0 && on == 1);
    CHECK(listen(fd, 1) == 0);
    close(fd);
}

int main(void)
{
    keeps_flags(0);
    keeps_flags(SOCK_NONBLOCK);
    keeps_flags(SOCK_CLOEXEC);
    keeps_flags(SOCK_NONBLOCK | SOCK_CLOEXEC);
    keeps_flags(0);
    keeps_errno();
    leaves_no_descriptor();
    takes_unspec();
    keeps_reuseaddr();
    return 0;
}
