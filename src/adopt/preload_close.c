/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions by which a daemon closes what it has inherited, or marks it to be closed at exec.
 * Each does what libc's does to every descriptor but the kept ones, of which it says that it was
 * done: to the program these are not there. A call for any other descriptor costs a comparison.
 */
#include "descriptors.h"
#include "kept.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))

/* libc's own, which are points of cancellation (pthreads(7)); no header declares these names. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*): its name in libc */
int __close(int fd);
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*): its name in libc */
int __fcntl(int fd, int command, ...);

/* Declared by the headers only where _GNU_SOURCE or a large file option asks for them. */
PUBLIC int close_range(unsigned first, unsigned last, int flags);
PUBLIC void closefrom(int lowest);

PUBLIC int close(int fd) { return kept_may_be(fd) && kept_is(fd) ? 0 : __close(fd); }

static int range(unsigned first, unsigned last, int flags) { return (int)syscall(SYS_close_range, first, last, flags); }

/* Between the kept ones. */
static int range_around(unsigned first, unsigned last, int flags) {
    unsigned kept;

    while ((kept = kept_from(first, last)) != KEPT_NONE) {
        if (kept > first && range(first, kept - 1, flags) != 0) return -1;
        if (kept == last) return 0;
        first = kept + 1;
    }
    return range(first, last, flags);
}

PUBLIC int close_range(unsigned first, unsigned last, int flags) {
    if (kept_from(first, last) == KEPT_NONE) return range(first, last, flags);
    /* A table that is shared with others is left first, as a whole. */
    if ((flags & (int)CLOSE_RANGE_UNSHARE) != 0 && unshare(CLONE_FILES) != 0) return -1;
    return range_around(first, last, flags & ~(int)CLOSE_RANGE_UNSHARE);
}

static void close_above(int fd, void *lowest) {
    if (fd >= *(const int *)lowest) close(fd);
}

/* One by one where a sandbox does not know close_range(2). Like libc's, it never leaves one open in silence, and is no
 * point of cancellation. */
PUBLIC void closefrom(int lowest) {
    int cancel;

    if (lowest < 0) lowest = 0;
    if (close_range((unsigned)lowest, ~0U, 0) == 0) return;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    if (!descriptors_each(close_above, &lowest)) abort();
    pthread_setcancelstate(cancel, NULL);
}

/* Its argument may be a number, a pointer, or not there: libc reads it in the same way. */
PUBLIC int fcntl(int fd, int command, ...) {
    va_list list;
    void *argument;

    va_start(list, command);
    argument = va_arg(list, void *);
    va_end(list);
    return command == F_SETFD && kept_may_be(fd) && kept_is(fd) ? 0 : __fcntl(fd, command, argument);
}

/* On machines of 32 bits these are two functions, and __fcntl() is the other one. */
#if __WORDSIZE == 64
PUBLIC int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));
#endif

PUBLIC int ioctl(int fd, unsigned long request, ...) {
    va_list list;
    void *argument;

    va_start(list, request);
    argument = va_arg(list, void *);
    va_end(list);
    return request == FIOCLEX && kept_may_be(fd) && kept_is(fd) ? 0 : (int)syscall(SYS_ioctl, fd, request, argument);
}
