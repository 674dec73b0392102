/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

const struct ports *section_names(const struct section *section, const struct endpoint *at) {
    EACH(ports, section->ports)
        if (ports->protocol == at->protocol && ports->first <= at->port && at->port <= ports->last) return ports;
    return NULL;
}

bool section_covers(const struct section *section, const struct endpoint *at) {
    EACH(block, section->addresses)
        if (block_covers(block, &at->address)) return true;
    return section->addresses.count == 0;
}

static bool grants_to(const struct section *section, const struct caller *caller) {
    EACH(member, section->members) {
        /* Once: a lookup that fails later must not take some of the sockets away that a start is to hand over. */
        if (member->id == NOBODY && !name_to_id(member->group, member->name, &member->id)) continue;
        if (member->id == (member->group ? caller->gid : caller->uid)) return true;
        EACH(group, caller->groups)
            if (member->group && member->id == *group) return true;
    }
    return section->anyone;
}

/* NOLINTNEXTLINE(misc-no-recursion): of a dual-stack socket alone, for its halves, which are none */
struct verdict decide(const struct rules *rules, const struct caller *caller, const struct endpoint *at) {
    struct verdict verdict = {.ruling = UNLISTED}, other;
    struct endpoint half = *at;

    if (at->address.family == AF_UNSPEC) {
        /* A dual-stack socket answers for both families, so both must be granted; the stricter grant speaks for it. */
        half.address.family = AF_INET;
        verdict = decide(rules, caller, &half);
        half.address.family = AF_INET6;
        other = decide(rules, caller, &half);
        return verdict.ruling == GRANTED && (other.ruling != GRANTED || verdict.section->may_gain) ? other : verdict;
    }
    EACH(section, rules->sections) {
        const struct ports *ports = section_names(section, at);
        bool granted = ports != NULL && grants_to(section, caller);

        /* Of two grants the stricter speaks for the port, whichever is written first. */
        if (granted && section_covers(section, at)) {
            if (verdict.ruling != GRANTED || (verdict.section->may_gain && !section->may_gain))
                verdict = (struct verdict){GRANTED, false, section, ports};
        } else if (ports != NULL && verdict.ruling != GRANTED &&
                   (verdict.section == NULL || granted > verdict.elsewhere))
            verdict = (struct verdict){REFUSED, granted, section, ports};
    }
    if (rules->faults.count > 0 && verdict.ruling != GRANTED) verdict.ruling = DOUBTFUL;
    return verdict;
}
