/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launcher.h"

int main(int argc, char **argv, char **inherited) {
    bool sane = open_standard_descriptors();
    bool root = give_up_root();
    struct options options;
    struct rules rules = {0};
    struct plan plan;
    struct identity who;
    struct right right = {&options, &rules, &who};
    struct environment environment;
    struct listeners listeners;
    int stage, new_root = -1;

    if (!sane) refuse(EX_OSERR, "cannot open /dev/null on descriptors 0 to 2: %m");
    options = read_options(argc, argv, root);
    close_others(&options);
    stop_timers();
    if (options.chroot != NULL) new_root = open_root(options.chroot);
    ownership_read(&rules);
    for (size_t i = 0; i < rules.fault_count; i++) tell("warning: %s", rules.faults[i]);
    plan = read_requests(&options, &rules);
    if (options.user != NULL)
        who = identity_of(options.user, options.group, true);
    else
        who = root ? find_owner(&plan, &rules) : identity_of_process();
    if (root) become(&who, new_root >= 0);
    decide_plan(&plan, &right);
    environment = make_environment(inherited, &right, root);
    if (options.dry_run) dry_run(&plan, &right, options.program);
    listeners = open_listeners(&plan, &right);
    record(LOG_INFO, "%s (uid %u) is given %s for %s", who.name, who.ids.uid, plan_text(&plan),
           *options.program);
    stage = open_stage(plan.handoff);
    if (new_root >= 0) change_root(new_root);
    drop_everything(&who, plan.may_gain);
    stage = hand_over(&listeners, &options, plan.handoff, stage, &environment);
    if (options.chdir != NULL && chdir(options.chdir) != 0)
        refuse(EX_OSERR, "%s: %m", options.chdir);
    reset_signals();
    execute(options.program, &environment, stage, plan.handoff);
}
