/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <grp.h>

bool is_name_or_id(const char *text) {
    if (text[strspn(text, "0123456789")] == '\0') return is_decimal(text, NOBODY - 1, &(unsigned){0});
    return text[0] != '-' && text[0] != '+';
}

bool name_to_id(bool group, const char *text, id_t *id) {
    const struct passwd *user_entry;
    const struct group *group_entry;

    *id = NOBODY;
    if (!is_name_or_id(text) || is_decimal(text, NOBODY - 1, id)) return *id != NOBODY;
    if (group && (group_entry = getgrnam(text)) != NULL) *id = group_entry->gr_gid;
    if (!group && (user_entry = getpwnam(text)) != NULL) *id = user_entry->pw_uid;
    return *id != NOBODY;
}
