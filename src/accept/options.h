/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ACCEPT_OPTIONS_H
#define LOWPORT_ACCEPT_OPTIONS_H

#include <stdbool.h>

struct options {
    unsigned max_connections;
    unsigned max_per_source;
    bool errors_too; /* the connection is standard error as well */
    bool tell_ready;
    char **command; /* PROGRAM and its arguments, ended by NULL */
};

/*
 * Reads the command line. Answers --help and --version itself and exits with 0; exits with 64 for
 * anything that is not in lowport-accept(1).
 */
struct options options_read(int argc, char **argv);

#endif
