/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, names, lines. Linked with src/ownership/words.c src/ownership/names.c src/ownership/text.c. */
#include <limits.h>
#include <setjmp.h>

#include "ownership.h"
#include "tap.h"

static jmp_buf back;
static bool no_memory, deaf;
static int status;
static char written[100];
static size_t written_length;

void *reallocarray(void *memory, size_t count, size_t size)
{
	return no_memory ? NULL : realloc(memory, count * size);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	if (deaf || fd != STDERR_FILENO || length > sizeof written)
		return -1;
	memcpy(written, bytes, length);
	return (ssize_t)(written_length = length);
}

void _exit(int with)
{
	status = with;
	longjmp(back, 1);
}

static const struct {
	const char *text;
	unsigned long max;
	bool good;
	unsigned long value;
} numbers[] = {
	{ "0", 10, true, 0 },
	{ "0", 0, true, 0 },
	{ "1", 1, true, 1 },
	{ "65535", 65535, true, 65535 },
	{ "4294967294", 4294967294, true, 4294967294 },
	{ "65536", 65535, false, 0 },
	{ "2", 1, false, 0 },
	{ "4294967295", 4294967294, false, 0 },
	{ "4294967296", 4294967294, false, 0 },
	{ "18446744073709551615", 4294967294, false, 0 },
	{ "18446744073709551616", 4294967294, false, 0 },
	{ "18446744073709551617", 65535, false, 0 },
	{ "99999999999999999999999", 65535, false, 0 },
	{ "", 10, false, 0 },
	{ "00", 10, false, 0 },
	{ "01", 10, false, 0 },
	{ "+1", 10, false, 0 },
	{ "-1", 10, false, 0 },
	{ "-0", 10, false, 0 },
	{ " 1", 10, false, 0 },
	{ "1 ", 10, false, 0 },
	{ "1\n", 10, false, 0 },
	{ "1:", 65535, false, 0 },
	{ "1/", 65535, false, 0 },
	{ "0x1", 10, false, 0 },
	{ "1e1", 10, false, 0 },
	{ "1.0", 10, false, 0 },
	{ "x", 10, false, 0 },
	{ "\331\241", 10, false, 0 },
};

static const struct {
	const char *text;
	bool good;
} names[] = {
	{ "alice", true }, { "www-data", true }, { "0day", true }, { "0x0", true }, { "0", true },
	{ "4294967294", true }, { "4294967295", false }, { "4294967296", false }, { "-1", false },
	{ "+1", false }, { "007", false }, { "00", false }, { "", false }, { "-alice", false },
	{ "99999999999999999999", false },
};

/* What resolves here resolves on every machine. */
static const struct {
	const char *text;
	id_t id;
	bool group;
} ids[] = {
	{ "root", 0, false }, { "root", 0, true }, { "0", 0, false }, { "1", 1, true }, { "4294967294", 4294967294, false },
	{ "no-such-user-or-group", NOBODY, false }, { "no-such-user-or-group", NOBODY, true }, { "", NOBODY, false },
	{ "4294967295", NOBODY, false }, { "007", NOBODY, true }, { "-1", NOBODY, false },
};

#define LINE(text) { (text), sizeof(text) - 1, true }
#define FAULT(text) { (text), sizeof(text) - 1, false }
#define LONG "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *text;
	size_t length;
	bool good;
} lines[] = {
	LINE(""), LINE("   "), LINE("\t"), LINE("; a [b] = c"),
	LINE("# a ; b"), LINE(";"), LINE("; \303\244"),
	LINE("[a]"), LINE("[a-B_9.z]"), LINE("[a]  "), LINE("[" LONG "]"),
	LINE("a=b"), LINE("a = b"), LINE("a ="), LINE("a-b\t=\tc d"), LINE("a = b = c"),
	LINE("a = [b]"),
	FAULT(" a = b"), FAULT("\ta = b"), FAULT(" ; c"), FAULT("  [a]"),
	FAULT("[a"), FAULT("[]"), FAULT("["), FAULT("[a b]"), FAULT("[a]]"), FAULT("[[a]"), FAULT("[a] b"),
	FAULT("[a];"), FAULT("[a] ; b"), FAULT("[a/b]"), FAULT("[a/"), FAULT("[a["), FAULT("[\303\244]"), FAULT("[" LONG "x]"),
	FAULT("a"), FAULT("a: b"), FAULT("= b"), FAULT("a b = c"), FAULT("A = b"), FAULT("\357\273\277[a]"),
	FAULT("\357\273\277a = b"), FAULT("a = b ; c"), FAULT("a = b # c"), FAULT("a = b;c"), FAULT("a#b = c"),
	FAULT("a = b\r"), FAULT("\r"), FAULT("; c\r"), FAULT("a = \0b"), FAULT("\0"), FAULT("; \0"),
	FAULT("a = \033[1m"),
	LINE("; " LONG LONG LONG LONG), FAULT("; " LONG LONG LONG LONG "x"), FAULT("; " LONG LONG LONG LONG " "),
	FAULT("a = " LONG LONG LONG LONG), FAULT("; " LONG LONG LONG LONG LONG),
};

/* DEAF: and nobody to tell. */
static void without_memory(bool is_deaf)
{
	static const char said[] = "out of memory\n";
	size_t count = 0;

	deaf = is_deaf;
	no_memory = true;
	if (setjmp(back) == 0)
		tap(grow(NULL, &count, 1) == NULL && false, "it does not go on without memory", "");
	no_memory = false;
	tap(status == (deaf ? EX_IOERR : EX_OSERR), "without memory it ends", "");
	tap(written_length == strlen(said) && memcmp(written, said, written_length) == 0, "and says so", "");
}

int main(void)
{
	without_memory(false);
	without_memory(true);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		unsigned value = 0;
		bool good = is_decimal(numbers[i].text, numbers[i].max, &value);

		tap(good == numbers[i].good && (!good || value == numbers[i].value), "number",
		    numbers[i].text);
	}
	for (size_t i = 0; i < COUNT(names); i++)
		tap(is_name_or_id(names[i].text) == names[i].good, "name", names[i].text);
	for (size_t i = 0; i < COUNT(ids); i++) {
		id_t is = 5;

		tap(name_to_id(ids[i].group, ids[i].text, &is) == (ids[i].id != NOBODY) && is == ids[i].id, "id", ids[i].text);
	}
	for (size_t i = 0; i < COUNT(lines); i++) {
		const char *fault = line_fault(lines[i].text, lines[i].length);

		tap((fault == NULL) == lines[i].good, "line",
		    lines[i].text);
	}
	tap(strstr(line_fault("\r", 1), "Unix line ends") != NULL, "what to do about", "\r");
	return tap_end();
}
