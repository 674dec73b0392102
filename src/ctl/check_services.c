/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../run/run.h"
#include "check.h"

#include <setjmp.h>

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

static bool check_service(const struct section *section, struct text *text, bool in_place) {
    struct entry entry;
    const char *why = entry_read(section, text, &entry);

    if (!entry.is_service) return false;
    if (why != NULL)
        warn_of(section, entry.line, REFUSES "%s", why);
    else
        check_values(&entry, in_place);
    return true;
}

bool *check_services(const struct rules *rules, const char *text, size_t length) {
    const char *file = NULL, *now = text, *why;
    LIST(bool) services = {0};
    struct text rest = {0};

    EACH(section, rules->sections) {
        /* The sections of a file stand together, and share its name. */
        if (section->file != file) {
            if (text == NULL) now = trusted_read(section->file, &length, &why);
            rest = (struct text){now, now != NULL ? now + length : NULL, 0};
        }
        file = section->file;
        APPEND(services, now != NULL && check_service(section, &rest, text == NULL));
    }
    return services.items;
}
