/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_DESCRIPTORS_H
#define LOWPORT_ADOPT_DESCRIPTORS_H

#include <stdbool.h>

/*
 * Calls VISIT with each descriptor that this thread has open, and CONTEXT; it may close them. False
 * with errno where there is no /proc to ask, and nothing was visited. Takes no lock and no memory.
 */
bool descriptors_each(void (*visit)(int fd, void *context), void *context);

#endif
