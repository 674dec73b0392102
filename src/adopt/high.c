/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "high.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The kernel's table of descriptors is as long as the highest one. It is made at once, gone through when the library
 * looks for epoll sets, and copied at every fork. */
#define LEAST 1024
#define MOST 65536

static rlim_t first_number(const struct rlimit *limit, size_t count) {
    rlim_t first = limit->rlim_cur;

    if (first < LEAST) first = LEAST;
    if (first > MOST) first = MOST;
    /* Without a number above its limit, none is out of a program's reach. */
    if (limit->rlim_max < first + count) first = LEAST;
    if (limit->rlim_max < first + count) first = limit->rlim_max > count ? limit->rlim_max - count : 0;
    return first;
}

static bool move_all(int *fds, size_t count, int least) {
    int first = least;

    for (size_t i = 0; i < count; i++) {
        int moved;

        if (fds[i] >= least) continue;
        /* Each above the one before: a number that is claimed for two would cost a socket. */
        moved = fcntl(fds[i], F_DUPFD, first);
        if (moved < first || close(fds[i]) != 0 || fcntl(fds[i], F_GETFD) >= 0) return false;
        fds[i] = moved;
        first = moved + 1;
    }
    return true;
}

bool high_move(int *fds, size_t count) {
    struct rlimit limit = {0, 0}, raised;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    errno = EMFILE;
    if (limit.rlim_max == 0) return false;
    raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &raised) != 0) return false;
    if (!move_all(fds, count, (int)first_number(&limit, count)) || setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    return getrlimit(RLIMIT_NOFILE, &raised) == 0 && raised.rlim_cur == limit.rlim_cur;
}
