/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complain.h"

#include <err.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define PERIOD 60

void complain(struct complaint *complaint, const char *format, ...) {
    struct timespec now = {0, 0};
    struct pollfd error = {STDERR_FILENO, POLLOUT, 0};
    char text[512];
    va_list arguments;

    clock_gettime(CLOCK_MONOTONIC, &now);
    /* Whoever does not read what is said must not keep connections waiting. */
    if (now.tv_sec < complaint->again || poll(&error, 1, 0) != 1) {
        complaint->omitted++;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (complaint->omitted > 0)
        warnx("%s (and %u times before)", text, complaint->omitted);
    else
        warnx("%s", text);
    *complaint = (struct complaint){now.tv_sec + PERIOD, 0};
}
