/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl.h"

/* Each prints an ownership file that grants what another program's configuration did, with comments on what has no
 * equivalent. TO is a stream in memory. Ends the program with TROUBLE where the configuration cannot be read. */
void import_authbind(FILE *to, const char *directory);
void import_inetd(FILE *to, const char *file);

/* Prints the formatted text as a comment, in lines that are not too long for the ownership file. */
#define comment(to, ...) put_comment(to, format_text(__VA_ARGS__))
void put_comment(FILE *to, const char *text);

/* A user, or GROUP, as the ownership file can have it: the name, or the number. */
char *name_to_write(bool group, id_t id);

/* A name for a section, made of TEXT: one that was not returned before. */
char *new_section_name(const char *text);
