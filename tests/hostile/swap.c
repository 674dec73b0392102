// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swap - lets two files change places, all the time, until it is ended.
 *
 *	swap ONE OTHER
 *
 * Each of the names is there at every instant, with the one content or the other.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(99, "usage: swap ONE OTHER");
	while (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0)
		;
	err(99, "renameat2");
}
