/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <getopt.h>
#include <limits.h>

static const char usage[] =
#include "usage.h"
    ;

enum { CHROOT = HANDOFFS, CHDIR, ENV, MODE, PASS, BACKLOG, REUSE_PORT, FREEBIND, HELP, VERSION };

static const struct option known[] = {{"chroot", 1, NULL, CHROOT},
                                      {"chdir", 1, NULL, CHDIR},
                                      {"env", 1, NULL, ENV},
                                      {"handoff", 1, NULL, MODE},
                                      {"pass", 1, NULL, PASS},
                                      {"backlog", 1, NULL, BACKLOG},
                                      {"stdin", 0, NULL, STDIN},
                                      {"freebind", 0, NULL, FREEBIND},
                                      {"reuse-port", 1, NULL, REUSE_PORT},
                                      {"adopt", 0, NULL, ADOPT},
                                      {"dry-run", 0, NULL, 'n'},
                                      {"user", 1, NULL, 'u'},
                                      {"help", 0, NULL, HELP},
                                      {"version", 0, NULL, SHOW_VERSION},
                                      {NULL, 0, NULL, 0}};

static unsigned long number_option(const char *text, unsigned long max, const char *option) {
    unsigned long number;

    if (!is_decimal(text, max, &number) || number == 0)
        refuse(EX_USAGE, "--%s %s: not a number from 1 to %lu", option, text, max);
    return number;
}

static _Noreturn void print_and_exit(const char *text) {
    exit(fputs(text, stdout) < 0 || fflush(stdout) != 0 ? EX_IOERR : EX_OK);
}

static void add_pass(struct options *options, char *text) {
    char *fd = strchr(text, '=');
    struct handle pass = {.name = text};
    unsigned long number;

    if (fd != NULL) *fd++ = '\0';
    /* Looked at before anything is opened: it cannot be one of the launcher's own. */
    if (fd == NULL || !is_handle_name(text) || !is_decimal(fd, INT_MAX, &number) ||
        number <= STDERR_FILENO || fcntl((int)number, F_GETFD) < 0)
        refuse(EX_USAGE, "--pass %s: not NAME=FD with an open descriptor from 3 up", text);
    pass.fd = (int)number;
    APPEND(options->passes, options->pass_count, pass);
}

static void take_option(struct options *options, int option, char *value, bool root) {
    if ((option == 'u' || option == CHROOT) && !root)
        refuse(EX_NOPERM,
               "-u and --chroot are for root alone; leave them out, or start it as root");
    switch (option) {
    case 'u':
        options->user = strsep(&value, ":");
        options->group = value;
        break;
    case CHROOT: options->chroot = value; break;
    case CHDIR: options->chdir = value; break;
    case ENV:
        if (strchr(value, '=') == NULL || *value == '=')
            refuse(EX_USAGE, "--env %s: not NAME=VALUE", value);
        APPEND(options->environment, options->environment_count, value);
        break;
    case MODE:
        if (!handoff_read(value, &options->handoff))
            refuse(EX_USAGE, "--handoff %s: no such mode; see --help", value);
        break;
    case STDIN:
    case ADOPT: options->handoff = (enum handoff)option; break;
    case PASS: add_pass(options, value); break;
    case BACKLOG: options->backlog = (int)number_option(value, INT_MAX, "backlog"); break;
    case REUSE_PORT: options->copies = number_option(value, 1024, "reuse-port"); break;
    case FREEBIND: options->freebind = true; break;
    case 'n': options->dry_run = true; break;
    case HELP: print_and_exit(usage);
    case SHOW_VERSION: print_and_exit("lowportbind " PACKAGE_VERSION "\n");
    default:
        refuse(EX_USAGE, "an option that is not known, or lacks its value; see lowportbind --help");
    }
}

/* Of a word that holds a colon and no slash, a request is meant rather than a program. */
static bool is_request(const char *word) {
    return word != NULL &&
           (*word == '@' || (strchr(word, ':') != NULL && strchr(word, '/') == NULL));
}

struct options read_options(int argc, char **argv, bool root) {
    struct options options = {.handoff = HANDOFFS, .backlog = SOMAXCONN};
    int option;

    opterr = 0; /* getopt's own messages begin with argv[0], which is the caller's */
    while (argc > 0 && (option = getopt_long(argc, argv, "+u:n", known, NULL)) != -1)
        take_option(&options, option, optarg, root);
    for (argv += argc > 0 ? optind : 0; is_request(*argv); argv++)
        APPEND(options.requests, options.request_count, *argv);
    if (*argv != NULL && strcmp(*argv, "--") == 0) argv++;
    options.program = argv;
    if (options.request_count == 0 || (*argv == NULL && !options.dry_run))
        refuse(EX_USAGE,
               "usage: lowportbind [OPTION]... REQUEST... [--] PROGRAM [ARGUMENT]...; see --help");
    return options;
}

void close_others(const struct options *options) {
    unsigned from = STDERR_FILENO + 1;

    for (;;) {
        unsigned next = ~0U;

        for (size_t i = 0; i < options->pass_count; i++)
            if ((unsigned)options->passes[i].fd >= from && (unsigned)options->passes[i].fd < next)
                next = (unsigned)options->passes[i].fd;
        if (next > from && close_range(from, next - (next != ~0U), 0) != 0)
            refuse(EX_OSERR, "cannot close the caller's descriptors: %m");
        if (next == ~0U) return;
        from = next + 1;
    }
}
