/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <arpa/inet.h>
#include <ifaddrs.h>

static void add_request(struct plan *plan, const char *text, const struct section *from) {
    struct request request;
    const char *fault = request_read(text, &request);

    if (fault != NULL) refuse(EX_USAGE, "%s: %s; see lowportbind --help", text, fault);
    request.from = from;
    APPEND(plan->requests, plan->count, request);
}

static bool is_planned(const struct plan *plan, const char *text) {
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->requests[i].text, text) == 0) return true;
    return false;
}

/* Writes a request as a caller would. */
static char *spell(const char *protocol, const struct address *address, const char *scope,
                   unsigned port) {
    char text[INET6_ADDRSTRLEN] = "";
    const char *family = address->family == AF_UNSPEC ? "" : address->family == AF_INET ? "4" : "6";

    if (address_is_wildcard(address)) return format_text("%s%s:%u", protocol, family, port);
    inet_ntop(address->family, address->bytes, text, sizeof text);
    if (address->family == AF_INET) return format_text("%s:%s:%u", protocol, text, port);
    return format_text("%s:[%s%s%s]:%u", protocol, text, scope ? "%" : "", scope ? scope : "",
                       port);
}

/* Adds each single port of SECTION that is not there yet, at ADDRESS. */
static void add_section(struct plan *plan, const struct section *section,
                        const struct address *address) {
    for (size_t i = 0; i < section->port_count; i++) {
        const struct ports *ports = &section->ports[i];
        const char *protocol = ports->protocol == IPPROTO_TCP ? "tcp" : "udp";
        char *text = spell(protocol, address, NULL, ports->first);

        if (ports->first == ports->last && !is_planned(plan, text))
            add_request(plan, text, section);
    }
}

struct plan read_requests(const struct options *options, const struct rules *rules) {
    static const struct address any;
    struct plan plan = {0};

    for (size_t i = 0; i < options->request_count; i++) {
        const char *text = options->requests[i];
        size_t before = plan.count;

        if (is_planned(&plan, text)) refuse(EX_USAGE, "%s: asked for twice", text);
        if (*text != '@') add_request(&plan, text, NULL);
        for (size_t j = 0; *text == '@' && j < rules->section_count; j++)
            if (strcmp(rules->sections[j].name, text + 1) == 0)
                add_section(&plan, &rules->sections[j], &any);
        if (plan.count == before)
            refuse(rules->fault_count > 0 ? EX_CONFIG : EX_USAGE,
                   "%s: no section of this name has single ports; see lowportctl check", text);
    }
    return plan;
}

struct identity find_owner(const struct plan *plan, const struct rules *rules) {
    const char *owner = NULL;
    id_t uid, other;

    for (size_t i = 0; i < plan->count; i++) {
        const struct request *request = &plan->requests[i];
        bool owned = false;

        for (size_t j = 0; j < rules->section_count; j++) {
            const struct section *section = &rules->sections[j];
            const char *name = section_owner(section);

            if (name == NULL || section_names_port(section, &request->at) == 0 ||
                (request->from != NULL && request->from != section) ||
                (!address_is_wildcard(&request->at.address) &&
                 !section_covers_address(section, &request->at)))
                continue;
            if (owner != NULL &&
                (!name_to_id(USER, owner, &uid) || !name_to_id(USER, name, &other) || uid != other))
                refuse(EX_NOPERM, "%s: both %s and %s own what was asked for; say which: -u USER",
                       request->text, owner, name);
            owner = name;
            owned = true;
        }
        if (!owned)
            refuse(rules->fault_count > 0 ? EX_CONFIG : EX_NOPERM,
                   "%s: no section names an owner for it to run as, and nothing is run as root "
                   "unasked; say -u USER, or give it an owner in " OWNERSHIP_FILE,
                   request->text);
    }
    return identity_of(owner, NULL, false);
}

/* Whom a refusal names: the owner, else the first who is granted the port. */
static char *holder(const struct section *section) {
    const char *owner = section_owner(section);

    if (owner != NULL) return copy_text(owner);
    if (section->member_count == 0) return copy_text("anyone");
    return format_text("%s %s", section->members[0].kind == GROUP ? "group" : "user",
                       section->members[0].name);
}

/* The REQUEST as lowportctl takes it. */
static const char *bare(const struct request *request) {
    const char *equals = strchr(request->text, '=');

    return equals != NULL ? equals + 1 : request->text;
}

void refuse_unlisted(const struct request *request, const struct identity *who) {
    refuse(EX_NOPERM,
           "%s: %s may not bind this port; no section names it, so the kernel keeps it for root; "
           "root can allow it: lowportctl grant %s %s",
           bare(request), who->name, who->name, bare(request));
}

static _Noreturn void refuse_request(const struct request *request, const struct identity *who) {
    const struct verdict *verdict = &request->verdict;
    const struct section *section = verdict->section;

    if (verdict->ruling == DOUBTFUL)
        refuse(EX_CONFIG,
               "%s: %s may not bind this port; no section grants it, and a broken ownership file "
               "may have given it to somebody; root can mend that: lowportctl check",
               bare(request), who->name);
    refuse(EX_NOPERM,
           "%s: %s may not bind this %s; it belongs to %s (section [%s], %s:%u); root can allow "
           "it: lowportctl grant %s %s",
           bare(request), who->name,
           verdict->elsewhere ? "address, but others of the port" : "port", holder(section),
           section->name, section->file, verdict->line, who->name, bare(request));
}

