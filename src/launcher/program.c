/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

/* As execvp(3), and never through a shell. Returns the error. */
static int search(char *const *program) {
    char **entry = environ, *path, *directory;
    int error = ENOENT;

    if (strchr(*program, '/') != NULL) execv(*program, program);
    /* What is missing then, where the program is there, is its interpreter. */
    if (strchr(*program, '/') != NULL) return errno == ENOENT && access(*program, F_OK) == 0 ? ENOEXEC : errno;
    while (*entry != NULL && strncmp(*entry, "PATH=", 5) != 0) entry++;
    path = format_text("%s:/usr/local/sbin:/usr/sbin:/sbin", *entry != NULL ? *entry + 5 : "");
    while ((directory = strsep(&path, ":")) != NULL) {
        /* A relative or empty entry would mean the working directory, whoever that belongs to. */
        if (*directory != '/' || **program == '\0') continue;
        directory = format_text("%s/%s", directory, *program);
        execv(directory, program);
        if (access(directory, F_OK) != 0) continue;
        error = errno == ENOENT ? ENOEXEC : errno;
        if (error != EACCES) break;
    }
    return error;
}

void execute(char **program, enum handoff handoff) {
    int error;

    /* The stage goes in the place of the last request, or of --. It is never HANDOFFS, which names none. */
    /* cppcheck-suppress arrayIndexOutOfBoundsCond */
    if (handoff > STDIN) *--program = format_text(BINDIR "/lowport-%s", handoff_names[handoff]);
    error = search(program), stop_timers(); /* for the message, which a signal must not forestall */
    refuse(error == ENOENT || error == ENOTDIR ? 127 : 126, "%s: %s", *program, strerror(error));
}
