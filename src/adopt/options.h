/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_OPTIONS_H
#define LOWPORT_ADOPT_OPTIONS_H

/*
 * Reads the command line. Returns the program to execute and its arguments, ended by NULL. Answers
 * --help and --version itself and exits with 0; exits with 64 for anything that is not in
 * lowport-adopt(1).
 */
char **options_read(int argc, char **argv);

#endif
