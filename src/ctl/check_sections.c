/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

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

static void check_owners(const struct rules *rules, const struct section *section) {
    for (const struct section *other = rules->sections.items; other < section; other++) {
        const char *port;

        if (section->owner == NULL || other->owner == NULL || !share_address(section, other)) continue;
        port = shared_port(section, other);
        if (port == NULL || is_same_user(section->owner, other->owner)) continue;
        warn_of(section, section->line,
                "it has owner %s for %s, and %s has owner %s; a root start of it needs -u; let one of them be users =",
                section->owner, port, place_text(other, other->line), other->owner);
    }
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
 * root start is to run as only owners say. */
static void check_reach(const struct rules *rules, const struct section *section) {
    for (const struct section *other = rules->sections.items; other < section; other++) {
        if (other->may_gain && !section->may_gain) continue;
        if (section->owner != NULL && (other->owner == NULL || strcmp(section->owner, other->owner) != 0)) continue;
        if (!names_all_ports(other, section) || !covers_all_addresses(other, section) || !grants_to_all(other, section))
            continue;
        warn_of(section, section->line, "nothing reaches it: %s grants all of this before, and its handoff counts",
                place_text(other, other->line));
        return;
    }
}

void check_sections(const struct rules *rules) {
    EACH(section, rules->sections) {
        check_names(section);
        check_ports(section);
        check_addresses(section);
        check_owners(rules, section);
        check_reach(rules, section);
    }
}
