/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of system calls that a confined program does not have unless they are named. */
#ifndef LOWPORT_CONFINE_GROUPS_H
#define LOWPORT_CONFINE_GROUPS_H

/* A set of them is their sum. */
enum group {
    GROUP_ATTRIBUTES = 1 << 0,
    GROUP_CLOCK = 1 << 1,
    GROUP_DEBUG = 1 << 2,
    GROUP_IO_URING = 1 << 3,
    GROUP_IPC = 1 << 4,
    GROUP_KEYRING = 1 << 5,
    GROUP_LISTEN = 1 << 6,
    GROUP_MODULE = 1 << 7,
    GROUP_MOUNT = 1 << 8,
    GROUP_NAMESPACE = 1 << 9,
    GROUP_OBSOLETE = 1 << 10,
    GROUP_REBOOT = 1 << 11,
    GROUP_SETID_FILES = 1 << 12,
    GROUP_SOCKETS = 1 << 13,
    GROUP_TCP = 1 << 14,
    GROUP_TIMES = 1 << 15,
    GROUP_UDP = 1 << 16,
};

struct call_group {
    const char *name;
    enum group group;
    const char *const *whole; /* the system calls of it that are refused whatever their arguments, up to a NULL */
    const char *rest;         /* what else it takes, in words; or NULL */
};

extern const struct call_group call_groups[];
extern const unsigned call_groups_count;

/* The group of that name, or 0. */
unsigned group_named(const char *name);

/* Writes them to standard output, a group and its calls a line. */
void groups_print(void);

#endif
