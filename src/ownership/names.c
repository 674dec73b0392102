/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <grp.h>
#include <pwd.h>

#define NO_ID ((id_t)-1)

bool is_name_or_id(const char *text) {
    unsigned long id;

    if (text[strspn(text, "0123456789")] == '\0') return is_decimal(text, NO_ID - 1, &id);
    return text[0] != '-' && text[0] != '+';
}

bool name_to_id(bool group, const char *text, id_t *id) {
    const struct passwd *user_entry;
    const struct group *group_entry;
    unsigned long number = NO_ID;

    if (!is_name_or_id(text) || is_decimal(text, NO_ID - 1, &number))
        *id = (id_t)number;
    else if (group)
        *id = (group_entry = getgrnam(text)) != NULL ? group_entry->gr_gid : NO_ID;
    else
        *id = (user_entry = getpwnam(text)) != NULL ? user_entry->pw_uid : NO_ID;
    return *id != NO_ID;
}
