/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <libgen.h>
#include <signal.h>
#include <sys/wait.h>

/* What is edited. */
struct work {
    const char *path, *old; /* its text as it was, "" where there is no such file */
    char *copy;             /* the file that the editor is given */
};

/* The path that FILE means: that of an ownership file, or the name of a drop-in. */
static const char *path_for(const struct verb *verb, const char *file) {
    const char *path = strchr(file, '/') != NULL ? file : format_text("%s/%s", OWNERSHIP_DIRECTORY, file);
    const char *name = strrchr(path, '/') + 1;
    size_t length = strlen(name);

    if (strcmp(path, OWNERSHIP_FILE) == 0) return path;
    if (strcmp(path, format_text("%s/%s", OWNERSHIP_DIRECTORY, name)) != 0)
        misused(verb, "%s: it is neither %s nor in %s; for other files: check", file, OWNERSHIP_FILE,
                OWNERSHIP_DIRECTORY);
    if (*name == '.' || length < 5 || strcmp(name + length - 5, ".conf") != 0)
        misused(verb, "%s: only names that end in .conf, and do not begin with a dot, are read", file);
    return path;
}

static const char *read_old(const char *path) {
    size_t length;
    const char *why, *text = trusted_read(path, &length, &why);

    if (text == NULL && why != NULL) give_up(NOT_DONE, "%s: it is not edited: %s", path, why);
    return text != NULL ? text : "";
}

/* The name begins with a dot, and so is no drop-in. */
static char *make_copy(const struct work *work) {
    char *copy = format_text("%s/.edit-XXXXXX.conf", dirname(copy_text(work->path)));
    int fd = mkostemps(copy, (int)strlen(".conf"), O_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (file == NULL) give_up(NOT_DONE, "%s: cannot be made: %m; nothing has changed", copy);
    if (fputs(work->old, file) >= 0 && fclose(file) == 0) return copy;
    (void)unlink(copy);
    give_up(NOT_DONE, "%s: cannot be written: %m; nothing has changed", copy);
}

static const char *editor(void) {
    const char *visual = getenv("VISUAL"), *plain = getenv("EDITOR");

    if (visual != NULL && *visual != '\0') return visual;
    if (plain != NULL && *plain != '\0') return plain;
    return access("/usr/bin/editor", X_OK) == 0 ? "/usr/bin/editor" : "vi";
}

/* Whether the editor ended well. It may be several words, which are the shell's. */
static bool run_editor(const char *copy) {
    char *command = format_text("exec %s \"$1\"", editor());
    pid_t child;
    int status;

    /* A key that interrupts is for the editor. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGQUIT, SIG_IGN);
    child = fork();
    if (child < 0) give_up(EX_OSERR, "no process for the editor: %m; nothing has changed; see %s", copy);
    if (child == 0) {
        (void)signal(SIGINT, SIG_DFL);
        (void)signal(SIGQUIT, SIG_DFL);
        (void)signal(SIGPIPE, SIG_DFL);
        (void)execl("/bin/sh", "sh", "-c", command, "lowportctl edit", copy, (char *)NULL);
        _exit(127);
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) give_up(EX_OSERR, "the editor is lost: %m; nothing has changed; see %s", copy);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGQUIT, SIG_DFL);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whether the TEXT is an ownership file; says why it is not, and what it may not be meant to say. */
static bool is_in_order(const struct work *work, const char *text, size_t length) {
    struct rules rules = {0};

    rules_add(&rules, work->path, text, length);
    check_rules(&rules, text, length);
    return rules.faults.count == 0;
}

/* Whether to edit again. That it be put in place all the same is no choice: the launcher would take a broken file for
 * one that grants nobody anything, and refuse whatever others do not grant. */
static bool ask_again(void) {
    char answer[16];

    while (isatty(STDIN_FILENO)) {
        (void)fprintf(stderr, "What now? e: edit again; x: leave the file as it was: ");
        if (fgets(answer, sizeof answer, stdin) == NULL || strcmp(answer, "x\n") == 0) break;
        if (strcmp(answer, "e\n") == 0) return true;
    }
    return false;
}

/* Whether TEXT is what the file has already. A NUL in it would hide the rest from strcmp(3). */
static bool is_old(const struct work *work, const char *text, size_t length) {
    return strlen(text) == length && strcmp(text, work->old) == 0;
}

/* Nothing that was written is lost; where nothing was, no copy is left either. */
static _Noreturn void leave(const struct work *work, const char *why) {
    size_t length;
    const char *other, *text = trusted_read(work->copy, &length, &other);

    if (text != NULL && is_old(work, text, length) && unlink(work->copy) == 0)
        give_up(NOT_DONE, "%s: %s; nothing was changed", work->path, why);
    if (text == NULL && other == NULL) give_up(NOT_DONE, "%s: %s; it is left as it was", work->path, why);
    give_up(NOT_DONE, "%s: %s; it is left as it was; what you wrote is in %s", work->path, why, work->copy);
}

/* Edits until the text is in order. Returns that, or NULL where nothing was changed. */
static const char *edit(const struct work *work) {
    size_t length;
    const char *why, *text;

    do {
        if (!run_editor(work->copy)) leave(work, "the editor failed, or was ended");
        text = trusted_read(work->copy, &length, &why);
        if (text == NULL) leave(work, why != NULL ? why : "the copy has gone");
        if (is_old(work, text, length)) return NULL;
        if (is_in_order(work, text, length)) return text;
    } while (ask_again());
    leave(work, "it would be broken");
}

int verb_edit(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {HELP_OPTION, {0}};
    struct work work = {0};
    const char *text;

    while (next_option(verb, argc, argv, options) != -1) continue;
    if (argc - optind > 1) misused(verb, "%s: one file at a time", argv[optind + 1]);
    work.path = path_for(verb, optind < argc ? argv[optind] : OWNERSHIP_FILE);
    demand_root(verb, argc, argv);
    umask(S_IWGRP | S_IWOTH);
    if (strcmp(work.path, OWNERSHIP_FILE) != 0 && !dropin_directory_is_ready()) return NOT_DONE;
    if (!file_lock(SYSCONFDIR "/.lowportbind.lock", false))
        give_up(NOT_DONE, "the ownership files are being edited already, by another lowportctl edit; wait for its end");
    work.old = read_old(work.path);
    work.copy = make_copy(&work);
    text = edit(&work);
    if (text != NULL && strcmp(read_old(work.path), work.old) != 0)
        leave(&work, "somebody else has changed it meanwhile");
    if (text != NULL && !file_put(work.path, text)) leave(&work, "it could not be written");
    if (unlink(work.copy) != 0) complain("%s: cannot be removed: %m; it is no drop-in, and does no harm", work.copy);
    say(text != NULL ? "%s: put in place" : "%s: nothing was changed", work.path);
    return text != NULL ? follow_with_table() : DONE;
}
