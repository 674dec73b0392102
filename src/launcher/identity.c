/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

char *name_of(uid_t uid) {
    const struct passwd *entry = getpwuid(uid);

    return entry != NULL ? copy_text(entry->pw_name) : format_text("%u", uid);
}

struct caller current_caller(const char *name) {
    struct caller caller = {getuid(), getgid(), {calloc(MOST_GROUPS, sizeof(gid_t)), 0}, name};
    int count = caller.groups.items != NULL ? getgroups(MOST_GROUPS, caller.groups.items) : -1;

    must(count >= 0, "cannot read the groups: %m");
    caller.groups.count = (size_t)count;
    return caller;
}
