/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trouble that may come with every connection is said once in a minute. */
#ifndef LOWPORT_ACCEPT_COMPLAIN_H
#define LOWPORT_ACCEPT_COMPLAIN_H

#include <time.h>

/* One kind of trouble. Begin with zeros. */
struct complaint {
    time_t again;     /* not before that */
    unsigned omitted; /* how often it was not said */
};

/* A line on standard error, with the count of those that were omitted before it. */
void complain(struct complaint *complaint, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
