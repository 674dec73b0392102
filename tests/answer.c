// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * answer - the smallest service of inetd's kind: a line, and the end. It is linked statically, so
 * that a benchmark measures who starts it.
 */
#include <unistd.h>

int main(void)
{
	return write(STDOUT_FILENO, "an answer\n", 10) != 10;
}
