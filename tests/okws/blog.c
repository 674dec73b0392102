/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blog.h"

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static char *read_line(FILE *from, char *line, int size)
{
	if (fgets(line, size, from) == NULL) errx(EX_UNAVAILABLE, "a part that this one needs is gone");
	line[strcspn(line, "\n")] = '\0';
	return line;
}

bool ask_database(const char *query, const char *one, const char *two, void (*row)(char *text, FILE *to), FILE *to)
{
	static struct peer database;
	char line[LINE_MAX_];

	if (database.to == NULL) database = peer_of(handle("db"));
	fprintf(database.to, "%s\t%s\t%s\t%s\n", setting("TOKEN"), query, one, two);
	fflush(database.to);
	for (;;) {
		read_line(database.from, line, sizeof line);
		if (strcmp(line, ".") == 0) return true;
		if (strcmp(line, "!") == 0) return false;
		if (row != NULL) row(line, to);
	}
}

void answer_page(FILE *client, const char *name, void (*fill)(FILE *client))
{
	static struct peer templates;
	char line[LINE_MAX_];
	long length;

	if (templates.to == NULL) templates = peer_of(handle("pub"));
	fprintf(templates.to, "%s\n", name);
	fflush(templates.to);
	length = strtol(read_line(templates.from, line, sizeof line), NULL, 10);
	fputs("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", client);
	for (; length > 0; length--) {
		int byte = fgetc(templates.from);

		if (byte == EOF) errx(EX_UNAVAILABLE, "pubd is gone");
		if (byte != '%')
			fputc(byte, client);
		else
			fill(client);
	}
}

void answer_error(FILE *client, const char *status)
{
	fprintf(client, "HTTP/1.0 %s\r\n\r\n%s\n", status, status);
}

void decode(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		unsigned value;

		if (*text == '%' && sscanf(text + 1, "%2x", &value) == 1 && isxdigit((unsigned char)text[2])) {
			*to++ = iscntrl((int)value) ? ' ' : (char)value;
			text += 2;
		} else
			*to++ = (char)(*text == '+' || iscntrl((unsigned char)*text) ? ' ' : *text);
	}
	*to = '\0';
}
