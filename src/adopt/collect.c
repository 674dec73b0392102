/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect.h"

#include "endpoint.h"
#include "high.h"
#include "park.h"
#include "stash.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>

/* Of the size that is needed, and so close together: a page that is touched for the first time costs as much as ten
 * system calls. */
static int *fds;
static struct endpoint *endpoints;

static void *room_for(size_t count, size_t size) {
    void *room = calloc(count + 1, size);

    if (room == NULL) err(EX_OSERR, "%zu sockets", count);
    return room;
}

/* A connected socket is somebody's conversation, and no place to listen. */
static bool is_connected(int fd) {
    struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof peer;

    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.ss_family != AF_UNSPEC;
}

/* What is no internet socket stays where it is. One of which that cannot be told would be lost to the program. */
static bool is_endpoint(int fd, struct endpoint *endpoint) {
    errno = 0;
    if (endpoint_of(fd, endpoint)) return true;
    if (errno != 0 && (errno != ENOTSOCK || isfdtype(fd, S_IFSOCK) != 0)) err(EX_OSERR, "descriptor %d", fd);
    return false;
}

static bool is_wanted(int fd, struct endpoint *endpoint) {
    /* A parent that keeps its sockets, as systemd does, gets them back parked from the last run. */
    if (!park_release(fd)) err(EX_OSERR, "descriptor %d", fd);
    return is_endpoint(fd, endpoint) && endpoint->port != 0 && !is_connected(fd);
}

static size_t take_wanted(struct handles *handles) {
    size_t taken = 0, left = 0;

    fds = room_for(handles->count, sizeof *fds);
    endpoints = room_for(handles->count, sizeof *endpoints);
    for (size_t i = 0; i < handles->count; i++) {
        struct endpoint endpoint;

        if (!is_wanted(handles->list[i].fd, &endpoint)) {
            handles->list[left++] = handles->list[i];
            continue;
        }
        if (taken == STASH_MAX) errx(EX_USAGE, "more than %d sockets; hand over fewer addresses", STASH_MAX);
        fds[taken] = handles->list[i].fd;
        endpoints[taken++] = endpoint;
    }
    handles->count = left;
    return taken;
}

/* All UDP sockets of a start share their port, or they could not be bound beside each other. From here on a second
 * start is to be refused, as it is natively, and not to get half of what arrives; copies_share_port() is for programs
 * that mean to share it. */
static void stop_sharing(size_t count) {
    const int off = 0;

    for (size_t i = 0; i < count; i++) {
        int is = 1;
        socklen_t length = sizeof is;

        if (endpoints[i].type != SOCK_DGRAM) continue;
        if (setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &off, sizeof off) != 0 ||
            getsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &is, &length) != 0)
            err(EX_OSERR, "descriptor %d", fds[i]);
        if (is != off) errx(EX_OSERR, "descriptor %d: its port was to be shared no more, and is", fds[i]);
    }
}

static bool has_rival(size_t one, size_t count) {
    for (size_t other = 0; other < count; other++) {
        if (other != one && endpoint_overlap(&endpoints[one], &endpoints[other])) return true;
    }
    return false;
}

static void park_rivals(size_t count) {
    for (size_t i = 0; i < count; i++) {
        /* A kernel that cannot park it leaves a socket that serves, and swallows. */
        if (endpoints[i].type == SOCK_DGRAM && has_rival(i, count)) (void)park(fds[i]);
    }
}

static void name_all(size_t count) {
    struct stash_entry *entries = room_for(count, sizeof *entries);
    char *text = room_for(STASH_TEXT(count), 1);

    for (size_t i = 0; i < count; i++) {
        socklen_t length = sizeof entries[i].cookie;

        entries[i].fd = fds[i];
        entries[i].device = endpoints[i].device;
        if (getsockopt(fds[i], SOL_SOCKET, SO_COOKIE, &entries[i].cookie, &length) != 0)
            err(EX_OSERR, "descriptor %d", fds[i]);
    }
    stash_write(entries, count, text);
    if (setenv(STASH_VARIABLE, text, 1) != 0) err(EX_OSERR, STASH_VARIABLE);
    free(entries);
    free(text);
}

size_t collect(struct handles *handles) {
    size_t count = take_wanted(handles);

    if (!high_move(fds, count))
        errx(EX_OSERR, "%zu sockets to keep: %s; raise the limit on open files (ulimit -n)", count, strerror(errno));
    stop_sharing(count);
    park_rivals(count);
    name_all(count);
    return count;
}
