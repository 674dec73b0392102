/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The ownership file, from the trusted file to the verdict: the files of this directory in the
 * order in which the data flows through them. Nothing here is ever freed: the programs that read
 * the file end, or exec, soon after. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- words.c ---- */

/* The smallest pieces of text, read the same strict way wherever they stand (in the ownership file,
 * in a request, in an option), and the lists they are kept in. */

/* Reads TEXT, all of it or what is before the first END: a plain decimal number from 0 to MAX, digits alone, no sign,
 * no space, no leading zero, which other readers take for octal. False, with *NUMBER as it was, else. */
#define is_decimal(text, max, number) decimal_until('\0', text, max, number)
bool decimal_until(char end, const char *text, unsigned max, unsigned *number);

/* A list: its items, in order. */
/* clang-format off */
#define LIST(type) struct { type *items; size_t count; }
/* clang-format on */
/* NOLINTBEGIN(bugprone-macro-parentheses): ITEM is a name, which is declared here */
#define EACH(item, list)                                                                                               \
    for (__typeof__(*(list).items) *item = (list).items; item != NULL && item < (list).items + (list).count; item++)
/* NOLINTEND(bugprone-macro-parentheses) */
#define APPEND(list, item)                                                                                             \
    ((list).items = grow((list).items, &(list).count, sizeof *(list).items), (list).items[(list).count - 1] = (item))

/* Makes room for one more item of SIZE bytes behind the *COUNT that ITEMS holds, which only ever grows by this
 * function, and returns it, perhaps moved. Without memory it says so and ends the program with EX_OSERR: nothing that
 * needs these lists could go on, and a launcher that ends has started nobody. */
void *grow(void *items, size_t *count, size_t size);

/* The MEMORY that was allocated, unless it is NULL: that ends the program in the same way, and so do strdup(3) and
 * asprintf(3) as they are here. */
void *or_end(void *memory);
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *copy_text(const char *text);

/* ---- address.c ---- */

/* An IPv4 or IPv6 address in network byte order, or a block of them, RFC 4632 and RFC 4291. All bytes zero is the
 * family's wildcard. */
struct address {
    int family; /* AF_INET: the first 4 bytes count; AF_INET6: all 16 */
    struct in6_addr bytes;
    unsigned bits; /* of a block: those that count */
};
#define IS_WILDCARD(address) IN6_IS_ADDR_UNSPECIFIED(&(address)->bytes)

/* Reads "192.0.2.1" or "fe80::1" as inet_pton(3) does. False for anything else, also for an
 * IPv4-mapped address: it would be IPv4 by another name, and two names are one too many to grant.
 */
bool address_read(const char *text, struct address *address);

/* Reads an address alone, or with /BITS. False for anything else. */
bool block_read(const char *text, struct address *block);

/* Whether ADDRESS lies in BLOCK. A wildcard address stands for every address of its family, so
 * only a block of no bits covers it: 0.0.0.0/8 does not. */
bool block_covers(const struct address *block, const struct address *address);

/* ---- names.c ---- */

#define NOBODY ((id_t)-1) /* no id; to setresuid(2) and chown(2) it means "no change" */

/* Whether TEXT may stand for a user or group: digits for an id other than -1; all else for a name. */
bool is_name_or_id(const char *text);

/* Sets *ID to the user, or GROUP, that TEXT means, looking names up with getpwnam(3) or getgrnam(3). False when it
 * means none, also when the lookup failed. May load name service modules into the process: never call it with
 * privileges that a caller could turn to account. */
bool name_to_id(bool group, const char *text, id_t *id);

/* ---- text.c ---- */

/* What the name of a section, or of an interface, is made of; what most are comes first, as it is found soonest. */
#define NAME_BYTES "abcdefghijklmnopqrstuvwxyz0123456789-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Looks at a line of LENGTH bytes, newline not counted, for whatever inih would let through
 * silently, so that inih only ever sees comments, blank lines, "[section]" and "key = value".
 * Returns what is wrong, or NULL. */
const char *line_fault(const char *line, size_t length);

/* ---- trusted.c ---- */

/* Files whose word is taken: root's, in directories that are root's, all the way up. Permission
 * bits speak for access control lists too: acl(5) makes the group bits the mask of every entry. */

/* Opens the absolute PATH, a file of TYPE (S_IFREG or S_IFDIR), component by component, none of
 * them a symbolic link; it and every directory above it belong to root and are writable by root
 * alone. Returns a descriptor for reading (close-on-exec) with ST filled in, or -1 with *WHY
 * telling people what is wrong; *WHY is NULL when there is no such file. */
