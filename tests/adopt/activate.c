/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parent as sd_listen_fds(3) describes it, for tests of lowport-adopt alone. Started as root, it
 * makes the sockets that the launcher makes, becomes an ordinary user without capabilities, and
 * executes.
 *
 *     activate UID:GID ITEM... -- PROGRAM [ARGUMENT...]
 *
 * ITEM is PROTO:PORT for the whole set of a wildcard request, PROTO:ADDRESS:PORT for one socket,
 * PROTO being tcp, udp or mptcp, with a 6 (tcp6) for IPV6_V6ONLY; or file:NAME:PATH for a named
 * handle; or connected: for a TCP connection; or "listen", after which TCP sockets are listening,
 * as systemd hands them over; or "nameless", which leaves LISTEN_FDNAMES unset.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 3

static int next = FIRST;
static bool listening, nameless;
static char names[8192];

static void add(int fd, const char *name)
{
    if (fd < 0)
        err(71, "%s", name);
    if (fd != next && (dup2(fd, next) < 0 || close(fd) != 0))
        err(71, "%s", name);
    if (next > FIRST)
        strncat(names, ":", sizeof names - strlen(names) - 1);
    strncat(names, name, sizeof names - strlen(names) - 1);
    next++;
}

static void add_socket(const char *proto, const struct sockaddr *address, bool v6only)
{
    bool udp = strncmp(proto, "udp", 3) == 0;
    int protocol = strncmp(proto, "mptcp", 5) == 0 ? IPPROTO_MPTCP : 0;
    int fd = socket(address->sa_family, udp ? SOCK_DGRAM : SOCK_STREAM, protocol);
    socklen_t length =
        address->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int on = 1, only = v6only;

    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, udp ? SO_REUSEPORT : SO_REUSEADDR, &on, sizeof on) != 0)
        err(71, "%s", proto);
    if (address->sa_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) != 0)
        err(71, "%s", proto);
    if (bind(fd, address, length) != 0 || (listening && !udp && listen(fd, 4096) != 0))
        err(75, "%s", proto);
    add(fd, proto);
}

static void add_wildcards(const char *proto, in_port_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = port};

    add_socket(proto, (struct sockaddr *)&in, false);
    add_socket(proto, (struct sockaddr *)&in6, true);
    add_socket(proto, (struct sockaddr *)&in6, false);
}

static void add_local(const char *proto, in_port_t port)
{
    struct ifaddrs *list;

    if (getifaddrs(&list) != 0)
        err(71, "getifaddrs");
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
        if (one->ifa_addr == NULL)
            continue;
        if (one->ifa_addr->sa_family == AF_INET)
            ((struct sockaddr_in *)(void *)one->ifa_addr)->sin_port = port;
        else if (one->ifa_addr->sa_family == AF_INET6)
            ((struct sockaddr_in6 *)(void *)one->ifa_addr)->sin6_port = port;
        else
            continue;
        add_socket(proto, one->ifa_addr, false);
    }
    freeifaddrs(list);
}

static void add_one(const char *proto, char *address, in_port_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = port};
    char *end = strchr(address, ']');

    if (*address != '[' || end == NULL) {
        if (inet_pton(AF_INET, address, &in.sin_addr) != 1)
            errx(64, "%s: not an address", address);
        add_socket(proto, (struct sockaddr *)&in, false);
        return;
    }
    *end = '\0';
    char *zone = strchr(address, '%');
    if (zone != NULL) {
        *zone = '\0';
        in6.sin6_scope_id = if_nametoindex(zone + 1);
    }
    if (inet_pton(AF_INET6, address + 1, &in6.sin6_addr) != 1)
        errx(64, "%s: not an address", address);
    add_socket(proto, (struct sockaddr *)&in6, strchr(proto, '6') != NULL);
}

static void add_connection(void)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof in;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (listen(listener, 1) != 0 || getsockname(listener, (struct sockaddr *)&in, &length) != 0 ||
        connect(fd, (struct sockaddr *)&in, length) != 0)
        err(71, "connected");
    add(accept(listener, NULL, NULL), "connected");
}

static void add_item(char *item)
{
    char *first = strchr(item, ':'), *last = strrchr(item, ':');

    if (strcmp(item, "listen") == 0) {
        listening = true;
        return;
    }
    if (strcmp(item, "nameless") == 0) {
        nameless = true;
        return;
    }
    if (first == NULL)
        errx(64, "%s: not an item", item);
    *first = '\0';
    if (strcmp(item, "file") == 0) {
        *last = '\0';
        add(open(last + 1, O_RDONLY), first + 1);
        return;
    }
    if (strcmp(item, "connected") == 0) {
        add_connection();
        return;
    }
    in_port_t port = htons((in_port_t)atoi(last + 1));
    *last = '\0';
    if (first == last) {
        add_local(item, port);
        add_wildcards(item, port);
    } else {
        add_one(item, first + 1, port);
    }
}

static void set_environment(void)
{
    char text[32];

    snprintf(text, sizeof text, "%d", next - FIRST);
    setenv("LISTEN_FDS", text, 1);
    snprintf(text, sizeof text, "%d", getpid());
    setenv("LISTEN_PID", text, 1);
    if (!nameless)
        setenv("LISTEN_FDNAMES", names, 1);
}

int main(int argc, char **argv)
{
    unsigned int uid, gid;
    int arg = 1;

    if (arg >= argc || sscanf(argv[arg++], "%u:%u", &uid, &gid) != 2)
        errx(64, "usage: activate UID:GID ITEM... -- PROGRAM [ARGUMENT...]");
    /* What bats keeps open for itself is not what a parent hands over. */
    closefrom(FIRST);
    /* The kernel takes a socket's user, which SO_REUSEPORT asks for, from the filesystem uid. */
    setfsuid(uid);
    while (arg < argc && strcmp(argv[arg], "--") != 0)
        add_item(argv[arg++]);
    set_environment();
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        err(71, "%u:%u", uid, gid);
    if (arg + 1 >= argc)
        errx(64, "no program");
    execvp(argv[arg + 1], argv + arg + 1);
    err(127, "%s", argv[arg + 1]);
}
