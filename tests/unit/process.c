/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process inherits beside its ids, from a kernel that is played here. Linked with src/launcher/process.c.
 * Linked with src/ownership/words.c.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/time.h>

#define LAST (_NSIG - 1) /* SIGRTMAX, as a constant */

/* Of the N-th call CALL, or of each for 0; it has no effect, and returns RESULT. */
static struct fault {
	const char *call;
	int number, result;
} fault;
static struct {
	bool open[4];
	bool timer[3], death_signal;
	unsigned long mask, handler[LAST + 1], pending;
	bool dropped[LAST + 1];
} is;

static bool fails(const char *call, int number)
{
	return fault.call != NULL && strcmp(call, fault.call) == 0 && (fault.number == 0 || fault.number == number);
}

int fcntl(int fd, int command, ...)
{
	return fd < 3 && command == F_GETFD && is.open[fd] ? 0 : -1;
}

int open(const char *path, int flags, ...)
{
	int fd = 0;

	while (is.open[fd])
		fd++;
	if (strcmp(path, "/dev/null") != 0 || flags != O_RDWR || fails("open", fd))
		return fault.result;
	is.open[fd] = true;
	return fd;
}

int setitimer(__itimer_which_t which, const struct itimerval *new, struct itimerval *old)
{
	if (fails("timer", (int)which))
		return fault.result;
	is.timer[which] = old != NULL || new->it_value.tv_sec != 0 || new->it_value.tv_usec != 0;
	return 0;
}

int prctl(int option, ...)
{
	va_list values;
	int value;

	va_start(values, option);
	value = va_arg(values, int);
	va_end(values);
	if (option != PR_SET_PDEATHSIG || fails("death", 0))
		return -1;
	is.death_signal = value != 0;
	return 0;
}

static long set_action(long number, const unsigned long *action, unsigned long *old)
{
	if (number < 1 || number > LAST || (action != NULL && (number == SIGKILL || number == SIGSTOP)))
		return -1;
	if (action != NULL) {
		if (fails(*action == (unsigned long)SIG_IGN ? "ignore" : "default", (int)number))
			return fault.result;
		is.handler[number] = *action;
		is.dropped[number] |= *action == (unsigned long)SIG_IGN;
		if (*action == (unsigned long)SIG_IGN)
			is.pending &= ~(1UL << (number - 1));
		return 0;
	}
	if (fails("action?", (int)number))
		return fault.result;
	*old = fails("other action", (int)number) ? 1 : is.handler[number];
	return 0;
}

long syscall(long call, ...)
{
	va_list values;
	long number;
	const unsigned long *new;
	unsigned long *old;
	size_t size;

	va_start(values, call);
	if (call == SYS_rt_sigpending) {
		old = va_arg(values, unsigned long *);
		size = va_arg(values, size_t);
		va_end(values);
		if (size != 8 || fails("pending?", 0))
			return fault.result;
		*old = is.pending;
		return 0;
	}
	number = va_arg(values, long);
	new = va_arg(values, const unsigned long *);
	old = va_arg(values, unsigned long *);
	size = va_arg(values, size_t);
	va_end(values);
	if (size != 8)
		return -1;
	if (call == SYS_rt_sigaction)
		return set_action(number, new, old);
	if (call != SYS_rt_sigprocmask)
		return -1;
	if (new == NULL) {
		if (fails("mask?", 0))
			return fault.result;
		*old = fails("other mask", 0) ? 1UL << 63 : is.mask;
		return 0;
	}
	if (fails("mask", 0))
		return fault.result;
	is.mask = (int)number == SIG_SETMASK ? *new : (int)number == SIG_BLOCK ? is.mask | *new : is.mask & ~*new;
	return 0;
}

static void begin(const char *call, int number, int result)
{
	memset(&is, 0, sizeof is);
	memset(is.timer, 1, sizeof is.timer);
	is.death_signal = true;
	is.mask = ~0UL;
	is.pending = ~(1UL << (SIGKILL - 1) | 1UL << (SIGSTOP - 1));
	for (int i = 0; i <= LAST; i++)
		is.handler[i] = i == SIGKILL || i == SIGSTOP ? (unsigned long)SIG_DFL : 77;
	fault = (struct fault){ call, number, result };
}

static __attribute__((noinline)) void do_reset(void)
{
	REFUSED(reset_signals());
}

static __attribute__((noinline)) void do_stop(void)
{
	REFUSED(stop_timers());
}

