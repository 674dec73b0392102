/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 }; /* as a shell has them */

static char *stage_path(enum handoff handoff) { return format_text(BINDIR "/lowport-%s", handoff_names[handoff]); }

int open_stage(enum handoff handoff) {
    int fd = -1;

    if (handoff == LISTEN_FDS || handoff == STDIN) return fd;
    fd = open(stage_path(handoff), O_PATH | O_CLOEXEC);
    if (fd < 0) refuse(NOT_FOUND, "%s: %m; this handoff needs it", stage_path(handoff));
    return fd;
}

/* As execvp(3), in the daemon's own environment, and never through a shell. Returns the error. */
static int search(char *const *program, const texts *environment) {
    char *path = "", *directory;
    int error = ENOENT;

    if (strchr(*program, '/') != NULL) return execve(*program, program, environment->items), errno;
    EACH(entry, *environment)
        if (*entry != NULL && strncmp(*entry, "PATH=", 5) == 0) path = *entry + 5;
    path = format_text("%s:/usr/local/sbin:/usr/sbin:/sbin", path);
    while ((directory = strsep(&path, ":")) != NULL) {
        /* A relative or empty entry would mean the working directory, whoever that belongs to. */
        if (*directory != '/' || **program == '\0') continue;
        execve(format_text("%s/%s", directory, *program), program, environment->items);
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
    }
    return error;
}

void execute(char **program, const texts *environment, int stage, enum handoff handoff) {
    int error;

    if (handoff != LISTEN_FDS && handoff != STDIN) {
        *--program = stage_path(handoff); /* in the place of the last request, or of -- */
        execveat(stage, "", program, environment->items, AT_EMPTY_PATH);
        refuse(NOT_EXECUTABLE, "%s: %m", *program);
    }
    error = search(program, environment);
    refuse(error == ENOENT || error == ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE, "%s: %s", *program, strerror(error));
}
