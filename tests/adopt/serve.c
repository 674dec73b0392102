/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plain server that knows nothing of us: binds each PROTO:ADDRESS:PORT, listens, and answers
 * everybody with the place at which it was asked.
 *
 *     serve [--reuse-port] PLACE... [/ PLACE...]...
 *
 * Says "ready" when it serves, after a line for each place that it could not have. SIGHUP makes it
 * close everything and go on with the places after the next slash.
 */
#include "place.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#define MOST 64

static struct pollfd polled[MOST];
static const char *labels[MOST];
static nfds_t count;
static bool reuse_port;
static volatile sig_atomic_t reload;

static void on_hangup(int signal)
{
    (void)signal;
    reload = 1;
}

static void open_place(const char *text)
{
    struct place place = place_read(text);
    int fd = place_socket(&place, SOCK_CLOEXEC);
    int on = 1;

    if (place.type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        err(71, "SO_REUSEADDR");
    if (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        err(71, "SO_REUSEPORT");
    if (bind(fd, &place.address.any, place.length) != 0) {
        printf("%s: bind: %s\n", text, strerror(errno));
    } else if (place.type == SOCK_STREAM && listen(fd, 16) != 0) {
        printf("%s: listen: %s\n", text, strerror(errno));
    } else {
        labels[count] = text;
        polled[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
        return;
    }
    close(fd);
}

static char **open_places(char **places)
{
    while (count > 0)
        close(polled[--count].fd);
    for (; *places != NULL && strcmp(*places, "/") != 0; places++) {
        if (count == MOST)
            errx(64, "too many places");
        open_place(*places);
    }
    puts("ready");
    fflush(stdout);
    return *places != NULL ? places + 1 : places;
}

static void answer(int fd, const char *label)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    char question[512];
    int type;
    socklen_t type_length = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0)
        err(71, "SO_TYPE");
    if (type == SOCK_DGRAM) {
        if (recvfrom(fd, question, sizeof question, 0, (struct sockaddr *)&peer, &length) >= 0)
            (void)sendto(fd, label, strlen(label), 0, (struct sockaddr *)&peer, length);
        return;
    }
    int conversation = accept(fd, NULL, NULL);
    if (conversation >= 0) {
        (void)send(conversation, label, strlen(label), MSG_NOSIGNAL);
        close(conversation);
    }
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_hangup};
    sigset_t blocked, before;
    char **places = argv + 1;

    reuse_port = argc > 1 && strcmp(argv[1], "--reuse-port") == 0;
    if (reuse_port)
        places++;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGHUP);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    sigaction(SIGHUP, &action, NULL);
    places = open_places(places);
    for (;;) {
        if (ppoll(polled, count, NULL, &before) < 0) {
            if (errno != EINTR)
                err(71, "ppoll");
            if (reload) {
                reload = 0;
                places = open_places(places);
            }
            continue;
        }
        for (nfds_t i = 0; i < count; i++) {
            if (polled[i].revents != 0)
                answer(polled[i].fd, labels[i]);
        }
    }
}
