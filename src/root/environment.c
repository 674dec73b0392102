/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <fnmatch.h>

/* Whether a service is to have the variable ENTRY: NAME=VALUE. */
static bool is_for_services(const char *entry) {
    static const char *const kept[] = {
        "LANG", "LC_*", "TZ", "TERM", "NOTIFY_SOCKET", "WATCHDOG_*", "JOURNAL_STREAM", "INVOCATION_ID", "*_DIRECTORY"};
    const char *name = format_text("%.*s", (int)strcspn(entry, "="), entry);

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (fnmatch(kept[i], name, 0) == 0) return true;
    return false;
}

texts root_environment(char **inherited, const struct options *options, const struct identity *who) {
    texts chosen = {0};

    APPEND(chosen, copy_text("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    APPEND(chosen, format_text("HOME=%s", who->home));
    APPEND(chosen, format_text("SHELL=%s", who->shell));
    APPEND(chosen, format_text("USER=%s", who->name));
    APPEND(chosen, format_text("LOGNAME=%s", who->name));
    for (; *inherited != NULL; inherited++)
        if (is_for_services(*inherited)) APPEND(chosen, *inherited);
    APPEND(chosen, NULL);
    return make_environment(chosen.items, options);
}
