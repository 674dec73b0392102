/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

bool is_handle_name(const char *name) {
    size_t length = 0;

    while (name[length] > ' ' && name[length] <= '~' && name[length] != ':') length++;
    return name[length] == '\0' && length > 0 && length <= 255;
}

static bool read_protocol(char *text, struct request *request) {
    char *last = text + strlen(text) - (*text != '\0');

    request->at.address.family = *last == '4' ? AF_INET : *last == '6' ? AF_INET6 : AF_UNSPEC;
    if (request->at.address.family != AF_UNSPEC) *last = '\0';
    request->protocol = text;
    request->at.protocol = strcmp(text, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;
    return strcmp(text, "tcp") == 0 || strcmp(text, "udp") == 0 || strcmp(text, "mptcp") == 0;
}

static bool read_address(char *text, struct request *request) {
    int family = request->at.address.family;
    size_t length = strlen(text);
    bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';

    if (bracketed) {
        text[length - 1] = '\0';
        request->scope = text + 1;
        text = strsep(&request->scope, "%");
    }
    if (request->scope != NULL && *request->scope == '\0') return false;
    return address_read(text, &request->at.address) && bracketed == (request->at.address.family == AF_INET6) &&
           (family == AF_UNSPEC || family == request->at.address.family);
}

const char *request_read(const char *text, struct request *request) {
    bool named = text[strcspn(text, "=:")] == '=';
    const char *spelled = named ? strchr(text, '=') + 1 : text;
    char *rest = copy_text(spelled), *protocol = strsep(&rest, ":"), *port;

    *request = (struct request){.text = spelled};
    if (rest == NULL || !read_protocol(protocol, request))
        return "its protocol is not tcp, udp or mptcp, perhaps with 4 or 6 behind";
    port = strrchr(rest, ':');
    if (port != NULL) *port++ = '\0';
    if (port != NULL && !read_address(rest, request))
        return "its address is not of its family, or IPv6 and not in [brackets], or IPv4 written as ::ffff:";
    if (!is_decimal(port != NULL ? port : rest, 65535, &request->at.port) || request->at.port == 0)
        return "its port is not a plain number from 1 to 65535";
    request->name = format_text("%s-%u", request->protocol, request->at.port);
    if (named) request->name = format_text("%.*s", (int)(spelled - text - 1), text);
    return is_handle_name(request->name) ? NULL : "its name is empty, too long, or not of plain characters";
}
