/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a program is looked for, and what is said of one that is not executed. Linked with src/launcher/program.c.
 * Linked with src/ownership/words.c.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

#define SBIN "/usr/local/sbin/d /usr/sbin/d /sbin/d "

const char *const handoff_names[HANDOFFS] = { "listen-fds", "stdin", "adopt", "accept", "nginx", "php-fpm" };

/* What is tried; IS is there, and with ERROR. */
static char *tried;
static const char *is;
static int error, stopped;

int execv(const char *path, char *const arguments[])
{
	tried = format_text("%s%s ", tried, path);
	if (arguments[1] != NULL && strcmp(arguments[1], "argument") != 0)
		tried = format_text("%sbefore %s ", tried, arguments[1]);
	errno = is != NULL && strstr(is, format_text("%s ", path)) != NULL ? error : ENOENT;
	if (strncmp(path, "/file/", 6) == 0)
		errno = ENOTDIR;
	return -1;
}

int access(const char *path, int mode)
{
	int before = errno;
	bool there = mode == F_OK && is != NULL && strstr(is, format_text("%s ", path)) != NULL;

	errno = there ? before : ENOENT;
	return there ? 0 : -1;
}

void stop_timers(void)
{
	stopped++;
}

static const struct {
	const char *path, *program, *is;
	int error;
	enum handoff handoff;
	const char *tried;
	int status, said;
} rows[] = {
	{ "PATH=/a:/b", "d", NULL, 0, LISTEN_FDS, "/a/d /b/d " SBIN, 127, ENOENT },
	{ "PATH=", "d", NULL, 0, LISTEN_FDS, SBIN, 127, ENOENT },
	{ "PATHS=/c", "d", NULL, 0, LISTEN_FDS, SBIN, 127, ENOENT },
	{ "PATHS/c=1", "d", NULL, 0, LISTEN_FDS, SBIN, 127, ENOENT },
	{ "PATH=/a::.:b:/c", "d", NULL, 0, LISTEN_FDS, "/a/d /c/d " SBIN, 127, ENOENT },
	{ "PATH=/a", "", NULL, 0, LISTEN_FDS, "", 127, ENOENT },
	{ "PATH=/a:/b", "d", "/a/d ", EACCES, LISTEN_FDS, "/a/d /b/d " SBIN, 126, EACCES },
	{ "PATH=/a:/b", "d", "/a/d ", ENOENT, LISTEN_FDS, "/a/d ", 126, ENOEXEC },
	{ "PATH=/a:/b", "d", "/a/d ", ENOEXEC, LISTEN_FDS, "/a/d ", 126, ENOEXEC },
	{ "PATH=/a:/b", "d", "/b/d ", E2BIG, LISTEN_FDS, "/a/d /b/d ", 126, E2BIG },
	{ "PATH=/file:/b", "d", NULL, 0, LISTEN_FDS, "/file/d /b/d " SBIN, 127, ENOENT },
	{ "PATH=/a", "/b/d", NULL, 0, STDIN, "/b/d ", 127, ENOENT },
	{ "PATH=/a", "/b/d", "/b/d ", EACCES, LISTEN_FDS, "/b/d ", 126, EACCES },
	{ "PATH=/a", "/b/d", "/b/d ", ENOENT, LISTEN_FDS, "/b/d ", 126, ENOEXEC },
	{ "PATH=/a", "/file/d", NULL, 0, LISTEN_FDS, "/file/d ", 127, ENOTDIR },
	{ "PATH=/a", "./d", "./d ", E2BIG, LISTEN_FDS, "./d ", 126, E2BIG },
	{ "PATH=/a", "d", NULL, 0, ADOPT, "/opt/lowportbind/bin/lowport-adopt before d ", 127, ENOENT },
	{ "PATH=/a", "d", NULL, 0, PHP_FPM, "/opt/lowportbind/bin/lowport-php-fpm before d ", 127, ENOENT },
};

static __attribute__((noinline)) void try_row(size_t i)
{
	char *words[] = { "--", format_text("%s", rows[i].program), "argument", NULL };
	char *variables[] = { "A=1", format_text("%s", rows[i].path), NULL };

	environ = variables;
	is = rows[i].is;
	error = rows[i].error;
	tried = "";
	stopped = 0;
	REFUSED(execute(words + 1, rows[i].handoff));
	environ = NULL;
}

int main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		try_row(i);
		tap(strcmp(tried, rows[i].tried) == 0, rows[i].program, tried);
		tap(refused(rows[i].status, strerror(rows[i].said)) && stopped == 1, rows[i].path, said);
	}
	return tap_end();
}
