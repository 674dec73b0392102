/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "preset.h"

#include <arpa/inet.h>

/* ADDRESS:PORT=FD and a comma, of which the last is ignored. An IPv6 address has no brackets. */
static void write_value(FILE *value, const struct listener *listener) {
    const void *address = listener->at.any.sa_family == AF_INET6 ? (const void *)&listener->at.in6.sin6_addr
                                                                 : (const void *)&listener->at.in.sin_addr;
    char text[INET6_ADDRSTRLEN];

    (void)fprintf(value, "%s:%u=%d,", inet_ntop(listener->at.any.sa_family, address, text, sizeof text),
                  (unsigned)listener_port(listener), listener->fd);
}

const struct preset preset = {
    .handoff = "php-fpm",
    .variable = "FPM_SOCKETS",
    .continued = "FPM_SOCKETS_1",
    .flags = 0, /* its children wait in accept(2) */
    .help = "usage: lowport-php-fpm [--] PHP-FPM [ARGUMENT]...\n"
            "Runs PHP-FPM with the TCP sockets that were handed over, in the variable\n"
            "FPM_SOCKETS:\n"
            "\n"
            "    lowportbind --handoff php-fpm tcp:900 -- php-fpm8.2 -F\n"
            "\n"
            "    tcp:900             listen = 900\n"
            "    tcp4:900            listen = 0.0.0.0:900\n"
            "    tcp:127.0.0.1:900   listen = 127.0.0.1:900\n"
            "    tcp:[::1]:900       listen = [::1]:900\n"
            "\n"
            "    --help, --version\n"
            "\n"
            "See lowport-php-fpm(1).\n",
    .version = "lowport-php-fpm " PACKAGE_VERSION "\n",
    .write = write_value,
    .before_port = "listen = ",
    .behind_port = "",
};
