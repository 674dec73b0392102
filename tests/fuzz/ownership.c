/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ownership file, from its bytes to rules to the verdict.
 * Linked with src/ownership/address.c src/ownership/names.c src/ownership/rules.c.
 * Linked with src/ownership/text.c src/ownership/verdict.c src/ownership/words.c.
 */
#include "fuzz.h"

/* What an accepted text must look like, whatever reads it. Returns how many sections it has. */
static size_t plain_text(const char *text, size_t length)
{
	const char *line = text, *end = text + length;
	size_t headers = 0;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line)), *stop = newline != NULL ? newline : end;
		bool comment = *line == ';' || *line == '#', key = *line >= 'a' && *line <= 'z';

		CLAIM(stop - line <= 198);
		for (const char *byte = line; byte < stop; byte++)
			CLAIM((unsigned char)*byte >= ' ' || *byte == '\t');
		if (*line == ' ' || *line == '\t')
			CLAIM(line + strspn(line, " \t") == stop);
		else if (line < stop)
			CLAIM(comment || *line == '[' || key);
		if (key)
			CLAIM(headers > 0 && memchr(line, '=', (size_t)(stop - line)) != NULL);
		if (!comment)
			CLAIM(!memchr(line, ';', (size_t)(stop - line)) && !memchr(line, '#', (size_t)(stop - line)));
		headers += *line == '[';
		line = stop + 1;
	}
	return headers;
}

/* Whether exec is a key of the section whose header is on the line HEADER. */
static bool is_service(unsigned header, const char *text, const char *end)
{
	unsigned number = 1;

	for (; text != NULL && text < end; number++) {
		if (number > header && *text == '[')
			return false;
		if (number > header && end - text > 5 && memcmp(text, "exec", 4) == 0 && strchr(" \t=", text[4]))
			return true;
		text = memchr(text, '\n', (size_t)(end - text));
		text = text != NULL ? text + 1 : NULL;
	}
	return false;
}

static void whole_section(const struct section *section, const char *file, const char *text, size_t length)
{
	CLAIM(section->file == file && section->line > 0);
	CLAIM(*section->name != '\0' && section->name[strspn(section->name, NAME_BYTES)] == '\0');
	CLAIM(section->ports.count > 0 || is_service(section->line, text, text + length));
	CLAIM(section->members.count > 0 || section->anyone);
	CLAIM(section->holder != NULL || section->members.count == 0);
	CLAIM(section->handoff < HANDOFFS);
	EACH(ports, section->ports) {
		CLAIM(ports->protocol == IPPROTO_TCP || ports->protocol == IPPROTO_UDP);
		CLAIM(1 <= ports->first && ports->first <= ports->last && ports->last <= 65535);
		CLAIM(ports->line > section->line);
	}
	EACH(block, section->addresses)
		CLAIM(block->bits <= (block->family == AF_INET ? 32 : 128));
}

/* "FILE:LINE: why", where the text has such a line. */
static void good_fault(const char *fault, const char *file, const char *text, size_t length)
{
	size_t lines = 1, prefix = strlen(file);
	char *why;
	unsigned long line;

	for (size_t i = 0; i + 1 < length; i++)
		lines += text[i] == '\n';
	CLAIM(strncmp(fault, file, prefix) == 0 && fault[prefix] == ':');
	line = strtoul(fault + prefix + 1, &why, 10);
	CLAIM(line >= 1 && line <= lines && strncmp(why, ": ", 2) == 0 && why[2] != '\0');
}

static void add(struct rules *rules, const char *file, const char *text, size_t length)
{
	size_t sections = rules->sections.count, faults = rules->faults.count;

	rules_add(rules, file, text, length);
	if (rules->faults.count == faults) {
		CLAIM(plain_text(text, length) == rules->sections.count - sections);
		while (sections < rules->sections.count)
			whole_section(&rules->sections.items[sections++], file, text, length);
		return;
	}
	CLAIM(rules->faults.count == faults + 1 && rules->sections.count == sections);
	good_fault(rules->faults.items[faults], file, text, length);
}

static void good_verdict(const struct rules *rules, const struct question *question)
{
	struct verdict is = decide(rules, &question->who, &question->at);
	struct rules fewer = *rules, turned = { .faults = { rules->faults.items, rules->faults.count } };
	bool named = false;

	EACH(section, rules->sections)
		named |= section_names(section, &question->at) != NULL;
	CLAIM((is.section != NULL) == named && (is.ports != NULL) == named);
	if (named)
		CLAIM(section_names(is.section, &question->at) == is.ports);
	CLAIM(is.ruling != GRANTED || named);
	CLAIM(!is.elsewhere || (is.section != NULL && is.ruling != GRANTED && is.section->addresses.count > 0));
	if (is.ruling != GRANTED)
		CLAIM(is.ruling == (rules->faults.count > 0 ? DOUBTFUL : named ? REFUSED : UNLISTED));

	/* Sections only add to what is granted, and their order means nothing. */
	fewer.sections.count = rules->sections.count / 2;
	if (decide(&fewer, &question->who, &question->at).ruling == GRANTED)
		CLAIM(is.ruling == GRANTED);
	for (size_t i = rules->sections.count; i > 0; i--)
		APPEND(turned.sections, rules->sections.items[i - 1]);
	CLAIM(decide(&turned, &question->who, &question->at).ruling == is.ruling);
}

/* A section behind an accepted TEXT is one more, whatever is before it, and nonsense is never passed over. */
static void add_to(const char *text)
{
	static const char whole[] = "[one-more]\nports = tcp:1\nowner = a\nanyone = no\ntogether = no\nhandoff = stdin\n"
				    "no-new-privileges = no\numask = 0\nexec = a b\n";
	struct rules rules = { 0 }, more = { 0 };
	char *longer = format_text("%s\n%s", text, whole);

	rules_add(&rules, "", text, strlen(text));
	rules_add(&more, "", longer, strlen(longer));
	CLAIM(rules.faults.count > 0 || strstr(text, "[one-more]") != NULL ||
	      (more.faults.count == 0 && more.sections.count == rules.sections.count + 1));
	longer = format_text("%snonsense", longer);
	more = (struct rules){ 0 };
	rules_add(&more, "", longer, strlen(longer));
	CLAIM(more.faults.count == 1 && more.sections.count == 0);
}

void fuzz(char *text, size_t length)
{
	struct questions questions = questions_of(text, length);
	struct rules rules = { 0 };
	struct question question;
	const char *rest = text, *end = text + length;

	while (rest != NULL) {
		const char *separator = memchr(rest, FILE_SEPARATOR, (size_t)(end - rest));
		size_t size = (size_t)((separator != NULL ? separator : end) - rest);

		add(&rules, "/etc/a.conf", exact_copy(rest, size), size);
		rest = separator != NULL ? separator + 1 : NULL;
	}
	for (int i = 0; i < 30; i++) {
		ask(&questions, &question);
		good_verdict(&rules, &question);
	}
	if (strlen(text) == length)
		add_to(text);
}
