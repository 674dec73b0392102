/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dynamic floor with the libraries of the launcher: what any program costs that is linked to them.
 * Needs -lcap-ng -linih
 */
#include <cap-ng.h>
#include <ini.h>

#include "floor.c" /* NOLINT(bugprone-suspicious-include): the whole of it */

/* A linker that leaves out what is not used has nothing to leave out. */
__attribute__((used)) static void (*const of_libcap_ng)(capng_select_t) = capng_clear;
__attribute__((used)) static int (*const of_inih)(const char *, ini_handler, void *) = ini_parse;
