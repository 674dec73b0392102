/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* A start by root: a program of its own, which only root can reach, so that the setuid one holds no code that becomes
 * anybody but its caller. It is made of the launcher's own stages and these. */

#include "launcher.h"

/* ---- terminal.c ---- */

/* Takes the terminal from the daemon to be, so that it can neither read what root types nor type for root: 0 becomes
 * /dev/null, 1 and 2 are opened again for writing alone, and there is no controlling terminal any more (ioctl_tty(2)).
 * Needs CAP_DAC_OVERRIDE where the terminal is another user's, as under su(1). Refuses where it could not. */
void give_up_terminal(void);

/* ---- keyring.c ---- */

/* Takes root's session keyring from the daemon to be, which could read every key in it: whoever has a keyring possesses
 * its keys, whatever his ids (session-keyring(7)). A new, empty one takes its place. Refuses where it could not. */
void leave_session_keyring(void);

/* ---- owner.c ---- */

/* USER, by name or id, with the groups of group(5), and GROUP (or NULL) for its primary one. Refuses where there is no
 * such user, or no group; and, unless ROOT_SAYS so, root and root's group. */
struct caller identity_of(const char *user, const char *group, bool root_says);

/* The owner of all the ports asked for, by the sections that cover them. Refuses where they name none, or more than
 * one.
 */
struct caller find_owner(const struct start *start);

/* ---- become.c ---- */

/* Gives up all capabilities but those that become(), bind(2) and chroot(2) need. Refuses where one of the first is
 * missing. */
void cut_root_down(void);

/* Reads the ownership file as an ordinary user would, so that a start by root is decided by what a start by the owner
 * would be decided by. */
void read_as_anybody(struct rules *rules);

/* Makes the process WHO for good, in the state of an ordinary start, but for CAP_SYS_CHROOT, permitted if CHROOT. */
void become(const struct caller *who, bool chroot);

/* Opens the directory PATH for change_root(), while root can still reach it. */
int open_root(const char *path);

/* Makes the open directory FD the root and working directory, and gives up all capabilities. Refuses where a standard
 * descriptor is a directory, by which there would be a way back. */
void change_root(int fd);

/* ---- environment.c ---- */

/* Makes the environment what a login as WHO would have, with what service managers give (systemd.exec(5)). */
void rebuild_environment(const struct caller *who);

/* ---- stage.c ---- */

/* Whether PROGRAM is fd:NAME: the open file that the last --pass has, by that name. Refuses where it does not. */
bool is_descriptor(const char *program, const requests *passes);

/* Executes that file, which was handed over as the last of HANDED, as PROGRAM. It is not told of as a handle, and gone
 * after the exec. Ends the program with 126, and why, where that fails. */
_Noreturn void execute_descriptor(char **program, const requests *handed);

/* Executes PROGRAM as execute() does, where ROOT has become the root directory: what is missing then is missing there.
 */
_Noreturn void execute_inside(const char *root, char **program, enum handoff handoff);
