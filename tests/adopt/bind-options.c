/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that are set before bind(2) are still set after it. Wants tcp:79 and udp:79. */
#include "check.h"

#include <linux/net_tstamp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/time.h>

struct setting {
    const char *place;
    int level, name, value, found;
    const char *text;
};

#define SETTING(place, level, name, value)                                                         \
    {                                                                                              \
        place, level, name, value, value, #name                                                    \
    }
#define TCP4 "tcp:127.0.0.1:79"
#define TCP6 "tcp:[::1]:79"
#define UDP4 "udp:127.0.0.1:79"
#define UDP6 "udp:[::1]:79"
#define DUAL "udp:[::]:79"

static const struct setting settings[] = {
    SETTING(TCP4, SOL_SOCKET, SO_KEEPALIVE, 1),
    SETTING(TCP4, SOL_SOCKET, SO_PRIORITY, 3),
    SETTING(TCP4, SOL_SOCKET, SO_OOBINLINE, 1),
    SETTING(TCP4, SOL_SOCKET, SO_DONTROUTE, 1),
    SETTING(TCP4, SOL_SOCKET, SO_INCOMING_CPU, 0),
    SETTING(TCP4, SOL_SOCKET, SO_MAX_PACING_RATE, 100000),
    SETTING(TCP4, SOL_SOCKET, SO_RCVLOWAT, 100),
    SETTING(TCP4, SOL_SOCKET, SO_ZEROCOPY, 1),
    {TCP4, SOL_SOCKET, SO_RCVBUF, 20000, 40000, "SO_RCVBUF"},
    {TCP4, SOL_SOCKET, SO_SNDBUF, 20000, 40000, "SO_SNDBUF"},
    /* Seconds become retransmissions become seconds. */
    {TCP4, IPPROTO_TCP, TCP_DEFER_ACCEPT, 3, 3, "TCP_DEFER_ACCEPT"},
    SETTING(TCP4, IPPROTO_TCP, TCP_FASTOPEN, 16),
    SETTING(TCP4, IPPROTO_TCP, TCP_NODELAY, 1),
    SETTING(TCP4, IPPROTO_TCP, TCP_KEEPIDLE, 77),
    SETTING(TCP4, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000),
    SETTING(TCP4, IPPROTO_TCP, TCP_MAXSEG, 1000),
    SETTING(TCP4, IPPROTO_TCP, TCP_CORK, 1),
    SETTING(TCP4, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1),
    SETTING(TCP4, IPPROTO_TCP, TCP_INQ, 1),
    SETTING(TCP4, IPPROTO_TCP, TCP_KEEPCNT, 5),
    SETTING(TCP4, IPPROTO_TCP, TCP_KEEPINTVL, 7),
    SETTING(TCP4, IPPROTO_TCP, TCP_LINGER2, 9),
    SETTING(TCP4, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 20000),
    SETTING(TCP4, IPPROTO_TCP, TCP_SAVE_SYN, 1),
    SETTING(TCP4, IPPROTO_TCP, TCP_SYNCNT, 3),
    SETTING(TCP4, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1),
    SETTING(TCP4, IPPROTO_TCP, TCP_WINDOW_CLAMP, 20000),
    SETTING(TCP4, IPPROTO_IP, IP_MINTTL, 3),
    SETTING(TCP4, IPPROTO_IP, IP_TOS, 0x10),
    SETTING(TCP6, IPPROTO_IPV6, IPV6_TCLASS, 0x10),
    SETTING(TCP6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9),
    SETTING(UDP4, SOL_SOCKET, SO_TIMESTAMP, 1),
    SETTING(UDP4, SOL_SOCKET, SO_TIMESTAMPNS, 1),
    SETTING(UDP4, SOL_SOCKET, SO_BROADCAST, 1),
    SETTING(UDP4, SOL_SOCKET, SO_RXQ_OVFL, 1),
    SETTING(UDP4, SOL_SOCKET, SO_NO_CHECK, 1),
    SETTING(UDP4, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1),
    SETTING(UDP4, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE),
    SETTING(UDP4, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT),
    SETTING(UDP4, IPPROTO_IP, IP_PKTINFO, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVTTL, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVTOS, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVERR, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVERR_RFC4884, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVFRAGSIZE, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVOPTS, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVORIGDSTADDR, 1),
    SETTING(UDP4, IPPROTO_IP, IP_CHECKSUM, 1),
    SETTING(UDP4, IPPROTO_IP, IP_MULTICAST_ALL, 0),
    SETTING(UDP4, IPPROTO_IP, IP_MULTICAST_LOOP, 0),
    SETTING(UDP4, IPPROTO_IP, IP_MULTICAST_TTL, 5),
    SETTING(UDP4, IPPROTO_IP, IP_TTL, 7),
    {UDP4, IPPROTO_IP, IP_UNICAST_IF, 0x01000000, 0x01000000,
     "IP_UNICAST_IF"}, /* lo, in network order */
    SETTING(UDP4, IPPROTO_UDP, UDP_GRO, 1),
    SETTING(UDP4, IPPROTO_UDP, UDP_SEGMENT, 500),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVTCLASS, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_2292PKTINFO, 1),
    /* The kernel says of each preference whether it is one: here a public address, and none that is
       a hash. */
    {UDP6, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, 2, 0x402, "IPV6_ADDR_PREFERENCES"},
    SETTING(UDP6, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_DONTFRAG, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MINHOPCOUNT, 3),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 5),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MULTICAST_IF, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVDSTOPTS, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVERR, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVERR_RFC4884, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVFRAGSIZE, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVHOPOPTS, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVPATHMTU, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVRTHDR, 1),
    {UDP6, IPPROTO_IPV6, IPV6_UNICAST_IF, 0x01000000, 0x01000000, "IPV6_UNICAST_IF"},
    SETTING(UDP6, IPPROTO_UDP, UDP_NO_CHECK6_RX, 1),
    SETTING(UDP6, IPPROTO_UDP, UDP_NO_CHECK6_TX, 1),
    /* 0 is a setting as well, where it is not the default. */
    SETTING(TCP4, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT),
    SETTING(TCP6, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT),
    SETTING(UDP4, IPPROTO_IP, IP_MULTICAST_TTL, 0),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 0),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 0),
    SETTING(DUAL, IPPROTO_IP, IP_PKTINFO, 1),
    SETTING(DUAL, IPPROTO_IP, IP_RECVTOS, 1),
    SETTING(DUAL, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),
};

