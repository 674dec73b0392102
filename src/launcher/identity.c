/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>

struct caller current_ids(void) {
    struct caller ids = {getuid(), getgid(), {calloc(NGROUPS_MAX, sizeof(gid_t)), 0}};
    int count = ids.groups.items != NULL ? getgroups(NGROUPS_MAX, ids.groups.items) : -1;

    must(count >= 0, "cannot read the groups: %m");
    ids.groups.count = (size_t)count;
    return ids;
}

struct identity identify(struct caller ids) {
    const struct passwd *entry = getpwuid(ids.uid);

    if (entry == NULL) return (struct identity){ids, format_text("%u", ids.uid), "/", "/bin/sh"};
    return (struct identity){ids, copy_text(entry->pw_name), copy_text(entry->pw_dir), copy_text(entry->pw_shell)};
}
