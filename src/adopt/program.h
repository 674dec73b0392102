/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_PROGRAM_H
#define LOWPORT_ADOPT_PROGRAM_H

/* Finds PROGRAM as a shell would: as it stands where it has a slash, else in the PATH of ENVIRONMENT
 * and then in the sbin directories, where daemons lie and ordinary users do not look. Returns 0 and
 * sets *PATH, to be freed; or ENOENT where there is none, EACCES where what there is cannot be
 * executed, ENOMEM. */
int program_find(const char *program, char *const *environment, char **path);

#endif
