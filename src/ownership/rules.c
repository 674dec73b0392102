/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <ini.h>

const char *const handoff_names[HANDOFFS] = {"listen-fds", "stdin", "adopt", "accept", "nginx", "php-fpm"};

/* The keys of lowport-run are known here, so that a misspelt one is an error, and passed over. */
static const char *const keys[] = {
    /* lists, which may be repeated */
    "ports", "address", "users", "groups", "env", "open", "listen", "connect", "confine-read", "confine-write",
    "confine-connect", "confine-bind", "confine-syscalls",
    /* one word */
    "owner", "anyone", "together", "handoff", "no-new-privileges", "umask", "nice", "limit-nofile", "limit-core",
    "limit-as", "max-connections", "max-per-source", "confine-require",
    /* any text */
    "exec", "env-file", "chdir", "chroot", "runtime-directory", "state-directory"};
enum key { PORTS, ADDRESS, USERS, GROUPS, OWNER = 13, ANYONE, TOGETHER, HANDOFF, NO_NEW_PRIVILEGES };
enum { EXEC = 26, KEYS = sizeof keys / sizeof *keys };

/* Where the reading of one file stands. */
struct reading {
    struct rules *rules;
    struct section *section;       /* the last, or NULL */
    const char *file, *next, *end; /* next: the text that inih has not been given yet */
    unsigned line;                 /* that it was given last */
    unsigned long seen, places;    /* a bit for each key of this section; in NAMES, more than there are sections */
    const char **names;            /* of its sections: a hash table */
    char *room, *full;             /* for what is kept of the text: up to FULL */
    bool right;                    /* nothing is wrong so far */
};

bool handoff_read(const char *text, enum handoff *handoff) {
    *handoff = LISTEN_FDS;
    while (*handoff < HANDOFFS && strcmp(text, handoff_names[*handoff]) != 0) ++*handoff;
    return *handoff < HANDOFFS;
}

bool ports_read(const char *text, struct ports *ports) {
    const char *number = text + strnlen(text, 4), *dash = strchr(number, '-');

    ports->protocol = strncmp(text, "udp:", 4) == 0 ? IPPROTO_UDP : IPPROTO_TCP;
    return (strncmp(text, "tcp:", 4) == 0 || ports->protocol == IPPROTO_UDP) &&
           decimal_until(dash != NULL ? '-' : '\0', number, 65535, &ports->first) && ports->first > 0 &&
           is_decimal(dash != NULL ? dash + 1 : number, 65535, &ports->last) && ports->first <= ports->last;
}

static const char *set_flag(bool *flag, const char *word, const char *set) {
    *flag = strcmp(word, set) == 0;
    return strcmp(word, "yes") == 0 || strcmp(word, "no") == 0 ? NULL : "is neither yes nor no";
}

/* Takes one WORD of the value of KEY, and keeps it. Returns what is wrong with it, or NULL. */
static const char *take_word(struct section *section, enum key key, char *word, unsigned line) {
    struct ports ports = {.line = line};
    struct address block;

    switch (key) {
    case PORTS:
        if (!ports_read(word, &ports)) return "is not tcp: or udp: and a port from 1 to 65535, or a range of them";
        return APPEND(section->ports, ports), NULL;
    case ADDRESS:
        if (!block_read(word, &block)) return "is not an IPv4 or IPv6 address, or ADDRESS/BITS";
        return APPEND(section->addresses, block), NULL;
    case OWNER:
    case USERS:
    case GROUPS:
        if (!is_name_or_id(word)) return "is neither a name nor a decimal id";
        if (key == OWNER) section->owner = section->holder = word;
        if (section->holder == NULL) section->holder = key == GROUPS ? format_text("group %s", word) : word;
        return APPEND(section->members, ((struct member){key == GROUPS, word, NOBODY})), NULL;
    case ANYONE: return set_flag(&section->anyone, word, "yes");
    case TOGETHER: return set_flag(&section->together, word, "yes");
    case NO_NEW_PRIVILEGES: return set_flag(&section->may_gain, word, "no");
    case HANDOFF: return handoff_read(word, &section->handoff) ? NULL : "is not a handoff mode";
    default: return NULL;
    }
}

void rules_add_fault(struct rules *rules, const char *file, unsigned line, const char *why) {
    APPEND(rules->faults, line > 0 ? format_text("%s:%u: %s", file, line, why) : format_text("%s: %s", file, why));
}

static bool wrong(struct reading *reading, unsigned line, const char *what, const char *why) {
    rules_add_fault(reading->rules, reading->file, line, format_text("%s%s%s", what, *what != '\0' ? " " : "", why));
    return reading->right = false;
}

