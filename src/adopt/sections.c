/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sections.h"

#include "ownership.h"

/* Whether by RULES it is SECTION that gives AT, at some address, to WHO. */
static bool is_giver(const struct rules *rules, const struct section *section, const struct endpoint *at,
                     const struct caller *who) {
    struct verdict verdict = decide(rules, who, at);

    return verdict.section == section && (verdict.ruling == GRANTED || verdict.elsewhere);
}

/* Whether SECTION is what gives PORTS, at some address, to WHO. */
static bool gives(const struct rules *rules, const struct section *section, const struct ports *ports,
                  const struct caller *who) {
    struct endpoint at = {.address = {.family = AF_INET}, .protocol = ports->protocol, .port = ports->first};
    struct rules alone = {.sections = {(struct section *)section, 1}};

    /* Only what it gives at all is worth a look at all sections, of which there may be many. */
    return ports->first == ports->last && is_giver(&alone, section, &at, who) && is_giver(rules, section, &at, who);
}

/* Adds "tcp:53=dns" to the LENGTH bytes of TEXT, where there is room for it. Returns their number then. */
static size_t add(char *text, size_t length, const struct ports *ports, const char *section) {
    const char *protocol = ports->protocol == IPPROTO_TCP ? "tcp" : "udp";
    const char *entry = format_text("%s%s:%u=%s", length > 0 ? "," : "", protocol, ports->first, section);
    size_t more = strlen(entry);

    if (length + more >= SECTIONS_TEXT) return length;
    memcpy(text + length, entry, more + 1);
    return length + more;
}

static struct caller caller(void) {
    int count = getgroups(0, NULL);
    gid_t *groups = count > 0 ? calloc((size_t)count, sizeof *groups) : NULL;

    if (groups == NULL || getgroups(count, groups) != count) count = 0;
    return (struct caller){.uid = getuid(), .gid = getgid(), .groups = {groups, (size_t)count}};
}

void sections_tell(void) {
    static char text[SECTIONS_TEXT];
    struct caller who = caller();
    struct rules rules = {0};
    size_t length = 0;

    unsetenv(SECTIONS_VARIABLE);
    ownership_read(&rules);
    EACH(section, rules.sections)
        EACH(ports, section->ports)
            if (gives(&rules, section, ports, &who)) length = add(text, length, ports, section->name);
    if (length > 0) (void)setenv(SECTIONS_VARIABLE, text, 1);
    free(who.groups.items);
}
