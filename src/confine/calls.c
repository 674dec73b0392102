/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls.h"

#include "groups.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>

/* Beyond the numbers that this architecture has given out: there is none to be known. */
#define LAST_CALL 4096
/* Types of sockets, without the flags that socket(2) takes beside them. */
#define TYPE_MASK 0xf
#define LAST_PROTOCOL 0x1ff
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static void check(int error, const char *what) {
    if (error < 0) errx(EX_OSERR, "seccomp filter, %s: %s; nothing was started", what, strerror(-error));
}

static scmp_filter_ctx begin(uint32_t otherwise) {
    scmp_filter_ctx filter = seccomp_init(otherwise);

    if (filter == NULL) errx(EX_OSERR, "seccomp filter: it cannot be made; nothing was started");
    check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0), "attributes");
    check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "attributes");
    return filter;
}

/* A success that was only claimed must not start the program with nothing around it. */
static void prove(bool works) {
    if (!works) errx(EX_OSERR, "seccomp filter: it was loaded, and does not work; nothing was started");
}

static void load(scmp_filter_ctx filter) {
    check(seccomp_load(filter), "load");
    prove(prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER);
    seccomp_release(filter);
}

static void refuse_with(scmp_filter_ctx filter, int error, const char *name, unsigned conditions,
                        const struct scmp_arg_cmp *list) {
    int call = seccomp_syscall_resolve_name(name);

    /* Negative: not one of this architecture, or newer than libseccomp, which the other filter refuses. */
    if (call >= 0) check(seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((uint32_t)error), call, conditions, list), name);
}

static void refuse(scmp_filter_ctx filter, const char *name) { refuse_with(filter, EPERM, name, 0, NULL); }

/* The kernel reads 32 bits of these arguments; what stands above them must not make a difference here. */
static void refuse_flag(scmp_filter_ctx filter, const char *name, unsigned argument, uint64_t flag) {
    const struct scmp_arg_cmp is_set = SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, flag, flag);

    refuse_with(filter, EPERM, name, 1, &is_set);
}

static void refuse_namespaces(scmp_filter_ctx filter) {
    static const uint64_t kinds[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                     CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET, CLONE_NEWTIME};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        refuse_flag(filter, "unshare", 0, kinds[i]);
        /* To clone(2) this bit is part of the signal. */
        if (kinds[i] != CLONE_NEWTIME) refuse_flag(filter, "clone", 0, kinds[i]);
    }
    /* Its flags are in memory, which a filter cannot read. The C library takes clone(2) then. */
    refuse_with(filter, ENOSYS, "clone3", 0, NULL);
}

static void refuse_setid_files(scmp_filter_ctx filter) {
    static const uint64_t bits[] = {S_ISUID, S_ISGID};
    static const struct {
        const char *call;
        unsigned mode;
    } makers[] = {{"chmod", 1}, {"fchmod", 1},  {"fchmodat", 2}, {"fchmodat2", 2}, {"creat", 1},
                  {"mkdir", 1}, {"mkdirat", 2}, {"mknod", 1},    {"mknodat", 2}};

    for (size_t b = 0; b < sizeof bits / sizeof *bits; b++) {
        for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
            refuse_flag(filter, makers[i].call, makers[i].mode, bits[b]);
        /* Without these flags there is no mode, and anything may stand in its place. */
        for (unsigned at = 0; at < 2; at++) {
            const uint64_t flags[] = {O_CREAT, O_TMPFILE & ~O_DIRECTORY};

            for (size_t f = 0; f < sizeof flags / sizeof *flags; f++) {
                const struct scmp_arg_cmp both[] = {SCMP_CMP(1 + at, SCMP_CMP_MASKED_EQ, flags[f], flags[f]),
                                                    SCMP_CMP(2 + at, SCMP_CMP_MASKED_EQ, bits[b], bits[b])};
                refuse_with(filter, EPERM, at ? "openat" : "open", 2, both);
            }
        }
    }
    /* Its mode is in memory. Programs that know it know what was before it. */
    refuse_with(filter, ENOSYS, "openat2", 0, NULL);
}

static void refuse_families(scmp_filter_ctx filter) {
    const struct scmp_arg_cmp other = SCMP_CMP(0, SCMP_CMP_NE, AF_UNIX, 0);
    const struct scmp_arg_cmp above = SCMP_CMP(0, SCMP_CMP_GT, AF_NETLINK, 0);
    const struct scmp_arg_cmp netlink[] = {SCMP_CMP(0, SCMP_CMP_EQ, AF_NETLINK, 0), SCMP_CMP(2, SCMP_CMP_NE, 0, 0)};

    for (unsigned family = AF_UNSPEC; family < AF_NETLINK; family++) {
        const struct scmp_arg_cmp is_it = SCMP_CMP(0, SCMP_CMP_EQ, family, 0);

        if (family != AF_UNIX && family != AF_INET && family != AF_INET6)
            refuse_with(filter, EPERM, "socket", 1, &is_it);
    }
    refuse_with(filter, EPERM, "socket", 1, &above);
    /* Routes and addresses, protocol 0, are what the C library asks for. */
    refuse_with(filter, EPERM, "socket", 2, netlink);
    refuse_with(filter, EPERM, "socketpair", 1, &other);
}

