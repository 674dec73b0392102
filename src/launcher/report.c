/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <sys/select.h>
#include <sys/un.h>

/* Writes TEXT with every byte that is not printable ASCII as \xNN, and cut off: much of it is the caller's. There is
 * room for four bytes of each. */
static char *escape(const char *prefix, const char *text, const char *end) {
    char *line = format_text("%s%*s%s", prefix, 4 * (int)strlen(text), "", end), *to = line + strlen(prefix);

    for (; *text != '\0' && to < line + 8000; text++)
        to += *text < ' ' || *text > '~' || *text == '\\' ? sprintf(to, "\\x%02x", (uint8_t)*text) : (*to = *text, 1);
    memcpy(to, end, strlen(end) + 1);
    return line;
}

void tell(const char *text) {
    fd_set to = {0};
    const char *line = escape("lowportbind: ", text, "\n");

    /* Not by poll(2), which fails under a limit of no descriptors. */
    FD_SET(STDERR_FILENO, &to);
    if (select(3, NULL, &to, NULL, &(struct timeval){0}) == 1 && write(STDERR_FILENO, line, strlen(line)) < 0) return;
}

void record(int priority, const char *text) {
    const struct sockaddr_un log = {AF_UNIX, "/dev/log"};
    const char *line = escape(format_text("<%d>lowportbind[%d]: ", LOG_AUTHPRIV | priority, getpid()), text, "");
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (sendto(fd, line, strlen(line), MSG_NOSIGNAL, (const void *)&log, sizeof log) < 0) return;
}

void quit(int status, const char *text) {
    tell(text);
    if (status == EX_NOPERM || status == EX_CONFIG) record(LOG_NOTICE, text);
    exit(status);
}
