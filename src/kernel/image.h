/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What the programs in the kernel and lowportctl agree on: the table as words of 32 bits, and what is told of a bind.
 * Offsets are words. The whole table is one value of one map, so that the one lookup that finds it finds all of it. */

#include <linux/types.h>

/* 4 MiB, which is the largest value that every kernel takes. A power of two: masking keeps each offset inside. */
#define IMAGE_WORDS (1U << 20)
#define IMAGE_VERSION 2

/* The head, then a word for each TCP port, for each UDP port, and behind these the lists and the sections. */
enum {
    IMAGE_AT_VERSION,
    IMAGE_AT_NETNS_LOW, /* the cookie of the network namespace that the table speaks for */
    IMAGE_AT_NETNS_HIGH,
    IMAGE_AT_PORTS,    /* how many are named */
    IMAGE_AT_SECTIONS, /* how many name them */
    IMAGE_AT_USED,     /* words in use */
    IMAGE_AT_TCP = 16, /* of each port: its place, or 0, where no section names it */
    IMAGE_AT_UDP = IMAGE_AT_TCP + 65536,
    IMAGE_AT_REST = IMAGE_AT_UDP + 65536
};

struct image {
    __u32 words[IMAGE_WORDS];
};

/* A port's place is that of its list. A bit above all that a place needs says that it is something simpler: the one
 * section that names the port and grants it at any address, or even the one user who may bind it at any address. */
#define PLACE_IS_SECTION (1U << 30)
#define PLACE_IS_USER (1U << 31)

/* A list: how many sections name the port, and where each one is. A section: this head, then its users, its groups
 * (both sorted), its IPv4 blocks (address, mask) and its IPv6 blocks (four words of address, four of mask), in network
 * byte order. */
enum { SECTION_FLAGS, SECTION_USERS, SECTION_GROUPS, SECTION_V4, SECTION_V6, SECTION_HEAD };
#define SECTION_ANYONE 1U
#define SECTION_ALL_V4 2U /* every IPv4 address, and so the wildcard */
#define SECTION_ALL_V6 4U
#define SECTION_ALL (SECTION_ALL_V4 | SECTION_ALL_V6)
#define V4_WORDS 2
#define V6_WORDS 8

/* Between the programs and lowportctl monitor: until when, by the monotonic clock, somebody wants to be told; and how
 * many binds could not be told of, since he was slow to hear. */
struct watching {
    __u64 until, lost;
};

/* What lowportctl monitor is told of a bind of a port that a section names. */
enum { EVENT_REFUSED, EVENT_GRANTED, EVENT_ROOT };
struct event {
    __u32 pid, uid, euid;
    __u16 port;
    __u8 protocol, verdict, v6, dual, after, unused; /* after: by what was really bound */
    __u32 address[4];                                /* network byte order; IPv4 in the first */
    char command[16];
};
