/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

#include <sys/statvfs.h>
#include <sys/xattr.h>

#define LAUNCHER BINDIR "/lowportbind"

void check_launcher(void) {
    struct stat file;
    struct statvfs system;
    bool setuid;

    if (stat(LAUNCHER, &file) != 0) {
        point_at("%s: warning: %m; nobody can start anything with it; install it", LAUNCHER);
        return;
    }
    setuid = (file.st_mode & S_ISUID) != 0 && file.st_uid == 0;
    if (!setuid && getxattr(LAUNCHER, "security.capability", NULL, 0) <= 0)
        point_at("%s: warning: it is neither setuid root nor has it file capabilities, and can bind no low port; "
                 "chown root %s && chmod u+s %s; or, if it was installed with capabilities: "
                 "setcap cap_net_bind_service,cap_setpcap=p %s",
                 LAUNCHER, LAUNCHER, LAUNCHER, LAUNCHER);
    if (file.st_uid != 0)
        point_at("%s: warning: it belongs to uid %u, who can replace it; chown root %s (and give the privilege again)",
                 LAUNCHER, file.st_uid, LAUNCHER);
    if ((file.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        point_at("%s: warning: others than root can write to it; chmod go-w %s", LAUNCHER, LAUNCHER);
    if (statvfs(LAUNCHER, &system) == 0 && (system.f_flag & ST_NOSUID) != 0)
        point_at(
            "%s: warning: its file system is mounted nosuid, which takes its privilege away; install it on another",
            LAUNCHER);
}
