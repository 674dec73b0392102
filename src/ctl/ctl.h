/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* lowportctl: the ownership file as people deal with it. Each verb is a file; what they share is here. What the file
 * means, and who may bind what, is decided by src/ownership alone. */

#include <fcntl.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>

#include "launcher.h"

enum { DONE = EX_OK, NOT_DONE = 1, TROUBLE = 2 };

/* ---- main.c ---- */

struct verb {
    const char *name;
    const char *usage;                                          /* what stands behind the name on the command line */
    const char *about;                                          /* in a line */
    int misuse;                                                 /* the exit status of a wrong command line */
    int (*run)(const struct verb *verb, int argc, char **argv); /* returns the exit status */
};

int verb_grant(const struct verb *verb, int argc, char **argv);
int verb_revoke(const struct verb *verb, int argc, char **argv);
int verb_check(const struct verb *verb, int argc, char **argv);
int verb_edit(const struct verb *verb, int argc, char **argv);
int verb_import(const struct verb *verb, int argc, char **argv);
int verb_ls(const struct verb *verb, int argc, char **argv);
int verb_explain(const struct verb *verb, int argc, char **argv);
int verb_load(const struct verb *verb, int argc, char **argv);
int verb_reload(const struct verb *verb, int argc, char **argv);
int verb_unload(const struct verb *verb, int argc, char **argv);
int verb_status(const struct verb *verb, int argc, char **argv);
int verb_monitor(const struct verb *verb, int argc, char **argv);

/* Reads the next option of VERB as getopt_long(3) does, and returns it, or -1. Answers --help, and what VERB has no
 * such option for; both end the program. The OPTIONS must have HELP_OPTION among them. */
int next_option(const struct verb *verb, int argc, char **argv, const struct option *options);
#define HELP_OPTION                                                                                                    \
    { "help", no_argument, NULL, 'h' }

/* Ends the program, having said how root would run VERB, unless this is root. From then on no SIGPIPE ends it. */
void demand_root(const struct verb *verb, int argc, char **argv);

/* ---- say.c: what people are told; every byte that is not printable ASCII is shown as \xNN ---- */

/* TEXT as people are shown it. */
char *printable(const char *text);

/* Prints PREFIX, TEXT and a newline to a stream. */
void put_line(FILE *to, const char *prefix, const char *text);

/* Says the formatted text: an answer, a complaint, and one that begins with the file and line that it is about. */
#define say(...) put_line(stdout, "", format_text(__VA_ARGS__))
#define complain(...) put_line(stderr, "lowportctl: ", format_text(__VA_ARGS__))
#define point_at(...) put_line(stderr, "", format_text(__VA_ARGS__))

/* Complains, and ends the program with STATUS: quit() of launcher.h is here. */
#define give_up(status, ...) refuse(status, __VA_ARGS__)

/* Says what is wrong with the command line of VERB and what it should be, and ends the program. */
#define misused(verb, ...) quit_misused(verb, format_text(__VA_ARGS__))
_Noreturn void quit_misused(const struct verb *verb, const char *text);

/* ---- who.c ---- */

/* Whether the ownership file can hold NAME: it would take a space for the end of one, and the rest for another. */
bool can_be_written(const char *name);

/* name_to_id(), of the host or of an image. */
bool find_id(bool group, const char *text, id_t *id);

/* Makes *CALLER the user called NAME (or of that id), with the groups that a login has. False when there is no such
 * user. A user that passwd(5) does not know has no groups. */
bool find_user(const char *name, struct caller *caller);

/* Makes *CALLER nobody but a member of the group called NAME (or of that id). False when there is no such group. */
bool find_group(const char *name, struct caller *caller);

/* Who runs this program, as the kernel has it. */
struct caller find_self(void);

/* Whether CALLER is root, or a member of root's group: a root start becomes neither. */
bool is_root_like(const struct caller *caller);

/* Whether two names mean one user. One that nobody has is the same as itself alone. */
bool is_same_user(const char *one, const char *other);

/* ---- host.c: what holds on this host now ---- */

/* Reads the ownership files as the launcher does, with no more rights than any user has: root can read what others
 * cannot, and would find it in order. */
void read_ownership(struct rules *rules);

/* Points at the faults of RULES. */
void point_at_faults(const struct rules *rules);

/* The first port that anyone may bind, where no section names it: ip_unprivileged_port_start of ip(7). */
unsigned first_open_port(void);

/* ---- wording.c: parts of the rules as text ---- */

/* ADDRESS as the ownership file has it, with its /BITS unless all count. */
char *block_text(const struct address *address);

/* AT in one spelling of the many that request_read() takes: tcp:80, udp4:53, tcp:[::1]:443. */
char *endpoint_text(const struct endpoint *at);

/* The same, with the INTERFACE that a link-local address has to have in a request. */
char *request_text(const struct endpoint *at, const char *interface);

/* TEXT as a word of a command that a shell is to read. */
char *shell_word(const char *text);

/* Everybody whom SECTION grants its ports, with @ before groups. */
char *members_text(const struct section *section);

/* The addresses of SECTION, "" where it has none. */
char *addresses_text(const struct section *section);

/* "section [NAME], FILE:LINE" */
char *place_text(const struct section *section, unsigned line);

/* ---- file.c ---- */

/* Puts TEXT in place as the file PATH, mode 0644: whole, or not at all, also when the power fails. False when it could
 * not, having said why. */
bool file_put(const char *path, const char *text);

/* Sees to it that what was changed in the directory PATH is on disk. False when it could not, having said why. */
bool sync_directory(const char *path);

/* Keeps others off by the lock PATH, until this program ends. It is root's alone: whoever could open it could also lock
 * it, and nobody could get it any more. Where another has it, WAITs for that; else returns false. Ends the program
 * where it cannot be made. */
bool file_lock(const char *path, bool wait);

/* ---- dropin.c: the files that grant writes ---- */

/* A grant of one port. */
struct dropin {
    const char *name;    /* of the user or group, as root has named it */
    bool group;          /* it is one */
    struct endpoint at;  /* the port */
    char *path;          /* the file, which no other grant has */
    char *undo, *marker; /* the command that takes it back; the first line of the file, which tells of it */
};

/* The drop-in that grants AT to NAME. */
struct dropin dropin_for(bool group, const char *name, const struct endpoint *at);

/* The text of DROPIN. OWNED: another owns the port, so that a root start must stay theirs. */
char *dropin_text(const struct dropin *dropin, bool owned);

/* Whether root alone can write to the directory of the drop-ins, which is made where there is none. False where it is
 * not so, having said why. */
bool dropin_directory_is_ready(void);

/* Puts TEXT in place by file_put(), unless something else is there. False when it could not, having said why. */
bool dropin_put(const struct dropin *dropin, const char *text);

/* Removes the file, if grant wrote it for just this. Sets *REMOVED when it did. False when it could not, having said
 * why; that there is no such file is no failure. */
bool dropin_remove(const struct dropin *dropin, bool *removed);

/* ---- table.c, or no-table.c ---- */

/* Reloads the kernel table, where one is loaded, after the files have changed. Returns the exit status: where that
 * fails, having said why. */
int follow_with_table(void);

/* Whether a kernel table is loaded, as far as the caller may see, who must be root. FAULT: why it does not decide by
 * the files as they are now, or NULL. */
bool table_tells(const char **fault);
