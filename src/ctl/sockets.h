/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl.h"

/* A socket that holds a port: a TCP socket that listens or, where the kernel tells (6.8), is only bound; any UDP
 * socket. Connections are none. */
struct held {
    struct endpoint at;
    uid_t uid;                 /* who made it */
    unsigned inode, interface; /* interface: its index, where it is bound to one */
    bool listening;
    LIST(pid_t) pids; /* the processes that have it open, as far as the caller may see, in order */
    char *command;    /* of the first, as proc(5) has it in comm, or NULL */
};
typedef LIST(struct held) held_list;

/* All of them in this network namespace, by sock_diag(7), without their processes. Where the kernel does not answer it
 * says so and leaves out what is missing; false then. */
bool list_sockets(held_list *sockets);

/* Fills in the processes of the SOCKETS, from the descriptors in proc(5). An ordinary user sees his own alone. */
void find_processes(const held_list *sockets);

/* ---- holders.c ---- */

/* Those at ports that sections of RULES name, in the order of ports and addresses, with their processes. WHOLE: false
 * where the kernel did not tell of all. */
held_list holders_of(const struct rules *rules, bool *whole);

/* The request that would bind the same. */
char *holder_request(const struct held *held);

/* Whose it is: the name, or the uid in digits. */
char *holder_name(const struct held *held);

/* Whether RULES grant that user what he holds, by the groups that a login has. Root needs no grant. */
bool holder_is_granted(const struct rules *rules, const struct held *held);
