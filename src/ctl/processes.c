/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sockets.h"

#include <dirent.h>

static char *read_command(int process) {
    char text[64];
    int fd = openat(process, "comm", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);

    if (fd >= 0) close(fd);
    if (length <= 0) return NULL; /* it has ended meanwhile */
    return format_text("%.*s", (int)(length - (text[length - 1] == '\n')), text);
}

/* LINK is what a descriptor of PID refers to. */
static void take_descriptor(const held_list *sockets, int process, pid_t pid, const char *link) {
    unsigned inode;

    /* NOLINTNEXTLINE(cert-err34-c): the kernel prints an inode, and nothing larger */
    if (sscanf(link, "socket:[%u]", &inode) != 1) return;
    EACH(held, *sockets) {
        if (held->inode != inode) continue;
        if (held->pids.count > 0 && held->pids.items[held->pids.count - 1] == pid) continue; /* by two descriptors */
        if (held->pids.count == 0) held->command = read_command(process);
        APPEND(held->pids, pid);
    }
}

static void take_process(const held_list *sockets, int process, pid_t pid) {
    int descriptors = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = descriptors < 0 ? NULL : fdopendir(descriptors);
    const struct dirent *entry;
    char link[64];

    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        ssize_t length = readlinkat(dirfd(listing), entry->d_name, link, sizeof link - 1);

        if (length < 0) continue;
        link[length] = '\0';
        take_descriptor(sockets, process, pid, link);
    }
    if (listing != NULL)
        closedir(listing);
    else if (descriptors >= 0)
        close(descriptors);
}

void find_processes(const held_list *sockets) {
    DIR *listing = sockets->count == 0 ? NULL : opendir("/proc");
    const struct dirent *entry;
    unsigned pid;

    /* The kernel lists processes by their ids, the oldest of a daemon's first, but for those that wrapped round. */
    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        int process;

        if (!is_decimal(entry->d_name, INT32_MAX, &pid)) continue;
        process = openat(dirfd(listing), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (process < 0) continue;
        take_process(sockets, process, (pid_t)pid);
        close(process);
    }
    if (listing != NULL) closedir(listing);
}
