/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service-start: takes the descriptors that lowport-run handed over for itself from those of the daemon, puts the
 * variables of one into the environment, and executes the command: its program by the other descriptor, where there is
 * one, since there is no other way out of a new root directory. Runs as the daemon's user, without privilege.
 */
#include "handles.h"
#include "program.h"
#include "start.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* Takes the handle NAME from HANDLES. Returns its descriptor, or -1. */
static int take(struct handles *handles, const char *name) {
    int fd = -1, taken;
    size_t kept = 0;

    for (size_t i = 0; i < handles->count; i++) {
        if (handles->list[i].name != NULL && strcmp(handles->list[i].name, name) == 0)
            fd = handles->list[i].fd;
        else
            handles->list[kept++] = handles->list[i];
    }
    handles->count = kept;
    if (fd < 0) return -1;
    /* Above all that handles_give() moves, and closed by the exec. */
    taken = fcntl(fd, F_DUPFD_CLOEXEC, HANDLES_FIRST + (int)handles->count + 2);
    if (taken < 0) err(EX_OSERR, "descriptor %d", fd);
    close(fd);
    return taken;
}

/* The descriptor is sealed, so its size and text stay as they are. */
static void set_variables(int fd) {
    struct stat st;
    char *text, *next;
    ssize_t got;

    if (fd < 0) return;
    if (fstat(fd, &st) != 0 || st.st_size < 0 || st.st_size > 1 << 20) err(EX_OSERR, "the environment");
    text = calloc(1, (size_t)st.st_size + 1);
    if (text == NULL) err(EX_OSERR, "the environment");
    got = pread(fd, text, (size_t)st.st_size, 0);
    if (got != st.st_size) err(EX_OSERR, "the environment");
    for (next = text; next < text + got; next += strlen(next) + 1)
        if (putenv(next) != 0) err(EX_OSERR, "the environment");
    close(fd);
}

/* In a new root directory it is executed by its descriptor, and its messages would begin with the name of that. */
static char own_name[] = "service-start";

int main(int argc, char **argv) {
    struct handles handles = handles_read();
    int variables = take(&handles, ENVIRONMENT_HANDLE), program = take(&handles, PROGRAM_HANDLE);

    program_invocation_short_name = own_name;
    if (argc < 2) errx(EX_USAGE, "this is a part of lowport-run, which starts it; it is of no use alone");
    set_variables(variables);
    handles_give(&handles);
    if (program < 0) program_execute(program_require(argv[1]), argv + 1);
    fexecve(program, argv + 1, environ);
    err(NOT_EXECUTABLE, "%s", argv[1]);
}
