/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "listeners.h"

#include "handles.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>

static int read_option(int fd, int level, int name) {
    int value = 0;
    socklen_t length = sizeof value;

    return getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
}

static bool is_tcp_listener(struct listener *listener) {
    socklen_t length = sizeof listener->at;
    int fd = listener->fd;

    if (read_option(fd, SOL_SOCKET, SO_TYPE) != SOCK_STREAM || read_option(fd, SOL_SOCKET, SO_ACCEPTCONN) != 1 ||
        getsockname(fd, &listener->at.any, &length) != 0)
        return false;
    if (listener->at.any.sa_family == AF_INET6) listener->dual = read_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
    return listener->at.any.sa_family == AF_INET || listener->at.any.sa_family == AF_INET6;
}

struct listeners listeners_read(const char *handoff, const char *program) {
    struct handles handles = handles_read();
    struct listeners listeners = {handles.count, calloc(handles.count + 1, sizeof *listeners.list)};

    if (handles.count == 0)
        errx(EX_USAGE, "no socket was handed over; start me as lowportbind --handoff %s tcp:PORT -- %s", handoff,
             program);
    if (listeners.list == NULL) err(EX_OSERR, "%zu sockets", handles.count);
    for (size_t i = 0; i < handles.count; i++) {
        listeners.list[i].fd = handles.list[i].fd;
        if (!is_tcp_listener(&listeners.list[i]))
            errx(EX_USAGE, "descriptor %d%s%s: not a listening TCP socket; ask for tcp: alone, and pass nothing else",
                 handles.list[i].fd, handles.list[i].name != NULL ? ", " : "",
                 handles.list[i].name != NULL ? handles.list[i].name : "");
    }
    handles_give(&(struct handles){0, NULL});
    return listeners;
}

in_port_t listener_port(const struct listener *listener) {
    return ntohs(listener->at.any.sa_family == AF_INET6 ? listener->at.in6.sin6_port : listener->at.in.sin_port);
}
