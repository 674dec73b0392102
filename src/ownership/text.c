/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

static const char name_bytes[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-]";

static const char *header_fault(const char *line, size_t length) {
    size_t name = strspn(line + 1, name_bytes);

    if (memchr(line, ']', length) != line + length - 1)
        return "a section's header ends with its bracket";
    if (name + 1 != length || name == 1)
        return "a section's name is made of letters, digits, and _ . -";
    return name - 1 > TEXT_NAME_MAX ? "a section's name is longer than 49 bytes" : NULL;
}

static const char *key_fault(const char *line, size_t length) {
    const char *rest = line + strspn(line, "abcdefghijklmnopqrstuvwxyz-");

    rest += strspn(rest, " \t");
    if (rest == line || *rest != '=') return "this is no comment, no [section] and no key = value";
    if (memchr(line, ';', length) != NULL || memchr(line, '#', length) != NULL)
        return "a ; or # inside a line; comments stand on lines of their own";
    return NULL;
}

const char *line_fault(const char *line, size_t length, enum line_kind *kind) {
    *kind = BLANK;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\r') return "a carriage return; save the file with Unix line ends";
        if ((unsigned char)line[i] < ' ' && line[i] != '\t') return "a control character";
    }
    if (length > TEXT_LINE_MAX)
        return "a line longer than 198 bytes; continue a list by repeating its key";
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) length--;
    if (length == 0 || line[0] == ';' || line[0] == '#') return NULL;
    if (line[0] == ' ' || line[0] == '\t') return "an indented line";
    *kind = line[0] == '[' ? HEADER : KEY;
    return *kind == HEADER ? header_fault(line, length) : key_fault(line, length);
}
