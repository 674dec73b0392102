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
    char *name;
    id_t id;
};

static int by_name(const void *one, const void *other) {
    return strcmp(((const struct known *)one)->name, ((const struct known *)other)->name);
}

/* Reads "name:password:id:...", which both files begin a line with, into a tree of tsearch(3). Of lines of one name the
 * first counts. */
static void *read_names(const char *path) {
    void *names = NULL;
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;

    while (file != NULL && getline(&line, &room, file) >= 0) {
        char *rest = line, *name = strsep(&rest, ":"), *id = strsep(&rest, ":");
        struct known *known = grow(NULL, &(size_t){0}, sizeof *known);

        id = id != NULL ? strsep(&rest, ":") : NULL;
        known->name = copy_text(name);
        if (id != NULL && is_decimal(id, NOBODY - 1, &known->id)) (void)tsearch(known, &names, by_name);
    }
    free(line);
    if (file != NULL) (void)fclose(file);
    return names;
}

/* The id that NAME has in NAMES, or NOBODY. */
static id_t find(void *names, const char *name) {
    const struct known wanted = {(char *)name, NOBODY};
    const struct known *const *found = tfind(&wanted, &names, by_name);

    return found != NULL ? (*found)->id : NOBODY;
}

struct passwd *getpwnam(const char *name) {
    static void *names;
    static struct passwd entry;

    if (names == NULL) names = read_names("/etc/passwd");
    entry.pw_uid = find(names, name);
    return entry.pw_uid != NOBODY ? &entry : NULL;
}

struct group *getgrnam(const char *name) {
    static void *names;
    static struct group entry;

    if (names == NULL) names = read_names("/etc/group");
    entry.gr_gid = find(names, name);
    return entry.gr_gid != NOBODY ? &entry : NULL;
}
