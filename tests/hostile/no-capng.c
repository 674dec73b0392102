// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * no-capng - a shared object in the place of libcap-ng that does nothing.
 *
 * It says that it worked; or, where there is a file /opt/tmp/capng-fails, that it failed.
 */
#include <cap-ng.h>
#include <unistd.h>

void capng_clear(capng_select_t set)
{
	(void)set;
}

int capng_update(capng_act_t action, capng_type_t type, unsigned capability)
{
	(void)action, (void)type, (void)capability;
	return 0;
}

int capng_apply(capng_select_t set)
{
	(void)set;
	return access("/opt/tmp/capng-fails", F_OK) == 0 ? -1 : 0;
}
