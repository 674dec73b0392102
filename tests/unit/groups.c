/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of system calls: none is misspelt, none is in two groups, each is found by its name.
 * Linked with src/confine/groups.c. Needs -lseccomp. */
#include <seccomp.h>

#include "confine/groups.h"
#include "tap.h"

static bool named_before(unsigned group, const char *call)
{
	unsigned found = 0;

	for (unsigned i = 0; i <= group; i++) {
		for (const char *const *other = call_groups[i].whole; *other != NULL; other++)
			found += strcmp(*other, call) == 0;
	}
	return found > 1;
}

/* The reference system's libseccomp is older than some, as <asm/unistd.h> of Linux 6.17 spells them. */
static bool is_system_call(const char *call)
{
	static const char *const newer[] = {"file_setattr", "open_tree_attr", "removexattrat", "setxattrat"};

	for (unsigned i = 0; i < sizeof newer / sizeof *newer; i++)
		if (strcmp(newer[i], call) == 0) return true;
	return seccomp_syscall_resolve_name(call) != __NR_SCMP_ERROR;
}

int main(void)
{
	unsigned all = 0;

	for (unsigned i = 0; i < call_groups_count; i++) {
		const struct call_group *group = &call_groups[i];

		tap(group_named(group->name) == group->group, "the group of that name", group->name);
		tap((all & group->group) == 0, "a bit of its own", group->name);
		all |= group->group;
		for (const char *const *call = group->whole; *call != NULL; call++) {
			tap(is_system_call(*call), "a system call", *call);
			tap(!named_before(i, *call), "in one group", *call);
		}
	}
	tap(group_named("") == 0 && group_named("tc") == 0 && group_named("tcpx") == 0, "no group", "tc");
	return tap_end();
}
