/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "table.skel.h"

static const char *const hooks[TABLE_HOOKS] = {"bind4", "bind6", "post_bind4", "post_bind6"};
static const char *const maps[] = {"slot", "reserved", "events", "watched"};
#define MAPS (sizeof maps / sizeof *maps)

static char *said; /* the last line that libbpf had to say, which is the nearest to a reason */

__attribute__((format(printf, 2, 0))) static int hear(enum libbpf_print_level level, const char *format,
                                                      va_list values) {
    char *text;

    if (level != LIBBPF_WARN || vasprintf(&text, format, values) < 0) return 0;
    text[strcspn(text, "\n")] = '\0';
    said = text;
    return 0;
}

/* What ERROR of bpf(2) means for whoever wanted WHAT. */
static bool refused(struct trouble *trouble, const char *what, int error) {
    return able_no_more(trouble, what, error, said);
}

/* ---- the table itself ---- */

/* Makes a map of IMAGE that nobody can write to, from now on. Returns its descriptor, or -1 with errno. */
static int freeze_image(const struct image *image) {
    const struct bpf_map_create_opts options = {.sz = sizeof options, .map_flags = BPF_F_RDONLY_PROG};
    const uint32_t zero = 0;
    int error, fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "lowport_image", sizeof zero, sizeof *image, 1, &options);

    if (fd < 0) return -1;
    if (bpf_map_update_elem(fd, &zero, image, BPF_ANY) == 0 && bpf_map_freeze(fd) == 0) return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Puts IMAGE into the slot: whoever looks it up from now on finds the new one, whole. */
static bool put_image(int slot, const struct image *image, struct trouble *trouble) {
    const uint32_t zero = 0;
    int fd = freeze_image(image);
    bool put = fd >= 0 && bpf_map_update_elem(slot, &zero, &fd, BPF_ANY) == 0;

    if (!put) (void)refused(trouble, "the table cannot be put into the kernel", errno);
    if (fd >= 0) close(fd);
    return put;
}

/* Reads the table in the slot, with room for that of another version of lowportctl, of which only the first words are
 * looked at. */
static struct image *get_image(int slot) {
    const uint32_t zero = 0;
    struct bpf_map_info info = {0};
    uint32_t id = 0, length = sizeof info;
    int fd = bpf_map_lookup_elem(slot, &zero, &id) == 0 ? bpf_map_get_fd_by_id(id) : -1;
    struct image *image = NULL;

    if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &length) == 0)
        image = calloc(1, info.value_size > sizeof *image ? info.value_size : sizeof *image);
    if (image != NULL && bpf_map_lookup_elem(fd, &zero, image) != 0) free(image), image = NULL;
    if (fd >= 0) close(fd);
    return image;
}

static int open_pin(const struct place *place, const char *name) { return bpf_obj_get(place_pin(place, name)); }

/* Widens what the kernel does not hand out to what IMAGE names too. What is ours is written down first: were it not,
 * and this program ended here, it would be taken for the administrator's for ever. */
static bool widen(int reserved, const struct image *image, struct trouble *trouble) {
    const uint32_t zero = 0;
    port_set ports, ours;

    image_ports(image, ports);
    if (bpf_map_lookup_elem(reserved, &zero, ours) != 0) return refused(trouble, "the reserved ports", errno);
    if (!reserved_plan(ports, ours, trouble)) return false;
    if (bpf_map_update_elem(reserved, &zero, ours, BPF_ANY) != 0) return refused(trouble, "the reserved ports", errno);
    return reserved_add(ports, trouble);
}

static bool narrow(int reserved, const port_set ports, struct trouble *trouble) {
    const uint32_t zero = 0;
    port_set ours;

    if (bpf_map_lookup_elem(reserved, &zero, ours) != 0) return refused(trouble, "the reserved ports", errno);
    if (!reserved_narrow(ports, ours, trouble)) return false;
    return bpf_map_update_elem(reserved, &zero, ours, BPF_ANY) == 0 || refused(trouble, "the reserved ports", errno);
}

