/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

union any_address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

/* Sets an option and reads it back: IPV6_V6ONLY decides what the socket is open to. */
static void set(int fd, int level, int option, int value, const struct request *request) {
    int now = !value;
    socklen_t size = sizeof now;

    must(setsockopt(fd, level, option, &value, sizeof value) == 0, "%s: socket option %d: %m", request->text, option);
    must(getsockopt(fd, level, option, &now, &size) == 0 && now == value, "%s: it was not set", request->text);
}

static union any_address make_address(const struct request *request, int family) {
    const struct in6_addr *bytes = &request->at.address.bytes;
    unsigned scope = *request->scope != '\0' ? if_nametoindex(request->scope) : 0;
    in_port_t port = htons((uint16_t)request->at.port);
    union any_address to = {.six = {AF_INET6, port, 0, *bytes, scope}};

    if (*request->scope != '\0' && scope == 0) refuse(EX_UNAVAILABLE, "%s: there is no such interface", request->text);
    if (request->mapped) to.six.sin6_addr = (struct in6_addr){.s6_addr32 = {0, 0, htonl(0xffff), bytes->s6_addr32[0]}};
    if (family == AF_INET) to.four = (struct sockaddr_in){AF_INET, port, {bytes->s6_addr32[0]}, {0}};
    return to;
}

static _Noreturn void refuse_bind(const struct start *start, const struct request *request) {
    if (errno == EACCES) refuse_request(start, request);
    if (errno == EADDRINUSE) refuse(EX_TEMPFAIL, "%s: cannot be bound: %m; ss -tulnp says by whom", request->text);
    if (errno == EADDRNOTAVAIL) refuse(EX_UNAVAILABLE, "%s: cannot be bound: %m; see ip address", request->text);
    refuse(EX_OSERR, "%s: cannot be bound: %m", request->text);
}

/* Returns -1 where one of many spelled out sockets has an address that has just gone, or a family that the kernel
 * lacks. */
static int open_listener(const struct start *start, const struct request *request) {
    bool adopt = start->handoff == ADOPT, stream = request->at.protocol == IPPROTO_TCP, listens = stream && !adopt;
    int asked = request->at.address.family, failed, family = asked != AF_INET || request->mapped ? AF_INET6 : AF_INET;
    int type = (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC;
    int protocol = *request->protocol == 'm' ? IPPROTO_MPTCP : request->at.protocol;
    int fd = socket(family, type, protocol), listening = -1;
    union any_address to, is = {.any.sa_family = AF_UNSPEC};
    socklen_t size, is_size = sizeof is, int_size = sizeof(int);

    if (fd < 0 && errno == EAFNOSUPPORT && asked == AF_UNSPEC) fd = socket(family = AF_INET, type, protocol);
    if (fd < 0 && errno == EAFNOSUPPORT && request->spelled) return -1;
    must(fd >= 0, "%s: cannot make a socket: %m%s", request->text, errno == EMFILE ? "; raise ulimit -n" : "");
    if (family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, asked == AF_INET6, request);
    /* A TCP port is to be free again while old connections linger. A UDP port would be shared with anyone by this. */
    if (stream) set(fd, SOL_SOCKET, SO_REUSEADDR, 1, request);
    if (start->options.copies > 0 || (adopt && !stream)) set(fd, SOL_SOCKET, SO_REUSEPORT, 1, request);
    if (start->options.freebind) set(fd, IPPROTO_IP, IP_FREEBIND, 1, request);
    to = make_address(request, family);
    size = family == AF_INET ? sizeof to.four : sizeof to.six;
    failed = request->verdict.ruling == GRANTED ? bind_with_capability(fd, &to.any, size) : bind(fd, &to.any, size);
    if (failed != 0 && errno == EADDRNOTAVAIL && request->spelled) return close(fd), -1;
    if (failed != 0 || (listens && listen(fd, (int)start->options.backlog) != 0)) refuse_bind(start, request);
    /* Not by what the calls returned. */
    must(getsockname(fd, &is.any, &is_size) == 0 && memcmp(&is, &to, size) == 0, "%s: is not bound", request->text);
    must(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &int_size) == 0, "%s: %m", request->text);
    must(listening == listens, "%s: does not listen as it should", request->text);
    return fd;
}

requests open_listeners(const struct start *start) {
    requests made = {0};

    EACH(request, start->requests) {
        for (unsigned copy = 0; copy == 0 || copy < start->options.copies; copy++) {
            request->fd = open_listener(start, request);
            if (request->fd >= 0) APPEND(made, *request);
        }
    }
    return made;
}
