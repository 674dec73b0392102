/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * getpwnam(3) and getgrnam(3) for src/ownership, in the place of libc's: from the files alone. The modules of
 * the name service are not for a static program, and may ask a network, which no start should wait for that has no
 * other use for the answer than a hint. A user of a directory service is given none.
 */
#include "ownership.h"

#include <grp.h>
#include <search.h>

struct known {
    const char *name;
    id_t id;
};

/* The names of a file. A tree of tsearch(3): what hsearch_r(3) makes of a name are its first eight bytes, which in a
 * file of many users all may share. */
struct names {
    void *tree;
    struct known *known; /* of all lines */
    bool read;
};

static int by_name(const void *one, const void *other) {
    return strcmp(((const struct known *)one)->name, ((const struct known *)other)->name);
}

static void add(struct names *names, struct known *known, char *line) {
    const char *id;

    known->name = strsep(&line, ":");
    (void)strsep(&line, ":");
    id = strsep(&line, ":");
    if (id != NULL && is_decimal(id, NOBODY - 1, &known->id)) (void)tsearch(known, &names->tree, by_name);
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
    names->known = calloc(lines, sizeof *names->known);
    if (names->known == NULL) return;
    for (size_t i = 0; (line = strsep(&text, "\n")) != NULL; i++) add(names, &names->known[i], line);
}

/* The id that NAME has in the file at PATH, or NOBODY. */
static id_t find(struct names *names, const char *path, const char *name) {
    const struct known wanted = {name, NOBODY}, *const * found;

    if (!names->read) read_names(names, path);
    found = tfind(&wanted, &names->tree, by_name);
    return found != NULL ? (*found)->id : NOBODY;
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
