/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_STAGE_REFUSED_H
#define LOWPORT_STAGE_REFUSED_H

/* The word of ARGV that getopt_long(3), which has just returned a question mark, could not take. */
const char *refused_word(char *const *argv);

#endif
