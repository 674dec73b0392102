/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_ADOPT_SOCKOPTS_H
#define LOWPORT_ADOPT_SOCKOPTS_H

#include "endpoint.h"

/*
 * Sets on the socket TO what the program has set on FROM, a socket of the same domain, type and protocol, that of AT,
 * since it was made. What the program left at the default stays as it is on TO: whoever made the socket may have had a
 * reason. An option that cannot be set is passed over, as it is by most programs. See socket(7), ip(7), ipv6(7),
 * tcp(7), udp(7).
 */
void sockopts_copy(int from, int to, const struct endpoint *at);

#endif
