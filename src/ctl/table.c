/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"
#include "kernel.h"
#include "sockets.h"

#define DETACHED                                                                                                       \
    "its program at %s is attached no more, and it is not in force as a whole: lowportctl load loads it anew"
#define ELSEWHERE "it speaks for another network namespace than this"
#define quit_by(trouble) give_up((trouble).status, "%s", (trouble).why)

/* The cookie of this network namespace. Ends the program, saying WHAT becomes of it, where there is none. */
static uint64_t own_netns(const char *what) {
    uint64_t netns = place_netns();

    if (netns == 0)
        give_up(EX_UNAVAILABLE, "the kernel is too old to tell network namespaces apart (Linux 5.14 does); %s", what);
    return netns;
}

/* The files as they are now, for the network namespace with the cookie NETNS. Returns NULL where they cannot be, with
 * *TROUBLE saying WHAT becomes of it. */
static struct image *read_image(struct rules *rules, uint64_t netns, const char *what, struct trouble *trouble) {
    struct image *image;

    read_ownership(rules);
    point_at_faults(rules);
    if (rules->faults.count > 0)
        return trouble_is(trouble, EX_CONFIG, "what is broken above may grant a port to anybody; %s", what), NULL;
    image = image_make(rules, netns);
    if (image == NULL)
        return trouble_is(trouble, EX_CONFIG, "the ownership files hold more than a table does; %s", what), NULL;
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

static void warn_of_all_ports(const struct image *image) {
    port_set ports;

    image_ports(image, ports);
    if (reserved_are_all(ports))
        complain(
            "note: all ports of net.ipv4.ip_local_port_range are owned or reserved, so that the kernel has none to "
            "give: no program can connect, unless it binds one before");
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
        const char *process = "a process that cannot be seen";

        if (holder_is_granted(rules, held)) continue;
        if (held->pids.count > 0) process = format_text("process %d", held->pids.items[0]);
        if (held->command != NULL) process = format_text("%s (%s)", process, held->command);
        complain("%s: %s holds it, by %s, and no section grants it; %s", endpoint_text(&held->at),
                 printable(holder_name(held)), process, they);
        status = NOT_DONE;
    }
    return status;
}

/* The ports of a protocol that anybody may bind now, from the first of them on. */
struct open_ports {
    const struct rules *rules;
    const char *protocol;
    unsigned first;
};

/* Whether SECTION takes its ports from nobody. */
static bool is_for_all(const struct section *section) {
    const struct endpoint v4 = {.address.family = AF_INET}, v6 = {.address.family = AF_INET6};

    return section->anyone && section_covers(section, &v4) && section_covers(section, &v6);
}

/* A port that anybody may bind now would be one that only those of its sections may. */
static void say_refusal(void *to, unsigned first, unsigned last, const unsigned *sections, size_t count) {
    const struct open_ports *open = to;
    const char *people = "", *before = "", *range;

    if (last < open->first) return;
    if (first < open->first) first = open->first;
    for (size_t i = 0; i < count; i++) {
        const struct section *section = &open->rules->sections.items[sections[i]];
        const char *some = members_text(section);

        if (is_for_all(section)) return;
        if (section->addresses.count > 0) some = format_text("%s (at %s)", some, addresses_text(section));
        if (strcmp(some, before) != 0) people = format_text("%s%s%s", people, *people != '\0' ? ", " : "", some);
        before = some;
    }
    range = first < last ? format_text("-%u", last) : "";
    say("%s:%u%s: anybody may bind it now; then %s and root alone", open->protocol, first, range, people);
}

static void say_refusals(const struct rules *rules) {
    struct open_ports tcp = {rules, "tcp", first_open_port()}, udp = {rules, "udp", tcp.first};

    if (!image_runs(rules, IPPROTO_TCP, say_refusal, &tcp) || !image_runs(rules, IPPROTO_UDP, say_refusal, &udp))
        give_up(EX_OSERR, "out of memory");
}

static int try_load(void) {
    static const char what[] = "it would not be loaded";
    struct trouble trouble;
    struct rules rules;
    const struct image *image = read_image(&rules, own_netns(what), what, &trouble);

    if (image == NULL) quit_by(trouble);
    say_size("it would be loaded", image);
    warn_of_all_ports(image);
    say_refusals(&rules);
    return report_holders(&rules, "it would keep it, and be refused the next time");
}

/* Where there can be no table nobody is without ports. */
static _Noreturn void quit_unloaded(struct trouble trouble) {
    if (trouble.status == EX_UNAVAILABLE) give_up(trouble.status, "%s; lowportbind(1) needs no table", trouble.why);
    quit_by(trouble);
}

/* The pins are locked before the files are read: who changes these from then on waits for this, and reloads. */
static struct image *load_files(struct place *place, struct rules *rules, struct trouble *trouble) {
    static const char what[] = "nothing is loaded";
    uint64_t netns = own_netns(what);
    struct image *image;
    bool missing;

    if (!place_open_pins(place, true, &missing, trouble)) return NULL;
    image = read_image(rules, netns, what, trouble);
    if (image != NULL && table_load(place, image, trouble)) return image;
    place_drop_pins();
    return NULL;
}

