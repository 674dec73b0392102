/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket that belongs to an interface. Wants udp:79, and fe80::1 on lo. */
#include "check.h"

static int device_of(int fd)
{
    int device;
    socklen_t length = sizeof device;

    CHECK(getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &length) == 0);
    return device;
}

/* lowport-adopt has taken it off its interface while nobody used it. */
static void link_local_keeps_its_interface(void)
{
    int lo = (int)if_nametoindex("lo");
    int fd = bound_socket("udp:[fe80::1%lo]:79", 0);
    struct sockaddr_in6 name = {0};
    socklen_t length = sizeof name;

    CHECK(device_of(fd) == lo);
    CHECK(getsockname(fd, (struct sockaddr *)&name, &length) == 0);
    CHECK(name.sin6_scope_id == (uint32_t)lo);
    close(fd);
}

static void others_have_none(void)
{
    int fd = bound_socket("udp:127.0.0.1:79", 0);

    CHECK(device_of(fd) == 0);
    close(fd);
}

/* A program that wants one interface is not put on all of them. */
static void one_interface_is_refused(void)
{
    struct place place = place_read("udp:127.0.0.1:79");
    int fd = place_socket(&place, 0);
    int lo = (int)if_nametoindex("lo");

    CHECK(setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &lo, sizeof lo) == 0);
    CHECK(bind_place(fd, &place) != 0 && errno == EACCES);
    close(fd);
}

/* The scope says which interface; without one, or with another, it is another address. */
static void other_scope_is_refused(void)
{
    struct place place = place_read("udp:[fe80::1%lo]:79");
    int fd = place_socket(&place, 0);

    place.address.in6.sin6_scope_id++;
    CHECK(bind_place(fd, &place) != 0 && errno != 0);
    CHECK(device_of(fd) == 0);
    close(fd);
}

int main(void)
{
    link_local_keeps_its_interface();
    others_have_none();
    one_interface_is_refused();
    other_scope_is_refused();
    return 0;
}
