/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOWPORT_OWNERSHIP_H
#define LOWPORT_OWNERSHIP_H

/* The ownership file, from the trusted file to the verdict: the files of this directory in the
 * order in which the data flows through them. Nothing here is ever freed: the programs that read
 * the file end, or exec, soon after. */

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- words.c ---- */

/* The smallest pieces of text, read the same strict way wherever they stand (in the ownership file,
 * in a request, in an option), and the lists they are kept in. */

/* Reads TEXT, a plain decimal number from 0 to MAX (below ULONG_MAX): digits alone, no sign, no
 * space, no leading zero, which other readers take for octal. False, with *NUMBER anything, else.
 */
bool is_decimal(const char *text, unsigned long max, unsigned long *number);

/* Appends a zeroed element of SIZE bytes to ARRAY, which holds *COUNT of them (NULL and 0 to begin
 * with) and is only ever grown by this function. Returns the array, perhaps moved, with *COUNT one
 * higher. Without memory it says so and ends the program with EX_OSERR: nothing that needs these
 * lists could go on, and a launcher that ends has started nobody. */
void *array_grow(void *array, size_t *count, size_t size);

/* Appends ELEMENT to LIST, which holds COUNT of them, in this way. */
#define APPEND(list, count, element)                                                               \
    ((list) = array_grow((list), &(count), sizeof *(list)), (list)[(count)-1] = (element))

/* strdup(3), and asprintf(3), that end the program in the same way. */
char *copy_text(const char *text);
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- address.c ---- */

/* An IPv4 or IPv6 address in network byte order. All bytes zero is the family's wildcard. */
struct address {
    int family; /* AF_INET: the first 4 bytes count; AF_INET6: all 16 */
    unsigned char bytes[16];
};

/* An address block, RFC 4632 and RFC 4291. */
struct prefix {
    struct address address;
    unsigned bits;
};

/* Reads "192.0.2.1" or "fe80::1" as inet_pton(3) does. False for anything else, also for an
 * IPv4-mapped address: it would be IPv4 by another name, and two names are one too many to grant.
 */
bool address_read(const char *text, struct address *address);

/* Reads an address alone, or with /BITS. False for anything else. */
bool prefix_read(const char *text, struct prefix *prefix);

bool address_is_wildcard(const struct address *address);

/* Whether ADDRESS lies in PREFIX. A wildcard address stands for every address of its family, so
 * only a prefix of no bits covers it: 0.0.0.0/8 does not. */
bool prefix_covers(const struct prefix *prefix, const struct address *address);

/* ---- names.c ---- */

/* Users and groups as an administrator writes them: a word of digits is an id, all else a name. */
enum name_kind { USER, GROUP };

/* Whether TEXT may stand for a user or group: a name, or a decimal id other than -1, which
 * setresuid(2) and chown(2) take for "no change". A word of digits that is no such id is neither.
 */
bool is_name_or_id(const char *text);

/* Sets *ID to the id that TEXT means, looking names up with getpwnam(3) or getgrnam(3). False when
 * it means none, also when the lookup failed. May load name service modules into the process: never
 * call it with privileges that a caller could turn to account. */
bool name_to_id(enum name_kind kind, const char *text, id_t *id);

/* ---- text.c ---- */

/* The most bytes a line of an ownership file may have, its newline not counted: inih reads 199 at a
 * time and would take the rest of a longer line, also of a comment, for a line of its own. */
#define TEXT_LINE_MAX 198

/* The most bytes a section's name may have: inih cuts it there without a word. */
#define TEXT_NAME_MAX 49

/* What a line is, to be told before inih sees it. */
enum line_kind { BLANK, HEADER, KEY };

/* Looks at a line of LENGTH bytes, newline not counted, for whatever inih would let through
 * silently, so that inih only ever sees comments, blank lines, "[section]" and "key = value".
 * Returns NULL and sets *KIND, or returns what is wrong. */
const char *line_fault(const char *line, size_t length, enum line_kind *kind);

/* ---- trusted.c ---- */

/* Files whose word is taken: root's, in directories that are root's, all the way up. Permission
 * bits speak for access control lists too: acl(5) makes the group bits the mask of every entry. */

/* The largest ownership file, in bytes. */
#define TRUSTED_MAX (16L * 1024 * 1024)

/* Opens the absolute PATH, a file of TYPE (S_IFREG or S_IFDIR), component by component, none of
 * them a symbolic link; it and every directory above it belong to root and are writable by root
 * alone. Returns a descriptor for reading (close-on-exec) with ST filled in, or -1 with *WHY
 * telling people what is wrong; *WHY is NULL when there is no such file. */
int trusted_open(const char *path, mode_t type, struct stat *st, const char **why);

/* Reads the regular file PATH in the same way. Returns its text, all of it, with a NUL behind, and
 * its *LENGTH; or NULL with *WHY as above. */
char *trusted_read(const char *path, size_t *length, const char **why);

/* ---- rules.c ---- */

/* What the ownership files say, as lowportbind.conf(5) describes it. Nothing here is ever freed:
 * the programs that read the files end, or exec, soon after. */

/* How the daemon gets its sockets, in the order of handoff_names. */
enum handoff { LISTEN_FDS, STDIN, ADOPT, ACCEPT, NGINX, PHP_FPM, HANDOFFS };
extern const char *const handoff_names[HANDOFFS];

struct ports {
    int protocol; /* IPPROTO_TCP or IPPROTO_UDP */
    uint16_t first, last;
    unsigned line;
};

struct member {
    enum name_kind kind;
    bool owner; /* also the user that a root start runs as */
    char *name;
};

struct section {
    char *name;
    const char *file;
    unsigned line; /* of its header */
    struct ports *ports;
    struct prefix *addresses; /* none: any address */
    struct member *members;
    size_t port_count, address_count, member_count;
    bool anyone, together, may_gain_privileges;
    enum handoff handoff;
};

struct rules {
    struct section *sections;
    size_t section_count;
    char **faults; /* a broken file each, "FILE:LINE: why"; it gave no section to the above */
    size_t fault_count;
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

/* Who asks: ids as the kernel holds them. */
struct caller {
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* supplementary */
    size_t group_count;
};

/* What is asked for: one address and port, as bind(2) takes it. */
struct endpoint {
    int protocol;           /* IPPROTO_TCP, which MPTCP shares its ports with, or IPPROTO_UDP */
    struct address address; /* family AF_UNSPEC: the dual-stack wildcard */
    uint16_t port;
};

enum ruling {
    GRANTED,
    UNLISTED, /* no section names the port: the kernel's own rule holds */
    REFUSED,  /* others own the port */
    DOUBTFUL, /* nobody granted it, and a file that cannot be read may have given it to anyone */
};

struct verdict {
    enum ruling ruling;
    const struct section *section; /* that grants or, refused, owns the port; else NULL */
    unsigned line;                 /* of that section's file: where the port is named */
    bool elsewhere;                /* refused for the address alone: SECTION grants others */
};

/* Decides by the rules alone; looks up only the names that sections for this port hold. */
struct verdict decide(const struct rules *rules, const struct caller *caller,
                      const struct endpoint *endpoint);

/* The line where SECTION names the port of ENDPOINT, or 0 where it does not. */
unsigned section_names_port(const struct section *section, const struct endpoint *endpoint);

/* Whether SECTION has no addresses, or one that covers the endpoint's. */
bool section_covers_address(const struct section *section, const struct endpoint *endpoint);

/* The owner that SECTION names, or NULL. */
const char *section_owner(const struct section *section);

#endif
