/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

/* After --chroot every path leads to a file that the daemon may have put there, also that of the program that is to
 * confine it. A file that was opened before is the one that root meant; a static one needs nothing of the new root. */

#define PREFIX "fd:"

bool is_descriptor(const char *program, const requests *passes) {
    if (program == NULL || strncmp(program, PREFIX, strlen(PREFIX)) != 0) return false;
    if (passes->count == 0 || strcmp(passes->items[passes->count - 1].name, program + strlen(PREFIX)) != 0)
        refuse(EX_USAGE, "%s: the last --pass is not of this name", program);
    return true;
}

void execute_descriptor(char **program, const requests *handed) {
    const struct request *last = &handed->items[handed->count - 1];
    const char *names = "";

    must(fcntl(last->fd, F_SETFD, FD_CLOEXEC) == 0, "%s: %m", *program);
    for (const struct request *one = handed->items; one < last; one++)
        names = format_text("%s%s%s", names, *names != '\0' ? ":" : "", one->name);
    if (last == handed->items) {
        must(unsetenv("LISTEN_FDS") == 0 && unsetenv("LISTEN_PID") == 0 && unsetenv("LISTEN_FDNAMES") == 0, "%m");
    } else {
        must(setenv("LISTEN_FDS", format_text("%zu", handed->count - 1), 1) == 0, "cannot set LISTEN_FDS: %m");
        must(setenv("LISTEN_FDNAMES", names, 1) == 0, "cannot set LISTEN_FDNAMES: %m");
    }
    execveat(last->fd, "", program, environ, AT_EMPTY_PATH);
    refuse(126, "%s: %m", *program);
}

void execute_inside(const char *root, char **program, enum handoff handoff) {
    bool there;

    /* It is never HANDOFFS, which names none. */
    /* cppcheck-suppress arrayIndexOutOfBoundsCond */
    if (handoff > STDIN) *--program = format_text(BINDIR "/lowport-%s", handoff_names[handoff]);
    if (strchr(*program, '/') == NULL) execute(program, LISTEN_FDS);
    execv(*program, program);
    if (errno != ENOENT) execute(program, LISTEN_FDS);
    there = access(*program, F_OK) == 0;
    refuse(there ? 126 : 127, "%s: %s not in the root directory %s; install it there, by the same path", *program,
           there ? "its interpreter or dynamic linker is" : "it is", root);
}
