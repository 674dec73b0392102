/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The function for which the preload library is there, put before the one of libc. See preload_close.c for the others.
 */

/* With it, <sys/socket.h> declares bind(2) with a transparent union in place of the pointer. */
#undef _GNU_SOURCE

#include "adopt.h"
#include "kept.h"
#include "why.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void load(void) {
    kept_load();
    why_load();
}

static int bind_itself(int fd, const struct sockaddr *address, socklen_t length) {
    int result = (int)syscall(SYS_bind, fd, address, length), error = errno;

    if (result != 0 && (error == EACCES || error == EADDRINUSE)) adopt_tell_why(fd, address, length);
    errno = error;
    return result;
}

__attribute__((visibility("default"))) int bind(int fd, const struct sockaddr *address, socklen_t length) {
    int before = errno, result = 0, cancel;

    /* bind(2) is no place where a thread is cancelled (pthreads(7)); what is called here would be. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    switch (adopt(fd, address, length)) {
    case NOT_OURS: result = bind_itself(fd, address, length); break;
    case ADOPTED: errno = before; break;
    case REFUSED: result = -1;
    }
    pthread_setcancelstate(cancel, NULL);
    return result;
}
