/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <signal.h>
#include <sys/time.h>

bool open_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) return false;
    return true;
}

void stop_timers(void) {
    static const struct itimerval never;
    sigset_t held;

    if (setitimer(ITIMER_REAL, &never, NULL) != 0 || setitimer(ITIMER_VIRTUAL, &never, NULL) != 0 ||
        setitimer(ITIMER_PROF, &never, NULL) != 0 || prctl(PR_SET_PDEATHSIG, 0) != 0 || sigemptyset(&held) != 0 ||
        sigaddset(&held, SIGPIPE) != 0 || sigaddset(&held, SIGXFSZ) != 0 || sigprocmask(SIG_BLOCK, &held, NULL) != 0)
        refuse(EX_OSERR, "cannot stop the caller's timers: %m");
}

/* By the raw calls: glibc keeps two signals for itself and hides them, but they too are inherited. */
void reset_signals(void) {
    const struct {
        void (*handler)(int);
        unsigned long flags, restorer, mask;
    } ignore = {SIG_IGN, 0, 0, 0}, normal = {SIG_DFL, 0, 0, 0};

    for (long number = 1; number < _NSIG; number++) {
        /* To ignore a signal drops one that waits: it would end the program when the mask is emptied. */
        if (number != SIGKILL && number != SIGSTOP &&
            (syscall(SYS_rt_sigaction, number, &ignore, NULL, 8L) != 0 ||
             syscall(SYS_rt_sigaction, number, &normal, NULL, 8L) != 0))
            refuse(EX_OSERR, "cannot reset signal %ld: %m", number);
    }
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &normal.mask, NULL, 8L) != 0)
        refuse(EX_OSERR, "cannot empty the signal mask: %m");
}
