/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Users and groups for --enable-static, in the place of libc's: from /etc/passwd and /etc/group alone. libc's own would
 * load the modules of the name service, which a static program cannot do safely. The grammar is libc's all the same:
 * fgetpwent(3) and fgetgrent(3) read a line as its module for files does. They are given only the lines that hold what
 * is looked for, somewhere: they seek twice for each.
 *
 * NULL with errno ENOENT says that there is no such entry; with another, that a file could not be read to its end.
 */
#include "ownership.h"

#include <grp.h>

/* The next line of FILE that WANTED stands in, as a file of its own; or NULL. */
static FILE *next_line(FILE *file, const char *wanted) {
    static char *line;
    static size_t room;
    ssize_t length;

    while ((length = getline(&line, &room, file)) > 0)
        if (strstr(line, wanted) != NULL) return fmemopen(line, (size_t)length, "r");
    return NULL;
}

/* Closes FILE, and sets errno to ENOENT if it was read to its end. */
static void end(FILE *file) {
    int error = feof(file) && !ferror(file) ? ENOENT : errno;

    (void)fclose(file); /* it was only read */
    errno = error;
}

/* "+name" and "-name" are words for the name service's "compat", and nobody's: an empty id is read as 0 there. */
static bool is_called(const char *is, const char *name) {
    return *is != '+' && *is != '-' && (name == NULL || strcmp(is, name) == 0);
}

/* The first entry of NAME, or of UID where that is NULL. */
static struct passwd *find_user(const char *name, uid_t uid) {
    const char *wanted = name != NULL ? name : format_text("%u", uid);
    FILE *file = fopen("/etc/passwd", "re"), *line;
    struct passwd *entry = NULL;

    if (file == NULL) return NULL;
    while (entry == NULL && (line = next_line(file, wanted)) != NULL) {
        entry = fgetpwent(line);
        if (entry != NULL && !(is_called(entry->pw_name, name) && (name != NULL || entry->pw_uid == uid))) entry = NULL;
        (void)fclose(line);
    }
    end(file);
    return entry;
}

/* The first entry of NAME, or of GID where that is NULL. */
static struct group *find_group(const char *name, gid_t gid) {
    const char *wanted = name != NULL ? name : format_text("%u", gid);
    FILE *file = fopen("/etc/group", "re"), *line;
    struct group *entry = NULL;

    if (file == NULL) return NULL;
    while (entry == NULL && (line = next_line(file, wanted)) != NULL) {
        entry = fgetgrent(line);
        if (entry != NULL && !(is_called(entry->gr_name, name) && (name != NULL || entry->gr_gid == gid))) entry = NULL;
        (void)fclose(line);
    }
    end(file);
    return entry;
}

struct passwd *getpwnam(const char *name) {
    return find_user(name, 0);
}

struct passwd *getpwuid(uid_t uid) {
    return find_user(NULL, uid);
}

struct group *getgrnam(const char *name) {
    return find_group(name, 0);
}

struct group *getgrgid(gid_t gid) {
    return find_group(NULL, gid);
}

static bool is_member(const struct group *group, const char *user) {
    for (char *const *member = group->gr_mem; *member != NULL; member++)
        if (strcmp(*member, user) == 0) return is_called(group->gr_name, NULL);
    return false;
}

/* Unlike libc's it fails where the file is there and cannot be read. */
int getgrouplist(const char *user, gid_t gid, gid_t *groups, int *count) {
    FILE *file = fopen("/etc/group", "re"), *line;
    const struct group *entry;
    int room = *count;

    *count = 1;
    if (room > 0) groups[0] = gid;
    if (file == NULL) return errno == ENOENT ? 1 : -1;
    while ((line = next_line(file, user)) != NULL) {
        entry = fgetgrent(line);
        if (entry != NULL && entry->gr_gid != gid && is_member(entry, user) && ++*count <= room)
            groups[*count - 1] = entry->gr_gid;
        (void)fclose(line);
    }
    end(file);
    return errno == ENOENT && *count <= room ? *count : -1;
}

/* libcap-ng has a function that calls it, and that nobody calls. */
int initgroups(const char *user, gid_t gid) {
    (void)user, (void)gid;
    errno = ENOSYS;
    return -1;
}
