// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdicts - whether the caller may bind, for many ports and addresses.
 *
 *	verdicts bind|decide ADDRESS... -- PORT[-PORT]...
 *
 * Prints "tcp ADDRESS PORT yes" or "no" for each of them, and the same for udp.
 * "bind" asks bind(2), which another program may have replaced; "decide" asks the
 * ownership files, as the launcher does, and the kernel's rule for what they leave
 * out. A :: is IPv6 alone.
 *
 * Linked with src/ownership/address.c src/ownership/names.c src/ownership/ownership.c src/ownership/rules.c
 * Linked with src/ownership/text.c src/ownership/trusted.c src/ownership/verdict.c src/ownership/words.c
 * Needs -linih
 */
#include "ownership.h"

#include <err.h>
#include <sys/socket.h>

static bool binds(const struct endpoint *at)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)at->port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = six.sin6_port };
	bool is_six = at->address.family == AF_INET6, bound;
	int type = at->protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM, on = 1;
	int fd = socket(at->address.family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(99, "socket");
	six.sin6_addr = at->address.bytes;
	memcpy(&four.sin_addr, &at->address.bytes, sizeof four.sin_addr);
	if (is_six && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
		err(99, "IPV6_V6ONLY");
	if (is_six)
		bound = bind(fd, (const struct sockaddr *)&six, sizeof six) == 0;
	else
		bound = bind(fd, (const struct sockaddr *)&four, sizeof four) == 0;
	if (!bound && errno != EACCES && errno != EPERM && errno != ENOENT)
		err(99, "bind %u", at->port);
	close(fd);
	return bound;
}

static bool decides(const struct rules *rules, const struct caller *caller, const struct endpoint *at)
{
	enum ruling ruling = decide(rules, caller, at).ruling;

	return ruling == GRANTED || (ruling == UNLISTED && at->port >= 1024);
}

int main(int argc, char **argv)
{
	bool asks_kernel = argc > 1 && strcmp(argv[1], "bind") == 0;
	struct caller caller = { .uid = getuid(), .gid = getgid() };
	static gid_t groups[65536];
	struct rules rules = { 0 };
	int count = getgroups(65536, groups), ports = 2;

	while (ports < argc && strcmp(argv[ports], "--") != 0)
		ports++;
	if (ports == argc || count < 0)
		errx(99, "usage: verdicts bind|decide ADDRESS... -- PORT[-PORT]...");
	for (int i = 0; i < count; i++)
		APPEND(caller.groups, groups[i]);
	ownership_read(&rules);
	for (size_t i = 0; i < rules.faults.count; i++)
		errx(99, "%s", rules.faults.items[i]);
	for (int i = ports + 1; i < argc; i++) {
		unsigned first = (unsigned)atoi(argv[i]), last = first;
		const char *dash = strchr(argv[i], '-');

		if (dash)
			last = (unsigned)atoi(dash + 1);
		for (int j = 2; j < ports; j++)
			for (unsigned port = first; port <= last; port++)
				for (int udp = 0; udp < 2; udp++) {
					struct endpoint at = { udp ? IPPROTO_UDP : IPPROTO_TCP, { 0 }, port };

					if (!address_read(argv[j], &at.address))
						errx(99, "%s", argv[j]);
					printf("%s %s %u %s\n", udp ? "udp" : "tcp", argv[j], port,
					       (asks_kernel ? binds(&at) : decides(&rules, &caller, &at)) ? "yes" : "no");
				}
	}
	return 0;
}
