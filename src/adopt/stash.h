/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How lowport-adopt tells its preload library which descriptors it keeps: the text of one
 * environment variable. Both sides read and write it here, so the format stands in one place.
 *
 *     LOWPORT_ADOPT=1024:4711,1025:4712%2
 *
 * Each entry is a descriptor and the socket's cookie (SO_COOKIE, socket(7)): a number may belong to
 * something else by the time it is read, a cookie never does. After the percent sign stands the
 * index of the interface that the socket is bound to, if any, which a parked socket (park.h) no
 * longer shows.
 */
#ifndef LOWPORT_ADOPT_STASH_H
#define LOWPORT_ADOPT_STASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STASH_VARIABLE "LOWPORT_ADOPT"

/* The longest text of this many entries stays below MAX_ARG_STRLEN, the kernel's limit for one
 * environment string (execve(2)). */
#define STASH_MAX 3000
/* A descriptor, a colon, a cookie, a percent sign, an index, a comma. */
#define STASH_ENTRY_TEXT (10 + 1 + 20 + 1 + 10 + 1)
#define STASH_TEXT(count) ((count)*STASH_ENTRY_TEXT + 1)

struct stash_entry {
    int fd;
    int device; /* SO_BINDTOIFINDEX when it was handed over, or 0 */
    uint64_t cookie;
};

/* Writes the text of COUNT entries, at most STASH_MAX. TEXT has room for STASH_TEXT(COUNT) bytes. */
void stash_write(const struct stash_entry *entries, size_t count, char *text);

/*
 * Reads TEXT into ENTRIES, which has room for STASH_MAX. Returns how many there are: 0 for text
 * that is not wholly of the form above, since half of it would be a guess. Needs no memory of its
 * own.
 */
size_t stash_read(const char *text, struct stash_entry *entries);

/* Whether FD is, at this moment, the socket with this cookie. */
bool stash_is(int fd, uint64_t cookie);

#endif
