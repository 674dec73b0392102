/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#define SETTING "/proc/sys/net/ipv4/ip_local_reserved_ports"
#define RANGE "/proc/sys/net/ipv4/ip_local_port_range"

static bool has(const port_set ports, unsigned port) { return (ports[port / 64] >> port % 64 & 1) != 0; }

/* Reads what stands in the setting: "22,8080-8089", of any length, in one read: there is no second. */
static bool read_setting(port_set ports, struct trouble *trouble) {
    enum { ROOM = 1 << 19 }; /* every other port, in digits, is not half of it */
    char *text = calloc(1, ROOM), *rest = text, *word;
    int fd = open(SETTING, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 && text != NULL ? read(fd, text, ROOM - 1) : -1;

    memset(ports, 0, sizeof(port_set));
    if (fd >= 0) close(fd);
    if (length < 0) return free(text), trouble_is(trouble, EX_OSERR, "%s: cannot be read: %m", SETTING);
    while ((word = strsep(&rest, ",\n")) != NULL) {
        unsigned first = 0, last;
        int count = sscanf(word, "%5u-%5u", &first, &last); /* NOLINT(cert-err34-c): the kernel prints ports */

        for (unsigned port = first; count > 0 && port <= (count == 2 ? last : first) && port <= UINT16_MAX; port++)
            ports[port / 64] |= 1UL << port % 64;
    }
    free(text);
    return true;
}

/* Writes PORTS in pieces that the kernel takes at once. Where KEEP is set nothing is taken away meanwhile: a write that
 * does not begin at the start of the file adds to what is there. */
static bool write_setting(const port_set ports, bool keep, struct trouble *trouble) {
    enum { PIECE = 4000 }; /* less than a page, which is the most */
    int fd = open(SETTING, O_WRONLY | O_CLOEXEC);
    char text[PIECE + 32];
    size_t length = 0;
    off_t at = keep;
    bool good = fd >= 0;

    text[0] = '\0';
    for (unsigned port = 0, last; good && port <= UINT16_MAX; port = last + 1) {
        last = port;
        if (!has(ports, port)) continue;
        while (last < UINT16_MAX && has(ports, last + 1)) last++;
        length += (size_t)sprintf(text + length, "%s%u-%u", length > 0 ? "," : "", port, last);
        if (length < PIECE) continue;
        good = pwrite(fd, text, length, at) == (ssize_t)length;
        length = 0, at = 1;
    }
    /* An empty list is a line of its own: nothing written would change nothing. */
    if (length == 0 && at == 0) length = (size_t)sprintf(text, "\n");
    if (good && length > 0) good = pwrite(fd, text, length, at) == (ssize_t)length;
    if (!good) (void)trouble_is(trouble, EX_OSERR, "%s: cannot be written: %m", SETTING);
    if (fd >= 0) close(fd);
    return good;
}

bool reserved_plan(const port_set ports, port_set ours, struct trouble *trouble) {
    port_set now;

    if (!read_setting(now, trouble)) return false;
    for (unsigned i = 0; i < PORT_BITS; i++) ours[i] = (ours[i] & now[i]) | (ports[i] & ~now[i]);
    return true;
}

bool reserved_lacks(const port_set ports, bool *lacks, struct trouble *trouble) {
    port_set now;

    if (!read_setting(now, trouble)) return false;
    *lacks = false;
    for (unsigned i = 0; i < PORT_BITS; i++) *lacks = *lacks || (ports[i] & ~now[i]) != 0;
    return true;
}

bool reserved_are_all(const port_set ports) {
    FILE *range = fopen(RANGE, "re");
    struct trouble none;
    unsigned port = 0, last;
    port_set now;
    bool all;

    /* NOLINTNEXTLINE(cert-err34-c): the kernel prints two ports */
    all = range != NULL && fscanf(range, "%u %u", &port, &last) == 2 && read_setting(now, &none);
    for (; all && port <= last; port++) all = has(ports, port) || has(now, port);
    if (range != NULL) (void)fclose(range); /* it was read alone */
    return all;
}

bool reserved_add(const port_set ports, struct trouble *trouble) { return write_setting(ports, true, trouble); }

bool reserved_narrow(const port_set ports, port_set ours, struct trouble *trouble) {
    port_set now, before;
    struct trouble later;
    bool same = true;

    if (!read_setting(now, trouble)) return false;
    memcpy(before, now, sizeof before);
    for (unsigned i = 0; i < PORT_BITS; i++) {
        uint64_t gone = ours[i] & ~ports[i];

        same = same && (now[i] & gone) == 0;
        now[i] &= ~gone;
        ours[i] &= ports[i];
    }
    if (same || write_setting(now, false, trouble)) return true;
    return (void)write_setting(before, true, &later), false; /* the first piece has replaced all that was there */
}
