/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_STAGE_NUMBER_H
#define LOWPORT_STAGE_NUMBER_H

#include <stdint.h>

/* Reads TEXT, the argument of OPTION: a plain decimal number from 1 to 65535. Exits with 64 where it is none. */
uint16_t number_read(const char *option, const char *text);

#endif
