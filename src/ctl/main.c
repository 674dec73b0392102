/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../stage/refused.h"
#include "ctl.h"

#include <signal.h>

#define WHOSE "USER REQUEST... | --group GROUP REQUEST..."
static const struct verb verbs[] = {
    {"grant", WHOSE, "let a user, or a group, bind ports (root)", EX_USAGE, verb_grant},
    {"revoke", WHOSE, "take back what grant gave (root)", EX_USAGE, verb_revoke},
    {"edit", "[FILE]", "edit an ownership file, and put it in place if in order (root)", EX_USAGE, verb_edit},
    {"check", "[--strict] [FILE | --root DIRECTORY]", "look for errors in the ownership files, or in FILE alone",
     EX_USAGE, verb_check},
    {"explain", "PORT [--user USER]", "say who may bind a port, and why", TROUBLE, verb_explain},
    {"ls", "[--json]", "list the ports that sections name, and who holds them now", EX_USAGE, verb_ls},
    {"import", "--authbind DIRECTORY | --inetd FILE", "print an ownership file that grants the same", EX_USAGE,
     verb_import},
    {"load", "[--dry-run] [--cgroup DIRECTORY]", "let the kernel hold every bind(2) against the ownership files (root)",
     EX_USAGE, verb_load},
    {"reload", "", "put the files into the table again, between two binds (root)", EX_USAGE, verb_reload},
    {"unload", "", "take the table out of the kernel (root)", EX_USAGE, verb_unload},
    {"status", "", "say whether a table is loaded, and is what the files say (root)", EX_USAGE, verb_status},
    {"monitor", "", "show each bind(2) of an owned port as it is decided (root)", EX_USAGE, verb_monitor},
};
#define END (verbs + sizeof verbs / sizeof *verbs)

/* Opens /dev/null on each of the descriptors 0-2 that is closed, lest a message be written into an ownership file. */
static void fill_standard_descriptors(void) {
    int fd;

    /* NOLINTNEXTLINE(android-cloexec-open): as the descriptors that stand here otherwise */
    do fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd < 0) exit(EX_OSERR);
    close(fd);
}

static const struct verb *find_verb(const char *name) {
    for (const struct verb *verb = verbs; verb < END; verb++)
        if (strcmp(name, verb->name) == 0) return verb;
    give_up(EX_USAGE, "%s: there is no such verb; lowportctl --help names them", name);
}

static int help(void) {
    say("usage: lowportctl VERB [ARGUMENT]...");
    say("Say who owns which port, as lowportbind(1) and lowportbind.conf(5) explain it.");
    say("%s", "");
    for (const struct verb *verb = verbs; verb < END; verb++) say("  %-8s %s", verb->name, verb->about);
    say("%s", "");
    say("  VERB --help (its arguments), --help, --version");
    say("%s", "");
    say("A REQUEST is [NAME=]PROTO:[ADDRESS:]PORT, such as tcp:80, udp:53, tcp4:80,");
    say("tcp:127.0.0.1:80, tcp:[::1]:443.");
    say("The first port:  sudo lowportctl grant www-data tcp:80");
    return DONE;
}

int next_option(const struct verb *verb, int argc, char **argv, const struct option *options) {
    int option;

    opterr = 0; /* getopt's own messages would show what the caller wrote as it is */
    option = getopt_long(argc, argv, "", options, NULL);
    if (option == '?') misused(verb, "%s is not an option here, or lacks its value", refused_word(argv));
    if (option != 'h') return option;
    say("usage: lowportctl %s %s", verb->name, verb->usage);
    say("%s: %s; more in lowportctl(1)", verb->name, verb->about);
    exit(fflush(stdout) != 0 ? EX_IOERR : DONE);
}

void demand_root(const struct verb *verb, int argc, char **argv) {
    char *command = format_text("sudo lowportctl");

    if (geteuid() == 0) {
        /* What is changed is changed whole, also where nobody reads any more what is said of it. */
        (void)signal(SIGPIPE, SIG_IGN);
        return;
    }
    for (int i = 0; i < argc; i++) command = format_text("%s %s", command, shell_word(argv[i]));
    give_up(EX_NOPERM, "%s: only root may change who owns which port; run: %s", verb->name, command);
}

static int run(int argc, char **argv) {
    const char *first = argc > 1 ? argv[1] : NULL;
    const struct verb *verb;

    if (first == NULL) give_up(EX_USAGE, "which verb? lowportctl --help names them");
    if (strcmp(first, "--help") == 0 || (strcmp(first, "help") == 0 && argc == 2)) return help();
    if (strcmp(first, "--version") == 0) return say("lowportctl %s", PACKAGE_VERSION), DONE;
    if (strcmp(first, "help") == 0) {
        char *words[] = {argv[2], "--help", NULL};

        verb = find_verb(argv[2]);
        return verb->run(verb, 2, words);
    }
    verb = find_verb(first);
    return verb->run(verb, argc - 1, argv + 1);
}

int main(int argc, char **argv) {
    int status;

    fill_standard_descriptors();
    status = run(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    give_up(EX_IOERR, "cannot write to standard output: %m");
}
