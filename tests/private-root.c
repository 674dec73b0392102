// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * private-root - runs a program in a mount namespace of its own, nothing of
 * which the rest of the machine sees.
 *
 *	private-root PROGRAM [ARGUMENT...]
 *
 * unshare(1) does the same, except in a chroot whose root directory is no mount
 * point: there the mounts above it cannot be named, so cannot be made private.
 * This one climbs out first (inside the new namespace, as root), makes all of it
 * private, mounts the old root directory on itself and goes back into that, to
 * where it was called.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* With a root below the working directory, ".." is not stopped by it. */
static void climb_out(void)
{
	struct stat here, above;

	if (chroot("/usr") != 0)
		err(99, "chroot");
	do {
		if (stat(".", &here) != 0 || chdir("..") != 0 || stat(".", &above) != 0)
			err(99, "..");
	} while (!same(&here, &above));
	if (chroot(".") != 0)
		err(99, "chroot");
}

static void make_private(void)
{
	char path[4096], called_in[4096];
	int root;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return;
	if (errno != EINVAL)
		err(99, "cannot make the mounts private");
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || !getcwd(called_in, sizeof called_in) || chdir("/") != 0)
		err(99, "/");
	climb_out();
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		err(99, "cannot make the mounts private");
	if (fchdir(root) != 0 || !getcwd(path, sizeof path))
		err(99, "cannot name the root directory");
	if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) != 0)
		err(99, "cannot mount %s on itself", path);
	if (chdir(path) != 0 || chroot(".") != 0 || chdir(called_in) != 0)
		err(99, "%s", path);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		errx(99, "usage: private-root PROGRAM [ARGUMENT...]");
	if (unshare(CLONE_NEWNS) != 0)
		err(99, "cannot make a mount namespace");
	make_private();
	execvp(argv[1], argv + 1);
	err(99, "%s", argv[1]);
}
