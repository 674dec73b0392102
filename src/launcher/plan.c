/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <ifaddrs.h>

/* Adds each single port of SECTION that is not there yet, at the address of LIKE, and named with it. */
static void add_section(struct start *start, const struct section *section, const struct request *like) {
    const char *where = like->text != NULL ? like->text + strlen(like->protocol) : ":", *end = strrchr(where, ':');
    struct request new = {.scope = ""};

    EACH(ports, section->ports) {
        const char *protocol = ports->protocol == IPPROTO_TCP ? "tcp" : "udp";
        const char *text = format_text("%s%.*s:%u", protocol, (int)(end - where), where, ports->first);
        bool planned = ports->first != ports->last || request_read(text, &new) != NULL;

        new.from = section;
        EACH(old, start->asked)
            planned |= memcmp(&old->at, &new.at, sizeof new.at) == 0 && strcmp(old->scope, new.scope) == 0;
        if (!planned) APPEND(start->asked, new);
    }
}

void read_requests(struct start *start) {
    EACH(text, start->options.requests) {
        struct request request = {.scope = ""};
        const char *fault = "no section of this name has a single port that is not asked for yet";
        size_t before = start->asked.count;

        if (**text != '@' && (fault = request_read(*text, &request)) == NULL) APPEND(start->asked, request);
        EACH(section, start->rules.sections)
            if (**text == '@' && strcmp(section->name, *text + 1) == 0) add_section(start, section, &request);
        if (start->asked.count == before)
            refuse(**text == '@' && start->rules.faults.count > 0 ? EX_CONFIG : EX_USAGE, "%s: %s", *text, fault);
    }
}

void refuse_request(const struct start *start, const struct request *request) {
    const char *why = "no section names it, so the kernel keeps it for root", *user = start->who.name;
    const struct verdict *is = &request->verdict;
    const struct section *by = is->section;

    if (by != NULL)
        why = format_text("it belongs to %s (section [%s], %s:%u)%s", by->holder != NULL ? by->holder : "anyone",
                          by->name, by->file, is->ports->line, is->elsewhere ? ", at other addresses" : "");
    if (is->ruling == DOUBTFUL) why = "a broken file may have given it to somebody; see lowportctl check";
    if (is->ruling == GRANTED) why = "the kernel refuses it all the same, perhaps by its table; see lowportctl status";
    why = format_text("%s: %s may not bind this port; %s", request->text, user, why);
    refuse(is->ruling == DOUBTFUL ? EX_CONFIG : EX_NOPERM, "%s; root can allow it: lowportctl grant %s %s", why, user,
           request->text);
}

/* Decides on REQUEST. True when it may go on: granted, by root's word if not by a section; or named by no section, and
 * then the kernel will decide. */
static bool judge(struct start *start, struct request *request) {
    const struct verdict root_says = {.ruling = GRANTED};

    request->verdict = decide(&start->rules, &start->who, &request->at);
    if (request->verdict.ruling != GRANTED && start->options.user != NULL) request->verdict = root_says;
    start->may_gain = start->may_gain && request->verdict.section != NULL && request->verdict.section->may_gain;
    return request->verdict.ruling == GRANTED || request->verdict.ruling == UNLISTED;
}

/* Adds IT. A runtime that has only IPv6 sockets, as Java does, binds an IPv4 address as ::ffff:127.0.0.1: what is to be
 * adopted is made in that form as well. */
static void add(struct start *start, struct request it) {
    APPEND(start->requests, it);
    it.mapped = it.spelled = start->handoff == ADOPT && it.at.address.family == AF_INET && !IS_WILDCARD(&it.at.address);
    if (it.mapped) APPEND(start->requests, it);
}

/* Adds ASKED at one ADDRESS, where that is granted. */
static void add_at(struct start *start, struct request asked, const struct address *address, const char *scope) {
    if (asked.at.address.family != AF_UNSPEC && asked.at.address.family != address->family) return;
    asked.at.address = *address;
    asked.scope = scope;
    asked.spelled = true;
    if (judge(start, &asked)) add(start, asked);
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
            add_at(start, *asked, &local, IN6_IS_ADDR_LINKLOCAL(&local.bytes) ? i->ifa_name : "");
    }
    for (size_t i = 0; i < 3; i++) add_at(start, *asked, &any[i], "");
}

void decide_requests(struct start *start) {
    const struct options *options = &start->options;

    start->may_gain = start->asked.count > 0;
    for (size_t i = 0; i < start->asked.count; i++) {
        struct request request = start->asked.items[i];
        bool allowed = judge(start, &request);
        const struct section *section = request.verdict.section, *by = request.from != NULL ? request.from : section;
        enum handoff handoff = options->handoff != HANDOFFS ? options->handoff : by != NULL ? by->handoff : LISTEN_FDS;
        bool spread = handoff == ADOPT && IS_WILDCARD(&request.at.address);
        size_t before = start->requests.count;

        if (!allowed && !(request.verdict.elsewhere && spread)) refuse_request(start, &request);
        if (options->freebind && options->user == NULL && (section == NULL || section->addresses.count == 0))
            refuse(EX_NOPERM, "%s: --freebind is for addresses that a section names", request.text);
        if (i > 0 && start->handoff != handoff)
            refuse(EX_USAGE, "%s: its handoff is another; say --handoff", request.text);
        start->handoff = handoff;
        if (section != NULL && section->together && request.verdict.ports->first == request.verdict.ports->last)
            add_section(start, section, &request);
        spread ? spell_out(start, &request) : add(start, request);
        if (start->requests.count == before) refuse_request(start, &request);
    }
    if (start->handoff == STDIN && (start->requests.count > 1 || options->copies > 1))
        refuse(EX_USAGE, "stdin hands over one socket; ask for one");
}

char *describe(const struct start *start) {
    char *text = format_text("%s (uid %u):", start->who.name, start->who.uid), **word = start->options.program;

    EACH(request, start->requests) {
        const struct verdict *verdict = &request->verdict;
        const char *right = verdict->ruling == GRANTED ? "root's word" : "no section";

        if (verdict->section != NULL) right = format_text("%s:%u", verdict->section->file, verdict->ports->line);
        /* What one request was spelled out into is named once. */
        if (request == start->requests.items || request->text != request[-1].text)
            text = format_text("%s %s (%s)", text, request->text, right);
        /* A port that the log could not name would be a port bound in secret. */
        if (strlen(text) > 7900) refuse(EX_USAGE, "more requests than a line of the log can name; start fewer");
    }
    /* The caller's words come last: they may be long, and like what is before them. What no line has room for is left
     * out, since nothing is freed. */
    text = format_text("%s%s handoff %s:", text, start->requests.count > 0 ? "," : "", handoff_names[start->handoff]);
    for (; *word != NULL && strlen(text) < 4000; word++) text = format_text("%s %s", text, *word);
    return text;
}

void dry_run(const struct start *start) {
    unsigned first = 1024; /* that anyone may bind, unless the kernel is told otherwise */
    FILE *setting = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");

    /* NOLINTNEXTLINE(cert-err34-c): the kernel prints a port, and nothing larger */
    must(setting != NULL && fscanf(setting, "%u", &first) == 1, "cannot read ip_unprivileged_port_start: %m");
    EACH(request, start->requests)
        if (request->verdict.ruling == UNLISTED && request->at.port < first) refuse_request(start, request);
    exit(puts(describe(start)) >= 0 && fflush(stdout) == 0 ? EX_OK : EX_OSERR);
}
