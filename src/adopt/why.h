/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program that was refused a bind(2) is told on its standard error, beside what it says itself. */
#ifndef LOWPORT_ADOPT_WHY_H
#define LOWPORT_ADOPT_WHY_H

#include "endpoint.h"

/* Notes the sections, and what standard error is. Call it once, before the program can change that. */
void why_load(void);

/*
 * Says how the program would have been handed WANTED: by another address of what it was HANDED at
 * this port, if that is not NULL, or by a section; or, where HANDED serves WANTED, that it is gone. Silent where
 * neither is known, where standard error is no longer what it was at the start, and after some lines.
 */
void why_tell(const struct endpoint *wanted, const struct endpoint *handed);

/* Says that WANTED is there, and on another interface than that which the program wants. */
void why_tell_elsewhere(const struct endpoint *wanted);

#endif
