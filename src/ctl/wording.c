/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

#include <arpa/inet.h>

static char *address_text(const struct address *address) {
    char text[INET6_ADDRSTRLEN];

    /* It fails for a family or a size that is wrong here alone. */
    if (inet_ntop(address->family, &address->bytes, text, sizeof text) == NULL) abort();
    return copy_text(text);
}

char *block_text(const struct address *address) {
    char *text = address_text(address);
    unsigned whole = address->family == AF_INET ? 32 : 128;

    return address->bits == whole ? text : format_text("%s/%u", text, address->bits);
}

char *endpoint_text(const struct endpoint *at) {
    const char *protocol = at->protocol == IPPROTO_UDP ? "udp" : "tcp";
    int family = at->address.family;

    if (IS_WILDCARD(&at->address))
        return format_text("%s%s:%u", protocol, family == AF_INET ? "4" : family == AF_INET6 ? "6" : "", at->port);
    return format_text(family == AF_INET6 ? "%s:[%s]:%u" : "%s:%s:%u", protocol, address_text(&at->address), at->port);
}

char *request_text(const struct endpoint *at, const char *interface) {
    char *text = endpoint_text(at);
    int end = (int)strcspn(text, "]");

    if (at->address.family != AF_INET6 || !IN6_IS_ADDR_LINKLOCAL(&at->address.bytes)) return text;
    return format_text("%.*s%%%s%s", end, text, interface, text + end);
}

char *shell_word(const char *text) {
    char *quoted = copy_text("'");

    if (*text != '\0' && text[strspn(text, NAME_BYTES "+:@%/,=[]")] == '\0') return copy_text(text);
    for (; *text != '\0'; text++) quoted = format_text(*text == '\'' ? "%s'\\'%c" : "%s%c", quoted, *text);
    return format_text("%s'", quoted);
}

char *members_text(const struct section *section) {
    const char *text = NULL;

    if (section->anyone) return copy_text("anyone");
    EACH(member, section->members)
        text = format_text("%s%s%s%s", text != NULL ? text : "", text != NULL ? ", " : "", member->group ? "@" : "",
                           member->name);
    return copy_text(text);
}

char *addresses_text(const struct section *section) {
    char *text = copy_text("");

    EACH(block, section->addresses) text = format_text("%s%s%s", text, *text != '\0' ? " " : "", block_text(block));
    return text;
}

char *place_text(const struct section *section, unsigned line) {
    return format_text("section [%s], %s:%u", section->name, section->file, line);
}
