/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "import.h"

#include <grp.h>

/* Lines of the ownership file are shorter than 199 bytes; people read them in 80 columns. */
enum { COMMENT_MAX = 76, NAME_MAX_BYTES = 49 };

void put_comment(FILE *to, const char *text) {
    char *plain = copy_text(text);
    const char *rest;

    for (char *tab = plain; (tab = strchr(tab, '\t')) != NULL;) *tab = ' ';
    rest = printable(plain);

    while (*rest != '\0') {
        size_t length = strlen(rest);

        if (length > COMMENT_MAX) {
            for (length = COMMENT_MAX; length > 0 && rest[length] != ' ';) length--;
            if (length == 0) length = COMMENT_MAX; /* one long word */
        }
        (void)fprintf(to, "; %.*s\n", (int)length, rest);
        rest += length;
        rest += *rest == ' ';
    }
}

char *name_to_write(bool group, id_t id) {
    const struct passwd *user_entry = group ? NULL : getpwuid(id);
    const struct group *group_entry = group ? getgrgid(id) : NULL;
    const char *name = user_entry != NULL ? user_entry->pw_name : group_entry != NULL ? group_entry->gr_name : NULL;
    id_t found;

    /* The name must mean this id again: not one of digits, nor the second of two. */
    if (name != NULL && can_be_written(name) && name_to_id(group, name, &found) && found == id) return copy_text(name);
    return format_text("%u", id);
}

char *new_section_name(const char *text) {
    static LIST(char *) taken;
    char *plain = copy_text(text), *name;
    bool free = false;

    for (char *byte = plain; *byte != '\0'; byte++)
        if (strchr(NAME_BYTES, *byte) == NULL) *byte = '_';
    name = format_text("%.*s", NAME_MAX_BYTES, plain);
    for (unsigned number = 2; !free; number++) {
        free = true;
        EACH(other, taken)
            if (strcmp(*other, name) == 0) free = false;
        if (!free) name = format_text("%.*s-%u", NAME_MAX_BYTES - 6, plain, number);
    }
    APPEND(taken, name);
    return name;
}

/* Prints TEXT, which must be an ownership file: what is printed is to be put in place. */
static int print(const char *text, size_t length) {
    struct rules rules = {0};

    rules_add(&rules, "import", text, length);
    point_at_faults(&rules);
    if (rules.faults.count > 0)
        give_up(EX_SOFTWARE,
                "what it made is no ownership file, as said above, and is not printed; please report this");
    (void)fputs(text, stdout); /* main() asks what has become of it */
    return DONE;
}

int verb_import(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {
        HELP_OPTION, {"authbind", required_argument, NULL, 'a'}, {"inetd", required_argument, NULL, 'i'}, {0}};
    const char *authbind = NULL, *inetd = NULL;
    size_t length;
    char *text;
    FILE *to;
    int option;

    while ((option = next_option(verb, argc, argv, options)) != -1) *(option == 'a' ? &authbind : &inetd) = optarg;
    if (optind < argc) misused(verb, "%s: nothing belongs here", argv[optind]);
    if ((authbind == NULL) == (inetd == NULL)) misused(verb, "one of --authbind and --inetd is needed");
    to = open_memstream(&text, &length);
    if (to == NULL) give_up(EX_OSERR, "import: out of memory");
    if (authbind != NULL)
        import_authbind(to, authbind);
    else
        import_inetd(to, inetd);
    if (fclose(to) != 0) give_up(EX_OSERR, "import: out of memory");
    return print(text, length);
}
