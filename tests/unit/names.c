/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and ids, where a name service answers whatever it is asked. Linked with src/ownership/names.c.
 * Linked with src/ownership/words.c.
 */
#include "ownership.h"
#include "tap.h"

#include <grp.h>

/* Every name but "nobody-has-this" is user 7 and group 8; "minus-one" is the id that is none. */
static id_t id_of(const char *name, id_t id)
{
	return strcmp(name, "minus-one") == 0 ? NOBODY : id;
}

struct passwd *getpwnam(const char *name)
{
	static struct passwd entry;

	entry.pw_uid = id_of(name, 7);
	return strcmp(name, "nobody-has-this") == 0 ? NULL : &entry;
}

struct group *getgrnam(const char *name)
{
	static struct group entry;

	entry.gr_gid = id_of(name, 8);
	return strcmp(name, "nobody-has-this") == 0 ? NULL : &entry;
}

static const struct {
	const char *text;
	bool may_stand;
	id_t user, group;
} names[] = {
	{ "alice", true, 7, 8 },
	{ "0day", true, 7, 8 },
	{ "0x0", true, 7, 8 },
	{ "nobody-has-this", true, NOBODY, NOBODY },
	{ "minus-one", true, NOBODY, NOBODY },
	{ "0", true, 0, 0 },
	{ "33", true, 33, 33 },
	{ "4294967294", true, 4294967294, 4294967294 },
	/* What looks like a number, and is none, is no name either, whoever has it. */
	{ "4294967295", false, NOBODY, NOBODY },
	{ "4294967296", false, NOBODY, NOBODY },
	{ "007", false, NOBODY, NOBODY },
	{ "", false, NOBODY, NOBODY },
	{ "-1", false, NOBODY, NOBODY },
	{ "+1", false, NOBODY, NOBODY },
	{ "-alice", false, NOBODY, NOBODY },
};

int main(void)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		id_t user = 99, group = 99;
		bool is_user = name_to_id(false, names[i].text, &user), is_group = name_to_id(true, names[i].text, &group);

		tap(is_name_or_id(names[i].text) == names[i].may_stand, "may stand for somebody", names[i].text);
		tap(user == names[i].user && is_user == (user != NOBODY), "user", names[i].text);
		tap(group == names[i].group && is_group == (group != NOBODY), "group", names[i].text);
	}
	return tap_end();
}
