/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths of this system whose owners and modes are known, and a file that is read whole or not at all.
 * Linked with src/ownership/trusted.c src/ownership/words.c.
 */
#include <stdlib.h>

#include "ownership.h"
#include "tap.h"

#include <sys/syscall.h>

/* What read(2) gives: RESULT, where that is less than is asked for; MORE: without an end; AT_END: what it returns there. */
static ssize_t result, at_end;
static bool more;
static int asked;
/* What fstat(2) says: 0 is the truth, -1 an error. */
static off_t other_size;
static bool without_memory, no_memory, nothing_closed;
static size_t told; /* the size, by fstat(2) */
static bool elsewhere;
static int until_close_fails;

/* The address sanitizer has its own memory, and looks at what is read of it. */
#ifndef __SANITIZE_ADDRESS__
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): glibc's own name of it */
extern void *__libc_malloc(size_t size);
static size_t room; /* that was asked for last */

void *malloc(size_t size)
{
	void *memory = no_memory ? NULL : __libc_malloc(size);

	room = size;
	return memory != NULL ? memset(memory, 'm', size) : NULL;
}
#endif

/* Looks at the file that is to be read last: after it there is no memory, where there is to be none. */
int fstat(int fd, struct stat *st)
{
	int failed = fstatat(fd, "", st, AT_EMPTY_PATH);

	no_memory = without_memory && S_ISREG(st->st_mode);
	if (other_size == -1) {
		errno = EIO;
		return -1;
	}
	if (other_size != 0 && S_ISREG(st->st_mode))
		st->st_size = other_size == 1 ? 0 : other_size;
	told = (size_t)st->st_size;
	return failed;
}

int close(int fd)
{
	long result = syscall(SYS_close, fd);

	nothing_closed |= fd < 0;
	if (--until_close_fails != 0)
		return (int)result;
	errno = EIO;
	return -1;
}

ssize_t read(int fd, void *buffer, size_t size)
{
	static const char *end;
	ssize_t got = lseek(fd, 0, SEEK_CUR), give = result < (ssize_t)size ? result : (ssize_t)size;

	if (buffer == NULL)
		abort();
	if (asked++ == 0) {
		end = (const char *)buffer + told + 1;
#ifndef __SANITIZE_ADDRESS__
		elsewhere |= room != told + 1;
#endif
	}
	elsewhere |= (const char *)buffer + size != end;
	if (give < 0)
		return -1;
	if (more) {
		memset(buffer, 'm', (size_t)give);
		return give;
	}
	give = other_size == 1 ? 0 : pread(fd, buffer, (size_t)give, got);
	lseek(fd, give > 0 ? give : 0, SEEK_CUR);
	return give == 0 ? at_end : give;
}

static const struct {
	const char *path;
	mode_t type;
	bool opened;
	const char *why; /* its first words; NULL where there is no such file */
} paths[] = {
	{ "/", S_IFDIR, true, NULL },
	{ "/etc", S_IFDIR, true, NULL },
	{ "/etc/passwd", S_IFREG, true, NULL },
	{ "/etc/passwd", S_IFDIR, false, "not a directory" },
	{ "/etc", S_IFREG, false, "not a regular file" },
	{ "/etc/lowport-is-not-here", S_IFREG, false, NULL },
	{ "/lowport-is-not-here/file", S_IFREG, false, "No such file" },
	{ "/etc/passwd/file", S_IFREG, false, "a symbolic link" },
	{ "/proc/self/status", S_IFREG, false, "a symbolic link" },
	{ "/proc/self", S_IFDIR, false, "a symbolic link" },
	{ "/tmp", S_IFDIR, false, "it or a directory above it may be written" },
	{ "/tmp/lowport-is-not-here", S_IFREG, false, "it or a directory above it may be written" },
	{ "/dev/null", S_IFREG, false, "not a regular file" },
};

