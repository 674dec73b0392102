/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

char *printable(const char *text) {
    char *shown, *to;
    size_t length = 0;

    for (const char *byte = text; *byte != '\0'; byte++) length += *byte < ' ' || *byte > '~' ? 4 : 1;
    to = shown = format_text("%*s", (int)length, "");
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            to += sprintf(to, "\\x%02hhx", (unsigned char)*text);
        else
            *to++ = *text;
    }
    return shown;
}

/* What went wrong with standard output is asked in the end, once; of standard error nobody could be told. */
void put_line(FILE *to, const char *prefix, const char *text) { (void)fprintf(to, "%s%s\n", prefix, printable(text)); }

void quit(int status, const char *text) {
    put_line(stderr, "lowportctl: ", text);
    exit(status);
}

void quit_misused(const struct verb *verb, const char *text) {
    give_up(verb->misuse, "%s: %s; usage: lowportctl %s %s", verb->name, text, verb->name, verb->usage);
}
