/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_LAUNCHER_H
#define LOWPORT_LAUNCHER_H

/* The stages of a start, in the order in which main() goes through them, one file each. Whatever
 * fails in them ends the program through refuse(), so that nothing is handed to anybody. */

#include <fcntl.h>
#include <net/if.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <syslog.h>

#include "ownership.h"

/* ---- report.c: what people and the log are told ----
 * Every byte that is not printable ASCII is shown as \xNN, as much of the text is the caller's. */

/* Writes "lowportbind: " and the line to standard error. A standard error that would block, or is
 * broken, costs the line and nothing else. */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* tell(), then ends the program with STATUS, of sysexits(3). EX_NOPERM and EX_CONFIG are refusals
 * of a port, and recorded. A setuid start must have given up uid 0: the line goes to a file of the
 * caller's choice. */
_Noreturn void refuse(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sends one datagram to the system log (authpriv, RFC 3164), without waiting. A host that has no
 * log, or a full one, still starts its daemons: this alone never refuses. */
void record(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- process.c: what a process inherits beside its ids ---- */

/* Opens /dev/null on each of the descriptors 0-2 that is closed, lest the next file opened be taken
 * for standard error. False when one stays closed. */
bool open_standard_descriptors(void);

/* Takes the terminal from a root start, so that the daemon can neither read what root types nor
 * type for root: 0 becomes /dev/null, 1 and 2 are opened again for writing alone, and there is no
 * controlling terminal any more (ioctl_tty(2)). Needs CAP_DAC_OVERRIDE where the terminal is
 * another user's. Returns what failed, or NULL. */
const char *give_up_terminal(void);

/* Stops the caller's timers, forgets its parent-death signal and holds back the signals that a
 * failed write sends: the program must not end by one before it has its say. */
void stop_timers(void);

/* Drops every signal that waits, gives each its default action and empties the mask (signal(7)). */
void reset_signals(void);

/* ---- privilege.c: what the process may do; capabilities(7), credentials(7) ---- */

struct identity {
    struct caller ids;               /* groups: sorted, as the kernel holds them */
    const char *name, *home, *shell; /* of passwd(5); without an entry the uid, "/", "/bin/sh" */
};

/* The first act. An ordinary start gives up uid 0, where the program is setuid, for good, and every
 * capability but CAP_NET_BIND_SERVICE, permitted and not effective; its bounding set and securebits
 * are empty then. A root start (true) gives up its terminal and the capabilities that it will not
 * need. Where a needed one is missing it says why, and what helps. */
bool give_up_root(void);

/* Makes a root start WHO for good, in the state of an ordinary start, but for CAP_SYS_CHROOT, which
 * stays permitted if CHROOT is set. */
void become(const struct identity *who, bool chroot);

/* bind(2), with CAP_NET_BIND_SERVICE effective for that one call. */
int bind_with_capability(int fd, const struct sockaddr *address, socklen_t length);

/* Opens the directory PATH for change_root(), while root can still reach it. */
int open_root(const char *path);

/* Makes the open directory FD the root and working directory, closes it, and gives up all
 * capabilities. */
void change_root(int fd);

/* The last act. Gives up every capability, sets no_new_privs unless MAY_GAIN, and reads back from
 * the kernel that the process is WHO in all four forms, with WHO's groups, that the five capability
 * sets and the securebits are empty, and that root cannot be had again. */
void drop_everything(const struct identity *who, bool may_gain);

/* ---- identity.c: who it is, or is to be ---- */

/* The process as it is. */
struct identity identity_of_process(void);

/* USER, by name or id, with the groups of group(5), and GROUP (or NULL) for its primary one.
 * Refuses where there is no such user, or no group; and, unless ROOT_SAYS so, root and root's
 * group. */
struct identity identity_of(const char *user, const char *group, bool root_says);

/* ---- options.c: the command line, lowportbind(1) ---- */

struct handle {
    const char *name;
    int fd;
};

struct options {
    const char *user, *group, *chroot, *chdir;
    enum handoff handoff;  /* HANDOFFS: as the section says */
    char **environment;    /* --env NAME=VALUE */
    struct handle *passes; /* --pass NAME=FD */
    char **requests;
    size_t environment_count, pass_count, request_count;
    char **program; /* its arguments behind it, and NULL */
    int backlog;
    unsigned long copies; /* --reuse-port; 0: not asked for */
    bool freebind, dry_run;
};

/* Reads the command line; ends the program for --help and --version. ROOT: a root start, which
 * alone may name a user or a root directory. */
struct options read_options(int argc, char **argv, bool root);

/* Closes the caller's descriptors, from 3 up, except those that --pass names. */
void close_others(const struct options *options);

/* ---- request.c: [NAME=]PROTO:[ADDRESS:]PORT ---- */

struct request {
    const char *text;  /* as the caller wrote it, or as it would have been written */
    const char *name;  /* for LISTEN_FDNAMES */
    const char *scope; /* the interface of a scoped address, or NULL */
    struct endpoint at;
    bool mptcp;
    bool spelled;               /* one of the many sockets that a wildcard is adopted as */
    const struct section *from; /* @SECTION, or NULL */
    struct verdict verdict;
};

/* Whether NAME may stand in LISTEN_FDNAMES, sd_listen_fds(3). */
bool is_handle_name(const char *name);

/* Reads TEXT into *REQUEST. Returns what is wrong with it, or NULL. */
const char *request_read(const char *text, struct request *request);

/* ---- plan.c: what is to be bound, and by whose right ---- */

struct plan {
    struct request *requests;
    size_t count;
    enum handoff handoff;
    bool may_gain; /* no-new-privileges = no, in every section that grants a part of it */
};

/* What decides: the options hold root's word, -u. */
struct right {
    const struct options *options;
    const struct rules *rules;
    const struct identity *who;
};

/* Spells the requests of OPTIONS out: @SECTION becomes the section's single ports. */
struct plan read_requests(const struct options *options, const struct rules *rules);

/* The owner of all the PLAN's ports, by the sections that cover them. Refuses where they name none,
 * or more than one. */
struct identity find_owner(const struct plan *plan, const struct rules *rules);

/* Decides on each request of the PLAN, adds what belongs together with it, and spells a wildcard
 * that is to be adopted out into one request for each local address. Refuses when any of them is
 * refused. */
void decide_plan(struct plan *plan, const struct right *right);

/* The requests of the PLAN, for the log. */
char *plan_text(const struct plan *plan);

/* Refuses a REQUEST that no section names, and that the kernel keeps for root. */
_Noreturn void refuse_unlisted(const struct request *request, const struct identity *who);

/* ---- listener.c: the sockets ---- */

struct listeners {
    struct handle *list;
    size_t count;
};

/* Makes and binds the sockets of the PLAN, TCP ones listening unless they are to be adopted. The
 * capability is used for granted ports alone. */
struct listeners open_listeners(const struct plan *plan, const struct right *right);

/* ---- handover.c: descriptors and environment, for the daemon ---- */

struct environment {
    char **entries; /* NULL behind them */
    size_t count;
};

/* The environment the daemon begins with: that of an ordinary start is the INHERITED one, that of a
 * root start what a login would have, and what service managers give (systemd.exec(5)). */
struct environment make_environment(char *const *inherited, const struct right *right, bool root);

/* Places the listeners and, behind them, what --pass names, from descriptor 3 on (STDIN: the only
 * listener at 0), and behind all, close-on-exec, STAGE (or -1), whose new number it returns; closes
 * all others, and tells the environment of them as in sd_listen_fds(3). */
int hand_over(const struct listeners *listeners, const struct options *options,
              enum handoff handoff, int stage, struct environment *environment);

/* ---- program.c ---- */

/* Finds PROGRAM as execvp(3) would, in the PATH of ENVIRONMENT and then in the sbin directories.
 * Returns 0 and a *PATH, or ENOENT, EACCES or another errno. */
int program_find(const char *program, char *const *environment, char **path);

/* ---- execute.c: the daemon, or what goes before it ---- */

/* Opens the program that goes before the daemon in this HANDOFF, which must be found before the
 * root directory changes. -1 where there is none. */
int open_stage(enum handoff handoff);

/* Executes PROGRAM, or the STAGE before it; ends with 126 or 127, and why, where that fails. */
_Noreturn void execute(char **program, const struct environment *environment, int stage,
                       enum handoff handoff);

/* ---- dryrun.c ---- */

/* Says what would be done, on standard output, and ends the program. */
_Noreturn void dry_run(const struct plan *plan, const struct right *right, char **program);

#endif
