/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <grp.h>
#include <pwd.h>

#define MOST_GROUPS 65536 /* of a process: NGROUPS_MAX of the kernel */

static int by_id(const void *one, const void *other) {
    gid_t a = *(const gid_t *)one, b = *(const gid_t *)other;

    return (a > b) - (a < b);
}

/* The entry of USER, whose id is UID, or NULL. One by the name of USER may be another's, where that is a number. A
 * lookup that failed is not one that found nobody, and a file that could not be read this time is not empty. */
static const struct passwd *entry_of(const char *user, uid_t uid) {
    const struct passwd *entry;

    errno = 0;
    entry = getpwnam(user);
    if (entry != NULL && entry->pw_uid != uid) entry = NULL;
    for (int tries = 0; entry == NULL && tries < 2; tries++) entry = getpwuid(uid);
    must(entry != NULL || errno == 0 || errno == ENOENT, "cannot look up user %s: %m", user);
    return entry;
}

/* Reads the groups of USER twice: getgrouplist(3) takes a group file that it cannot read for an empty one. */
static int read_groups(const char *user, gid_t gid, gid_t *groups) {
    int count = MOST_GROUPS, again = MOST_GROUPS;
    static gid_t other[MOST_GROUPS];

    must(getgrouplist(user, gid, groups, &count) >= 0, "cannot read the groups of %s", user);
    must(getgrouplist(user, gid, other, &again) >= 0 && again == count, "the groups of %s are not to be had", user);
    must(memcmp(groups, other, (size_t)count * sizeof *other) == 0, "the groups of %s change", user);
    errno = 0;
    must(getgrgid(gid) != NULL || errno == 0 || errno == ENOENT, "cannot look up groups: %m");
    return count;
}

struct caller identity_of(const char *user, const char *group, bool root_says) {
    struct caller ids = {.groups.items = calloc(MOST_GROUPS, sizeof(gid_t)), .name = user};
    const struct passwd *entry;

    must(ids.groups.items != NULL, "out of memory");
    if (!name_to_id(false, user, &ids.uid)) refuse(EX_NOPERM, "there is no user \"%s\"", user);
    entry = entry_of(user, ids.uid);
    if (group == NULL && entry == NULL)
        refuse(EX_NOPERM, "user %s has no passwd entry, so no group; say -u %s:GID", user, user);
    if (entry != NULL) ids.name = copy_text(entry->pw_name);
    if (entry != NULL) ids.gid = entry->pw_gid;
    if (group != NULL && !name_to_id(true, group, &ids.gid)) refuse(EX_NOPERM, "there is no group \"%s\"", group);
    ids.groups.items[0] = ids.gid;
    ids.groups.count = entry == NULL ? 1 : (size_t)read_groups(ids.name, ids.gid, ids.groups.items);
    /* As the kernel keeps them: so they compare with what it gives back, and root's is the first. */
    qsort(ids.groups.items, ids.groups.count, sizeof(gid_t), by_id);
    if (!root_says && (ids.uid == 0 || ids.gid == 0 || ids.groups.items[0] == 0))
        refuse(EX_NOPERM, "%s is root, or in root's group; if that is meant, say -u %s", user, user);
    return ids;
}

struct caller find_owner(const struct start *start) {
    const char *owner = NULL;
    id_t one, other;

    EACH(request, start->asked) {
        bool owned = false;

        EACH(section, start->rules.sections) {
            const char *name = section->owner;

            if (name == NULL || section_names(section, &request->at) == NULL ||
                (request->from != NULL && request->from != section) ||
                (!IS_WILDCARD(&request->at.address) && !section_covers(section, &request->at)))
                continue;
            if (owner != NULL && (!name_to_id(false, owner, &one) || !name_to_id(false, name, &other) || one != other))
                refuse(EX_NOPERM, "%s: both %s and %s own what is asked for; say which: -u USER", request->text, owner,
                       name);
            owner = name;
            owned = true;
        }
        if (!owned)
            refuse(start->rules.faults.count > 0 ? EX_CONFIG : EX_NOPERM,
                   "%s: no section names its owner, and nothing runs as root unasked; say -u USER, or name an owner "
                   "in " OWNERSHIP_FILE,
                   request->text);
    }
    if (owner == NULL) refuse(EX_USAGE, "nothing is asked for that has an owner; say -u USER");
    return identity_of(owner, NULL, false);
}
