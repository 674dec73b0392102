/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl.h"

#include <grp.h>

/* Makes DIRECTORY, the tree of a system that does not run, this program's root directory: no path and no symbolic link
 * leads out of it. From then on users and groups are those of its /etc/passwd and /etc/group, and nothing of it is
 * executed, no name service module either. Ends the program where that cannot be. */
void image_enter(const char *directory);

/* Whether that was done. */
bool image_is_entered(void);

/* The entry of a user by NAME or, where that is NULL, by ID, in passwd(5), or NULL: of the host by getpwnam(3), of an
 * image by its file. The result is overwritten by the next call. */
const struct passwd *find_passwd(const char *name, uid_t id);

/* The same for a group. */
const struct group *find_group_entry(const char *name, gid_t id);

/* Calls TAKE with each supplementary group that /etc/group of the image gives the user NAME. */
void image_groups(const char *name, void (*take)(void *to, gid_t gid), void *to);
