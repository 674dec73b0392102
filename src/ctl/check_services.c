/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../run/run.h"
#include "check.h"

#include <setjmp.h>

#define REFUSES "lowport-run refuses to start it: "

static jmp_buf next_service;

/* By what ends lowport-run, check goes on with the next service. */
void quit_at(int status, const struct section *section, unsigned line, const char *text) {
    (void)status;
    warn_of(section, line, REFUSES "%s", text);
    longjmp(next_service, 1);
}

static void check_values(const struct entry *entry, bool in_place) {
    handle_list handles;

    if (setjmp(next_service) != 0) return;
    (void)values_read(entry, &handles);
    if (in_place) check_places(entry);
}

/* Which of two is meant nobody could say. Those of one file all have different names. */
static void check_name(const struct rules *rules, const struct section *section) {
    for (const struct section *other = rules->sections.items; other < section; other++)
        if (other->file != section->file && strcmp(other->name, section->name) == 0)
            warn_of(section, section->line, REFUSES "%s has this name, too; rename one of them",
                    place_text(other, other->line));
}

static void check_service(const struct rules *rules, const struct section *section, struct text *text, bool in_place) {
    struct entry entry;
    const char *why = entry_read(section, text, &entry);

    if (!entry.is_service) return;
    check_name(rules, section);
    if (why != NULL)
        warn_of(section, entry.line, REFUSES "%s", why);
    else
        check_values(&entry, in_place);
}

void check_services(const struct rules *rules, const char *text, size_t length) {
    const char *file = NULL, *now = text, *why;
    struct text rest = {0};

    EACH(section, rules->sections) {
        /* The sections of a file stand together, and share its name. */
        if (section->file != file) {
            if (text == NULL) now = trusted_read(section->file, &length, &why);
            rest = (struct text){now, now != NULL ? now + length : NULL, 0};
        }
        file = section->file;
        if (now != NULL) check_service(rules, section, &rest, text == NULL);
    }
}
