/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a socket is bound to, in the terms in which bind(2) tells one place from another. */
#ifndef LOWPORT_ADOPT_ENDPOINT_H
#define LOWPORT_ADOPT_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
    int domain;              /* AF_INET or AF_INET6 */
    int type;                /* SOCK_STREAM or SOCK_DGRAM */
    int protocol;            /* IPPROTO_TCP, IPPROTO_MPTCP, IPPROTO_UDP, ... */
    int v6only;              /* IPV6_V6ONLY; 0 for AF_INET */
    int device;              /* SO_BINDTOIFINDEX; 0 for none */
    in_port_t port;          /* in network order; 0 while not bound */
    uint32_t scope;          /* the interface of a link-local address, or 0 */
    struct in6_addr address; /* an IPv4 address stands in the first four bytes, zeros follow */
};

/* Reads what the socket FD is and is bound to. False for anything but an internet stream or
 * datagram socket. See socket(7), ip(7), ipv6(7). */
bool endpoint_of(int fd, struct endpoint *endpoint);

/*
 * Puts the port and address of ADDRESS, as given to bind(2), into an endpoint whose domain is
 * known. False where the kernel would not take the address for a socket of this domain.
 */
bool endpoint_place(struct endpoint *endpoint, const struct sockaddr *address, socklen_t length);

/* Notes that the endpoint belongs to the interface DEVICE, or with 0 to none, whatever its socket
 * shows. */
void endpoint_put_on(struct endpoint *endpoint, int device);

/* Whether the endpoint is bound to 0.0.0.0 or [::]. */
bool endpoint_is_wildcard(const struct endpoint *endpoint);

/* Whether it is an IPv4 address of an IPv6 socket, ::ffff:127.0.0.1. */
bool endpoint_is_mapped(const struct endpoint *endpoint);

/* Makes it the wildcard of its family, and of no other. */
void endpoint_make_wildcard(struct endpoint *endpoint);

/* Whether both have the same protocol and port. */
bool endpoint_same_service(const struct endpoint *a, const struct endpoint *b);

/* Whether a program that asks for WANTED gets exactly that when it is given HELD, on the interface that it wants. */
bool endpoint_serves(const struct endpoint *held, const struct endpoint *wanted);

/* Whether there is an address at which both would be reached. */
bool endpoint_overlap(const struct endpoint *a, const struct endpoint *b);

#endif
