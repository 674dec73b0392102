/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

/* What is to be granted, or taken back, and whose it is. */
struct order {
    const char *name;
    bool group, known; /* a group; there is such a user or group */
    struct caller who;
    const char *people; /* NAME, or who that is for a group */
    requests ports;
};

static struct order read_order(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {HELP_OPTION, {"group", required_argument, NULL, 'g'}, {0}};
    struct order order = {0};
    struct request request;
    int option;

    while ((option = next_option(verb, argc, argv, options)) != -1)
        if (option == 'g') order.name = optarg, order.group = true;
    if (order.name == NULL && optind < argc) order.name = argv[optind++];
    if (order.name == NULL) misused(verb, "no user is named");
    if (optind == argc) misused(verb, "no port is named for %s", order.name);
    for (; optind < argc; optind++) {
        const char *fault = request_read(argv[optind], &request);

        if (fault != NULL) misused(verb, "%s: %s", argv[optind], fault);
        APPEND(order.ports, request);
    }
    order.people = order.group ? format_text("members of group %s", order.name) : order.name;
    order.known = order.group ? find_group(order.name, &order.who) : find_user(order.name, &order.who);
    return order;
}

/* Whether a section has another owner for the port of AT: a root start would find two, and become neither. As there, a
 * wildcard has to do with each address. */
static bool is_owned(const struct rules *rules, const struct order *order, const struct endpoint *at) {
    EACH(section, rules->sections) {
        if (section->owner == NULL || section_names(section, at) == NULL) continue;
        if (!IS_WILDCARD(&at->address) && !section_covers(section, at)) continue;
        if (!is_same_user(section->owner, order->name)) return true;
    }
    return false;
}

/* Whether TEXT, read as an ownership file, grants what it is to grant. Says why, where it does not. */
static bool would_grant(const struct dropin *dropin, const struct order *order, const char *text) {
    struct rules rules = {0};

    rules_add(&rules, dropin->path, text, strlen(text));
    if (decide(&rules, &order->who, &dropin->at).ruling == GRANTED) return true;
    complain("%s cannot be written into the ownership file, and nothing has changed: %s", order->name,
             rules.faults.count > 0 ? rules.faults.items[0] : "it would grant nothing");
    return false;
}

/* Says what has come of it, by the files as they are now. */
static int confirm(const struct dropin *dropin, const struct order *order, const struct request *request) {
    struct rules rules;

    read_ownership(&rules);
    if (decide(&rules, &order->who, &dropin->at).ruling == GRANTED) {
        say("%s may now bind %s (%s); start: lowportbind %s -- PROGRAM", order->people, request->text, dropin->path,
            request->text);
        return DONE;
    }
    point_at_faults(&rules);
    complain("%s: it was written, but %s may not bind %s yet: the file is not read, for a reason above; mend that, or "
             "take it back: %s",
             dropin->path, order->people, request->text, dropin->undo);
    return NOT_DONE;
}

static int grant_port(const struct order *order, const struct request *request) {
    struct dropin dropin = dropin_for(order->group, order->name, &request->at);
    unsigned first = first_open_port();
    struct verdict verdict;
    struct rules rules;
    const char *text;
    int status;

    read_ownership(&rules);
    verdict = decide(&rules, &order->who, &request->at);
    if (verdict.ruling == GRANTED) {
        say("%s may bind %s already: %s; nothing has changed", order->people, request->text,
            place_text(verdict.section, verdict.ports->line));
        return DONE;
    }
    text = dropin_text(&dropin, is_owned(&rules, order, &request->at));
    if (!would_grant(&dropin, order, text) || !dropin_put(&dropin, text)) return NOT_DONE;
    status = confirm(&dropin, order, request);
    if (verdict.ruling == UNLISTED && request->at.port >= first)
        complain("note: anyone could bind port %u until now; a port that a section names is for those it names",
                 request->at.port);
    return status;
}

