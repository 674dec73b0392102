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
    struct text *text;
    const char *why; /* what is wrong; NULL while all is well */
};

static bool is_among(const char *key, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(key, names[i]) == 0) return true;
    return false;
}

/* Passes over a line. Returns how long it is. */
static size_t pass_line(struct text *text) {
    const char *newline = memchr(text->next, '\n', (size_t)(text->end - text->next));
    size_t length = (size_t)((newline != NULL ? newline : text->end) - text->next);

    text->next = newline != NULL ? newline + 1 : text->end;
    text->line++;
    return length;
}

/* An ini_reader, which counts lines: inih tells no handler. Each has been looked at by rules_add(). The header of the
 * next section is the end. */
static char *next_line(char *buffer, int size, void *stream) {
    const struct reading *reading = stream;
    struct text *text = reading->text;
    const char *line = text->next;
    size_t length;

    if (line == text->end || (*line == '[' && text->line >= reading->entry->section->line)) return NULL;
    length = pass_line(text);
    if (length + 2 > (size_t)size) return NULL;
    memcpy(buffer, line, length);
    memcpy(buffer + length, "\n", 2);
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
    if (why != NULL) {
        reading->why = format_text("%s: %s", key, why);
        entry->line = reading->text->line;
    }
    if (is_exec) entry->exec = found;
    EACH(word, found) {
        const struct setting setting = {entry->section, copy_text(key), *word, reading->text->line};

        if (!is_exec) APPEND(entry->settings, setting);
    }
    return 1;
}

const char *entry_read(const struct section *section, struct text *text, struct entry *entry) {
    struct reading reading = {.entry = entry, .text = text};

    *entry = (struct entry){.section = section, .line = section->line};
    while (text->next < text->end && text->line + 1 < section->line) (void)pass_line(text);
    if (ini_parse_stream(next_line, &reading, take_key, &reading) != 0 && reading.why == NULL) {
        entry->line = text->line;
        return "inih failed here";
    }
    if (reading.why != NULL || entry->exec.count > 0) return reading.why;
    return "it has no exec, so there is nothing to start; add one: lowportbind-services(7)";
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
