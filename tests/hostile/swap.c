// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swap - lets two files change places, thousands of times a second, until it is ended.
 *
 *	swap ONE OTHER
 *
 * Each of the names is there at every instant, with the one content or the other.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(99, "usage: swap ONE OTHER");
	/* With a pause, lest the starts that it is to disturb wait for the directory. */
	while (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0)
		nanosleep(&(struct timespec){ 0, 50000 }, NULL);
	err(99, "renameat2");
}
