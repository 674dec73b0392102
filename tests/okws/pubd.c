/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands out templates, by their names: the length on a line, then the text. A chroot wants it linked statically.
 * Linked with tests/okws/okws.c tests/confine/attempts.c. */
#include <string.h>
#include <unistd.h>

#include "okws.h"

/* Each is a file that was handed over, since there is no directory that this part could look into. */
static const char *const templates[] = {"view.html", "edit.html"};

static bool hand_out(char *name, FILE *client)
{
	char text[LINE_MAX_];
	ssize_t length = 0;

	for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
		if (strcmp(templates[i], name) == 0) length = pread(handle(name), text, sizeof text, 0);
	if (length < 0) return false;
	fprintf(client, "%zd\n", length);
	return fwrite(text, 1, (size_t)length, client) == (size_t)length;
}

int main(void)
{
	turn_hostile();
	serve_lines(handle("pub"), hand_out);
}
