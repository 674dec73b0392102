/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "preset.h"

#include <fcntl.h>

static void write_value(FILE *value, const struct listener *listener) { (void)fprintf(value, "%d;", listener->fd); }

const struct preset preset = {
    .handoff = "nginx",
    .variable = "NGINX",
    /* Two workers are woken for one connection, as at a reload: the one that comes too late would wait in accept(2) for
     * the next one, and neither end nor serve the connections that it has. */
    .flags = O_NONBLOCK,
    .help = "usage: lowport-nginx [--] NGINX [ARGUMENT]...\n"
            "Runs NGINX with the TCP sockets that were handed over, in the variable NGINX:\n"
            "\n"
            "    lowportbind --handoff nginx tcp4:80 tcp6:80 -- nginx\n"
            "\n"
            "    tcp4:80            listen 80;\n"
            "    tcp6:80            listen [::]:80;\n"
            "    tcp:192.0.2.1:80   listen 192.0.2.1:80;\n"
            "    tcp:80             listen [::]:80 ipv6only=off;\n"
            "\n"
            "    --help, --version\n"
            "\n"
            "See lowport-nginx(1).\n",
    .version = "lowport-nginx " PACKAGE_VERSION "\n",
    .write = write_value,
    .before_port = "listen [::]:",
    .behind_port = " ipv6only=off;",
};
