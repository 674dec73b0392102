/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon that closes what it has inherited, or marks it close-on-exec, in each of the usual ways,
 * binds all the same; and all other descriptors are closed or marked as it wanted.
 *
 *     bind-closed WAY
 *
 * Wants tcp:127.0.0.1:79 and udp:127.0.0.1:79, with numbers below the hard limit.
 */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#define TCP "tcp:127.0.0.1:79"
#define UDP "udp:127.0.0.1:79"

/* Around the kept ones. */
static int below, above;

static int limit_of_files(void)
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    return (int)limit.rlim_cur;
}

/* As node does at its start: the kept ones are no longer above the limit. */
static void raise_limit(void)
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

static void place_victims(void)
{
    raise_limit();
    CHECK(kept(1) < limit_of_files() - 1);
    below = dup(0);
    above = fcntl(0, F_DUPFD, kept(1) + 1);
    CHECK(below > 2 && below < kept(0) && above > kept(1));
}

static void close_each(void)
{
    for (int fd = 3; fd < limit_of_files(); fd++)
        CHECK(close(fd) == 0 || errno == EBADF);
}

static void close_what_proc_shows(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;

    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        int fd = atoi(entry->d_name);

        if (fd > 2 && fd != dirfd(directory))
            CHECK(close(fd) == 0);
    }
    closedir(directory);
}

static void close_from(void) { closefrom(3); }

static void *close_cancelled(void *done)
{
    pthread_cancel(pthread_self());
    closefrom(3);
    *(bool *)done = true;
    return done;
}

/* closefrom(3) is no point of cancellation, and what is close(2) within it must not be one. */
static void close_from_in_a_thread(void)
{
    pthread_t thread;
    bool done = false;

    CHECK(pthread_create(&thread, NULL, close_cancelled, &done) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(done);
}

static void close_the_range(void) { CHECK(close_range(3, ~0U, 0) == 0); }

static void close_only_kept(void)
{
    CHECK(close_range((unsigned)kept(0), (unsigned)kept(1), 0) == 0);
    CHECK(close_range((unsigned)kept(1), (unsigned)kept(1), 0) == 0);
    CHECK(is_open(kept(0)) && is_open(kept(1)));
    CHECK(close_range(5, 4, 0) != 0 && errno == EINVAL);
    CHECK(close_range(3, ~0U, 1 << 30) != 0 && errno == EINVAL);
    CHECK(is_open(below) && is_open(above));
    closefrom(-1);
    CHECK(!is_open(0) && !is_open(2));
}

/* What the program has put on the number of a kept socket is the program's, and closed as any
 * other. */
static void close_its_own(void)
{
    int number = kept(0);

    CHECK(dup2(0, number) == number);
    CHECK(close(number) == 0 && !is_open(number));
    CHECK(bind_error(TCP) == EACCES);
    CHECK(bind_error(UDP) == 0);
    exit(0);
}

/* The other thread shares the table, and keeps what this one closes for itself. */
static void *close_unshared(void *unused)
{
    CHECK(close_range(3, ~0U, CLOSE_RANGE_UNSHARE) == 0);
    CHECK(!is_open(below) && !is_open(above) && is_open(kept(0)) && is_open(kept(1)));
    CHECK(bind_error(TCP) == 0);
    return unused;
}

static void close_in_a_thread(void)
{
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, close_unshared, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(is_open(below) && is_open(above));
    close_each();
}

static void mark_by_fcntl(void)
{
    for (int fd = 3; fd < limit_of_files(); fd++)
        CHECK(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 || errno == EBADF);
}

static void mark_by_ioctl(void)
{
    for (int fd = 3; fd < limit_of_files(); fd++)
        CHECK(ioctl(fd, FIOCLEX) == 0 || errno == EBADF);
}

static void mark_the_range(void) { CHECK(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0); }

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {{"close", close_each},
            {"proc", close_what_proc_shows},
            {"closefrom", close_from},
            {"closefrom-cancelled", close_from_in_a_thread},
            {"range", close_the_range},
            {"kept", close_only_kept},
            {"own", close_its_own},
            {"unshare", close_in_a_thread},
            {"fcntl", mark_by_fcntl},
            {"ioctl", mark_by_ioctl},
            {"range-cloexec", mark_the_range}};

/* After exec: the victims are gone, whether they were closed or marked. */
static int at_once(char **victims)
{
    CHECK(!is_open(atoi(victims[0])) && !is_open(atoi(victims[1])));
    CHECK(bind_error(TCP) == 0);
    CHECK(bind_error(UDP) == 0);
    return 0;
}

int main(int argc, char **argv)
{
    char first[16], second[16];

    if (argc == 4)
        return at_once(argv + 2);
    for (size_t i = 0; argc == 2 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(argv[1], ways[i].name) != 0)
            continue;
        place_victims();
        ways[i].run();
        CHECK(bind_error(TCP) == 0);
        CHECK(bind_error(UDP) == 0);
        snprintf(first, sizeof first, "%d", below);
        snprintf(second, sizeof second, "%d", above);
        execl("/proc/self/exe", "bind-closed", argv[1], first, second, NULL);
        err(1, "exec");
    }
    errx(64, "usage: bind-closed WAY");
}
