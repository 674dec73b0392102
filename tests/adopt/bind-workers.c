/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers that each bind the same place for themselves, with SO_REUSEPORT as a server does that
 * wants the kernel to spread its connections. Whichever of them ends, no question is left without
 * an answer. Wants tcp:127.0.0.1:79 and udp:127.0.0.1:79.
 */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define WORKERS 4
#define QUESTIONS 40

static const char *const places[] = {"tcp:127.0.0.1:79", "udp:127.0.0.1:79"};
static pid_t workers[WORKERS];

static int open_place(const char *text)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, SOCK_NONBLOCK), on = 1;

    CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0);
    CHECK(bind_place(fd, &place) == 0);
    CHECK(place.type == SOCK_DGRAM || listen(fd, 64) == 0);
    return fd;
}

static void answer_stream(int fd)
{
    int conversation = accept(fd, NULL, NULL);

    if (conversation < 0)
        return; /* another worker was faster */
    CHECK(send(conversation, "!", 1, MSG_NOSIGNAL) == 1);
    close(conversation);
}

static void answer_datagram(int fd)
{
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    char question;

    if (recvfrom(fd, &question, 1, 0, (struct sockaddr *)&peer, &length) == 1)
        CHECK(sendto(fd, "!", 1, 0, (struct sockaddr *)&peer, length) == 1);
}

static _Noreturn void work(int ready)
{
    struct pollfd polled[2];

    alarm(patience(300));
    for (int i = 0; i < 2; i++)
        polled[i] = (struct pollfd){.fd = open_place(places[i]), .events = POLLIN};
    CHECK(write(ready, "r", 1) == 1);
    for (;;) {
        CHECK(poll(polled, 2, -1) > 0);
        answer_stream(polled[0].fd);
        answer_datagram(polled[1].fd);
    }
}

static void start_all(void)
{
    char ready;
    int ends[2];

    CHECK(pipe(ends) == 0);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = fork();
        CHECK(workers[i] >= 0);
        if (workers[i] == 0)
            work(ends[1]);
    }
    for (int i = 0; i < WORKERS; i++)
        CHECK(read(ends[0], &ready, 1) == 1);
}

static void ask_all(const char *text)
{
    struct place place = place_read(text);
    struct timeval most = {.tv_sec = patience(30)};

    for (int i = 0; i < QUESTIONS; i++) {
        int fd = place_socket(&place, 0);
        char answer;

        CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most) == 0);
        CHECK(connect(fd, &place.address.any, place.length) == 0);
        CHECK(place.type == SOCK_STREAM || send(fd, "?", 1, 0) == 1);
        CHECK(recv(fd, &answer, 1, 0) == 1 && answer == '!');
        close(fd);
    }
}

int main(void)
{
    start_all();
    for (int left = WORKERS; left > 0; left--) {
        ask_all(places[0]);
        ask_all(places[1]);
        CHECK(kill(workers[left - 1], SIGKILL) == 0);
        CHECK(waitpid(workers[left - 1], NULL, 0) == workers[left - 1]);
    }
    return 0;
}
