/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

int signals_open(void) {
    sigset_t ours;
    int fd;

    /* Where it is ignored, children vanish without a word, and would be counted for ever. */
    (void)signal(SIGCHLD, SIG_DFL);
    /* Standard error may be a pipe that nobody reads any more. */
    (void)signal(SIGPIPE, SIG_IGN);
    sigemptyset(&ours);
    sigaddset(&ours, SIGCHLD);
    sigaddset(&ours, SIGALRM);
    sigaddset(&ours, SIGHUP);
    sigaddset(&ours, SIGTERM);
    if (sigprocmask(SIG_SETMASK, &ours, NULL) != 0) err(EX_OSERR, "signals");
    fd = signalfd(-1, &ours, SFD_CLOEXEC);
    if (fd < 0) err(EX_OSERR, "signalfd");
    return fd;
}

struct signals signals_take(int fd) {
    struct signalfd_siginfo come[4];
    struct signals signals = {0};
    ssize_t length = read(fd, come, sizeof come);

    if (length < 0 && errno != EINTR) err(EX_OSERR, "signalfd");
    for (ssize_t i = 0; i < length / (ssize_t)sizeof come[0]; i++) {
        signals.child |= come[i].ssi_signo == SIGCHLD;
        signals.again |= come[i].ssi_signo == SIGALRM;
        signals.reload |= come[i].ssi_signo == SIGHUP;
        signals.stop |= come[i].ssi_signo == SIGTERM;
    }
    return signals;
}

void signals_alarm(void) { alarm(1); }
