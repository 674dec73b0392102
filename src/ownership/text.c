/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

/* inih reads 199 bytes at a time, and would take the rest of a longer line, also of a comment, for a line of its own;
 * of a section's name it cuts off what is behind 49 bytes, without a word. */

static const char *header_fault(const char *line, size_t length) {
    size_t name = 0;

    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): the NUL behind them is none of them */
    while (memchr(NAME_BYTES, line[name + 1], strlen(NAME_BYTES)) != NULL) name++;
    if (name + 2 != length || line[name + 1] != ']') return "not a [section], named with letters, digits, and _ . -";
    return name == 0 || name > 49 ? "a section's name of no bytes, or more than 49" : NULL;
}

static const char *key_fault(const char *line, size_t length) {
    size_t key = 0;

    while ((line[key] >= 'a' && line[key] <= 'z') || line[key] == '-') key++;
    while (line[key] == ' ' || line[key] == '\t') key++;
    if (*line < 'a' || line[key] != '=') return "not a comment, a [section] or a key = value";
    return strcspn(line, ";#\n") < length ? "a ; or # inside a line; comments stand on lines of their own" : NULL;
}

const char *line_fault(const char *line, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ' && line[i] != '\t')
            return line[i] == '\r' ? "a carriage return; save the file with Unix line ends" : "a control character";
    if (length > 198) return "a line longer than 198 bytes; continue a list by repeating its key";
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) length--;
    if (length == 0 || line[0] == ';' || line[0] == '#') return NULL;
    if (line[0] == ' ' || line[0] == '\t') return "an indented line";
    return line[0] == '[' ? header_fault(line, length) : key_fault(line, length);
}