static int load(struct place *place) {
    struct table_status status;
    struct trouble trouble;
    struct rules rules;
    struct image *image;
    int holders;

    if (!able_to_load(&trouble)) quit_unloaded(trouble);
    image = load_files(place, &rules, &trouble);
    if (image == NULL) quit_unloaded(trouble);
    say_size(format_text("loaded at %s%s", place->cgroup, place->whole ? "" : ", and so for its processes alone"),
             image);
    warn_of_all_ports(image);
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

/* As in load, what is changed from the look at the table on is followed by another reload. *LOADED: there is a table.
 */
static struct image *reload(bool *loaded, struct trouble *trouble) {
    struct place place = SOME_PLACE;
    struct table_status status;
    struct image *image;
    struct rules rules;

    *loaded = true;
    if (!table_status(&place, &status, trouble)) return NULL;
    *loaded = status.loaded;
    if (!status.loaded) return trouble_is(trouble, NOT_DONE, NOT_LOADED), NULL;
    image = read_image(&rules, image_netns(status.image), "the table that is loaded stays in force", trouble);
    if (image == NULL || !table_swap(&place, image, trouble)) return NULL;
    warn_of_all_ports(image);
    if (status.detached == NULL) return image;
    return trouble_is(trouble, NOT_DONE, "reloaded, but " DETACHED, status.detached), NULL;
}

int verb_reload(const struct verb *verb, int argc, char **argv) {
    const struct image *image;
    struct trouble trouble;
    bool loaded;

    take_no_argument(verb, argc, argv);
    image = reload(&loaded, &trouble);
    if (image == NULL) quit_by(trouble);
    say_size("reloaded", image);
    return DONE;
}

int follow_with_table(void) {
    struct trouble trouble;
    bool loaded;

    if (geteuid() != 0 || access(PIN_DIRECTORY, F_OK) != 0) return DONE;
    if (reload(&loaded, &trouble) != NULL || !loaded) return DONE;
    complain("%s", trouble.why);
    return trouble.status;
}

int verb_unload(const struct verb *verb, int argc, char **argv) {
    struct place place = SOME_PLACE;
    struct trouble trouble;
    bool was, lost;

    take_no_argument(verb, argc, argv);
    if (!table_unload(&place, &was, &lost, &trouble)) quit_by(trouble);
    say(was ? "unloaded; every port has the kernel's own rule again" : "no table is loaded");
    if (lost)
        complain("note: " NETNS_GONE "; where it still is, the ports that were owned stay in its "
                 "net.ipv4.ip_local_reserved_ports");
    return was ? DONE : NOT_DONE;
}

/* What makes the LOADED table another than the files would, or NULL. */
static const char *difference(const struct image *loaded) {
    const struct image *now;
    struct rules rules;

    read_ownership(&rules);
    now = rules.faults.count == 0 ? image_make(&rules, image_netns(loaded)) : NULL;
    if (now == NULL)
        return "the files are broken (lowportctl check), or hold too much: a reload would leave this table as it is";
    if (memcmp(now, loaded, sizeof *now) == 0) return NULL;
    return "the files have changed since, or the users and groups: lowportctl reload";
}

/* Why the table with that STATUS does not decide here by the files as they are now, or NULL. */
static const char *fault_of(const struct table_status *status) {
    if (status->image->words[IMAGE_AT_VERSION] != IMAGE_VERSION)
        return "another version of lowportctl has loaded it; unload it, and load it again";
    if (status->detached != NULL) return format_text(DETACHED, status->detached);
    if (status->elsewhere) return ELSEWHERE;
    if (status->exposed)
        return "net.ipv4.ip_local_reserved_ports was changed since, so that the kernel may give an owned port to "
               "anybody: lowportctl reload";
    return difference(status->image);
}

bool table_tells(const char **fault) {
    struct place place = SOME_PLACE;
    struct table_status status;
    struct trouble trouble;

    if (geteuid() != 0 || access(PIN_DIRECTORY, F_OK) != 0) return false;
    if (!table_status(&place, &status, &trouble) || !status.loaded) return false;
    *fault = fault_of(&status);
    return true;
}

int verb_status(const struct verb *verb, int argc, char **argv) {
    struct place place = SOME_PLACE, root = SOME_PLACE;
    struct table_status status;
    struct trouble trouble;
    const char *where;
    const char *fault;
    int fd;

    take_no_argument(verb, argc, argv);
    if (!table_status(&place, &status, &trouble)) quit_by(trouble);
    if (!status.loaded) return say(NOT_LOADED), NOT_DONE;
    where = status.whole ? "loaded, for all processes"
                         : format_text("loaded, for the processes of one cgroup (of id %llu)",
                                       (unsigned long long)status.cgroup);
    say_size(where, status.image);
    fault = fault_of(&status);
    say("%s", fault != NULL ? fault : "it is what the files say");
    fd = place_open_cgroup(&root, &trouble);
    if (fd >= 0) {
        warn_of_foreign(root.cgroup, status.programs);
        close(fd);
    }
    return fault == NULL ? DONE : NOT_DONE;
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

static void tell_lost(uint64_t count) {
    complain("%llu more binds were decided, faster than they could be told of", (unsigned long long)count);
}

int verb_monitor(const struct verb *verb, int argc, char **argv) {
    struct place place = SOME_PLACE;
    struct trouble trouble;

    take_no_argument(verb, argc, argv);
    if (!watch_events(&place, tell_event, tell_lost, &trouble)) quit_by(trouble);
    return DONE;
}