int trusted_open(const char *path, mode_t type, struct stat *st, const char **why);

/* Reads the regular file PATH in the same way. Returns its text, all of it, with a NUL behind, and
 * its *LENGTH; or NULL with *WHY as above. */
char *trusted_read(const char *path, size_t *length, const char **why);

/* ---- rules.c ---- */

/* What the ownership files say, as lowportbind.conf(5) describes it. */

/* How the daemon gets its sockets, in the order of handoff_names; for those behind STDIN a program goes before it. */
enum handoff { LISTEN_FDS, STDIN, ADOPT, ACCEPT, NGINX, PHP_FPM, HANDOFFS };
extern const char *const handoff_names[HANDOFFS];

struct ports {
    int protocol;               /* IPPROTO_TCP or IPPROTO_UDP */
    unsigned first, last, line; /* line: of the file */
};

struct member {
    bool group;
    char *name;
    id_t id; /* or NOBODY, where it was not looked up yet, or in vain */
};

/* A section; its OWNER (or NULL) is whom a root start runs as, its HOLDER whom a refusal names: the owner, or the first
 * that it grants to; NULL is anyone. */
struct section {
    const char *file, *name, *owner, *holder;
    unsigned line; /* of its header */
    LIST(struct ports) ports;
    LIST(struct address) addresses; /* none: any address */
    LIST(struct member) members;
    bool anyone, together, may_gain; /* may_gain: no-new-privileges = no */
    enum handoff handoff;
};

struct rules {
    LIST(struct section) sections;
    LIST(char *) faults; /* a broken file each, "FILE:LINE: why"; it gave no section to the above */
};

/* Sets *HANDOFF to the mode that TEXT names. False when it names none. */
bool handoff_read(const char *text, enum handoff *handoff);

/* Reads "tcp:53" or "udp:8080-8089" into *PORTS, but for its line. False for anything else. */
bool ports_read(const char *text, struct ports *ports);

/* Adds what the LENGTH bytes of TEXT say, which has a NUL behind, with FILE (which must outlive the
 * rules) as where it stands. A text with an error adds a fault and nothing else. */
void rules_add(struct rules *rules, const char *file, const char *text, size_t length);

/* Adds a fault for FILE; LINE 0 means the file as a whole. */
void rules_add_fault(struct rules *rules, const char *file, unsigned line, const char *why);

/* ---- ownership.c ---- */

#define OWNERSHIP_FILE SYSCONFDIR "/lowportbind.conf"
#define OWNERSHIP_DIRECTORY SYSCONFDIR "/lowportbind.d"

/* Reads the ownership file and its drop-ins, in name order, into RULES (which may be zeroed). A
 * file that is not there says nothing; one that is broken or not to be trusted adds a fault. */
void ownership_read(struct rules *rules);

/* ---- verdict.c ---- */

/* Who asks, as the kernel has it. */
struct caller {
    uid_t uid;
    gid_t gid;
    LIST(gid_t) groups; /* supplementary, sorted */
    const char *name;   /* of passwd(5), or the uid in digits */
};

/* What is asked for: one address and port, as bind(2) takes it. */
struct endpoint {
    int protocol;           /* IPPROTO_TCP, which MPTCP shares its ports with, or IPPROTO_UDP */
    struct address address; /* family AF_UNSPEC: the dual-stack wildcard */
    unsigned port;
};

/* UNLISTED: no section names the port, so the kernel's own rule holds. REFUSED: others own it. DOUBTFUL: nobody granted
 * it, and a file that cannot be read may have given it to anyone. */
enum ruling { REFUSED, GRANTED, UNLISTED, DOUBTFUL };

struct verdict {
    enum ruling ruling;
    bool elsewhere;                /* refused for the address alone: SECTION grants others */
    const struct section *section; /* that grants the port or, refused, owns it; else NULL */
    const struct ports *ports;     /* by which that names the port */
};

/* Decides by the rules alone; looks up only the names that sections for this port hold. */
struct verdict decide(const struct rules *rules, const struct caller *caller, const struct endpoint *at);

/* By what SECTION names the port of AT, or NULL where it does not. */
const struct ports *section_names(const struct section *section, const struct endpoint *at);

/* Whether SECTION has no addresses, or one that covers AT's. */
bool section_covers(const struct section *section, const struct endpoint *at);
