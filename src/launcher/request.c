/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

static const char *read_address(char *text, int family, struct request *request) {
    size_t length = strlen(text);
    bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
    char *rest;

    if (bracketed) {
        text[length - 1] = '\0';
        rest = text + 1;
        text = strsep(&rest, "%");
        request->scope = rest;
    }
    if (!address_read(text, &request->at.address) ||
        bracketed != (request->at.address.family == AF_INET6))
        return "its address is neither IPv4 nor IPv6 in [brackets]; IPv4 is not written as ::ffff:";
    if (family != AF_UNSPEC && family != request->at.address.family)
        return "its address is not of the family that its protocol names";
    return NULL;
}

static bool read_protocol(char *text, struct request *request) {
    char *last = text + strlen(text) - (*text != '\0');
    int family = *last == '4' ? AF_INET : *last == '6' ? AF_INET6 : AF_UNSPEC;

    if (family != AF_UNSPEC) *last = '\0';
    request->mptcp = strcmp(text, "mptcp") == 0;
    request->at.protocol = strcmp(text, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;
    request->at.address.family = family;
    return request->mptcp || strcmp(text, "tcp") == 0 || strcmp(text, "udp") == 0;
}

bool is_handle_name(const char *name) {
    size_t length = 0;

    while (name[length] > ' ' && name[length] <= '~' && name[length] != ':') length++;
    return name[length] == '\0' && length > 0 && length <= 255;
}

const char *request_read(const char *text, struct request *request) {
    char *rest = copy_text(text), *protocol, *port;
    const char *fault;
    unsigned long number;

    *request = (struct request){.text = text};
    if (rest[strcspn(rest, "=:")] == '=') request->name = strsep(&rest, "=");
    protocol = strsep(&rest, ":");
    if (rest == NULL || !read_protocol(protocol, request))
        return "its protocol is not tcp, udp or mptcp, perhaps with 4 or 6 behind it";
    port = strrchr(rest, ':');
    if (port != NULL) {
        *port = '\0';
        fault = read_address(rest, request->at.address.family, request);
        if (fault != NULL) return fault;
    }
    if (!is_decimal(port != NULL ? port + 1 : rest, UINT16_MAX, &number) || number == 0)
        return "its port is not a plain number from 1 to 65535";
    request->at.port = (uint16_t)number;
    if (request->name == NULL) request->name = format_text("%s-%lu", protocol, number);
    return is_handle_name(request->name)
               ? NULL
               : "its name is empty, too long, or holds a : or unprintable bytes";
}
