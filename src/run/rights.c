/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <grp.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

/* The real and the saved uid stay root's meanwhile, so that no process of the user's can signal or trace this one. */
static const struct caller *user; /* NULL: the process is nobody else */

void rights_begin(const struct caller *who) {
    if (geteuid() != 0) return;
    user = who;
    must(setgroups(0, NULL) == 0 && getgroups(0, NULL) == 0, "cannot give up root's groups: %m");
}

void act_as_user(void) {
    if (user == NULL || geteuid() != 0) return;
    must(user->uid != NOBODY && user->gid != NOBODY, "-1 is nobody's id");
    must(setgroups(user->groups.count, user->groups.items) == 0, "cannot act as %s: %m", user->name);
    must(setegid(user->gid) == 0 && getegid() == user->gid, "cannot act as %s: %m", user->name);
    must(seteuid(user->uid) == 0 && geteuid() == user->uid, "cannot act as %s: %m", user->name);
    must((uid_t)setfsuid(NOBODY) == user->uid && (gid_t)setfsgid(NOBODY) == user->gid, "cannot act as %s", user->name);
}

void act_as_user_with_root_files(void) {
    act_as_user();
    if (user == NULL) return;
    /* The kernel takes and gives the capabilities for files with the change of this id; capabilities(7). */
    setfsuid(0);
    must(setfsuid(NOBODY) == 0, "cannot reach files as root");
}

void act_as_root(void) {
    if (user == NULL) return;
    must(seteuid(0) == 0 && setegid(0) == 0 && geteuid() == 0 && getegid() == 0, "cannot go on as root: %m");
    must(setgroups(0, NULL) == 0 && getgroups(0, NULL) == 0, "cannot give up groups: %m");
    must(setfsuid(NOBODY) == 0 && setfsgid(NOBODY) == 0, "cannot go on as root");
}

/* Whether none but root can change what names the directory FD holds. The group bits speak for an access control list,
 * too: acl(5). */
static bool is_roots(int fd) {
    struct stat st = {.st_uid = NOBODY};

    return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int open_directory(int at, const char *name) {
    return openat(at, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
}

struct place place_find(const struct setting *setting, const char *path) {
    char *rest = copy_text(path), *name = strtok_r(rest, "/", &rest), *next;
    struct place place = {open_directory(AT_FDCWD, "/"), NULL, false};
    struct stat st;

    if (*path != '/' || name == NULL) refuse_setting(EX_CONFIG, setting, "%s is not a path from / on", path);
    must(place.directory >= 0, "/: %m");
    place.trusted = is_roots(place.directory);
    for (; (next = strtok_r(NULL, "/", &rest)) != NULL; name = next) {
        int above = place.directory;

        if (!place.trusted) act_as_user();
        place.directory = open_directory(above, name);
        if (place.directory < 0 && errno == ENOTDIR && fstatat(above, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISLNK(st.st_mode))
            refuse_setting(EX_NOPERM, setting, "%s is a symbolic link; name what it leads to", name);
        if (place.directory < 0) refuse_setting(EX_UNAVAILABLE, setting, "directory %s: %m", name);
        must(close(above) == 0, "%s: %m", path);
        place.trusted = place.trusted && is_roots(place.directory);
    }
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        refuse_setting(EX_CONFIG, setting, "%s names a directory by another one", path);
    if (!place.trusted) act_as_user();
    place.name = name;
    return place;
}
