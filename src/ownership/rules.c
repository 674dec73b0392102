/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <ini.h>
#include <search.h>

const char *const handoff_names[HANDOFFS] = {"listen-fds", "stdin", "adopt",
                                             "accept",     "nginx", "php-fpm"};

/* The keys of lowport-run are known here, so that a misspelt one is an error, and passed over. */
static const char *const keys[] = {
    /* lists, which may be repeated */
    "ports", "address", "users", "groups", "env", "open", "listen", "connect", "confine-read",
    "confine-write", "confine-connect", "confine-bind", "confine-syscalls",
    /* one word */
    "owner", "anyone", "together", "handoff", "no-new-privileges", "umask", "nice", "limit-nofile",
    "limit-core", "limit-as", "max-connections", "max-per-source",
    /* any text */
    "exec", "env-file", "chdir", "chroot", "runtime-directory", "state-directory"};
enum key {
    PORTS,
    ADDRESS,
    USERS,
    GROUPS,
    OWNER = 13,
    ANYONE,
    TOGETHER,
    HANDOFF,
    NO_NEW_PRIVILEGES
};
enum { EXEC = 25, KEYS = sizeof keys / sizeof *keys };

/* Where the reading of one file stands. */
struct reading {
    struct rules *rules;
    const char *file, *next, *end; /* next: the text that inih has not been given yet */
    unsigned line, at;             /* that it was given last; that a complaint is about */
    bool begun;                    /* there was a header */
    unsigned long seen;            /* a bit for each key of this section */
    void *names;                   /* of its sections: a tree of tsearch(3) */
    char why[160];                 /* empty while all is well */
};

bool handoff_read(const char *text, enum handoff *handoff) {
    for (*handoff = LISTEN_FDS; *handoff < HANDOFFS; ++*handoff) {
        if (strcmp(text, handoff_names[*handoff]) == 0) return true;
    }
    return false;
}

bool ports_read(const char *text, struct ports *ports) {
    char *first = copy_text(text), *last = first;
    unsigned long low, high;

    if (strncmp(text, "tcp:", 4) != 0 && strncmp(text, "udp:", 4) != 0) return false;
    ports->protocol = text[0] == 't' ? IPPROTO_TCP : IPPROTO_UDP;
    first = strsep(&last, "-") + 4;
    if (!is_decimal(first, UINT16_MAX, &low)) return false;
    if (!is_decimal(last != NULL ? last : first, UINT16_MAX, &high)) return false;
    ports->first = (uint16_t)low;
    ports->last = (uint16_t)high;
    return low > 0 && low <= high;
}

static const char *add_ports(struct section *section, const char *word, unsigned line) {
    struct ports ports = {.line = line};

    if (!ports_read(word, &ports))
        return "is not tcp: or udp: and a port from 1 to 65535, or a range of them";
    APPEND(section->ports, section->port_count, ports);
    return NULL;
}

static const char *add_address(struct section *section, const char *word) {
    struct prefix prefix;

    if (!prefix_read(word, &prefix)) return "is not an IPv4 or IPv6 address, or ADDRESS/BITS";
    APPEND(section->addresses, section->address_count, prefix);
    return NULL;
}

static const char *add_member(struct section *section, const char *word, enum key key) {
    struct member member = {key == GROUPS ? GROUP : USER, key == OWNER, copy_text(word)};

    if (!is_name_or_id(word)) return "is neither a name nor a decimal id";
    APPEND(section->members, section->member_count, member);
    return NULL;
}

static const char *set_flag(bool *flag, const char *word, const char *set) {
    *flag = strcmp(word, set) == 0;
    return strcmp(word, "yes") == 0 || strcmp(word, "no") == 0 ? NULL : "is neither yes nor no";
}

/* Takes one WORD of the value of KEY. Returns what is wrong with it, or NULL. */
static const char *take_word(struct section *section, enum key key, const char *word,
                             unsigned line) {
    switch (key) {
    case PORTS: return add_ports(section, word, line);
    case ADDRESS: return add_address(section, word);
    case OWNER:
    case USERS:
    case GROUPS: return add_member(section, word, key);
    case ANYONE: return set_flag(&section->anyone, word, "yes");
    case TOGETHER: return set_flag(&section->together, word, "yes");
    case NO_NEW_PRIVILEGES: return set_flag(&section->may_gain_privileges, word, "no");
    case HANDOFF: return handoff_read(word, &section->handoff) ? NULL : "is not a handoff mode";
    default: return NULL;
    }
}

