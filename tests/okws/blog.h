/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two services of the blog have in common: a query, a template, an answer. */
#ifndef OKWS_BLOG_H
#define OKWS_BLOG_H

#include "okws.h"

/*
 * Asks the database for QUERY, with two arguments where it takes them, and has ROW look at each row, which is
 * a line. False where the database refuses.
 */
bool ask_database(const char *query, const char *one, const char *two, void (*row)(char *text, FILE *to), FILE *to);

/* Answers a request with the template of that NAME; FILL writes what stands in the place of its "%". */
void answer_page(FILE *client, const char *name, void (*fill)(FILE *client));

void answer_error(FILE *client, const char *status);

/* Undoes what a form does to text, in place, and leaves no control character in it. */
void decode(char *text);

#endif
