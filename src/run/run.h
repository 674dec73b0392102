/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* lowport-run: one service entry of the ownership file, from its text to the launcher that starts it. The files of this
 * directory in the order in which main() goes through them. What is wrong ends the program through refuse(), which
 * say.c has here; all of it is looked at before anything is opened or made. Nothing is freed. lowportctl check reads
 * entries by the same files, from words.c to values.c, and has a quit_at() of its own. */

#include <sys/resource.h>

#include "launcher.h"
#include "start.h"

/* ---- words.c: lists, quoted as in a shell ---- */

typedef LIST(char *) words;

/* Adds the words of TEXT to LIST: parted by blanks, or in double quotes, where a backslash stands before " \ $ and `.
 * What else a shell would look at is refused, since no shell will. Returns what is wrong, or NULL. */
const char *words_read(const char *text, words *list);

/* WORD as a shell reads it back. */
char *quoted(const char *word);

/* ---- entry.c: the service keys of one section ---- */

/* A word that a key has been given. */
struct setting {
    const struct section *section;
    const char *key, *word;
    unsigned line;
};

struct entry {
    const struct section *section; /* its ports, owner and handoff */
    LIST(struct setting) settings; /* but for exec */
    words exec;
    bool is_service; /* it has any of these keys */
    unsigned line;   /* that what is wrong is about */
};

/* What is not read yet of a file that is in order for rules_add(). */
struct text {
    const char *next, *end;
    unsigned line; /* that was read last */
};

/* Reads on in TEXT to the end of SECTION, and takes its service keys. Returns what is wrong, or NULL. */
const char *entry_read(const struct section *section, struct text *text, struct entry *entry);

/* The only word of KEY, or NULL where it is not there. */
const struct setting *entry_setting(const struct entry *entry, const char *key);

/* Whether any word of a key that begins with PREFIX is there. */
bool entry_has(const struct entry *entry, const char *prefix);

/* Refuses with STATUS and the formatted text, which is about a line of SECTION, or about SETTING. */
#define refuse_at(status, section, line, ...) quit_at(status, section, line, format_text(__VA_ARGS__))
#define refuse_setting(status, setting, ...)                                                                           \
    refuse_at(status, (setting)->section, (setting)->line, "%s %s: %s", (setting)->key, (setting)->word,               \
              format_text(__VA_ARGS__))
_Noreturn void quit_at(int status, const struct section *section, unsigned line, const char *text);

/* ---- find.c ---- */

/* Finds the entry called NAME in the ownership files. Refuses where there is none, or more than one. */
struct entry entry_find(const char *name);

/* Prints a table of all entries; returns the exit status. */
int entries_list(void);

/* ---- handle.c: what is opened for the daemon ---- */

enum kind { FILE_HANDLE, LISTENER, CONNECTION };

struct handle {
    const struct setting *setting;
    enum kind kind;
    const char *name, *path; /* path: NULL for a connection by TCP */
    int flags;               /* of open(2) */
    struct request to;       /* by TCP */
    int fd;
};
typedef LIST(struct handle) handle_list;

/* Reads open, listen and connect, in this order; opens nothing. */
handle_list handles_read(const struct entry *entry);

/* ---- limits.c ---- */

/* Reads nice and the limits and, with SET, sets them. */
void limits_apply(const struct entry *entry, bool set);

/* The umask of the entry; refuses where it is none. It holds for what lowport-run makes, too. */
mode_t umask_of(const struct entry *entry);

/* ---- chain.c ---- */

#define FIRST_HANDLE (STDERR_FILENO + 1)

/* What lowport-run executes, and the descriptors of its own that go with it, in the order of their numbers. */
struct chain {
    words argv;              /* of lowportbind, with NULL behind */
    const char *env_file;    /* or NULL; a descriptor with its variables comes behind the handles */
    const char *programs[2]; /* that are to be opened behind that one, or NULL */
};

/* Builds the command line that starts ENTRY with HANDLES, the first of them at FIRST_HANDLE. */
struct chain chain_build(const struct entry *entry, const handle_list *handles);

/* ---- values.c ---- */

/* Looks at all that the entry says, before anything is opened or made: reads the handles into HANDLES, and returns what
 * starts the service. */
struct chain values_read(const struct entry *entry, handle_list *handles);

/* ---- rights.c: as whom a path is walked and opened ---- */

/* Gives up root's groups, where there is root to give up. WHO is the daemon's user. */
void rights_begin(const struct caller *who);

/* Goes on as the daemon's user (a no-op where the process is nobody else), and as root again. */
void act_as_user(void);
void act_as_root(void);

/* Goes on as the daemon's user, but for files, which are root's to reach. */
void act_as_user_with_root_files(void);

/* Where a path leads: its last component in an open directory. */
struct place {
    int directory;
    const char *name;
    bool trusted; /* every directory down to it is root's and writable by root alone */
};

/* Walks to the directory of the absolute PATH of SETTING, through no symbolic link, and, from the first directory on
 * that others than root can write, as the daemon's user, who the process is then until act_as_root(). */
struct place place_find(const struct setting *setting, const char *path);

/* ---- prepare.c, sockets.c, directories.c: what is made and opened ---- */

/* Makes the runtime and state directories for WHO, and sets their variables. */
void directories_make(const struct entry *entry, const struct caller *who);

/* Opens the handles, each at the number that chain_build() gave it. IN_CHROOT: no directory, which leads out of it. */
void handles_open(handle_list *handles, const struct entry *entry, const struct caller *who);

/* Opens one: a socket at a path, listening, or a connection. */
int listener_open(const struct handle *handle, const struct caller *who);
int connection_open(const struct handle *handle);

/* Reads the variables of the file that SETTING names, root's and of mode 0600, into a descriptor, each with a NUL
 * behind. */
int secrets_open(const struct setting *setting);

/* Refuses a directory for chroot that others than root could replace. */
void chroot_check(const struct setting *setting);
