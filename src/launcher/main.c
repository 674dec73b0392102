/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

int main(int argc, char **argv, char **inherited) {
    struct start start = {0};
    bool sane = open_standard_descriptors();
    texts environment;
    handles listeners;
    int stage;

    if (getuid() == 0) execv(ROOT_START, argv);
    give_up_root();
    must(sane, "cannot open /dev/null on descriptors 0 to 2: %m");
    start.options = read_options(argc, argv, false);
    place(&start.options.passes, start.options.passes.count);
    stop_timers();
    ownership_read(&start.rules);
    EACH(fault, start.rules.faults) tell(*fault);
    read_requests(&start);
    start.who = identify(current_ids());
    decide_requests(&start);
    if (start.options.dry_run) dry_run(&start);
    listeners = open_listeners(&start);
    record(LOG_INFO, describe(&start));
    environment = make_environment(inherited, &start.options);
    stage = open_stage(start.handoff);
    drop_everything(&start.who, start.may_gain);
    must(start.options.chdir == NULL || chdir(start.options.chdir) == 0, "--chdir %s: %m", start.options.chdir);
    stage = hand_over(&start, &listeners, stage, &environment);
    reset_signals();
    execute(start.options.program, &environment, stage, start.handoff);
}
