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

    if (setsockopt(fd, level, option, &value, sizeof value) != 0 ||
        getsockopt(fd, level, option, &now, &size) != 0 || now != value)
        refuse(EX_OSERR, "%s: cannot set socket option %d: %m", request->text, option);
}

static union any_address make_address(const struct request *request, int family) {
    union any_address to = {.six = {.sin6_family = (sa_family_t)family}};

    /* The port stands at the same place in both. */
    to.six.sin6_port = htons(request->at.port);
    memcpy(family == AF_INET ? (void *)&to.four.sin_addr : (void *)&to.six.sin6_addr,
           request->at.address.bytes, family == AF_INET ? 4 : 16);
    if (request->scope != NULL) to.six.sin6_scope_id = if_nametoindex(request->scope);
    if (request->scope != NULL && to.six.sin6_scope_id == 0)
        refuse(EX_UNAVAILABLE, "%s: there is no interface %s", request->text, request->scope);
    return to;
}

static _Noreturn void refuse_bind(const struct request *request, const struct identity *who) {
    if (errno == EADDRINUSE)
        refuse(EX_TEMPFAIL, "%s: the port is in use; see by whom: ss -nlp sport = %u",
               request->text, request->at.port);
    if (errno == EADDRNOTAVAIL)
        refuse(EX_UNAVAILABLE, "%s: this host does not have the address", request->text);
    if (errno == EACCES) refuse_unlisted(request, who);
    refuse(EX_OSERR, "%s: cannot be bound: %m", request->text);
}

/* Whether FD is bound as it should be, and listens if it LISTENS: not by what the calls returned.
 */
static bool is_bound(int fd, const union any_address *to, int listens) {
    union any_address is = {0};
    socklen_t size = sizeof is, int_size = sizeof(int);
    int listening = -1;

    is.six.sin6_family = AF_UNSPEC;
    return getsockname(fd, &is.any, &size) == 0 && is.any.sa_family == to->any.sa_family &&
           memcmp(&is, to, to->any.sa_family == AF_INET ? 8 : sizeof is.six) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &int_size) == 0 &&
           listening == listens;
}

/* Returns -1 where one of many spelled out sockets is of an address that has just gone, or of a
 * family that the kernel lacks. */
static int open_listener(const struct request *request, enum handoff handoff,
                         const struct right *right) {
    int family = request->at.address.family == AF_INET ? AF_INET : AF_INET6;
    bool stream = request->at.protocol == IPPROTO_TCP, adopt = handoff == ADOPT;
    int type = (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, fd, failed;
    int protocol = request->mptcp ? IPPROTO_MPTCP : request->at.protocol;
    union any_address to;
    socklen_t size;

    fd = socket(family, type, protocol);
    if (fd < 0 && errno == EAFNOSUPPORT && request->at.address.family == AF_UNSPEC)
        fd = socket(family = AF_INET, type, protocol);
    if (fd < 0 && errno == EAFNOSUPPORT && request->spelled) return -1;
    if (fd < 0) refuse(EX_OSERR, "%s: cannot make a socket: %m", request->text);
    if (family == AF_INET6)
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, request->at.address.family == AF_INET6, request);
    /* A TCP port is free again while old connections linger; a UDP one would be shared with anyone.
     */
    if (stream) set(fd, SOL_SOCKET, SO_REUSEADDR, 1, request);
    if (right->options->copies > 0 || (adopt && !stream))
        set(fd, SOL_SOCKET, SO_REUSEPORT, 1, request);
    if (right->options->freebind) set(fd, IPPROTO_IP, IP_FREEBIND, 1, request);
    to = make_address(request, family);
    size = family == AF_INET ? sizeof to.four : sizeof to.six;
    failed = request->verdict.ruling == GRANTED ? bind_with_capability(fd, &to.any, size)
                                                : bind(fd, &to.any, size);
    if (failed != 0 && errno == EADDRNOTAVAIL && request->spelled) return close(fd), -1;
    if (failed != 0) refuse_bind(request, right->who);
    if (stream && !adopt && listen(fd, right->options->backlog) != 0)
        refuse_bind(request, right->who);
    if (!is_bound(fd, &to, stream && !adopt))
        refuse(EX_OSERR, "%s: the kernel did not bind it as it was asked to", request->text);
    return fd;
}

struct listeners open_listeners(const struct plan *plan, const struct right *right) {
    struct listeners made = {0};

    for (size_t i = 0; i < plan->count; i++) {
        for (unsigned long copy = 0; copy == 0 || copy < right->options->copies; copy++) {
            int fd = open_listener(&plan->requests[i], plan->handoff, right);

            if (fd >= 0)
                APPEND(made.list, made.count, ((struct handle){plan->requests[i].name, fd}));
        }
    }
    if (made.count == 0) refuse(EX_UNAVAILABLE, "this host has none of the addresses");
    if (plan->handoff == STDIN && made.count != 1)
        refuse(EX_USAGE, "stdin hands over one socket, and %zu were asked for", made.count);
    return made;
}
