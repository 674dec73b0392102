/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A UDP socket that nobody reads swallows what is sent to it, and a specific address wins over the
 * wildcard. A kept copy is therefore bound to an interface that does not exist until a daemon asks
 * for it: the kernel passes it over, and a port that the daemon does not serve is as unreachable as
 * without the copy. This belongs to the socket and not to the descriptor, so it also holds for
 * copies in other processes, such as a shell that waits for the daemon.
 *
 * An ordinary user may put a socket on an interface but not take it off again (SO_BINDTODEVICE in
 * socket(7)); dissolving an association, as connect(2) with AF_UNSPEC does, takes it off
 * nevertheless. Connecting the copy to itself would do for IPv4, but leaves an IPv6 socket deaf to
 * all but itself: __udp_disconnect() does not clear the IPv6 peer.
 */
#ifndef LOWPORT_ADOPT_PARK_H
#define LOWPORT_ADOPT_PARK_H

#include <stdbool.h>

/* Parks an unconnected UDP socket. False with errno where the kernel is older than 5.7: the socket
 * then works, and swallows. */
bool park(int fd);

bool park_is_parked(int fd);

/* Whether it is on an interface, and that is another than DEVICE. */
bool park_is_elsewhere(int fd, int device);

/* Puts the socket on the interface DEVICE or, with 0, on all of them. One that is parked, or elsewhere, has to be a UDP
 * socket. False with errno where the kernel refuses. */
bool park_put_on(int fd, int device);

/* Makes a parked socket receive again, on all interfaces. Leaves a socket alone that is not parked. False with errno
 * where the kernel refuses. */
bool park_release(int fd);

#endif
