/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket that belongs to an interface. Wants udp:79, tcp:79, and fe80::1 on lo. */
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

static void has_none(const char *text)
{
    int fd = bound_socket(text, 0);

    CHECK(device_of(fd) == 0);
    close(fd);
}

static void put_on(int fd, int device)
{
    CHECK(setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof device) == 0);
}

/* As bind_error(), with a socket that was put on DEVICE before. */
static int bind_error_on(int device, const char *text)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, 0);
    int error;

    put_on(fd, device);
    error = bind_place(fd, &place) == 0 ? 0 : errno;
    if (error == 0)
        CHECK(device_of(fd) == device);
    close(fd);
    return error;
}

/* A program that wants one interface is put on that, and not on another while it is there. */
static int one_interface(const char *text, int lo)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, 0);

    put_on(fd, lo);
    CHECK(bind_place(fd, &place) == 0);
    CHECK(device_of(fd) == lo);
    CHECK(bind_error_on(lo, text) == 0);
    CHECK(bind_error(text) == EACCES);
    CHECK(bind_error_on(lo + 1, text) == EACCES);
    return fd;
}

static void one_interface_and_then_another(void)
{
    int lo = (int)if_nametoindex("lo");

    close(one_interface("udp:127.0.0.1:79", lo));
    close(one_interface("udp:0.0.0.0:79", lo));
    CHECK(bind_error_on(lo + 1, "udp:0.0.0.0:79") == 0);
    has_none("udp:0.0.0.0:79");
}

/* The kernel takes no TCP socket off its interface again. */
static void one_interface_for_good(void)
{
    int lo = (int)if_nametoindex("lo");
    int fd = one_interface("tcp:0.0.0.0:79", lo);

    CHECK(listen(fd, 1) == 0);
    close(fd);
    CHECK(bind_error("tcp:0.0.0.0:79") == EACCES);
    CHECK(bind_error_on(lo, "tcp:0.0.0.0:79") == 0);
}

/* As a program does that binds first, and again after it has closed. */
static void put_on_an_interface_later(void)
{
    int lo = (int)if_nametoindex("lo");

    for (int i = 0; i < 2; i++) {
        int fd = bound_socket("udp:0.0.0.0:79", 0);

        put_on(fd, lo);
        close(fd);
    }
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
    has_none("udp:127.0.0.1:79");
    one_interface_and_then_another();
    one_interface_for_good();
    put_on_an_interface_later();
    other_scope_is_refused();
    return 0;
}
