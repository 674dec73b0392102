/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ACCEPT_SIGNALS_H
#define LOWPORT_ACCEPT_SIGNALS_H

#include <stdbool.h>

struct signals {
    bool child;  /* SIGCHLD: a process has ended */
    bool again;  /* SIGALRM: signals_alarm() is due */
    bool reload; /* SIGHUP */
    bool stop;   /* SIGTERM */
};

/*
 * Blocks these signals, whatever became of them before, and returns a descriptor to read them from
 * (signalfd(2)). Exits with 71 if the kernel refuses.
 */
int signals_open(void);

/* Waits for a signal, and returns all that have come. */
struct signals signals_take(int fd);

/* Has a SIGALRM come in a second. */
void signals_alarm(void);

#endif
