/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. Linked with src/launcher/options.c src/launcher/request.c src/ownership/words.c.
 * Linked with src/ownership/address.c src/ownership/names.c src/ownership/text.c src/ownership/rules.c. Needs -linih.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

#include <getopt.h>
#include <stdarg.h>

static int puts_fails, ended;

/* These descriptors are open. */
int fcntl(int fd, int command, ...)
{
	return command == F_GETFD && (fd == 0 || fd == 2 || fd == 3 || fd == 9) ? 0 : -1;
}

int puts(const char *text)
{
	return *text == '\0' || puts_fails == 1 ? -1 : 0;
}

int fflush(FILE *file)
{
	return file == stdout && puts_fails != 2 ? 0 : -1;
}

void exit(int status)
{
	ended = status;
	longjmp(back, 1);
}

#define PLAIN "-m6 -b4096"

static const struct {
	const char *words, *read; /* READ: what comes of it, or of what is refused what is said */
	int status;		  /* of what is refused */
} rows[] = {
	{ "tcp:53 d", PLAIN " tcp:53 -- d", 0 },
	{ "tcp:53 udp:53 -- d -n tcp:1 --", PLAIN " tcp:53 udp:53 -- d -n tcp:1 --", 0 },
	{ "@dns d", PLAIN " @dns -- d", 0 },
	{ "tcp:53 a/b:c", PLAIN " tcp:53 -- a/b:c", 0 },
	{ "-- tcp:53 d", PLAIN " tcp:53 -- d", 0 },
	{ "tcp:53 -- -- d", PLAIN " tcp:53 -- -- d", 0 },
	{ "tcp:53 -x", "-x: an option goes before", EX_USAGE },
	{ "tcp:53 -- -x", PLAIN " tcp:53 -- -x", 0 },
	{ "--adopt tcp:53 d", "-m2 -b4096 tcp:53 -- d", 0 },
	{ "--stdin tcp:53 d", "-m1 -b4096 tcp:53 -- d", 0 },
	{ "--handoff listen-fds tcp:53 d", "-m0 -b4096 tcp:53 -- d", 0 },
	{ "--handoff=nginx tcp:53 d", "-m4 -b4096 tcp:53 -- d", 0 },
	{ "--handoff=x tcp:53 d", "--handoff x: no such mode", EX_USAGE },
	{ "-u bob:www tcp:53 d", PLAIN " -ubob -gwww tcp:53 -- d", 0 },
	{ "-ubob tcp:53 d", PLAIN " -ubob tcp:53 -- d", 0 },
	{ "--chroot /a tcp:53 d", PLAIN " -r/a tcp:53 -- d", 0 },
	{ "--chdir=/b tcp:53 d", PLAIN " -d/b tcp:53 -- d", 0 },
	{ "--env A=1 --env B= tcp:53 d", PLAIN " -eA=1 -eB= tcp:53 -- d", 0 },
	{ "--env A tcp:53 d", "--env A: not NAME=VALUE", EX_USAGE },
	{ "--env =1 tcp:53 d", "--env =1: not NAME=VALUE", EX_USAGE },
	{ "--pass a=3 --pass b=9 tcp:53 d", PLAIN " -pa=3 -pb=9 tcp:53 -- d", 0 },
	{ "--pass a=2 tcp:53 d", "--pass a: needs", EX_USAGE },
	{ "--pass a=0 tcp:53 d", "--pass a: needs", EX_USAGE },
	{ "--pass a=4 tcp:53 d", "--pass a: needs", EX_USAGE },
	{ "--pass a=03 tcp:53 d", "--pass a: needs", EX_USAGE },
	{ "--pass a=4294967299 tcp:53 d", "--pass a: needs", EX_USAGE },
	{ "--pass a tcp:53 d", "--pass a: needs", EX_USAGE },
	{ "--pass a:b=3 tcp:53 d", "--pass a:b: needs", EX_USAGE },
	{ "--pass =3 tcp:53 d", "--pass : needs", EX_USAGE },
	{ "--pass a=3 d", PLAIN " -pa=3 -- d", 0 },
	{ "--pass a=3 -- d tcp:53", PLAIN " -pa=3 -- d tcp:53", 0 },
	{ "--pass a=3", "usage: ", EX_USAGE },
	{ "--pass a=3 --stdin d", "usage: ", EX_USAGE },
	{ "--pass a=3 --handoff listen-fds d", "usage: ", EX_USAGE },
	{ "--backlog 1 tcp:53 d", "-m6 -b1 tcp:53 -- d", 0 },
	{ "--backlog=65535 tcp:53 d", "-m6 -b65535 tcp:53 -- d", 0 },
	{ "--backlog 0 tcp:53 d", "--backlog, --reuse-port: 0:", EX_USAGE },
	{ "--backlog 65536 tcp:53 d", "--backlog, --reuse-port: 65536:", EX_USAGE },
	{ "--backlog x tcp:53 d", "--backlog, --reuse-port: x:", EX_USAGE },
	{ "--reuse-port 4 tcp:53 d", PLAIN " -c4 tcp:53 -- d", 0 },
	{ "--reuse-port 0 tcp:53 d", "--backlog, --reuse-port: 0:", EX_USAGE },
	{ "--freebind tcp:53 d", PLAIN " -f tcp:53 -- d", 0 },
	{ "-n tcp:53 d", PLAIN " -n tcp:53 -- d", 0 },
	{ "-n tcp:53", PLAIN " -n tcp:53 --", 0 },
	{ "--dry-run tcp:53", PLAIN " -n tcp:53 --", 0 },
	{ "tcp:53", "usage: ", EX_USAGE },
	{ "tcp:53 --", "usage: ", EX_USAGE },
	{ "d", "usage: ", EX_USAGE },
	{ "-n d", "usage: ", EX_USAGE },
	{ "", "usage: ", EX_USAGE },
	{ "-x tcp:53 d", "an unknown option", EX_USAGE },
	{ "--no-such tcp:53 d", "an unknown option", EX_USAGE },
	{ "--dry-run=x tcp:53 d", "an unknown option", EX_USAGE },
	{ "--freebind=x tcp:53 d", "an unknown option", EX_USAGE },
	{ "--stdin=x tcp:53 d", "an unknown option", EX_USAGE },
	{ "--adopt=x tcp:53 d", "an unknown option", EX_USAGE },
	{ "--help=x", "an unknown option", EX_USAGE },
	{ "--version=x", "an unknown option", EX_USAGE },
	{ "-u", "an unknown option", EX_USAGE },
	{ "--chroot", "an unknown option", EX_USAGE },
	{ "--chdir", "an unknown option", EX_USAGE },
	{ "--env", "an unknown option", EX_USAGE },
	{ "--pass", "an unknown option", EX_USAGE },
	{ "--backlog", "an unknown option", EX_USAGE },
	{ "--reuse-port", "an unknown option", EX_USAGE },
	{ "--handoff", "an unknown option", EX_USAGE },
};

