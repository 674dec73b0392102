/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <sys/fsuid.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

/* By the raw call, not from libcap-ng's memory of what it has set. */
static uint64_t permitted(uint64_t *effective, uint64_t *inheritable) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};

    must(syscall(SYS_capget, &header, data) == 0, "cannot read capabilities: %m");
    *effective = data[0].effective | (uint64_t)data[1].effective << 32;
    *inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

void hold(uint64_t kept, uint64_t raised) {
    uint64_t effective, inheritable;

    capng_clear(CAPNG_SELECT_CAPS);
    for (unsigned i = 0; i < 64; i++) {
        must((kept & BIT(i)) == 0 || capng_update(CAPNG_ADD, CAPNG_PERMITTED, i) == 0, "no capability %u", i);
        must((raised & BIT(i)) == 0 || capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, i) == 0, "no capability %u", i);
    }
    must(capng_apply(CAPNG_SELECT_CAPS) == 0, "cannot set capabilities: %m");
    must(permitted(&effective, &inheritable) == kept && effective == raised && inheritable == 0, "capabilities differ");
}

static bool ids_are(uid_t uid, gid_t gid) {
    id_t u[3] = {NOBODY, NOBODY, NOBODY}, g[3] = {NOBODY, NOBODY, NOBODY};

    if (getresuid(u, u + 1, u + 2) != 0 || u[0] != uid || u[1] != uid || u[2] != uid) return false;
    if (getresgid(g, g + 1, g + 2) != 0 || g[0] != gid || g[1] != gid || g[2] != gid) return false;
    return (uid_t)setfsuid(NOBODY) == uid && (gid_t)setfsgid(NOBODY) == gid;
}

static const char *how_lost(void) {
    const char *self = "/proc/self/exe";
    struct statvfs fs;
    struct stat file;

    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) return "no_new_privs is set; unset it (NoNewPrivileges=no)";
    if (statvfs(self, &fs) == 0 && (fs.f_flag & ST_NOSUID)) return "it lies on a nosuid mount; install it elsewhere";
    /* In a user namespace that does not have root, root is 65534. */
    if (getxattr(self, "security.capability", NULL, 0) <= 0 && stat(self, &file) == 0 &&
        !((file.st_mode & S_ISUID) && (file.st_uid == 0 || file.st_uid == 65534)))
        return "the file has lost its mode or capabilities; root can mend that: " GIVE_PRIVILEGE;
    return "the caller lacks a capability in its bounding set, is traced, in a user namespace, or shares its directory";
}

uint64_t need(uint64_t needed) {
    uint64_t rest, have = permitted(&rest, &rest);

    must((have & needed) == needed, "it has no privilege: %s", how_lost());
    return have;
}

void cut_down_to(uint64_t kept) {
    need(kept | BIT(CAP_SETPCAP));
    hold(kept | BIT(CAP_SETPCAP), BIT(CAP_SETPCAP));
    /* Not by libcap-ng, which reads /proc three times for it. Behind the last of them, fewer than 64, this is EINVAL;
     * that none is left is read back at the end, of all 64. */
    for (unsigned long i = 0; prctl(PR_CAPBSET_DROP, i) == 0; i++) must(i < 64, "the bounding set has no end");
    must(errno == EINVAL, "cannot empty the bounding set: %m");
    must(prctl(PR_SET_SECUREBITS, 0) == 0, "cannot clear the securebits: %m");
    hold(kept, 0);
}

bool change_ids(uid_t uid, gid_t gid) {
    if (prctl(PR_SET_KEEPCAPS, PRIVILEGED) != 0 || setresgid(gid, gid, gid) != 0) return false;
    return setresuid(uid, uid, uid) == 0 && ids_are(uid, gid);
}

void give_up_root(void) {
    uid_t uid = getuid();

    if (uid == 0 || !change_ids(uid, getgid())) {
        /* A message while still root would be root's write to a file of the caller's choice. */
        if (uid == 0 || (geteuid() != uid && (setreuid(uid, uid) != 0 || geteuid() != uid))) _exit(EX_OSERR);
        refuse(EX_OSERR, "cannot give up root: %m");
    }
    PRIVILEGED ? cut_down_to(BIT(CAP_NET_BIND_SERVICE)) : hold(0, 0);
}

int bind_with_capability(int fd, const struct sockaddr *address, socklen_t length) {
    uint64_t kept = need(PRIVILEGED ? BIT(CAP_NET_BIND_SERVICE) : 0);

    hold(kept, kept & BIT(CAP_NET_BIND_SERVICE));
    int result = bind(fd, address, length), error = errno;
    hold(kept, 0);
    errno = error;
    return result;
}

void drop_everything(const struct caller *who, bool may_gain) {
    struct caller is = current_caller(who->name);

    hold(0, 0);
    must(may_gain || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "cannot set no_new_privs: %m");
    must(may_gain || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "no_new_privs is not set");
    for (unsigned long i = 0; i < 64; i++) {
        must(!PRIVILEGED || prctl(PR_CAPBSET_READ, i) != 1, "capability %lu is not bounded", i);
        must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) != 1, "capability %lu is left ambient", i);
    }
    must(prctl(PR_GET_SECUREBITS) == 0, "securebits are left");
    must(who->uid == 0 || (setresuid(0, 0, 0) != 0 && seteuid(0) != 0), "root could be had again");
    must(who->gid == 0 || (setresgid(0, 0, 0) != 0 && setegid(0) != 0), "root's group could be had again");
    must(ids_are(who->uid, who->gid), "the ids are not those of %s", who->name);
    must(is.groups.count == who->groups.count, "the groups are not those of %s", who->name);
    must(memcmp(is.groups.items, who->groups.items, is.groups.count * sizeof(gid_t)) == 0, "the groups have changed");
}
