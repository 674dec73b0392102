/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

/* What was at TO is closed first, so that nothing is there where dup2() did nothing. Of what close(2) says nothing
 * follows: often there was nothing to close, which is EBADF, and with any other error Linux has let go of the
 * descriptor all the same. What counts is looked at behind it. */
static void put(struct request *handle, int to) {
    close(to);
    must(dup2(handle->fd, to) == to && fcntl(to, F_GETFD) == 0, "cannot place descriptor %d: %m", to);
    handle->fd = to;
}

void place(requests *placed) {
    int to = STDERR_FILENO + 1, behind = to + (int)placed->count, next = behind;

    /* Out of the way first: any of them may lie where another is to go. Each above the last: were a number claimed for
     * two, one would take the other's place. */
    EACH(handle, *placed) {
        handle->fd = fcntl(handle->fd, F_DUPFD_CLOEXEC, next);
        must(handle->fd >= next, "cannot move a descriptor: %m; raise the limit of open files");
        next = handle->fd + 1;
    }
    EACH(handle, *placed) put(handle, to++);
    must(close_range((unsigned)behind, ~0U, 0) == 0 && fcntl(behind, F_GETFD) < 0, "cannot close descriptors: %m");
}

void hand_over(const struct start *start, requests *listeners) {
    char *names = "", **kept = environ;

    if (start->handoff == STDIN) {
        put(listeners->items, STDIN_FILENO);
        listeners->count = 0;
    }
    EACH(pass, start->options.passes) APPEND(*listeners, *pass);
    EACH(handle, *listeners) names = format_text("%s%s%s", names, *names != '\0' ? ":" : "", handle->name);
    place(listeners);
    /* What is stale, or no NAME=VALUE, goes. */
    for (char **entry = environ; *entry != NULL; entry++)
        if (strchr(*entry, '=') != NULL && strncmp(*entry, "LISTEN_", 7) != 0) *kept++ = *entry;
    *kept = NULL;
    EACH(entry, start->options.environment) must(putenv(*entry) == 0, "cannot set %s: %m", *entry);
    if (listeners->count == 0) return;
    must(setenv("LISTEN_FDS", format_text("%zu", listeners->count), 1) == 0, "cannot set LISTEN_FDS: %m");
    must(setenv("LISTEN_PID", format_text("%d", (int)getpid()), 1) == 0, "cannot set LISTEN_PID: %m");
    must(setenv("LISTEN_FDNAMES", names, 1) == 0, "cannot set LISTEN_FDNAMES: %m");
}
