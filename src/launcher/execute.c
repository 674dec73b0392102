/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 }; /* as a shell has them */

static char *stage_path(enum handoff handoff) {
    return format_text(BINDIR "/lowport-%s", handoff_names[handoff]);
}

int open_stage(enum handoff handoff) {
    int fd;

    if (handoff == LISTEN_FDS || handoff == STDIN) return -1;
    fd = open(stage_path(handoff), O_PATH | O_CLOEXEC);
    if (fd < 0) refuse(NOT_FOUND, "%s: %m; this handoff needs it", stage_path(handoff));
    return fd;
}

void execute(char **program, const struct environment *environment, int stage,
             enum handoff handoff) {
    char **arguments = NULL, *path;
    size_t count = 0;
    int error;

    if (stage >= 0) {
        APPEND(arguments, count, stage_path(handoff));
        APPEND(arguments, count, copy_text("--"));
        while (*program != NULL) APPEND(arguments, count, *program++);
        APPEND(arguments, count, NULL);
        execveat(stage, "", arguments, environment->entries, AT_EMPTY_PATH);
        refuse(NOT_EXECUTABLE, "%s: %m", arguments[0]);
    }
    error = program_find(*program, environment->entries, &path);
    if (error == ENOENT || error == ENOTDIR)
        refuse(NOT_FOUND, "%s: not found, in PATH or the sbin directories", *program);
    if (error == 0) execve(path, program, environment->entries);
    refuse(NOT_EXECUTABLE, "%s: cannot be executed: %s", path, strerror(error ? error : errno));
}
