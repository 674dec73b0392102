// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nss-moon - a module of libc's name service: a shared object that knows the user and the group "luna", who is alice.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define LUNA 60001

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl*,readability-non-const-parameter): as libc looks for them */

enum nss_status _nss_moon_getpwnam_r(const char *name, struct passwd *entry, char *room, size_t size, int *error)
{
	(void)room, (void)size;
	*error = ENOENT;
	if (strcmp(name, "luna") != 0)
		return NSS_STATUS_NOTFOUND;
	*entry = (struct passwd){ "luna", "x", LUNA, LUNA, "", "/", "/bin/sh" };
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_moon_getgrnam_r(const char *name, struct group *entry, char *room, size_t size, int *error)
{
	static char *nobody;

	(void)room, (void)size;
	*error = ENOENT;
	if (strcmp(name, "luna") != 0)
		return NSS_STATUS_NOTFOUND;
	*entry = (struct group){ "luna", "x", LUNA, &nobody };
	return NSS_STATUS_SUCCESS;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl*,readability-non-const-parameter) */
