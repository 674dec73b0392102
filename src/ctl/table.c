/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"
#include "kernel.h"
#include "sockets.h"

#define quit_by(trouble) give_up((trouble).status, "%s", (trouble).why)

/* The files as they are now, for the kernel. Ends the program, saying WHAT becomes of it, where they cannot be. */
static struct image *read_image(struct rules *rules, const char *what) {
    uint64_t netns = place_netns();
    struct image *image;

    if (netns == 0)
        give_up(EX_UNAVAILABLE, "the kernel is too old to tell network namespaces apart (Linux 5.14 does); %s", what);
    read_ownership(rules);
    point_at_faults(rules);
    if (rules->faults.count > 0) give_up(EX_CONFIG, "what is broken above may grant a port to anybody; %s", what);
    image = image_make(rules, netns);
    if (image == NULL) give_up(EX_CONFIG, "the ownership files hold more than a table does; %s", what);
    /* What the image was made with, not a second look, which may find what the first did not. */
    EACH(section, rules->sections)
        EACH(member, section->members)
            if (member->id == NOBODY)
                point_at("%s:%u: warning: section [%s]: there is no %s %s, and so the table grants it nothing until it "
                         "is reloaded",
                         section->file, section->line, section->name, member->group ? "group" : "user", member->name);
    return image;
}

static void say_size(const char *where, const struct image *image) {
    unsigned ports = image->words[IMAGE_AT_PORTS], sections = image->words[IMAGE_AT_SECTIONS];

    say("%s: %u port%s, by %u section%s", where, ports, ports == 1 ? "" : "s", sections, sections == 1 ? "" : "s");
}

static void warn_of_foreign(const char *cgroup, const uint32_t programs[TABLE_HOOKS]) {
    lines found = {0};

    foreign_find(cgroup, programs, &found);
    EACH(line, found)
        complain("note: %s may grant a port that no section names, or undo a refusal; it is none of ours", *line);
}

/* Complains of sockets that users hold without a grant, as THEY are to be told. Returns the exit status. */
static int report_holders(const struct rules *rules, const char *they) {
    bool whole;
    held_list holders = holders_of(rules, &whole);
    int status = whole ? DONE : NOT_DONE;

    EACH(held, holders) {
        const char *process = held->pids.count == 0
                                  ? "a process that cannot be seen"
                                  : format_text("process %d (%s)", held->pids.items[0], printable(held->command));

        if (holder_is_granted(rules, held)) continue;
        complain("%s: %s holds it, by %s, and no section grants it; %s", endpoint_text(&held->at),
                 printable(holder_name(held)), process, they);
        status = NOT_DONE;
    }
    return status;
}

/* A port that anybody may bind now would be one that only those of its sections may. */
static void say_refusals(const struct rules *rules) {
    unsigned open = first_open_port();

    EACH(section, rules->sections)
        EACH(ports, section->ports) {
            const char *protocol = ports->protocol == IPPROTO_UDP ? "udp" : "tcp";
            unsigned first = ports->first < open ? open : ports->first;
            const char *last = first < ports->last ? format_text("-%u", ports->last) : "";

            if (section->anyone || ports->last < open) continue;
            say("%s:%u%s: anybody may bind it now; then %s and root alone", protocol, first, last,
                members_text(section));
        }
}

static int try_load(void) {
    struct rules rules;
    const struct image *image = read_image(&rules, "it would not be loaded");

    say_size("it would be loaded", image);
    say_refusals(&rules);
    return report_holders(&rules, "it would keep it, and be refused the next time");
}

/* Where there can be no table nobody is without ports. */
static _Noreturn void quit_unloaded(struct trouble trouble) {
    if (trouble.status == EX_UNAVAILABLE) give_up(trouble.status, "%s; lowportbind(1) needs no table", trouble.why);
    quit_by(trouble);
}

static int load(struct place *place) {
    struct table_status status;
    struct trouble trouble;
    struct rules rules;
    struct image *image;
    int holders;

    if (!able_to_load(&trouble)) quit_unloaded(trouble);
    image = read_image(&rules, "nothing is loaded");
    if (!table_load(place, image, &trouble)) quit_unloaded(trouble);
    say_size(format_text("loaded at %s%s", place->cgroup, place->whole ? "" : ", and so for its processes alone"),
             image);
    holders = report_holders(&rules, "it keeps it until it closes it");
    if (table_status(place, &status, &trouble)) return warn_of_foreign(place->cgroup, status.programs), holders;
    complain("it is not known who else has a say in bind(2): %s", trouble.why); /* but the table is in force */
    return NOT_DONE;
}

int verb_load(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {
        HELP_OPTION, {"cgroup", required_argument, NULL, 'c'}, {"dry-run", no_argument, NULL, 'n'}, {0}};
    struct place place = SOME_PLACE;
    bool dry_run = false;
    int option;

    while ((option = next_option(verb, argc, argv, options)) != -1) {
        if (option == 'c') place.cgroup = optarg;
        dry_run |= option == 'n';
    }
    if (optind < argc) misused(verb, "%s: it takes no argument", argv[optind]);
    if (dry_run) return try_load();
    demand_root(verb, argc, argv);
    return load(&place);
}

