/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

static int try_path(const char *path) {
    struct stat st;

    if (stat(path, &st) != 0) return errno;
    return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : EACCES;
}

int program_find(const char *program, char *const *environment, char **path) {
    const char *search = "";
    int result = ENOENT;
    char *rest, *directory;

    *path = copy_text(program);
    if (strchr(program, '/') != NULL) return try_path(program);
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, "PATH=", 5) == 0) search = *environment + 5;
    rest = format_text("%s:/usr/local/sbin:/usr/sbin:/sbin", search);
    /* A relative or empty entry would mean the working directory, whoever that belongs to. */
    while (*program != '\0' && (directory = strsep(&rest, ":")) != NULL) {
        int error;

        if (directory[0] != '/') continue;
        *path = format_text("%s/%s", directory, program);
        error = try_path(*path);
        if (error == 0) return 0;
        if (error != ENOENT && error != ENOTDIR) result = error;
    }
    return result;
}
