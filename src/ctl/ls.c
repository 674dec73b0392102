/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ls.h"

/* Nobody means a port without its protocol, and TCP is asked for more often. */
static int by_port(const void *one, const void *other) {
    const struct row *a = one, *b = other;

    if (a->ports->first != b->ports->first) return a->ports->first < b->ports->first ? -1 : 1;
    if (a->ports->protocol != b->ports->protocol) return a->ports->protocol == IPPROTO_TCP ? -1 : 1;
    if (a->ports->last != b->ports->last) return a->ports->last < b->ports->last ? -1 : 1;
    if (a->section != b->section) return a->section < b->section ? -1 : 1;
    if (a->ports != b->ports) return a->ports < b->ports ? -1 : 1;
    return a->held == b->held ? 0 : a->held < b->held ? -1 : 1; /* of one list in order, or both NULL */
}

static void judge(const struct rules *rules, struct row *row) {
    row->user = holder_name(row->held);
    row->granted = holder_is_granted(rules, row->held);
}

static void add_rows(rows *all, const struct rules *rules, const struct section *section, const struct ports *ports,
                     const held_list *sockets) {
    struct row row = {.section = section, .ports = ports};
    size_t before = all->count;

    EACH(held, *sockets) {
        if (held->at.protocol != ports->protocol || held->at.port < ports->first || held->at.port > ports->last)
            continue;
        row.held = held;
        judge(rules, &row);
        APPEND(*all, row);
    }
    if (all->count == before) APPEND(*all, row);
}

int verb_ls(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {HELP_OPTION, {"json", no_argument, NULL, 'j'}, {0}};
    bool as_json = false, whole;
    held_list sockets;
    struct rules rules;
    rows all = {0};
    int option;

    while ((option = next_option(verb, argc, argv, options)) != -1) as_json |= option == 'j';
    if (optind < argc) misused(verb, "%s: it lists all ports; explain tells of one", argv[optind]);
    read_ownership(&rules);
    point_at_faults(&rules);
    sockets = holders_of(&rules, &whole);
    EACH(section, rules.sections)
        EACH(ports, section->ports) add_rows(&all, &rules, section, ports, &sockets);
    if (all.count > 0) qsort(all.items, all.count, sizeof *all.items, by_port);
    if (all.count == 0 && !as_json)
        say("no section names a port; lowportctl grant begins");
    else if (!(as_json ? print_json : print_table)(&all))
        give_up(EX_OSERR, "the table cannot be printed: out of memory");
    return !whole ? TROUBLE : rules.faults.count > 0 ? NOT_DONE : DONE;
}
