/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <glob.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/vfs.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static bool is_on(int fd, unsigned long magic) {
    struct statfs fs;

    return fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == magic;
}

/* Only the root of the whole tree lacks this file. One that a container takes for its root has it. */
static bool is_true_root(int fd) { return faccessat(fd, "cgroup.type", F_OK, 0) != 0 && errno == ENOENT; }

/* Undoes the octal escapes of proc_pid_mountinfo(5), in place. */
static void unescape(char *text) {
    char *to = text;

    for (; *text != '\0'; text++) {
        unsigned byte;

        /* NOLINTNEXTLINE(cert-err34-c): three digits make no larger number than an unsigned holds */
        if (*text == '\\' && sscanf(text + 1, "%3o", &byte) == 1)
            *text = (char)byte, memmove(text + 1, text + 4, strlen(text + 4) + 1);
        *to++ = *text;
    }
    *to = '\0';
}

/* Opens the first cgroup2 mount that shows the root of the tree: that of a unified host, or the one beside the
 * hierarchies of a hybrid host. Sets *ANY where there is some mount of the kind at all. */
static int open_root(const char **path, bool *any) {
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    char *line = NULL, *at;
    size_t room = 0;
    int fd = -1;

    *any = false;
    while (mounts != NULL && fd < 0 && getline(&line, &room, mounts) >= 0) {
        if (strstr(line, " - cgroup2 ") == NULL || sscanf(line, "%*s %*s %*s %*s %ms", &at) != 1) continue;
        *any = true;
        unescape(at);
        fd = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && !(is_on(fd, CGROUP2_SUPER_MAGIC) && is_true_root(fd))) close(fd), fd = -1;
        *path = at;
    }
    free(line);
    if (mounts != NULL) (void)fclose(mounts); /* it was read alone */
    return fd;
}

int place_open_cgroup(struct place *place, struct trouble *trouble) {
    bool any;
    int fd;

    place->whole = place->cgroup == NULL;
    if (place->whole) {
        fd = open_root(&place->cgroup, &any);
        if (fd < 0 && any)
            trouble_is(trouble, EX_UNAVAILABLE,
                       "no cgroup2 mount shows the root of the tree, as in a container; the table "
                       "is loaded on the host, which it speaks for");
        else if (fd < 0)
            trouble_is(trouble, EX_UNAVAILABLE,
                       "no cgroup2 file system is mounted; mount it: mount -t cgroup2 cgroup2 "
                       "/sys/fs/cgroup/unified (or any directory)");
        return fd;
    }
    fd = open(place->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return trouble_is(trouble, EX_NOINPUT, "%s: cannot be opened: %m", place->cgroup), -1;
    if (is_on(fd, CGROUP2_SUPER_MAGIC)) return place->whole = is_true_root(fd), fd;
    close(fd);
    return trouble_is(trouble, EX_USAGE, "%s: is not in a cgroup2 file system", place->cgroup), -1;
}

/* Whether the open DIRECTORY is root's alone. Anyone may have made one first, where its parent lets everybody. */
static bool is_private(int directory) {
    struct stat st;

    return fstat(directory, &st) == 0 && st.st_uid == 0 && (st.st_mode & 07777) == 0700;
}

/* Makes the pin directory where it is not there, and where alone it can be. *MADE says whether it did. */
static bool make_pins(bool *made, struct trouble *trouble) {
    struct statfs fs;

    if (statfs(PIN_PARENT, &fs) != 0 || (unsigned long)fs.f_type != BPF_FS_MAGIC)
        return trouble_is(trouble, EX_UNAVAILABLE, "no bpf file system is mounted at %s; mount it: mount -t bpf bpf %s",
                          PIN_PARENT, PIN_PARENT);
    *made = mkdir(PIN_DIRECTORY, 0700) == 0;
    if (*made || errno == EEXIST) return true;
    return trouble_is(trouble, EX_CANTCREAT, "%s: cannot be made: %m", PIN_DIRECTORY);
}

/* The DIRECTORY that was opened, or was not: locks it, if it is what it is taken for. */
static bool take_pins(int directory, struct trouble *trouble) {
    if (directory < 0 && errno == EACCES)
        return trouble_is(trouble, EX_NOPERM, "%s: cannot be opened: %m; only root may look at it", PIN_DIRECTORY);
    if (directory < 0) return trouble_is(trouble, EX_UNAVAILABLE, "%s: cannot be opened: %m", PIN_DIRECTORY);
    if (!is_on(directory, BPF_FS_MAGIC))
        return trouble_is(trouble, EX_UNAVAILABLE, "%s: is not in a bpf file system; whoever made it, remove it",
                          PIN_DIRECTORY);
    if (!is_private(directory))
        return trouble_is(trouble, EX_NOPERM, "%s: is not root's, or not of mode 0700; whoever made it, remove it",
                          PIN_DIRECTORY);
    if (flock(directory, LOCK_EX) == 0) return true;
    return trouble_is(trouble, EX_OSERR, "%s: cannot be locked: %m", PIN_DIRECTORY);
}

/* Whether the open DIRECTORY was removed since. */
static bool is_gone(int directory) {
    struct stat st;

    return fstat(directory, &st) != 0 || st.st_nlink == 0;
}

void place_drop_pins(void) { rmdir(PIN_DIRECTORY); }

bool place_open_pins(struct place *place, bool make, bool *missing, struct trouble *trouble) {
    bool made = false;
    int directory;

    *missing = false;
    /* Whoever held the lock until now may have removed what he held it on. */
    while (place->directory < 0) { /* else it is open and locked: a second lock would wait for the first */
        if (make && !make_pins(&made, trouble)) return false;
        directory = open(PIN_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (directory < 0 && errno == ENOENT && make) continue;
        if (directory < 0 && errno == ENOENT) return *missing = true;
        if (!take_pins(directory, trouble)) {
            if (made) place_drop_pins();
            return false;
        }
        if (is_gone(directory))
            close(directory);
        else
            place->directory = directory;
    }
    return true;
}

char *place_pin(const struct place *place, const char *name) {
    return format_text("/proc/self/fd/%d/%s", place->directory, name);
}

uint64_t place_netns(void) {
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) return 0;
    if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) != 0) cookie = 0;
    close(fd);
    return cookie;
}

static bool enter_path(const char *path, uint64_t netns) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool entered = fd >= 0 && setns(fd, CLONE_NEWNET) == 0 && place_netns() == netns;

    if (fd >= 0) close(fd);
    return entered;
}

bool place_enter(uint64_t netns, bool *found, struct trouble *trouble) {
    uint64_t own = place_netns();
    glob_t paths = {0};

    if (own == 0) return trouble_is(trouble, EX_OSERR, "the network namespace of this process cannot be told: %m");
    *found = own == netns;
    if (*found) return true;
    (void)glob("/proc/[0-9]*/ns/net", GLOB_NOSORT, NULL, &paths);
    (void)glob("/run/netns/*", GLOB_NOSORT | GLOB_APPEND, NULL, &paths);
    for (size_t i = 0; i < paths.gl_pathc && !*found; i++) *found = enter_path(paths.gl_pathv[i], netns);
    globfree(&paths);
    return true;
}
