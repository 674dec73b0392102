/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_STAGE_ANSWER_H
#define LOWPORT_STAGE_ANSWER_H

/* Prints TEXT, what --help or --version asks for, and exits with 0. A full disk or a closed pipe
 * must not look like success: it exits with 74 there. */
_Noreturn void answer(const char *text);

#endif
