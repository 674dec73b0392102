/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "why.h"

#include "sections.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A daemon that tries again every second is not to fill the log. */
#define MOST_LINES 8

#define PLACE_TEXT (sizeof "tcp:[]:65535" + INET6_ADDRSTRLEN)

static char sections[SECTIONS_TEXT];
static struct stat standard_error;

void why_load(void) {
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before main(), without another thread */
    const char *text = getenv(SECTIONS_VARIABLE);

    if (text != NULL && strlen(text) < sizeof sections) memcpy(sections, text, strlen(text) + 1);
    if (fstat(STDERR_FILENO, &standard_error) != 0) standard_error.st_ino = 0;
}

/* The daemon may have closed it, and got the number back for a connection or a file of records. And a bind(2) neither
 * waits for a reader nor ends its caller by SIGPIPE. */
static bool may_speak(void) {
    struct pollfd error = {STDERR_FILENO, POLLOUT, 0};
    struct stat now;

    return fstat(STDERR_FILENO, &now) == 0 && now.st_ino != 0 && now.st_ino == standard_error.st_ino &&
           now.st_dev == standard_error.st_dev && poll(&error, 1, 0) == 1 && error.revents == POLLOUT;
}

static const char *service_of(const struct endpoint *endpoint) {
    if (endpoint->protocol == IPPROTO_MPTCP) return "mptcp";
    return endpoint->type == SOCK_STREAM ? "tcp" : "udp";
}

/* "[::1]:53" */
static void write_place(const struct endpoint *endpoint, char *text) {
    char address[INET6_ADDRSTRLEN] = "?";
    bool six = endpoint->domain == AF_INET6;

    (void)inet_ntop(endpoint->domain, &endpoint->address, address, sizeof address);
    (void)snprintf(text, PLACE_TEXT, six ? "[%s]:%u" : "%s:%u", address, ntohs(endpoint->port));
}

/* The LENGTH of the name, and the name, of the section for WANTED; NULL where there is none. */
static const char *section_for(const struct endpoint *wanted, int *length) {
    char key[32];
    const char *at = sections;

    (void)snprintf(key, sizeof key, "%s:%u=", wanted->type == SOCK_STREAM ? "tcp" : "udp", ntohs(wanted->port));
    while (at != NULL && strncmp(at, key, strlen(key)) != 0) {
        at = strchr(at, ',');
        if (at != NULL) at++;
    }
    if (at == NULL) return NULL;
    at += strlen(key);
    *length = (int)strcspn(at, ",");
    return at;
}

static const char *kind_of(const struct endpoint *endpoint) {
    if (endpoint->domain != AF_INET6 || !endpoint_is_wildcard(endpoint)) return "";
    return endpoint->v6only ? " (BindIPv6Only=ipv6-only)" : " (BindIPv6Only=both)";
}

/* What lowportbind would have to be asked for; it hands IPv4 addresses over as IPv6 has them, too. */
static void write_request(const struct endpoint *wanted, const char *place, char *text, size_t size) {
    char address[INET_ADDRSTRLEN] = "?";

    if (endpoint_is_wildcard(wanted)) {
        (void)snprintf(text, size, "%s:%u", service_of(wanted), ntohs(wanted->port));
    } else if (endpoint_is_mapped(wanted)) {
        (void)inet_ntop(AF_INET, &wanted->address.s6_addr32[3], address, sizeof address);
        (void)snprintf(text, size, "%s:%s:%u", service_of(wanted), address, ntohs(wanted->port));
    } else {
        (void)snprintf(text, size, "%s:%s", service_of(wanted), place);
    }
}

static int tell_other(const struct endpoint *wanted, const struct endpoint *handed, char *text, size_t size) {
    char place[PLACE_TEXT], other[PLACE_TEXT], request[PLACE_TEXT + 8];

    write_place(wanted, place);
    write_place(handed, other);
    write_request(wanted, place, request, sizeof request);
    return snprintf(text, size,
                    "lowport-adopt: %s:%s%s: handed over at this port was another, %s%s; what helps is "
                    "lowportbind --adopt %s, or Listen%s=%s in a socket unit\n",
                    service_of(wanted), place, kind_of(wanted), other, kind_of(handed), request,
                    wanted->type == SOCK_STREAM ? "Stream" : "Datagram", place);
}

static int tell_gone(const struct endpoint *wanted, char *text, size_t size) {
    char place[PLACE_TEXT];

    write_place(wanted, place);
    return snprintf(text, size,
                    "lowport-adopt: %s:%s: it was handed over, and has been given up since: the program closed it, or "
                    "went on to an address that overlaps; start it anew\n",
                    service_of(wanted), place);
}

static int tell_section(const struct endpoint *wanted, char *text, size_t size) {
    char place[PLACE_TEXT];
    int length;
    const char *name = section_for(wanted, &length);

    if (name == NULL) return 0;
    write_place(wanted, place);
    return snprintf(text, size,
                    "lowport-adopt: %s:%s: not handed over; section [%.*s] has it: lowportbind --adopt @%.*s\n",
                    service_of(wanted), place, length, name, length, name);
}

static void say(const char *text, int length, size_t size) {
    static unsigned lines;

    if (length <= 0 || (size_t)length >= size || !may_speak()) return;
    if (__atomic_fetch_add(&lines, 1, __ATOMIC_RELAXED) < MOST_LINES) (void)!write(STDERR_FILENO, text, (size_t)length);
}

void why_tell(const struct endpoint *wanted, const struct endpoint *handed) {
    char text[512];
    int length;

    if (handed != NULL && endpoint_serves(handed, wanted))
        length = tell_gone(wanted, text, sizeof text);
    else if (handed != NULL)
        length = tell_other(wanted, handed, text, sizeof text);
    else
        length = tell_section(wanted, text, sizeof text);
    say(text, length, sizeof text);
}

void why_tell_elsewhere(const struct endpoint *wanted) {
    char text[512], place[PLACE_TEXT];
    int length;

    write_place(wanted, place);
    length = snprintf(text, sizeof text,
                      "lowport-adopt: %s:%s: it was handed over, and is on another interface since; start the program "
                      "anew, or, where it serves several, under the kernel table: lowportctl load\n",
                      service_of(wanted), place);
    say(text, length, sizeof text);
}
