/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stash.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

void stash_write(const struct stash_entry *entries, size_t count, char *text) {
    *text = '\0';
    for (size_t i = 0; i < count; i++) {
        text += sprintf(text, "%s%d:%" PRIu64, i > 0 ? "," : "", entries[i].fd, entries[i].cookie);
        if (entries[i].device != 0) text += sprintf(text, "%%%d", entries[i].device);
    }
}

/* strtoull(3) alone takes blanks, signs and numbers that are too large. */
static bool read_number(const char **text, uint64_t most, uint64_t *number) {
    char *end;

    if (!isdigit((unsigned char)**text)) return false;
    errno = 0;
    *number = strtoull(*text, &end, 10);
    *text = end;
    return errno == 0 && *number <= most;
}

static bool read_entry(const char **text, struct stash_entry *entry) {
    uint64_t fd, device = 0;

    if (!read_number(text, INT_MAX, &fd) || *(*text)++ != ':') return false;
    if (!read_number(text, UINT64_MAX, &entry->cookie)) return false;
    if (**text == '%') {
        (*text)++;
        if (!read_number(text, INT_MAX, &device)) return false;
    }
    entry->fd = (int)fd;
    entry->device = (int)device;
    return true;
}

size_t stash_read(const char *text, struct stash_entry *entries) {
    size_t count = 0;

    do {
        if (count == STASH_MAX || !read_entry(&text, &entries[count])) return 0;
        count++;
    } while (*text++ == ',');
    return text[-1] == '\0' ? count : 0;
}

bool stash_is(int fd, uint64_t cookie) {
    uint64_t found;
    socklen_t length = sizeof found;

    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &found, &length) == 0 && found == cookie;
}
