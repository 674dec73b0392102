/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <sys/mman.h>
#include <sys/stat.h>

/* O_NONBLOCK: nobody may stand at the other end of a FIFO that lies there. */
#define SAFELY (O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define MODE_OF_NEW (S_IRUSR | S_IWUSR | S_IRGRP)
#define LARGEST_ENVIRONMENT (64 << 10)

static int open_file(const struct handle *handle, bool in_chroot) {
    struct place place = place_find(handle->setting, handle->path);
    int fd = openat(place.directory, place.name, handle->flags | SAFELY, MODE_OF_NEW), flags;
    struct stat st = {0};

    if (fd < 0 && errno == ELOOP) refuse_setting(EX_NOPERM, handle->setting, "a symbolic link; name what it leads to");
    if (fd < 0 || fstat(fd, &st) != 0)
        refuse_setting(errno == ENOENT ? EX_UNAVAILABLE : EX_NOPERM, handle->setting, "it cannot be opened as %s: %m",
                       geteuid() == 0 ? "root" : "the user, as below a directory that others than root can write");
    act_as_root();
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        refuse_setting(EX_NOPERM, handle->setting,
                       "it is neither a regular file nor a directory; use listen or connect");
    if (S_ISDIR(st.st_mode) && in_chroot)
        refuse_setting(EX_CONFIG, handle->setting, "a directory would lead out of chroot; name files, or one inside");
    flags = fcntl(fd, F_GETFL);
    must(flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0, "%s: %m",
         handle->path);
    must(close(place.directory) == 0, "%s: %m", handle->path);
    return fd;
}

void handles_open(handle_list *handles, const struct entry *entry, const struct caller *who) {
    bool in_chroot = entry_setting(entry, "chroot") != NULL;

    EACH(handle, *handles) {
        if (handle->kind == FILE_HANDLE) handle->fd = open_file(handle, in_chroot);
        if (handle->kind == LISTENER) handle->fd = listener_open(handle, who);
        if (handle->kind == CONNECTION) handle->fd = connection_open(handle);
    }
}

void chroot_check(const struct setting *setting) {
    struct place place;
    int fd;

    if (geteuid() != 0) refuse_setting(EX_NOPERM, setting, "only root can change the root directory; start it as root");
    place = place_find(setting, setting->word);
    if (!place.trusted)
        refuse_setting(EX_NOPERM, setting, "a directory above it may be written by others than root; chmod go-w it");
    /* cppcheck-suppress resourceLeak; it is closed, or the program has ended */
    fd = openat(place.directory, place.name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) refuse_setting(EX_UNAVAILABLE, setting, "%m; it must be a directory, and no link to one");
    must(close(fd) == 0 && close(place.directory) == 0, "%m");
}

/* Adds LINE, which has the number NUMBER, to OUT with a NUL behind it. */
static void add_line(FILE *out, const char *line, unsigned number, const struct setting *setting) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    size_t name = strspn(line, NAME_BYTES);

    if (line[strspn(line, " \t")] == '\0' || *line == '#' || *line == ';') return;
    if (line[name] != '=' || strchr(letters, *line) == NULL || memchr(line, '.', name) != NULL ||
        memchr(line, '-', name) != NULL || strncmp(line, "LISTEN_", 7) == 0 || strchr(line, '\r') != NULL)
        refuse_setting(EX_CONFIG, setting, "line %u of it is not NAME=VALUE, or LISTEN_*, or has a carriage return",
                       number);
    must(fputs(line, out) >= 0 && putc('\0', out) == '\0', "cannot keep the environment: %m");
}

static char *read_secrets(const struct setting *setting, size_t *length) {
    struct stat st;
    const char *why;
    char *text;
    int fd;

    if (geteuid() != 0) refuse_setting(EX_NOPERM, setting, "only root can read it; let root start the service");
    fd = trusted_open(setting->word, S_IFREG, &st, &why);
    if (fd < 0) refuse_setting(EX_NOPERM, setting, "%s", why != NULL ? why : "there is no such file");
    must(close(fd) == 0, "%m");
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        refuse_setting(EX_NOPERM, setting, "others than root may read it, or could; chmod 600 it");
    text = trusted_read(setting->word, length, &why);
    if (text == NULL) refuse_setting(EX_NOPERM, setting, "%s", why != NULL ? why : "it went away meanwhile");
    if (*length > LARGEST_ENVIRONMENT || strlen(text) != *length)
        refuse_setting(EX_CONFIG, setting, "it is larger than 64 KiB, or has a NUL in it");
    return text;
}

int secrets_open(const struct setting *setting) {
    size_t length;
    char *text = read_secrets(setting, &length), *line;
    int fd = memfd_create("environment", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    FILE *out = fd >= 0 ? fdopen(fcntl(fd, F_DUPFD_CLOEXEC, 0), "we") : NULL;
    unsigned number = 0;
    off_t written;

    must(out != NULL, "cannot keep the environment: %m");
    while ((line = strsep(&text, "\n")) != NULL) add_line(out, line, ++number, setting);
    written = ftello(out);
    must(fclose(out) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0 &&
             lseek(fd, 0, SEEK_END) == written && lseek(fd, 0, SEEK_SET) == 0,
         "cannot keep the environment: %m");
    return fd;
}
