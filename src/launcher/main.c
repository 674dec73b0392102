/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

int main(int argc, char **argv) {
    struct start start = {0};
    bool sane = open_standard_descriptors();

    must(getuid() != 0 || (execv(ROOT_START, argv), false), "cannot execute " ROOT_START ": %m");
    give_up_root();
    must(sane, "cannot open /dev/null on descriptors 0 to 2: %m");
    stop_timers();
    start.options = read_options(argc, argv, false);
    place(&start.options.passes);
    ownership_read(&start.rules);
    EACH(fault, start.rules.faults) tell(*fault);
    read_requests(&start);
    start.who = current_caller(name_of(getuid()));
    decide_requests(&start);
    if (start.options.dry_run) dry_run(&start);
    requests listeners = open_listeners(&start);
    record(LOG_INFO, describe(&start));
    drop_everything(&start.who, start.may_gain);
    must(start.options.chdir == NULL || chdir(start.options.chdir) == 0, "--chdir %s: %m", start.options.chdir);
    hand_over(&start, &listeners);
    reset_signals();
    execute(start.options.program, start.handoff);
}
