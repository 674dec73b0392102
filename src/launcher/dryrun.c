/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

/* Below it the kernel asks for CAP_NET_BIND_SERVICE: ip_unprivileged_port_start in ip_sysctl. */
static unsigned first_unprivileged_port(void) {
    unsigned port = IPPORT_RESERVED;
    FILE *setting = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");

    if (setting != NULL && (fscanf(setting, "%u", &port) != 1 || fclose(setting) != 0))
        refuse(EX_OSERR, "cannot read ip_unprivileged_port_start: %m");
    return port;
}

void dry_run(const struct plan *plan, const struct right *right, char **program) {
    const struct identity *who = right->who;
    unsigned first = first_unprivileged_port();

    for (size_t i = 0; i < plan->count; i++) {
        const struct request *request = &plan->requests[i];
        const struct section *section = request->verdict.section;

        if (request->verdict.ruling == UNLISTED && request->at.port < first)
            refuse_unlisted(request, who);
        if (section != NULL)
            printf("%s: granted by section [%s], %s:%u\n", request->text, section->name,
                   section->file, request->verdict.line);
        else
            printf("%s: %s\n", request->text,
                   right->options->user != NULL ? "granted by root's word"
                                                : "owned by nobody, bound without privilege");
    }
    printf("would run as %s (uid %u, gid %u), handoff %s:", who->name, who->ids.uid, who->ids.gid,
           handoff_names[plan->handoff]);
    while (*program != NULL) printf(" %s", *program++);
    exit(putchar('\n') == EOF || fflush(stdout) != 0 ? EX_IOERR : EX_OK);
}
