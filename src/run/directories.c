/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <sys/stat.h>

#define MODE_OF_NEW (S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH)

static const struct {
    const char *key, *above, *variable;
} kinds[] = {{"runtime-directory", "/run", "RUNTIME_DIRECTORY"}, {"state-directory", "/var/lib", "STATE_DIRECTORY"}};

static const char *name_of_user(uid_t uid) { return uid == 0 ? "root" : name_of(uid); }

/* All of it goes by descriptors in a directory that is root's: nobody can put another in its place meanwhile. */
static void make_directory(const struct setting *setting, const char *above, const struct caller *who) {
    struct stat st;
    const char *why;
    int parent = trusted_open(above, S_IFDIR, &st, &why), fd;
    bool made;

    if (parent < 0) refuse_setting(EX_UNAVAILABLE, setting, "%s: %s", above, why != NULL ? why : "it is not there");
    made = mkdirat(parent, setting->word, S_IRWXU) == 0;
    if (!made && errno != EEXIST)
        refuse_setting(EX_NOPERM, setting, "%s/%s cannot be made: %m; let root start the service once", above,
                       setting->word);
    /* cppcheck-suppress resourceLeak; both are closed here, or the program has ended */
    fd = openat(parent, setting->word, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        refuse_setting(EX_NOPERM, setting, "%s/%s: %m; it must be a directory, and no link to one", above,
                       setting->word);
    if (made)
        must(fchmod(fd, MODE_OF_NEW) == 0 && fchown(fd, who->uid, who->gid) == 0 && fstat(fd, &st) == 0 &&
                 (st.st_mode & ALLPERMS) == MODE_OF_NEW,
             "%s/%s: %m", above, setting->word);
    if (st.st_uid != who->uid)
        refuse_setting(EX_NOPERM, setting, "%s/%s belongs to %s, not to %s; chown it, or name another", above,
                       setting->word, name_of_user(st.st_uid), who->name);
    must(close(fd) == 0 && close(parent) == 0, "%s/%s: %m", above, setting->word);
}

void directories_make(const struct entry *entry, const struct caller *who) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct setting *setting = entry_setting(entry, kinds[i].key);

        if (setting == NULL) continue;
        make_directory(setting, kinds[i].above, who);
        must(setenv(kinds[i].variable, format_text("%s/%s", kinds[i].above, setting->word), 1) == 0, "%m");
    }
}
