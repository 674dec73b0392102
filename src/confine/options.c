/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "answer.h"
#include "groups.h"
#include "number.h"
#include "refused.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char help[] = "usage: lowport-confine [OPTION]... [--] PROGRAM [ARGUMENT]...\n"
                           "Runs PROGRAM with no more files, ports and system calls than are named:\n"
                           "\n"
                           "    lowportbind tcp:80 -- lowport-confine --read /usr --read /srv/www httpd\n"
                           "\n"
                           "    --read PATH       PATH, and what lies below it, may be read and executed\n"
                           "    --write PATH      it may be read, written, made, removed, and not executed\n"
                           "    --bind PORT       a TCP port that PROGRAM may bind\n"
                           "    --connect PORT    a TCP port that it may connect to, on any host\n"
                           "    --syscalls GROUP  a group of system calls that it may make, too; or several,\n"
                           "                      with commas\n"
                           "    --list            print the groups and their system calls\n"
                           "    --require         do not start where this kernel cannot enforce all of it\n"
                           "    --help, --version\n"
                           "\n"
                           "PROGRAM itself can be executed, and sockets and files that were handed over can\n"
                           "be used. Children are confined as well. See lowport-confine(1).\n";

static unsigned read_groups(const char *option, char *text) {
    unsigned groups = 0;
    char *name;

    while ((name = strsep(&text, ",")) != NULL) {
        unsigned group = group_named(name);

        if (group == 0)
            errx(EX_USAGE, "%s %s: no such group of system calls; lowport-confine --list shows them", option, name);
        groups |= group;
    }
    return groups;
}

static void *room(int argc, size_t size) {
    void *memory = calloc((size_t)argc, size);

    if (memory == NULL) err(EX_OSERR, "%d arguments", argc);
    return memory;
}

struct options options_read(int argc, char **argv) {
    static const struct option known[] = {
        {"read", required_argument, NULL, 'r'},     {"write", required_argument, NULL, 'w'},
        {"bind", required_argument, NULL, 'b'},     {"connect", required_argument, NULL, 'c'},
        {"syscalls", required_argument, NULL, 's'}, {"require", no_argument, NULL, 'R'},
        {"list", no_argument, NULL, 'l'},           {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},        {NULL, 0, NULL, 0},
    };
    struct options options = {
        .readable = {room(argc, sizeof(char *)), 0},
        .writable = {room(argc, sizeof(char *)), 0},
        .bind = {room(argc, sizeof(in_port_t)), 0},
        .connect = {room(argc, sizeof(in_port_t)), 0},
    };
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:", known, NULL)) != -1) {
        switch (option) {
        case 'r': options.readable.list[options.readable.count++] = optarg; break;
        case 'w': options.writable.list[options.writable.count++] = optarg; break;
        case 'b': options.bind.list[options.bind.count++] = number_read("--bind", optarg); break;
        case 'c': options.connect.list[options.connect.count++] = number_read("--connect", optarg); break;
        case 's': options.groups |= read_groups("--syscalls", optarg); break;
        case 'R': options.require = true; break;
        case 'l': groups_print(); answer("");
        case 'h': answer(help);
        case 'v': answer("lowport-confine " PACKAGE_VERSION "\n");
        case ':': errx(EX_USAGE, "%s: its argument is missing; lowport-confine --help says more", argv[optind - 1]);
        default: errx(EX_USAGE, "%s: no such option; lowport-confine --help lists them", refused_word(argv));
        }
    }
    /* Without any argument, not even its own name, it is past the end. */
    if (optind >= argc) errx(EX_USAGE, "no program to run; lowport-confine --help says how to use it");
    options.command = argv + optind;
    return options;
}
