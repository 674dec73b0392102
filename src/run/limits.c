/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <sys/stat.h>

static const struct {
    const char *key;
    __rlimit_resource_t resource;
} limits[] = {{"limit-nofile", RLIMIT_NOFILE}, {"limit-core", RLIMIT_CORE}, {"limit-as", RLIMIT_AS}};

/* A number, perhaps with K, M or G behind it, of 1024 each; or "unlimited". */
static rlim_t read_limit(const struct setting *setting) {
    const char *unit = setting->word + strspn(setting->word, "0123456789");
    char *digits = format_text("%.*s", (int)(unit - setting->word), setting->word);
    unsigned number = 0, shift = *unit == 'K' ? 10 : *unit == 'M' ? 20 : *unit == 'G' ? 30 : 0;

    if (strcmp(setting->word, "unlimited") == 0) return RLIM_INFINITY;
    if (!is_decimal(digits, 0xffffffff, &number) || (*unit != '\0' && (shift == 0 || unit[1] != '\0')))
        refuse_setting(EX_CONFIG, setting, "it is not a number, perhaps with K, M or G behind it, nor unlimited");
    return (rlim_t)number << shift;
}

static void apply_limits(const struct entry *entry, bool set) {
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const struct setting *setting = entry_setting(entry, limits[i].key);
        struct rlimit limit, is;

        if (setting == NULL) continue;
        limit.rlim_cur = limit.rlim_max = read_limit(setting);
        if (!set) continue;
        if (setrlimit(limits[i].resource, &limit) != 0)
            refuse_setting(EX_NOPERM, setting,
                           "it cannot be set: %m; only root raises a limit, and limit-nofile to fs.nr_open");
        must(getrlimit(limits[i].resource, &is) == 0 && is.rlim_cur == limit.rlim_cur && is.rlim_max == limit.rlim_max,
             "%s was set, and is not", setting->key);
    }
}

static void apply_nice(const struct entry *entry, bool set) {
    const struct setting *setting = entry_setting(entry, "nice");
    const char *digits = setting != NULL ? setting->word + (*setting->word == '-') : NULL;
    unsigned number;
    int nice;

    if (setting == NULL) return;
    if (!is_decimal(digits, digits == setting->word ? 19 : 20, &number))
        refuse_setting(EX_CONFIG, setting, "it is not a number from -20 to 19");
    nice = digits == setting->word ? (int)number : -(int)number;
    if (!set) return;
    if (setpriority(PRIO_PROCESS, 0, nice) != 0)
        refuse_setting(EX_NOPERM, setting, "it cannot be set: %m; only root goes below what it is");
    must(getpriority(PRIO_PROCESS, 0) == nice, "nice was set, and is not");
}

mode_t umask_of(const struct entry *entry) {
    const struct setting *setting = entry_setting(entry, "umask");
    size_t length = setting != NULL ? strlen(setting->word) : 0;

    if (setting == NULL) return S_IWGRP | S_IWOTH;
    if (length == 0 || length > 4 || setting->word[strspn(setting->word, "01234567")] != '\0' ||
        (length == 4 && *setting->word != '0'))
        refuse_setting(EX_CONFIG, setting, "it is not octal, from 0 to 0777");
    return (mode_t)strtoul(setting->word, NULL, 8);
}

void limits_apply(const struct entry *entry, bool set) {
    apply_nice(entry, set);
    apply_limits(entry, set);
}
