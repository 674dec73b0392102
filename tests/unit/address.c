/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and prefixes. Linked with src/ownership/address.c src/ownership/words.c. */
#include "ownership.h"
#include "tap.h"

static const struct {
	const char *text;
	bool good;
} addresses[] = {
	{ "127.0.0.1", true }, { "0.0.0.0", true }, { "255.255.255.255", true }, { "::", true },
	{ "::1", true }, { "2001:db8::1", true }, { "fe80::1", true },
	{ "1::ffff:1.2.3.4", true }, { "0:0:1::ffff:1.2.3.4", true }, { "::fffe:1.2.3.4", true },
	{ "127.0.0", false }, { "127.1", false }, { "2130706433", false }, { "0x7f.0.0.1", false },
	{ "0177.0.0.1", false }, { "127.0.0.256", false }, { "127.0.0.1 ", false }, { " 127.0.0.1", false },
	{ "127.0.0.1.1", false }, { "", false }, { "localhost", false }, { "[::1]", false },
	{ "::ffff:127.0.0.1", false }, { "::ffff:7f00:1", false }, { "0:0:0:0:0:ffff:1.2.3.4", false },
	{ "fe80::1%lo", false }, { ":::", false }, { "1::2::3", false }, { "12345::", false },
};

static const struct {
	const char *text;
	bool good;
	unsigned bits;
} prefixes[] = {
	{ "127.0.0.1", true, 32 }, { "127.0.0.0/8", true, 8 }, { "0.0.0.0/0", true, 0 },
	{ "::/0", true, 0 }, { "::1", true, 128 }, { "::1/128", true, 128 }, { "2001:db8::/32", true, 32 },
	{ "127.0.0.1/32", true, 32 },
	{ "127.0.0.1/33", false, 0 }, { "::1/129", false, 0 }, { "127.0.0.1/", false, 0 },
	{ "127.0.0.1/-1", false, 0 }, { "127.0.0.1/08", false, 0 }, { "127.0.0.1/8/8", false, 0 },
	{ "127.0.0.1/x", false, 0 }, { "/8", false, 0 }, { "", false, 0 }, { "127.0.0.1/ 8", false, 0 },
	{ "127.0.0.1/4294967304", false, 0 }, { "127.0.0.1/255.0.0.0", false, 0 },
	{ "::ffff:0.0.0.0/96", false, 0 },
	{ "2001:0db8:0000:0000:0000:0000:0000:0001:0000:0000:0000/8", false, 0 },
};

static const struct {
	const char *prefix, *address;
	bool covered;
} covers[] = {
	{ "127.0.0.1", "127.0.0.1", true }, { "127.0.0.1", "127.0.0.2", false },
	{ "127.0.0.0/8", "127.255.255.255", true }, { "127.0.0.0/8", "128.0.0.0", false },
	{ "10.0.0.64/27", "10.0.0.64", true }, { "10.0.0.64/27", "10.0.0.95", true },
	{ "10.0.0.64/27", "10.0.0.96", false }, { "10.0.0.64/27", "10.0.0.63", false },
	{ "128.0.0.0/1", "200.1.1.1", true }, { "128.0.0.0/1", "1.1.1.1", false },
	{ "0.0.0.0/0", "1.2.3.4", true }, { "0.0.0.0/0", "0.0.0.0", true }, { "::/0", "::", true },
	{ "::/0", "::1", true },
	/* A wildcard address is every address: a part of them is not enough. */
	{ "0.0.0.0/1", "0.0.0.0", false }, { "0.0.0.0/8", "0.0.0.0", false }, { "0.0.0.0", "0.0.0.0", false },
	{ "::/1", "::", false }, { "::", "::", false },
	/* Host bits in the prefix do not matter. */
	{ "127.0.0.1/8", "127.9.9.9", true },
	/* One family says nothing of the other. */
	{ "0.0.0.0/0", "::1", false }, { "0.0.0.0/0", "::", false }, { "::/0", "127.0.0.1", false },
	{ "::/0", "0.0.0.0", false }, { "::1", "0.0.0.1", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true }, { "2001:db8::/33", "2001:db8:8000::1", false },
	{ "2001:db8::/128", "2001:db8::", true }, { "2001:db8::/127", "2001:db8::1", true },
	{ "2001:db8::/127", "2001:db8::2", false },
	/* An address that has zeros is no wildcard. */
	{ "1::/16", "1::", true }, { "0:0:1::/48", "0:0:1::", true }, { "::1:0:0:0/80", "::1:0:0:0", true },
	{ "::1:0/112", "::1:0", true }, { "0.0.0.1", "0.0.0.1", true },
};

int main(void)
{
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct address a;

		tap(address_read(addresses[i].text, &a) == addresses[i].good, "address", addresses[i].text);
	}
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		struct address p = { 0 };
		bool good = block_read(prefixes[i].text, &p);

		tap(good == prefixes[i].good && (!good || p.bits == prefixes[i].bits), "prefix",
		    prefixes[i].text);
	}
	for (size_t i = 0; i < COUNT(covers); i++) {
		struct address p;
		struct address a;
		char with[100];

		snprintf(with, sizeof with, "%s for %s", covers[i].prefix, covers[i].address);
		tap(block_read(covers[i].prefix, &p) && address_read(covers[i].address, &a) &&
		    block_covers(&p, &a) == covers[i].covered, "covers", with);
	}
	return tap_end();
}