static bool wrong(struct reading *reading, unsigned line, const char *what, const char *why) {
    reading->at = line;
    snprintf(reading->why, sizeof reading->why, "%.48s%s", what, why);
    return false;
}

static bool finish_section(struct reading *reading) {
    const struct section *section = reading->rules->sections;

    if (!reading->begun) return true;
    section += reading->rules->section_count - 1;
    if (section->port_count == 0)
        return wrong(reading, section->line, section->name, " has no ports");
    if (section->member_count == 0 && !section->anyone)
        return wrong(reading, section->line, section->name,
                     " grants to nobody; give it an owner, users, groups or anyone = yes");
    return true;
}

static int by_name(const void *one, const void *other) { return strcmp(one, other); }

static bool begin_section(struct reading *reading, const char *header) {
    struct rules *rules = reading->rules;
    struct section section = {.file = reading->file, .line = reading->line};
    char **known;

    if (!finish_section(reading)) return false;
    section.name = format_text("%.*s", (int)strcspn(header + 1, "]"), header + 1);
    APPEND(rules->sections, rules->section_count, section);
    reading->seen = 0;
    reading->begun = true;
    known = tsearch(section.name, &reading->names, by_name);
    if (known != NULL && *known == section.name) return true;
    return wrong(reading, section.line, section.name, " is a section of this file already");
}

/* An ini_handler. A section begins in next_line: inih never tells of one that has no keys. */
static int take_key(void *user, const char *section_name, const char *name, const char *value) {
    struct reading *reading = user;
    struct section *section = &reading->rules->sections[reading->rules->section_count - 1];
    char words[TEXT_LINE_MAX + 1], *rest = words, *word;
    unsigned key = 0, line = reading->line;
    const char *why;

    if (reading->why[0] != '\0' || strcmp(section->name, section_name) != 0) return 0;
    while (key < KEYS && strcmp(name, keys[key]) != 0) key++;
    if (key == KEYS) return wrong(reading, line, name, " is not a key");
    if (key >= OWNER && (reading->seen & 1UL << key) != 0)
        return wrong(reading, line, name, " stands in this section already");
    reading->seen |= 1UL << key;
    snprintf(words, sizeof words, "%s", value);
    word = strtok_r(rest, " \t", &rest);
    if (word == NULL) return wrong(reading, line, name, " has no value");
    for (; word != NULL; word = strtok_r(NULL, " \t", &rest)) {
        why = take_word(section, key, word, line);
        if (why != NULL) return wrong(reading, line, format_text("%s ", word), why);
        if (key >= OWNER && key < EXEC && *rest != '\0')
            return wrong(reading, line, name, " takes one value");
    }
    return 1;
}

/* An ini_reader, which is fgets(3), that looks at each line before inih does, and counts: inih
 * tells a handler no line numbers. */
static char *next_line(char *buffer, int size, void *stream) {
    struct reading *reading = stream;
    const char *line = reading->next;
    size_t left = (size_t)(reading->end - line), length;
    const char *newline = memchr(line, '\n', left), *fault;
    enum line_kind kind;

    if (left == 0 || reading->why[0] != '\0') return NULL;
    length = newline != NULL ? (size_t)(newline - line) : left;
    reading->line++;
    fault = line_fault(line, length, &kind);
    if (fault == NULL && kind == KEY && !reading->begun) fault = "a key outside any [section]";
    if (fault == NULL && length + 2 > (size_t)size) fault = "a line too long for inih";
    if (fault != NULL) wrong(reading, reading->line, "", fault);
    if (fault != NULL || (kind == HEADER && !begin_section(reading, line))) return NULL;
    reading->next += length + (newline != NULL);
    memcpy(buffer, line, length);
    strcpy(buffer + length, "\n");
    return buffer;
}

void rules_add_fault(struct rules *rules, const char *file, unsigned line, const char *why) {
    char *where = line > 0 ? format_text("%s:%u", file, line) : copy_text(file);

    APPEND(rules->faults, rules->fault_count, format_text("%s: %s", where, why));
}

void rules_add(struct rules *rules, const char *file, const char *text, size_t length) {
    struct reading reading = {.rules = rules, .file = file, .next = text, .end = text + length};
    size_t before = rules->section_count;
    int error = ini_parse_stream(next_line, &reading, take_key, &reading);

    if (reading.why[0] == '\0' && error != 0) wrong(&reading, reading.line, "inih", " failed here");
    if (reading.why[0] == '\0' && finish_section(&reading)) return;
    rules->section_count = before;
    rules_add_fault(rules, file, reading.at, reading.why);
}
