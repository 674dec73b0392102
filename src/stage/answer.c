/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "answer.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

void answer(const char *text) {
    if (fputs(text, stdout) == EOF || fflush(stdout) != 0) err(EX_IOERR, "standard output");
    exit(EX_OK);
}
