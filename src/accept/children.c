/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "children.h"

#include <err.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* Searched from end to end: that takes far less than the start of a process. */
static struct child {
    pid_t pid;
    struct in6_addr source;
} * children;
static unsigned count;

static posix_spawnattr_t attributes;

void children_begin(unsigned most) {
    sigset_t none, all;

    children = calloc(most, sizeof *children);
    if (children == NULL || posix_spawnattr_init(&attributes) != 0) err(EX_OSERR, "%u connections", most);
    sigemptyset(&none);
    /* Not sigfillset(3), which leaves out two of the C library's own: PROGRAM would have them ignored. */
    memset(&all, 0xff, sizeof all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

unsigned children_count(void) { return count; }

unsigned children_of(const struct in6_addr *source) {
    unsigned found = 0;

    for (unsigned i = 0; i < count; i++) {
        if (IN6_ARE_ADDR_EQUAL(&children[i].source, source)) found++;
    }
    return found;
}

static int place(posix_spawn_file_actions_t *actions, int connection, bool errors_too) {
    int error = posix_spawn_file_actions_adddup2(actions, connection, STDIN_FILENO);

    if (error == 0) error = posix_spawn_file_actions_adddup2(actions, connection, STDOUT_FILENO);
    if (error == 0 && errors_too) error = posix_spawn_file_actions_adddup2(actions, connection, STDERR_FILENO);
    return error;
}

int children_start(const char *path, char *const *command, char *const *environment, int connection, bool errors_too,
                   const struct in6_addr *source) {
    posix_spawn_file_actions_t actions;
    struct child *child = &children[count];
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0) return error;
    error = place(&actions, connection, errors_too);
    if (error == 0) error = posix_spawn(&child->pid, path, &actions, &attributes, command, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return error;
    child->source = *source;
    count++;
    return 0;
}

static void forget(pid_t pid) {
    for (unsigned i = 0; i < count; i++) {
        if (children[i].pid == pid) {
            children[i] = children[--count];
            return;
        }
    }
}

/* One that was not started here was there before this program, or is an orphan of process 1. */
void children_reap(void) {
    pid_t pid;

    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) forget(pid);
}
