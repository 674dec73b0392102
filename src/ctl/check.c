/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

/* The launcher reads no larger file. */
#define TEXT_MAX (16UL << 20)

static unsigned warnings;

void put_warning(const char *path, const char *text) {
    point_at("%s: warning: %s", path, text);
    warnings++;
}

void put_warning_of(const struct section *section, unsigned line, const char *text) {
    warn(format_text("%s:%u", section->file, line), "section [%s]: %s", section->name, text);
}

static unsigned count_files(const struct rules *rules) {
    const char *last = NULL;
    unsigned count = 0;

    /* The sections of a file stand together, and share its name. */
    EACH(section, rules->sections) {
        if (section->file != last) count++;
        last = section->file;
    }
    return count;
}

static unsigned count_ports(const struct rules *rules) {
    static bool named[2][UINT16_MAX + 1];
    unsigned count = 0;

    EACH(section, rules->sections)
        EACH(ports, section->ports)
            for (unsigned port = ports->first; port <= ports->last; port++) {
                bool *one = &named[ports->protocol == IPPROTO_UDP][port];

                if (!*one) count++;
                *one = true;
            }
    return count;
}

static void say_count(const struct rules *rules) {
    unsigned files = count_files(rules), sections = (unsigned)rules->sections.count, ports = count_ports(rules);

    if (sections == 0)
        say("no sections, and so no grants: no errors");
    else
        say("%u file%s, %u section%s, %u port%s: no errors", files, files == 1 ? "" : "s", sections,
            sections == 1 ? "" : "s", ports, ports == 1 ? "" : "s");
}

/* Reads all of FILE, which may also be a pipe: it is text that is not yet in place, or not to be. */
static char *read_text(const char *file, size_t *length) {
    FILE *from = fopen(file, "re");
    char *text = NULL, *larger = NULL;
    size_t room = 0;

    if (from == NULL) give_up(TROUBLE, "%s: cannot be read: %m", file);
    *length = 0;
    do {
        if (*length + 1 >= room) larger = realloc(text, room = room * 2 + BUFSIZ);
        if (larger == NULL) give_up(TROUBLE, "%s: cannot be read: out of memory", file);
        text = larger;
        *length += fread(text + *length, 1, room - 1 - *length, from);
    } while (!feof(from) && !ferror(from) && *length <= TEXT_MAX);
    if (ferror(from)) give_up(TROUBLE, "%s: cannot be read: %m", file);
    if (*length > TEXT_MAX) give_up(TROUBLE, "%s: larger than 16 MiB, which the launcher does not read", file);
    (void)fclose(from); /* all that it had is read */
    text[*length] = '\0';
    return text;
}

void check_rules(const struct rules *rules, const char *text, size_t length) {
    point_at_faults(rules);
    check_sections(rules, check_services(rules, text, length));
}

/* Looks at FILE, or at what is in place where that is NULL. */
static void check_files(const char *file, struct rules *rules) {
    const char *text = NULL;
    size_t length = 0;

    if (file == NULL) {
        read_ownership(rules);
    } else {
        text = read_text(file, &length);
        rules_add(rules, file, text, length);
    }
    check_rules(rules, text, length);
}

/* Where the launcher has no privilege (--with-privilege=none) nobody binds a low port without a table. */
static void check_table(void) {
    const char *fault = NULL;

    if (!table_tells(&fault) && !PRIVILEGED && geteuid() == 0)
        fault = "none is loaded, and the launcher was installed without privilege: lowportctl load";
    if (fault != NULL) warn("the kernel table", "%s", fault);
}

int verb_check(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {
        HELP_OPTION, {"root", required_argument, NULL, 'r'}, {"strict", no_argument, NULL, 's'}, {0}};
    struct rules rules = {0};
    const char *file, *image = NULL;
    bool strict = false;
    int option;

    while ((option = next_option(verb, argc, argv, options)) != -1) {
        if (option == 'r') image = optarg;
        strict |= option == 's';
    }
    if (argc - optind > 1) misused(verb, "%s: one file at a time", argv[optind + 1]);
    file = argv[optind];
    if (file != NULL && image != NULL) misused(verb, "%s: --root looks at the files that are in place", file);
    if (image != NULL) image_enter(image);
    check_files(file, &rules);
    if (file == NULL) {
        check_unread();
        check_installed();
    }
    if (file == NULL && image == NULL) check_table();
    if (rules.faults.count > 0) return NOT_DONE;
    say_count(&rules);
    return strict && warnings > 0 ? NOT_DONE : DONE;
}
