/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <stdarg.h>

/* A constant text: err(3) would print argv[0], which is the caller's. */
static void *or_end(void *memory) {
    if (memory == NULL) _exit(write(STDERR_FILENO, "out of memory\n", 14) < 0 ? EX_IOERR : EX_OSERR);
    return memory;
}

bool is_decimal(const char *text, unsigned max, unsigned *number) {
    unsigned long value = strtoul(text, NULL, 10); /* ULONG_MAX when it is too large for that */

    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0' || (text[0] == '0' && text[1] != '\0')) return false;
    if (value <= max) *number = (unsigned)value;
    return value <= max;
}

void *grow(void *items, size_t *count, size_t size) {
    /* The room doubles at each power of two, lest a file of many thousand sections be copied for each of them. */
    if ((*count & (*count - 1)) == 0) items = or_end(reallocarray(items, *count == 0 ? 1 : *count * 2, size));
    ++*count;
    return items;
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
