/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <cap-ng.h>
#include <grp.h>
#include <limits.h>
#include <sys/fsuid.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#define BIT(capability) (1ULL << (capability))
#define BIND BIT(CAP_NET_BIND_SERVICE)
#define CHROOT BIT(CAP_SYS_CHROOT)
#define NEEDED_BY_USER (BIND | BIT(CAP_SETPCAP))
#define NEEDED_BY_ROOT (NEEDED_BY_USER | BIT(CAP_SETUID) | BIT(CAP_SETGID))

struct sets {
    uint64_t permitted, effective, inheritable;
};

/* By the raw call, not from libcap-ng's memory of what it has set. */
static struct sets held(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};

    if (syscall(SYS_capget, &header, data) != 0) refuse(EX_OSERR, "cannot read capabilities: %m");
    return (struct sets){data[0].permitted | (uint64_t)data[1].permitted << 32,
                         data[0].effective | (uint64_t)data[1].effective << 32,
                         data[0].inheritable | (uint64_t)data[1].inheritable << 32};
}

/* Sets the sets to exactly this, and the inheritable one, with it the ambient one, to nothing. */
static void hold(uint64_t permitted, uint64_t effective) {
    int failed = 0;
    struct sets now;

    capng_clear(CAPNG_SELECT_CAPS);
    for (unsigned i = 0; i < 64; i++) {
        if (permitted & BIT(i)) failed |= capng_update(CAPNG_ADD, CAPNG_PERMITTED, i);
        if (effective & BIT(i)) failed |= capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, i);
    }
    if (failed != 0 || capng_apply(CAPNG_SELECT_CAPS) != 0)
        refuse(EX_OSERR, "cannot set capabilities: %m");
    now = held();
    if (now.permitted != permitted || now.effective != effective || now.inheritable != 0)
        refuse(EX_OSERR, "the kernel holds other capabilities than were set");
}

static bool ids_are(uid_t uid, gid_t gid) {
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;

    return getresuid(&ruid, &euid, &suid) == 0 && getresgid(&rgid, &egid, &sgid) == 0 &&
           ruid == uid && euid == uid && suid == uid && (uid_t)setfsuid((uid_t)-1) == uid &&
           rgid == gid && egid == gid && sgid == gid && (gid_t)setfsgid((gid_t)-1) == gid;
}

static const char *how_lost(void) {
    struct statvfs system;
    struct stat file;

    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return "no_new_privs is set, which a service manager or container runtime did; start it "
               "without (systemd: NoNewPrivileges=no), or as root";
    if (statvfs("/proc/self/exe", &system) == 0 && (system.f_flag & ST_NOSUID) != 0)
        return "it lies on a file system mounted nosuid; install it on another";
    if (stat("/proc/self/exe", &file) == 0 && ((file.st_mode & S_ISUID) == 0 || file.st_uid != 0) &&
        getxattr("/proc/self/exe", "security.capability", NULL, 0) <= 0)
        return "the file has lost its privilege; root can restore it: " RESTORE_PRIVILEGE;
    return "CAP_NET_BIND_SERVICE, SETPCAP or, for root, SETUID or SETGID is not in the bounding "
           "set, or it runs under a tracer, in a user namespace or beside a process that shares "
           "its working directory; start it from a plain shell or service";
}

static void need(uint64_t needed) {
    if ((held().permitted & needed) != needed) refuse(EX_OSERR, "no privilege: %s", how_lost());
}

/* Keeps KEPT permitted, and empties the bounding set and the securebits on the way there. */
static void cut_down_to(uint64_t kept) {
    need(NEEDED_BY_USER | kept);
    hold(kept | BIT(CAP_SETPCAP), BIT(CAP_SETPCAP));
    capng_clear(CAPNG_SELECT_BOUNDS);
    if (capng_apply(CAPNG_SELECT_BOUNDS) != 0)
        refuse(EX_OSERR, "cannot empty the bounding set: %m");
    if (prctl(PR_SET_SECUREBITS, 0) != 0) refuse(EX_OSERR, "cannot clear the securebits: %m");
    hold(kept, 0);
}