/* Of two at once the second is to know what the first has done: who owns the port, for one thing. */
static void take_turn(void) {
    static const char path[] = SYSCONFDIR "/.lowportbind.turn";

    if (!file_lock(path, true)) give_up(NOT_DONE, "%s: cannot be locked: %m; nothing has changed", path);
}

int verb_grant(const struct verb *verb, int argc, char **argv) {
    struct order order = read_order(verb, argc, argv);
    int status = DONE, table;
    struct rules rules;

    demand_root(verb, argc, argv);
    if (!can_be_written(order.name))
        give_up(NOT_DONE, "%s: the ownership file cannot hold this name; use the number of the %s", order.name,
                order.group ? "group" : "user");
    if (!order.known)
        give_up(NOT_DONE, "%s: there is no such %s; see getent %s", order.name, order.group ? "group" : "user",
                order.group ? "group" : "passwd");
    if (order.who.uid == 0)
        give_up(NOT_DONE,
                "%s: root needs no grant, and lowportbind runs nothing as root unless -u root is said; name "
                "the user that the service is to run as",
                order.name);
    take_turn();
    read_ownership(&rules);
    EACH(fault, rules.faults) point_at("%s", *fault);
    if (rules.faults.count > 0)
        complain("warning: what is broken above grants nothing; this grant is made all the same");
    EACH(request, order.ports)
        if (grant_port(&order, request) != DONE) status = NOT_DONE;
    table = follow_with_table();
    return table != DONE ? table : status;
}

/* Says by what right the port of REQUEST may still be bound, or that it may not. FOLLOWED: so has the kernel table. */
static int confirm_revoked(const struct order *order, const struct request *request, bool removed, bool followed) {
    struct dropin dropin = dropin_for(order->group, order->name, &request->at);
    unsigned first = first_open_port();
    struct verdict verdict = {0};
    const char *rest = "";
    struct rules rules;

    read_ownership(&rules);
    verdict.ruling = REFUSED; /* as for a user that is no more */
    if (order->known) verdict = decide(&rules, &order->who, &request->at);
    if (verdict.ruling == GRANTED) {
        complain("%s may still bind %s: %s%s", order->people, request->text,
                 place_text(verdict.section, verdict.ports->line),
                 removed ? format_text(" (%s is removed)", dropin.path) : "");
        return NOT_DONE;
    }
    if (verdict.elsewhere)
        rest = format_text("; at other addresses: %s", place_text(verdict.section, verdict.ports->line));
    if (!removed) {
        complain("%s was not granted %s: nothing to revoke%s", order->people, request->text, rest);
        return NOT_DONE;
    }
    if (!followed) {
        complain(
            "%s is removed, but the kernel table was not reloaded, as said above, and may let %s bind %s as before%s",
            dropin.path, order->people, request->text, rest);
        return NOT_DONE;
    }
    if (verdict.ruling == UNLISTED && request->at.port >= first)
        say("the grant of %s to %s is gone (%s), and no section names the port now: anyone may bind it", request->text,
            order->people, dropin.path);
    else
        say("%s may no longer bind %s (%s is removed); sockets already held stay open until closed%s", order->people,
            request->text, dropin.path, rest);
    return DONE;
}

int verb_revoke(const struct verb *verb, int argc, char **argv) {
    struct order order = read_order(verb, argc, argv);
    bool *removed = calloc(order.ports.count, sizeof *removed);
    int status = DONE, table;

    if (removed == NULL) give_up(EX_OSERR, "out of memory; nothing has changed");
    demand_root(verb, argc, argv);
    take_turn();
    EACH(request, order.ports) {
        struct dropin dropin = dropin_for(order.group, order.name, &request->at);

        if (!dropin_remove(&dropin, &removed[request - order.ports.items])) status = NOT_DONE;
    }
    table = follow_with_table();
    EACH(request, order.ports)
        if (confirm_revoked(&order, request, removed[request - order.ports.items], table == DONE) != DONE)
            status = NOT_DONE;
    free(removed);
    return table != DONE ? table : status;
}
