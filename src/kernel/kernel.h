/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The kernel table: the ownership file in the kernel, as cgroup programs that are asked at each bind(2). lowportctl
 * alone has this; DESIGN and HACKING.md tell what the programs decide. Every function that can fail returns false then,
 * with *TROUBLE saying why. */

#include <stdint.h>

#include "image.h"
#include "ownership.h"

/* Why something was not done, for people, and the status of sysexits(3) that goes with it. */
struct trouble {
    int status;
    const char *why;
};

/* Sets *TROUBLE to STATUS and the formatted text, and returns false. */
#define trouble_is(trouble, status, ...) set_trouble(trouble, status, format_text(__VA_ARGS__))
static inline bool set_trouble(struct trouble *trouble, int status, const char *why) {
    *trouble = (struct trouble){status, why};
    return false;
}

/* ---- image.c: the rules as the words that the programs decide by ---- */

/* Makes of RULES, which must have no faults, the image for the network namespace with the cookie NETNS. Looks up the
 * names of all sections; one that means nobody grants nobody. The same rules make the same image. Returns NULL when
 * they are more than an image holds. */
struct image *image_make(const struct rules *rules, uint64_t netns);

/* The cookie of the network namespace that IMAGE is for. */
uint64_t image_netns(const struct image *image);

/* A run of ports, FIRST to LAST, that the same COUNT sections name: by their numbers in the rules, in order. */
typedef void take_run(void *to, unsigned first, unsigned last, const unsigned *sections, size_t count);

/* Calls TAKE, with TO, for each run of PROTOCOL, in order. False without memory. */
bool image_runs(const struct rules *rules, int protocol, take_run *take, void *to);

/* A bit for each port that some section names, for either protocol. */
#define PORT_BITS (65536 / 64)
typedef uint64_t port_set[PORT_BITS];
void image_ports(const struct image *image, port_set ports);

/* For whoever asks for something of a table that is not there. */
#define NOT_LOADED "no table is loaded; lowportctl load loads it"

/* ---- able.c: can there be a table here, by this process? ---- */

/* Whether the kernel is new and open enough for a table, and this process root enough to load one. */
bool able_to_load(struct trouble *trouble);

/* Sets *TROUBLE to what ERROR of bpf(2) means for whoever wanted WHAT, with what libbpf SAID of it, or NULL. Returns
 * false. */
bool able_no_more(struct trouble *trouble, const char *what, int error, const char *said);

/* ---- place.c: where it is attached and kept ---- */

#define PIN_PARENT "/sys/fs/bpf"
#define PIN_DIRECTORY PIN_PARENT "/lowportbind"

/* Where the programs are. */
struct place {
    const char *cgroup; /* NULL: the root of the cgroup2 tree, wherever that is mounted */
    bool whole;         /* it is that root: every process of the host */
    int directory;      /* the pin directory, locked against other lowportctls */
};
#define SOME_PLACE                                                                                                     \
    (struct place) { .directory = -1 }

/* Opens the cgroup that PLACE names, or finds the root and sets its name, and checks that it is what it is taken for.
 * Returns the descriptor, or -1. */
int place_open_cgroup(struct place *place, struct trouble *trouble);

/* Opens the pin directory, and locks it; MAKE: makes it, mode 0700, where it is not. It must be root's alone, on a bpf
 * file system. *MISSING is set where it is not there and not to be made, which is no trouble. */
bool place_open_pins(struct place *place, bool make, bool *missing, struct trouble *trouble);

/* Removes the pin directory, unless something is in it. */
void place_drop_pins(void);

/* The path of the pin NAME, by way of the open directory. */
char *place_pin(const struct place *place, const char *name);

/* The cookie of this process's network namespace, or 0. */
uint64_t place_netns(void);

/* Takes this process into the network namespace with that cookie, if it can be found: it is this process's own, another
 * process is in it, or ip-netns(8) has named it. *FOUND says so; where it could not be found, this process may be left
 * in any. */
bool place_enter(uint64_t netns, bool *found, struct trouble *trouble);
#define NETNS_GONE "the network namespace of the table is gone, or cannot be found from here"

/* ---- table.c: the programs and the table in the kernel ---- */

enum { TABLE_HOOKS = 4 };

struct table_status {
    bool loaded, whole;             /* whole: attached to the root of the tree */
    bool elsewhere;                 /* it speaks for another network namespace than this process's */
    bool exposed;                   /* else: some of its ports are ones that the kernel hands out */
    uint64_t cgroup;                /* the id of the one it is attached to */
    const char *detached;           /* one of its programs that is attached no more, or NULL */
    uint32_t programs[TABLE_HOOKS]; /* their ids */
    struct image *image;            /* the table itself */
};

/* Loads the programs, with IMAGE as their table, attaches them at PLACE and pins them. Nothing of it is left where it
 * fails, but for the directory, which place_drop_pins() removes. */
bool table_load(struct place *place, const struct image *image, struct trouble *trouble);

/* Puts IMAGE in the place of the loaded table, from one bind to the next. Goes into the network namespace that both are
 * for. */
bool table_swap(struct place *place, const struct image *image, struct trouble *trouble);

/* Detaches the programs, and removes every pin, from whatever network namespace. *WAS says whether there were any;
 * *LOST that the network namespace of the table could not be found, and what was reserved there was left. */
bool table_unload(struct place *place, bool *was, bool *lost, struct trouble *trouble);

/* What is loaded. */
bool table_status(struct place *place, struct table_status *status, struct trouble *trouble);

/* ---- reserved.c: net.ipv4.ip_local_reserved_ports ---- */

/* Sets OURS, which are those that were added before, to those that are once PORTS are added: a port that the
 * administrator has put there is none. */
bool reserved_plan(const port_set ports, port_set ours, struct trouble *trouble);

/* Adds PORTS to those that the kernel of this network namespace does not hand out by itself. */
bool reserved_add(const port_set ports, struct trouble *trouble);

/* Whether all PORTS are among those that the kernel of this network namespace does not hand out: *LACKS where not. */
bool reserved_lacks(const port_set ports, bool *lacks, struct trouble *trouble);

/* Whether the kernel of this network namespace has no port left to hand out, once PORTS are added. */
bool reserved_are_all(const port_set ports);

/* Takes those of OURS away that are not in PORTS, and leaves the others in OURS. */
bool reserved_narrow(const port_set ports, port_set ours, struct trouble *trouble);

/* ---- foreign.c: what else has a say ---- */

typedef LIST(char *) lines;

/* Adds a line for each program of others at one of the four hooks, of the cgroup at PATH and all below. OURS are the
 * ids of the table's own. */
void foreign_find(const char *path, const uint32_t ours[TABLE_HOOKS], lines *found);

/* ---- watch.c ---- */

/* Calls TELL for each bind(2) of a port that a section names, from now on, LOST with how many it could not be called
 * for, and writes standard output out behind each batch. Does not return but for trouble: another process watches
 * already, or the table was unloaded. */
bool watch_events(struct place *place, void (*tell)(const struct event *), void (*lost)(uint64_t count),
                  struct trouble *trouble);
