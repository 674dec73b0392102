/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/time.h>

bool open_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) return false;
    }
    return true;
}

static bool replace(int fd, const char *path, int flags) {
    int opened = open(path, flags | O_NOCTTY | O_CLOEXEC);

    return opened >= 0 && dup2(opened, fd) == fd && close(opened) == 0;
}

const char *give_up_terminal(void) {
    static const char *const self[] = {"/dev/null", "/proc/self/fd/1", "/proc/self/fd/2"};
    int tty;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (isatty(fd) && !replace(fd, self[fd], fd == STDIN_FILENO ? O_RDONLY : O_WRONLY))
            return self[fd];
    }
    /* setsid(2) fails for a process group's leader, and a shell makes one of every job. A session's
     * leader that lets go of the terminal is sent SIGHUP. */
    if (signal(SIGHUP, SIG_IGN) == SIG_ERR) return "SIGHUP";
    tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (tty >= 0 && (ioctl(tty, TIOCNOTTY) != 0 || close(tty) != 0)) return "/dev/tty";
    if (tty >= 0) tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    return tty < 0 && errno == ENXIO ? NULL : "/dev/tty";
}

void stop_timers(void) {
    static const struct itimerval never;
    sigset_t held;

    if (setitimer(ITIMER_REAL, &never, NULL) != 0 || setitimer(ITIMER_VIRTUAL, &never, NULL) != 0 ||
        setitimer(ITIMER_PROF, &never, NULL) != 0 || prctl(PR_SET_PDEATHSIG, 0) != 0 ||
        sigemptyset(&held) != 0 || sigaddset(&held, SIGPIPE) != 0 ||
        sigaddset(&held, SIGXFSZ) != 0 || sigprocmask(SIG_BLOCK, &held, NULL) != 0)
        refuse(EX_OSERR, "cannot stop the caller's timers: %m");
}

/* By the raw calls: glibc keeps two signals for itself and hides them, but they are inherited. */
void reset_signals(void) {
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask;
    } ignore = {.handler = SIG_IGN}, normal = {.handler = SIG_DFL};
    unsigned long none = 0;

    for (int number = 1; number < _NSIG; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        if (syscall(SYS_rt_sigaction, number, &ignore, NULL, sizeof none) != 0 ||
            syscall(SYS_rt_sigaction, number, &normal, NULL, sizeof none) != 0)
            refuse(EX_OSERR, "cannot reset signal %d: %m", number);
    }
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none) != 0)
        refuse(EX_OSERR, "cannot empty the signal mask: %m");
}
