/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binds a place and ends with errno, so that all there is to read is what the library says.
 *
 *     bind-why PLACE [TIMES [FILE]]
 *
 * With FILE, that has taken the place of standard error.
 */
#include "check.h"

#include <fcntl.h>

int main(int argc, char **argv)
{
    int error = 0;

    if (argc < 2)
        errx(64, "usage: bind-why PLACE [TIMES [FILE]]");
    if (argc > 3) {
        close(STDERR_FILENO);
        /* cppcheck-suppress leakReturnValNotUsed; it is standard error from here on */
        if (open(argv[3], O_CREAT | O_RDWR, 0666) != STDERR_FILENO)
            return 71;
    }
    for (int i = argc > 2 ? atoi(argv[2]) : 1; i > 0; i--)
        error = bind_error(argv[1]);
    return error;
}