/* Decides on REQUEST. True when it may go on: granted, by root's word if not by a section; or named
 * by no section, and then the kernel will decide. */
static bool judge(struct request *request, const struct right *right) {
    request->verdict = decide(right->rules, &right->who->ids, &request->at);
    if (request->verdict.ruling != GRANTED && right->options->user != NULL)
        request->verdict = (struct verdict){.ruling = GRANTED};
    return request->verdict.ruling == GRANTED || request->verdict.ruling == UNLISTED;
}

/* Adds TEXT, one of the sockets that REQUEST is spelled out into, where it is granted. */
static void add_spelled(struct plan *plan, char *text, const struct request *request,
                        const struct right *right) {
    struct request *added;

    if (is_planned(plan, text)) return;
    add_request(plan, text, request->from);
    added = &plan->requests[plan->count - 1];
    added->name = request->name;
    added->spelled = true;
    if (!judge(added, right)) plan->count--;
}

/* An unmodified daemon is to find the socket that it would have bound itself, and its UDP answers
 * are to leave from the address that was asked. What is not granted of it is left out. */
static void spell_out(struct plan *plan, const struct request *request, const struct right *right) {
    const char *protocol = request->mptcp                        ? "mptcp"
                           : request->at.protocol == IPPROTO_TCP ? "tcp"
                                                                 : "udp";
    int family = request->at.address.family;
    struct ifaddrs *interfaces;

    if (getifaddrs(&interfaces) != 0) refuse(EX_OSERR, "cannot list local addresses: %m");
    for (const struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
        struct address local = {.family = i->ifa_addr != NULL ? i->ifa_addr->sa_family : AF_UNSPEC};
        const struct in6_addr *six =
            &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr;
        bool scoped = local.family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(six);

        if ((local.family != AF_INET && local.family != AF_INET6) ||
            (family != AF_UNSPEC && family != local.family))
            continue;
        if (local.family == AF_INET6)
            memcpy(local.bytes, six, 16);
        else
            memcpy(local.bytes, &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr,
                   4);
        add_spelled(plan, spell(protocol, &local, scoped ? i->ifa_name : NULL, request->at.port),
                    request, right);
    }
    for (size_t i = 0; i < 3; i++) {
        const struct address any = {.family = (const int[]){AF_INET, AF_INET6, AF_UNSPEC}[i]};

        if (family == AF_UNSPEC || family == any.family)
            add_spelled(plan, spell(protocol, &any, NULL, request->at.port), request, right);
    }
}

/* Judges each request and adds what belongs together with it. */
static void judge_all(struct plan *plan, const struct right *right) {
    plan->may_gain = true;
    for (size_t i = 0; i < plan->count; i++) {
        struct request *request = &plan->requests[i];
        bool allowed = judge(request, right);
        const struct section *section = request->verdict.section;
        enum handoff handoff = section != NULL ? section->handoff : LISTEN_FDS;

        /* A wildcard of which some addresses are granted may yet be adopted at those. */
        if (!allowed && !(request->verdict.elsewhere && address_is_wildcard(&request->at.address)))
            refuse_request(request, right->who);
        plan->may_gain = plan->may_gain && section != NULL && section->may_gain_privileges;
        if (right->options->handoff != HANDOFFS) handoff = right->options->handoff;
        if (i > 0 && plan->handoff != handoff)
            refuse(EX_USAGE, "%s is handed over as %s, the ports before it as %s; say --handoff",
                   request->text, handoff_names[handoff], handoff_names[plan->handoff]);
        plan->handoff = handoff;
        if (section != NULL && section->together) add_section(plan, section, &request->at.address);
    }
}

void decide_plan(struct plan *plan, const struct right *right) {
    struct plan asked;

    judge_all(plan, right);
    asked = *plan;
    plan->requests = NULL;
    plan->count = 0;
    for (size_t i = 0; i < asked.count; i++) {
        const struct request *request = &asked.requests[i];
        size_t before = plan->count;

        if (plan->handoff == ADOPT && address_is_wildcard(&request->at.address))
            spell_out(plan, request, right);
        else if (!request->verdict.elsewhere)
            APPEND(plan->requests, plan->count, *request);
        if (plan->count == before) refuse_request(request, right->who);
        if (right->options->freebind && right->options->user == NULL &&
            (request->verdict.section == NULL || request->verdict.section->address_count == 0))
            refuse(EX_NOPERM, "%s: --freebind takes an address that a section names",
                   request->text);
    }
}

char *plan_text(const struct plan *plan) {
    char *text = "";

    for (size_t i = 0; i < plan->count; i++)
        text = format_text("%s%s%s", text, i > 0 ? " " : "", plan->requests[i].text);
    return text;
}
