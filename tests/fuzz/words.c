/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest words, ports, addresses and numbers, against readings that take them loosely and
 * look whether it is the same when written again.
 * Linked with src/ownership/address.c src/ownership/names.c src/ownership/rules.c.
 * Linked with src/ownership/text.c src/ownership/words.c.
 */
#include "fuzz.h"

static bool same(const char *text, const char *again)
{
	return strcmp(text, again) == 0;
}

static bool number(const char *text, unsigned max, unsigned *value)
{
	unsigned long long read = strtoull(text, NULL, 10);

	*value = (unsigned)read;
	return same(text, format_text("%llu", read)) && read <= max;
}

static void try_number(const char *text, unsigned max)
{
	unsigned is = 12345, wanted;
	bool good = number(text, max, &wanted);

	CLAIM(is_decimal(text, max, &is) == good);
	CLAIM(is == (good ? wanted : 12345));
}

static void try_ports(const char *text)
{
	unsigned first = 0, last = 0;
	char protocol[4] = "";
	int read = sscanf(text, "%3[a-z]:%u-%u", protocol, &first, &last);
	char *again = format_text(read == 3 ? "%s:%u-%u" : "%s:%u", protocol, first, last);
	struct ports ports = { 0 };

	if (read < 3)
		last = first;
	if (!same(text, again) || !(same(protocol, "tcp") || same(protocol, "udp")) || first < 1 || last < first ||
	    last > 65535) {
		CLAIM(!ports_read(text, &ports));
		return;
	}
	CLAIM(ports_read(text, &ports));
	CLAIM(ports.protocol == (same(protocol, "tcp") ? IPPROTO_TCP : IPPROTO_UDP));
	CLAIM(ports.first == first && ports.last == last);
}

static bool good_address(const char *text, struct address *address)
{
	unsigned byte[4] = { 0 };
	uint8_t *bytes;

	*address = (struct address){ .family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET };
	bytes = address->bytes.s6_addr;
	if (address->family == AF_INET6)
		return inet_pton(AF_INET6, text, bytes) == 1 && memcmp(bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) != 0;
	sscanf(text, "%u.%u.%u.%u", &byte[0], &byte[1], &byte[2], &byte[3]);
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)byte[i];
	return same(text, format_text("%hhu.%hhu.%hhu.%hhu", bytes[0], bytes[1], bytes[2], bytes[3]));
}

static bool good_block(const char *text, struct address *block)
{
	char *address = format_text("%s", text), *slash = strchr(address, '/');
	unsigned all;

	if (slash != NULL)
		*slash++ = '\0';
	if (!good_address(address, block))
		return false;
	all = block->bits = block->family == AF_INET ? 32 : 128;
	return slash == NULL || number(slash, all, &block->bits);
}

/* Bit by bit. */
static bool covers(const struct address *block, const struct address *address)
{
	bool wildcard = true;

	for (unsigned i = 0; i < 16; i++)
		wildcard &= address->bytes.s6_addr[i] == 0;
	for (unsigned i = 0; i < block->bits; i++)
		if (((block->bytes.s6_addr[i / 8] ^ address->bytes.s6_addr[i / 8]) & 0x80 >> i % 8) != 0)
			return false;
	return block->family == address->family && (!wildcard || block->bits == 0);
}

static void same_address(const struct address *one, const struct address *other)
{
	CLAIM(one->family == other->family && memcmp(&one->bytes, &other->bytes, sizeof one->bytes) == 0);
}

static void try_addresses(const char *text, const char *second)
{
	struct address is, wanted, at;
	bool good = good_address(text, &wanted);

	CLAIM(address_read(text, &is) == good);
	if (good)
		same_address(&is, &wanted);
	good = good_block(text, &wanted);
	CLAIM(block_read(text, &is) == good);
	if (!good)
		return;
	same_address(&is, &wanted);
	CLAIM(is.bits == wanted.bits);
	if (good_address(second, &at))
		CLAIM(block_covers(&is, &at) == covers(&wanted, &at));
	/* An address that differs in one bit, the last that counts or the first that does not. */
	for (unsigned bit = is.bits - (is.bits > 0); bit <= is.bits && bit < (is.family == AF_INET ? 32 : 128); bit++) {
		at = wanted;
		at.bytes.s6_addr[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		CLAIM(block_covers(&is, &at) == covers(&wanted, &at));
	}
	CLAIM(block_covers(&is, &wanted) == covers(&wanted, &wanted));
}

static void try_names(const char *text)
{
	enum handoff handoff, wanted = LISTEN_FDS;
	unsigned id = NOBODY;
	bool digits = text[strspn(text, "0123456789")] == '\0';
	id_t found;

	CLAIM(is_name_or_id(text) == (digits ? number(text, 4294967294, &id) : *text != '-' && *text != '+'));
	if (name_to_id(false, text, &found))
		CLAIM(is_name_or_id(text) && found != NOBODY && (!digits || found == id));
	while (wanted < HANDOFFS && !same(text, handoff_names[wanted]))
		wanted++;
	CLAIM(handoff_read(text, &handoff) == (wanted < HANDOFFS));
	CLAIM(wanted == HANDOFFS || handoff == wanted);
}

/* The first word, and a second behind a space: an address to look for in a block. */
void fuzz(char *text, size_t length)
{
	char *second = text, *first = strsep(&second, " ");

	first = exact_copy(first, strnlen(first, length));
	try_number(first, 65535);
	try_number(first, 4294967295);
	try_ports(first);
	try_addresses(first, second != NULL ? second : "");
	try_names(first);
}
