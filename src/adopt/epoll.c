/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "epoll.h"

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

struct search {
    int fd;
    unsigned long inode;
    struct memberships *found;
    int error;
};

static bool is_epoll(int fd) {
    static const char kind[] = "anon_inode:[eventpoll]";
    char path[64], target[sizeof kind];
    struct stat st;

    /* What it is not is told for a tenth of the time that the link takes, and most descriptors are sockets. */
    if (fstat(fd, &st) != 0 || S_ISSOCK(st.st_mode) || S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode) ||
        S_ISDIR(st.st_mode))
        return false;
    (void)snprintf(path, sizeof path, "/proc/thread-self/fd/%d", fd);
    return readlink(path, target, sizeof target) == sizeof kind - 1 && memcmp(target, kind, sizeof kind - 1) == 0;
}

/* A line of proc_pid_fdinfo(5). A member whose number was closed, and taken by another, is still listed by it. */
static void look_at(const char *line, int set, const struct search *search) {
    struct membership member = {.set = set};
    unsigned long inode;
    int fd;

    /* NOLINTNEXTLINE(cert-err34-c): the kernel prints numbers of these types, and nothing larger */
    if (sscanf(line, "tfd: %d events: %" SCNx32 " data: %" SCNx64 " pos:%*d ino:%lx", &fd, &member.events, &member.data,
               &inode) == 4 &&
        fd == search->fd && inode == search->inode && search->found->count < MEMBERSHIPS_MAX)
        search->found->list[search->found->count++] = member;
}

static void look_into(int set, void *context) {
    struct search *search = context;
    /* A thread may have little stack. */
    char text[512], *line, *end;
    size_t held = 0;
    ssize_t length;
    int info;

    if (!is_epoll(set)) return;
    (void)snprintf(text, sizeof text, "/proc/thread-self/fdinfo/%d", set);
    info = open(text, O_RDONLY | O_CLOEXEC);
    if (info < 0) {
        search->error = errno;
        return;
    }
    while ((length = read(info, text + held, sizeof text - 1 - held)) > 0) {
        held += (size_t)length;
        text[held] = '\0';
        for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            look_at(line, set, search);
        }
        held = strlen(line);
        memmove(text, line, held);
    }
    close(info);
}

/* No /proc, or one that may not be read, costs the memberships alone. */
static bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM; }

bool epoll_find(int fd, struct memberships *memberships) {
    struct search search = {.fd = fd, .found = memberships};
    struct stat st;

    memberships->count = 0;
    if (fstat(fd, &st) != 0) return false;
    search.inode = st.st_ino;
    if (!descriptors_each(look_into, &search)) search.error = errno;
    errno = search.error;
    return !is_shortage(search.error);
}

void epoll_leave(int fd, const struct memberships *memberships) {
    for (size_t i = 0; i < memberships->count; i++)
        (void)epoll_ctl(memberships->list[i].set, EPOLL_CTL_DEL, fd, &(struct epoll_event){0});
}

void epoll_join(int fd, const struct memberships *memberships) {
    for (size_t i = 0; i < memberships->count; i++) {
        const struct membership *member = &memberships->list[i];
        struct epoll_event event = {.events = member->events, .data.u64 = member->data};

        (void)epoll_ctl(member->set, EPOLL_CTL_ADD, fd, &event);
    }
}
