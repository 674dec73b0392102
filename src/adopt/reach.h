/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_REACH_H
#define LOWPORT_ADOPT_REACH_H

/*
 * Why the preload library would not be there, or would see no bind(2), in the program at PATH or in the
 * interpreter that its #! line names, and what helps: for a message. NULL where it is there; also
 * where that cannot be told, since the file is not readable or of no known kind. See ld.so(8).
 */
const char *reach_fault(const char *path);

#endif
