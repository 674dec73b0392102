/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files are read, and what becomes of one that is not. Linked with src/ownership/ownership.c src/ownership/words.c. */
#include "ownership.h"
#include "tap.h"

#include <dirent.h>

static char *done;
static const char *gone, *broken;
static int directory;

char *trusted_read(const char *path, size_t *length, const char **why)
{
	*length = 4;
	*why = broken != NULL && strcmp(path, broken) == 0 ? "broken" : NULL;
	return *why != NULL || (gone != NULL && strcmp(path, gone) == 0) ? NULL : "text";
}

int trusted_open(const char *path, mode_t type, struct stat *st, const char **why)
{
	(void)st;
	*why = directory == -2 ? "broken" : NULL;
	return type != S_IFDIR || strcmp(path, OWNERSHIP_DIRECTORY) != 0 || directory < 0 ? -1 : directory;
}

int scandirat(int at, const char *path, struct dirent ***entries, int (*filter)(const struct dirent *),
	      int (*compare)(const struct dirent **, const struct dirent **))
{
	static const char *const names[] = { "a.conf", ".b.conf", "c.conf~", "d.con", "conf", "e.x.conf", "f.conf.x", ".conf" };
	static struct dirent all[COUNT(names)], *left[COUNT(names)];
	int count = 0;

	for (size_t i = 0; i < COUNT(names); i++) {
		memcpy(all[i].d_name, names[i], strlen(names[i]) + 1);
		if (filter(&all[i]))
			left[count++] = &all[i];
	}
	*entries = left;
	errno = EIO;
	return at == directory && at != 7 && strcmp(path, ".") == 0 && compare == alphasort ? count : -1;
}

void rules_add(struct rules *rules, const char *file, const char *text, size_t length)
{
	(void)rules;
	done = format_text("%s%s=%s%zu ", done, file, text, length);
}

void rules_add_fault(struct rules *rules, const char *file, unsigned line, const char *why)
{
	(void)rules;
	done = format_text("%s%s:%u: %s ", done, file, line, why);
}

#define FILE_READ OWNERSHIP_FILE "=text4 "
#define A_READ OWNERSHIP_DIRECTORY "/a.conf=text4 "
#define E_READ OWNERSHIP_DIRECTORY "/e.x.conf=text4 "

static const struct {
	const char *gone, *broken, *done;
	int directory;
} rows[] = {
	{ NULL, NULL, FILE_READ A_READ E_READ, 3 },
	{ NULL, NULL, FILE_READ A_READ E_READ, 0 },
	{ OWNERSHIP_FILE, NULL, A_READ E_READ, 3 },
	{ NULL, OWNERSHIP_FILE, OWNERSHIP_FILE ":0: broken " A_READ E_READ, 3 },
	{ OWNERSHIP_DIRECTORY "/a.conf", NULL, FILE_READ OWNERSHIP_DIRECTORY "/a.conf:0: it went away " E_READ, 3 },
	{ NULL, OWNERSHIP_DIRECTORY "/e.x.conf", FILE_READ A_READ OWNERSHIP_DIRECTORY "/e.x.conf:0: broken ", 3 },
	{ NULL, NULL, FILE_READ, -1 },
	{ NULL, NULL, FILE_READ OWNERSHIP_DIRECTORY ":0: broken ", -2 },
	{ NULL, NULL, FILE_READ OWNERSHIP_DIRECTORY ":0: Input/output error ", 7 },
};

int main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rules rules = { 0 };

		done = "";
		gone = rows[i].gone;
		broken = rows[i].broken;
		directory = rows[i].directory;
		ownership_read(&rules);
		tap(strcmp(done, rows[i].done) == 0, "read", done);
	}
	return tap_end();
}
