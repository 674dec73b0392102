/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_CONFINE_OPTIONS_H
#define LOWPORT_CONFINE_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

struct paths {
    const char **list;
    size_t count;
};

struct ports {
    in_port_t *list; /* in host order */
    size_t count;
};

struct options {
    struct paths readable;
    struct paths writable;
    struct ports bind;
    struct ports connect;
    unsigned groups; /* of enum group, in calls.h */
    bool require;    /* rather no start than one that is confined less */
    char **command;
};

/* Reads the command line. Exits with 64 where it is wrong, with 0 after --help, --version and --list. */
struct options options_read(int argc, char **argv);

#endif
