/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lowport-adopt: an unmodified program's own bind(2) receives the sockets that were handed over. */
#include "collect.h"
#include "handles.h"
#include "options.h"
#include "preload_path.h"

#include "program.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define NOT_EXECUTABLE 126
#define NOT_FOUND 127

static char *find_program(const char *name) {
    char *path;

    errno = program_find(name, environ, &path);
    if (errno == ENOENT) errx(NOT_FOUND, "%s: not found; name it with its path, or extend PATH", name);
    if (errno != 0) errx(NOT_EXECUTABLE, "%s: %s; chmod a+rx it, or name another program", name, strerror(errno));
    return path;
}

static const char *advice(int error) {
    switch (error) {
    case ENOEXEC: return "a script needs a first line such as #!/bin/sh";
    case ENOENT: return "install the interpreter or the dynamic linker that it names";
    default: return "see execve(2)";
    }
}

int main(int argc, char **argv) {
    char **command = options_read(argc, argv);
    char *path = find_program(command[0]);
    struct handles handles = handles_read();

    preload_require();
    if (collect(&handles) == 0)
        errx(EX_USAGE, "no socket was handed over; start me as lowportbind --adopt REQUEST... -- %s", command[0]);
    handles_give(&handles);
    preload_set();
    execve(path, command, environ);
    errx(NOT_EXECUTABLE, "%s: %s; %s", path, strerror(errno), advice(errno));
}
