/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_SECTIONS_H
#define LOWPORT_ADOPT_SECTIONS_H

/*
 * The sections that could have handed more over, in the environment: "tcp:53=dns,udp:53=dns", the
 * single ports of this user's sections, with one section each, as many as there is room for.
 */
#define SECTIONS_VARIABLE "LOWPORT_ADOPT_SECTIONS"
#define SECTIONS_TEXT 4096

/*
 * Tells the preload library, in the environment, which sections of the ownership file could have
 * handed more over. Users and groups are those of passwd(5) and group(5). Where a file is not there,
 * as in a chroot, or broken, nothing is told of it.
 */
void sections_tell(void);

#endif
