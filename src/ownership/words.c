/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <stdarg.h>

/* A constant text: err(3) would print argv[0], which is the caller's. */
void *or_end(void *memory) {
    if (memory == NULL) _exit(write(STDERR_FILENO, "out of memory\n", 14) < 0 ? EX_IOERR : EX_OSERR);
    return memory;
}

bool decimal_until(char end, const char *text, unsigned max, unsigned *number) {
    uint64_t value = 0, at = 0; /* the value: at most ten times MAX, and 9 */

    for (; text[at] >= '0' && text[at] <= '9' && value <= max; at++) value = value * 10 + (uint64_t)(text[at] - '0');
    if (at == 0 || text[at] != end || (*text == '0' && at > 1) || value > max) return false;
    return *number = (unsigned)value, true;
}

void *grow(void *items, size_t *count, size_t size) {
    /* The room doubles at each power of two, lest a file of many thousand sections be copied for each of them. */
    if ((*count & (*count - 1)) == 0) items = or_end(reallocarray(items, *count == 0 ? 1 : *count * 2, size));
    return ++*count, items;
}

char *copy_text(const char *text) { return or_end(strdup(text)); }

char *format_text(const char *format, ...) {
    char *text;
    va_list values;

    va_start(values, format);
    if (vasprintf(&text, format, values) < 0) text = NULL;
    va_end(values);
    return or_end(text);
}
