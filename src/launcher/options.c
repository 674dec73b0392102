/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <getopt.h>

#include "usage.h"

/* Those of more than a letter are options in their long form alone. */
static const struct option known[] = {{"handoff", 1, 0, 'm'},    {"chroot", 1, 0, 'r'},
                                      {"chdir", 1, 0, 'd'},      {"env", 1, 0, 'e'},
                                      {"pass", 1, 0, 'p'},       {"backlog", 1, 0, 'b'},
                                      {"reuse-port", 1, 0, 'c'}, {"freebind", 0, 0, 'f'},
                                      {"dry-run", 0, 0, 'n'},    {"help", 0, 0, 'h'},
                                      {"version", 0, 0, 'v'},    {"stdin", 0, 0, STDIN},
                                      {"adopt", 0, 0, ADOPT},    {0}};

/* Looked at before anything is opened, so that it cannot be a descriptor of the launcher's own. */
static struct request read_pass(char *fd) {
    struct request pass = {.name = strsep(&fd, "=")};
    unsigned number = 0;
    bool fit = fd != NULL && is_handle_name(pass.name) && is_decimal(fd, 0x7fffffff, &number) && number > STDERR_FILENO;

    pass.fd = (int)number;
    if (!fit || fcntl(pass.fd, F_GETFD) < 0) refuse(EX_USAGE, "--pass %s: needs =FD, open, 3 or above", pass.name);
    return pass;
}

static void take_option(struct options *options, int option, char *value, bool root) {
    if ((option == 'u' || option == 'r') && !root) refuse(EX_NOPERM, "-u and --chroot are for root; leave them out");
    switch (option) {
    case 'u': options->user = strsep(&value, ":"), options->group = value; break;
    case 'n': options->dry_run = true; break;
    case STDIN:
    case ADOPT: options->handoff = (enum handoff)option; break;
    case 'm':
        if (!handoff_read(value, &options->handoff)) refuse(EX_USAGE, "--handoff %s: no such mode; see --help", value);
        break;
    case 'r': options->chroot = value; break;
    case 'd': options->chdir = value; break;
    case 'e':
        if (strchr(value, '=') == NULL || *value == '=') refuse(EX_USAGE, "--env %s: not NAME=VALUE", value);
        APPEND(options->environment, value);
        break;
    case 'p': APPEND(options->passes, read_pass(value)); break;
    case 'b':
    case 'c':
        if (!is_decimal(value, 65535, option == 'b' ? &options->backlog : &options->copies) || *value == '0')
            refuse(EX_USAGE, "--backlog, --reuse-port: %s: not a number from 1 to 65535", value);
        break;
    case 'f': options->freebind = true; break;
    case 'h': exit(puts(usage) >= 0 && fflush(stdout) == 0 ? EX_OK : EX_OSERR);
    case 'v': exit(puts("lowportbind " PACKAGE_VERSION) >= 0 && fflush(stdout) == 0 ? EX_OK : EX_OSERR);
    default: refuse(EX_USAGE, "an unknown option, or one without its value; see lowportbind --help");
    }
}

struct options read_options(int argc, char **argv, bool root) {
    struct options options = {.handoff = HANDOFFS, .backlog = SOMAXCONN};
    int option;

    opterr = 0; /* getopt's own messages begin with argv[0], which is the caller's */
    while ((option = getopt_long(argc, argv, "+u:n", known, NULL)) != -1) take_option(&options, option, optarg, root);
    /* A word with a colon before any slash is meant for a request rather than a program. */
    argv += argc > 0 ? optind : 0;
    while (*argv != NULL && (**argv == '@' || (*argv)[strcspn(*argv, ":/")] == ':')) APPEND(options.requests, *argv++);
    if (*argv != NULL && **argv == '-' && strcmp(*argv++, "--") != 0)
        refuse(EX_USAGE, "%s: an option goes before the requests, a program that begins with - behind --", argv[-1]);
    options.program = argv;
    /* Without a request, what --pass names is handed over all the same. */
    bool asks = options.requests.count > 0 || (options.passes.count > 0 && options.handoff == HANDOFFS);
    if (asks && (*argv != NULL || options.dry_run)) return options;
    refuse(EX_USAGE, "usage: lowportbind [OPTION...] REQUEST... PROGRAM, as lowportbind tcp:80 -- httpd; see --help");
}
