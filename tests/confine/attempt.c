/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linked statically: a confined program that tries things. attempt ARGUMENT WHAT...
 * Says "WHAT: done", or the name of the error, for each; without arguments, what Landlock can do.
 * Linked with tests/confine/attempts.c. */
#include <stdio.h>

#include "attempts.h"

int main(int argc, char **argv)
{
	if (argc == 1) printf("%ld\n", attempts_landlock());
	for (int i = 2; i < argc; i++) {
		const char *result = attempts_make(argv[i], argv[1]);

		if (result == NULL) {
			printf("attempt: there is no such thing to try: %s\n", argv[i]);
			return 64;
		}
		printf("%s: %s\n", argv[i], result);
	}
	return 0;
}
