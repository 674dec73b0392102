/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_COLLECT_H
#define LOWPORT_ADOPT_COLLECT_H

#include "handles.h"

#include <stddef.h>

/*
 * Takes out of HANDLES every socket that a bind(2) could ask for: internet stream and datagram
 * sockets that are bound to a port and not connected. Moves them out of the program's way, parks
 * UDP sockets of which another takes the same traffic, and names them all in LOWPORT_ADOPT. Returns
 * how many it took. Exits with 64 where they are too many, with 71 if the kernel refuses.
 */
size_t collect(struct handles *handles);

#endif
