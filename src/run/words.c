/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

/* Copies the word that FROM begins with to TO. Returns what is behind it, or NULL with *WHY. */
static const char *read_word(const char *from, char *to, const char **why) {
    bool in_quotes = false;

    for (; *from != '\0' && (in_quotes || (*from != ' ' && *from != '\t')); from++) {
        if (*from == '"') {
            in_quotes = !in_quotes;
            continue;
        }
        if (in_quotes && *from == '\\' && from[1] != '\0' && strchr("\"\\$`", from[1]) != NULL)
            from++;
        else if (strchr(in_quotes ? "$`" : "$`\\'|&<>()*?", *from) != NULL)
            return *why = format_text("%c would mean something to a shell, and none is here; write \"%s%c\"", *from,
                                      strchr("$`\\", *from) != NULL ? "\\" : "", *from),
                   NULL;
        *to++ = *from;
    }
    *to = '\0';
    *why = in_quotes ? "a \" is not closed" : NULL;
    return in_quotes ? NULL : from;
}

const char *words_read(const char *text, words *list) {
    const char *why = NULL;

    while (text != NULL && *(text += strspn(text, " \t")) != '\0') {
        char *word = copy_text(text); /* as much room as it can need */

        text = read_word(text, word, &why);
        if (text != NULL) APPEND(*list, word);
    }
    return why;
}

char *quoted(const char *word) {
    static const char plain[] = NAME_BYTES "/:,=+@%^";
    char *text = format_text("%s", "");

    if (*word != '\0' && word[strspn(word, plain)] == '\0') return copy_text(word);
    for (; *word != '\0'; word++) {
        /* A quote ends the quoted text, stands for itself, and begins it again. */
        if (*word == '\'')
            text = format_text("%s'\\''", text);
        else
            text = format_text("%s%c", text, *word);
    }
    return format_text("'%s'", text);
}
