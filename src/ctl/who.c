/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <limits.h>

/* For the kernel's most groups: each caller gets as many as it has. */
static gid_t room[NGROUPS_MAX];

static void take_groups(struct caller *caller, int count) {
    for (int i = 0; i < count; i++) APPEND(caller->groups, room[i]);
}

bool can_be_written(const char *name) {
    for (const char *byte = name; *byte != '\0'; byte++)
        if ((unsigned char)*byte <= ' ' || *byte == '\x7f' || *byte == ';' || *byte == '#') return false;
    return *name != '\0' && is_name_or_id(name);
}

bool find_id(bool group, const char *text, id_t *id) {
    const struct passwd *user_entry;
    const struct group *group_entry;

    if (!image_is_entered() || !is_name_or_id(text)) return name_to_id(group, text, id);
    *id = NOBODY;
    if (is_decimal(text, NOBODY - 1, id)) return true;
    if (group && (group_entry = find_group_entry(text, 0)) != NULL) *id = group_entry->gr_gid;
    if (!group && (user_entry = find_passwd(text, 0)) != NULL) *id = user_entry->pw_uid;
    return *id != NOBODY;
}

static void take_group(void *to, gid_t gid) {
    struct caller *caller = to;

    APPEND(caller->groups, gid);
}

bool find_user(const char *name, struct caller *caller) {
    const struct passwd *entry;
    int count = NGROUPS_MAX;

    *caller = (struct caller){.gid = NOBODY, .name = name};
    if (!find_id(false, name, &caller->uid)) return false;
    /* Two names may share an id, and then each has groups of its own. */
    entry = find_passwd(name, 0);
    if (entry == NULL || entry->pw_uid != caller->uid) entry = find_passwd(NULL, caller->uid);
    if (entry == NULL) return true;
    caller->gid = entry->pw_gid;
    if (image_is_entered()) return image_groups(copy_text(entry->pw_name), take_group, caller), true;
    if (getgrouplist(entry->pw_name, entry->pw_gid, room, &count) < 0)
        give_up(TROUBLE, "%s is in more groups than the kernel takes; leave some out", name);
    take_groups(caller, count);
    return true;
}

bool find_group(const char *name, struct caller *caller) {
    *caller = (struct caller){.uid = NOBODY, .name = format_text("a member of group %s", name)};
    return find_id(true, name, &caller->gid);
}

struct caller find_self(void) {
    struct caller self = {.uid = getuid(), .gid = getgid()};
    const struct passwd *entry = getpwuid(self.uid);
    int count = getgroups(NGROUPS_MAX, room);

    if (count < 0) give_up(TROUBLE, "cannot read the groups of this process: %m");
    take_groups(&self, count);
    self.name = entry != NULL ? copy_text(entry->pw_name) : format_text("%u", self.uid);
    return self;
}

bool is_root_like(const struct caller *caller) {
    EACH(group, caller->groups)
        if (*group == 0) return true;
    return caller->uid == 0 || caller->gid == 0;
}

bool is_same_user(const char *one, const char *other) {
    id_t a, b;

    if (strcmp(one, other) == 0) return true;
    return find_id(false, one, &a) && find_id(false, other, &b) && a == b;
}
