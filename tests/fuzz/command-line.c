/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line, a word a line, as options and then requests that are decided on; and what is
 * told and logged of it. A vertical tab is a newline inside a word.
 * Linked with src/launcher/options.c src/launcher/plan.c src/launcher/report.c.
 * Linked with src/launcher/request.c src/ownership/address.c src/ownership/names.c.
 * Linked with src/ownership/rules.c src/ownership/text.c src/ownership/verdict.c.
 * Linked with src/ownership/words.c. Wraps exit write select socket sendto.
 */
#include "fuzz.h"
#include "launcher.h"

#include <ifaddrs.h>
#include <setjmp.h>
#include <sys/select.h>
#include <sys/un.h>

/* What wrapped functions of the C library do once a launcher is at work, and do else. */
static bool launched;
static jmp_buf ended;
static int status;
static unsigned told, logged;
static int priority; /* that a line of the log has */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl*): the names that the linker gives what it wraps */
_Noreturn void __real_exit(int code);
_Noreturn void __wrap_exit(int code);
ssize_t __real_write(int fd, const void *text, size_t length);
ssize_t __wrap_write(int fd, const void *text, size_t length);
int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout);
int __wrap_socket(int domain, int type, int protocol);
ssize_t __wrap_sendto(int fd, const void *text, size_t length, int flags, const struct sockaddr *to, socklen_t size);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl*) */

void __wrap_exit(int code)
{
	if (!launched)
		__real_exit(code);
	status = code;
	longjmp(ended, 1);
}

/* A line that neither a terminal nor a reader of the log can be fooled with. */
static void harmless(const char *line, size_t length, const char *prefix, bool newline)
{
	CLAIM(length > strlen(prefix) + newline && length < 8100 && strncmp(line, prefix, strlen(prefix)) == 0);
	CLAIM(!newline || line[--length] == '\n');
	for (size_t i = 0; i < length; i++)
		CLAIM(line[i] >= ' ' && line[i] <= '~');
}

ssize_t __wrap_write(int fd, const void *text, size_t length)
{
	if (!launched)
		return __real_write(fd, text, length);
	CLAIM(fd == STDERR_FILENO);
	harmless(text, length, "lowportbind: ", true);
	told++;
	return (ssize_t)length;
}

int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	CLAIM(count == STDERR_FILENO + 1 && in == NULL && except == NULL && FD_ISSET(STDERR_FILENO, out));
	CLAIM(timeout->tv_sec == 0 && timeout->tv_usec == 0);
	return 1;
}

int __wrap_socket(int domain, int type, int protocol)
{
	CLAIM(domain == AF_UNIX && (type & SOCK_NONBLOCK) != 0 && protocol == 0);
	return 1000;
}

ssize_t __wrap_sendto(int fd, const void *text, size_t length, int flags, const struct sockaddr *to, socklen_t size)
{
	char *prefix = format_text("<%d>lowportbind[%d]: ", LOG_AUTHPRIV | priority, (int)getpid());

	CLAIM(fd == 1000 && to->sa_family == AF_UNIX && size == sizeof(struct sockaddr_un) && (flags & MSG_NOSIGNAL));
	harmless(text, length, prefix, false);
	logged++;
	return (ssize_t)length;
}

/* The local addresses of a small host, one interface without any among them. */
int getifaddrs(struct ifaddrs **list)
{
	static struct sockaddr_in four[2] = { { .sin_family = AF_INET }, { .sin_family = AF_INET } };
	static struct sockaddr_in6 six[2] = { { .sin6_family = AF_INET6 }, { .sin6_family = AF_INET6 } };
	static struct ifaddrs entries[5] = {
		{ .ifa_next = entries + 1, .ifa_name = "lo", .ifa_addr = (struct sockaddr *)&four[0] },
		{ .ifa_next = entries + 2, .ifa_name = "lo", .ifa_addr = (struct sockaddr *)&six[0] },
		{ .ifa_next = entries + 3, .ifa_name = "tun0" },
		{ .ifa_next = entries + 4, .ifa_name = "eth0", .ifa_addr = (struct sockaddr *)&four[1] },
		{ .ifa_name = "eth0", .ifa_addr = (struct sockaddr *)&six[1] },
	};

	inet_pton(AF_INET, "127.0.0.1", &four[0].sin_addr);
	inet_pton(AF_INET6, "::1", &six[0].sin6_addr);
	inet_pton(AF_INET, "192.0.2.7", &four[1].sin_addr);
	inet_pton(AF_INET6, "fe80::7", &six[1].sin6_addr);
	*list = entries;
	return 0;
}

static const char file[] =
	"[dns]\nports = tcp:53 udp:53\nowner = alice\nhandoff = adopt\ntogether = yes\n"
	"[www]\nports = tcp:80 tcp:443\nports = tcp:8080-8089\nusers = bob alice\nno-new-privileges = no\n"
	"[local]\nports = tcp:25 udp:69\naddress = 127.0.0.0/8 ::1 fe80::/10\nowner = alice\nhandoff = adopt\n"
	"[tftp]\nports = udp:69\nowner = alice\nhandoff = stdin\n"
	"[bob]\nports = tcp:79\nowner = bob\n";

