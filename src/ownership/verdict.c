/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

unsigned section_names_port(const struct section *section, const struct endpoint *endpoint) {
    for (size_t i = 0; i < section->port_count; i++) {
        const struct ports *ports = &section->ports[i];

        if (ports->protocol == endpoint->protocol && ports->first <= endpoint->port &&
            endpoint->port <= ports->last)
            return ports->line;
    }
    return 0;
}

bool section_covers_address(const struct section *section, const struct endpoint *endpoint) {
    for (size_t i = 0; i < section->address_count; i++) {
        if (prefix_covers(&section->addresses[i], &endpoint->address)) return true;
    }
    return section->address_count == 0;
}

static bool section_names_caller(const struct section *section, const struct caller *caller) {
    if (section->anyone) return true;
    for (size_t i = 0; i < section->member_count; i++) {
        const struct member *member = &section->members[i];
        id_t id;

        if (!name_to_id(member->kind, member->name, &id)) continue;
        if (id == (member->kind == USER ? caller->uid : caller->gid)) return true;
        for (size_t j = 0; member->kind == GROUP && j < caller->group_count; j++) {
            if (id == caller->groups[j]) return true;
        }
    }
    return false;
}

static struct verdict decide_family(const struct rules *rules, const struct caller *caller,
                                    const struct endpoint *endpoint) {
    struct verdict verdict = {.ruling = UNLISTED};

    for (size_t i = 0; i < rules->section_count; i++) {
        const struct section *section = &rules->sections[i];
        unsigned line = section_names_port(section, endpoint);
        bool named, covered;

        if (line == 0) continue;
        named = section_names_caller(section, caller);
        covered = section_covers_address(section, endpoint);
        if (named && covered)
            return (struct verdict){.ruling = GRANTED, .section = section, .line = line};
        if (verdict.section == NULL || (named && !verdict.elsewhere))
            verdict = (struct verdict){REFUSED, section, line, named};
    }
    if (rules->fault_count > 0) verdict.ruling = DOUBTFUL;
    return verdict;
}

struct verdict decide(const struct rules *rules, const struct caller *caller,
                      const struct endpoint *endpoint) {
    struct endpoint half = *endpoint;
    struct verdict verdict;

    if (endpoint->address.family != AF_UNSPEC) return decide_family(rules, caller, endpoint);
    /* A dual-stack socket answers for both families, so both must be granted. */
    half.address.family = AF_INET;
    verdict = decide_family(rules, caller, &half);
    if (verdict.ruling != GRANTED) return verdict;
    half.address.family = AF_INET6;
    return decide_family(rules, caller, &half);
}

const char *section_owner(const struct section *section) {
    for (size_t i = 0; i < section->member_count; i++)
        if (section->members[i].owner) return section->members[i].name;
    return NULL;
}
