/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <grp.h>
#include <sys/fsuid.h>

#define NEEDED (BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SETPCAP) | BIT(CAP_SETUID) | BIT(CAP_SETGID))

void cut_root_down(void) {
    must((need(0) & NEEDED) == NEEDED,
         "root lacks CAP_SETUID, SETGID, SETPCAP or NET_BIND_SERVICE in its bounding set");
    hold((NEEDED | BIT(CAP_SYS_CHROOT)) & need(0), NEEDED & ~BIT(CAP_NET_BIND_SERVICE));
}

void read_as_anybody(struct rules *rules) {
    const uid_t anybody = 65534; /* nobody's files lie below /etc */

    must(setgroups(0, NULL) == 0 && getgroups(0, NULL) == 0, "cannot give up root's groups: %m");
    setfsgid(anybody);
    setfsuid(anybody);
    must((uid_t)setfsuid(NOBODY) == anybody && (gid_t)setfsgid(NOBODY) == anybody, "cannot read as an ordinary user");
    ownership_read(rules);
    setfsuid(0);
    setfsgid(0);
    must(setfsuid(NOBODY) == 0 && setfsgid(NOBODY) == 0, "cannot go on as root");
}

void become(const struct caller *who, bool chroot) {
    /* -1 means "no change" to these calls: root would stay root, and be told that it worked. */
    must(who->uid != NOBODY && who->gid != NOBODY, "-1 is nobody's id");
    must(setgroups(who->groups.count, who->groups.items) == 0, "cannot become %s: %m", who->name);
    must(change_ids(who->uid, who->gid), "cannot become %s: %m", who->name);
    cut_down_to(BIT(CAP_NET_BIND_SERVICE) | (chroot ? BIT(CAP_SYS_CHROOT) : 0));
}

int open_root(const char *path) {
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    must(fd >= 0, "--chroot %s: %m", path);
    return fd;
}

static bool is_same_file(int one, int other) {
    struct stat a = {0}, b = {0};

    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void change_root(int fd) {
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++) {
        struct stat st = {.st_mode = S_IFDIR};

        must(fstat(standard, &st) == 0 && !S_ISDIR(st.st_mode),
             "descriptor %d is a directory, and would lead out of --chroot", standard);
    }
    hold(need(BIT(CAP_SYS_CHROOT)), BIT(CAP_SYS_CHROOT));
    must(fchdir(fd) == 0 && chroot(".") == 0 && chdir("/") == 0, "cannot change the root directory: %m%s",
         errno == EACCES ? "; chmod a+x it, since the user has to enter it" : "");
    hold(0, 0);
    must(is_same_file(fd, open("/", O_PATH | O_CLOEXEC)), "the root directory is not the one asked for");
}