bool give_up_root(void) {
    uid_t uid = getuid();
    gid_t gid = getgid();
    const char *failed;

    if (uid != 0) {
        /* Without KEEPCAPS the change of user empties the permitted set; cut_down_to sees that. */
        if (prctl(PR_SET_KEEPCAPS, 1) != 0 || setresgid(gid, gid, gid) != 0 ||
            setresuid(uid, uid, uid) != 0 || !ids_are(uid, gid)) {
            /* A message while still root would be root's write to a file of the caller's choice. */
            if (setreuid(uid, uid) != 0 || geteuid() != uid) _exit(EX_OSERR);
            refuse(EX_OSERR, "cannot give up root: %m");
        }
        cut_down_to(BIND);
        return false;
    }
    failed = give_up_terminal();
    if (failed != NULL) refuse(EX_OSERR, "cannot give up root's terminal: %s: %m", failed);
    need(NEEDED_BY_ROOT);
    hold((NEEDED_BY_ROOT | CHROOT) & held().permitted, NEEDED_BY_ROOT & ~BIND);
    return true;
}

void become(const struct identity *who, bool chroot) {
    const struct caller *ids = &who->ids;

    /* -1 means "no change" to these calls: root would stay root, and be told it worked. */
    if (ids->uid == (uid_t)-1 || ids->gid == (gid_t)-1) refuse(EX_OSERR, "-1 is nobody's id");
    if (prctl(PR_SET_KEEPCAPS, 1) != 0 || setgroups(ids->group_count, ids->groups) != 0 ||
        setresgid(ids->gid, ids->gid, ids->gid) != 0 ||
        setresuid(ids->uid, ids->uid, ids->uid) != 0 || !ids_are(ids->uid, ids->gid))
        refuse(EX_OSERR, "cannot become %s: %m", who->name);
    cut_down_to(chroot ? BIND | CHROOT : BIND);
}

int bind_with_capability(int fd, const struct sockaddr *address, socklen_t length) {
    uint64_t permitted = held().permitted;
    int result, error;

    hold(permitted, BIND);
    result = bind(fd, address, length);
    error = errno;
    hold(permitted, 0);
    errno = error;
    return result;
}

int open_root(const char *path) {
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) refuse(EX_OSERR, "--chroot %s: %m", path);
    return fd;
}

void change_root(int fd) {
    struct stat directory = {0}, root = {0};

    hold(held().permitted, CHROOT);
    if (fchdir(fd) != 0 || chroot(".") != 0 || chdir("/") != 0) refuse(EX_OSERR, "--chroot: %m");
    hold(0, 0);
    if (fstat(fd, &directory) != 0 || stat("/", &root) != 0 || close(fd) != 0 ||
        directory.st_ino != root.st_ino || directory.st_dev != root.st_dev)
        refuse(EX_OSERR, "--chroot: the root directory is not the one that was asked for");
}

static bool groups_are(const struct caller *ids) {
    gid_t *groups = calloc(NGROUPS_MAX, sizeof *groups);
    int count = groups != NULL ? getgroups(NGROUPS_MAX, groups) : -1;

    return count >= 0 && (size_t)count == ids->group_count &&
           memcmp(groups, ids->groups, ids->group_count * sizeof *groups) == 0;
}

void drop_everything(const struct identity *who, bool may_gain) {
    uid_t uid = who->ids.uid;
    gid_t gid = who->ids.gid;

    hold(0, 0);
    if (!may_gain && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
                      prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1))
        refuse(EX_OSERR, "cannot set no_new_privs: %m");
    for (unsigned long i = 0; i < 64; i++) {
        if (prctl(PR_CAPBSET_READ, i) == 1 ||
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
            refuse(EX_OSERR, "capability %lu is left in the bounding or ambient set", i);
    }
    if (prctl(PR_GET_SECUREBITS) != 0) refuse(EX_OSERR, "securebits are left");
    if (!groups_are(&who->ids)) refuse(EX_OSERR, "the groups are not those of %s", who->name);
    if ((uid != 0 && (setresuid(0, 0, 0) == 0 || seteuid(0) == 0)) ||
        (gid != 0 && (setresgid(0, 0, 0) == 0 || setegid(0) == 0)))
        refuse(EX_OSERR, "root could be had again");
    if (!ids_are(uid, gid)) refuse(EX_OSERR, "the ids are not those of %s", who->name);
}
