/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "park.h"

#include <limits.h>
#include <sys/socket.h>

/* SO_BINDTOIFINDEX asks for no interface of that index, and the kernel counts up from 1. */
#define NOWHERE INT_MAX

static int device_of(int fd) {
    int device;
    socklen_t length = sizeof device;

    return getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &length) == 0 ? device : 0;
}

/* The kernel lets only CAP_NET_RAW change an interface, so that it is taken off before. */
static bool move_to(int fd, int device) {
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};

    if (device_of(fd) != 0 && connect(fd, &nobody, sizeof nobody) != 0) return false;
    return device == 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof device) == 0;
}

bool park(int fd) { return move_to(fd, NOWHERE); }

bool park_is_parked(int fd) { return device_of(fd) == NOWHERE; }

bool park_is_elsewhere(int fd, int device) {
    int now = device_of(fd);

    return now != 0 && now != NOWHERE && now != device;
}

bool park_put_on(int fd, int device) { return device_of(fd) == device || move_to(fd, device); }

bool park_release(int fd) { return !park_is_parked(fd) || move_to(fd, 0); }