static const struct {
	const char *what;
	ssize_t result, at_end;
	off_t other_size;
	bool more, no_memory, whole;
	int at_most; /* calls of read(2) */
} parts[] = {
	{ "at once", 1 << 20, .whole = true, .at_most = 2 },
	{ "byte for byte", 1, .whole = true, .at_most = 1 << 20 },
	{ "nothing in it", 1 << 20, .other_size = 1, .whole = true, .at_most = 1 },
	{ "an error", -1, .at_most = 1 },
	{ "an error in the place of its end", 1 << 20, .at_end = -1, .at_most = 2 },
	{ "it grows", 1 << 20, .more = true, .at_most = 2 },
	{ "it grows byte for byte", 1, .more = true, .at_most = 1 << 20 },
	{ "cut off", 0, .at_most = 1 },
	{ "larger than 16 MiB", 1 << 20, .other_size = (16 << 20) + 1, .at_most = 0 },
	{ "it has shrunk from 16 MiB", 1 << 20, .other_size = 16 << 20, .at_most = 2 },
	{ "of no size that there is", 1 << 20, .other_size = -2, .at_most = 0 },
#ifndef __SANITIZE_ADDRESS__
	{ "no memory for it", 1 << 20, .no_memory = true, .at_most = 0 },
	{ "no memory for nothing", 1 << 20, .other_size = 1, .no_memory = true, .at_most = 0 },
#endif
};

int main(void)
{
	struct stat st;
	const char *why, *text;
	size_t length;

	if (stat("/", &st) != 0 || st.st_uid != 0) {
		puts("ok 1 # skip the root directory is not root's here\n1..1");
		return 0;
	}
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct stat st;
		const char *why = "";
		int fd = trusted_open(paths[i].path, paths[i].type, &st, &why);

		tap((fd >= 0) == paths[i].opened && fd >= -1 &&
			    (paths[i].why == NULL ? why == NULL :
						    why != NULL && strncmp(why, paths[i].why, strlen(paths[i].why)) == 0),
		    paths[i].path, why == NULL ? "" : why);
		tap(fd < 0 || (fcntl(fd, F_GETFD) == FD_CLOEXEC && (st.st_mode & S_IFMT) == paths[i].type), "closed at exec",
		    paths[i].path);
		if (fd >= 0)
			close(fd);
		tap(open("/dev/null", O_RDONLY) == 3 && close(3) == 0, "nothing is left open", paths[i].path);
	}
	for (size_t i = 0; i < COUNT(parts); i++) {
		result = parts[i].result;
		at_end = parts[i].at_end;
		more = parts[i].more;
		other_size = parts[i].other_size;
		asked = 0;
		without_memory = parts[i].no_memory;
		length = 0;
		why = NULL;
		text = trusted_read("/etc/passwd", &length, &why);
		no_memory = without_memory = false;
		tap((text != NULL) == parts[i].whole && (text == NULL || (text[length] == '\0' && strlen(text) == length)),
		    "read whole", parts[i].what);
		tap(text != NULL || (why != NULL && strstr(why, "whole") != NULL), "or it says why", parts[i].what);
		tap(asked <= parts[i].at_most, "and it ends", parts[i].what);
		tap(!elsewhere, "there is room for a byte more than there should be, and so much is asked for", parts[i].what);
	}
	result = 1 << 20;
	at_end = other_size = 0;
	more = false;
	for (int i = 1; i <= 3; i++) {
		until_close_fails = i;
		text = trusted_read("/etc/passwd", &length, &why);
		tap(text == NULL && strcmp(why, i < 3 ? strerror(EIO) : "larger than 16 MiB, or it could not be read whole") == 0,
		    "a close(2) that tells of an error", why);
	}
	other_size = -1;
	tap(trusted_open("/etc", S_IFDIR, &st, &why) < 0 && strcmp(why, strerror(EIO)) == 0, "that cannot be looked at", why);
	/* Numbers that a descriptor has where the standard ones are closed. */
	other_size = 0;
	close(STDIN_FILENO);
	tap(trusted_open("/", S_IFDIR, &st, &why) == STDIN_FILENO && why == NULL, "the root directory at 0", "");
	close(STDIN_FILENO);
	result = 1 << 20;
	tap(trusted_read("/etc/passwd", &length, &why) != NULL && why == NULL, "a file at 0", why);
	tap(trusted_read("/passwd", &length, &why) == NULL && why == NULL, "none", why);
	tap(trusted_open("/none/passwd", S_IFREG, &st, &why) < 0 && why != NULL, "and none above", "");
	tap(trusted_open("/etc/passwd", S_IFREG, &st, &why) == STDIN_FILENO && why == NULL, "and all is closed", why);
	tap(!nothing_closed, "nothing is closed that is not open", "");
	return tap_end();
}
