/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory that may not be searched counts as empty: su(1) leaves root's own in PATH. */
static int look_at(const char *path) {
    struct stat st;

    if (stat(path, &st) != 0) return ENOENT;
    return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : EACCES;
}

static const char *value_of_path(char *const *environment) {
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, "PATH=", 5) == 0) return *environment + 5;
    }
    return "";
}

int program_find(const char *program, char *const *environment, char **path) {
    int error = ENOENT;
    char *directories, *rest, *directory;

    *path = NULL;
    if (strchr(program, '/') != NULL) {
        *path = strdup(program);
        return *path == NULL ? ENOMEM : look_at(program);
    }
    if (asprintf(&directories, "%s:/usr/local/sbin:/usr/sbin:/sbin", value_of_path(environment)) < 0) return ENOMEM;
    rest = directories;
    while (error != 0 && *program != '\0' && (directory = strsep(&rest, ":")) != NULL) {
        int found;

        /* A relative entry would mean the working directory, whoever that belongs to. */
        if (*directory != '/') continue;
        free(*path);
        if (asprintf(path, "%s/%s", directory, program) < 0) {
            *path = NULL;
            error = ENOMEM;
            break;
        }
        found = look_at(*path);
        error = found == ENOENT ? error : found;
    }
    free(directories);
    return error;
}

char *program_require(const char *program) {
    char *path;

    errno = program_find(program, environ, &path);
    if (errno == ENOENT && strchr(program, '/') != NULL)
        errx(NOT_FOUND, "%s: not found; install it, and where there is a chroot, in that", program);
    if (errno == ENOENT) errx(NOT_FOUND, "%s: not found; name it with its path, or extend PATH", program);
    if (errno != 0) errx(NOT_EXECUTABLE, "%s: %s; chmod a+rx it, or name another program", program, strerror(errno));
    return path;
}

const char *program_advice(int error) {
    switch (error) {
    case ENOEXEC: return "a script needs a first line such as #!/bin/sh";
    case ENOENT: return "install the interpreter or the dynamic linker that it names";
    case EACCES: return "it, or what it needs to start, may not be executed, or is not named to lowport-confine";
    default: return "see execve(2)";
    }
}

void program_execute(const char *path, char *const *command) {
    execve(path, command, environ);
    errx(NOT_EXECUTABLE, "%s: %s; %s", path, strerror(errno), program_advice(errno));
}
