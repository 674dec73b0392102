/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../confine/groups.h"
#include "run.h"

/* Nobody could say what a path is relative to: where root stands when the service is started is no part of it. */
static bool is_path(const char *word) { return *word == '/'; }

/* In a directory that is root's. */
static bool is_plain_name(const char *word) { return is_handle_name(word) && *word != '.'; }

static bool is_number(const char *word) {
    unsigned number;

    return is_decimal(word, UINT16_MAX, &number) && number > 0;
}

static bool is_answer(const char *word) { return strcmp(word, "yes") == 0 || strcmp(word, "no") == 0; }

static bool are_groups(const char *word) {
    char *rest = copy_text(word), *name;

    while ((name = strsep(&rest, ",")) != NULL)
        if (group_named(name) == 0) return false;
    return true;
}

#define A_PATH is_path, "it is not a path from / on"
#define A_PLAIN_NAME is_plain_name, "it is not a plain name of letters, digits, and _ . -"
#define A_NUMBER is_number, "it is not a plain number from 1 to 65535"

/* What only the last stages read, each a program of its own, or what is looked at while others are made already. */
static const struct {
    const char *key;
    bool (*is_so)(const char *word);
    const char *why;
} values[] = {
    {"chdir", A_PATH},
    {"chroot", A_PATH},
    {"env-file", A_PATH},
    {"confine-read", A_PATH},
    {"confine-write", A_PATH},
    {"runtime-directory", A_PLAIN_NAME},
    {"state-directory", A_PLAIN_NAME},
    {"max-connections", A_NUMBER},
    {"max-per-source", A_NUMBER},
    {"confine-connect", A_NUMBER},
    {"confine-bind", A_NUMBER},
    {"confine-syscalls", are_groups, "there is no such group of system calls; lowport-confine --list shows them"},
    {"confine-require", is_answer, "it is neither yes nor no"}};

static void check_values(const struct entry *entry) {
    EACH(setting, entry->settings)
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            if (strcmp(setting->key, values[i].key) == 0 && !values[i].is_so(setting->word))
                refuse_setting(EX_CONFIG, setting, "%s", values[i].why);
}

struct chain values_read(const struct entry *entry, handle_list *handles) {
    check_values(entry);
    *handles = handles_read(entry);
    (void)umask_of(entry);
    limits_apply(entry, false);
    return chain_build(entry, handles);
}
