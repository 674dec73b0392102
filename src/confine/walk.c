/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define MOST_LINKS 40 /* as for the kernel: path_resolution(7) */

/* Where a walk stands: in the open directory AT, with REST, the end of TEXT, before it. */
struct walk {
    int at;
    char *text, *rest;
    unsigned links;
};

/* Goes on with PATH, which is relative to where the walk stands, and is taken over. */
static bool turn_to(struct walk *walk, char *path) {
    free(walk->text);
    walk->text = walk->rest = path;
    if (*path != '/') return true;
    close(walk->at);
    walk->at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return walk->at >= 0;
}

/* What the open symbolic LINK says, whose owner is OWNER, goes before the rest. */
static bool follow(struct walk *walk, int link, uid_t owner) {
    char target[PATH_MAX], *path;
    ssize_t length = readlinkat(link, "", target, sizeof target);

    if (length < 0) return false;
    errno = owner == geteuid() && owner != 0 ? EMLINK : ELOOP;
    if (errno == EMLINK || ++walk->links > MOST_LINKS) return false;
    if (asprintf(&path, "%.*s/%s", (int)length, target, walk->rest != NULL ? walk->rest : "") < 0)
        err(EX_OSERR, "%s", walk->rest);
    return turn_to(walk, path);
}

static bool step(struct walk *walk, const char *name) {
    int next = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), before = walk->at;
    struct stat st = {.st_mode = S_IFLNK}; /* which is none, where fstat(2) did not say so */

    if (next < 0 || fstat(next, &st) != 0) return false;
    if (S_ISLNK(st.st_mode)) return follow(walk, next, st.st_uid);
    walk->at = next;
    return close(before) == 0;
}

int walk_open(const char *path) {
    const char *start = *path == '/' ? "/" : *path != '\0' ? "." : path; /* the last is no file */
    struct walk walk = {.at = open(start, O_PATH | O_DIRECTORY | O_CLOEXEC)};
    char *copy = walk.at >= 0 ? strdup(path) : NULL;
    bool going = copy != NULL && turn_to(&walk, copy);
    const char *name;

    while (going && (name = strsep(&walk.rest, "/")) != NULL)
        if (*name != '\0') going = step(&walk, name);
    free(walk.text);
    /* What is still open where it did not get to the end is closed by the exec. */
    return going ? walk.at : -1;
}
