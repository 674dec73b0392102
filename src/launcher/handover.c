/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

void place(requests *placed) {
    int to = STDERR_FILENO + 1, behind = to + (int)placed->count;

    /* Out of the way first: any of them may lie where another is to go. */
    EACH(handle, *placed) {
        handle->fd = fcntl(handle->fd, F_DUPFD_CLOEXEC, behind);
        must(handle->fd >= behind, "cannot move a descriptor: %m; raise the limit of open files");
    }
    EACH(handle, *placed) {
        must(dup2(handle->fd, to) == to, "cannot place a descriptor: %m");
        handle->fd = to++;
    }
    must(close_range((unsigned)behind, ~0U, 0) == 0 && fcntl(behind, F_GETFD) < 0, "cannot close descriptors: %m");
}

void hand_over(const struct start *start, requests *listeners) {
    char *names = "", **kept = environ;

    if (start->handoff == STDIN) {
        must(dup2(listeners->items->fd, STDIN_FILENO) == STDIN_FILENO, "cannot place the socket at descriptor 0: %m");
        must(isfdtype(STDIN_FILENO, S_IFSOCK) == 1, "there is no socket at descriptor 0");
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
