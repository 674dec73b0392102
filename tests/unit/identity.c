/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who it is, as the kernel and passwd(5) say. Linked with src/launcher/identity.c.
 * Linked with src/ownership/words.c.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

#include <limits.h>

static int groups, others; /* others: more or less when they are read */

struct passwd *getpwuid(uid_t uid)
{
	static struct passwd entry = { .pw_name = "alice" };

	return uid == 60001 ? &entry : NULL;
}

int getgroups(int size, gid_t list[])
{
	errno = EFAULT;
	for (int i = 0; i < groups && size != 0; i++)
		list[i] = 100 + (gid_t)i;
	return size == 0 || groups < 0 ? groups : size == groups ? groups + others : -1;
}

int main(void)
{
	struct caller caller = { 0 };

	tap(strcmp(name_of(60001), "alice") == 0, "a user with a name", "");
	tap(strcmp(name_of(4294967294), "4294967294") == 0, "a user without one", "");
	for (groups = 0; groups <= NGROUPS_MAX; groups += 16384) {
		REFUSED(caller = current_caller("me"));
		tap(said == NULL && caller.groups.count == (size_t)groups &&
			    (groups == 0 || caller.groups.items[groups - 1] == 99 + (gid_t)groups),
		    "as many groups", format_text("%d", groups));
		tap(said == NULL && caller.uid == getuid() && caller.gid == getgid() && caller.name != NULL &&
		    strcmp(caller.name, "me") == 0,
		    "and who it is", "");
	}
	groups = -1;
	REFUSED(current_caller("me"));
	tap(refused(EX_OSERR, "cannot read the groups: Bad address"), "groups that cannot be counted", "");
	groups = 3;
	for (others = -4; others <= 1; others++) {
		REFUSED(current_caller("me"));
		tap(others == 0 ? said == NULL : refused(EX_OSERR, "cannot read the groups"), "other groups than counted", "");
	}
	return tap_end();
}
