/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../run/run.h"
#include "check.h"

#include <linux/openat2.h>
#include <sys/stat.h>

#define WOULD_FAIL "a start fails: "

/* Looks at PATH as a program sees it whose root directory is ROOT. Returns 0 with ST, or the error with ST empty. */
static int look_at(const char *root, const char *path, struct stat *st) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = at >= 0 ? (int)syscall(SYS_openat2, at, path, &how, sizeof how) : -1;
    int error;

    *st = (struct stat){0};
    error = fd >= 0 && fstat(fd, st) == 0 ? 0 : errno;
    if (fd >= 0) close(fd);
    if (at >= 0) close(at);
    return error;
}

/* Any other error may be that of whoever asks. */
static bool is_missing(int error) { return error == ENOENT || error == ENOTDIR; }

/* Returns the root directory of the program, or NULL where there is none to look for it in. */
static const char *check_root(const struct setting *chroot) {
    struct stat st;
    int error;

    if (chroot == NULL) return "/";
    error = look_at("/", chroot->word, &st);
    if (error == 0 && S_ISDIR(st.st_mode)) return chroot->word;
    if (error == 0 || is_missing(error))
        warn_of(chroot->section, chroot->line, WOULD_FAIL "chroot %s: there is no such directory", chroot->word);
    return NULL;
}

static void check_program(const struct section *section, const char *program, const char *root) {
    struct stat st;
    int error = look_at(root, program, &st);

    if (is_missing(error))
        warn_of(section, section->line, WOULD_FAIL "%s is not there%s%s; install it", program,
                strcmp(root, "/") == 0 ? "" : ", in its root directory ", strcmp(root, "/") == 0 ? "" : root);
    else if (error == 0 && (!S_ISREG(st.st_mode) || (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0))
        warn_of(section, section->line, WOULD_FAIL "%s is no program; chmod a+rx it, or name another", program);
}

static void check_secrets(const struct setting *file) {
    struct stat st;
    int error = file != NULL ? look_at("/", file->word, &st) : EACCES;

    if (is_missing(error))
        warn_of(file->section, file->line, WOULD_FAIL "env-file %s: there is no such file", file->word);
    else if (error == 0 && (!S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0))
        warn_of(file->section, file->line,
                WOULD_FAIL "env-file %s: it is not a file of root's alone; chown root and chmod 600 it", file->word);
}

void check_places(const struct entry *entry) {
    const char *root = check_root(entry_setting(entry, "chroot"));

    if (root != NULL) check_program(entry->section, *entry->exec.items, root);
    check_secrets(entry_setting(entry, "env-file"));
}
