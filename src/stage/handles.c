/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "handles.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* LISTEN_PIDFDID is what systemd 258 and later add to LISTEN_PID. */
static const char *const variables[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"};

/* The number in a variable, 0 where it is not there. */
static int number_in(const char *variable) {
    const char *text = getenv(variable);
    char *end;
    unsigned long number;

    if (text == NULL) return 0;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 || number > INT_MAX)
        errx(EX_USAGE, "%s: not a number; unset it, or start me from what set it", variable);
    return (int)number;
}

static void name_handles(struct handles *handles) {
    const char *value = getenv("LISTEN_FDNAMES");
    char *names;

    if (value == NULL || handles->count == 0) return;
    names = strdup(value);
    if (names == NULL) err(EX_OSERR, "LISTEN_FDNAMES");
    for (size_t i = 0; i < handles->count && names != NULL; i++) handles->list[i].name = strsep(&names, ":");
}

struct handles handles_read(void) {
    struct handles handles = {0, NULL};

    if (number_in("LISTEN_PID") != getpid()) return handles;
    handles.count = (size_t)number_in("LISTEN_FDS");
    handles.list = calloc(handles.count + 1, sizeof *handles.list);
    if (handles.list == NULL) err(EX_OSERR, "LISTEN_FDS");
    for (size_t i = 0; i < handles.count; i++) {
        handles.list[i].fd = HANDLES_FIRST + (int)i;
        if (fcntl(handles.list[i].fd, F_GETFD) < 0)
            errx(EX_USAGE, "LISTEN_FDS: descriptor %d is not open; start me from what set it", handles.list[i].fd);
    }
    name_handles(&handles);
    return handles;
}

static void set_number(const char *variable, size_t number) {
    char text[24];

    (void)snprintf(text, sizeof text, "%zu", number);
    if (setenv(variable, text, 1) != 0) err(EX_OSERR, "%s", variable);
}

static void set_names(const struct handles *handles) {
    char *names;
    size_t length;
    FILE *stream = open_memstream(&names, &length);

    if (stream == NULL) err(EX_OSERR, "LISTEN_FDNAMES");
    for (size_t i = 0; i < handles->count; i++) {
        const char *name = handles->list[i].name;

        /* What sd_listen_fds_with_names(3) calls a descriptor that has no name. If it fails, fclose(3) says so. */
        (void)fprintf(stream, "%s%s", i > 0 ? ":" : "", name != NULL ? name : "unknown");
    }
    if (fclose(stream) != 0 || setenv("LISTEN_FDNAMES", names, 1) != 0) err(EX_OSERR, "LISTEN_FDNAMES");
    free(names);
}

void handles_give(const struct handles *handles) {
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) unsetenv(variables[i]);
    for (size_t i = 0; i < handles->count; i++) {
        int from = handles->list[i].fd;
        int to = HANDLES_FIRST + (int)i;

        if (from == to) continue;
        if (dup2(from, to) < 0) err(EX_OSERR, "descriptor %d", from);
        close(from);
    }
    if (handles->count == 0) return;
    set_number("LISTEN_FDS", handles->count);
    set_number("LISTEN_PID", (size_t)getpid());
    set_names(handles);
}
