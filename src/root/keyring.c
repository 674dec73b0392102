/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <linux/keyctl.h>

static long session_keyring(void) { return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0); }

/* While root: its new keyring counts against root's quota, which the owner's processes cannot use up. */
void leave_session_keyring(void) {
    long was = session_keyring(), is = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);

    /* A kernel without keys has none for the daemon either; a filter that forbids root the call is inherited. */
    if (was < 0 && is < 0 && (errno == EPERM || errno == ENOSYS)) return;
    must(is != was && is == session_keyring(), "cannot leave root's session keyring: %m");
}
