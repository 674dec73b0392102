/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <ini.h>

/* The keys that are read here; rules_add() has refused those that nobody knows. */
static const char *const lists[] = {"env",
                                    "open",
                                    "listen",
                                    "connect",
                                    "confine-read",
                                    "confine-write",
                                    "confine-connect",
                                    "confine-bind",
                                    "confine-syscalls"};
static const char *const singles[] = {
    "umask",    "nice",  "limit-nofile", "limit-core",        "limit-as",        "max-connections", "max-per-source",
    "env-file", "chdir", "chroot",       "runtime-directory", "state-directory", "confine-require"};
#define AMONG(key, names) is_among(key, names, sizeof(names) / sizeof *(names))

/* Where the reading stands. */
struct reading {
    struct entry *entry;
    const char *next, *end; /* the text that inih has not been given yet */
    unsigned line;          /* that it was given last */
    const char *why;        /* what is wrong, with its place; NULL while all is well */
};

static bool is_among(const char *key, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(key, names[i]) == 0) return true;
    return false;
}

/* An ini_reader, which counts lines: inih tells no handler. Each has been looked at by rules_add(). */
static char *next_line(char *buffer, int size, void *stream) {
    struct reading *reading = stream;
    const char *newline = memchr(reading->next, '\n', (size_t)(reading->end - reading->next));
    size_t length = (size_t)((newline != NULL ? newline : reading->end) - reading->next);

    if (reading->next == reading->end || length + 2 > (size_t)size) return NULL;
    memcpy(buffer, reading->next, length);
    memcpy(buffer + length, "\n", 2);
    reading->next = newline != NULL ? newline + 1 : reading->end;
    reading->line++;
    return buffer;
}

/* An ini_handler. */
static int take_key(void *user, const char *section, const char *key, const char *value) {
    struct reading *reading = user;
    struct entry *entry = reading->entry;
    bool is_exec = strcmp(key, "exec") == 0, single = AMONG(key, singles);
    words found = {0};
    const char *why;

    if (strcmp(section, entry->section->name) != 0 || reading->why != NULL) return 1;
    if (!is_exec && !single && !AMONG(key, lists)) return 1;
    entry->is_service = true;
    why = words_read(value, &found);
    if (why == NULL && single && found.count != 1) why = "needs one value";
    if (why == NULL && is_exec && **found.items != '/') why = "the program needs its whole path, from / on";
    if (why != NULL)
        reading->why = format_text("[%s] %s:%u: %s: %s", section, entry->section->file, reading->line, key, why);
    if (is_exec) entry->exec = found;
    EACH(word, found) {
        const struct setting setting = {entry->section, copy_text(key), *word, reading->line};

        if (!is_exec) APPEND(entry->settings, setting);
    }
    return 1;
}

const char *entry_read(const struct section *section, const char *text, size_t length, struct entry *entry) {
    struct reading reading = {.entry = entry, .next = text, .end = text + length};

    *entry = (struct entry){.section = section};
    if (ini_parse_stream(next_line, &reading, take_key, &reading) != 0 && reading.why == NULL)
        return format_text("%s:%u: inih failed here", section->file, reading.line);
    if (reading.why != NULL || entry->exec.count > 0) return reading.why;
    return format_text("[%s] %s:%u: it has no exec, so there is nothing to start; add one: lowportbind-services(7)",
                       section->name, section->file, section->line);
}

const struct setting *entry_setting(const struct entry *entry, const char *key) {
    EACH(setting, entry->settings)
        if (strcmp(setting->key, key) == 0) return setting;
    return NULL;
}

bool entry_has(const struct entry *entry, const char *prefix) {
    EACH(setting, entry->settings)
        if (strncmp(setting->key, prefix, strlen(prefix)) == 0) return true;
    return false;
}

/* Reads the file of KNOWN again, once for all of its sections, which stand together: so ports and service keys are of
 * one text, whatever happens to the file meanwhile. */
static const char *read_again(const struct section *known, struct entry *entry) {
    static struct {
        const char *file, *text, *why;
        size_t length;
        struct rules rules;
    } now;

    *entry = (struct entry){0};
    if (now.file != known->file) {
        now.file = known->file;
        now.rules = (struct rules){0};
        now.text = trusted_read(now.file, &now.length, &now.why);
        if (now.text != NULL) rules_add(&now.rules, now.file, now.text, now.length);
    }
    if (now.text == NULL) return format_text("%s: %s", now.file, now.why != NULL ? now.why : "it went away meanwhile");
    EACH(fault, now.rules.faults) return *fault;
    EACH(section, now.rules.sections)
        if (strcmp(section->name, known->name) == 0) return entry_read(section, now.text, now.length, entry);
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
