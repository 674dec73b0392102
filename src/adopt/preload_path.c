/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "preload_path.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

void preload_require(void) {
    if (access(ADOPT_LIBRARY, R_OK) != 0)
        errx(EX_OSERR, "%s: %s; reinstall lowportbind, or copy the library into the chroot", ADOPT_LIBRARY,
             strerror(errno));
}

void preload_set(void) {
    const char *others = getenv("LD_PRELOAD");
    char *value;

    if (asprintf(&value, "%s%s%s", ADOPT_LIBRARY, others != NULL ? ":" : "", others != NULL ? others : "") < 0 ||
        setenv("LD_PRELOAD", value, 1) != 0)
        err(EX_OSERR, "LD_PRELOAD");
    free(value);
}
