/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a confined daemon could do if it was taken over: a shared object that is preloaded into it. It makes the
 * attempts of ATTEMPTS="ATTEMPT ARGUMENT,..." from its process, before its main(), and says what came of each on
 * standard error. Linked with tests/confine/attempts.c. */
#include <stdlib.h>

#include "attempts.h"

__attribute__((constructor)) static void turn(void)
{
	char *list = getenv("ATTEMPTS");

	if (list == NULL) return;
	attempts_make_all(list, attempts_make);
	/* Its children are not to do so again. */
	unsetenv("ATTEMPTS");
}
