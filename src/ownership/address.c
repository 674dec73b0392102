/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <arpa/inet.h>

bool address_read(const char *text, struct address *address) {
    *address = (struct address){.family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET};
    if (inet_pton(address->family, text, &address->bytes) != 1) return false;
    return address->family == AF_INET || !IN6_IS_ADDR_V4MAPPED(&address->bytes);
}

bool prefix_read(const char *text, struct prefix *prefix) {
    char *bits = copy_text(text), *address = strsep(&bits, "/");

    if (!address_read(address, &prefix->address)) return false;
    prefix->bits = prefix->address.family == AF_INET ? 32 : 128;
    return bits == NULL || is_decimal(bits, prefix->bits, &prefix->bits);
}

bool prefix_covers(const struct prefix *prefix, const struct address *address) {
    unsigned long whole = prefix->bits / 8, rest = prefix->bits % 8;
    const uint8_t *one = prefix->address.bytes.s6_addr, *other = address->bytes.s6_addr;

    if (prefix->address.family != address->family) return false;
    if (IS_WILDCARD(address)) return prefix->bits == 0;
    return memcmp(one, other, whole) == 0 && (rest == 0 || (one[whole] ^ other[whole]) >> (8 - rest) == 0);
}
