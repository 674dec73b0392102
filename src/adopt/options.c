/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "answer.h"
#include "refused.h"

#include <err.h>
#include <getopt.h>
#include <stddef.h>
#include <sysexits.h>

static const char help[] = "usage: lowport-adopt [--] PROGRAM [ARGUMENT...]\n"
                           "\n"
                           "Runs PROGRAM so that its own bind(2) gets the sockets that were handed over\n"
                           "to lowport-adopt, and needs no privilege:\n"
                           "\n"
                           "    lowportbind --adopt tcp:53 udp:53 -- named -f\n"
                           "\n"
                           "does that for you; under systemd, write it into the service of a .socket unit:\n"
                           "\n"
                           "    ExecStart=lowport-adopt named -f\n"
                           "\n"
                           "    --help       this text\n"
                           "    --version    the version\n"
                           "\n"
                           "PROGRAM must be dynamically linked. See lowport-adopt(1).\n";

char **options_read(int argc, char **argv) {
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };

    opterr = 0;
    switch (getopt_long(argc, argv, "+", options, NULL)) {
    case 'h': answer(help);
    case 'v': answer("lowport-adopt " PACKAGE_VERSION "\n");
    case -1:
        if (optind < argc) return argv + optind;
        errx(EX_USAGE, "no program to run; lowport-adopt --help says how to use it");
    default: errx(EX_USAGE, "%s: no such option; lowport-adopt --help lists them", refused_word(argv));
    }
}
