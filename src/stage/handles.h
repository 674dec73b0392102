/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that are handed over as sd_listen_fds(3) describes it. */
#ifndef LOWPORT_STAGE_HANDLES_H
#define LOWPORT_STAGE_HANDLES_H

#include <stdbool.h>
#include <stddef.h>

#define HANDLES_FIRST 3

struct handle {
    int fd;
    const char *name; /* NULL where the environment names none */
};

struct handles {
    size_t count;
    struct handle *list;
};

/*
 * Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES. No handles where these are not there or meant
 * for another process. Exits with 64 where they are not well formed or name a closed descriptor.
 * The names stay valid, whatever becomes of the environment.
 */
struct handles handles_read(void);

/*
 * Hands HANDLES over to what this process executes: moves the descriptors down to follow each other
 * from 3, which needs every number below theirs to be free or one of them, and sets the variables
 * for them alone; unsets all of them where there are none. Exits with 71 if the kernel refuses.
 */
void handles_give(const struct handles *handles);

#endif
