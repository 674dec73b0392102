/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sanitized programs of tests/run are told. It is compiled into them: a test starts them with an environment
 * of its own. Leaks are none, since nothing is freed by design, and to look for them a process would have to be
 * traced. What has no memory, or is ended by a signal, goes on as the released program does.
 */

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the sanitizer calls it so */
const char *__asan_default_options(void);

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the sanitizer's own name for it */
const char *__asan_default_options(void)
{
	return "detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1:"
	       "allocator_may_return_null=1:use_sigaltstack=0:"
	       "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0";
}
