/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No lock: what two threads do to one copy at the same time comes to the same in either order, and a
 * child that was forked in the middle of it finds nothing locked.
 */
#include "adopt.h"

#include "copies.h"
#include "endpoint.h"
#include "kept.h"
#include "why.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What FD is to become. False where it cannot be ours: bound already, or nothing that the kernel would take. */
static bool read_wish(int fd, const struct sockaddr *address, socklen_t length, struct endpoint *wanted) {
    if (!endpoint_of(fd, wanted) || wanted->port != 0) return false;
    return endpoint_place(wanted, address, length) && wanted->port != 0;
}

/*
 * Whether the kernel could read there: it says EFAULT where this library would crash. It takes a signal
 * mask before it looks at what is to be done with it, and -1 is nothing to be done. Every sandbox that libc runs in
 * allows this call.
 */
static bool is_readable(const void *at) { return syscall(SYS_rt_sigprocmask, -1, at, NULL, 8) == 0 || errno != EFAULT; }

/* Whether there is an address that bind(2) would take in: what is so short lies in two pages at most. */
static bool is_address(const struct sockaddr *address, socklen_t length) {
    const char *end = (const char *)address + length;

    if (length < sizeof(struct sockaddr_in) || length > sizeof(struct sockaddr_storage)) return false;
    return is_readable(address) && is_readable(end - 8);
}

/* Asks the kernel nothing more: a resolver binds a socket for every question that it asks itself. */
static bool is_of_interest(const struct sockaddr *address) {
    struct sockaddr_in any;

    /* In struct sockaddr_in6 the port lies at the same place. */
    memcpy(&any, address, sizeof any);
    for (size_t i = 0; i < copy_count; i++) {
        if (copies[i].at.port == any.sin_port) return true;
    }
    return false;
}

static bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS; }

static enum adoption take_for(const struct endpoint *wanted, int fd) {
    for (size_t i = 0; i < copy_count; i++) {
        if (!endpoint_serves(&copies[i].at, wanted)) continue;
        if (copies_forbid(&copies[i], fd)) {
            errno = EADDRINUSE;
            return REFUSED;
        }
        if (copy_take(&copies[i], fd, wanted->device)) {
            copies_make_way_for(&copies[i]);
            return ADOPTED;
        }
        if (is_shortage(errno)) return REFUSED;
    }
    return NOT_OURS;
}

/* Whether it was handed over, and is there, though perhaps on another interface. */
static bool is_there(const struct endpoint *wanted) {
    for (size_t i = 0; i < copy_count; i++) {
        if (endpoint_serves(&copies[i].at, wanted) && copy_is_here(&copies[i])) return true;
    }
    return false;
}

/* Whether the program has bound every address of the family of WANTED that was handed over at its port, as one does
 * that serves them all one by one. */
static bool serves_each_address(const struct endpoint *wanted) {
    bool any = false;

    for (size_t i = 0; i < copy_count; i++) {
        const struct endpoint *at = &copies[i].at;

        if (at->domain != wanted->domain || !endpoint_same_service(at, wanted)) continue;
        if (endpoint_is_wildcard(at) || endpoint_is_mapped(at)) continue;
        if (!copy_is_at_work(&copies[i])) return false;
        any = true;
    }
    return any;
}

/* Whether the address can be bound here at all: the kernel tells by a port of its own choice. */
static bool is_local(const struct sockaddr *address, socklen_t length) {
    struct sockaddr_storage any_port = {0};
    int fd = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool local;

    memcpy(&any_port, address, length < sizeof any_port ? length : sizeof any_port);
    ((struct sockaddr_in *)&any_port)->sin_port = 0;
    local = fd >= 0 && syscall(SYS_bind, fd, &any_port, length) == 0;
    if (fd >= 0) close(fd);
    return local;
}

/*
 * An address that came after the start has no socket of its own. A program that serves all others
 * one by one gets the wildcard for it, whose share it is: this opens nothing but what came later. One
 * that serves some of them is refused, since it would be open to those that it leaves out.
 */
static enum adoption take_wildcard_for(const struct endpoint *wanted, int fd, const struct sockaddr *address,
                                       socklen_t length) {
    struct endpoint wildcard = *wanted;

    if (endpoint_is_wildcard(wanted) || endpoint_is_mapped(wanted) || is_there(wanted)) return NOT_OURS;
    if (!serves_each_address(wanted)) return NOT_OURS;
    if (!is_local(address, length)) return is_shortage(errno) ? REFUSED : NOT_OURS;
    /* A TCP socket that listens on an address keeps the wildcard from listening, unless both share the port. */
    copies_share_port(wanted);
    endpoint_make_wildcard(&wildcard);
    return take_for(&wildcard, fd);
}

enum adoption adopt(int fd, const struct sockaddr *address, socklen_t length) {
    struct endpoint wanted;
    enum adoption adoption;

    if (kept_count == 0 || !is_address(address, length)) return NOT_OURS;
    copies_describe();
    if (!is_of_interest(address) || !read_wish(fd, address, length, &wanted)) return NOT_OURS;
    adoption = take_for(&wanted, fd);
    return adoption != NOT_OURS ? adoption : take_wildcard_for(&wanted, fd, address, length);
}

void adopt_tell_why(int fd, const struct sockaddr *address, socklen_t length) {
    const struct endpoint *handed = NULL;
    struct endpoint wanted;

    if (kept_count == 0 || !read_wish(fd, address, length, &wanted)) return;
    if (is_there(&wanted)) {
        why_tell_elsewhere(&wanted);
        return;
    }
    for (size_t i = 0; i < copy_count; i++) {
        bool serves = endpoint_serves(&copies[i].at, &wanted);

        if (serves || (handed == NULL && endpoint_same_service(&copies[i].at, &wanted))) handed = &copies[i].at;
    }
    why_tell(&wanted, handed);
}