static bool is_request(const char *word)
{
	const char *colon = strchr(word, ':'), *slash = strchr(word, '/');

	return *word == '@' || (colon != NULL && (slash == NULL || colon < slash));
}

/* What options are when read_options() comes back, whatever they were read from. */
static void good_options(const struct options *options, int argc, char **argv, bool root)
{
	long behind = options->program - argv; /* words before the program */

	CLAIM(root || (options->user == NULL && options->chroot == NULL));
	CLAIM(options->handoff <= HANDOFFS);
	CLAIM(1 <= options->backlog && options->backlog <= 65535 && options->copies <= 65535);
	CLAIM(options->requests.count > 0 || (options->passes.count > 0 && options->handoff == HANDOFFS));
	EACH(text, options->requests)
		CLAIM(is_request(*text));
	EACH(entry, options->environment)
		CLAIM(strchr(*entry, '=') > *entry);
	EACH(pass, options->passes)
		CLAIM(pass->fd > STDERR_FILENO && fcntl(pass->fd, F_GETFD) >= 0 && is_handle_name(pass->name));
	/* execute() may put a stage in the place of the word before the program. */
	CLAIM(behind >= 2 && behind <= argc && (*options->program != NULL || options->dry_run));
	CLAIM(!is_request(argv[behind - 1]) || *options->program == NULL || !is_request(*options->program));
}

static void good_plan(const struct start *start)
{
	char *line = describe(start);

	CLAIM(start->requests.count > 0 || start->asked.count == 0);
	CLAIM(start->handoff < HANDOFFS);
	CLAIM(start->handoff != STDIN || start->requests.count == 1);
	EACH(request, start->requests) {
		struct verdict is = decide(&start->rules, &start->who, &request->at);

		CLAIM(1 <= request->at.port && request->at.port <= 65535);
		CLAIM(request->verdict.ruling == is.ruling || (start->options.user != NULL && is.ruling != GRANTED));
		CLAIM(request->verdict.ruling == GRANTED || request->verdict.ruling == UNLISTED);
		CLAIM(strstr(line, request->text) != NULL);
		if (start->may_gain)
			CLAIM(request->verdict.section != NULL && request->verdict.section->may_gain);
	}
	priority = LOG_INFO;
	record(priority, line);
	CLAIM(logged == 1);
}

/* A start as far as its plan. May end in exit(). */
static void plan(int argc, char **argv, bool root, bool broken)
{
	struct start start = { .who = { .uid = 1001, .gid = 1001, .name = "alice" } };

	/* getopt(3): 0 is from the beginning again. Without a word it is not called, and finds 1 as in a new process. */
	optind = argc > 0 ? 0 : 1;
	start.options = read_options(argc, argv, root);
	good_options(&start.options, argc, argv, root);
	rules_add(&start.rules, "/etc/lowportbind.conf", exact_copy(file, sizeof file - 1), sizeof file - 1);
	CLAIM(start.rules.faults.count == 0);
	if (broken)
		rules_add_fault(&start.rules, "/etc/lowportbind.d/broken.conf", 1, "a control character");
	read_requests(&start);
	decide_requests(&start);
	good_plan(&start);
}

static bool has_word(char **argv, const char *prefix)
{
	while (*argv != NULL && strncmp(*argv, prefix, strlen(prefix)) != 0)
		argv++;
	return *argv != NULL;
}

static void launch(const char *text, size_t length, bool root, bool broken)
{
	LIST(char *) words = { NULL, 0 };
	char *rest = exact_copy(text, length), *word;
	bool asks;

	while (*text != '\0' && (word = strsep(&rest, "\n")) != NULL) {
		word = exact_copy(word, strlen(word));
		for (char *tab = word; (tab = strchr(tab, '\v')) != NULL;)
			*tab = '\n';
		APPEND(words, word);
	}
	APPEND(words, NULL);
	words.items = reallocarray(words.items, words.count, sizeof *words.items); /* nothing behind the NULL */
	CLAIM(words.items != NULL);
	asks = has_word(words.items, "--h") || has_word(words.items, "--v"); /* abbreviations are taken */
	told = logged = 0;
	priority = LOG_NOTICE;
	launched = true;
	status = -1;
	if (setjmp(ended) == 0)
		plan((int)words.count - 1, words.items, root, broken);
	launched = false;
	CLAIM(status == -1 || status == EX_OK || status == EX_USAGE || status == EX_NOPERM || status == EX_CONFIG);
	CLAIM(status != EX_OK || asks);
	CLAIM(status != EX_CONFIG || broken);
	CLAIM(told == (status > EX_OK));
	CLAIM(logged == (status == -1 || status == EX_NOPERM || status == EX_CONFIG));
}

/* A user's start, root's, and one with a broken drop-in. */
void fuzz(char *text, size_t length)
{
	static int passed;

	/* Something for --pass to name. */
	if (passed == 0)
		passed = open("/dev/null", O_RDONLY | O_CLOEXEC);
	length = strnlen(text, length);
	launch(text, length, false, false);
	launch(text, length, true, false);
	launch(text, length, false, true);
}
