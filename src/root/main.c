/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

int main(int argc, char **argv) {
    struct start start = {0};
    const struct options *options = &start.options;
    bool sane = open_standard_descriptors();
    requests listeners;
    int new_root = -1;
    bool by_descriptor;

    if (getuid() != 0) refuse(EX_USAGE, "this is the part of lowportbind that root runs; run lowportbind itself");
    must(sane, "cannot open /dev/null on descriptors 0 to 2: %m");
    give_up_terminal();
    leave_session_keyring();
    cut_root_down();
    stop_timers();
    start.options = read_options(argc, argv, true);
    place(&start.options.passes);
    EACH(pass, start.options.passes)
        must(!isatty(pass->fd) && (errno == ENOTTY || errno == EINVAL), "--pass %s: a daemon is given no terminal",
             pass->name);
    by_descriptor = is_descriptor(*options->program, &options->passes);
    if (options->chroot != NULL) new_root = open_root(options->chroot);
    read_as_anybody(&start.rules);
    EACH(fault, start.rules.faults) tell(*fault);
    read_requests(&start);
    start.who = options->user != NULL ? identity_of(options->user, options->group, true) : find_owner(&start);
    become(&start.who, new_root >= 0);
    decide_requests(&start);
    if (options->dry_run) dry_run(&start);
    listeners = open_listeners(&start);
    record(LOG_INFO, describe(&start));
    rebuild_environment(&start.who);
    if (new_root >= 0) change_root(new_root);
    drop_everything(&start.who, start.may_gain);
    must(options->chdir == NULL || chdir(options->chdir) == 0, "--chdir %s: %m", options->chdir);
    hand_over(&start, &listeners);
    reset_signals();
    if (by_descriptor) execute_descriptor(options->program, &listeners);
    if (new_root >= 0) execute_inside(options->chroot, options->program, start.handoff);
    execute(options->program, start.handoff);
}
