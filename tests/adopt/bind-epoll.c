/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A socket that is in epoll sets before it is bound is in the same sets after it. Wants
 * tcp:127.0.0.1:79 and udp:127.0.0.1:79.
 */
#include "check.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>

#define TCP "tcp:127.0.0.1:79"
#define UDP "udp:127.0.0.1:79"
#define CROWD 200
#define FAR 500
#define COOKIE 0xfedcba9876543210

static int new_set(void)
{
    int set = epoll_create1(EPOLL_CLOEXEC);

    CHECK(set >= 0);
    return set;
}

static void add(int set, int fd, uint32_t events, uint64_t data)
{
    struct epoll_event event = {.events = events, .data.u64 = data};

    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0);
}

/* The one event that waits in the set: no fd but the bound one has anything to say. */
static uint64_t waits(int set, uint32_t events)
{
    struct epoll_event found[4];

    /* What a client has sent may arrive some time later, even here. */
    CHECK(epoll_wait(set, found, 4, 1000 * (int)patience(30)) == 1 && found[0].events == events);
    return found[0].data.u64;
}

static bool is_quiet(int set)
{
    struct epoll_event found;

    return epoll_wait(set, &found, 1, 0) == 0;
}

static int reach(const char *text)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, 0);

    CHECK(connect(fd, &place.address.any, place.length) == 0);
    CHECK(place.type == SOCK_STREAM || send(fd, "?", 1, 0) == 1);
    return fd;
}

static void stays_in_all_sets(const char *text)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, SOCK_NONBLOCK), one = new_set(), two = new_set(),
        other = new_set();

    add(one, fd, EPOLLIN, COOKIE);
    add(two, fd, EPOLLIN | EPOLLET | EPOLLONESHOT, COOKIE + 1);
    CHECK(bind_place(fd, &place) == 0);
    CHECK(place.type == SOCK_DGRAM || listen(fd, 4) == 0);
    CHECK(is_quiet(one));
    int client = reach(text);
    CHECK(waits(one, EPOLLIN) == COOKIE && waits(one, EPOLLIN) == COOKIE);
    CHECK(waits(two, EPOLLIN) == COOKIE + 1);
    CHECK(is_quiet(two));
    CHECK(is_quiet(other));
    close(client);
    close(fd);
    close(one);
    close(two);
    close(other);
}

/* What had the number before, and lives on by another, is still in the set, and not to be confused.
 */
static void leaves_others_alone(void)
{
    struct place place = place_read(UDP);
    int set = new_set(), pipes[2], fd = place_socket(&place, 0);

    CHECK(pipe(pipes) == 0 && dup2(pipes[0], fd) == fd);
    add(set, fd, EPOLLIN, COOKIE);
    int fresh = place_socket(&place, 0);
    CHECK(dup3(fresh, fd, O_CLOEXEC) == fd);
    CHECK(bind_place(fd, &place) == 0);
    int client = reach(UDP);
    CHECK(is_quiet(set));
    CHECK(write(pipes[1], "!", 1) == 1);
    CHECK(waits(set, EPOLLIN) == COOKIE);
    close(client);
    close(fresh);
    close(fd);
    close(set);
}

/* However high the number of the set is. */
static void finds_a_set_far_away(void)
{
    struct place place = place_read(TCP);
    int near = new_set(), set = fcntl(near, F_DUPFD_CLOEXEC, FAR), fd = place_socket(&place, 0);

    CHECK(set >= FAR && close(near) == 0);
    add(set, fd, EPOLLIN, COOKIE);
    CHECK(bind_place(fd, &place) == 0 && listen(fd, 4) == 0);
    int client = reach(TCP);
    CHECK(waits(set, EPOLLIN) == COOKIE);
    close(client);
    close(fd);
    close(set);
}

/* More members than are read of /proc at once: the place of none of them in the text may matter. */
static void finds_each_in_a_crowd(void)
{
    static struct epoll_event found[CROWD + 1];
    struct place place = place_read(UDP);
    int set = new_set(), fds[CROWD];

    for (int i = 0; i < CROWD; i++) {
        fds[i] = place_socket(&place, SOCK_NONBLOCK);
        add(set, fds[i], EPOLLIN, (uint64_t)i);
    }
    for (int i = 0; i < CROWD; i++)
        CHECK(bind_place(fds[i], &place) == 0);
    int client = reach(UDP);
    alarm(patience(30));
    while (epoll_wait(set, found, CROWD + 1, -1) < CROWD)
        continue;
    close(client);
}

int main(void)
{
    stays_in_all_sets(TCP);
    stays_in_all_sets(UDP);
    leaves_others_alone();
    finds_a_set_far_away();
    finds_each_in_a_crowd();
    return 0;
}
