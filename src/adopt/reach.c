/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SCRIPTS 5     /* that execve(2) follows from one to the next */
#define FIRST 256     /* bytes that it looks at to tell what a file is */
#define NOTES 65536   /* bytes of notes that are looked at: real ones are some hundred */
#define PARTS 16      /* that are read at a time: real programs have some dozen */
#define GO_BUILD_ID 4 /* the type of a note that the Go linker leaves, under the name "Go" */

#define LEAVE_OUT                                                                                                      \
    "leave lowport-adopt out, as lowportbind --handoff listen-fds does, if it takes sockets that are handed over; if " \
    "not, lowportctl load, by root, lets it bind for itself"

#if __WORDSIZE == 64
typedef Elf64_Ehdr elf_header;
typedef Elf64_Phdr elf_part;
typedef Elf64_Nhdr elf_note;
#else
typedef Elf32_Ehdr elf_header;
typedef Elf32_Phdr elf_part;
typedef Elf32_Nhdr elf_note;
#endif

/* This very program, as it lies in memory: what the preload library was built for. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*): the name that the linker gives it */
extern const elf_header __ehdr_start __attribute__((visibility("hidden")));

static bool read_at(int fd, void *to, size_t size, uint64_t at) {
    return pread(fd, to, size, (off_t)at) == (ssize_t)size;
}

/* Whether a note of the Go linker is among the notes of PART; all stand in 4 or 8 bytes, as the part says. */
static bool has_go_note(int fd, const elf_part *part) {
    size_t unit = part->p_align == 8 ? 8 : 4;
    struct {
        elf_note note;
        char name[sizeof "Go"];
    } it;
    const size_t size = sizeof it.note + sizeof it.name;

    if (part->p_type != PT_NOTE) return false;
    for (size_t at = 0; at + size <= part->p_filesz && at < NOTES;) {
        if (!read_at(fd, &it, size, part->p_offset + at)) return false;
        if (it.note.n_type == GO_BUILD_ID && it.note.n_namesz >= sizeof it.name &&
            memcmp(it.name, "Go", sizeof it.name) == 0)
            return true;
        at += sizeof it.note + (size_t)it.note.n_namesz;
        at = ((at + unit - 1) & ~(unit - 1)) + it.note.n_descsz;
        at = (at + unit - 1) & ~(unit - 1);
    }
    return false;
}

/* Whether PART names the dynamic linker of musl, which finds in the preload library what only glibc has. */
static bool is_for_musl(int fd, const elf_part *part) {
    char name[FIRST + 1] = "";
    size_t length = part->p_filesz < FIRST ? (size_t)part->p_filesz : FIRST;

    if (part->p_type != PT_INTERP || !read_at(fd, name, length, part->p_offset)) return false;
    return strstr(name, "/ld-musl-") != NULL;
}

static const char *elf_fault(int fd, const elf_header *elf) {
    bool linked = false, go = false, musl = false;
    elf_part parts[PARTS] = {0};

    if (memcmp(elf->e_ident, __ehdr_start.e_ident, EI_VERSION) != 0 || elf->e_machine != __ehdr_start.e_machine)
        return "it is for another kind of machine than the preload library; install one that was built for this";
    for (unsigned i = 0; i < elf->e_phnum; i++) {
        const elf_part *part = &parts[i % PARTS];
        size_t left = elf->e_phnum - i, count = left < PARTS ? left : PARTS;

        if (part == parts && !read_at(fd, parts, count * sizeof *parts, elf->e_phoff + i * sizeof *parts)) return NULL;
        linked |= part->p_type == PT_INTERP;
        go |= has_go_note(fd, part);
        musl |= is_for_musl(fd, part);
    }
    if (go) return "a Go program makes its system calls without libc, out of our reach; " LEAVE_OUT;
    if (musl) return "a program of another C library, musl, takes no library of this one; " LEAVE_OUT;
    return linked ? NULL : "a static program has no place for the preload library; " LEAVE_OUT;
}

/* The dynamic linker takes no library by its path from the environment where exec gives privilege. */
static const char *privilege_fault(int fd) {
    struct stat st;
    struct statvfs mount;

    if (fstat(fd, &st) != 0 || fstatvfs(fd, &mount) != 0 || (mount.f_flag & ST_NOSUID) != 0) return NULL;
    if (fgetxattr(fd, "security.capability", NULL, 0) > 0)
        return "it has file capabilities, and takes no preload library; setcap -r them, or leave lowport-adopt out";
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) return NULL;
    if (((st.st_mode & S_ISUID) != 0 && st.st_uid != getuid()) ||
        ((st.st_mode & S_ISGID) != 0 && (st.st_mode & S_IXGRP) != 0 && st.st_gid != getgid()))
        return "it is setuid or setgid, and takes no preload library; start it as the user that it becomes";
    return NULL;
}

/* The interpreter of a script, in place; NULL for a file of another kind. */
static char *interpreter_in(char *text) {
    char *end;

    if (strncmp(text, "#!", 2) != 0) return NULL;
    text += 2;
    text += strspn(text, " \t");
    end = strpbrk(text, " \t\n");
    if (end != NULL) *end = '\0';
    return text;
}

const char *reach_fault(const char *path) {
    union {
        elf_header elf;
        char text[FIRST + 1];
    } start;
    const char *fault = NULL;

    for (int i = 0; i <= SCRIPTS && path != NULL && fault == NULL; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        ssize_t length = fd >= 0 ? read(fd, &start, FIRST) : -1;

        path = NULL;
        if (length > 0) {
            start.text[length] = '\0';
            path = interpreter_in(start.text);
            if (length >= (ssize_t)sizeof start.elf && memcmp(start.text, ELFMAG, SELFMAG) == 0) {
                fault = elf_fault(fd, &start.elf);
                if (fault == NULL) fault = privilege_fault(fd);
            }
        }
        if (fd >= 0) close(fd);
    }
    return fault;
}
