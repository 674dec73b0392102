/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "image.h"

/* Points at something at PATH that is no error, and counts it. */
#define warn(path, ...) put_warning(path, format_text(__VA_ARGS__))
void put_warning(const char *path, const char *text);

/* Points at the faults of RULES, and at what is no error in them but may not be what was meant. They are of TEXT, of
 * LENGTH bytes, or of the files that are in place where that is NULL. */
void check_rules(const struct rules *rules, const char *text, size_t length);

/* Points at something in a line of SECTION that is no error. */
#define warn_of(section, line, ...) put_warning_of(section, line, format_text(__VA_ARGS__))
void put_warning_of(const struct section *section, unsigned line, const char *text);

#define REFUSES "lowport-run refuses to start it: "

/* ---- check_sections.c ---- */

/* Warns of what is no error in the sections of RULES, but may not be what was meant. SERVICES: which of them are. */
void check_sections(const struct rules *rules, const bool *services);

/* ---- check_services.c ---- */

/* Warns of what lowport-run refuses in the service keys of RULES. They are of TEXT, of LENGTH bytes, or of the files
 * that are in place where that is NULL. Returns which of the sections are services, one after the other. */
bool *check_services(const struct rules *rules, const char *text, size_t length);

/* ---- check_places.c ---- */

/* Warns of what ENTRY, of a file that is in place, names and a start of it would not find as it has to be: its program,
 * root directory and env-file. */
struct entry;
void check_places(const struct entry *entry);

/* ---- check_installed.c ---- */

/* Warns when an installed file of the project is missing, when others than root could change or replace it, when the
 * launcher cannot have its privilege, or another file has some. */
void check_installed(void);

/* Warns of files beside the drop-ins that the launcher does not read. */
void check_unread(void);
