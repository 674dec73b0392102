/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "variables.h"

#include "end.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define LOCAL_IP "TCPLOCALIP="
#define LOCAL_PORT "TCPLOCALPORT="
#define REMOTE_IP "TCPREMOTEIP="
#define REMOTE_PORT "TCPREMOTEPORT="

static char protocol[] = "PROTO=TCP";
static char local_ip[sizeof LOCAL_IP + END_IP] = LOCAL_IP;
static char local_port[sizeof LOCAL_PORT + END_PORT] = LOCAL_PORT;
static char remote_ip[sizeof REMOTE_IP + END_IP] = REMOTE_IP;
static char remote_port[sizeof REMOTE_PORT + END_PORT] = REMOTE_PORT;

static char *const ours[] = {protocol, local_ip, local_port, remote_ip, remote_port};
#define OURS (sizeof ours / sizeof ours[0])

static char **environment;

/* Names and hosts are left out by us, and those of an earlier connection would be taken for ours. */
static bool is_stale(const char *entry) {
    static const char *const stale[] = {"PROTO=", "TCPLOCAL", "TCPREMOTE", "TCPCONNNUM=", "TCPINTERFACE=", "TCP6"};

    for (size_t i = 0; i < sizeof stale / sizeof stale[0]; i++) {
        if (strncmp(entry, stale[i], strlen(stale[i])) == 0) return true;
    }
    return false;
}

void variables_begin(void) {
    size_t kept = 0, count = 0;

    while (environ[count] != NULL) count++;
    environment = calloc(count + OURS + 1, sizeof *environment);
    if (environment == NULL) err(EX_OSERR, "the environment");
    for (size_t i = 0; i < count; i++) {
        if (!is_stale(environ[i])) environment[kept++] = environ[i];
    }
    memcpy(environment + kept, ours, sizeof ours);
}

char *const *variables_for(const union address *local, const union address *remote) {
    end_write(local, local_ip + strlen(LOCAL_IP), local_port + strlen(LOCAL_PORT));
    end_write(remote, remote_ip + strlen(REMOTE_IP), remote_port + strlen(REMOTE_PORT));
    return environment;
}
