/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sockopts.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct option {
    int level;
    int name;
    socklen_t size;
    bool off; /* all zeros, until a program sets it */
};

union value {
    int number;
    struct linger linger;
    struct timeval time;
    char text[32]; /* all of it: nothing is larger */
};

#define NUMBER(level, name)                                                                                            \
    { level, name, sizeof(int), false }
#define OFF(level, name)                                                                                               \
    { level, name, sizeof(int), true }

/*
 * Not here, on purpose: SO_REUSEADDR, whose clearing makes the listen(2) of a TCP socket fail that
 * shares its port, and whose setting opens a UDP port to every user; IPV6_V6ONLY and the interface,
 * which are part of what is matched. Not here because the kernel does not give them back: multicast
 * memberships, filters, TCP_MD5SIG.
 */
static const struct option options[] = {
    OFF(SOL_SOCKET, SO_KEEPALIVE),
    OFF(SOL_SOCKET, SO_BROADCAST),
    OFF(SOL_SOCKET, SO_DONTROUTE),
    OFF(SOL_SOCKET, SO_OOBINLINE),
    NUMBER(SOL_SOCKET, SO_PRIORITY),
    NUMBER(SOL_SOCKET, SO_RCVBUF),
    NUMBER(SOL_SOCKET, SO_SNDBUF),
    NUMBER(SOL_SOCKET, SO_RCVLOWAT),
    OFF(SOL_SOCKET, SO_TIMESTAMP),
    OFF(SOL_SOCKET, SO_TIMESTAMPNS),
    OFF(SOL_SOCKET, SO_TIMESTAMPING),
    OFF(SOL_SOCKET, SO_RXQ_OVFL),
    /* With it places that overlap may both listen, and to the same user alone. */
    OFF(SOL_SOCKET, SO_REUSEPORT),
    NUMBER(SOL_SOCKET, SO_INCOMING_CPU),
    NUMBER(SOL_SOCKET, SO_MAX_PACING_RATE),
    OFF(SOL_SOCKET, SO_NO_CHECK),
    OFF(SOL_SOCKET, SO_SELECT_ERR_QUEUE),
    OFF(SOL_SOCKET, SO_ZEROCOPY),
    {SOL_SOCKET, SO_LINGER, sizeof(struct linger), true},
    {SOL_SOCKET, SO_RCVTIMEO, sizeof(struct timeval), true},
    {SOL_SOCKET, SO_SNDTIMEO, sizeof(struct timeval), true},

    OFF(IPPROTO_IP, IP_TOS),
    NUMBER(IPPROTO_IP, IP_TTL),
    OFF(IPPROTO_IP, IP_MINTTL),
    NUMBER(IPPROTO_IP, IP_MTU_DISCOVER),
    OFF(IPPROTO_IP, IP_CHECKSUM),
    OFF(IPPROTO_IP, IP_PKTINFO),
    OFF(IPPROTO_IP, IP_RECVERR),
    OFF(IPPROTO_IP, IP_RECVERR_RFC4884),
    OFF(IPPROTO_IP, IP_RECVFRAGSIZE),
    OFF(IPPROTO_IP, IP_RECVOPTS),
    OFF(IPPROTO_IP, IP_RECVORIGDSTADDR),
    OFF(IPPROTO_IP, IP_RECVTOS),
    OFF(IPPROTO_IP, IP_RECVTTL),
    OFF(IPPROTO_IP, IP_UNICAST_IF),
    NUMBER(IPPROTO_IP, IP_MULTICAST_ALL),
    NUMBER(IPPROTO_IP, IP_MULTICAST_LOOP),
    NUMBER(IPPROTO_IP, IP_MULTICAST_TTL),
    {IPPROTO_IP, IP_MULTICAST_IF, sizeof(struct in_addr), true},

    OFF(IPPROTO_IPV6, IPV6_TCLASS),
    NUMBER(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
    OFF(IPPROTO_IPV6, IPV6_MINHOPCOUNT),
    NUMBER(IPPROTO_IPV6, IPV6_MTU_DISCOVER),
    OFF(IPPROTO_IPV6, IPV6_2292PKTINFO),
    NUMBER(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES),
    NUMBER(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL),
    OFF(IPPROTO_IPV6, IPV6_DONTFRAG),
    OFF(IPPROTO_IPV6, IPV6_RECVERR),
    OFF(IPPROTO_IPV6, IPV6_RECVERR_RFC4884),
    OFF(IPPROTO_IPV6, IPV6_RECVDSTOPTS),
    OFF(IPPROTO_IPV6, IPV6_RECVFRAGSIZE),
    OFF(IPPROTO_IPV6, IPV6_RECVHOPLIMIT),
    OFF(IPPROTO_IPV6, IPV6_RECVHOPOPTS),
    OFF(IPPROTO_IPV6, IPV6_RECVORIGDSTADDR),
    OFF(IPPROTO_IPV6, IPV6_RECVPATHMTU),
    OFF(IPPROTO_IPV6, IPV6_RECVPKTINFO),
    OFF(IPPROTO_IPV6, IPV6_RECVRTHDR),
    OFF(IPPROTO_IPV6, IPV6_RECVTCLASS),
    NUMBER(IPPROTO_IPV6, IPV6_MULTICAST_ALL),
    NUMBER(IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
    OFF(IPPROTO_IPV6, IPV6_MULTICAST_IF),
    NUMBER(IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
    OFF(IPPROTO_IPV6, IPV6_UNICAST_IF),

    OFF(IPPROTO_TCP, TCP_CORK),
    OFF(IPPROTO_TCP, TCP_DEFER_ACCEPT),
    OFF(IPPROTO_TCP, TCP_FASTOPEN),
    OFF(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE),
    OFF(IPPROTO_TCP, TCP_INQ),
    NUMBER(IPPROTO_TCP, TCP_KEEPCNT),
    NUMBER(IPPROTO_TCP, TCP_KEEPIDLE),
    NUMBER(IPPROTO_TCP, TCP_KEEPINTVL),
    NUMBER(IPPROTO_TCP, TCP_LINGER2),
    NUMBER(IPPROTO_TCP, TCP_MAXSEG),
    OFF(IPPROTO_TCP, TCP_NODELAY),
    NUMBER(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
    OFF(IPPROTO_TCP, TCP_SAVE_SYN),
    NUMBER(IPPROTO_TCP, TCP_SYNCNT),
    OFF(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS),
    OFF(IPPROTO_TCP, TCP_USER_TIMEOUT),
    OFF(IPPROTO_TCP, TCP_WINDOW_CLAMP),
    {IPPROTO_TCP, TCP_CONGESTION, 16, false},

    OFF(IPPROTO_UDP, UDP_GRO),
    OFF(IPPROTO_UDP, UDP_NO_CHECK6_RX),
    OFF(IPPROTO_UDP, UDP_NO_CHECK6_TX),
    OFF(IPPROTO_UDP, UDP_SEGMENT),
};

static bool read_option(int fd, const struct option *option, union value *value) {
    socklen_t length = option->size;

    memset(value, 0, sizeof *value);
    return getsockopt(fd, option->level, option->name, value, &length) == 0;
}

static void write_option(int fd, const struct option *option, union value *value) {
    /* The kernel doubles what it is given for a buffer, and gives back the double. */
    if (option->level == SOL_SOCKET && (option->name == SO_RCVBUF || option->name == SO_SNDBUF)) value->number /= 2;
    (void)setsockopt(fd, option->level, option->name, value, option->size);
}

/*
 * A socket as fresh as FROM once was, whose options are the defaults. -1 where it cannot be made.
 */
static int make_fresh(int from) {
    static const int names[] = {SO_DOMAIN, SO_TYPE, SO_PROTOCOL};
    int kind[3];

    for (int i = 0; i < 3; i++) {
        socklen_t length = sizeof kind[i];

        if (getsockopt(from, SOL_SOCKET, names[i], &kind[i], &length) != 0) return -1;
    }
    return socket(kind[0], kind[1] | SOCK_CLOEXEC, kind[2]);
}

/* Whether the socket FD has the VALUE too. */
static bool has(int fd, const struct option *option, const union value *value) {
    union value own;

    return read_option(fd, option, &own) && memcmp(own.text, value->text, sizeof own.text) == 0;
}

static bool is_off(const struct option *option, const union value *value) {
    static const union value off;

    return option->off && memcmp(value->text, off.text, sizeof off.text) == 0;
}

/* Whether a socket of this kind could have an option of LEVEL at all. */
static bool has_level(const struct endpoint *at, int level) {
    switch (level) {
    case IPPROTO_IPV6: return at->domain == AF_INET6;
    case IPPROTO_TCP: return at->type == SOCK_STREAM;
    case IPPROTO_UDP: return at->type == SOCK_DGRAM;
    default: return true;
    }
}

void sockopts_copy(int from, int to, const struct endpoint *at) {
    int fresh = -1;
    union value value;

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (!has_level(at, options[i].level) || !read_option(from, &options[i], &value)) continue;
        if (is_off(&options[i], &value)) continue;
        /* Most programs set few, and what is the same on both needs no default to tell. */
        if (has(to, &options[i], &value)) continue;
        /* Without a descriptor to spare, what differs counts as set by the program. */
        if (fresh < 0) fresh = make_fresh(from);
        if (fresh < 0 || !has(fresh, &options[i], &value)) write_option(to, &options[i], &value);
    }
    if (fresh >= 0) close(fresh);
}
