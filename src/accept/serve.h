/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ACCEPT_SERVE_H
#define LOWPORT_ACCEPT_SERVE_H

#include "listeners.h"
#include "options.h"

/*
 * Readies everything so that nothing but trouble with the system can come: signals, descriptors,
 * memory. PATH is what to execute. Exits with 71 if the kernel refuses.
 */
void serve_begin(const struct options *options, const struct listeners *listeners, char *path);

/* Serves until SIGTERM has come and the last connection has ended. */
void serve(void);

#endif