static void descriptors(void)
{
	for (int open = 0; open < 8; open++) {
		begin(NULL, 0, 0);
		for (int fd = 0; fd < 3; fd++)
			is.open[fd] = open >> fd & 1;
		tap(open_standard_descriptors() && is.open[0] && is.open[1] && is.open[2] && !is.open[3], "open then",
		    format_text("%d", open));
	}
	for (int fd = 0; fd < 3; fd++) {
		begin("open", fd, -1);
		tap(!open_standard_descriptors(), "one that stays closed", "");
		begin("open", fd, 7);
		tap(!open_standard_descriptors(), "one that is elsewhere", "");
	}
}

static void timers(void)
{
	static const struct fault faults[] = { { "timer", ITIMER_REAL, -1 }, { "timer", ITIMER_VIRTUAL, -1 },
					       { "timer", ITIMER_PROF, -1 }, { "death", 0, -1 }, { "mask", 0, -1 } };

	begin(NULL, 0, 0);
	is.mask = 1;
	do_stop();
	tap(said == NULL && !is.timer[0] && !is.timer[1] && !is.timer[2] && !is.death_signal, "all is stopped", "");
	tap(is.mask == (1UL | 1UL << (SIGPIPE - 1) | 1UL << (SIGXFSZ - 1)), "and two signals held back", "");
	for (size_t i = 0; i < COUNT(faults); i++) {
		begin(faults[i].call, faults[i].number, -1);
		do_stop();
		tap(refused(EX_OSERR, "cannot"), "refused", faults[i].call);
	}
}

static void signals(void)
{
	static const struct {
		const char *call, *why;
	} calls[] = { { "ignore", "cannot drop signal %d:" }, { "default", "cannot reset signal %d:" },
		      { "action?", "signal %d set" }, { "other action", "signal %d set" } };
	bool all = true;

	begin(NULL, 0, 0);
	do_reset();
	for (int i = 1; i <= LAST; i++)
		if (i != SIGKILL && i != SIGSTOP)
			all = all && is.dropped[i] && is.handler[i] == (unsigned long)SIG_DFL;
	tap(said == NULL && all && is.mask == 0, "all are as they were never set", "");
	begin(NULL, 0, 0);
	is.pending = 1UL << (SIGCHLD - 1) | 1UL << (LAST - 1);
	for (int i = 1; i <= LAST; i++)
		if (i != SIGHUP && i != SIGUSR1)
			is.handler[i] = (unsigned long)SIG_DFL;
	do_reset();
	all = said == NULL && is.pending == 0;
	for (int i = 1; i <= LAST; i++)
		all = all && is.handler[i] == (unsigned long)SIG_DFL &&
		      is.dropped[i] == (i == SIGHUP || i == SIGUSR1 || i == SIGCHLD || i == LAST);
	tap(all, "only what is set or waits is touched", "");
	begin("pending?", 0, -1);
	do_reset();
	tap(refused(EX_OSERR, "cannot see which signals wait"), "which wait", said);
	/* Where nothing is told of them, all may wait, also what cannot. */
	begin("pending?", 0, 0);
	is.handler[1] = (unsigned long)SIG_DFL;
	do_reset();
	tap(refused(EX_OSERR, "cannot drop signal 9:") && is.dropped[1] && is.dropped[8], "and what is only said to be told", said);
	for (size_t i = 0; i < COUNT(calls); i++)
		for (int number = 1; number <= LAST; number += number == 1 ? 31 : 32) {
			begin(calls[i].call, number, -1);
			do_reset();
			tap(refused(EX_OSERR, format_text(calls[i].why, number)), calls[i].call, said);
		}
	begin("default", 2, 0);
	do_reset();
	tap(refused(EX_OSERR, "signal 2 set"), "an action that is only said to be set", "");
	/* What is not told is not taken to be what the last was. */
	begin("action?", 2, 0);
	do_reset();
	tap(refused(EX_OSERR, "signal 2 set"), "an action that is only said to be told", "");
	begin("action?", 1, 0);
	do_reset();
	tap(refused(EX_OSERR, "signal 1 set"), "and the first of them", "");
	for (int result = -1; result <= 0; result++) {
		begin("mask", 0, result);
		do_reset();
		tap(refused(EX_OSERR, result == 0 ? "signals are blocked" : "cannot unblock"), "the mask", "");
		begin("mask?", 0, result);
		do_reset();
		tap(refused(EX_OSERR, "signals are blocked"), "and what it is", "");
	}
	begin("other mask", 0, 0);
	do_reset();
	tap(refused(EX_OSERR, "signals are blocked"), "another mask", "");
}

int main(void)
{
	descriptors();
	timers();
	signals();
	return tap_end();
}
