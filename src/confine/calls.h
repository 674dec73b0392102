/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls: a seccomp filter, see seccomp(2) and libseccomp's seccomp_init(3). */
#ifndef LOWPORT_CONFINE_CALLS_H
#define LOWPORT_CONFINE_CALLS_H

#include "options.h"

/*
 * From here on the system calls of groups that OPTIONS does not name fail with EPERM, and those that
 * libseccomp has never heard of with ENOSYS, so that programs use the ones before them. Needs
 * no_new_privs. Exits with 71 where the kernel refuses, or claims a success that it did not have; with 69
 * on an architecture where a filter does not see what a socket is.
 */
void calls_confine(const struct options *options);

#endif
