/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Daemons that hand their listening sockets to their own successor, by a variable of their own.
 * Each preset is a program made of main.c and one file that defines this.
 */
#ifndef LOWPORT_PRESET_PRESET_H
#define LOWPORT_PRESET_PRESET_H

#include "listeners.h"

#include <stdio.h>

struct preset {
    const char *handoff; /* its name for lowportbind --handoff */
    const char *variable;
    const char *continued; /* where the daemon looks for more of them, or NULL */
    /* O_NONBLOCK, or 0: the daemon sets it on what it has bound itself, and takes it for set on what it inherits. */
    int flags;
    const char *help;
    const char *version;
    /* Writes what the variable says of one of the listeners. */
    void (*write)(FILE *value, const struct listener *listener);
    /* What stands around the port in the daemon's configuration where that takes a dual-stack socket. */
    const char *before_port, *behind_port;
};

extern const struct preset preset;

#endif
