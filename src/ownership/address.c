/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

bool address_read(const char *text, struct address *address) {
    *address = (struct address){.family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET};
    /* Behind an IPv4 address the bytes are zero, as those of a mapped one are not. */
    return inet_pton(address->family, text, &address->bytes) == 1 && !IN6_IS_ADDR_V4MAPPED(&address->bytes);
}

bool block_read(const char *text, struct address *block) {
    char *bits = copy_text(text), *address = strsep(&bits, "/");

    if (!address_read(address, block)) return false;
    block->bits = block->family == AF_INET ? 32 : 128;
    return bits == NULL || is_decimal(bits, block->bits, &block->bits);
}

bool block_covers(const struct address *block, const struct address *address) {
    const uint8_t *one = block->bytes.s6_addr, *other = address->bytes.s6_addr;
    unsigned whole = block->bits / 8, rest = block->bits % 8;

    if (block->family != address->family) return false;
    if (IS_WILDCARD(address)) return block->bits == 0;
    return memcmp(one, other, whole) == 0 && (rest == 0 || (one[whole] ^ other[whole]) >> (8 - rest) == 0);
}
