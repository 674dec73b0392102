/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An inih that does not do what it says costs the file, and nothing is taken for what it is not. Without memory for the
 * names of sections there is no going on. Linked with src/ownership/words.c src/ownership/address.c src/ownership/names.c.
 * Linked with src/ownership/text.c src/ownership/rules.c.
 */
#include "ownership.h"
#include "tap.h"

#include <ini.h>
#include <setjmp.h>

/* What it does is another function in each test. */
static int (*parse)(ini_reader reader, void *stream, ini_handler handler, void *user);
static char line[300];

int ini_parse_stream(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	return parse(reader, stream, handler, user);
}

/* The address sanitizer has its own memory. */
#ifndef __SANITIZE_ADDRESS__
static bool no_room;
static int status;
static jmp_buf back;

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): glibc's own name of it */
extern void *__libc_calloc(size_t count, size_t size);

void *calloc(size_t count, size_t size)
{
	return no_room ? NULL : __libc_calloc(count, size);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	(void)bytes;
	return fd == STDERR_FILENO ? (ssize_t)length : -1;
}

void _exit(int with)
{
	status = with;
	longjmp(back, 1);
}
#endif

static char *next(ini_reader reader, void *stream, int size)
{
	return reader(line, size, stream);
}

/* All that is right is read with it. */
static int right(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	next(reader, stream, sizeof line);
	next(reader, stream, sizeof line);
	if (!handler(user, "ok", "ports", "tcp:53"))
		return 2;
	next(reader, stream, sizeof line);
	return handler(user, "ok", "users", "alice") && next(reader, stream, sizeof line) == NULL ? 0 : 3;
}

static int other_section(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	right(reader, stream, handler, user);
	return handler(user, "other", "users", "bob") ? 0 : 4;
}

static int goes_on(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	next(reader, stream, sizeof line);
	handler(user, "ok", "first", "1");
	tap(next(reader, stream, sizeof line) == NULL, "it is given no more", "");
	return handler(user, "ok", "second", "1") ? 0 : 2;
}

/* Each of its values would have had room, if it were the only one. */
static int tells_on(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	right(reader, stream, handler, user);
	while (handler(user, "ok", "users", "bob"))
		;
	return 0;
}

static int fills_up(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	next(reader, stream, sizeof line);
	handler(user, "ok", "exec", "of 16 bytes, 0 1");
	tap(next(reader, stream, sizeof line) == NULL, "no room is no section", "");
	return 0;
}

/* The name of the section leaves a byte. */
static int tells_a_byte_more(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	next(reader, stream, sizeof line);
	return handler(user, "ok", "users", "b") ? 0 : 1;
}

static int no_memory(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	right(reader, stream, handler, user);
	return -2;
}

/* SIZE is what it has for the first line, which is [ok]. */
static int with_size(ini_reader reader, void *stream, int size)
{
	char *is = (line[size] = '\177', next(reader, stream, size));

	tap(line[size] == '\177', "nothing behind what it has", "");
	tap(is == NULL || (is == line && strcmp(line, "[ok]\n") == 0), "all of a line, or none of it", "");
	return is == NULL;
}

static int enough(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	return with_size(reader, stream, 6) ? 1 :
	       handler(user, "ok", "ports", "tcp:53") && handler(user, "ok", "users", "alice") ? 0 : 1;
}

static int too_little(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	(void)handler;
	(void)user;
	return with_size(reader, stream, 5);
}

static int takes_all(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	int count = 0;

	(void)handler;
	(void)user;
	while (next(reader, stream, sizeof line) != NULL)
		count++;
	tap(count == 1, "what is wrong ends it", "");
	return 0;
}

#define OK "[ok]\nports = tcp:53\nusers = alice\n"

static const struct {
	int (*parse)(ini_reader reader, void *stream, ini_handler handler, void *user);
	const char *text;
	const char *fault; /* NULL: none */
} rows[] = {
	{ right, OK, NULL },
	{ other_section, OK, "a.conf:3: inih failed" },
	{ goes_on, OK, "a.conf:1: first is not a key" },
	{ no_memory, OK, "a.conf:3: inih failed" },
	{ tells_on, OK, "a.conf:3: inih told too much" },
	{ tells_a_byte_more, "[ok]\n", "a.conf:1: inih told too much" },
	{ fills_up, "[ok]\n[other-is-longer]\n", "a.conf:2: inih told too much" },
	{ enough, OK, NULL },
	{ too_little, "[ok]\n", "a.conf:1: a line too long for inih" },
	{ too_little, "[ok;\n", "a.conf:1: not a [section]" },
	{ takes_all, "[ok]\n[b]\n", "a.conf:1: ok has no ports" },
};

static void without_room(void)
{
#ifndef __SANITIZE_ADDRESS__
	struct rules rules = { 0 };

	parse = right;
	no_room = true;
	if (setjmp(back) == 0)
		rules_add(&rules, "a.conf", OK, strlen(OK));
	no_room = false;
	tap(status == EX_OSERR, "without memory for names it ends", "");
#endif
}

int main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rules rules = { 0 };

		parse = rows[i].parse;
		rules_add(&rules, "a.conf", rows[i].text, strlen(rows[i].text));
		if (rows[i].fault == NULL)
			tap(rules.sections.count == 1 && rules.faults.count == 0, "read", rows[i].text);
		else
			tap(rules.sections.count == 0 && rules.faults.count == 1 &&
				    strncmp(*rules.faults.items, rows[i].fault, strlen(rows[i].fault)) == 0,
			    "a fault", rows[i].fault);
	}
	without_room();
	return tap_end();
}
