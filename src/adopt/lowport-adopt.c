/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lowport-adopt: an unmodified program's own bind(2) receives the sockets that were handed over. */
#include "collect.h"
#include "handles.h"
#include "options.h"
#include "preload_path.h"
#include "program.h"
#include "reach.h"
#include "sections.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static bool is_called(const char *word, const char *name) {
    const char *slash = strrchr(word, '/');

    return strcmp(slash != NULL ? slash + 1 : word, name) == 0;
}

/* What confines a program, or gives it its environment, is static and executes it in its own place, with the sockets
 * and the library that it was given itself. Returns what stands behind those in COMMAND, or NULL where that cannot be
 * told. */
static char *const *behind_stages(char *const *command) {
    while (*command != NULL) {
        if (is_called(*command, "lowport-confine"))
            while (*command != NULL && strcmp(*command, "--") != 0) command++;
        else if (!is_called(*command, "service-start"))
            return command;
        if (*command != NULL) command++;
    }
    return NULL;
}

/* PATH is that of the first word of COMMAND. A daemon behind it that is not there, or that cannot be read, is for those
 * before it to tell of. */
static void require_reach(const char *path, char *const *command) {
    char *const *daemon = behind_stages(command);
    char *found = NULL;
    const char *fault;

    if (daemon != command) path = daemon != NULL && program_find(*daemon, environ, &found) == 0 ? found : NULL;
    fault = path != NULL ? reach_fault(path) : NULL;
    if (fault != NULL) errx(NOT_EXECUTABLE, "%s: %s", path, fault);
    free(found);
}

int main(int argc, char **argv) {
    char **command = options_read(argc, argv);
    char *path = program_require(command[0]);
    struct handles handles = handles_read();

    preload_require();
    require_reach(path, command);
    if (collect(&handles) == 0)
        errx(EX_USAGE, "no socket was handed over; start me as lowportbind --adopt REQUEST... -- %s", command[0]);
    handles_give(&handles);
    sections_tell();
    preload_set();
    program_execute(path, command);
}
