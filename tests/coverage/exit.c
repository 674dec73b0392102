/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For a coverage build: what is counted is written down at exit(3) and exec, and by itself not at _exit(2). */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): gcov's and the linker's names, ld(1) --wrap */
void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
