/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <fcntl.h>

/* O_NONBLOCK: a FIFO in the place of a file must not make the launcher wait for its writer. */
#define READ_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define WALK_FLAGS (O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC)

static const char *open_failure(void) {
    if (errno == ENOENT) return NULL;
    if (errno == ELOOP || errno == ENOTDIR)
        return "it, or a directory above it, is a symbolic link; put the file itself there";
    if (errno == EACCES)
        return "it must be readable by everyone; chmod 644 the file and 755 its directories";
    return strerror(errno);
}

/* What is wrong with the owner, mode or type of the open file FD, or NULL. */
static const char *distrust(int fd, mode_t type, struct stat *st) {
    memset(st, 0, sizeof *st);
    if (fstat(fd, st) != 0) return strerror(errno);
    if ((st->st_mode & S_IFMT) != type)
        return type == S_IFDIR ? "it is not a directory" : "it is not a regular file";
    if (st->st_uid != 0) return "it, or a directory above it, is not root's; chown it to root";
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "it, or a directory above it, is writable by others than root; chmod go-w it";
    return NULL;
}

int trusted_open(const char *path, mode_t type, struct stat *st, const char **why) {
    char *rest = copy_text(path), *name = strtok_r(rest, "/", &rest);
    int fd = open("/", WALK_FLAGS);

    *why = fd < 0 ? strerror(errno) : distrust(fd, S_IFDIR, st);
    while (*why == NULL && fd >= 0 && name != NULL) {
        char *next = strtok_r(NULL, "/", &rest);
        int above = fd;

        fd = openat(above, name, next != NULL ? WALK_FLAGS : READ_FLAGS);
        *why = fd < 0 ? open_failure() : distrust(fd, next != NULL ? S_IFDIR : type, st);
        if (close(above) != 0) *why = strerror(errno);
        name = next;
    }
    if (*why == NULL || fd < 0) return fd;
    close(fd);
    return -1;
}

/* Reads exactly SIZE bytes and finds the end of the file right behind them. */
static bool read_whole(int fd, char *text, size_t size) {
    size_t done = 0;
    ssize_t got;

    while ((got = read(fd, text + done, size + 1 - done)) > 0) done += (size_t)got;
    return got == 0 && done == size;
}

char *trusted_read(const char *path, size_t *length, const char **why) {
    struct stat st;
    int fd = trusted_open(path, S_IFREG, &st, why);
    char *text = NULL;

    if (fd < 0) return NULL;
    *length = (size_t)st.st_size;
    if (st.st_size < 0 || st.st_size > TRUSTED_MAX)
        *why = "it is larger than 16 MiB";
    else if ((text = malloc(*length + 1)) == NULL || !read_whole(fd, text, *length))
        *why = "it could not be read whole, from its first byte to its last";
    if (close(fd) != 0) *why = strerror(errno);
    if (*why != NULL) return NULL;
    text[*length] = '\0';
    return text;
}
