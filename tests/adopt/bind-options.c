/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that are set before bind(2) are still set after it. Wants tcp:79 and udp:79. */
#include "check.h"

#include <netinet/tcp.h>
#include <netinet/udp.h>

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
    {TCP4, SOL_SOCKET, SO_RCVBUF, 20000, 40000, "SO_RCVBUF"},
    {TCP4, SOL_SOCKET, SO_SNDBUF, 20000, 40000, "SO_SNDBUF"},
    /* Seconds become retransmissions become seconds. */
    {TCP4, IPPROTO_TCP, TCP_DEFER_ACCEPT, 3, 3, "TCP_DEFER_ACCEPT"},
    SETTING(TCP4, IPPROTO_TCP, TCP_FASTOPEN, 16),
    SETTING(TCP4, IPPROTO_TCP, TCP_NODELAY, 1),
    SETTING(TCP4, IPPROTO_TCP, TCP_KEEPIDLE, 77),
    SETTING(TCP4, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000),
    SETTING(TCP4, IPPROTO_TCP, TCP_MAXSEG, 1000),
    SETTING(TCP4, IPPROTO_IP, IP_TOS, 0x10),
    SETTING(TCP6, IPPROTO_IPV6, IPV6_TCLASS, 0x10),
    SETTING(TCP6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9),
    SETTING(UDP4, SOL_SOCKET, SO_TIMESTAMP, 1),
    SETTING(UDP4, SOL_SOCKET, SO_TIMESTAMPNS, 1),
    SETTING(UDP4, SOL_SOCKET, SO_BROADCAST, 1),
    SETTING(UDP4, SOL_SOCKET, SO_RXQ_OVFL, 1),
    SETTING(UDP4, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT),
    SETTING(UDP4, IPPROTO_IP, IP_PKTINFO, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVTTL, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVTOS, 1),
    SETTING(UDP4, IPPROTO_IP, IP_RECVERR, 1),
    SETTING(UDP4, IPPROTO_IP, IP_TTL, 7),
    SETTING(UDP4, IPPROTO_UDP, UDP_GRO, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVTCLASS, 1),
    SETTING(UDP6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1),
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
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        survives(&settings[i]);
    leaves_the_rest();
    return 0;
}
