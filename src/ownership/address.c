/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <arpa/inet.h>

bool address_read(const char *text, struct address *address) {
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

    memset(address, 0, sizeof *address);
    address->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    if (inet_pton(address->family, text, address->bytes) != 1) return false;
    return address->family == AF_INET || memcmp(address->bytes, mapped, sizeof mapped) != 0;
}

bool prefix_read(const char *text, struct prefix *prefix) {
    char address[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "/");
    unsigned long bits;

    if (length >= sizeof address) return false;
    memcpy(address, text, length);
    address[length] = '\0';
    if (!address_read(address, &prefix->address)) return false;
    bits = prefix->address.family == AF_INET ? 32 : 128;
    if (text[length] == '/' && !is_decimal(text + length + 1, bits, &bits)) return false;
    prefix->bits = (unsigned)bits;
    return true;
}

bool address_is_wildcard(const struct address *address) {
    static const unsigned char zero[sizeof address->bytes];

    return memcmp(address->bytes, zero, sizeof zero) == 0;
}

bool prefix_covers(const struct prefix *prefix, const struct address *address) {
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;

    if (prefix->address.family != address->family) return false;
    if (address_is_wildcard(address)) return prefix->bits == 0;
    if (memcmp(prefix->address.bytes, address->bytes, whole) != 0) return false;
    return rest == 0 || (prefix->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}
