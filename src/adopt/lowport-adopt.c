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
#include <sysexits.h>

static void require_reach(const char *path) {
    const char *fault = reach_fault(path);

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
