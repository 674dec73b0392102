/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The preload library's face: the one function that it puts before the one of libc. */

/* With it, <sys/socket.h> declares bind(2) with a transparent union in place of the pointer. */
#undef _GNU_SOURCE

#include "adopt.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void load(void) { adopt_load(); }

__attribute__((visibility("default"))) int bind(int fd, const struct sockaddr *address, socklen_t length) {
    int before = errno;

    if (!adopt(fd, address, length)) return (int)syscall(SYS_bind, fd, address, length);
    errno = before;
    return 0;
}