/* ---- load ---- */

/* Whether the kernel has what the programs read quickest by. libbpf looks for it in the same place. */
static bool has_casts(void) {
    struct btf *kernel = btf__load_vmlinux_btf();
    bool has = kernel != NULL && btf__find_by_name_kind(kernel, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;

    btf__free(kernel);
    return has;
}

/* The programs for the network namespace with the cookie NETNS, or NULL. */
static struct table *load_programs(uint64_t netns, struct trouble *trouble) {
    struct table *table = table__open();

    if (table == NULL) return refused(trouble, "the programs cannot be read", errno), NULL;
    table->rodata->netns = netns;
    table->rodata->has_casts = has_casts();
    table->rodata->says_eacces =
        libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_set_retval, NULL) == 1;
    if (table__load(table) == 0) return table;
    (void)refused(trouble, "the kernel does not take the programs", errno);
    table__destroy(table);
    return NULL;
}

static bool pin_maps(const struct place *place, const struct table *table, struct trouble *trouble) {
    const struct bpf_map *const all[MAPS] = {table->maps.slot, table->maps.reserved, table->maps.events,
                                             table->maps.bss};

    for (unsigned i = 0; i < MAPS; i++)
        if (bpf_obj_pin(bpf_map__fd(all[i]), place_pin(place, maps[i])) != 0)
            return trouble_is(trouble, EX_CANTCREAT, "%s/%s: cannot be pinned: %m", PIN_DIRECTORY, maps[i]);
    return true;
}

/* After the fact first: until all are there, a program that only refuses does no harm that one that grants would. */
static bool attach(const struct place *place, const struct table *table, int cgroup, struct trouble *trouble) {
    const struct bpf_program *const all[TABLE_HOOKS] = {table->progs.lowport_bind4, table->progs.lowport_bind6,
                                                        table->progs.lowport_post_bind4,
                                                        table->progs.lowport_post_bind6};
    static const enum bpf_attach_type types[TABLE_HOOKS] = {BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_BIND,
                                                            BPF_CGROUP_INET4_POST_BIND, BPF_CGROUP_INET6_POST_BIND};

    for (unsigned i = TABLE_HOOKS; i-- > 0;) {
        int link = bpf_link_create(bpf_program__fd(all[i]), cgroup, types[i], NULL), error;

        if (link < 0 && errno == EPERM)
            return trouble_is(trouble, EX_UNAVAILABLE,
                              "%s: another program is attached to %s, and lets none beside "
                              "it; see bpftool cgroup show %s",
                              place->cgroup, hooks[i], place->cgroup);
        if (link < 0) return refused(trouble, hooks[i], errno);
        error = bpf_obj_pin(link, place_pin(place, hooks[i])) == 0 ? 0 : errno;
        close(link);
        if (error != 0)
            return trouble_is(trouble, EX_CANTCREAT, "%s/%s: cannot be pinned: %s", PIN_DIRECTORY, hooks[i],
                              strerror(error));
    }
    return true;
}

/* A pin that is removed is a program that is detached some time later; this one is so at once. */
static void detach(const struct place *place, const char *hook) {
    int link = open_pin(place, hook);

    if (link < 0) return;
    (void)bpf_link_detach(link); /* it fails where the cgroup is gone, and the program with it */
    close(link);
}

/* Goes to where the reserved ports of what is pinned in the open directory are. *LOST where that is not to be found. */
static bool go_there(const struct place *place, bool *lost, struct trouble *trouble) {
    int slot = open_pin(place, "slot");
    struct image *image;
    bool found = true, known;

    *lost = false;
    if (slot < 0) return errno == ENOENT || refused(trouble, "the loaded table", errno); /* nothing is reserved then */
    image = get_image(slot);
    known = image != NULL ? place_enter(image_netns(image), &found, trouble)
                          : refused(trouble, "the loaded table cannot be read", errno);
    *lost = !found;
    free(image);
    close(slot);
    return known;
}

