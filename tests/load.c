// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load - many connections to a service that answers and closes.
 *
 *     load ADDRESS PORT AT_ONCE COUNT
 *
 * Makes COUNT connections, AT_ONCE of them at any moment. Each one waits for an answer and for the
 * end of it. Prints how many were answered, reset, failed in another way (refused, or closed
 * without an answer), how many a second were answered, and the median, 99th percentile and longest
 * time in microseconds, from connect(2) to the end of the answer. What has not ended after a
 * minute in which nothing happens has failed.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
	int fd;
	bool answered;
	uint64_t begun;
};

static struct sockaddr_storage to;
static socklen_t to_len;
static int events;
static uint32_t *times;
static unsigned begun, answered, reset, failed;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void parse(const char *address, const char *port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&to;

	if (inet_pton(AF_INET, address, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)atoi(port));
		to_len = sizeof *in;
		return;
	}
	if (inet_pton(AF_INET6, address, &in6->sin6_addr) != 1)
		errx(64, "%s: not an address", address);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)atoi(port));
	to_len = sizeof *in6;
}

static void begin(struct connection *connection)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = connection };

	begun++;
	connection->answered = false;
	connection->begun = now();
	connection->fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connection->fd < 0)
		err(71, "socket");
	if (connect(connection->fd, (struct sockaddr *)&to, to_len) != 0 && errno != EINPROGRESS)
		err(71, "connect");
	if (epoll_ctl(events, EPOLL_CTL_ADD, connection->fd, &event) != 0)
		err(71, "epoll");
}

/* Whether it is over. */
static bool proceed(struct connection *connection)
{
	char buffer[4096];
	ssize_t len;

	while ((len = read(connection->fd, buffer, sizeof buffer)) > 0)
		connection->answered = true;
	if (len < 0 && errno == EAGAIN)
		return false;
	if (len == 0 && connection->answered)
		times[answered++] = (uint32_t)(now() - connection->begun);
	else if (len < 0 && errno == ECONNRESET)
		reset++;
	else
		failed++;
	close(connection->fd);
	return true;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct epoll_event come[64];
	static struct connection *connections; /* never freed, like all that is taken here */
	unsigned at_once, count;
	uint64_t start, took;

	if (argc != 5)
		errx(64, "usage: load ADDRESS PORT AT_ONCE COUNT");
	parse(argv[1], argv[2]);
	at_once = (unsigned)atoi(argv[3]);
	count = (unsigned)atoi(argv[4]);
	connections = calloc(at_once, sizeof *connections);
	times = calloc(count + 1, sizeof *times);
	events = epoll_create1(EPOLL_CLOEXEC);
	if (connections == NULL || times == NULL || events < 0)
		err(71, "memory");
	start = now();
	for (unsigned i = 0; i < at_once && begun < count; i++)
		begin(&connections[i]);
	while (answered + reset + failed < count) {
		int ready = epoll_wait(events, come, 64, 60000);

		if (ready == 0)
			failed = count - answered - reset;
		for (int i = 0; i < ready; i++)
			if (proceed(come[i].data.ptr) && begun < count)
				begin(come[i].data.ptr);
	}
	took = now() - start;
	qsort(times, answered, sizeof *times, compare);
	printf("answered=%u reset=%u failed=%u rate=%u median=%u p99=%u longest=%u\n", answered, reset, failed,
		(unsigned)((uint64_t)answered * 1000000 / (took + 1)), times[answered / 2],
		times[(uint64_t)answered * 99 / 100], times[answered > 0 ? answered - 1 : 0]);
	return answered < count;
}
