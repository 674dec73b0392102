/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lowport-nginx, lowport-php-fpm: a daemon takes the sockets as if an earlier self had left them. */
#include "answer.h"
#include "listeners.h"
#include "preset.h"
#include "program.h"
#include "refused.h"

#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <sysexits.h>

static char **read_options(int argc, char **argv) {
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };

    opterr = 0;
    switch (getopt_long(argc, argv, "+", options, NULL)) {
    case 'h': answer(preset.help);
    case 'v': answer(preset.version);
    case -1:
        if (optind < argc) return argv + optind;
        errx(EX_USAGE, "no program to run; --help says how to use it");
    default: errx(EX_USAGE, "%s: no such option; --help lists them", refused_word(argv));
    }
}

static void set_flags(const struct listeners *listeners) {
    for (size_t i = 0; i < listeners->count; i++) {
        int fd = listeners->list[i].fd, flags = fcntl(fd, F_GETFL);

        if (flags < 0 || fcntl(fd, F_SETFL, (flags & ~O_NONBLOCK) | preset.flags) != 0)
            err(EX_OSERR, "descriptor %d", fd);
    }
}

static void set_variable(const struct listeners *listeners) {
    char *value;
    size_t length;
    FILE *stream = open_memstream(&value, &length);

    if (stream == NULL) err(EX_OSERR, "%s", preset.variable);
    for (size_t i = 0; i < listeners->count; i++) preset.write(stream, &listeners->list[i]);
    if (preset.continued != NULL) unsetenv(preset.continued);
    if (fclose(stream) != 0 || setenv(preset.variable, value, 1) != 0) err(EX_OSERR, "%s", preset.variable);
}

/*
 * The daemon matches the sockets with its configuration by their addresses. What it does not find
 * it binds, and what it says when that is refused does not help.
 */
static void explain_dual(const struct listeners *listeners) {
    for (size_t i = 0; i < listeners->count; i++) {
        in_port_t port = listener_port(&listeners->list[i]);

        if (listeners->list[i].dual)
            warnx("tcp:%u is one socket for IPv4 and IPv6; the line that takes it: %s%u%s", (unsigned)port,
                  preset.before_port, (unsigned)port, preset.behind_port);
    }
}

int main(int argc, char **argv) {
    char **command = read_options(argc, argv);
    char *path = program_require(command[0]);
    struct listeners listeners = listeners_read(preset.handoff, command[0]);

    explain_dual(&listeners);
    set_flags(&listeners);
    set_variable(&listeners);
    /* nginx executes itself again by this name, and does not look through PATH. */
    command[0] = path;
    program_execute(path, command);
}
