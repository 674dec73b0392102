/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* What listens there sees the daemon's user, and so does who connects: SO_PEERCRED of unix(7) tells who made the
 * connection, and who listened. */

static struct sockaddr_un address_of(const struct handle *handle, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        refuse_setting(EX_CONFIG, handle->setting, "its name is too long for a socket; take a shorter one");
    memcpy(address.sun_path, path, strlen(path));
    return address;
}

/* bind(2) and connect(2) take no descriptor of a directory; this is one all the same, in a name of a few bytes. */
static struct sockaddr_un address_in(const struct handle *handle, const struct place *place) {
    return address_of(handle, format_text("/proc/self/fd/%d/%s", place->directory, place->name));
}

/* The name that a socket is to have: that of the entry, by which the service knows it again (sd_is_socket(3)), and
 * people do. No link is in it, and who could put one there is who the process is; only too long a one goes another way.
 */
static struct sockaddr_un name_of_socket(const struct handle *handle, const struct place *place) {
    struct sockaddr_un address;

    return strlen(handle->path) < sizeof address.sun_path ? address_of(handle, handle->path)
                                                          : address_in(handle, place);
}

/* Makes room where a socket lies that nobody listens at any more. */
static void remove_stale(const struct handle *handle, const struct place *place) {
    struct sockaddr_un address = address_in(handle, place);
    struct stat st = {0};
    int probe;

    if (fstatat(place->directory, place->name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return;
        refuse_setting(EX_NOPERM, handle->setting, "it cannot be looked at: %m");
    }
    if (!S_ISSOCK(st.st_mode))
        refuse_setting(EX_NOPERM, handle->setting, "what is there is no socket; remove it, or name another path");
    probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    must(probe >= 0, "cannot make a socket: %m");
    if (connect(probe, (const struct sockaddr *)&address, sizeof address) == 0 || errno != ECONNREFUSED)
        refuse_setting(EX_TEMPFAIL, handle->setting, "somebody listens there; ss -xlp says who");
    must(close(probe) == 0, "%m");
    if (unlinkat(place->directory, place->name, 0) != 0)
        refuse_setting(EX_NOPERM, handle->setting, "the socket of an earlier start cannot be removed: %m");
}

static bool is_listening(int fd) {
    int listens = 0;
    socklen_t size = sizeof listens;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 1;
}

static bool is_of(const struct place *place, uid_t uid) {
    struct stat st = {.st_uid = NOBODY};

    return fstatat(place->directory, place->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid == uid;
}

int listener_open(const struct handle *handle, const struct caller *who) {
    struct place place = place_find(handle->setting, handle->path);
    struct sockaddr_un address = name_of_socket(handle, &place);
    int fd;

    if (place.trusted) act_as_user_with_root_files();
    remove_stale(handle, &place);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0, "cannot make a socket: %m");
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, SOMAXCONN) != 0)
        refuse_setting(EX_UNAVAILABLE, handle->setting, "it cannot be bound: %m");
    /* Nobody but root can have put another file there. */
    if (place.trusted && fchownat(place.directory, place.name, who->uid, who->gid, AT_SYMLINK_NOFOLLOW) != 0)
        refuse_setting(EX_OSERR, handle->setting, "it cannot be given to %s: %m", who->name);
    act_as_root();
    must(is_listening(fd) && (!place.trusted || is_of(&place, who->uid)), "what was bound is not as it was made");
    must(close(place.directory) == 0, "%m");
    return fd;
}

/* connect(2) of a socket that waits for PATIENCE seconds at most: a peer that is stuck must not stop the boot. */
static int connect_within(int type, const struct sockaddr *to, socklen_t length) {
    const struct timeval patience = {10, 0}, forever = {0, 0};
    int fd = socket(to->sa_family, type | SOCK_CLOEXEC, 0), error;
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;

    must(fd >= 0, "cannot make a socket: %m");
    must(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0, "cannot set a timeout: %m");
    if (connect(fd, to, length) == 0) {
        must(getpeername(fd, (struct sockaddr *)&peer, &size) == 0, "what was connected is not: %m");
        must(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof forever) == 0, "cannot unset a timeout: %m");
        return fd;
    }
    error = errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno;
    close(fd);
    errno = error;
    return -1;
}

/* To a socket of any type: a log's is of datagrams. */
static int connect_unix(const struct handle *handle) {
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    struct place place = place_find(handle->setting, handle->path);
    struct sockaddr_un address;
    struct stat st = {0};
    int target, fd = -1;

    if (place.trusted) act_as_user_with_root_files();
    target = openat(place.directory, place.name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (target >= 0 && (fstat(target, &st) != 0 || !S_ISSOCK(st.st_mode)))
        refuse_setting(EX_NOPERM, handle->setting, "it is no socket, but may be a link to one; name that");
    address = address_of(handle, format_text("/proc/self/fd/%d", target));
    for (size_t i = 0; target >= 0 && fd < 0 && i < sizeof types / sizeof *types; i++) {
        fd = connect_within(types[i], (const struct sockaddr *)&address, sizeof address);
        if (fd < 0 && errno != EPROTOTYPE) break;
    }
    if (fd < 0)
        refuse_setting(EX_UNAVAILABLE, handle->setting,
                       "it cannot be connected to: %m; start what listens there first");
    act_as_root();
    must(close(target) == 0 && close(place.directory) == 0, "%m");
    return fd;
}

static int connect_tcp(const struct handle *handle) {
    const struct endpoint *at = &handle->to.at;
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } to = {.six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)at->port), .sin6_addr = at->address.bytes}};
    int fd;

    if (at->address.family == AF_INET)
        to.four = (struct sockaddr_in){AF_INET, htons((uint16_t)at->port), {at->address.bytes.s6_addr32[0]}, {0}};
    act_as_user();
    fd = connect_within(SOCK_STREAM, &to.any, at->address.family == AF_INET ? sizeof to.four : sizeof to.six);
    if (fd < 0)
        refuse_setting(EX_UNAVAILABLE, handle->setting,
                       "it cannot be connected to: %m; start what listens there first");
    act_as_root();
    return fd;
}

int connection_open(const struct handle *handle) {
    return handle->path != NULL ? connect_unix(handle) : connect_tcp(handle);
}
