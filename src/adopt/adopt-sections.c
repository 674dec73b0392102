/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * adopt-sections: prints "tcp:53=dns,udp:53=dns", the single ports that @SECTION would hand to whoever
 * runs this, each with its section. For lowport-adopt, which passes it on as a hint.
 */
#include "ownership.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "sections.h"

/* Whether SECTION is what gives PORTS, at some address, to WHO. */
static bool gives(const struct rules *rules, const struct section *section, const struct ports *ports,
                  const struct caller *who) {
    struct endpoint at = {.protocol = ports->protocol, .port = ports->first};
    struct verdict verdict;

    if (ports->first != ports->last) return false;
    at.address.family = AF_INET;
    verdict = decide(rules, who, &at);
    return verdict.section == section && (verdict.ruling == GRANTED || verdict.elsewhere);
}

int main(void) {
    static gid_t groups[NGROUPS_MAX];
    struct caller who = {.uid = getuid(), .gid = getgid()};
    struct rules rules = {0};
    size_t length = 0;
    int count = getgroups(NGROUPS_MAX, groups);

    for (int i = 0; i < count; i++) APPEND(who.groups, groups[i]);
    ownership_read(&rules);
    EACH(section, rules.sections) {
        EACH(ports, section->ports) {
            char *text = format_text("%s%s:%u=%s", length > 0 ? "," : "",
                                     ports->protocol == IPPROTO_TCP ? "tcp" : "udp", ports->first, section->name);

            if (!gives(&rules, section, ports, &who)) continue;
            length += strlen(text);
            if (length < SECTIONS_TEXT) (void)fputs(text, stdout);
        }
    }
    return 0;
}
