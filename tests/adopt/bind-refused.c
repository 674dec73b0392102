/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was not handed over stays refused, exactly as the kernel refuses it; and what merely has the
 * number of a kept socket is left alone. Wants, in this order, tcp:127.0.0.1:79 tcp6:[::]:79
 * udp:127.0.0.1:80.
 */
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void other_places(void)
{
    CHECK(bind_error("tcp:127.0.0.1:80") == EACCES);
    CHECK(bind_error("tcp:127.0.0.2:79") == EACCES);
    CHECK(bind_error("tcp:0.0.0.0:79") == EACCES);
    CHECK(bind_error("udp:127.0.0.1:79") == EACCES);
    CHECK(bind_error("mptcp:127.0.0.1:79") == EACCES);
    CHECK(bind_error("tcp:[::]:79") == EACCES);
    CHECK(bind_error("tcp:[::1]:79") == EACCES);
    CHECK(bind_error("tcp:[::ffff:127.0.0.1]:79") == EACCES);
    CHECK(bind_error("tcp6:[::]:79") == 0);
    CHECK(bind_error("tcp:127.0.0.1:79") == 0);
}

static void own_ports(void)
{
    CHECK(bind_error("tcp:127.0.0.1:0") == 0);
    CHECK(bind_error("tcp:127.0.0.1:7979") == 0);
}

/* LENGTH bytes of the address, behind which there is no memory. */
static struct sockaddr *end_of_memory(size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct place place = place_read("tcp:127.0.0.1:79");
    /* cppcheck-suppress invalidFunctionArg; it is no file that is mapped */
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(pages != MAP_FAILED && mprotect(pages + page, page, PROT_NONE) == 0);
    memcpy(pages + page - length, &place.address.in, length);
    return (struct sockaddr *)(pages + page - length);
}

static void bad_calls(void)
{
    struct place place = place_read("tcp:127.0.0.1:79");
    union {
        struct sockaddr any;
        char all[sizeof(struct sockaddr_storage) + 1];
    } room = {.any = place.address.any};
    int fd = place_socket(&place, 0);

    /* They are wrong on purpose. */
    /* cppcheck-suppress invalidFunctionArg */
    CHECK(bind(-1, &place.address.any, place.length) != 0 && errno == EBADF);
    CHECK(bind(fd, &place.address.any, place.length - 1) != 0 && errno == EINVAL);
    /* cppcheck-suppress nullPointer */
    CHECK(bind(fd, NULL, place.length) != 0 && errno == EFAULT);
    CHECK(bind(fd, &place.address.any, 0) != 0 && errno == EINVAL);
    CHECK(bind(fd, &room.any, sizeof room.all) != 0 && errno == EINVAL);
    CHECK(bind(fd, end_of_memory(0), place.length) != 0 && errno == EFAULT);
    CHECK(bind(fd, end_of_memory(place.length - 1), place.length) != 0 && errno == EFAULT);
    place.address.any.sa_family = AF_UNSPEC;
    CHECK(bind_place(fd, &place) != 0 && errno == EAFNOSUPPORT);
    close(fd);
    int null = open("/dev/null", O_RDONLY);
    place.address.any.sa_family = AF_INET;
    CHECK(bind_place(null, &place) != 0 && errno == ENOTSOCK);
    close(null);
}

static void bound_already(void)
{
    struct place place = place_read("tcp:127.0.0.1:79");
    int fd = place_socket(&place, 0);
    struct place high = place_read("tcp:127.0.0.1:7980");

    CHECK(bind_place(fd, &high) == 0);
    uint64_t before = cookie_of(fd);
    CHECK(bind_place(fd, &place) != 0);
    CHECK(cookie_of(fd) == before);
    close(fd);
}

/*
 * The number of a kept socket has come to mean something else, even a socket of the very same kind.
 */
static void other_cookie(void)
{
    struct place place = place_read("udp:127.0.0.1:80");
    int number = kept(2);
    int imposter = place_socket(&place, 0);
    struct rlimit limit;

    /* It is kept above the usual limit, where dup2(2) puts nothing. */
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(bind_error("udp:127.0.0.1:80") == 0);
    CHECK(dup2(imposter, number) == number);
    CHECK(bind_error("udp:127.0.0.1:80") == EACCES);
    CHECK(cookie_of(number) == cookie_of(imposter));
}

int main(void)
{
    other_places();
    own_ports();
    bad_calls();
    bound_already();
    other_cookie();
    return 0;
}
