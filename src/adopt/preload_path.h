/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_PRELOAD_PATH_H
#define LOWPORT_ADOPT_PRELOAD_PATH_H

/*
 * Exits with 71 where the preload library cannot be read: the dynamic linker only warns of that,
 * and the program would run without it.
 */
void preload_require(void);

/*
 * Puts the library before what LD_PRELOAD names already (ld.so(8)). Exits with 71 without memory.
 */
void preload_set(void);

#endif
