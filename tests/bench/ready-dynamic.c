/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same daemon for those who do their work in a library that is loaded into it: authbind, lowport-adopt. */
#define DYNAMIC
#include "ready.c" /* NOLINT(bugprone-suspicious-include): the whole of it */
