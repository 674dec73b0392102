/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

/* What stands for table.c where the kernel table is left out (configure --without-bpf). */

static int decline(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {
        HELP_OPTION, {"cgroup", required_argument, NULL, 'c'}, {"dry-run", no_argument, NULL, 'n'}, {0}};

    while (next_option(verb, argc, argv, options) != -1) continue;
    give_up(
        EX_UNAVAILABLE,
        "%s: this lowportctl was built without the kernel table (configure --without-bpf); install one that has it; "
        "lowportbind(1) needs no table",
        verb->name);
}

int verb_load(const struct verb *verb, int argc, char **argv) { return decline(verb, argc, argv); }
int verb_reload(const struct verb *verb, int argc, char **argv) { return decline(verb, argc, argv); }
int verb_unload(const struct verb *verb, int argc, char **argv) { return decline(verb, argc, argv); }
int verb_status(const struct verb *verb, int argc, char **argv) { return decline(verb, argc, argv); }
int verb_monitor(const struct verb *verb, int argc, char **argv) { return decline(verb, argc, argv); }

int follow_with_table(void) { return DONE; }

bool table_tells(const char **fault) {
    *fault = NULL;
    return false;
}
