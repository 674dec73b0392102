/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ls.h"

#include <pwd.h>

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

/* The kernel tells of sockets in the order of its hashes. */
static int by_place(const void *one, const void *other) {
    const struct held *a = one, *b = other;
    int addresses = memcmp(&a->at.address.bytes, &b->at.address.bytes, sizeof a->at.address.bytes);

    if (a->at.port != b->at.port) return a->at.port < b->at.port ? -1 : 1;
    if (a->at.address.family != b->at.address.family) return a->at.address.family < b->at.address.family ? -1 : 1;
    if (addresses != 0) return addresses;
    return a->inode == b->inode ? 0 : a->inode < b->inode ? -1 : 1;
}

/* Leaves those that hold a port which a section names, in order. */
static held_list only_named(const struct rules *rules, const held_list *sockets) {
    held_list named = {0};

    EACH(held, *sockets) {
        bool is_named = false;

        EACH(section, rules->sections) is_named |= section_names(section, &held->at) != NULL;
        if (is_named) APPEND(named, *held);
    }
    if (named.count > 0) qsort(named.items, named.count, sizeof *named.items, by_place);
    return named;
}

static void judge(const struct rules *rules, struct row *row) {
    const struct passwd *entry = getpwuid(row->held->uid);
    struct caller who;

    row->user = entry != NULL ? copy_text(entry->pw_name) : format_text("%u", row->held->uid);
    row->granted = row->held->uid == 0;
    if (!row->granted && find_user(format_text("%u", row->held->uid), &who))
        row->granted = decide(rules, &who, &row->held->at).ruling == GRANTED;
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
    held_list sockets = {0};
    struct rules rules;
    rows all = {0};
    int option;

    while ((option = next_option(verb, argc, argv, options)) != -1) as_json |= option == 'j';
    if (optind < argc) misused(verb, "%s: it lists all ports; explain tells of one", argv[optind]);
    read_ownership(&rules);
    point_at_faults(&rules);
    whole = list_sockets(&sockets);
    sockets = only_named(&rules, &sockets);
    find_processes(&sockets);
    EACH(section, rules.sections)
        EACH(ports, section->ports) add_rows(&all, &rules, section, ports, &sockets);
    if (all.count > 0) qsort(all.items, all.count, sizeof *all.items, by_port);
    if (all.count == 0 && !as_json)
        say("no section names a port; lowportctl grant begins");
    else if (!(as_json ? print_json : print_table)(&all))
        give_up(EX_OSERR, "the table cannot be printed: out of memory");
    return !whole ? TROUBLE : rules.faults.count > 0 ? NOT_DONE : DONE;
}
