/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of what the build makes of usage.txt. */
static const char usage[] = "usage";
