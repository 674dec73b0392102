/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>

static struct identity describe(struct caller ids, const struct passwd *entry) {
    if (entry == NULL) return (struct identity){ids, format_text("%u", ids.uid), "/", "/bin/sh"};
    return (struct identity){ids, copy_text(entry->pw_name), copy_text(entry->pw_dir),
                             copy_text(entry->pw_shell)};
}

struct identity identity_of_process(void) {
    gid_t *groups = calloc(NGROUPS_MAX, sizeof *groups);
    int count = groups != NULL ? getgroups(NGROUPS_MAX, groups) : -1;

    if (count < 0) refuse(EX_OSERR, "cannot read the groups: %m");
    return describe((struct caller){getuid(), getgid(), groups, (size_t)count}, getpwuid(getuid()));
}

static int by_id(const void *one, const void *other) {
    gid_t a = *(const gid_t *)one, b = *(const gid_t *)other;

    return (a > b) - (a < b);
}

struct identity identity_of(const char *user, const char *group, bool root_says) {
    struct caller ids = {0};
    const struct passwd *entry;
    int count = NGROUPS_MAX;
    gid_t *groups = calloc(NGROUPS_MAX, sizeof *groups);

    if (groups == NULL || !name_to_id(USER, user, &ids.uid))
        refuse(EX_NOPERM, "there is no user %s", user);
    entry = getpwuid(ids.uid);
    if (entry == NULL && group == NULL)
        refuse(EX_NOPERM, "user %s has no passwd entry, so no group; say -u %s:GID", user, user);
    if (group == NULL) ids.gid = entry->pw_gid;
    if (group != NULL && !name_to_id(GROUP, group, &ids.gid))
        refuse(EX_NOPERM, "there is no group %s", group);
    groups[0] = ids.gid;
    if (entry == NULL) count = 1;
    if (entry != NULL && getgrouplist(entry->pw_name, ids.gid, groups, &count) < 0)
        refuse(EX_OSERR, "%s is in more groups than the kernel takes", user);
    qsort(groups, (size_t)count, sizeof *groups, by_id);
    if (!root_says && (ids.uid == 0 || groups[0] == 0))
        refuse(EX_NOPERM, "%s is root, or in root's group; if that is meant, say -u %s", user,
               user);
    ids.groups = groups;
    ids.group_count = (size_t)count;
    return describe(ids, entry);
}