static const char *shown(const struct options *is)
{
	char *text = format_text("-m%d -b%u", is->handoff, is->backlog);

	if (is->user != NULL)
		text = format_text("%s -u%s", text, is->user);
	if (is->group != NULL)
		text = format_text("%s -g%s", text, is->group);
	if (is->chroot != NULL)
		text = format_text("%s -r%s", text, is->chroot);
	if (is->chdir != NULL)
		text = format_text("%s -d%s", text, is->chdir);
	EACH(entry, is->environment)
		text = format_text("%s -e%s", text, *entry);
	EACH(pass, is->passes)
		text = format_text("%s -p%s=%d", text, pass->name, pass->fd);
	if (is->copies != 0)
		text = format_text("%s -c%u", text, is->copies);
	if (is->freebind)
		text = format_text("%s -f", text);
	if (is->dry_run)
		text = format_text("%s -n", text);
	EACH(request, is->requests)
		text = format_text("%s %s", text, *request);
	text = format_text("%s --", text);
	for (char **word = is->program; *word != NULL; word++)
		text = format_text("%s %s", text, *word);
	return text;
}

static struct options options;

static __attribute__((noinline)) void try_words(const char *text, bool root, bool nameless)
{
	static char *words[20];
	char *rest = copy_text(text), *word;
	int count = 1;

	memset(words, 0, sizeof words);
	words[0] = nameless ? NULL : "lowportbind";
	while ((word = strsep(&rest, " ")) != NULL && *word != '\0')
		words[count++] = word;
	optind = nameless ? 1 : 0; /* as libc has it first; with 0, getopt(3) of GNU begins anew */
	ended = -1;
	REFUSED(options = read_options(nameless ? 0 : count, words, root));
}

int main(void)
{
	static const char *const for_root[] = { "-u bob tcp:53 d", "--chroot /a tcp:53 d", "-u bob:x --chroot /a tcp:53 d" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		try_words(rows[i].words, true, false);
		if (rows[i].status == 0)
			tap(said == NULL && ended < 0 && strcmp(shown(&options), rows[i].read) == 0, rows[i].words,
			    said != NULL ? said : shown(&options));
		else
			tap(ended < 0 && refused(rows[i].status, rows[i].read) &&
				    strncmp(said, rows[i].read, strlen(rows[i].read)) == 0,
			    rows[i].words, said);
	}
	for (size_t i = 0; i < COUNT(for_root); i++) {
		try_words(for_root[i], false, false);
		tap(refused(EX_NOPERM, "are for root"), "for root", for_root[i]);
	}
	try_words("--env A=1 --chdir / -n tcp:53", false, false);
	tap(said == NULL, "for anyone", "");
	/* What is behind the end of the words are no words, but the environment. */
	try_words("tcp:53 d", true, true);
	tap(refused(EX_USAGE, "usage: "), "not so much as a name", "");
	for (puts_fails = 0; puts_fails < 3; puts_fails++) {
		try_words("--help -x", false, false);
		tap(said == NULL && ended == (puts_fails == 0 ? EX_OK : EX_OSERR), "help", "");
		try_words("--version -x", false, false);
		tap(said == NULL && ended == (puts_fails == 0 ? EX_OK : EX_OSERR), "version", "");
	}
	return tap_end();
}
