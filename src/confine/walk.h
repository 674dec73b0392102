/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a path to the file that a rule is to be about. */
#ifndef LOWPORT_CONFINE_WALK_H
#define LOWPORT_CONFINE_WALK_H

/*
 * Opens PATH as open(2) with O_PATH does, but follows no symbolic link that belongs to the user of this process, unless
 * that is root: the confined program runs as that user, and may have left the link there when it ran before, to be
 * granted at the next start what it leads to. Returns a descriptor, or -1 with errno; EMLINK: such a link is in the
 * way.
 */
int walk_open(const char *path);

#endif
