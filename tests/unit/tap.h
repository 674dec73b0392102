/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of cases for functions that only compute. Each row is a test; the output is TAP. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static unsigned tap_count, tap_failed;

static inline void tap(bool good, const char *what, const char *with)
{
	printf("%sok %u %s: ", good ? "" : "not ", ++tap_count, what);
	for (; with && *with; with++)
		printf((unsigned char)*with < 0x20 || (unsigned char)*with >= 0x7f || *with == '#' ?
		       "\\x%02x" : "%c", (unsigned char)*with);
	putchar('\n');
	tap_failed += !good;
}

static inline int tap_end(void)
{
	printf("1..%u\n", tap_count);
	return tap_failed != 0;
}

#endif
