/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program that was taken over would try. */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

/* Makes the attempt of that NAME with its ARGUMENT: a path, a port or a process. Returns "done", the name of the error,
 * or NULL where there is none of that name. */
const char *attempts_make(const char *name, const char *argument);

/* What the kernel's Landlock can do, as a number; below 1 if it is not there. */
long attempts_landlock(void);

#endif
