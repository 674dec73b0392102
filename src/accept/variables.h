/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment of PROGRAM, with the variables of UCSPI-TCP: who talks to whom. */
#ifndef LOWPORT_ACCEPT_VARIABLES_H
#define LOWPORT_ACCEPT_VARIABLES_H

#include "listeners.h"

/*
 * Takes this process's environment without what another program of UCSPI's kind may have left
 * there. Call it once. Exits with 71 without memory.
 */
void variables_begin(void);

/* The environment for a connection between LOCAL and REMOTE. It holds until the next call. */
char *const *variables_for(const union address *local, const union address *remote);

#endif