/* Takes everything out of the kernel that is pinned in the open directory. *WAS says whether there was something. */
static bool clear(const struct place *place, bool *was, bool *lost, struct trouble *trouble) {
    port_set none = {0};
    int reserved;

    *was = false;
    if (!go_there(place, lost, trouble)) return false;
    for (unsigned i = 0; i < TABLE_HOOKS; i++) {
        detach(place, hooks[i]);
        *was = unlinkat(place->directory, hooks[i], 0) == 0 || *was;
    }
    reserved = open_pin(place, "reserved");
    if (reserved < 0 && errno != ENOENT) return refused(trouble, "the reserved ports", errno);
    if (reserved >= 0 && !*lost && !narrow(reserved, none, trouble)) return close(reserved), false;
    if (reserved >= 0) close(reserved);
    for (unsigned i = 0; i < MAPS; i++) *was = unlinkat(place->directory, maps[i], 0) == 0 || *was;
    return true;
}

/* What could not be loaded is taken out again. Returns false. */
static bool undo(const struct place *place, struct trouble *trouble) {
    struct trouble later;
    bool was, lost;

    if (!clear(place, &was, &lost, &later))
        trouble->why = format_text("%s; a part of it is still there (%s): lowportctl unload", trouble->why, later.why);
    return false;
}

/* Whether there is no table in the way of IMAGE. What one that was killed has left is none, nor what was detached
 * since; but what only cannot be seen must not be taken for that. */
static bool is_free(struct place *place, const struct image *image, struct trouble *trouble) {
    struct table_status status;
    bool same;

    if (!table_status(place, &status, trouble)) return false;
    if (!status.loaded) return true;
    same = image_netns(status.image) == image_netns(image);
    free(status.image);
    if (!same)
        return trouble_is(trouble, EXIT_FAILURE,
                          "it is loaded already, for another network namespace than this; lowportctl unload takes it "
                          "out");
    if (status.detached != NULL) return true;
    return trouble_is(trouble, EXIT_FAILURE, "it is loaded already; lowportctl reload reads the files again");
}

bool table_load(struct place *place, const struct image *image, struct trouble *trouble) {
    struct table *table = NULL;
    bool missing, was, lost, done;
    int cgroup;

    libbpf_set_print(hear);
    cgroup = place_open_cgroup(place, trouble);
    if (cgroup < 0 || !place_open_pins(place, true, &missing, trouble) || !is_free(place, image, trouble)) return false;
    done = clear(place, &was, &lost, trouble) && (table = load_programs(image_netns(image), trouble)) != NULL &&
           put_image(bpf_map__fd(table->maps.slot), image, trouble) && pin_maps(place, table, trouble) &&
           widen(bpf_map__fd(table->maps.reserved), image, trouble) && attach(place, table, cgroup, trouble);
    table__destroy(table);
    close(cgroup);
    return done || undo(place, trouble);
}

/* ---- reload ---- */

/* Opens both pins of what is loaded. */
static bool open_table(const struct place *place, int *slot, int *reserved, struct trouble *trouble) {
    *slot = open_pin(place, "slot");
    *reserved = *slot < 0 ? -1 : open_pin(place, "reserved");
    if (*reserved >= 0) return true;
    if (errno == ENOENT) return trouble_is(trouble, EXIT_FAILURE, NOT_LOADED);
    return refused(trouble, PIN_DIRECTORY, errno);
}

/* Whether another table may stand where OLD does. Goes into the network namespace that it is for. */
static bool may_follow(const struct image *old, struct trouble *trouble) {
    bool found;

    if (old->words[IMAGE_AT_VERSION] != IMAGE_VERSION)
        return trouble_is(trouble, EX_SOFTWARE,
                          "another version of lowportctl has loaded it; unload it, and load it again");
    if (!place_enter(image_netns(old), &found, trouble)) return false;
    if (found) return true;
    return trouble_is(trouble, EX_UNAVAILABLE,
                      NETNS_GONE ", and nothing is left to reload; lowportctl unload takes it out");
}

