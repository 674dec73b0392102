/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "high.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The kernel's table of descriptors is as long as the highest one, and is copied at every fork. */
#define LEAST 1024
#define MOST 65536

static rlim_t first_number(const struct rlimit *limit, size_t count) {
    rlim_t first = limit->rlim_cur;

    if (first < LEAST) first = LEAST;
    if (first > MOST) first = MOST;
    if (limit->rlim_max < first + count) first = limit->rlim_max > count ? limit->rlim_max - count : 0;
    return first;
}

static bool move_all(int *fds, size_t count, int first) {
    for (size_t i = 0; i < count; i++) {
        int moved;

        if (fds[i] >= first) continue;
        moved = fcntl(fds[i], F_DUPFD, first);
        if (moved < 0) return false;
        close(fds[i]);
        fds[i] = moved;
    }
    return true;
}

bool high_move(int *fds, size_t count) {
    struct rlimit limit, raised;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &raised) != 0) return false;
    return move_all(fds, count, (int)first_number(&limit, count)) && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}
