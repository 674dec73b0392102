// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * newer - pins a table as another version of lowportctl may have loaded it: larger than any of this one's.
 *
 *	newer DIRECTORY
 *
 * It is for the network namespace of the caller, has reserved no port, and none of its programs is attached.
 */
#include <err.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/image.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

enum { WORDS = 2 * IMAGE_WORDS };

static int bpf(int command, union bpf_attr *attr)
{
	int result = (int)syscall(SYS_bpf, command, attr, sizeof *attr);

	if (result < 0)
		err(99, "bpf(%d)", command);
	return result;
}

/* A map with one value: VALUE, unless it is NULL. INNER is a map such as will be in it, or 0. */
static int make(uint32_t type, uint32_t size, int inner, const void *value)
{
	union bpf_attr map = {
		.map_type = type, .key_size = 4, .value_size = size, .max_entries = 1, .inner_map_fd = (uint32_t)inner
	};
	uint32_t zero = 0;
	union bpf_attr put = { .map_fd = (uint32_t)bpf(BPF_MAP_CREATE, &map),
			       .key = (uint64_t)&zero,
			       .value = (uint64_t)value };

	if (value != NULL)
		bpf(BPF_MAP_UPDATE_ELEM, &put);
	return (int)put.map_fd;
}

static void pin(int fd, const char *directory, const char *name)
{
	char path[4096];
	union bpf_attr attr = { .pathname = (uint64_t)path, .bpf_fd = (uint32_t)fd };

	(void)snprintf(path, sizeof path, "%s/%s", directory, name);
	bpf(BPF_OBJ_PIN, &attr);
}

int main(int argc, char **argv)
{
	static uint32_t words[WORDS];
	socklen_t length = sizeof(uint64_t);
	uint64_t netns;
	int table, fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc != 2)
		errx(99, "usage: newer DIRECTORY");
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &netns, &length) != 0)
		err(99, "the network namespace");
	close(fd);
	for (unsigned i = 0; i < WORDS; i++)
		words[i] = 0x5a5a5a5a;
	words[IMAGE_AT_VERSION] = IMAGE_VERSION + 1;
	words[IMAGE_AT_NETNS_LOW] = (uint32_t)netns;
	words[IMAGE_AT_NETNS_HIGH] = (uint32_t)(netns >> 32);
	table = make(BPF_MAP_TYPE_ARRAY, sizeof words, 0, words);
	pin(make(BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof table, table, &table), argv[1], "slot");
	pin(make(BPF_MAP_TYPE_ARRAY, 65536 / 8, 0, NULL), argv[1], "reserved");
	return 0;
}
