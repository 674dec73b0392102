/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

#include <ifaddrs.h>

/* For whom is asked. */
struct asker {
    const char *user; /* of --user, or NULL */
    bool root;        /* root asks, and names no user: what would a root start do? */
    struct caller who;
};

/* Everybody for whom SECTION is. */
static char *people_of(const struct section *section) {
    char *text = copy_text("");
    id_t id;

    EACH(member, section->members) {
        const char *kind = member->group ? "group" : member->name == section->owner ? "owner" : "user";

        text = format_text("%s%s%s %s%s", text, *text != '\0' ? ", " : "", kind, member->name,
                           name_to_id(member->group, member->name, &id) ? "" : " (of whom nobody knows)");
    }
    return section->anyone ? format_text("%s%sanyone", text, *text != '\0' ? ", " : "") : text;
}

static bool is_in_group(const struct caller *who, gid_t gid) {
    EACH(group, who->groups)
        if (*group == gid) return true;
    return who->gid == gid;
}

/* What makes WHO one of SECTION's people, or NULL where nothing does. */
static const char *bond(const struct section *section, const struct caller *who) {
    id_t id;

    EACH(member, section->members) {
        if (!name_to_id(member->group, member->name, &id)) continue;
        if (!member->group && id == who->uid)
            return member->name == section->owner ? format_text("%s is its owner", who->name)
                                                  : format_text("%s is one of its users", who->name);
        if (member->group && is_in_group(who, id)) return format_text("%s is in its group %s", who->name, member->name);
    }
    return section->anyone ? "it is for anyone" : NULL;
}

static void say_each_section(const struct rules *rules, const struct caller *who, const struct request *request) {
    EACH(section, rules->sections) {
        const struct ports *ports = section_names(section, &request->at);
        const char *place, *why;

        if (ports == NULL) continue;
        place = place_text(section, ports->line);
        why = bond(section, who);
        if (why == NULL)
            say("  %s: it is for %s; %s is none of these", place, people_of(section), who->name);
        else if (section->addresses.count > 0)
            say("  %s: %s, but at these addresses alone: %s", place, why, addresses_text(section));
        else
            say("  %s: %s", place, why);
    }
}

static bool say_granted(const struct rules *rules, const struct caller *who, const struct request *request,
                        const struct verdict *verdict) {
    struct endpoint half = request->at;

    say("%s: %s may bind this port: %s: %s", request->text, who->name,
        place_text(verdict->section, verdict->ports->line), bond(verdict->section, who));
    if (half.address.family != AF_UNSPEC) return true;
    /* A dual-stack grant may take two sections, of which the verdict names one. */
    for (size_t i = 0; i < 2; i++) {
        struct verdict other;

        half.address.family = i == 0 ? AF_INET : AF_INET6;
        other = decide(rules, who, &half);
        if (other.ruling != GRANTED || other.section == verdict->section) continue;
        say("  for %s: %s: %s", i == 0 ? "IPv4" : "IPv6", place_text(other.section, other.ports->line),
            bond(other.section, who));
    }
    return true;
}

static bool say_unlisted(const struct caller *who, const struct request *request) {
    unsigned first = first_open_port();
    bool open = request->at.port >= first;

    say("%s: %s %s bind this port: no section names it, so the kernel's own rule holds: from port %u up anyone may "
        "(net.ipv4.ip_unprivileged_port_start)",
        request->text, who->name, open ? "may" : "may not", first);
    return open;
}

/* Whether REQUEST, a wildcard, stands for ADDRESS too, and WHO is granted that. */
static bool is_granted_at(const struct rules *rules, const struct caller *who, const struct request *request,
                          const struct address *address) {
    const struct endpoint at = {request->at.protocol, *address, request->at.port};
    int family = request->at.address.family;

    return (family == AF_UNSPEC || family == address->family) && decide(rules, who, &at).ruling == GRANTED;
}

/* A daemon that adopts a wildcard gets its sockets at those addresses of the host that are granted. Whether there are
 * any: a wildcard of one family is among them, and that of both never where REQUEST itself is refused. */
static bool is_adoptable(const struct rules *rules, const struct caller *who, const struct request *request) {
    const struct address any[] = {{.family = AF_INET}, {.family = AF_INET6}};
    struct ifaddrs *interfaces;
    bool found = is_granted_at(rules, who, request, &any[0]) || is_granted_at(rules, who, request, &any[1]);

    if (getifaddrs(&interfaces) != 0) give_up(TROUBLE, "cannot list local addresses: %m");
    for (const struct ifaddrs *i = interfaces; i != NULL && !found; i = i->ifa_next) {
        const void *at = i->ifa_addr;
        struct address local = {.family = at != NULL ? i->ifa_addr->sa_family : AF_UNSPEC};

        if (local.family == AF_INET) memcpy(&local.bytes, &((const struct sockaddr_in *)at)->sin_addr, 4);
        if (local.family == AF_INET6) local.bytes = ((const struct sockaddr_in6 *)at)->sin6_addr;
        if (local.family == AF_INET || local.family == AF_INET6) found = is_granted_at(rules, who, request, &local);
    }
    freeifaddrs(interfaces);
    return found;
}

