/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

uint16_t number_read(const char *option, const char *text) {
    unsigned long number = isdigit((unsigned char)*text) ? strtoul(text, NULL, 10) : 0;

    if (number < 1 || number > UINT16_MAX || text[strspn(text, "0123456789")] != '\0')
        errx(EX_USAGE, "%s %s: not a number from 1 to %d", option, text, UINT16_MAX);
    return (uint16_t)number;
}
