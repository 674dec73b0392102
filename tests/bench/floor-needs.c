/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dynamic floor with the calls that no launcher can leave out which does what this one promises: it empties the
 * bounding set, reads that and the ambient set back, looks at all signals, and asks the name service for one name.
 */
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int also(void)
{
	unsigned long is[8];

	for (unsigned long i = 0; prctl(PR_CAPBSET_DROP, i) == 0; i++)
		;
	for (unsigned long i = 0; i < 64; i++)
		if (prctl(PR_CAPBSET_READ, i) == 1 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
			return -1;
	for (long number = 1; number < _NSIG; number++)
		if (syscall(SYS_rt_sigaction, number, NULL, is, sizeof(long)) != 0)
			return -1;
	return getpwnam("alice") != NULL ? 0 : -1;
}

#define ALSO also()
#include "floor.c" /* NOLINT(bugprone-suspicious-include): the whole of it */
