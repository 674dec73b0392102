/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

enum { FIRST = 3 }; /* SD_LISTEN_FDS_START of sd_listen_fds(3) */

/* Sets ENTRY, NAME=VALUE, in the place of every other of its name. */
static void put(struct environment *environment, char *entry) {
    size_t kept = 0, name = strcspn(entry, "=") + 1;

    for (size_t i = 0; i < environment->count; i++)
        if (strncmp(environment->entries[i], entry, name) != 0)
            environment->entries[kept++] = environment->entries[i];
    environment->count = kept;
    APPEND(environment->entries, environment->count, entry);
    APPEND(environment->entries, environment->count, NULL);
    environment->count--;
}

/* Whether a root start keeps the variable whose name has this LENGTH. */
static bool is_for_services(const char *name, size_t length) {
    static const char *const kept[] = {"LANG",           "TZ",           "TERM", "NOTIFY_SOCKET",
                                       "JOURNAL_STREAM", "INVOCATION_ID"};

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strlen(kept[i]) == length && strncmp(name, kept[i], length) == 0) return true;
    return strncmp(name, "LC_", 3) == 0 || strncmp(name, "WATCHDOG_", 9) == 0 ||
           (length > 10 && strncmp(name + length - 10, "_DIRECTORY", 10) == 0);
}

struct environment make_environment(char *const *inherited, const struct right *right, bool root) {
    struct environment environment = {0};
    const struct identity *who = right->who;

    for (; *inherited != NULL; inherited++) {
        size_t name = strcspn(*inherited, "=");

        if (name > 0 && (*inherited)[name] == '=' && strncmp(*inherited, "LISTEN_", 7) != 0 &&
            (!root || is_for_services(*inherited, name)))
            APPEND(environment.entries, environment.count, *inherited);
    }
    if (root) {
        put(&environment, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        put(&environment, format_text("HOME=%s", who->home));
        put(&environment, format_text("SHELL=%s", who->shell));
        put(&environment, format_text("USER=%s", who->name));
        put(&environment, format_text("LOGNAME=%s", who->name));
    }
    for (size_t i = 0; i < right->options->environment_count; i++)
        put(&environment, right->options->environment[i]);
    return environment;
}

static bool is_same_file(int one, int other) {
    struct stat a = {0}, b = {0};

    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* Moves COUNT handles to FIRST and up, those from INHERITED on close-on-exec, and closes the rest.
 */
static void place(struct handle *handles, int count, int inherited) {
    /* Out of the way first: any of them may lie where another is to go. */
    for (int i = 0; i < count; i++) {
        int out = fcntl(handles[i].fd, F_DUPFD_CLOEXEC, FIRST + count);

        if (out < FIRST + count || !is_same_file(out, handles[i].fd))
            refuse(EX_OSERR, "cannot move a descriptor: %m; raise the limit of open files");
        handles[i].fd = out;
    }
    for (int i = 0; i < count; i++) {
        if (dup3(handles[i].fd, FIRST + i, i < inherited ? 0 : O_CLOEXEC) != FIRST + i ||
            !is_same_file(handles[i].fd, FIRST + i))
            refuse(EX_OSERR, "cannot place a descriptor: %m");
    }
    if (close_range((unsigned)(FIRST + count), ~0U, 0) != 0 ||
        (count > 0 && fcntl(handles[0].fd, F_GETFD) >= 0))
        refuse(EX_OSERR, "cannot close the other descriptors: %m");
}

int hand_over(const struct listeners *listeners, const struct options *options,
              enum handoff handoff, int stage, struct environment *environment) {
    size_t count = 0, inherited = 0;
    struct handle *handles = NULL;
    char *names = "";

    if (handoff == STDIN && (dup2(listeners->list[0].fd, STDIN_FILENO) != STDIN_FILENO ||
                             !is_same_file(listeners->list[0].fd, STDIN_FILENO)))
        refuse(EX_OSERR, "cannot place the socket at descriptor 0: %m");
    for (size_t i = handoff == STDIN; i < listeners->count; i++)
        APPEND(handles, inherited, listeners->list[i]);
    for (size_t i = 0; i < options->pass_count; i++) APPEND(handles, inherited, options->passes[i]);
    for (size_t i = 0; i < inherited; i++)
        names = format_text("%s%s%s", names, i > 0 ? ":" : "", handles[i].name);
    count = inherited;
    if (stage >= 0) APPEND(handles, count, ((struct handle){NULL, stage}));
    place(handles, (int)count, (int)inherited);
    if (inherited > 0) {
        put(environment, format_text("LISTEN_FDS=%zu", inherited));
        put(environment, format_text("LISTEN_PID=%d", (int)getpid()));
        put(environment, format_text("LISTEN_FDNAMES=%s", names));
    }
    return stage >= 0 ? FIRST + (int)inherited : -1;
}
