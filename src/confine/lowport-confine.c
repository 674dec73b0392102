/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lowport-confine: a program with no more files, ports and system calls than are named. */
#include "calls.h"
#include "landlock.h"
#include "options.h"
#include "program.h"

#include <err.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

/* Where lowport-run(8) has it executed by its descriptor, its messages would begin with the name of that. */
static char own_name[] = "lowport-confine";

int main(int argc, char **argv) {
    struct options options;
    const char *path;

    program_invocation_short_name = own_name;
    options = options_read(argc, argv);
    path = program_require(options.command[0]);
    /* Both kinds of confinement need it of whoever is not root, lest a setuid program be fooled by them. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        errx(EX_OSERR, "no_new_privs cannot be set; nothing was started");
    landlock_confine(&options, path);
    calls_confine(&options);
    execve(path, options.command, environ);
    if (errno == EACCES)
        err(NOT_EXECUTABLE, "%s: name what it needs to start with --read, such as its interpreter or /usr/lib", path);
    err(NOT_EXECUTABLE, "%s: %s", path, program_advice(errno));
}
