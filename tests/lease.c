// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lease - holds a lease on a file of the user's own, see fcntl(2), and gives it
 * back to nobody who asks.
 *
 *	lease FILE
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open(argv[argc - 1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || signal(SIGIO, SIG_IGN) == SIG_ERR || fcntl(fd, F_SETLEASE, F_WRLCK) != 0)
		err(99, "%s", argv[argc - 1]);
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
