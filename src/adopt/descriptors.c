/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "descriptors.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Not opendir(3), which allocates: another thread may have been in malloc(3) when this process was forked. */
bool descriptors_each(void (*visit)(int fd, void *context), void *context) {
    _Alignas(struct dirent64) char buffer[1024];
    int directory = open("/proc/thread-self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ssize_t length;

    if (directory < 0) return false;
    while ((length = getdents64(directory, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const void *)(buffer + at);
            int fd = (int)strtol(entry->d_name, NULL, 10);

            if (isdigit((unsigned char)entry->d_name[0]) && fd != directory) visit(fd, context);
            at += entry->d_reclen;
        }
    }
    close(directory);
    return true;
}
