/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "answer.h"
#include "number.h"
#include "refused.h"

#include <err.h>
#include <getopt.h>
#include <stddef.h>
#include <sysexits.h>

#define MOST 65535

static const char help[] = "usage: lowport-accept [OPTION]... [--] PROGRAM [ARGUMENT]...\n"
                           "Runs PROGRAM for each connection to the TCP sockets that were handed over, with\n"
                           "the connection as its standard input and output:\n"
                           "\n"
                           "    lowportbind --handoff accept tcp:79 -- in.fingerd\n"
                           "    lowportbind tcp:79 -- lowport-accept --max-connections 20 in.fingerd\n"
                           "\n"
                           "    --max-connections N   at most N at once (256); others wait\n"
                           "    --max-per-source N    at most N at once from one IPv4 address, or one IPv6\n"
                           "                          /64 network; others are reset\n"
                           "    --stderr              the connection is standard error as well\n"
                           "    -1                    when ready, write the ports and a newline to standard\n"
                           "                          output, and close that\n"
                           "    --help, --version\n"
                           "\n"
                           "PROGRAM finds PROTO, TCPLOCALIP, TCPLOCALPORT, TCPREMOTEIP and TCPREMOTEPORT in\n"
                           "its environment. SIGTERM: accept no more, end with the last connection; again:\n"
                           "end at once. SIGHUP: look for PROGRAM again. See lowport-accept(1).\n";

struct options options_read(int argc, char **argv) {
    static const struct option known[] = {
        {"max-connections", required_argument, NULL, 'c'},
        {"max-per-source", required_argument, NULL, 's'},
        {"stderr", no_argument, NULL, 'e'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.max_connections = 256, .max_per_source = MOST};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:1", known, NULL)) != -1) {
        switch (option) {
        case 'c': options.max_connections = number_read("--max-connections", optarg); break;
        case 's': options.max_per_source = number_read("--max-per-source", optarg); break;
        case 'e': options.errors_too = true; break;
        case '1': options.tell_ready = true; break;
        case 'h': answer(help);
        case 'v': answer("lowport-accept " PACKAGE_VERSION "\n");
        case ':': errx(EX_USAGE, "%s: a number is missing; lowport-accept --help says more", argv[optind - 1]);
        default: errx(EX_USAGE, "%s: no such option; lowport-accept --help lists them", refused_word(argv));
        }
    }
    if (optind == argc) errx(EX_USAGE, "no program to run; lowport-accept --help says how to use it");
    options.command = argv + optind;
    return options;
}
