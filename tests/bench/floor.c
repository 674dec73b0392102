// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor - the least that any setuid launcher does: binds tcp [::]:80, becomes its caller, executes PROGRAM.
 *
 *	floor PROGRAM [ARGUMENT...]
 *
 * It checks nothing at all and anybody could run it: only for the namespaces of a benchmark, as what launchers are
 * compared with. It is linked statically; floor-dynamic.c is the same without that.
 */
#include <err.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef ALSO /* what else is to be done, as root; 0 where it worked */
#define ALSO 0
#endif

int main(int argc, char **argv)
{
	static const struct sockaddr_in6 any = { .sin6_family = AF_INET6,
						 .sin6_port = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 80 << 8 : 80 };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	uid_t uid = getuid();

	if (argc < 2 || fd != 3)
		errx(99, "usage: floor PROGRAM [ARGUMENT...], with descriptors 0 to 2 alone");
	if (bind(fd, (const struct sockaddr *)&any, sizeof any) != 0 || listen(fd, 4096) != 0)
		err(99, "tcp:80");
	if (ALSO != 0 || setresuid(uid, uid, uid) != 0)
		err(99, "setresuid");
	execv(argv[1], argv + 1);
	err(99, "%s", argv[1]);
}
