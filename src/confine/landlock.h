/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and ports: a Landlock domain, see landlock(7). */
#ifndef LOWPORT_CONFINE_LANDLOCK_H
#define LOWPORT_CONFINE_LANDLOCK_H

#include "options.h"

/*
 * From here on this process and what it starts can open the files and use the TCP ports that OPTIONS
 * names, execute PROGRAM (a path), and reach no process outside by signal, abstract socket or ptrace(2).
 * What this kernel's Landlock cannot enforce is said on standard error; with options->require that is
 * the end, with 69. Needs no_new_privs. Exits with 66 where a path cannot be opened, with 71 where the
 * kernel refuses, or claims a success that it did not have.
 */
void landlock_confine(const struct options *options, const char *program);

#endif