static bool finish_section(struct reading *reading) {
    const struct section *section = reading->section;

    /* A service that only others of the host talk to needs none. */
    if (section != NULL && section->ports.count == 0 && (reading->seen & 1UL << EXEC) == 0)
        return wrong(reading, section->line, section->name, "has no ports");
    if (section == NULL || section->members.count > 0 || section->anyone) return true;
    return wrong(reading, section->line, section->name, "grants to nobody; give it an owner, users or groups");
}

/* Whether NAME is new in this file; then it is taken down, at the first free place from where its hash (FNV-1a) points,
 * and is found there in as many steps among many sections as among few. */
static bool is_new(const struct reading *reading, const char *name) {
    uint32_t at = 2166136261;

    for (const char *byte = name; *byte != '\0'; byte++) at = (at ^ (uint8_t)*byte) * 16777619;
    while (reading->names[at % reading->places] != NULL)
        if (strcmp(reading->names[at++ % reading->places], name) == 0) return false;
    return reading->names[at % reading->places] = name, true;
}

/* A copy of TEXT. What is kept of a line is never longer than the line: a name without its "[", or a value. An inih
 * that tells of more is a fault, and NULL. To allocate each would take longer than all else that is done with it. */
static char *keep(struct reading *reading, const char *text) {
    char *kept = reading->room, *next = memccpy(kept, text, '\0', (size_t)(reading->full - kept));

    return next != NULL ? (reading->room = next, kept) : (wrong(reading, reading->line, "inih", "told too much"), NULL);
}

static bool begin_section(struct reading *reading, const char *header) {
    char *rest = keep(reading, header + 1), *name = strsep(&rest, "]");

    if (name == NULL || !finish_section(reading)) return false;
    APPEND(reading->rules->sections, ((struct section){.file = reading->file, .line = reading->line, .name = name}));
    reading->section = &reading->rules->sections.items[reading->rules->sections.count - 1];
    reading->seen = 0;
    return is_new(reading, name) || wrong(reading, reading->line, name, "is a section of this file twice");
}

/* An ini_handler. Sections begin in next_line: inih never tells of one that has no keys. */
static int take_key(void *user, const char *section, const char *name, const char *value) {
    struct reading *reading = user;
    char *rest = keep(reading, value), *word;
    unsigned key = 0, line = reading->line;

    if (!reading->right || strcmp(reading->section->name, section) != 0) return 0;
    while (key < KEYS && (*name != *keys[key] || strcmp(name, keys[key]) != 0)) key++;
    if (key == KEYS) return wrong(reading, line, name, "is not a key");
    if (key >= OWNER && (reading->seen & 1UL << key) != 0) return wrong(reading, line, name, "stands here twice");
    reading->seen |= 1UL << key;
    if (*rest == '\0') return wrong(reading, line, name, "has no value");
    while ((word = strsep(&rest, " \t")) != NULL) {
        const char *why = *word != '\0' ? take_word(reading->section, key, word, line) : NULL;
        if (why == NULL && key >= OWNER && key < EXEC && rest != NULL) why = "is not the only value";
        if (why != NULL) return wrong(reading, line, word, why);
    }
    return 1;
}

/* An ini_reader, which is fgets(3), that looks at each line before inih does, and counts them: inih tells no handler.
 */
static char *next_line(char *buffer, int size, void *stream) {
    struct reading *reading = stream;
    const char *line = reading->next, *newline = memchr(line, '\n', (size_t)(reading->end - line));
    size_t length = (size_t)((newline != NULL ? newline : reading->end) - line);
    const char *fault = line_fault(line, length);

    if (line == reading->end || !reading->right) return NULL;
    reading->line++;
    if (fault == NULL && length + 2 > (size_t)size) fault = "a line too long for inih";
    if (fault == NULL && reading->section == NULL && *line >= 'a') fault = "a key outside any [section]";
    if (fault != NULL) return wrong(reading, reading->line, "", fault), NULL;
    reading->next = newline != NULL ? newline + 1 : reading->end;
    memcpy(mempcpy(buffer, line, length), "\n", 2);
    return *buffer != '[' || begin_section(reading, buffer) ? buffer : NULL;
}

void rules_add(struct rules *rules, const char *file, const char *text, size_t length) {
    struct reading reading = {rules, .file = file, .next = text, .end = text + length, .places = 1, .right = true};
    size_t before = rules->sections.count;

    for (const char *at = text; (at = memchr(at, '[', (size_t)(reading.end - at))) != NULL; at++) reading.places += 2;
    reading.names = or_end(calloc(reading.places, sizeof *reading.names));
    /* The last line may get the newline that it lacks. */
    reading.full = (reading.room = or_end(malloc(length + 1))) + length + 1;
    int error = ini_parse_stream(next_line, &reading, take_key, &reading);
    if (reading.right && error != 0) wrong(&reading, reading.line, "inih", "failed here");
    if (!reading.right || !finish_section(&reading)) rules->sections.count = before;
}
