/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <signal.h>
#include <sys/ioctl.h>

static int open_terminal(const char *path, int flags) { return open(path, flags | O_NOCTTY | O_CLOEXEC); }

static bool let_go(void) {
    int tty;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (!isatty(fd)) {
            if (errno != ENOTTY && errno != EINVAL) return false;
            continue;
        }
        tty = fd == 0 ? open_terminal("/dev/null", O_RDONLY)
                      : open_terminal(format_text("/proc/self/fd/%d", fd), O_WRONLY);
        if (tty < 0 || dup2(tty, fd) != fd || fcntl(fd, F_GETFL) % 4 != (fd > 0) || close(tty) != 0) return false;
    }
    /* setsid(2) would fail for a process group's leader, which a shell makes of every job; a session's leader that
     * lets go of the terminal is sent SIGHUP. */
    if (signal(SIGHUP, SIG_IGN) == SIG_ERR) return false;
    tty = open_terminal("/dev/tty", O_RDWR);
    if (tty >= 0 && (ioctl(tty, TIOCNOTTY) != 0 || close(tty) != 0)) return false;
    /* Where it can be opened the start ends. */
    /* cppcheck-suppress leakReturnValNotUsed */
    return (tty < 0 || open_terminal("/dev/tty", O_RDWR) < 0) && errno == ENXIO;
}

void give_up_terminal(void) { must(let_go(), "cannot give up root's terminal: %m"); }
