/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_HIGH_H
#define LOWPORT_ADOPT_HIGH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Moves the descriptors FDS to numbers that a program does not reach which closes everything up to
 * its limit: above the soft RLIMIT_NOFILE, which is raised for that moment; where the hard limit is
 * no higher, from 1024 on, or to the top where even that is too high. The new ones are open across exec. False with
 * errno, EMFILE where there is no room. See fcntl(2) and getrlimit(2).
 */
bool high_move(int *fds, size_t count);

#endif
