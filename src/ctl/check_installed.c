/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <dirent.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#define LAUNCHER BINDIR "/lowportbind"

/* What Makefile.am installs, name after name, with where. */
static const struct {
    const char *directory, *names;
    mode_t needed; /* the bits that everybody needs to use it */
} installed[] = {
    {BINDIR, BIN_PROGRAMS, 0555},
    {SBINDIR, SBIN_PROGRAMS, 0555},
    {PKGLIBEXECDIR, PKGLIBEXEC_PROGRAMS, 0555},
    {PKGLIBDIR, ADOPTLIB_PROGRAMS, 0444},
};

/* Whether others than root can change what FILE says of PATH. Each path is told of once. */
static void check_ownership(const char *path, const struct stat *file) {
    static LIST(char *) told;

    EACH(other, told)
        if (strcmp(*other, path) == 0) return;
    APPEND(told, copy_text(path));
    if (file->st_uid != 0)
        warn(path, "it belongs to uid %u, who can replace it, or what is in it; chown root %s", file->st_uid, path);
    if ((file->st_mode & (S_IWGRP | S_IWOTH)) != 0) warn(path, "others than root can write to it; chmod go-w %s", path);
}

static void check_directories(const char *path) {
    struct stat directory;

    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        const char *above = slash == path ? "/" : format_text("%.*s", (int)(slash - path), path);

        if (stat(above, &directory) == 0) check_ownership(above, &directory);
    }
}

static bool has_privilege(const char *path, const struct stat *file) {
    return (file->st_mode & (S_ISUID | S_ISGID)) != 0 || getxattr(path, "security.capability", NULL, 0) > 0;
}

static void check_launcher(const struct stat *file) {
    bool setuid = (file->st_mode & S_ISUID) != 0 && file->st_uid == 0;
    struct statvfs system;

    if (!setuid && getxattr(LAUNCHER, "security.capability", NULL, 0) <= 0)
        warn(LAUNCHER,
             "it is neither setuid root nor has it file capabilities, and can bind no low port; "
             "chown root %s && chmod u+s %s; or, if it was installed with capabilities: "
             "setcap cap_net_bind_service,cap_setpcap=p %s",
             LAUNCHER, LAUNCHER, LAUNCHER);
    /* An image is mounted otherwise where it runs. */
    if (!image_is_entered() && statvfs(LAUNCHER, &system) == 0 && (system.f_flag & ST_NOSUID) != 0)
        warn(LAUNCHER, "its file system is mounted nosuid, which takes its privilege away; install it on another");
}

static void check_file(const char *path, mode_t needed) {
    bool launcher = strcmp(path, LAUNCHER) == 0, privileged = launcher && PRIVILEGED;
    struct stat file;
    char *real;

    if (stat(path, &file) != 0) {
        warn(path, "%m; %s; install it", launcher ? "nobody can start anything with it" : "what needs it will fail");
        return;
    }
    check_ownership(path, &file);
    check_directories(path);
    real = realpath(path, NULL); /* behind symbolic links other directories count as well */
    if (real != NULL && strcmp(real, path) != 0) check_directories(real);
    if (privileged)
        check_launcher(&file); /* whom it is for is configured: all, or a group */
    else if (has_privilege(path, &file))
        warn(path, "it is setuid, setgid or has file capabilities, and needs none; chmod a-s %s; setcap -r %s", path,
             path);
    if (!launcher && (file.st_mode & needed) != needed)
        warn(path, "not everybody can use it; chmod %s %s", needed == 0444 ? "a+r" : "a+rx", path);
}

void check_installed(void) {
    for (size_t i = 0; i < sizeof installed / sizeof *installed; i++) {
        char *rest = copy_text(installed[i].names), *name;

        while ((name = strsep(&rest, " ")) != NULL)
            if (*name != '\0') check_file(format_text("%s/%s", installed[i].directory, name), installed[i].needed);
    }
}

void check_unread(void) {
    DIR *directory = opendir(OWNERSHIP_DIRECTORY);
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        const char *name = entry->d_name, *dot = strrchr(name, '.');

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        if (*name == '.' || dot == NULL || strcmp(dot, ".conf") != 0)
            warn(format_text("%s/%s", OWNERSHIP_DIRECTORY, name),
                 "it is not read: only names that end in .conf, and do not begin with a dot, are");
    }
    if (directory != NULL) closedir(directory);
}
