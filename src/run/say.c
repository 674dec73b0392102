/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

/* What tell() and quit() of launcher.h are here; nothing is logged, which the launcher does. Of a standard error that
 * cannot be written to nobody could be told. */
void tell(const char *text) {
    (void)fputs("lowport-run: ", stderr);
    for (; *text != '\0'; text++)
        (void)fprintf(stderr, *text < ' ' || *text > '~' ? "\\x%02hhx" : "%c", (unsigned char)*text);
    (void)putc('\n', stderr);
}

void quit(int status, const char *text) {
    tell(text);
    exit(status);
}

void quit_at(int status, const struct section *section, unsigned line, const char *text) {
    refuse(status, "[%s] %s:%u: %s", section->name, section->file, line, text);
}
