/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many threads bind the same places at once, while others fork children that bind as well. Wants
 * tcp:79 and udp:79. Ends by SIGALRM where one waits for ever.
 */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>

#define THREADS 16
#define ROUNDS 50

static const char *const places[] = {"tcp:127.0.0.1:79", "udp:127.0.0.1:79", "tcp:[::1]:79",
                                     "udp:[::1]:79", "tcp:0.0.0.0:79"};
#define PLACES (sizeof places / sizeof places[0])

static pthread_barrier_t start;
static uint64_t cookies[PLACES];

static void *bind_all(void *unused)
{
    pthread_barrier_wait(&start);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < PLACES; i++) {
            int fd = bound_socket(places[i], SOCK_CLOEXEC);
            uint64_t none = 0, cookie = cookie_of(fd);

            /* The first one settles which socket it is; nobody may ever get another. */
            if (!__atomic_compare_exchange_n(&cookies[i], &none, cookie, 0, __ATOMIC_SEQ_CST,
                                             __ATOMIC_SEQ_CST))
                CHECK(none == cookie);
            close(fd);
        }
    }
    return unused;
}

static void *fork_and_bind(void *unused)
{
    pthread_barrier_wait(&start);
    for (int round = 0; round < ROUNDS; round++) {
        int status;
        pid_t child = fork();

        CHECK(child >= 0);
        if (child == 0) {
            alarm(patience(60));
            _exit(bind_error(places[(size_t)round % PLACES]) == 0 ? 0 : 1);
        }
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];

    alarm(patience(300));
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, i % 4 == 0 ? fork_and_bind : bind_all, NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 1; i < PLACES; i++)
        CHECK(cookies[i] != cookies[i - 1]);
    return 0;
}
