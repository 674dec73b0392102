/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

#include <libgen.h>
#include <signal.h>
#include <sys/file.h>

bool sync_directory(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;

    if (!done) complain("%s: cannot be written to disk: %m; what was changed there may be lost with the power", path);
    if (fd >= 0) close(fd);
    return done;
}

static bool write_whole(int fd, const char *text) {
    size_t length = strlen(text);
    ssize_t put = 0;

    for (; length > 0; text += put, length -= (size_t)put)
        if ((put = write(fd, text, length)) <= 0) return false;
    /* By the descriptor, and so whatever the umask is. */
    return fchmod(fd, 0644) == 0 && fsync(fd) == 0;
}

bool file_put(const char *path, const char *text) {
    const char *directory = dirname(copy_text(path));
    char *fresh = format_text("%s/.lowportctl-XXXXXX", directory); /* begins with a dot, and so is no drop-in */
    bool put;
    int fd;

    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is then a failed write, and tidied up after */
    fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0) return complain("%s: cannot be made: %m", fresh), false;
    put = write_whole(fd, text);
    put = close(fd) == 0 && put;
    if (put && rename(fresh, path) == 0) return sync_directory(directory);
    complain("%s: cannot be written: %m; nothing has changed", path);
    if (unlink(fresh) != 0) complain("%s: cannot be removed: %m; it is no drop-in, and does no harm", fresh);
    return false;
}

static const char *locked;

static void unlock(void) { (void)unlink(locked); }

bool file_lock(const char *path, bool wait) {
    struct stat mine, current;

    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0) give_up(NOT_DONE, "%s: cannot be made: %m; nothing has changed", path);
        if (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0 || fstat(fd, &mine) != 0) return close(fd), false;
        /* cppcheck-suppress resourceLeak ; the lock is held for as long as it is open */
        if (stat(path, &current) == 0 && mine.st_ino == current.st_ino) break;
        close(fd); /* one that was removed meanwhile keeps nobody off */
    }
    locked = path;
    if (atexit(unlock) != 0) give_up(EX_OSERR, "out of memory; nothing has changed");
    return true;
}
