/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "landlock.h"

#include "walk.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

/* What came after the reference system's headers; the numbers are the kernel's for good. */
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)
#define RULE_NET_PORT 2

struct ruleset {
    uint64_t fs, net, scoped;
};

struct port_rule {
    uint64_t allowed, port;
};

/* The rights that one version of the kernel's interface added to those before it. */
static const struct addition {
    struct ruleset rights;
    const char *kernel, *what;
} additions[] = {
    {{(1ULL << 13) - 1, 0, 0}, "5.13", "which files can be opened"},
    {{LANDLOCK_ACCESS_FS_REFER, 0, 0}, "5.19", "moving files between directories (none can be moved)"},
    {{FS_TRUNCATE, 0, 0}, "6.2", "which files can be truncated"},
    {{0, NET_BIND_TCP | NET_CONNECT_TCP, 0}, "6.7", "which TCP ports can be bound and connected to"},
    {{FS_IOCTL_DEV, 0, 0}, "6.10", "ioctl(2) on devices"},
    {{0, 0, SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL}, "6.12", "signals and abstract sockets of other processes"},
};

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define WRITE                                                                                                          \
    (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV | LANDLOCK_ACCESS_FS_REMOVE_DIR |               \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                      \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM |                       \
     LANDLOCK_ACCESS_FS_REFER)
/* What the kernel takes for anything but a directory. */
#define OF_A_FILE (EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

static struct ruleset what_the_kernel_has(bool require) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct ruleset all = {0, 0, 0};

    for (long i = 0; i < (long)(sizeof additions / sizeof *additions); i++) {
        if (i >= version) {
            warnx("this kernel does not confine %s; Linux %s does, where Landlock is enabled%s", additions[i].what,
                  additions[i].kernel, require ? "" : " (--require refuses to start then)");
            if (require) errx(EX_UNAVAILABLE, "not started, as --require says");
            continue;
        }
        all.fs |= additions[i].rights.fs;
        all.net |= additions[i].rights.net;
        all.scoped |= additions[i].rights.scoped;
    }
    return all;
}

static void allow(int ruleset, int fd, const char *path, uint64_t rights, const struct ruleset *known) {
    struct landlock_path_beneath_attr rule = {.parent_fd = fd, .allowed_access = rights & known->fs};
    struct stat st = {0};

    if (fstat(fd, &st) != 0) err(EX_OSERR, "%s", path);
    if (!S_ISDIR(st.st_mode)) rule.allowed_access &= OF_A_FILE;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        err(EX_OSERR, "%s: a rule for it cannot be made; nothing was started", path);
    close(fd);
}

static void allow_path(int ruleset, const char *path, uint64_t rights, const struct ruleset *known) {
    int fd = walk_open(path);

    if (fd < 0 && errno == EMLINK)
        errx(EX_NOINPUT, "%s: a symbolic link in it is the user's own, so %s", path,
             "the program could lead it elsewhere; name what it leads to");
    if (fd < 0) errx(EX_NOINPUT, "%s: it cannot be opened: %s; name what is there", path, strerror(errno));
    allow(ruleset, fd, path, rights, known);
}

/* By whatever link: that leads to one file. A directory may have taken its place since it was found. */
static void allow_program(int ruleset, const char *program, const struct ruleset *known) {
    int fd = open(program, O_PATH | O_CLOEXEC);
    struct stat st = {0};

    if (fd < 0 || fstat(fd, &st) != 0)
        errx(EX_NOINPUT, "%s: it cannot be opened: %s; name what is there", program, strerror(errno));
    if (!S_ISREG(st.st_mode)) errx(EX_NOINPUT, "%s: it is no file any more; nothing was started", program);
    allow(ruleset, fd, program, EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE, known);
}

/* Without these hardly any program starts; a chroot may be without them, or be the program's own, which may then have
 * put a directory there. */
static void allow_usual(int ruleset, const struct ruleset *known) {
    static const struct {
        const char *path;
        mode_t type;
        uint64_t rights;
    } usual[] = {
        {"/dev/null", S_IFCHR, WRITE},   {"/dev/zero", S_IFCHR, WRITE},  {"/dev/full", S_IFCHR, WRITE},
        {"/dev/urandom", S_IFCHR, READ}, {"/dev/random", S_IFCHR, READ}, {"/etc/ld.so.cache", S_IFREG, READ},
    };

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        int fd = walk_open(usual[i].path);
        struct stat st = {0};

        if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == usual[i].type)
            allow(ruleset, fd, usual[i].path, usual[i].rights, known);
    }
}

static void allow_ports(int ruleset, const struct ports *ports, uint64_t right) {
    for (size_t i = 0; i < ports->count; i++) {
        const struct port_rule rule = {right, ports->list[i]};

        if (syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) != 0)
            err(EX_OSERR, "port %d: a rule for it cannot be made; nothing was started", ports->list[i]);
    }
}

static bool name_the_root(const struct paths *paths) {
    struct stat named, root;

    for (size_t i = 0; i < paths->count; i++) {
        if (stat(paths->list[i], &named) == 0 && stat("/", &root) == 0 && named.st_dev == root.st_dev &&
            named.st_ino == root.st_ino)
            return true;
    }
    return false;
}

/* A success that was only claimed must not start the program with nothing around it. */
static void prove(const struct options *options) {
    int root;

    if (name_the_root(&options->readable) || name_the_root(&options->writable)) return;
    root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root >= 0) errx(EX_OSERR, "Landlock: it was set, and does not work; nothing was started");
}

void landlock_confine(const struct options *options, const char *program) {
    const struct ruleset known = what_the_kernel_has(options->require);
    int ruleset;

    if (known.fs == 0) return;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &known, sizeof known, 0);
    if (ruleset < 0) err(EX_OSERR, "Landlock: no ruleset can be made; nothing was started");
    allow_usual(ruleset, &known);
    allow_program(ruleset, program, &known);
    for (size_t i = 0; i < options->readable.count; i++)
        allow_path(ruleset, options->readable.list[i], READ | EXECUTE, &known);
    for (size_t i = 0; i < options->writable.count; i++) allow_path(ruleset, options->writable.list[i], WRITE, &known);
    if (known.net != 0) {
        allow_ports(ruleset, &options->bind, NET_BIND_TCP);
        allow_ports(ruleset, &options->connect, NET_CONNECT_TCP);
        /* Some bind what they connect, to an address, and the port is as much the kernel's choice as without. */
        if (options->connect.count > 0) allow_ports(ruleset, &(const struct ports){&(in_port_t){0}, 1}, NET_BIND_TCP);
    }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        err(EX_OSERR, "Landlock: this process cannot be confined; nothing was started");
    close(ruleset);
    prove(options);
}
