/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl.h"

typedef LIST(struct address) block_list;

/* Adds to BLOCKS the fewest blocks that hold the addresses from FIRST to LAST, of one family, and no other. */
void blocks_add_range(block_list *blocks, const struct address *first, const struct address *last);

/* BLOCKS without ADDRESS. A wildcard is an address of its own here, which a block of no bits alone stands for. */
block_list blocks_without(const block_list *blocks, const struct address *address);

/* Whether BLOCK is written as one: no bit of it is set that does not count. */
bool block_is_tidy(const struct address *block);
