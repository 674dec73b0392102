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
#include <string.h>
#include <sysexits.h>

/* What confines a program, or gives it its environment, is static and executes it in its own place, with the sockets
 * and the library that it was given itself. */
static bool hands_on(const char *path) {
    static const char *const names[] = {"lowport-confine", "service-start"};
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static void require_reach(const char *path) {
    const char *fault = hands_on(path) ? NULL : reach_fault(path);

    if (fault != NULL) errx(NOT_EXECUTABLE, "%s: %s", path, fault);
}

int main(int argc, char **argv) {
    char **command = options_read(argc, argv);
    char *path = program_require(command[0]);
    struct handles handles = handles_read();

    preload_require();
    require_reach(path);
    if (collect(&handles) == 0)
        errx(EX_USAGE, "no socket was handed over; start me as lowportbind --adopt REQUEST... -- %s", command[0]);
    handles_give(&handles);
    sections_tell();
    preload_set();
    program_execute(path, command);
}
