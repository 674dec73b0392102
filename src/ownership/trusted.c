/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

/* O_NONBLOCK: a FIFO in the place of a file must not make the launcher wait for its writer. */
#define READ_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define WALK_FLAGS (O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC)

static const char *open_failure(bool last) {
    if (errno == ENOENT && last) return NULL;
    if (errno == ELOOP || errno == ENOTDIR) return "a symbolic link; put the file itself there";
    return errno == EACCES ? "not readable by all; chmod 644 the file, 755 its directories" : strerror(errno);
}

/* What is wrong with the owner, mode or type of the open file FD, or NULL. */
static const char *distrust(int fd, mode_t type, struct stat *st) {
    *st = (struct stat){0};
    if (fstat(fd, st) != 0) return strerror(errno);
    if ((st->st_mode & S_IFMT) != type) return type == S_IFDIR ? "not a directory" : "not a regular file";
    if (st->st_uid != 0) return "it or a directory above it is not root's; chown root it";
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) == 0) return NULL;
    return "it or a directory above it may be written by others than root; chmod go-w it";
}

int trusted_open(const char *path, mode_t type, struct stat *st, const char **why) {
    char *rest = copy_text(path), *name = strtok_r(rest, "/", &rest);
    int fd = open("/", WALK_FLAGS); /* NOLINT(android-cloexec-open): O_CLOEXEC is among them */

    *why = fd < 0 ? strerror(errno) : distrust(fd, S_IFDIR, st);
    while (*why == NULL && name != NULL) {
        char *next = strtok_r(NULL, "/", &rest);
        int above = fd;

        fd = openat(above, name, next != NULL ? WALK_FLAGS : READ_FLAGS);
        *why = fd < 0 ? open_failure(next == NULL) : distrust(fd, next != NULL ? S_IFDIR : type, st);
        if (close(above) != 0) *why = strerror(errno);
        name = next;
    }
    return *why == NULL || fd < 0 ? fd : (close(fd), -1);
}

char *trusted_read(const char *path, size_t *length, const char **why) {
    struct stat st;
    int fd = trusted_open(path, S_IFREG, &st, why);
    ssize_t got = 0;

    if (fd < 0) return NULL;
    /* A byte more is asked for than there should be: the end of the file must stand behind the last. */
    char *text = st.st_size <= 16 << 20 ? malloc((size_t)st.st_size + 1) : NULL;
    for (*length = 0; text != NULL && *length <= (size_t)st.st_size; *length += (size_t)got)
        if ((got = read(fd, text + *length, (size_t)st.st_size + 1 - *length)) <= 0) break;
    if (text == NULL || got != 0 || *length != (size_t)st.st_size || close(fd) != 0)
        return *why = "larger than 16 MiB, or it could not be read whole", NULL;
    text[*length] = '\0';
    return text;
}