static void take_no_argument(const struct verb *verb, int argc, char **argv) {
    static const struct option options[] = {HELP_OPTION, {0}};

    while (next_option(verb, argc, argv, options) != -1) continue;
    if (optind < argc) misused(verb, "%s: it takes no argument", argv[optind]);
}

static struct image *reload(struct trouble *trouble) {
    struct place place = SOME_PLACE;
    struct rules rules;
    struct image *image = read_image(&rules, "the table that is loaded stays in force");

    return table_swap(&place, image, trouble) ? image : NULL;
}

int verb_reload(const struct verb *verb, int argc, char **argv) {
    const struct image *image;
    struct trouble trouble;

    take_no_argument(verb, argc, argv);
    image = reload(&trouble);
    if (image == NULL) quit_by(trouble);
    say_size("reloaded", image);
    return DONE;
}

void follow_with_table(void) {
    struct trouble trouble;

    if (geteuid() != 0 || access(PIN_DIRECTORY, F_OK) != 0) return;
    if (reload(&trouble) == NULL) quit_by(trouble);
}

int verb_unload(const struct verb *verb, int argc, char **argv) {
    struct place place = SOME_PLACE;
    struct trouble trouble;
    bool was;

    take_no_argument(verb, argc, argv);
    if (!table_unload(&place, &was, &trouble)) quit_by(trouble);
    say(was ? "unloaded; every port has the kernel's own rule again" : "no table is loaded");
    return was ? DONE : NOT_DONE;
}

/* What makes the LOADED table another than the files would, or NULL. */
static const char *difference(const struct image *loaded) {
    const struct image *now;
    struct rules rules;

    if (loaded->words[IMAGE_AT_VERSION] != IMAGE_VERSION)
        return "another version of lowportctl has loaded it; unload it, and load it again";
    read_ownership(&rules);
    now = rules.faults.count == 0 ? image_make(&rules, image_netns(loaded)) : NULL;
    if (now == NULL)
        return "the files are broken (lowportctl check), or hold too much: a reload would leave this table as it is";
    if (memcmp(now, loaded, sizeof *now) == 0) return NULL;
    return "the files have changed since, or the users and groups: lowportctl reload";
}

bool table_tells(const char **fault) {
    struct place place = SOME_PLACE;
    struct table_status status;
    struct trouble trouble;

    if (geteuid() != 0 || access(PIN_DIRECTORY, F_OK) != 0) return false;
    if (!table_status(&place, &status, &trouble) || !status.loaded) return false;
    *fault = status.detached != NULL ? "a program of it is attached no more: lowportctl unload, and then load"
                                     : difference(status.image);
    return true;
}

int verb_status(const struct verb *verb, int argc, char **argv) {
    struct place place = SOME_PLACE, root = SOME_PLACE;
    struct table_status status;
    struct trouble trouble;
    const char *where;
    const char *changed;
    int fd;

    take_no_argument(verb, argc, argv);
    if (!table_status(&place, &status, &trouble)) quit_by(trouble);
    if (!status.loaded) return say(NOT_LOADED), NOT_DONE;
    where = status.whole ? "loaded, for all processes"
                         : format_text("loaded, for the processes of one cgroup (of id %llu)",
                                       (unsigned long long)status.cgroup);
    say_size(where, status.image);
    if (status.detached != NULL)
        complain("its program at %s is attached no more: lowportctl unload, and then load", status.detached);
    if (image_netns(status.image) != place_netns()) say("it speaks for another network namespace than this");
    changed = difference(status.image);
    say("%s", changed != NULL ? changed : "it is what the files say");
    fd = place_open_cgroup(&root, &trouble);
    if (fd >= 0) {
        warn_of_foreign(root.cgroup, status.programs);
        close(fd);
    }
    return changed == NULL && status.detached == NULL ? DONE : NOT_DONE;
}

static void tell_event(const struct event *event) {
    static const char *const verdicts[] = {"refused", "granted", "root"};
    struct endpoint at = {.protocol = event->protocol, .port = event->port};
    const char *user = format_text("uid %u", event->uid);

    at.address.family = event->dual ? AF_UNSPEC : event->v6 ? AF_INET6 : AF_INET;
    memcpy(&at.address.bytes, event->address, sizeof event->address);
    if (event->uid != event->euid) user = format_text("%s (effective %u)", user, event->euid);
    say("%s %s: %s, process %u (%.16s)%s", event->verdict < 3 ? verdicts[event->verdict] : "?", endpoint_text(&at),
        user, event->pid, event->command, event->after ? ", by what was really bound" : "");
}

int verb_monitor(const struct verb *verb, int argc, char **argv) {
    struct place place = SOME_PLACE;
    struct trouble trouble;

    take_no_argument(verb, argc, argv);
    if (!watch_events(&place, tell_event, &trouble)) quit_by(trouble);
    return DONE;
}
