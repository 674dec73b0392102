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

bool name_to_id(enum name_kind kind, const char *text, id_t *id) {
    const struct passwd *user;
    const struct group *group;
    unsigned long number;

    *id = NO_ID;
    if (!is_name_or_id(text)) return false;
    if (is_decimal(text, NO_ID - 1, &number))
        *id = (id_t)number;
    else if (kind == USER && (user = getpwnam(text)) != NULL)
        *id = user->pw_uid;
    else if (kind == GROUP && (group = getgrnam(text)) != NULL)
        *id = group->gr_gid;
    return *id != NO_ID;
}
