/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes new entries of the blog. A chroot wants it linked statically.
 * Linked with tests/okws/blog.c tests/okws/okws.c tests/confine/attempts.c. */
#include <string.h>

#include "blog.h"

static void nothing(FILE *client)
{
	(void)client;
}

/* The value of NAME in a form, in place, or "". */
static char *field(char *form, const char *name)
{
	size_t length = strlen(name);
	char *pair;

	while ((pair = strsep(&form, "&")) != NULL) {
		if (strncmp(pair, name, length) != 0 || pair[length] != '=') continue;
		decode(pair + length + 1);
		return pair + length + 1;
	}
	return "";
}

static void edit(FILE *client, const char *method, const char *path, const char *body)
{
	char title[LINE_MAX_], text[LINE_MAX_];

	(void)path;
	note("editor: %s", method);
	if (strcmp(method, "GET") == 0) {
		answer_page(client, "edit.html", nothing);
	} else if (strcmp(method, "POST") == 0) {
		snprintf(title, sizeof title, "%s", body);
		snprintf(text, sizeof text, "%s", body);
		if (ask_database("add", field(title, "title"), field(text, "body"), NULL, NULL))
			answer_error(client, "201 Created");
		else
			answer_error(client, "403 Forbidden");
	} else
		answer_error(client, "405 Method Not Allowed");
}

int main(void)
{
	int okd = handle("okd");

	turn_hostile();
	serve_connections(okd, edit);
}
