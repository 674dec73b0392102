/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program that was taken over would try. */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

/* Makes the attempt of that NAME with its ARGUMENT: a path, a port or a process. Returns "done", the name of the error,
 * or NULL where there is none of that name. */
const char *attempts_make(const char *name, const char *argument);

/* Makes those of LIST, "ATTEMPT ARGUMENT,...", which it takes apart, each by TRY, and says on standard error what came of
 * it, a line each: "ATTEMPT ARGUMENT: RESULT". */
void attempts_make_all(char *list, const char *(*try)(const char *name, const char *argument));

/* What the kernel's Landlock can do, as a number; below 1 if it is not there. */
long attempts_landlock(void);

#endif
