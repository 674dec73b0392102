/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Without a free descriptor bind(2) says so, and has changed nothing: with one it gets the socket,
 * in the epoll set in which the program had put its own. Wants tcp:127.0.0.1:79 and
 * udp:127.0.0.1:79 udp:0.0.0.0:79.
 */
#include "check.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>

static void set_limit(rlim_t soft)
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = soft;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

/* There are no gaps among the descriptors here. */
static void leave_free(int count)
{
    set_limit(64);
    int next = fcntl(0, F_DUPFD, 0);

    CHECK(next > 0 && close(next) == 0);
    set_limit((rlim_t)next + (rlim_t)count);
}

/* Nobody may keep what comes before the socket is bound. */
static void send_to(const struct place *place)
{
    int fd = place_socket(place, 0);

    CHECK(sendto(fd, "?", 1, 0, &place->address.any, place->length) == 1);
    close(fd);
}

static void bind_when_there_is_room(const char *text)
{
    struct place place = place_read(text);
    struct epoll_event event = {.events = EPOLLIN}, found;
    int fd = place_socket(&place, SOCK_NONBLOCK), set = epoll_create1(EPOLL_CLOEXEC), client;
    int room;

    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0);
    for (room = 0; leave_free(room), bind_place(fd, &place) != 0; room++) {
        CHECK(errno == EMFILE && room < 8);
        leave_free(8);
        if (place.type == SOCK_DGRAM)
            send_to(&place);
    }
    leave_free(8);
    CHECK(room > 0);
    CHECK(place.type == SOCK_DGRAM || listen(fd, 1) == 0);
    client = place_socket(&place, 0);
    CHECK(connect(client, &place.address.any, place.length) == 0 && send(client, "?", 1, 0) == 1);
    CHECK(epoll_wait(set, &found, 1, 1000 * (int)patience(5)) == 1);
    CHECK(place.type == SOCK_STREAM ||
          (recv(fd, &event, sizeof event, 0) == 1 && recv(fd, &event, 1, 0) < 0));
    close(client);
    close(set);
    close(fd);
}

int main(void)
{
    bind_when_there_is_room("tcp:127.0.0.1:79");
    bind_when_there_is_room("udp:127.0.0.1:79");
    return 0;
}
