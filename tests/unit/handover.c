/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the environment is told, and that none of it may be missing. Linked with src/launcher/handover.c.
 * Linked with src/ownership/words.c.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

#include <stdarg.h>

static int calls, failing, moved_to, close_error;
static char *told;

/* MOVED_TO is what a descriptor is said to be moved to, where it is none of 0 to 2. */
int fcntl(int fd, int command, ...)
{
	va_list values;
	long value;

	va_start(values, command);
	value = va_arg(values, int);
	va_end(values);
	return command == F_DUPFD_CLOEXEC && (moved_to < 0 || moved_to > STDERR_FILENO) ?
		       moved_to :
		       (int)syscall(SYS_fcntl, fd, command, value);
}

/* Linux closes it, and may tell of an error nonetheless. */
int close(int fd)
{
	long result = syscall(SYS_close, fd);

	errno = close_error != 0 ? close_error : errno;
	return close_error != 0 ? -1 : (int)result;
}

/* The next call, unless it is the one that fails. */
static int set(const char *text)
{
	if (++calls == failing) {
		errno = ENOMEM;
		return -1;
	}
	told = format_text("%s%s\n", told, text);
	return 0;
}

int putenv(char *entry)
{
	return set(entry);
}

int setenv(const char *name, const char *value, int replace)
{
	return set(format_text("%s=%s%s", name, strcmp(name, "LISTEN_PID") == 0 ? "me" : value, replace ? "" : " once"));
}

static void start_with(int fail)
{
	static char *added[] = { "A=1", "B=2" };
	struct request one = { .name = "one", .fd = dup(STDERR_FILENO) }, two = { .name = "two", .fd = dup(STDERR_FILENO) };
	struct start start = { 0 };
	requests listeners = { 0 };

	APPEND(listeners, one);
	start.options.environment.items = added;
	start.options.environment.count = 2;
	start.options.passes.items = &two;
	start.options.passes.count = 1;
	calls = 0;
	failing = fail;
	told = "";
	REFUSED(hand_over(&start, &listeners));
}

int main(void)
{
	static const char *const each[] = { "A=1", "B=2", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" };
	static const int errors[] = { EINTR, EIO, ENOSPC, EDQUOT };

	start_with(0);
	tap(said == NULL && strcmp(told, "A=1\nB=2\nLISTEN_FDS=2\nLISTEN_PID=me\nLISTEN_FDNAMES=one:two\n") == 0, "all is told",
	    "");
	for (int i = 0; i < (int)COUNT(each); i++) {
		start_with(i + 1);
		tap(refused(EX_OSERR, each[i]), "refused for want of", each[i]);
	}
	for (size_t i = 0; i < COUNT(errors); i++) {
		close_error = errors[i];
		start_with(0);
		tap(said == NULL && *told != '\0', "an error of close(2), which has closed it", strerror(close_error));
	}
	close_error = 0;
	told = "";
	REFUSED(hand_over(&(struct start){ 0 }, &(requests){ 0 }));
	tap(said == NULL && *told == '\0', "nothing", "is handed over");
	moved_to = -1;
	start_with(0);
	tap(refused(EX_OSERR, "cannot move") && *told == '\0', "a descriptor that cannot be moved", "");
	moved_to = 4;
	start_with(0);
	tap(refused(EX_OSERR, "cannot move") && *told == '\0', "one that is moved to where others are to go", "");
	moved_to = 10;
	start_with(0);
	tap(refused(EX_OSERR, "cannot move") && *told == '\0', "two that are moved to the same place", "");
	return tap_end();
}
