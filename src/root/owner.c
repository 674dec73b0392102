/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <grp.h>
#include <pwd.h>

static int by_id(const void *one, const void *other) {
    gid_t a = *(const gid_t *)one, b = *(const gid_t *)other;

    return (a > b) - (a < b);
}

struct caller identity_of(const char *user, const char *group, bool root_says) {
    struct caller ids = {.groups.items = calloc(MOST_GROUPS, sizeof(gid_t))};
    int count = MOST_GROUPS;
    const struct passwd *entry;

    if (ids.groups.items == NULL || !name_to_id(false, user, &ids.uid))
        refuse(EX_NOPERM, "there is no user \"%s\"", user);
    entry = getpwnam(user);
    if (entry == NULL) entry = getpwuid(ids.uid);
    if (group == NULL && entry == NULL)
        refuse(EX_NOPERM, "user %s has no passwd entry, so no group; say -u %s:GID", user, user);
    if (group != NULL && !name_to_id(true, group, &ids.gid)) refuse(EX_NOPERM, "there is no group \"%s\"", group);
    if (group == NULL) ids.gid = entry->pw_gid;
    ids.name = entry != NULL ? copy_text(entry->pw_name) : user;
    if (entry == NULL)
        ids.groups.items[0] = ids.gid, count = 1;
    else if (getgrouplist(ids.name, ids.gid, ids.groups.items, &count) < 0)
        refuse(EX_OSERR, "%s is in too many groups", user);
    ids.groups.count = (size_t)count;
    /* As the kernel keeps them: so they compare with what it gives back, and root's is the first. */
    qsort(ids.groups.items, ids.groups.count, sizeof(gid_t), by_id);
    if (!root_says && (ids.uid == 0 || ids.groups.items[0] == 0))
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
    return identity_of(owner, NULL, false);
}