static bool say_refused(const struct rules *rules, const struct caller *who, const struct request *request,
                        const struct verdict *verdict) {
    bool spread = verdict->elsewhere && IS_WILDCARD(&request->at.address) && verdict->section->handoff == ADOPT;
    bool adopts = spread && is_adoptable(rules, who, request);
    const char *why = "it belongs to others";

    if (verdict->elsewhere) why = "not at this address";
    if (spread) why = "this host has none of the addresses of its section, or none of this family";
    if (verdict->ruling == DOUBTFUL) why = "a broken file, named above, may have given it to somebody";
    if (adopts)
        say("%s: %s may bind this port, at the addresses of its section, as lowportbind does for handoff = adopt",
            request->text, who->name);
    else
        say("%s: %s may not bind this port: %s", request->text, who->name, why);
    say_each_section(rules, who, request);
    return adopts;
}

static bool say_for(const struct rules *rules, const struct caller *who, const struct request *request) {
    struct verdict verdict = decide(rules, who, &request->at);
    bool may;

    if (who->uid == 0) {
        say("%s: root may bind any port; lowportbind runs nothing as root unless -u root is said", request->text);
        return true;
    }
    switch (verdict.ruling) {
    case GRANTED: return say_granted(rules, who, request, &verdict);
    case UNLISTED: may = say_unlisted(who, request); break;
    case REFUSED:
    case DOUBTFUL:
    default: may = say_refused(rules, who, request, &verdict);
    }
    if (!may) say("  root can allow it: lowportctl grant %s %s", shell_word(who->name), request->text);
    return may;
}

/* What a root start without -u would come to. */
static bool say_for_root(const struct rules *rules, const struct request *request) {
    const struct section *first = NULL;
    struct caller owner;

    EACH(section, rules->sections) {
        if (section->owner == NULL || section_names(section, &request->at) == NULL) continue;
        /* A root start looks for the owner of a wildcard at each address. */
        if (!IS_WILDCARD(&request->at.address) && !section_covers(section, &request->at)) continue;
        if (first != NULL && !is_same_user(first->owner, section->owner)) {
            say("%s: a root start does not know whom to run as: %s has owner %s, %s has owner %s; say -u USER",
                request->text, place_text(first, section_names(first, &request->at)->line), first->owner,
                place_text(section, section_names(section, &request->at)->line), section->owner);
            return false;
        }
        first = section;
    }
    if (first == NULL) {
        say("%s: a root start does not know whom to run as: no section names an owner; say -u USER, or: "
            "lowportctl grant USER %s",
            request->text, request->text);
        say_each_section(rules, &(struct caller){.uid = NOBODY, .gid = NOBODY, .name = "root"}, request);
        return false;
    }
    if (!find_user(first->owner, &owner) || owner.gid == NOBODY || is_root_like(&owner)) {
        say("%s: a root start refuses to run as the owner %s (%s), who is unknown, root, or in root's group",
            request->text, first->owner, place_text(first, section_names(first, &request->at)->line));
        return false;
    }
    say("%s: a root start would run as %s, who owns it", request->text, first->owner);
    return say_for(rules, &owner, request);
}

static struct request read_port(const struct verb *verb, const char *text) {
    struct request request;
    const char *fault = request_read(text, &request);

    if (strchr(text, ':') == NULL) fault = "it is neither a port from 1 to 65535 nor a request, such as tcp:80";
    if (fault != NULL) misused(verb, "%s: %s", text, fault);
    return request;
}

/* A bare number stands for the protocols that a section names it with, or for TCP. */
static requests read_ports(const struct verb *verb, const struct rules *rules, const char *text) {
    static const char *const protocols[] = {"tcp", "udp"};
    requests asked = {0};
    unsigned number;

    if (!is_decimal(text, UINT16_MAX, &number)) return APPEND(asked, read_port(verb, text)), asked;
    for (size_t i = 0; i < 2; i++) {
        struct request request = read_port(verb, format_text("%s:%s", protocols[i], text));
        bool named = false;

        EACH(section, rules->sections) named |= section_names(section, &request.at) != NULL;
        if (named) APPEND(asked, request);
    }
    if (asked.count == 0) APPEND(asked, read_port(verb, format_text("tcp:%s", text)));
    return asked;
}

int verb_explain(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {HELP_OPTION, {"user", required_argument, NULL, 'u'}, {0}};
    struct asker asker = {0};
    const char *fault;
    int option, status = DONE;
    struct rules rules;
    requests asked;

    while ((option = next_option(verb, argc, argv, options)) != -1)
        if (option == 'u') asker.user = optarg;
    if (argc - optind != 1) misused(verb, argc == optind ? "no port is named" : "one port at a time");
    asker.root = asker.user == NULL && getuid() == 0;
    if (asker.user == NULL)
        asker.who = find_self();
    else if (!find_user(asker.user, &asker.who))
        give_up(TROUBLE, "%s: there is no such user; see getent passwd", asker.user);
    read_ownership(&rules);
    point_at_faults(&rules);
    asked = read_ports(verb, &rules, argv[optind]);
    EACH(request, asked)
        if (!(asker.root ? say_for_root(&rules, request) : say_for(&rules, &asker.who, request))) status = NOT_DONE;
    if (table_tells(&fault))
        say("the kernel table: %s", fault != NULL ? fault : "loaded, and it decides in the same way");
    return status;
}
