/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the harnesses share: an input of libFuzzer as text, claims about what came of it, a host
 * with a few users, and questions to ask of an ownership file.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "ownership.h"

#include <stdint.h>

/* Ends the harness, which libFuzzer reports as a crash, where SO does not hold. */
#define CLAIM(so) ((so) ? (void)0 : broken_claim(#so, __FILE__, __LINE__))
_Noreturn void broken_claim(const char *so, const char *file, int line);

/*
 * A harness: takes TEXT, LENGTH bytes with a NUL behind, in memory of its own so that a read
 * beyond that is seen. What is allocated meanwhile is freed afterwards.
 */
void fuzz(char *text, size_t length);

/* Memory that is allocated between these two is kept: a harness's own. */
void begin_own(void);
void end_own(void);

/* A copy of LENGTH bytes, with a NUL behind and nothing more. */
char *exact_copy(const char *text, size_t length);

/* The users and groups of the host, which getpwnam(3) and getgrnam(3) of the harnesses know. */
struct known {
	const char *name;
	id_t id;
};
extern const struct known users[], groups[]; /* a NULL name behind the last */

/* Between the texts of several ownership files in one input; no file could hold it. */
#define FILE_SEPARATOR '\x1c'

/* Callers and endpoints that a text gives rise to: its numbers and their neighbours, names, addresses. */
struct questions {
	LIST(unsigned) ports;
	LIST(unsigned) ids;
	LIST(struct address) addresses;
	uint64_t random;
};
struct question {
	struct caller who;
	struct endpoint at;
	gid_t group; /* the only supplementary one */
};

/* The same text always gives the same questions. */
struct questions questions_of(const char *text, size_t length);
void ask(struct questions *questions, struct question *question);

#endif
