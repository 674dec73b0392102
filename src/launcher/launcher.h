/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The stages of a start, in the order in which main() goes through them, one file each. Whatever fails in them ends the
 * program through refuse(), so that nothing is handed to anybody. */

#include <cap-ng.h>
#include <net/if.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <syslog.h>

#include "ownership.h"

/* ---- report.c: what people and the log are told; every byte that is not printable ASCII is shown as \xNN ---- */

/* Writes "lowportbind: " and TEXT to standard error. One that would block, or is broken, costs the line and nothing
 * else. */
void tell(const char *text);

/* Sends TEXT to the system log (authpriv, RFC 3164) in one datagram, without waiting. A host that has no log, or a full
 * one, still starts its daemons: this alone never refuses. */
void record(int priority, const char *text);

/* Tells the formatted text, and ends the program with STATUS, of sysexits(3). EX_NOPERM and EX_CONFIG are refusals of a
 * port, and recorded. A setuid start must have given up uid 0: the line goes to a file of the caller's choice. */
#define refuse(status, ...) quit(status, format_text(__VA_ARGS__))
_Noreturn void quit(int status, const char *text);

/* Refuses with EX_OSERR what is not so: a system call that failed, or that did not do what it said. */
#define must(so, ...) ((so) ? (void)0 : refuse(EX_OSERR, __VA_ARGS__))

/* ---- process.c: what a process inherits beside its ids ---- */

/* Opens /dev/null on each of the descriptors 0-2 that is closed, lest the next file opened be taken for standard error.
 * False when one stays closed. */
bool open_standard_descriptors(void);

/* Stops the caller's timers, forgets its parent-death signal, and holds back the signals of a failed write: the program
 * must not end by one before it has its say. */
void stop_timers(void);

/* Drops every signal that waits, gives each its default action and empties the mask (signal(7)). */
void reset_signals(void);

/* ---- identity.c: who it is, or is to be ---- */

/* The name of user UID. */
char *name_of(uid_t uid);

/* The process as the kernel has it; NAME is for messages alone, and taken as it is. */
struct caller current_caller(const char *name);

/* ---- privilege.c: what the process may do; capabilities(7), credentials(7) ---- */

#define BIT(capability) (1ULL << (capability))

/* The first act of an ordinary start: gives up uid 0, where the program is setuid, for good, and every capability but
 * CAP_NET_BIND_SERVICE, permitted and not effective; the bounding set and the securebits are empty then. Where that
 * capability is missing it says why, and what helps. */
void give_up_root(void);

/* Sets all four user ids and all four group ids, keeping permitted capabilities. False when they are not so then. */
bool change_ids(uid_t uid, gid_t gid);

/* Sets the permitted set to KEPT and the effective one to RAISED, and the inheritable and ambient ones to nothing. */
void hold(uint64_t kept, uint64_t raised);

/* Returns the permitted set; refuses, and says why, where it does not hold all of NEEDED. */
uint64_t need(uint64_t needed);

/* Keeps KEPT permitted alone, and empties the bounding set and the securebits on the way there. */
void cut_down_to(uint64_t kept);

/* bind(2), with CAP_NET_BIND_SERVICE effective for that one call. */
int bind_with_capability(int fd, const struct sockaddr *address, socklen_t length);

/* The last act. Gives up every capability, sets no_new_privs unless MAY_GAIN, and reads back from the kernel that the
 * process is WHO in all four forms, with WHO's groups, that the five capability sets and the securebits are empty, and
 * that root cannot be had again. */
void drop_everything(const struct caller *who, bool may_gain);

/* ---- request.c: [NAME=]PROTO:[ADDRESS:]PORT ---- */

/* What is asked for, and then the descriptor that came of it. */
struct request {
    const char *text, *name, *protocol, *scope; /* without NAME=; that; tcp, udp, mptcp; the interface, or "" */
    struct endpoint at;
    bool spelled, mapped;       /* one of many that are adopted for one; IPv6 at an IPv4 address */
    const struct section *from; /* of @SECTION, or NULL */
    struct verdict verdict;
    int fd;
};
typedef LIST(struct request) requests;

/* Whether NAME may stand in LISTEN_FDNAMES, sd_listen_fds(3). */
bool is_handle_name(const char *name);

/* Reads TEXT into *REQUEST. Returns what is wrong with it, or NULL. */
const char *request_read(const char *text, struct request *request);

/* ---- options.c: the command line, lowportbind(1) ---- */

struct options {
    const char *user, *group, *chroot, *chdir;
    enum handoff handoff;               /* HANDOFFS: as the sections say */
    LIST(char *) requests, environment; /* environment: --env NAME=VALUE */
    requests passes;                    /* --pass NAME=FD: names and descriptors alone */
    char **program;                     /* with its arguments, and NULL behind them */
    unsigned backlog, copies;           /* copies: --reuse-port; 0: not asked for */
    bool freebind, dry_run;
};

/* Reads the command line, and ends the program for --help and --version. ROOT: a root start, which alone may name a
 * user or a root directory. */
struct options read_options(int argc, char **argv, bool root);

/* ---- plan.c: what is to be bound, and by whose right ---- */

/* All that is known of this start. */
struct start {
    struct options options;
    struct rules rules;
    struct caller who;
    requests asked, requests; /* as asked for; as they are to be bound */
    enum handoff handoff;
    bool may_gain; /* something is asked for, and every section that grants a part of it says no-new-privileges = no */
};

/* Reads the requests of the options; @SECTION becomes the section's single ports. */
void read_requests(struct start *start);

/* Decides on each request that was asked for, adds what belongs together with it, and spells a wildcard that is to be
 * adopted out into one request for each local address that is granted. Refuses when any of them is refused; -u is
 * root's word, and grants what no section does. */
void decide_requests(struct start *start);

/* Says who owns what REQUEST asks for, where that is written, and how root would grant it. */
_Noreturn void refuse_request(const struct start *start, const struct request *request);

/* The start in a line: who starts what, with which ports, by which right. */
char *describe(const struct start *start);

/* Says what would be done, on standard output, or refuses what the kernel would; ends the program. */
_Noreturn void dry_run(const struct start *start);

/* ---- listener.c: the sockets ---- */

/* Makes and binds the sockets, TCP ones listening unless they are to be adopted. The capability is used for
 * granted ports alone. */
requests open_listeners(const struct start *start);

/* ---- handover.c: descriptors and environment, for the daemon ---- */

/* Moves what is PLACED to descriptor 3 and up, in order, and closes all behind. */
void place(requests *placed);

/* Places the listeners (STDIN: the only one at 0) and what --pass names behind them, closes all others, and tells the
 * environment of them as in sd_listen_fds(3), and what --env says. */
void hand_over(const struct start *start, requests *listeners);

/* ---- program.c: the daemon, or what goes before it ---- */

/* Executes PROGRAM, found in PATH or the sbin directories, or before it what the HANDOFF needs. Ends the program with
 * 126 or 127, and why, where that fails. PROGRAM stands behind another word of the command line. */
_Noreturn void execute(char **program, enum handoff handoff);
