/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * getpwnam(3) and getgrnam(3) for src/ownership, in the place of libc's: from the files alone. The modules of
 * the name service are not for a static program, and may ask a network, which no start should wait for that has no
 * other use for the answer than a hint. A user of a directory service is given none.
 */
#include "ownership.h"

#include <grp.h>
#include <search.h>

/* The names of a file, and behind each the text of its id. */
struct names {
    struct hsearch_data table;
    bool read;
};

static void add(struct names *names, char *line) {
    char *name = strsep(&line, ":"), *id;
    ENTRY *known;
    id_t number;

    (void)strsep(&line, ":");
    id = strsep(&line, ":");
    if (id != NULL && is_decimal(id, NOBODY - 1, &number))
        (void)hsearch_r((ENTRY){name, id}, ENTER, &known, &names->table);
}

/* Reads "name:password:id:...", which both files begin a line with, once. The text stays: it holds the names. Of lines
 * of one name the first counts. */
static void read_names(struct names *names, const char *path) {
    FILE *file = fopen(path, "re");
    char *text = NULL, *line;
    size_t room = 0, lines = 1;

    names->read = true;
    if (file == NULL) return;
    if (getdelim(&text, &room, '\0', file) < 0) text = NULL;
    (void)fclose(file);
    for (const char *at = text; at != NULL && (at = strchr(at, '\n')) != NULL; at++) lines++;
    if (hcreate_r(lines, &names->table) == 0) return;
    while ((line = strsep(&text, "\n")) != NULL) add(names, line);
}

/* The id that NAME has in the file at PATH, or NOBODY. */
static id_t find(struct names *names, const char *path, const char *name) {
    ENTRY *known;
    id_t id = NOBODY;

    if (!names->read) read_names(names, path);
    if (names->table.table == NULL) return NOBODY;
    if (hsearch_r((ENTRY){(char *)name, NULL}, FIND, &known, &names->table) != 0)
        (void)is_decimal(known->data, NOBODY - 1, &id);
    return id;
}

struct passwd *getpwnam(const char *name) {
    static struct names names;
    static struct passwd entry;

    entry.pw_uid = find(&names, "/etc/passwd", name);
    return entry.pw_uid != NOBODY ? &entry : NULL;
}

struct group *getgrnam(const char *name) {
    static struct names names;
    static struct group entry;

    entry.gr_gid = find(&names, "/etc/group", name);
    return entry.gr_gid != NOBODY ? &entry : NULL;
}
