/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

/* Reads the file of KNOWN again, once for all of its sections, which stand together: so ports and service keys are of
 * one text, whatever happens to the file meanwhile. */
static const char *read_again(const struct section *known, struct entry *entry) {
    static struct {
        const char *file, *text, *why;
        size_t length;
        struct rules rules;
    } now;
    struct text text;
    const char *why;

    *entry = (struct entry){0};
    if (now.file != known->file) {
        now.file = known->file;
        now.rules = (struct rules){0};
        now.text = trusted_read(now.file, &now.length, &now.why);
        if (now.text != NULL) rules_add(&now.rules, now.file, now.text, now.length);
    }
    if (now.text == NULL) return format_text("%s: %s", now.file, now.why != NULL ? now.why : "it went away meanwhile");
    EACH(fault, now.rules.faults) return *fault;
    EACH(section, now.rules.sections) {
        if (strcmp(section->name, known->name) != 0) continue;
        text = (struct text){now.text, now.text + now.length, 0};
        why = entry_read(section, &text, entry);
        return why == NULL ? NULL : format_text("[%s] %s:%u: %s", section->name, section->file, entry->line, why);
    }
    return format_text("%s: section [%s] went away meanwhile", known->file, known->name);
}

static struct rules read_all(void) {
    struct rules rules = {0};

    ownership_read(&rules);
    EACH(fault, rules.faults) tell(*fault);
    return rules;
}

struct entry entry_find(const char *name) {
    struct rules rules = read_all();
    const struct section *found = NULL;
    struct entry entry;
    const char *why;

    EACH(section, rules.sections) {
        if (strcmp(section->name, name) != 0) continue;
        if (found != NULL)
            refuse(EX_CONFIG, "[%s] is in both %s:%u and %s:%u; rename one of them", name, found->file, found->line,
                   section->file, section->line);
        found = section;
    }
    if (found == NULL)
        refuse(rules.faults.count > 0 ? EX_CONFIG : EX_USAGE, "%s: there is no such section; lowport-run --list", name);
    why = read_again(found, &entry);
    if (why != NULL) refuse(EX_CONFIG, "%s", why);
    return entry;
}

static const char *ports_text(const struct section *section) {
    char *text = format_text("%s", "");

    EACH(ports, section->ports) {
        text = format_text("%s%s%s:%u", text, *text != '\0' ? "," : "", ports->protocol == IPPROTO_TCP ? "tcp" : "udp",
                           ports->first);
        if (ports->last != ports->first) text = format_text("%s-%u", text, ports->last);
    }
    return text;
}

int entries_list(void) {
    struct rules rules = read_all();
    int status = rules.faults.count > 0 ? EX_CONFIG : EX_OK, name = 4, owner = 5, port = 5;
    struct entry entry;
    const char *why;

    EACH(section, rules.sections) {
        int widths[] = {(int)strlen(section->name), section->owner != NULL ? (int)strlen(section->owner) : 1,
                        (int)strlen(ports_text(section))};

        name = widths[0] > name ? widths[0] : name;
        owner = widths[1] > owner ? widths[1] : owner;
        port = widths[2] > port ? widths[2] : port;
    }
    printf("%-*s  %-*s  %-*s  %s\n", name, "NAME", owner, "OWNER", port, "PORTS", "PROGRAM");
    EACH(section, rules.sections) {
        why = read_again(section, &entry);
        if (!entry.is_service) continue;
        if (why != NULL) tell(why), status = EX_CONFIG;
        if (why == NULL)
            printf("%-*s  %-*s  %-*s  %s\n", name, section->name, owner, section->owner != NULL ? section->owner : "-",
                   port, ports_text(section), *entry.exec.items);
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? status : EX_IOERR;
}
