/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <limits.h>
#include <search.h>

/* rcmd(3), rsh, NFS and others take a peer below 1024 for root; bindresvport(3) takes its ports from here. */
enum { TRUSTED_FIRST = 512, TRUSTED_LAST = 1023 };

static void check_names(const struct section *section) {
    struct caller owner;
    id_t id;

    EACH(member, section->members)
        if (!find_id(member->group, member->name, &id))
            warn_of(section, section->line, "there is no %s %s, and so it grants nobody anything",
                    member->group ? "group" : "user", member->name);
    if (section->owner == NULL || !find_user(section->owner, &owner)) return;
    if (is_root_like(&owner))
        warn_of(section, section->line, "its owner %s is root, or in root's group; a root start refuses to become that",
                section->owner);
    else if (owner.gid == NOBODY)
        warn_of(section, section->line, "its owner %s has no passwd entry; a root start needs -u UID:GID",
                section->owner);
}

static void check_ports(const struct section *section) {
    EACH(ports, section->ports)
        if (ports->first <= TRUSTED_LAST && ports->last >= TRUSTED_FIRST) {
            warn_of(section, ports->line,
                    "it names ports from 512 to 1023; old services, such as rsh and NFS, trust "
                    "whoever connects from one of these");
            return;
        }
}

static void check_addresses(const struct section *section) {
    EACH(block, section->addresses)
        if (IS_WILDCARD(block) && block->bits == (block->family == AF_INET ? 32 : 128))
            warn_of(section, section->line, "its address %s is no address of any host; for all of them: %s/0",
                    block_text(block), block_text(block));
}

/* Whether both sections name some address. Either block may be the larger. */
static bool share_address(const struct section *one, const struct section *other) {
    if (one->addresses.count == 0 || other->addresses.count == 0) return true;
    EACH(a, one->addresses)
        EACH(b, other->addresses)
            if (block_covers(a, b) || block_covers(b, a)) return true;
    return false;
}

/* The first port that both sections name, as text, or NULL. */
static char *shared_port(const struct section *one, const struct section *other) {
    EACH(a, one->ports)
        EACH(b, other->ports) {
            struct endpoint at = {.protocol = a->protocol, .port = a->first > b->first ? a->first : b->first};

            if (a->protocol == b->protocol && at.port <= a->last && at.port <= b->last) return endpoint_text(&at);
        }
    return NULL;
}

/* Warns where SECTION and OTHER, which is before it, have two owners. */
static void check_owners(const struct section *section, const struct section *other) {
    const char *port;

    if (section->owner == NULL || other->owner == NULL || !share_address(section, other)) return;
    port = shared_port(section, other);
    if (port == NULL || is_same_user(section->owner, other->owner)) return;
    warn_of(section, section->line,
            "it has owner %s for %s, and %s has owner %s; a root start of it needs -u; let one of them be users =",
            section->owner, port, place_text(other, other->line), other->owner);
}

static bool names_all_ports(const struct section *first, const struct section *later) {
    EACH(a, later->ports) {
        bool named = false;

        EACH(b, first->ports) named |= a->protocol == b->protocol && b->first <= a->first && a->last <= b->last;
        if (!named) return false;
    }
    return true;
}

static bool covers_all_addresses(const struct section *first, const struct section *later) {
    EACH(a, later->addresses) {
        bool covered = first->addresses.count == 0;

        EACH(b, first->addresses) covered |= b->bits <= a->bits && block_covers(b, a);
        if (!covered) return false;
    }
    return later->addresses.count > 0 || first->addresses.count == 0;
}

static bool grants_to_all(const struct section *first, const struct section *later) {
    if (first->anyone || later->anyone) return first->anyone;
    EACH(a, later->members) {
        bool granted = false;

        EACH(b, first->members) granted |= a->group == b->group && strcmp(a->name, b->name) == 0;
        if (!granted) return false;
    }
    return true;
}

/* Of two sections that grant the same the first speaks, with its handoff, unless the second is stricter; and whom a
 * root start is to run as only owners say. Returns whether OTHER, which is before SECTION, grants all of it. */
static bool is_covered(const struct section *section, const struct section *other) {
    if (other->may_gain && !section->may_gain) return false;
    if (section->owner != NULL && (other->owner == NULL || strcmp(section->owner, other->owner) != 0)) return false;
    return names_all_ports(other, section) && covers_all_addresses(other, section) && grants_to_all(other, section);
}

/* From the first port that a section names to the last, those of UDP behind those of TCP. Most sections have no port in
 * common, and with many thousand of them this has to be seen at once. */
struct span {
    unsigned first, last;
};

static struct span span_of(const struct section *section) {
    struct span span = {UINT_MAX, 0};

    EACH(ports, section->ports) {
        unsigned before = ports->protocol == IPPROTO_UDP ? UINT16_MAX + 1 : 0;

        if (before + ports->first < span.first) span.first = before + ports->first;
        if (before + ports->last > span.last) span.last = before + ports->last;
    }
    return span;
}

/* A section, and whether one that has its name is a service. */
struct named {
    const struct section *section;
    bool service;
};

static int by_name(const void *one, const void *other) {
    const struct named *a = one, *b = other;

    return strcmp(a->section->name, b->section->name);
}

/* Which of two is meant nobody could say. Those of one file all have different names. */
static void check_unique(const struct rules *rules, const bool *services) {
    struct named *all = calloc(rules->sections.count + 1, sizeof *all);
    void *known = NULL;

    if (all == NULL) give_up(EX_OSERR, "out of memory");
    EACH(section, rules->sections) {
        struct named *named = &all[section - rules->sections.items], **first;

        *named = (struct named){section, services[section - rules->sections.items]};
        first = tsearch(named, &known, by_name);
        if (first == NULL) give_up(EX_OSERR, "out of memory");
        (*first)->service |= named->service;
        if (*first != named && (*first)->service)
            warn_of(section, section->line, REFUSES "%s has this name, too; rename one of them",
                    place_text((*first)->section, (*first)->section->line));
    }
    free(all); /* the tree that points into it is not looked at any more */
}

void check_sections(const struct rules *rules, const bool *services) {
    LIST(struct span) spans = {0};

    EACH(section, rules->sections) {
        size_t number = spans.count;
        const struct span mine = span_of(section);
        bool covered = services[number]; /* lowport-run reaches it by its name */

        check_names(section);
        check_ports(section);
        check_addresses(section);
        for (size_t i = 0; i < number; i++) {
            const struct section *other = &rules->sections.items[i];

            if (spans.items[i].first > mine.last || mine.first > spans.items[i].last) continue;
            check_owners(section, other);
            if (covered || !is_covered(section, other)) continue;
            warn_of(section, section->line,
                    "nothing but @%s reaches it: %s grants all of this before, and its handoff counts", section->name,
                    place_text(other, other->line));
            covered = true;
        }
        APPEND(spans, mine);
    }
    check_unique(rules, services);
}
