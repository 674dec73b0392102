/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "floor.c" /* NOLINT(bugprone-suspicious-include): the whole of it */
