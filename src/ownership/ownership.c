/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ownership.h"

#include <dirent.h>

static void add_file(struct rules *rules, const char *path, bool listed) {
    size_t length;
    const char *why, *text = trusted_read(path, &length, &why);

    if (text != NULL) rules_add(rules, path, text, length);
    if (text == NULL && (why != NULL || listed)) rules_add_fault(rules, path, 0, why != NULL ? why : "it went away");
}

/* What editors leave behind does not end in .conf, or is hidden. */
static int is_drop_in(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');

    return entry->d_name[0] != '.' && dot != NULL && strcmp(dot, ".conf") == 0;
}

void ownership_read(struct rules *rules) {
    struct dirent **entries;
    struct stat st;
    const char *why;

    add_file(rules, OWNERSHIP_FILE, false);
    int directory = trusted_open(OWNERSHIP_DIRECTORY, S_IFDIR, &st, &why);
    if (directory < 0 && why == NULL) return;
    int count = directory < 0 ? -1 : scandirat(directory, ".", &entries, is_drop_in, alphasort);
    if (count < 0) rules_add_fault(rules, OWNERSHIP_DIRECTORY, 0, why != NULL ? why : strerror(errno));
    for (int i = 0; i < count; i++) add_file(rules, format_text(OWNERSHIP_DIRECTORY "/%s", entries[i]->d_name), true);
}