static int get(int fd, const struct setting *setting)
{
    int value = -1;
    socklen_t length = sizeof value;

    CHECK(getsockopt(fd, setting->level, setting->name, &value, &length) == 0);
    return value;
}

static void survives(const struct setting *setting)
{
    struct place place = place_read(setting->place);
    int fd = place_socket(&place, 0);

    if (get(fd, setting) == setting->found)
        errx(1, "%s: already the default: this proves nothing", setting->text);
    if (setsockopt(fd, setting->level, setting->name, &setting->value, sizeof(int)) != 0)
        err(1, "%s", setting->text);
    CHECK(bind_place(fd, &place) == 0);
    if (get(fd, setting) != setting->found)
        errx(1, "%s on %s: %d, not %d", setting->text, setting->place, get(fd, setting),
             setting->found);
    close(fd);
}

/* Those that are no number. VALUE is as long as what the kernel gives back. */
static void survives_whole(const char *where, int level, int name, const void *value,
                           socklen_t size)
{
    struct place place = place_read(where);
    int fd = place_socket(&place, 0);
    char found[32];
    socklen_t length = size;

    CHECK(getsockopt(fd, level, name, found, &length) == 0 && length == size);
    if (memcmp(found, value, size) == 0)
        errx(1, "option %d of level %d: already the default: this proves nothing", name, level);
    CHECK(setsockopt(fd, level, name, value, size) == 0);
    CHECK(bind_place(fd, &place) == 0);
    CHECK(getsockopt(fd, level, name, found, &length) == 0 && memcmp(found, value, size) == 0);
    close(fd);
}

static void structures(void)
{
    struct linger linger = {1, 7};
    struct timeval time = {3, 0};
    struct in_addr loopback = {htonl(INADDR_LOOPBACK)};

    survives_whole(TCP4, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    survives_whole(UDP4, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    survives_whole(UDP4, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
    survives_whole(UDP4, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback);
}

/* The kernel has reno always, and whatever is the default. */
static void congestion_control(void)
{
    char reno[16] = "reno", found[16] = "";
    socklen_t length = sizeof found;
    struct place place = place_read(TCP4);
    int fd = place_socket(&place, 0);

    CHECK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, found, &length) == 0);
    close(fd);
    if (strcmp(found, reno) != 0)
        survives_whole(TCP4, IPPROTO_TCP, TCP_CONGESTION, reno, sizeof reno);
}

/* With it any user could bind the port of a UDP socket as well, and get what was meant for the
 * program. */
static void does_not_share_udp(void)
{
    struct place place = place_read(UDP4);
    int fd = place_socket(&place, 0), on = 1;
    socklen_t length = sizeof on;

    CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    CHECK(bind_place(fd, &place) == 0);
    CHECK(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, &length) == 0 && on == 0);
    close(fd);
}

/* What whoever made the socket has set is not undone by a program that says nothing of it. */
static void leaves_the_rest(void)
{
    static const struct setting idle = SETTING(TCP4, IPPROTO_TCP, TCP_KEEPINTVL, 42);
    int one = bound_socket(TCP4, 0);

    CHECK(setsockopt(one, idle.level, idle.name, &idle.value, sizeof(int)) == 0);
    int two = bound_socket(TCP4, 0);
    CHECK(get(two, &idle) == 42);
    close(one);
    close(two);
}

int main(void)
{
    structures();
    congestion_control();
    does_not_share_udp();
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        survives(&settings[i]);
    leaves_the_rest();
    return 0;
}
