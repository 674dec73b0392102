/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lowport-accept: a process for each connection to the sockets that were handed over. */
#include "listeners.h"
#include "options.h"
#include "program.h"
#include "serve.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

/* One of 0, 1 and 2 that is closed would become a socket of ours, and be written to as if it was not. */
static void open_standard(void) {
    int fd;

    /* NOLINTNEXTLINE(android-cloexec-open): what stands at these numbers is for the programs, too */
    do fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) close(fd);
}

/* As s6-tcpserver does: for a supervisor that waits for a line, or for the end. */
static void tell_ready(const struct listeners *listeners) {
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    for (size_t i = 0; i < listeners->count; i++)
        printf("%s%u", i > 0 ? " " : "", (unsigned)listener_port(&listeners->list[i]));
    putchar('\n');
    if (fflush(stdout) != 0 || null < 0 || dup2(null, STDOUT_FILENO) < 0) err(EX_IOERR, "standard output");
    close(null);
}

int main(int argc, char **argv) {
    struct options options = options_read(argc, argv);
    char *path = program_require(options.command[0]);
    struct listeners listeners;

    open_standard();
    listeners = listeners_read("accept", options.command[0]);
    serve_begin(&options, &listeners, path);
    if (options.tell_ready) tell_ready(&listeners);
    serve();
    return EX_OK;
}
