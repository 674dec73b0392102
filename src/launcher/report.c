/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <poll.h>
#include <stdarg.h>
#include <sys/un.h>

enum { LINE_SIZE = 4096 };

/* Fills LINE with PREFIX and the formatted text, escaped; returns its length, with room for one
 * byte more. */
static size_t compose(char line[LINE_SIZE], const char *prefix, const char *format,
                      va_list values) {
    char text[LINE_SIZE];
    size_t length = strlen(strcpy(line, prefix));

    vsnprintf(text, sizeof text, format, values);
    for (const char *byte = text; *byte != '\0' && length < LINE_SIZE - 6; byte++)
        length += (size_t)sprintf(line + length, *byte < ' ' || *byte > '~' ? "\\x%02x" : "%c",
                                  (unsigned char)*byte);
    return length;
}

void tell(const char *format, ...) {
    struct pollfd error = {STDERR_FILENO, POLLOUT, 0};
    char line[LINE_SIZE];
    va_list values;
    size_t length;

    va_start(values, format);
    length = compose(line, "lowportbind: ", format, values);
    va_end(values);
    line[length++] = '\n';
    if (poll(&error, 1, 0) == 1 && write(STDERR_FILENO, line, length) < 0) return;
}

/* Not syslog(3): it waits for a full log, and reads the time zone that the caller chose. */
void record(int priority, const char *format, ...) {
    struct sockaddr_un log = {AF_UNIX, "/dev/log"};
    char line[LINE_SIZE], tag[64];
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    va_list values;
    size_t length;

    snprintf(tag, sizeof tag, "<%d>lowportbind[%d]: ", LOG_AUTHPRIV | priority, (int)getpid());
    va_start(values, format);
    length = compose(line, tag, format, values);
    va_end(values);
    if (sendto(fd, line, length, MSG_NOSIGNAL, (void *)&log, sizeof log) < 0 || close(fd) < 0)
        return;
}

void refuse(int status, const char *format, ...) {
    char text[LINE_SIZE];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    tell("%s", text);
    if (status == EX_NOPERM || status == EX_CONFIG) record(LOG_NOTICE, "%s", text);
    exit(status);
}
