/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "connections.h"

#include "children.h"
#include "complain.h"
#include "end.h"
#include "program.h"
#include "signals.h"
#include "variables.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct options *options;
static char *program;

static struct connection held = {.fd = -1}; /* accepted, and waits for a process to become possible */
static bool pausing;                        /* the system is short of something */

void connections_begin(const struct options *given, char *path) {
    options = given;
    program = path;
    variables_begin();
    children_begin(options->max_connections);
}

bool connections_possible(void) { return !pausing && children_count() < options->max_connections; }

void connections_pause(const char *what, int error) {
    static struct complaint shortage;

    complain(&shortage, "%s: %s; connections wait until that is over", what, strerror(error));
    pausing = true;
    signals_alarm();
}

/* Reset, so that nobody takes an empty answer for the service's. */
static void drop(int fd) {
    struct linger at_once = {1, 0};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

static bool is_shortage(int error) {
    return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE || error == ENOBUFS;
}

static bool is_over_its_limit(const struct connection *connection, const struct in6_addr *source) {
    static struct complaint limit;
    char ip[END_IP], port[END_PORT];

    if (children_of(source) < options->max_per_source) return false;
    end_write(&connection->remote, ip, port);
    complain(&limit, "%s: it has %u connections; one more is reset (--max-per-source)", ip, options->max_per_source);
    return true;
}

static void note_limit(void) {
    static struct complaint limit;

    if (children_count() == options->max_connections)
        complain(&limit, "%u connections; others wait until one of these ends (--max-connections)", children_count());
}

void connections_start(const struct connection *connection) {
    static struct complaint failure;
    struct in6_addr source = end_source(&connection->remote);
    union address local;
    socklen_t length = sizeof local;
    int error;

    if (is_over_its_limit(connection, &source) || getsockname(connection->fd, &local.any, &length) != 0) {
        drop(connection->fd);
        return;
    }
    error = children_start(program, options->command, variables_for(&local, &connection->remote), connection->fd,
                           options->errors_too, &source);
    if (is_shortage(error)) {
        held = *connection;
        connections_pause("cannot start a process", error);
        return;
    }
    if (error == 0) {
        close(connection->fd);
        note_limit();
        return;
    }
    complain(&failure, "%s: %s; connections are reset; %s", program, strerror(error), program_advice(error));
    drop(connection->fd);
}

void connections_resume(void) {
    struct connection connection = held;

    pausing = false;
    if (connection.fd < 0 || !connections_possible()) return;
    held.fd = -1;
    connections_start(&connection);
}

void connections_find_again(void) {
    static struct complaint lost;
    char *path;
    int error = program_find(options->command[0], environ, &path);

    if (error != 0) {
        complain(&lost, "%s: %s; staying with %s", options->command[0], strerror(error), program);
        free(path);
        return;
    }
    free(program);
    program = path;
}

bool connections_remain(void) { return children_count() > 0 || held.fd >= 0; }
