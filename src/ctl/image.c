/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

static bool entered;

void image_enter(const char *directory) {
    if (chdir(directory) != 0) give_up(TROUBLE, "%s: cannot be looked at: %m", directory);
    if (chroot(".") != 0)
        give_up(TROUBLE, "%s: cannot be made the root directory, which root alone may: %m", directory);
    entered = true;
}

bool image_is_entered(void) { return entered; }

/* Whatever stands there, it is not waited for. */
static FILE *open_users(const char *path) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    FILE *file = NULL;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) file = fdopen(fd, "r");
    if (file == NULL && fd >= 0) close(fd);
    return file;
}

static const struct passwd *read_passwd(const char *name, uid_t id) {
    FILE *file = open_users("/etc/passwd");
    const struct passwd *entry = NULL;

    if (file == NULL) return NULL;
    while ((entry = fgetpwent(file)) != NULL)
        if (name != NULL ? strcmp(entry->pw_name, name) == 0 : entry->pw_uid == id) break;
    (void)fclose(file); /* it was only read */
    return entry;
}

static const struct group *read_group(const char *name, gid_t id) {
    FILE *file = open_users("/etc/group");
    const struct group *entry = NULL;

    if (file == NULL) return NULL;
    while ((entry = fgetgrent(file)) != NULL)
        if (name != NULL ? strcmp(entry->gr_name, name) == 0 : entry->gr_gid == id) break;
    (void)fclose(file); /* it was only read */
    return entry;
}

const struct passwd *find_passwd(const char *name, uid_t id) {
    if (entered) return read_passwd(name, id);
    return name != NULL ? getpwnam(name) : getpwuid(id);
}

const struct group *find_group_entry(const char *name, gid_t id) {
    if (entered) return read_group(name, id);
    return name != NULL ? getgrnam(name) : getgrgid(id);
}

void image_groups(const char *name, void (*take)(void *to, gid_t gid), void *to) {
    FILE *file = open_users("/etc/group");
    const struct group *entry;

    while (file != NULL && (entry = fgetgrent(file)) != NULL)
        for (char **member = entry->gr_mem; *member != NULL; member++)
            if (strcmp(*member, name) == 0) take(to, entry->gr_gid);
    if (file != NULL) (void)fclose(file); /* it was only read */
}
