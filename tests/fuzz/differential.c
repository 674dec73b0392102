/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second, simple reading of the ownership file, which must come to the same verdicts as the
 * first, for texts that the first accepts.
 * Linked with src/ownership/address.c src/ownership/names.c src/ownership/rules.c.
 * Linked with src/ownership/text.c src/ownership/verdict.c src/ownership/words.c.
 */
#include "fuzz.h"

/* ---- the second reading: no code, and no idea, of src/ownership ---- */

/* What a section, or all of them, say to one question. */
struct said {
	bool named, member, covers, granted; /* the port; the caller; the address; all of these at once */
	bool strict;			     /* what grants keeps no_new_privs, or a part of it does */
};

static bool is_port(const char *word, const struct question *question)
{
	unsigned first = 0, last = 0;
	char protocol[4];
	int read = sscanf(word, "%3s:%u-%u", protocol, &first, &last);

	return strcmp(protocol, question->at.protocol == IPPROTO_UDP ? "udp" : "tcp") == 0 &&
	       first <= question->at.port && question->at.port <= (read == 3 ? last : first);
}

static bool is_inside(const char *word, const struct question *question)
{
	const uint8_t *at = question->at.address.bytes.s6_addr;
	uint8_t block[16], bits[2][128] = { { 0 } };
	int family = strchr(word, ':') != NULL ? AF_INET6 : AF_INET, all = family == AF_INET ? 32 : 128, wanted = all;
	char text[64];

	sscanf(word, "%63[^/]/%d", text, &wanted);
	if (family != question->at.address.family || inet_pton(family, text, block) != 1)
		return false;
	for (int i = 0; i < all; i++) {
		bits[0][i] = (uint8_t)(block[i / 8] >> (7 - i % 8)) & 1;
		bits[1][i] = (uint8_t)(at[i / 8] >> (7 - i % 8)) & 1;
	}
	/* The wildcard is every address. */
	return wanted == 0 || (memchr(bits[1], 1, sizeof bits[1]) != NULL && memcmp(bits[0], bits[1], (size_t)wanted) == 0);
}

static bool is_id(const char *word, const struct known *known, id_t id)
{
	for (; known->name != NULL; known++)
		if (strcmp(known->name, word) == 0)
			return known->id == id;
	return word[strspn(word, "0123456789")] == '\0' && strtoull(word, NULL, 10) == id;
}

static void end_section(struct said *section, struct said *all)
{
	bool member = section->named && section->member, granted = member && section->covers;

	all->named |= section->named;
	all->member |= member;
	all->strict |= granted && section->strict;
	all->granted |= granted;
	*section = (struct said){ .covers = true, .strict = true };
}

static void read_word(struct said *section, const char *key, const char *word, const struct question *question)
{
	const struct caller *who = &question->who;

	if (strcmp(key, "ports") == 0)
		section->named |= is_port(word, question);
	else if (strcmp(key, "address") == 0)
		section->covers |= is_inside(word, question);
	else if (strcmp(key, "owner") == 0 || strcmp(key, "users") == 0)
		section->member |= is_id(word, users, who->uid);
	else if (strcmp(key, "groups") == 0)
		section->member |= is_id(word, groups, who->gid) ||
				   (who->groups.count > 0 && is_id(word, groups, question->group));
	else if (strcmp(key, "anyone") == 0)
		section->member |= strcmp(word, "yes") == 0;
	else if (strcmp(key, "no-new-privileges") == 0)
		section->strict = strcmp(word, "no") != 0;
}

static struct said read_simply(const char *text, size_t length, const struct question *question)
{
	struct said all = { 0 }, section = { .covers = true, .strict = true };
	char *rest = exact_copy(text, length), *line, key[200], word[200];
	bool anywhere = true;

	while ((line = strsep(&rest, "\n")) != NULL) {
		int used = 0;

		if (*line == '[') {
			end_section(&section, &all);
			anywhere = true;
		}
		if (*line < 'a' || *line > 'z')
			continue;
		CLAIM(sscanf(line, "%199[a-z-] =%n", key, &used) == 1 && used > 0);
		if (strcmp(key, "address") == 0 && anywhere)
			section.covers = anywhere = false;
		for (line += used; sscanf(line, "%199s%n", word, &used) == 1; line += used)
			read_word(&section, key, word, question);
	}
	end_section(&section, &all);
	return all;
}

/* ---- the comparison ---- */

static struct {
	const char *text;
	size_t length;
} accepted[64];

static struct said all_say(size_t files, const struct question *question)
{
	struct said all = { 0 };

	for (size_t i = 0; i < files; i++) {
		struct said one = read_simply(accepted[i].text, accepted[i].length, question);

		all.named |= one.named, all.member |= one.member;
		all.granted |= one.granted, all.strict |= one.strict;
	}
	return all;
}

static void compare(const struct rules *rules, size_t files, struct question *question)
{
	struct verdict is = decide(rules, &question->who, &question->at);
	struct said said, six;

	if (question->at.address.family == AF_UNSPEC) { /* both families, or nothing */
		question->at.address.family = AF_INET6;
		six = all_say(files, question);
		question->at.address.family = AF_INET;
		said = all_say(files, question);
		said.granted &= six.granted;
		said.strict |= six.strict;
	} else {
		said = all_say(files, question);
	}
	CLAIM((is.ruling == GRANTED) == said.granted);
	CLAIM((is.section != NULL) == said.named);
	CLAIM(is.elsewhere == (!said.granted && said.member));
	if (said.granted)
		CLAIM(is.section != NULL && is.section->may_gain == !said.strict);
	else
		CLAIM(is.ruling == (rules->faults.count > 0 ? DOUBTFUL : said.named ? REFUSED : UNLISTED));
}

void fuzz(char *text, size_t length)
{
	struct questions questions = questions_of(text, length);
	struct rules rules = { 0 };
	struct question question;
	const char *end = text + length;
	size_t files = 0, faults;

	while (text != NULL && files < 64) {
		char *separator = memchr(text, FILE_SEPARATOR, (size_t)(end - text));
		size_t size = (size_t)((separator != NULL ? separator : end) - text);

		faults = rules.faults.count;
		accepted[files].text = text = exact_copy(text, size);
		accepted[files].length = size;
		rules_add(&rules, "file", text, size);
		files += rules.faults.count == faults;
		text = separator != NULL ? separator + 1 : NULL;
	}
	for (int i = 0; i < 30 && files > 0; i++) {
		ask(&questions, &question);
		compare(&rules, files, &question);
	}
}
