/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths of this system whose owners and modes are known, and a file that is read whole or not at all.
 * Linked with src/ownership/trusted.c src/ownership/words.c.
 */
#include "ownership.h"
#include "tap.h"

/* What read(2) gives: RESULT, where that is less than is asked for; MORE: without an end. */
static ssize_t result;
static bool more;
static int asked;

ssize_t read(int fd, void *buffer, size_t size)
{
	ssize_t got = lseek(fd, 0, SEEK_CUR), give = result < (ssize_t)size ? result : (ssize_t)size;

	asked++;
	if (give < 0)
		return -1;
	if (more) {
		memset(buffer, 'm', (size_t)give);
		return give;
	}
	give = pread(fd, buffer, (size_t)give, got);
	lseek(fd, give > 0 ? give : 0, SEEK_CUR);
	return give;
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
	ssize_t result;
	bool more, whole;
} parts[] = {
	{ "at once", 1 << 20, false, true },	  { "byte for byte", 1, false, true },
	{ "an error", -1, false, false },	  { "it grows", 1 << 20, true, false },
	{ "it grows byte for byte", 1, true, false }, { "nothing", 0, false, false },
};

int main(void)
{
	struct stat root;

	if (stat("/", &root) != 0 || root.st_uid != 0) {
		puts("ok 1 # skip the root directory is not root's here\n1..1");
		return 0;
	}
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct stat st;
		const char *why = "";
		int fd = trusted_open(paths[i].path, paths[i].type, &st, &why);

		tap((fd >= 0) == paths[i].opened &&
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
		size_t length = 0;
		const char *why = NULL, *text;

		result = parts[i].result;
		more = parts[i].more;
		asked = 0;
		text = trusted_read("/etc/passwd", &length, &why);
		tap((text != NULL) == parts[i].whole && (text == NULL || strlen(text) == length), "read whole", parts[i].what);
		tap(text != NULL || (why != NULL && strstr(why, "whole") != NULL), "or it says why", parts[i].what);
		tap(asked <= 1 << 20, "and it ends", parts[i].what);
	}
	return tap_end();
}
