/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Appends lines to a log that it can neither read nor rewrite. A chroot wants it linked statically.
 * Linked with tests/okws/okws.c tests/confine/attempts.c. */
#include <ctype.h>
#include <err.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "okws.h"

static int file;

static bool append(char *line, FILE *client)
{
	size_t length = strlen(line);

	(void)client;
	for (char *byte = line; *byte != '\0'; byte++)
		if (!isprint((unsigned char)*byte)) *byte = '?';
	line[length] = '\n';
	return write(file, line, length + 1) == (ssize_t)length + 1;
}

int main(void)
{
	file = handle("file");
	turn_hostile();
	serve_lines(handle("log"), append);
}
