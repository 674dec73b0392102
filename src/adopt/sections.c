/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sections.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* Executes the program with standard output on the descriptor TO. */
static pid_t start(int to) {
    char *const arguments[] = {(char *)"adopt-sections", NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;

    if (posix_spawn_file_actions_init(&actions) != 0) return -1;
    if (posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO) != 0 ||
        posix_spawn(&child, ADOPT_SECTIONS, &actions, NULL, arguments, environ) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* What it prints is less than a pipe holds, and no read here waits: a descriptor that was not closed would make that
 * for ever. */
void sections_tell(void) {
    char text[SECTIONS_TEXT];
    ssize_t length;
    int ends[2] = {-1, -1};
    sigset_t before = {0}, after = {0}; /* sigemptyset(3) need not clear all that is compared */
    pid_t child;

    unsetenv(SECTIONS_VARIABLE);
    if (sigprocmask(SIG_BLOCK, NULL, &before) != 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
    child = start(ends[1]);
    /* posix_spawn(3) blocks all signals meanwhile, and does not say whether it could unblock them. */
    if (sigprocmask(SIG_BLOCK, NULL, &after) != 0 || memcmp(&before, &after, sizeof before) != 0)
        errx(EX_OSERR, "signals are blocked, and cannot be unblocked");
    if (child > 0) (void)waitpid(child, NULL, 0);
    length = read(ends[0], text, sizeof text);
    close(ends[0]);
    close(ends[1]);
    if (length <= 0 || (size_t)length == sizeof text) return;
    text[length] = '\0';
    (void)setenv(SECTIONS_VARIABLE, text, 1);
}
