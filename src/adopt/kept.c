/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kept.h"

#include <errno.h>
#include <stdlib.h>

struct stash_entry kept_list[STASH_MAX];
size_t kept_count;
/* No descriptor is -1: without entries, none can be kept. */
unsigned kept_lowest = UINT_MAX, kept_span;

void kept_load(void) {
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before main(), without another thread */
    const char *text = getenv(STASH_VARIABLE);
    unsigned highest = 0;

    if (text != NULL) kept_count = stash_read(text, kept_list);
    for (size_t i = 0; i < kept_count; i++) {
        unsigned fd = (unsigned)kept_list[i].fd;

        if (fd < kept_lowest) kept_lowest = fd;
        if (fd > highest) highest = fd;
    }
    if (kept_count > 0) kept_span = highest - kept_lowest;
}

/* The number alone says nothing: the program may have put a file of its own there. */
static bool is_at_its_place(const struct stash_entry *entry) {
    int before = errno;
    bool is = stash_is(entry->fd, entry->cookie);

    errno = before;
    return is;
}

bool kept_is(int fd) {
    for (size_t i = 0; i < kept_count; i++) {
        if (kept_list[i].fd == fd && is_at_its_place(&kept_list[i])) return true;
    }
    return false;
}

unsigned kept_from(unsigned first, unsigned last) {
    unsigned lowest = KEPT_NONE;

    for (size_t i = 0; i < kept_count; i++) {
        unsigned fd = (unsigned)kept_list[i].fd;

        if (fd >= first && fd <= last && fd < lowest && is_at_its_place(&kept_list[i])) lowest = fd;
    }
    return lowest;
}
