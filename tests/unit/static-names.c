/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Users and groups from the two files alone, which are played here: whatever a line may be, and where they cannot be
 * read. Linked with src/static/names.c.
 * Linked with src/ownership/words.c.
 */
#include "ownership.h"
#include "tap.h"

#include <grp.h>

static const char passwd[] = "# alice:x:1:1::/:/bin/sh\n"
			     "\n"
			     "+::::::\n"
			     "+alice::::::\n"
			     "-alice:x:66:66::/:/bin/sh\n"
			     "alice\n"
			     "alice:x\n"
			     "alice:x:\n"
			     "alice:x:one:1::/:/bin/sh\n"
			     "alice:x:1x:1::/:/bin/sh\n"
			     "malice:x:2:2::/:/bin/sh\n"
			     "alicea:x:3:3::/:/bin/sh\n"
			     "root:alice:0:0:alice:/alice:alice\n"
			     "alice:x:1001:1002:Alice,,,:/home/alice:/bin/ksh\n"
			     "alice:x:4:4::/:/bin/sh\n"
			     "alias:x:1001:5::/:/bin/sh\n"
			     "huge:x:4294967296:6::/:/bin/sh\n"
			     "minus:x:-1:6::/:/bin/sh\n"
			     "10:x:1010:7::/:/bin/sh\n"
			     "last:x:0001011:8::/:/bin/sh";
static const char group[] = "+:::\n"
			    "+web:::alice\n"
			    "-web:x:66:alice\n"
			    "web\n"
			    "web:x:two:\n"
			    "cobweb:x:9:web\n"
			    "web:x:2001:\n"
			    "web:x:2002:alice\n"
			    "dns:x:2003:malice,alicea, alice2\n"
			    "own:x:1002:alice\n"
			    "alice:x:2004:\n"
			    "log:x:2005:bob,alice,alice\n"
			    "mail:x:2006:alice";

/* What fopen(3) finds: PASSWD or GROUP; or, at FAULT, an error instead; with LATE as soon as all is read. */
static int fault;
static bool late;
static char *crowd; /* a group file of its own */
static size_t told;

static ssize_t fail(void *cookie, char *buffer, size_t size)
{
	const char *text = cookie;

	if (!late || text[told] == '\0') {
		errno = fault;
		return -1;
	}
	*buffer = text[told++];
	return size > 0;
}

FILE *fopen(const char *path, const char *mode)
{
	const char *text = strcmp(path, "/etc/passwd") == 0 ? passwd : strcmp(path, "/etc/group") == 0 ? group : NULL;

	if (text == group && crowd != NULL)
		text = crowd;
	told = 0;
	if (text == NULL || strcmp(mode, "re") != 0 || (fault != 0 && !late)) {
		errno = fault;
		return NULL;
	}
	if (late)
		return fopencookie((char *)text, "r", (cookie_io_functions_t){ .read = fail });
	return fmemopen((char *)text, strlen(text), "r");
}

static const struct {
	const char *name;
	uid_t uid;
	id_t user, user_gid, of_uid;
	const char *called;
} users[] = {
	{ "alice", 1001, 1001, 1002, 1001, "alice" },
	{ "malice", 2, 2, 2, 2, "malice" },
	{ "root", 0, 0, 0, 0, "root" },
	{ "last", 1011, 1011, 8, 1011, "last" },
	{ "10", 1010, 1010, 7, 1010, "10" },
	{ "alias", 5, 1001, 5, NOBODY, NULL },
	{ "lic", 66, NOBODY, NOBODY, NOBODY, NULL },
	{ "+alice", 1, NOBODY, NOBODY, NOBODY, NULL },
	{ "-alice", 4294967294, NOBODY, NOBODY, NOBODY, NULL },
	{ "+", 101, NOBODY, NOBODY, NOBODY, NULL },
	{ "# alice", 100, NOBODY, NOBODY, NOBODY, NULL },
	{ "x", 11, NOBODY, NOBODY, NOBODY, NULL },
};

static void user_table(void)
{
	for (size_t i = 0; i < COUNT(users); i++) {
		const struct passwd *entry;

		errno = 0;
		entry = getpwnam(users[i].name);
		tap(entry == NULL ? users[i].user == NOBODY && errno == ENOENT :
				    entry->pw_uid == users[i].user && entry->pw_gid == users[i].user_gid,
		    "user", users[i].name);
		errno = 0;
		entry = getpwuid(users[i].uid);
		tap(entry == NULL ? users[i].of_uid == NOBODY && errno == ENOENT :
				    entry->pw_uid == users[i].of_uid && strcmp(entry->pw_name, users[i].called) == 0,
		    "of this id", format_text("%u", users[i].uid));
	}
	tap(strcmp(getpwnam("alice")->pw_dir, "/home/alice") == 0 && strcmp(getpwnam("alice")->pw_shell, "/bin/ksh") == 0,
	    "home and shell", "");
	for (const char *const *name = (const char *const[]){ "huge", "minus", NULL }; *name != NULL; name++) {
		const struct passwd *entry = getpwnam(*name);

		tap(entry == NULL || entry->pw_uid == NOBODY, "an id out of range is none", *name);
	}
}

