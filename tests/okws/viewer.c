/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blog as everybody sees it. A chroot wants it linked statically.
 * Linked with tests/okws/blog.c tests/okws/okws.c tests/confine/attempts.c. */
#include <string.h>

#include "blog.h"

static void show(char *text, FILE *client)
{
	fputs("<p>", client);
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '<': fputs("&lt;", client); break;
		case '&': fputs("&amp;", client); break;
		case '\t': fputs(": ", client); break;
		default: fputc(*text, client);
		}
	}
	fputs("</p>\n", client);
}

static void posts(FILE *client)
{
	ask_database("posts", "", "", show, client);
}

static void view(FILE *client, const char *method, const char *path, const char *body)
{
	(void)path, (void)body;
	note("viewer: %s", method);
	if (strcmp(method, "GET") != 0)
		answer_error(client, "405 Method Not Allowed");
	else
		answer_page(client, "view.html", posts);
}

int main(void)
{
	int okd = handle("okd");

	turn_hostile();
	serve_connections(okd, view);
}
