/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_STAGE_PROGRAM_H
#define LOWPORT_STAGE_PROGRAM_H

/* Exit statuses, as a shell has them, of a program that is there and cannot be executed, and of one that is not. */
#define NOT_EXECUTABLE 126
#define NOT_FOUND 127

/* Finds PROGRAM as a shell would: as it stands where it has a slash, else in the PATH of ENVIRONMENT
 * and then in the sbin directories, where daemons lie and ordinary users do not look. Returns 0 and
 * sets *PATH, to be freed; or ENOENT where there is none, EACCES where what there is cannot be
 * executed, ENOMEM. */
int program_find(const char *program, char *const *environment, char **path);

/* The same with the environment of this process. Exits with NOT_FOUND or NOT_EXECUTABLE where program_find() fails. */
char *program_require(const char *program);

/* What helps where execve(2) failed with ERROR. */
const char *program_advice(int error);

/* Executes PATH in place of this process. Exits with NOT_EXECUTABLE where that fails. */
_Noreturn void program_execute(const char *path, char *const *command);

#endif
