/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for report.c: a refusal comes back to the test that expects it. */
#ifndef REFUSED_H
#define REFUSED_H

#include <setjmp.h>

#include "launcher.h"

static jmp_buf back;
static int status_said;
static const char *said;

/* Does what is ACTION; what it is refused with is in SAID, or NULL. */
/* NOLINTBEGIN(bugprone-macro-parentheses): ACTION is a statement */
#define REFUSED(action)                                                                                                \
	do {                                                                                                           \
		said = NULL;                                                                                           \
		if (setjmp(back) == 0)                                                                                 \
			action;                                                                                        \
	} while (0)
/* NOLINTEND(bugprone-macro-parentheses) */

void quit(int status, const char *text)
{
	status_said = status;
	said = text;
	longjmp(back, 1);
}

static inline bool refused(int status, const char *words)
{
	return said != NULL && status_said == status && strstr(said, words) != NULL;
}

#endif
