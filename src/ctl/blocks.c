/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blocks.h"

static unsigned width(int family) { return family == AF_INET ? 32 : 128; }

/* The last address of BLOCK. */
static struct address end_of(const struct address *block) {
    struct address last = *block;

    last.bits = width(block->family);
    for (unsigned bit = block->bits; bit < last.bits; bit++) last.bytes.s6_addr[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    return last;
}

/* The halves of BLOCK, which is more than one address. */
static void halve(const struct address *block, struct address half[2]) {
    half[0] = half[1] = *block;
    half[0].bits = half[1].bits = block->bits + 1;
    half[1].bytes.s6_addr[block->bits / 8] |= (uint8_t)(0x80 >> block->bits % 8);
}

static int compare(const struct address *one, const struct address *other) {
    return memcmp(&one->bytes, &other->bytes, sizeof one->bytes);
}

/* NOLINTNEXTLINE(misc-no-recursion): once for each bit of an address */
static void add_common(block_list *blocks, const struct address *block, const struct address *first,
                       const struct address *last) {
    struct address end = end_of(block), half[2];

    if (compare(&end, first) < 0 || compare(block, last) > 0) return;
    if (compare(block, first) >= 0 && compare(&end, last) <= 0) {
        APPEND(*blocks, *block);
        return;
    }
    halve(block, half);
    add_common(blocks, &half[0], first, last);
    add_common(blocks, &half[1], first, last);
}

void blocks_add_range(block_list *blocks, const struct address *first, const struct address *last) {
    add_common(blocks, &(struct address){.family = first->family}, first, last);
}

/* NOLINTNEXTLINE(misc-no-recursion): once for each bit of an address */
static void add_without(block_list *blocks, const struct address *block, const struct address *address) {
    struct address half[2];

    if (!block_covers(block, address)) {
        APPEND(*blocks, *block);
        return;
    }
    if (block->bits == width(block->family)) return;
    halve(block, half);
    add_without(blocks, &half[0], address);
    add_without(blocks, &half[1], address);
}

block_list blocks_without(const block_list *blocks, const struct address *address) {
    block_list left = {0};

    EACH(block, *blocks) add_without(&left, block, address);
    return left;
}

bool block_is_tidy(const struct address *block) {
    for (unsigned bit = block->bits; bit < width(block->family); bit++)
        if ((block->bytes.s6_addr[bit / 8] & 0x80 >> bit % 8) != 0) return false;
    return true;
}
