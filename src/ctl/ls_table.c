/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ls.h"

#include <libsmartcols/libsmartcols.h>

/* The text of a cell, or NULL where there is none. */
typedef char *cell(const struct row *row);

struct column {
    const char *name;
    cell *text;
    int flags; /* SCOLS_FL_* */
};

/* TEXT and WORD with a space between them, if there was a text. */
static char *join(const char *text, const char *word) {
    return text == NULL ? copy_text(word) : format_text("%s %s", text, word);
}

static char *port_of(const struct row *row) {
    const char *protocol = row->ports->protocol == IPPROTO_UDP ? "udp" : "tcp";

    if (row->ports->first == row->ports->last) return format_text("%s:%u", protocol, row->ports->first);
    return format_text("%s:%u-%u", protocol, row->ports->first, row->ports->last);
}

static char *address_of(const struct row *row) {
    char *text = NULL;

    EACH(block, row->section->addresses) text = join(text, block_text(block));
    return text != NULL ? text : copy_text("any");
}

static char *owner_of(const struct row *row) {
    return row->section->owner != NULL ? printable(row->section->owner) : NULL;
}

/* All but the owner; @ stands before a group. */
static char *others_of(const struct row *row) {
    char *text = NULL;

    EACH(member, row->section->members)
        if (member->name != row->section->owner)
            text = join(text, format_text("%s%s", member->group ? "@" : "", printable(member->name)));
    return row->section->anyone ? join(text, "anyone") : text;
}

static char *place_of(const struct row *row) {
    return format_text("[%s] %s:%u", row->section->name, printable(row->section->file), row->ports->line);
}

static char *at_of(const struct row *row) { return row->held != NULL ? holder_request(row->held) : NULL; }

static char *state_of(const struct row *row) {
    return row->held != NULL ? copy_text(row->held->listening ? "listens" : "bound") : NULL;
}

static char *user_of(const struct row *row) {
    return row->held != NULL ? format_text("%s%s", row->granted ? "" : "!", printable(row->user)) : NULL;
}

static char *pid_of(const struct row *row) {
    size_t count = row->held != NULL ? row->held->pids.count : 0;

    if (count == 0) return NULL;
    if (count == 1) return format_text("%d", row->held->pids.items[0]);
    return format_text("%d+%zu", row->held->pids.items[0], count - 1);
}

static char *command_of(const struct row *row) {
    return row->held != NULL && row->held->command != NULL ? printable(row->held->command) : NULL;
}

static const struct column columns[] = {
    {"PORT", port_of, 0},
    {"ADDRESS", address_of, SCOLS_FL_TRUNC},
    {"OWNER", owner_of, 0},
    {"ALSO", others_of, SCOLS_FL_TRUNC},
    {"HELD", at_of, 0},
    {"STATE", state_of, 0},
    {"BY", user_of, 0},
    {"PID", pid_of, SCOLS_FL_RIGHT},
    {"COMMAND", command_of, SCOLS_FL_TRUNC},
    {"SECTION", place_of, SCOLS_FL_TRUNC},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static bool add_row(struct libscols_table *table, const struct row *row) {
    struct libscols_line *line = scols_table_new_line(table, NULL);

    for (size_t i = 0; line != NULL && i < COLUMNS; i++) {
        char *text = columns[i].text(row);

        if (scols_line_refer_data(line, i, text != NULL ? text : copy_text("-")) != 0) return false;
    }
    return line != NULL;
}

bool print_table(const rows *all) {
    struct libscols_table *table = scols_new_table();

    /* What is not printable is shown in the same way as in every other message. */
    if (table == NULL || scols_table_enable_noencoding(table, true) != 0) return false;
    for (size_t i = 0; i < COLUMNS; i++)
        if (scols_table_new_column(table, columns[i].name, 0, columns[i].flags) == NULL) return false;
    EACH(row, *all)
        if (!add_row(table, row)) return false;
    return scols_print_table(table) == 0;
}
