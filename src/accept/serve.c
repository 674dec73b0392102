/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "serve.h"

#include "children.h"
#include "connections.h"
#include "signals.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

/* How many to accept before another listener, and the signals, have their turn. */
#define AT_ONCE 16

static const struct listeners *listeners;
static int signals, events;

static bool stopping;

static void watch(int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    if (epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) != 0) err(EX_OSERR, "descriptor %d", fd);
}

/* Not to wait in accept(2): of two that share a listener, only one gets the connection. */
static void ready(int listener) {
    int flags = fcntl(listener, F_GETFL);

    if (flags < 0 || fcntl(listener, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl(listener, F_SETFD, FD_CLOEXEC) != 0)
        err(EX_OSERR, "descriptor %d", listener);
    watch(listener);
}

void serve_begin(const struct options *options, const struct listeners *handed_over, char *path) {
    unsigned behind = (unsigned)handed_over->list[handed_over->count - 1].fd + 1;

    listeners = handed_over;
    if (close_range(behind, ~0U, 0) != 0) err(EX_OSERR, "descriptors from %u", behind);
    signals = signals_open();
    events = epoll_create1(EPOLL_CLOEXEC);
    if (events < 0) err(EX_OSERR, "epoll");
    watch(signals);
    for (size_t i = 0; i < listeners->count; i++) ready(listeners->list[i].fd);
    connections_begin(options, path);
}

/* Whether there may be more to accept. */
static bool go_on(int listener) {
    switch (errno) {
    case EAGAIN: return false;
    /* The network's errors are those of a connection that is no more; see accept(2). */
    case ECONNABORTED:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case EINTR:
    case ENETDOWN:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPROTO:
    case ETIMEDOUT: return true;
    case EINVAL: errx(EX_OSERR, "descriptor %d does not listen any more; start me again", listener);
    default: connections_pause("cannot accept a connection", errno); return false;
    }
}

static void accept_some(int listener) {
    for (int i = 0; i < AT_ONCE && connections_possible(); i++) {
        struct connection connection;
        socklen_t length = sizeof connection.remote;

        connection.fd = accept4(listener, &connection.remote.any, &length, SOCK_CLOEXEC);
        if (connection.fd >= 0)
            connections_start(&connection);
        else if (!go_on(listener))
            return;
    }
}

static void stop(void) {
    if (stopping) exit(EX_OK);
    for (size_t i = 0; i < listeners->count; i++) close(listeners->list[i].fd);
    stopping = true;
}

static void obey(void) {
    struct signals come = signals_take(signals);

    if (come.child) children_reap();
    if (come.reload) connections_find_again();
    if (come.stop) stop();
    if (come.child || come.again) connections_resume();
}

/*
 * One event at a time: the kernel puts each behind the others, so that no listener takes all the
 * room from another. While nothing can be started the listeners are not looked at, and their
 * connections wait.
 */
void serve(void) {
    while (!stopping || connections_remain()) {
        struct epoll_event event = {.data.fd = signals};

        if (!stopping && connections_possible() && epoll_wait(events, &event, 1, -1) != 1) continue;
        if (event.data.fd == signals)
            obey();
        else
            accept_some(event.data.fd);
    }
}
