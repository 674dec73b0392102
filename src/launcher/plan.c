/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <ifaddrs.h>

/* Adds each single port of SECTION that is not there yet, at ADDRESS. */
static void add_section(struct start *start, const struct section *section, const struct address *address) {
    EACH(ports, section->ports) {
        const char *protocol = ports->protocol == IPPROTO_TCP ? "tcp" : "udp";
        struct request new = {.protocol = protocol, .from = section, .at = {ports->protocol, *address, ports->first}};
        bool planned = ports->first != ports->last;

        EACH(old, start->requests)
            planned |= old->at.protocol == new.at.protocol &&
                       old->at.port == new.at.port &&memcmp(&old->at.address, address, sizeof *address) == 0;
        new.text = format_text("%s:%lu", protocol, new.at.port);
        new.name = format_text("%s-%lu", protocol, new.at.port);
        if (!planned) APPEND(start->requests, new);
    }
}

void read_requests(struct start *start) {
    struct request request;

    EACH(text, start->options.requests) {
        const char *fault = "no section of this name has a single port";
        size_t before = start->requests.count;

        if (**text != '@' && (fault = request_read(*text, &request)) == NULL) APPEND(start->requests, request);
        EACH(section, start->rules.sections)
            if (**text == '@' && strcmp(section->name, *text + 1) == 0)
                add_section(start, section, &(struct address){0});
        if (start->requests.count == before)
            refuse(**text == '@' && start->rules.faults.count > 0 ? EX_CONFIG : EX_USAGE, "%s: %s", *text, fault);
    }
}

void refuse_request(const struct start *start, const struct request *request) {
    const struct verdict *verdict = &request->verdict;
    const struct section *section = verdict->section;
    const char *holder = section != NULL ? section_owner(section) : NULL, *user = start->who.name;
    const char *why = "no section names it, so the kernel keeps it for root";

    if (section != NULL && holder == NULL)
        holder = section->members.count > 0 ? section->members.items->name : "anyone";
    if (section != NULL)
        why = format_text("it belongs to %s (section [%s], %s:%u)%s", holder, section->name, section->file,
                          verdict->line, verdict->elsewhere ? ", at other addresses" : "");
    if (verdict->ruling == DOUBTFUL) why = "a broken file may have given it to somebody; see lowportctl check";
    refuse(verdict->ruling == DOUBTFUL ? EX_CONFIG : EX_NOPERM,
           "%s: %s may not bind this port; %s; root can allow it: "
           "lowportctl grant %s %s",
           request->text, user, why, user, request->text);
}

/* Decides on REQUEST. True when it may go on: granted, by root's word if not by a section; or named by no section, and
 * then the kernel will decide. */
static bool judge(const struct start *start, struct request *request) {
    request->verdict = decide(&start->rules, &start->who.ids, &request->at);
    if (request->verdict.ruling != GRANTED && start->options.user != NULL)
        request->verdict = (struct verdict){.ruling = GRANTED};
    return request->verdict.ruling == GRANTED || request->verdict.ruling == UNLISTED;
}

/* Adds ASKED at one ADDRESS, where that is granted. */
static void add_at(struct start *start, struct request asked, const struct address *address, char *scope) {
    if (asked.at.address.family != AF_UNSPEC && asked.at.address.family != address->family) return;
    asked.at.address = *address;
    asked.scope = scope;
    asked.spelled = true;
    if (judge(start, &asked)) APPEND(start->requests, asked);
}

/* An unmodified daemon is to find the socket that it would have bound itself, and its UDP answers are to leave from the
 * address that was asked. What is not granted of it is left out. */
static void spell_out(struct start *start, const struct request *asked) {
    const struct address any[] = {{.family = AF_INET}, {.family = AF_INET6}, {.family = AF_UNSPEC}};
    struct ifaddrs *interfaces;

    must(getifaddrs(&interfaces) == 0, "cannot list local addresses: %m");
    for (const struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
        const void *at = i->ifa_addr;
        struct address local = {.family = at != NULL ? i->ifa_addr->sa_family : AF_UNSPEC};

        if (local.family == AF_INET) memcpy(&local.bytes, &((const struct sockaddr_in *)at)->sin_addr, 4);
        if (local.family == AF_INET6) local.bytes = ((const struct sockaddr_in6 *)at)->sin6_addr;
        if (local.family == AF_INET || local.family == AF_INET6)
            add_at(start, *asked, &local, IN6_IS_ADDR_LINKLOCAL(&local.bytes) ? i->ifa_name : NULL);
    }
    for (size_t i = 0; i < 3; i++) add_at(start, *asked, &any[i], NULL);
}

/* Judges each request and adds what belongs together with it. */
static void judge_all(struct start *start) {
    for (size_t i = 0; i < start->requests.count; i++) {
        struct request *request = &start->requests.items[i];
        bool allowed = judge(start, request);
        const struct section *section = request->verdict.section;
        enum handoff handoff = section != NULL ? section->handoff : LISTEN_FDS;

        /* A wildcard of which some addresses are granted may yet be adopted at those. */
        if (!allowed && !(request->verdict.elsewhere && IS_WILDCARD(&request->at.address)))
            refuse_request(start, request);
        if (start->options.freebind && start->options.user == NULL &&
            (section == NULL || section->addresses.count == 0))
            refuse(EX_NOPERM, "%s: --freebind takes an address that a section names", request->text);
        if (start->options.handoff != HANDOFFS) handoff = start->options.handoff;
        if (i > 0 && start->handoff != handoff)
            refuse(EX_USAGE, "%s: not handed over like the ports before it; say --handoff MODE", request->text);
        start->handoff = handoff;
        start->may_gain = (i == 0 || start->may_gain) && section != NULL && section->may_gain;
        if (section != NULL && section->together) add_section(start, section, &request->at.address);
    }
}

void decide_requests(struct start *start) {
    struct start asked;

    judge_all(start);
    asked = *start;
    memset(&start->requests, 0, sizeof start->requests);
    EACH(request, asked.requests) {
        size_t before = start->requests.count;
        bool spread = start->handoff == ADOPT && IS_WILDCARD(&request->at.address);

        if (spread) spell_out(start, request);
        if (!spread && !request->verdict.elsewhere) APPEND(start->requests, *request);
        if (start->requests.count == before) refuse_request(start, request);
    }
}

char *describe(const struct start *start) {
    const char *program = *start->options.program != NULL ? *start->options.program : "nothing";
    char *text = format_text("%s (uid %u) starts %s by %s with", start->who.name, start->who.ids.uid, program,
                             handoff_names[start->handoff]);

    EACH(request, start->requests) {
        const struct verdict *verdict = &request->verdict;
        const char *right = verdict->ruling == GRANTED ? "root's word" : "no section";

        if (verdict->section != NULL) right = format_text("%s:%u", verdict->section->file, verdict->line);
        text = format_text("%s %s (%s)", text, request->text, right);
    }
    return text;
}

void dry_run(const struct start *start) {
    unsigned long first = 1024; /* that anyone may bind, unless the kernel is told otherwise */
    FILE *setting = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");

    must(setting != NULL && fscanf(setting, "%lu", &first) == 1, "cannot read ip_unprivileged_port_start: %m");
    EACH(request, start->requests)
        if (request->verdict.ruling == UNLISTED && request->at.port < first) refuse_request(start, request);
    exit(puts(describe(start)) < 0 || fflush(stdout) != 0 ? EX_IOERR : EX_OK);
}
