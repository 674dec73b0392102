/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

#include <grp.h>
#include <limits.h>
#include <sys/fsuid.h>

/* Owns no file, by custom. */
#define ANYBODY 65534

static void read_as_anybody(struct rules *rules) {
    static gid_t groups[NGROUPS_MAX];
    int count = getgroups(NGROUPS_MAX, groups);

    /* Where the kernel refuses, as in a small user namespace, root reads as root. */
    if (count < 0 || setgroups(0, NULL) != 0) return ownership_read(rules);
    setfsgid(ANYBODY);
    setfsuid(ANYBODY);
    ownership_read(rules);
    setfsuid(geteuid());
    setfsgid(getegid());
    if (setgroups((size_t)count, groups) != 0 || (uid_t)setfsuid(NOBODY) != geteuid())
        give_up(EX_OSERR, "cannot go on as root after reading the ownership files: %m");
}

void read_ownership(struct rules *rules) {
    *rules = (struct rules){0};
    if (geteuid() == 0)
        read_as_anybody(rules);
    else
        ownership_read(rules);
}

void point_at_faults(const struct rules *rules) {
    EACH(fault, rules->faults) point_at("%s", *fault);
}

unsigned first_open_port(void) {
    unsigned first = 1024; /* unless the kernel is told otherwise */
    FILE *setting = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");

    if (setting == NULL) return first;
    /* NOLINTNEXTLINE(cert-err34-c): the kernel prints a port, and nothing larger */
    if (fscanf(setting, "%u", &first) != 1) first = 1024;
    (void)fclose(setting);
    return first;
}
