/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written to people and sent to the log, byte for byte. Linked with src/launcher/report.c.
 * Linked with src/ownership/words.c.
 */
#include "launcher.h"
#include "tap.h"

#include <setjmp.h>
#include <sys/un.h>

static jmp_buf back;
static int ready = 1, status, socket_type;
static char *written, *sent;

int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	bool asked = count == STDERR_FILENO + 1 && in == NULL && except == NULL && FD_ISSET(STDERR_FILENO, out) &&
		     !FD_ISSET(STDIN_FILENO, out) && timeout->tv_sec == 0 && timeout->tv_usec == 0;

	return asked ? ready : 0;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	if (fd == STDERR_FILENO)
		written = format_text("%s%.*s", written, (int)length, (const char *)bytes);
	return -1;
}

pid_t getpid(void)
{
	return 4711;
}

int socket(int family, int type, int protocol)
{
	socket_type = type;
	return family == AF_UNIX && protocol == 0 ? 5 : -1;
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t size)
{
	const struct sockaddr_un *log = (const void *)to;

	if (fd == 5 && flags == MSG_NOSIGNAL && size == sizeof *log && log->sun_family == AF_UNIX &&
	    strcmp(log->sun_path, "/dev/log") == 0)
		sent = format_text("%s%.*s", sent, (int)length, (const char *)bytes);
	return -1;
}

void exit(int with)
{
	status = with;
	longjmp(back, 1);
}

static const struct {
	const char *text, *shown;
} texts[] = {
	{ "", "" },
	{ "plain text, ~ and !", "plain text, ~ and !" },
	{ "a\\b", "a\\x5cb" },
	{ "\001\037\177\200\377\n", "\\x01\\x1f\\x7f\\x80\\xff\\x0a" },
	{ "%s%n", "%s%n" },
};

/* A text of so many letters, and what is shown of it behind PREFIX. */
static void cut(int length, const char *prefix, const char *more, int shown)
{
	char *letters = format_text("%*s", length, "");

	memset(letters, 'l', (size_t)length);
	written = "";
	tell(format_text("%s%s", letters, more));
	tap(written[strlen(written) - 1] == '\n' && (int)strlen(written) == shown + 1 &&
		    strncmp(written, prefix, strlen(prefix)) == 0 && strchr(written, ' ') == written + strlen(prefix) - 1,
	    "cut off", format_text("%d", length));
}

static __attribute__((noinline)) void do_quit(int with)
{
	written = sent = "";
	status = -1;
	if (setjmp(back) == 0)
		quit(with, "why");
}

int main(void)
{
	static const int statuses[] = { EX_USAGE, EX_UNAVAILABLE, EX_OSERR, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG, 126, 127 };
	char *letters;

	for (size_t i = 0; i < COUNT(texts); i++) {
		written = sent = "";
		tell(texts[i].text);
		tap(strcmp(written, format_text("lowportbind: %s\n", texts[i].shown)) == 0 && *sent == '\0', "told", written);
		written = sent = "";
		record(LOG_INFO, texts[i].text);
		tap(strcmp(sent, format_text("<86>lowportbind[4711]: %s", texts[i].shown)) == 0 && *written == '\0', "sent", sent);
		tap(socket_type == (SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC), "without waiting", "");
	}
	cut(7987, "lowportbind: ", "", 8000);
	cut(7988, "lowportbind: ", "", 8000);
	cut(7986, "lowportbind: ", "\n", 8003);
	cut(7987, "lowportbind: ", "\n", 8000);
	cut(100000, "lowportbind: ", "\n", 8000);
	/* Were there less room than that for each byte, libc would find its memory broken. */
	written = "";
	letters = format_text("%1900s", "");
	memset(letters, 1, 1900);
	tell(letters);
	tap(strlen(written) == strlen("lowportbind: ") + 4UL * 1900 + 1, "room for four bytes of each", "");
	for (ready = -1; ready <= 1; ready++) {
		written = "";
		tell("a");
		tap((*written != '\0') == (ready == 1), "told, unless it would wait", "");
	}
	ready = 1;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		bool refusal = statuses[i] == EX_NOPERM || statuses[i] == EX_CONFIG;

		do_quit(statuses[i]);
		tap(status == statuses[i] && strcmp(written, "lowportbind: why\n") == 0 &&
			    strcmp(sent, refusal ? "<85>lowportbind[4711]: why" : "") == 0,
		    "the end", format_text("%d", statuses[i]));
	}
	return tap_end();
}