static void group_table(void)
{
	static const gid_t alices[] = { 1002, 2002, 2005, 2006 };
	gid_t groups[8];
	int count = 8, less = 3, none = 0;

	tap(getgrnam("web")->gr_gid == 2001 && getgrnam("cobweb")->gr_gid == 9 && getgrnam("mail")->gr_gid == 2006, "groups", "");
	errno = 0;
	tap(getgrnam("+web") == NULL && getgrnam("eb") == NULL && getgrnam("bob") == NULL && errno == ENOENT, "no groups", "");
	tap(strcmp(getgrgid(2001)->gr_name, "web") == 0 && strcmp(getgrgid(2006)->gr_name, "mail") == 0, "by id", "");
	errno = 0;
	tap(getgrgid(0) == NULL && getgrgid(66) == NULL && getgrgid(200) == NULL && errno == ENOENT, "no ids", "");
	tap(getgrouplist("alice", 1002, groups, &count) == 4 && count == 4 && memcmp(groups, alices, sizeof alices) == 0,
	    "groups of alice, her own first, and once", format_text("%d", count));
	tap(getgrouplist("alice", 1002, groups, &less) == -1 && less == 4, "no room for all", format_text("%d", less));
	tap(getgrouplist("alice", 1002, NULL, &none) == -1 && none == 4, "no room", format_text("%d", none));
	count = 8;
	tap(getgrouplist("nobody", 7, groups, &count) == 1 && groups[0] == 7, "of somebody in none", "");
}

/* 65,536 groups, each with one member or all of them in a line of its own. */
static void crowds(void)
{
	enum { MANY = 65536, ROOM = 80 };
	static gid_t groups[MANY + 1];
	static char room[MANY * ROOM];
	int count = MANY;
	char *to = room;

	crowd = room;
	for (unsigned i = 1; i <= MANY; i++)
		to += sprintf(to, "g%u:x:%u:u%u,alice\n", i, 100000 + i, i);
	tap(getgrouplist("alice", 1, groups, &count) == -1 && count == MANY + 1, "more groups than the kernel takes", "");
	count = MANY + 1;
	groups[MANY] = 0;
	tap(getgrouplist("alice", 100001, groups, &count) == MANY && groups[0] == 100001 && groups[MANY - 1] == 100000 + MANY,
	    "as many as it takes", format_text("%d", count));
	tap(getgrnam("g65536")->gr_gid == 100000 + MANY && getgrgid(165536)->gr_gid == 165536, "the last of them", "");
	to = crowd + sprintf(crowd, "long:x:300:u0");
	for (unsigned i = 1; i <= MANY; i++)
		to += sprintf(to, ",u%u", i);
	sprintf(to, "\nnext:x:301:u65536,alice");
	count = 8;
	tap(getgrouplist("u65536", 1, groups, &count) == 3 && groups[1] == 300 && groups[2] == 301, "65,536 members", "");
	tap(getgrnam("next")->gr_gid == 301 && getgrnam("long")->gr_mem[MANY] != NULL, "and what is behind them", "");
	crowd = NULL;
}

static void faults(void)
{
	static const int errors[] = { ENOENT, EACCES, EMFILE, EIO };
	gid_t groups[8];
	int count = 8;

	for (size_t i = 0; i < COUNT(errors); i++) {
		fault = errors[i];
		tap(getpwnam("alice") == NULL && errno == fault && getpwuid(0) == NULL && errno == fault && getgrnam("web") == NULL &&
			    errno == fault && getgrgid(9) == NULL && errno == fault,
		    "a file that is not opened", strerror(fault));
		count = 8;
		tap(getgrouplist("alice", 7, groups, &count) == (fault == ENOENT ? 1 : -1) && groups[0] == 7,
		    "and groups then", strerror(fault));
	}
	late = true;
	tap(getpwnam("alice") != NULL, "what was read is found", "");
	tap(getpwnam("nobody") == NULL && errno == EIO && getgrgid(77) == NULL && errno == EIO, "what was not, is not there", "");
	count = 8;
	tap(getgrouplist("alice", 1002, groups, &count) == -1, "groups of a file that ends too early", "");
	fault = 0;
	late = false;
	tap(initgroups("alice", 1002) == -1 && errno == ENOSYS, "nobody's groups are set by it", "");
}

int main(void)
{
	user_table();
	group_table();
	crowds();
	faults();
	return tap_end();
}
