/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

/* What went wrong with standard output is asked in the end, once; of standard error nobody could be told. */
void put_line(FILE *to, const char *prefix, const char *text) {
    (void)fputs(prefix, to);
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            (void)fprintf(to, "\\x%02hhx", (unsigned char)*text);
        else
            (void)putc(*text, to);
    }
    (void)putc('\n', to);
}

void quit_with(int status, const char *text) {
    put_line(stderr, "lowportctl: ", text);
    exit(status);
}

void quit_misused(const struct verb *verb, const char *text) {
    give_up(verb->misuse, "%s: %s; usage: lowportctl %s %s", verb->name, text, verb->name, verb->usage);
}
