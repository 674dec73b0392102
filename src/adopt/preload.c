/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The function for which the preload library is there, put before the one of libc. See preload_close.c for the others.
 */

/* With it, <sys/socket.h> declares bind(2) with a transparent union in place of the pointer. */
#undef _GNU_SOURCE

#include "adopt.h"
#include "kept.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void load(void) { kept_load(); }

__attribute__((visibility("default"))) int bind(int fd, const struct sockaddr *address, socklen_t length) {
    int before = errno;

    if (!adopt(fd, address, length)) return (int)syscall(SYS_bind, fd, address, length);
    errno = before;
    return 0;
}
