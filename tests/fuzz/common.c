/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <grp.h>

void broken_claim(const char *so, const char *file, int line)
{
	fprintf(stderr, "broken claim: %s:%d: %s\n", strrchr(file, '/') + 1, line, so);
	abort();
}

/* ---- memory ---- */

/*
 * The code under test never frees anything, on purpose: it runs for some milliseconds. A leak is
 * no finding then, and LeakSanitizer off. A harness runs for hours, though, so what was allocated
 * during an input is noted, and freed behind it; a later input that still uses it is caught.
 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*): the name that AddressSanitizer looks for */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:quarantine_size_mb=16";
}

/* As in <sanitizer/allocator_interface.h>, which only clang has, and make lint shows this to gcc as well. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*): the sanitizers' name */
int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void *memory, size_t size),
					      void (*freed)(const volatile void *memory));

static _Thread_local bool noting;
static const volatile void *noted[1 << 18];
static size_t note_count;

static void note(const volatile void *memory, size_t size)
{
	(void)size;
	if (!noting || memory == NULL)
		return;
	noting = false;
	CLAIM(note_count < sizeof noted / sizeof *noted);
	noting = true;
	noted[note_count++] = memory;
}

static void forget(const volatile void *memory)
{
	if (!noting)
		return;
	for (size_t i = note_count; i > 0; i--) {
		if (noted[i - 1] != memory)
			continue;
		noted[i - 1] = noted[--note_count];
		return;
	}
}

void begin_own(void) { noting = false; }
void end_own(void) { noting = true; }

char *exact_copy(const char *text, size_t length)
{
	char *copy = malloc(length + 1);

	CLAIM(copy != NULL);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
/* NOLINTNEXTLINE(readability-non-const-parameter): libFuzzer says what it takes */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	/* A buffer allocated during an input would be freed with it. */
	setvbuf(stdout, NULL, _IONBF, 0);
	CLAIM(__sanitizer_install_malloc_and_free_hooks(note, forget) != 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	noting = true;
	fuzz(exact_copy((const char *)data, size), size);
	noting = false;
	while (note_count > 0)
		free((void *)noted[--note_count]);
	return 0;
}

/* ---- users ---- */

/* Those of conf/examples among them, one with two names, and one whose id is none. */
const struct known users[] = {
	{ "root", 0 }, { "toor", 0 }, { "alice", 1001 }, { "bob", 1002 }, { "carol", 1003 }, { "0day", 1004 },
	{ "www-data", 33 }, { "bind", 53 }, { "nsd", 54 }, { "unbound", 55 }, { "mail", 8 }, { "tftp", 69 },
	{ "nil", NOBODY }, { NULL, 0 },
};
const struct known groups[] = {
	{ "root", 0 }, { "alice", 1001 }, { "developers", 2001 }, { "dns-admins", 2002 }, { "bind", 53 },
	{ "nil", NOBODY }, { NULL, 0 },
};

/* Of what stands for an id, or is no name anywhere, the launcher never asks. */
static const struct known *look_up(const struct known *table, const char *name)
{
	CLAIM(name[strspn(name, "0123456789")] != '\0' && *name != '-' && *name != '+');
	while (table->name != NULL && strcmp(table->name, name) != 0)
		table++;
	return table->name != NULL ? table : NULL;
}

struct passwd *getpwnam(const char *name)
{
	static struct passwd entry;
	const struct known *user = look_up(users, name);

	entry.pw_uid = user != NULL ? user->id : NOBODY;
	return user != NULL ? &entry : NULL;
}

struct group *getgrnam(const char *name)
{
	static struct group entry;
	const struct known *group = look_up(groups, name);

	entry.gr_gid = group != NULL ? group->id : NOBODY;
	return group != NULL ? &entry : NULL;
}

/* ---- questions ---- */

static void learn_ids(struct questions *questions, const char *word, const struct known *known)
{
	for (; known->name != NULL; known++)
		if (strcmp(known->name, word) == 0)
			APPEND(questions->ids, (unsigned)known->id);
}

struct questions questions_of(const char *text, size_t length)
{
	struct questions questions = { .random = 14695981039346656037U };
	const unsigned stranger = 4242, always[] = { 53, 65535 };
	char *words = exact_copy(text, length), *word, *end;
	struct address address;

	APPEND(questions.ids, stranger);
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		APPEND(questions.ports, always[i]);
	for (size_t i = 0; i < length; i++) {
		questions.random = (questions.random ^ (uint8_t)text[i]) * 1099511628211U;
		if (words[i] == '\0' || words[i] == FILE_SEPARATOR)
			words[i] = '\n';
	}
	while ((word = strsep(&words, " \t\n=/-")) != NULL) {
		bool prefixed = strncmp(word, "tcp:", 4) == 0 || strncmp(word, "udp:", 4) == 0;
		unsigned number;

		address = (struct address){ .family = strchr(word, ':') != NULL ? AF_INET6 : AF_INET };
		if (inet_pton(address.family, word, &address.bytes) == 1)
			APPEND(questions.addresses, address);
		learn_ids(&questions, word, users);
		learn_ids(&questions, word, groups);
		word += prefixed ? 4 : 0;
		number = (unsigned)strtoul(word, &end, 10);
		if (*word < '0' || *word > '9' || *end != '\0')
			continue;
		if (number < 65536)
			APPEND(questions.ports, number);
		if (!prefixed)
			APPEND(questions.ids, number);
	}
	return questions;
}

static uint64_t below(struct questions *questions, uint64_t limit)
{
	questions->random ^= questions->random << 13;
	questions->random ^= questions->random >> 7;
	questions->random ^= questions->random << 17;
	return (questions->random >> 16) % limit;
}

static id_t any_id(struct questions *questions)
{
	id_t id = questions->ids.items[below(questions, questions->ids.count)];

	return id == NOBODY ? 0 : id; /* no process has that one */
}

void ask(struct questions *questions, struct question *question)
{
	struct endpoint *at = &question->at;
	uint64_t how = below(questions, 8);

	question->group = any_id(questions);
	question->who = (struct caller){ any_id(questions), any_id(questions),
					 { &question->group, below(questions, 2) }, "somebody" };
	*at = (struct endpoint){ below(questions, 4) == 0 ? IPPROTO_UDP : IPPROTO_TCP, { .family = AF_UNSPEC },
				 questions->ports.items[below(questions, questions->ports.count)] };
	if (below(questions, 4) == 0)
		at->port += below(questions, 2) == 0 ? 1 : -1U;
	if (at->port < 1 || at->port > 65535)
		at->port = 53;
	if (how < 4 && questions->addresses.count > 0) {
		at->address = questions->addresses.items[below(questions, questions->addresses.count)];
		if (how < 2) {
			uint64_t bit = below(questions, at->address.family == AF_INET ? 32 : 128);

			at->address.bytes.s6_addr[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		}
		/* No request could name one of these. */
		if (at->address.family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&at->address.bytes))
			at->address.bytes = in6addr_any;
	} else if (how < 6) {
		at->address.family = how % 2 == 0 ? AF_INET : AF_INET6;
	}
}
