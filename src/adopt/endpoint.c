/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "endpoint.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static bool read_option(int fd, int level, int name, int *value) {
    socklen_t length = sizeof *value;

    /* None of the options read here can be -1: what still is was not answered. */
    *value = -1;
    if (getsockopt(fd, level, name, value, &length) != 0) return false;
    if (*value == -1) errno = EIO;
    return *value != -1;
}

bool endpoint_of(int fd, struct endpoint *endpoint) {
    struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof name;

    memset(endpoint, 0, sizeof *endpoint);
    if (!read_option(fd, SOL_SOCKET, SO_DOMAIN, &endpoint->domain) ||
        !read_option(fd, SOL_SOCKET, SO_TYPE, &endpoint->type) ||
        !read_option(fd, SOL_SOCKET, SO_PROTOCOL, &endpoint->protocol))
        return false;
    if (endpoint->domain != AF_INET && endpoint->domain != AF_INET6) return false;
    if (endpoint->type != SOCK_STREAM && endpoint->type != SOCK_DGRAM) return false;
    if (endpoint->domain == AF_INET6 && !read_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, &endpoint->v6only)) return false;
    if (!read_option(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &endpoint->device)) return false;
    if (getsockname(fd, (struct sockaddr *)&name, &length) != 0) return false;
    if (name.ss_family != endpoint->domain) errno = EIO;
    return name.ss_family == endpoint->domain && endpoint_place(endpoint, (struct sockaddr *)&name, length);
}

static bool place_ipv4(struct endpoint *endpoint, const struct sockaddr *address, socklen_t length) {
    struct sockaddr_in in;

    if (length < sizeof in) return false;
    memcpy(&in, address, sizeof in);
    /* __inet_bind() takes AF_UNSPEC for AF_INET where the address is 0.0.0.0, for old programs. */
    if (in.sin_family != AF_INET && (in.sin_family != AF_UNSPEC || in.sin_addr.s_addr != htonl(INADDR_ANY)))
        return false;
    endpoint->port = in.sin_port;
    memcpy(&endpoint->address, &in.sin_addr, sizeof in.sin_addr);
    return true;
}

static bool place_ipv6(struct endpoint *endpoint, const struct sockaddr *address, socklen_t length) {
    struct sockaddr_in6 in6;

    /* RFC 2133 had no sin6_scope_id, and the kernel still takes a sockaddr that ends before it. */
    if (length < offsetof(struct sockaddr_in6, sin6_scope_id)) return false;
    memset(&in6, 0, sizeof in6);
    memcpy(&in6, address, length < sizeof in6 ? length : sizeof in6);
    if (in6.sin6_family != AF_INET6) return false;
    /* An IPv4 address by another name is nothing for a socket that is for IPv6 alone. */
    if (endpoint->v6only && IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) return false;
    endpoint->port = in6.sin6_port;
    endpoint->address = in6.sin6_addr;
    /*
     * The kernel looks at the scope of a link-local address alone, and ignores what others carry.
     */
    endpoint->scope = IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) ? in6.sin6_scope_id : 0;
    return true;
}

bool endpoint_place(struct endpoint *endpoint, const struct sockaddr *address, socklen_t length) {
    return endpoint->domain == AF_INET6 ? place_ipv6(endpoint, address, length) : place_ipv4(endpoint, address, length);
}

void endpoint_put_on(struct endpoint *endpoint, int device) {
    endpoint->device = device;
    /* getsockname(2) makes the scope of a link-local address from the interface. */
    if (endpoint->scope != 0) endpoint->scope = (uint32_t)device;
}

bool endpoint_is_wildcard(const struct endpoint *endpoint) { return IN6_IS_ADDR_UNSPECIFIED(&endpoint->address); }

bool endpoint_is_mapped(const struct endpoint *endpoint) {
    return endpoint->domain == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&endpoint->address);
}

void endpoint_make_wildcard(struct endpoint *endpoint) {
    memset(&endpoint->address, 0, sizeof endpoint->address);
    endpoint->scope = 0;
    endpoint->v6only = endpoint->domain == AF_INET6;
}

/* The protocol decides whether it is a stream or datagrams. */
bool endpoint_same_service(const struct endpoint *a, const struct endpoint *b) {
    return a->protocol == b->protocol && a->port == b->port;
}

static bool same_address(const struct endpoint *a, const struct endpoint *b) {
    return IN6_ARE_ADDR_EQUAL(&a->address, &b->address) && (a->scope == 0 || b->scope == 0 || a->scope == b->scope);
}

bool endpoint_serves(const struct endpoint *held, const struct endpoint *wanted) {
    if (!endpoint_same_service(held, wanted) || !same_address(held, wanted) || held->domain != wanted->domain)
        return false;
    /* IPV6_V6ONLY cannot change after bind(2), and decides something for [::] alone. */
    if (endpoint_is_wildcard(held) && held->v6only != wanted->v6only) return false;
    /* What is on no interface can be put on one, and not on another after that. */
    return wanted->device == 0 || held->device == 0 || wanted->device == held->device;
}

/* Sets *ADDRESS to where it is reached over IPv4. False where it is not. */
static bool in_ipv4(const struct endpoint *endpoint, uint32_t *address) {
    bool mapped = endpoint_is_mapped(endpoint);

    *address = endpoint->address.s6_addr32[mapped ? 3 : 0];
    if (endpoint->domain == AF_INET || mapped) return true;
    return endpoint_is_wildcard(endpoint) && !endpoint->v6only;
}

static bool in_ipv6(const struct endpoint *endpoint) {
    return endpoint->domain == AF_INET6 && !endpoint_is_mapped(endpoint);
}

bool endpoint_overlap(const struct endpoint *a, const struct endpoint *b) {
    uint32_t one, other;

    if (!endpoint_same_service(a, b)) return false;
    if (in_ipv4(a, &one) && in_ipv4(b, &other) && (one == 0 || other == 0 || one == other)) return true;
    if (!in_ipv6(a) || !in_ipv6(b)) return false;
    return endpoint_is_wildcard(a) || endpoint_is_wildcard(b) || same_address(a, b);
}
