/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

/* rcmd(3), rsh, NFS and others take a peer below 1024 for root; bindresvport(3) takes its ports from here. */
enum { TRUSTED_FIRST = 512, TRUSTED_LAST = 1023 };

/* The launcher reads no larger file. */
#define TEXT_MAX (16UL << 20)

#define warn_of(section, line, ...) point_warning(section, line, format_text(__VA_ARGS__))
static void point_warning(const struct section *section, unsigned line, const char *text) {
    point_at("%s:%u: warning: section [%s]: %s", section->file, line, section->name, text);
}

static void check_names(const struct section *section) {
    struct caller owner;
    id_t id;

    EACH(member, section->members)
        if (!name_to_id(member->group, member->name, &id))
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

static unsigned count_files(const struct rules *rules) {
    const char *last = NULL;
    unsigned count = 0;

    /* The sections of a file stand together, and share its name. */
    EACH(section, rules->sections) {
        if (section->file != last) count++;
        last = section->file;
    }
    return count;
}

static unsigned count_ports(const struct rules *rules) {
    static bool named[2][UINT16_MAX + 1];
    unsigned count = 0;

    EACH(section, rules->sections)
        EACH(ports, section->ports)
            for (unsigned port = ports->first; port <= ports->last; port++) {
                bool *one = &named[ports->protocol == IPPROTO_UDP][port];

                if (!*one) count++;
                *one = true;
            }
    return count;
}

static void say_count(const struct rules *rules) {
    unsigned files = count_files(rules), sections = (unsigned)rules->sections.count, ports = count_ports(rules);

    if (sections == 0)
        say("no sections, and so no grants: no errors");
    else
        say("%u file%s, %u section%s, %u port%s: no errors", files, files == 1 ? "" : "s", sections,
            sections == 1 ? "" : "s", ports, ports == 1 ? "" : "s");
}

/* Reads all of FILE, which may also be a pipe: it is text that is not yet in place, or not to be. */
static char *read_text(const char *file, size_t *length) {
    FILE *from = fopen(file, "re");
    char *text = NULL, *larger = NULL;
    size_t room = 0;

    if (from == NULL) give_up(TROUBLE, "%s: cannot be read: %m", file);
    *length = 0;
    do {
        if (*length + 1 >= room) larger = realloc(text, room = room * 2 + BUFSIZ);
        if (larger == NULL) give_up(TROUBLE, "%s: cannot be read: out of memory", file);
        text = larger;
        *length += fread(text + *length, 1, room - 1 - *length, from);
    } while (!feof(from) && !ferror(from) && *length <= TEXT_MAX);
    if (ferror(from)) give_up(TROUBLE, "%s: cannot be read: %m", file);
    if (*length > TEXT_MAX) give_up(TROUBLE, "%s: larger than 16 MiB, which the launcher does not read", file);
    (void)fclose(from); /* all that it had is read */
    text[*length] = '\0';
    return text;
}

int verb_check(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {HELP_OPTION, {0}};
    struct rules rules = {0};
    const char *text, *file;
    size_t length;

    while (next_option(verb, argc, argv, options) != -1) continue;
    if (argc - optind > 1) misused(verb, "%s: one file at a time", argv[optind + 1]);
    file = argv[optind];
    if (file != NULL) {
        text = read_text(file, &length);
        rules_add(&rules, file, text, length);
    } else {
        read_ownership(&rules);
    }
    point_at_faults(&rules);
    EACH(section, rules.sections) {
        check_names(section);
        check_ports(section);
        check_addresses(section);
        check_owners(&rules, section);
    }
    if (file == NULL) check_launcher();
    if (rules.faults.count > 0) return NOT_DONE;
    say_count(&rules);
    return DONE;
}
