/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A daemon that knows nothing of lowportbind: it binds a port by itself and answers each request with a page that says
 * who it runs as. `hello PORT`. */

#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

static int listen_on(in_port_t port) {
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), off = 0;

    if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) err(EX_OSERR, "socket");
    if (bind(fd, (const struct sockaddr *)&any, sizeof any) != 0) err(EX_OSERR, "port %u", port);
    if (listen(fd, SOMAXCONN) != 0) err(EX_OSERR, "listen");
    return fd;
}

static void answer(int client, in_port_t port) {
    char request[2048];
    FILE *page;

    /* One read is enough for the request line, and what it says does not matter here. */
    if (read(client, request, sizeof request) <= 0 || (page = fdopen(client, "w")) == NULL) {
        close(client);
        return;
    }
    /* A client that does not take the answer has lost it; the next one is served. */
    (void)fprintf(page,
                  "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"
                  "Hello from port %u. I run as uid %d, and never was root; no_new_privs is %s.\n",
                  port, (int)getuid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "set" : "not set");
    (void)fclose(page);
}

int main(int argc, char **argv) {
    char *end = NULL;
    unsigned long port = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
    int listener;

    if (end == NULL || *end != '\0' || port == 0 || port > 65535) errx(EX_USAGE, "usage: hello PORT");
    listener = listen_on((in_port_t)port);
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

        if (client < 0) err(EX_OSERR, "accept");
        answer(client, (in_port_t)port);
    }
}
