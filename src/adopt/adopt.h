/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_ADOPT_H
#define LOWPORT_ADOPT_ADOPT_H

#include <sys/socket.h>

/*
 * Puts the kept socket that is bound to ADDRESS in place of the unbound socket FD, with the flags
 * and options of FD. NOT_OURS, and nothing changed, where there is none: bind(2) has to do it then.
 * REFUSED, and nothing changed, with errno, where no descriptor or memory was left to do it with, or the program
 * listens already at a place that overlaps.
 * May be called by several threads at once, and changes errno.
 */
enum adoption { NOT_OURS, ADOPTED, REFUSED };
enum adoption adopt(int fd, const struct sockaddr *address, socklen_t length);

/* After ADDRESS was refused to FD: says on standard error what would have to be handed over. */
void adopt_tell_why(int fd, const struct sockaddr *address, socklen_t length);

#endif