/* Landlock knows TCP alone: MPTCP, SCTP, UDP-Lite and whatever comes would be beyond it. */
static void refuse_internet(scmp_filter_ctx filter, uint64_t family, bool tcp, bool udp) {
    for (uint64_t type = 0; type <= TYPE_MASK; type++) {
        const uint64_t usual = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
        const struct scmp_arg_cmp protocol[] = {
            SCMP_CMP(0, SCMP_CMP_EQ, family, 0),
            SCMP_CMP(1, SCMP_CMP_MASKED_EQ, TYPE_MASK, type),
            SCMP_CMP(2, SCMP_CMP_GT, usual, 0),
        };

        if (!(type == SOCK_STREAM && tcp) && !(type == SOCK_DGRAM && udp)) {
            refuse_with(filter, EPERM, "socket", 2, protocol);
            continue;
        }
        refuse_with(filter, EPERM, "socket", 3, protocol);
        for (uint64_t other = 1; other < usual; other++) {
            const struct scmp_arg_cmp below[] = {protocol[0], protocol[1], SCMP_CMP(2, SCMP_CMP_EQ, other, 0)};
            refuse_with(filter, EPERM, "socket", 3, below);
        }
    }
}

static void refuse_sockets(scmp_filter_ctx filter, const struct options *options) {
    bool ports = options->bind.count > 0 || options->connect.count > 0;
    bool tcp = ports || (options->groups & GROUP_TCP) != 0, udp = (options->groups & GROUP_UDP) != 0;

    refuse_families(filter);
    refuse_internet(filter, AF_INET, tcp, udp);
    refuse_internet(filter, AF_INET6, tcp, udp);
    /* A connection that sendto(2) makes is one that Landlock does not see. */
    refuse_flag(filter, "sendto", 3, MSG_FASTOPEN);
    refuse_flag(filter, "sendmsg", 2, MSG_FASTOPEN);
    refuse_flag(filter, "sendmmsg", 3, MSG_FASTOPEN);
    /* It gives a TCP socket without a port one, which Landlock does not see either. A connection that was
     * accepted, and ended by connect(2) to AF_UNSPEC, is such a socket. */
    if (options->bind.count == 0 && (options->groups & GROUP_LISTEN) == 0) refuse(filter, "listen");
}

static void refuse_times(scmp_filter_ctx filter) {
    const struct scmp_arg_cmp path = SCMP_CMP(1, SCMP_CMP_NE, 0, 0);

    /* Without a path it is for the descriptor, which could be opened. */
    refuse_with(filter, EPERM, "utimensat", 1, &path);
}

/* A limit of processor time or of a file's size ends a process as a signal does. */
static void refuse_limits(scmp_filter_ctx filter) {
    const struct scmp_arg_cmp of_another[] = {SCMP_CMP(0, SCMP_CMP_NE, 0, 0), SCMP_CMP(2, SCMP_CMP_NE, 0, 0)};

    refuse_with(filter, EPERM, "prlimit64", 2, of_another);
}

/* What a terminal can be made to read is what the shell behind it executes. */
static void refuse_terminals(scmp_filter_ctx filter) {
    static const uint64_t requests[] = {TIOCSTI, TIOCLINUX};

    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const struct scmp_arg_cmp is_it = SCMP_CMP(1, SCMP_CMP_MASKED_EQ, UINT32_MAX, requests[i]);

        refuse_with(filter, EPERM, "ioctl", 1, &is_it);
    }
}

static void refuse_groups(const struct options *options) {
    scmp_filter_ctx filter = begin(SCMP_ACT_ALLOW);

    for (unsigned i = 0; i < call_groups_count; i++) {
        if ((options->groups & call_groups[i].group) != 0) continue;
        for (const char *const *call = call_groups[i].whole; *call != NULL; call++) refuse(filter, *call);
    }
    if ((options->groups & GROUP_TIMES) == 0) refuse_times(filter);
    if ((options->groups & GROUP_DEBUG) == 0) refuse_limits(filter);
    if ((options->groups & GROUP_NAMESPACE) == 0) refuse_namespaces(filter);
    if ((options->groups & GROUP_SETID_FILES) == 0) refuse_setid_files(filter);
    if ((options->groups & GROUP_SOCKETS) == 0) refuse_sockets(filter, options);
    refuse_terminals(filter);
    load(filter);
    prove(ioctl(-1, TIOCSTI, "") != 0 && errno == EPERM); /* not EBADF */
}

/* A kernel's new calls are not in any group here, and may do what the old ones may not. */
static void refuse_unknown(void) {
    scmp_filter_ctx filter = begin(SCMP_ACT_ERRNO(ENOSYS));

    for (int call = 0; call < LAST_CALL; call++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);

        if (name != NULL) check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0), name);
        free(name);
    }
    load(filter);
}

void calls_confine(const struct options *options) {
    /* Its arguments are in memory, and those it stands for have no numbers of their own here. */
    if (seccomp_syscall_resolve_name("socketcall") >= 0)
        errx(EX_UNAVAILABLE,
             "this architecture has socketcall(2), which a filter cannot look into; nothing was started");
    refuse_unknown();
    refuse_groups(options);
}
