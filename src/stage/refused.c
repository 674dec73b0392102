/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refused.h"

#include <getopt.h>
#include <stddef.h>
#include <string.h>

const char *refused_word(char *const *argv) {
    const char *passed = argv[optind - 1];
    /* What was wrong with it, if it was: a value that a long option does not take, or a letter. */
    int wrong = strncmp(passed, "--", 2) == 0 ? '=' : optopt;

    /* At a letter, as the first of -max, the word is not passed yet, unless that was its last. */
    if (optopt == 0 || (*passed == '-' && strchr(passed, wrong) != NULL) || argv[optind] == NULL) return passed;
    return argv[optind];
}
