/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

enum { FIRST = 3 }; /* SD_LISTEN_FDS_START of sd_listen_fds(3) */

/* Sets ENTRY, NAME=VALUE, in the place of every other of its name. */
static void put(texts *environment, char *entry) {
    size_t left = 0, name = strcspn(entry, "=") + 1;

    EACH(other, *environment)
        if (strncmp(*other, entry, name) != 0) environment->items[left++] = *other;
    environment->count = left;
    APPEND(*environment, entry);
}

texts make_environment(char **inherited, const struct options *options) {
    texts environment = {0};

    for (; *inherited != NULL; inherited++)
        if (strchr(*inherited, '=') != NULL && strncmp(*inherited, "LISTEN_", 7) != 0) APPEND(environment, *inherited);
    EACH(entry, options->environment) put(&environment, *entry);
    return environment;
}

bool is_same_file(int one, int other) {
    struct stat a = {0}, b = {0};

    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void place(handles *placed, size_t inherited) {
    int behind = FIRST + (int)placed->count, to = FIRST;

    /* Out of the way first: any of them may lie where another is to go. */
    EACH(handle, *placed) {
        handle->fd = fcntl(handle->fd, F_DUPFD_CLOEXEC, behind);
        must(handle->fd >= behind, "cannot move a descriptor: %m; raise the limit of open files");
    }
    EACH(handle, *placed) {
        must(dup3(handle->fd, to, to < FIRST + (int)inherited ? 0 : O_CLOEXEC) == to, "cannot place a descriptor: %m");
        handle->fd = to++;
    }
    must(close_range((unsigned)behind, ~0U, 0) == 0 && fcntl(behind, F_GETFD) < 0, "cannot close descriptors: %m");
}

int hand_over(const struct start *start, const handles *listeners, int stage, texts *environment) {
    handles all = {0};
    size_t inherited;
    char *names = "";

    EACH(listener, *listeners) APPEND(all, *listener);
    if (start->handoff == STDIN) {
        must(dup2(all.items->fd, STDIN_FILENO) == STDIN_FILENO, "cannot place the socket at descriptor 0: %m");
        must(is_same_file(all.items->fd, STDIN_FILENO), "the socket is not at descriptor 0");
        all.count = 0;
    }
    EACH(pass, start->options.passes) APPEND(all, *pass);
    EACH(handle, all) names = format_text("%s%s%s", names, *names != '\0' ? ":" : "", handle->name);
    inherited = all.count;
    if (stage >= 0) APPEND(all, ((struct handle){NULL, stage}));
    place(&all, inherited);
    if (inherited > 0) {
        put(environment, format_text("LISTEN_FDS=%zu", inherited));
        put(environment, format_text("LISTEN_PID=%d", (int)getpid()));
        put(environment, format_text("LISTEN_FDNAMES=%s", names));
    }
    APPEND(*environment, NULL);
    return FIRST + (int)inherited;
}
