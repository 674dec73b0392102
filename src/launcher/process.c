/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

#include <signal.h>
#include <sys/time.h>

bool open_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        /* cppcheck-suppress leakReturnValNotUsed; it is the daemon's. NOLINTNEXTLINE(android-cloexec-open) */
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) return false;
    return true;
}

void stop_timers(void) {
    const unsigned long held = 1UL << (SIGPIPE - 1) | 1UL << (SIGXFSZ - 1);
    const struct itimerval never = {0};

    for (int timer = ITIMER_REAL; timer <= ITIMER_PROF; timer++)
        must(setitimer((__itimer_which_t)timer, &never, NULL) == 0, "cannot stop the caller's timer: %m");
    must(prctl(PR_SET_PDEATHSIG, 0) == 0, "cannot forget the parent-death signal: %m");
    must(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &held, NULL, sizeof held) == 0, "cannot block signals: %m");
}

/* By the raw calls, whose struct begins with the handler: glibc hides two signals, but they too are inherited. */
void reset_signals(void) {
    const unsigned long ignored[8] = {(unsigned long)SIG_IGN}, normal[8] = {(unsigned long)SIG_DFL}, none = 0;
    unsigned long is[8] = {(unsigned long)SIG_ERR}, waits = ~0UL;

    must(syscall(SYS_rt_sigpending, &waits, sizeof waits) == 0, "cannot see which signals wait: %m");
    for (long number = 1; number < _NSIG; number++, waits >>= 1, *is = ~0UL) {
        /* Most are as they should be, SIGKILL and SIGSTOP always. */
        if (syscall(SYS_rt_sigaction, number, NULL, is, sizeof none) == 0 && *is == *normal && !(waits & 1)) continue;
        /* To ignore a signal drops one that waits: it would end the program when the mask is emptied. */
        must(syscall(SYS_rt_sigaction, number, ignored, NULL, sizeof none) == 0, "cannot drop signal %ld: %m", number);
        must(syscall(SYS_rt_sigaction, number, normal, NULL, sizeof none) == 0, "cannot reset signal %ld: %m", number);
        must(syscall(SYS_rt_sigaction, number, NULL, is, sizeof none) == 0 && *is == *normal, "signal %ld set", number);
    }
    must(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none) == 0, "cannot unblock signals: %m");
    must(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, is, sizeof none) == 0 && *is == 0, "signals are blocked");
}
