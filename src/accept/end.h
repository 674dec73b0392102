/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One end of a connection. IPv4 that arrives at an IPv6 socket is IPv4 in all that is said of it. */
#ifndef LOWPORT_ACCEPT_END_H
#define LOWPORT_ACCEPT_END_H

#include "listeners.h"

#include <netinet/in.h>

#define END_IP INET6_ADDRSTRLEN
#define END_PORT sizeof "65535"

/* Writes the address and the port, both as numbers, to IP and PORT, of END_IP and END_PORT bytes. */
void end_write(const union address *end, char *ip, char *port);

/*
 * Whom to count a connection from this end to: the address, and for IPv6 the /64 network, of which
 * any host has every address to choose from. Link-local addresses are of one such network, and
 * stay apart.
 */
struct in6_addr end_source(const union address *end);

#endif
