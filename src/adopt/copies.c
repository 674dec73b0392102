/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copies.h"

#include "epoll.h"
#include "kept.h"
#include "park.h"
#include "sockopts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 65536

struct copy copies[STASH_MAX];
size_t copy_count;

static void describe(void) {
    for (size_t i = 0; i < kept_count; i++) {
        struct copy *copy = &copies[copy_count];

        copy->kept = kept_list[i];
        if (!copy_is_here(copy) || !endpoint_of(copy->kept.fd, &copy->at)) continue;
        endpoint_put_on(&copy->at, copy->kept.device);
        copy_count++;
    }
}

/* Left until a bind(2) is seen: most programs that a daemon executes never make one. */
void copies_describe(void) {
    static pthread_once_t described = PTHREAD_ONCE_INIT;

    pthread_once(&described, describe);
}

/* Whether FD is a socket, with the OPTION of socket(7) set. */
static bool has(int fd, int option) {
    int is = 0;
    socklen_t length = sizeof is;

    return getsockopt(fd, SOL_SOCKET, option, &is, &length) == 0 && is;
}

bool copy_is_here(const struct copy *copy) { return stash_is(copy->kept.fd, copy->kept.cookie); }

bool copy_is_at_work(const struct copy *copy) {
    if (!copy_is_here(copy)) return false;
    return copy->at.type == SOCK_STREAM ? has(copy->kept.fd, SO_ACCEPTCONN) : !park_is_parked(copy->kept.fd);
}

/* Gives the socket behind FROM the status flags of FD. */
static bool copy_flags(int fd, int from) {
    int theirs = fcntl(fd, F_GETFL);
    int ours = fcntl(from, F_GETFL);

    if (theirs < 0 || ours < 0) return false;
    return fcntl(from, F_SETFL, (ours & ~O_NONBLOCK) | (theirs & O_NONBLOCK)) == 0;
}

/* Everything is in order before dup3(2) makes it visible in one step. */
static bool replace(int fd, int from, const struct endpoint *at, int device) {
    int flags = fcntl(fd, F_GETFD);
    struct memberships memberships;
    bool replaced;

    /* Looked for while all is as it was: it takes two descriptors. */
    if (flags < 0 || !epoll_find(fd, &memberships)) return false;
    if (!copy_flags(fd, from) || !park_put_on(from, device)) return false;
    sockopts_copy(fd, from, at);
    epoll_leave(fd, &memberships);
    replaced = dup3(from, fd, (flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0) >= 0;
    epoll_join(fd, &memberships);
    return replaced;
}

/*
 * Whether the program itself has a descriptor of this socket, besides OWN, which is ours. There may be no /proc to ask,
 * and the limit may be a thousand million: a program that has it above MOST loses a copy that it could use
 * again.
 */
static bool is_held(const struct copy *copy, int own) {
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
    for (int fd = 0; fd < MOST && (rlim_t)fd < limit.rlim_cur; fd++) {
        if (fd != copy->kept.fd && fd != own && stash_is(fd, copy->kept.cookie)) return true;
    }
    return false;
}

/* A socket is on one interface at a time. From one that it was put on for an earlier bind(2) it comes away only where
 * nobody uses it, and where it is not TCP, of which the kernel never takes it. */
static bool can_go_to(const struct copy *copy, int own, int device) {
    if (!park_is_elsewhere(own, device)) return true;
    if (copy->at.type == SOCK_DGRAM && !is_held(copy, own)) return true;
    errno = EADDRINUSE;
    return false;
}

bool copy_take(const struct copy *copy, int fd, int device) {
    /* The cookie is checked on a descriptor of our own, which nobody can close meanwhile. */
    int own = fcntl(copy->kept.fd, F_DUPFD_CLOEXEC, 0);
    int error = EBADF;

    if (own < 0) return false;
    if (copy->kept.device != 0) device = copy->kept.device;
    if (stash_is(own, copy->kept.cookie))
        error = can_go_to(copy, own, device) && replace(fd, own, &copy->at, device) ? 0 : errno;
    if (error == 0 && copy->at.type == SOCK_DGRAM && has(own, SO_REUSEPORT)) copies_share_port(&copy->at);
    close(own);
    errno = error;
    return error == 0;
}

void copies_share_port(const struct endpoint *wanted) {
    int on = 1;

    for (size_t i = 0; i < copy_count; i++) {
        if (endpoint_same_service(&copies[i].at, wanted) && copy_is_here(&copies[i]))
            (void)setsockopt(copies[i].kept.fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
}

/*
 * Whether OTHER keeps traffic from TAKEN: a TCP socket that listens at the same address makes the
 * listen(2) fail, and a UDP socket on a specific address comes before the wildcard.
 */
static bool is_in_the_way(const struct copy *other, const struct copy *taken) {
    if (other == taken || !endpoint_overlap(&other->at, &taken->at) || !copy_is_at_work(other)) return false;
    return taken->at.type == SOCK_STREAM || endpoint_is_wildcard(&taken->at) || !endpoint_is_wildcard(&other->at);
}

bool copies_forbid(const struct copy *taken, int fd) {
    bool shares;

    if (taken->at.type != SOCK_STREAM) return false;
    shares = has(fd, SO_REUSEPORT) || has(taken->kept.fd, SO_REUSEPORT);
    for (size_t i = 0; i < copy_count; i++) {
        if (!is_in_the_way(&copies[i], taken) || (shares && has(copies[i].kept.fd, SO_REUSEPORT))) continue;
        if (is_held(&copies[i], -1)) return true;
    }
    return false;
}

void copies_make_way_for(const struct copy *taken) {
    for (size_t i = 0; i < copy_count; i++) {
        /* Not by close(2), which spares it. */
        if (is_in_the_way(&copies[i], taken) && !is_held(&copies[i], -1)) syscall(SYS_close, copies[i].kept.fd);
    }
}