bool table_swap(struct place *place, const struct image *image, struct trouble *trouble) {
    int slot, reserved;
    struct image *old;
    struct trouble later;
    port_set ports, old_ports;
    bool missing;

    libbpf_set_print(hear);
    if (!place_open_pins(place, false, &missing, trouble)) return false;
    if (missing) return trouble_is(trouble, EXIT_FAILURE, NOT_LOADED);
    if (!open_table(place, &slot, &reserved, trouble)) return false;
    old = get_image(slot);
    if (old == NULL) return refused(trouble, "the loaded table cannot be read", errno);
    if (!may_follow(old, trouble)) return false;
    image_ports(image, ports);
    image_ports(old, old_ports);
    free(old);
    /* Wider before, narrower after: at no instant is an owned port one that the kernel gives to anybody. */
    if (!widen(reserved, image, trouble) || !put_image(slot, image, trouble))
        return (void)narrow(reserved, old_ports, &later), false;
    if (narrow(reserved, ports, trouble)) return true;
    trouble->why = format_text("the new table is in force, but what the kernel hands out is not as it has it: %s; "
                               "reload it again",
                               trouble->why);
    return false;
}

/* ---- unload ---- */

bool table_unload(struct place *place, bool *was, bool *lost, struct trouble *trouble) {
    bool missing;

    *was = *lost = false;
    if (!place_open_pins(place, false, &missing, trouble)) return false;
    if (missing) return true;
    if (!clear(place, was, lost, trouble)) return false;
    if (rmdir(PIN_DIRECTORY) == 0 || errno == ENOENT) return true;
    return trouble_is(trouble, EX_OSERR, "no table is loaded any more, but %s cannot be removed: %m", PIN_DIRECTORY);
}

/* ---- status ---- */

static bool look_at_link(const struct place *place, unsigned hook, struct table_status *status,
                         struct trouble *trouble) {
    struct bpf_link_info info = {0};
    uint32_t length = sizeof info;
    int link = open_pin(place, hooks[hook]);
    bool known = link >= 0 ? bpf_obj_get_info_by_fd(link, &info, &length) == 0 : errno == ENOENT;

    if (!known) (void)refused(trouble, hooks[hook], errno);
    if (info.cgroup.cgroup_id == 0) status->detached = hooks[hook];
    status->cgroup = info.cgroup.cgroup_id;
    status->programs[hook] = info.prog_id;
    if (link >= 0) close(link);
    return known;
}

/* Where the table speaks, and whether the kernel hands out what it owns there. */
static bool look_around(struct table_status *status, struct trouble *trouble) {
    port_set ports;

    status->elsewhere = image_netns(status->image) != place_netns();
    if (status->elsewhere || status->image->words[IMAGE_AT_VERSION] != IMAGE_VERSION) return true;
    image_ports(status->image, ports);
    return reserved_lacks(ports, &status->exposed, trouble);
}

bool table_status(struct place *place, struct table_status *status, struct trouble *trouble) {
    struct place root = SOME_PLACE;
    struct trouble none;
    bool missing;
    struct stat st;
    int slot, fd;

    libbpf_set_print(hear);
    *status = (struct table_status){0};
    if (!place_open_pins(place, false, &missing, trouble)) return false;
    slot = missing ? -1 : open_pin(place, "slot");
    if (slot < 0 && !missing && errno != ENOENT) return refused(trouble, PIN_DIRECTORY, errno);
    if (slot < 0) return true;
    status->loaded = true;
    status->image = get_image(slot);
    close(slot);
    if (status->image == NULL) return refused(trouble, "the loaded table cannot be read", errno);
    for (unsigned i = 0; i < TABLE_HOOKS; i++)
        if (!look_at_link(place, i, status, trouble)) return false;
    fd = place_open_cgroup(&root, &none);
    status->whole = fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == status->cgroup;
    if (fd >= 0) close(fd);
    return look_around(status, trouble);
}
