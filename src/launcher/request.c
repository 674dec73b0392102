/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

bool is_handle_name(const char *name) {
    return name[strspn(name, NAME_BYTES)] == '\0' && *name != '\0' && strlen(name) <= 255;
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
    bool bracketed = *text == '[' && text[strlen(text) - 1] == ']';
    char *rest = text + 1;

    if (bracketed) {
        text[strlen(text) - 1] = '\0';
        text = strsep(&rest, "%");
        if (rest != NULL) request->scope = *rest != '\0' ? rest : "%"; /* which no interface is named */
    }
    /* A scope goes into messages that root may copy, so it holds nothing that a shell would look at. */
    return address_read(text, &request->at.address) && bracketed == (request->at.address.family == AF_INET6) &&
           (family == AF_UNSPEC || family == request->at.address.family) &&
           (bracketed && IN6_IS_ADDR_LINKLOCAL(&request->at.address.bytes)) == (*request->scope != '\0') &&
           request->scope[strspn(request->scope, NAME_BYTES)] == '\0' && strlen(request->scope) < IFNAMSIZ;
}

const char *request_read(const char *text, struct request *request) {
    bool named = text[strcspn(text, "=:")] == '=';
    const char *spelled = named ? strchr(text, '=') + 1 : text;
    char *rest = copy_text(spelled), *protocol = strsep(&rest, ":"), *port;

    *request = (struct request){.text = spelled, .scope = ""};
    if (rest == NULL || !read_protocol(protocol, request)) return "its protocol is not tcp[46], udp[46] or mptcp[46]";
    port = strrchr(rest, ':');
    if (port != NULL) *port++ = '\0';
    if (port != NULL && !read_address(rest, request))
        return "its address is not of its family, lacks [brackets] or %interface, or is IPv4 written as IPv6";
    if (!is_decimal(port != NULL ? port : rest, 65535, &request->at.port) || request->at.port == 0)
        return "its port is not a plain number from 1 to 65535";
    request->name = format_text("%s-%u", request->protocol, request->at.port);
    if (named) request->name = format_text("%.*s", (int)(spelled - text - 1), text);
    return is_handle_name(request->name) ? NULL : "its name is not of letters, digits, and _ . -, or too long";
}
