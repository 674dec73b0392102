/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sockets.h"

#include <pwd.h>

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

held_list holders_of(const struct rules *rules, bool *whole) {
    held_list sockets = {0};

    *whole = list_sockets(&sockets);
    sockets = only_named(rules, &sockets);
    find_processes(&sockets);
    return sockets;
}

char *holder_request(const struct held *held) {
    char name[IF_NAMESIZE];

    return request_text(&held->at, if_indextoname(held->interface, name) != NULL ? name : "?");
}

char *holder_name(const struct held *held) {
    const struct passwd *entry = getpwuid(held->uid);

    return entry != NULL ? copy_text(entry->pw_name) : format_text("%u", held->uid);
}

bool holder_is_granted(const struct rules *rules, const struct held *held) {
    struct caller who;

    if (held->uid == 0) return true;
    return find_user(format_text("%u", held->uid), &who) && decide(rules, &who, &held->at).ruling == GRANTED;
}
