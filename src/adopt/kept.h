/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descriptors that lowport-adopt keeps for this program, which knows nothing of them: what it
 * closes or marks without knowing is left alone. Nothing here takes a lock or memory, and nothing is
 * written after kept_load(), so all of it may be called by any thread, and between fork(2) or
 * vfork(2) and exec. errno is left as it was.
 */
#ifndef LOWPORT_ADOPT_KEPT_H
#define LOWPORT_ADOPT_KEPT_H

#include "stash.h"

#include <limits.h>
#include <stdbool.h>

/* The entries in the environment, and where their numbers lie. */
extern struct stash_entry kept_list[STASH_MAX];
extern size_t kept_count;
extern unsigned kept_lowest, kept_span;

/* Reads the entries from the environment. Call it once, before the program can change that. */
void kept_load(void);

/* Whether FD is a kept socket; and whether it can be one, which is all that most calls ask. */
bool kept_is(int fd);
static inline bool kept_may_be(int fd) { return __builtin_expect((unsigned)fd - kept_lowest <= kept_span, 0); }

/* The lowest kept descriptor of FIRST to LAST, or KEPT_NONE. */
#define KEPT_NONE UINT_MAX
unsigned kept_from(unsigned first, unsigned last);

#endif
