/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

char *name_of(uid_t uid) {
    const struct passwd *entry = getpwuid(uid);

    return entry != NULL ? copy_text(entry->pw_name) : format_text("%u", uid);
}

struct caller current_caller(const char *name) {
    int count = getgroups(0, NULL); /* how many: room for as many as there may be would be 64 pages to clear */
    struct caller caller = {getuid(), getgid(), {calloc((size_t)count + 1, sizeof(gid_t)), 0}, name};

    must(count >= 0 && getgroups(count, caller.groups.items) == count, "cannot read the groups: %m");
    caller.groups.count = (size_t)count;
    return caller;
}
