/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <fnmatch.h>
#include <pwd.h>

/* Whether a service is to have the variable ENTRY: NAME=VALUE. */
static bool is_for_services(const char *entry) {
    static const char *const kept[] = {
        "LANG", "LC_*", "TZ", "TERM", "NOTIFY_SOCKET", "WATCHDOG_*", "JOURNAL_STREAM", "INVOCATION_ID", "*_DIRECTORY"};
    const char *name = format_text("%.*s", (int)strcspn(entry, "="), entry);

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (fnmatch(kept[i], name, 0) == 0) return true;
    return false;
}

void rebuild_environment(const struct caller *who) {
    const struct passwd *entry; /* none for a user who has no name either */
    unsigned number;
    LIST(char *) chosen = {0};

    entry = getpwnam(who->name);
    must(entry != NULL || is_decimal(who->name, NOBODY - 1, &number), "cannot look up user %s again", who->name);
    for (char **old = environ; *old != NULL; old++)
        if (is_for_services(*old)) APPEND(chosen, *old);
    APPEND(chosen, copy_text("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    APPEND(chosen, format_text("HOME=%s", entry != NULL ? entry->pw_dir : "/"));
    APPEND(chosen, format_text("SHELL=%s", entry != NULL ? entry->pw_shell : "/bin/sh"));
    APPEND(chosen, format_text("USER=%s", who->name));
    APPEND(chosen, format_text("LOGNAME=%s", who->name));
    must(clearenv() == 0, "cannot clear the environment");
    EACH(variable, chosen) must(putenv(*variable) == 0, "cannot set %s: %m", *variable);
}
