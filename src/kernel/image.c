/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

/* An image that is being made. */
struct making {
    struct image *image;
    uint32_t used;
    bool full; /* more was to be added than there is room for; what came after is lost */
};

/* From PORT on, SECTION names (STEP 1) or no longer names (-1) it once more. */
struct change {
    unsigned port, section;
    int step;
};
typedef LIST(struct change) changes;

static void add(struct making *making, uint32_t word) {
    making->full = making->full || making->used == IMAGE_WORDS;
    if (!making->full) making->image->words[making->used++] = word;
}

static int by_word(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

    return (a > b) - (a < b);
}

/* Adds the ids of the users, or groups, of SECTION, and returns how many. */
static uint32_t add_members(struct making *making, struct section *section, bool groups) {
    uint32_t before = making->used;

    EACH(member, section->members)
        if (member->group == groups && (member->id != NOBODY || name_to_id(groups, member->name, &member->id)))
            add(making, member->id);
    qsort(making->image->words + before, making->used - before, sizeof(uint32_t), by_word);
    return making->used - before;
}

/* COUNT words of which the first BITS bits are ones, in network byte order. */
static void add_mask(struct making *making, unsigned bits, unsigned count) {
    for (unsigned i = 0; i < count; i++, bits -= bits < 32 ? bits : 32)
        add(making, htonl(bits == 0 ? 0 : bits >= 32 ? UINT32_MAX : UINT32_MAX << (32 - bits)));
}

static uint32_t add_blocks(struct making *making, const struct section *section, int family) {
    unsigned words = family == AF_INET ? 1 : 4;
    uint32_t count = 0, address[4];

    EACH(block, section->addresses) {
        if (block->family != family || block->bits == 0) continue;
        memcpy(address, &block->bytes, sizeof address);
        for (unsigned i = 0; i < words; i++) add(making, address[i]);
        add_mask(making, block->bits, words);
        count++;
    }
    return count;
}

/* Adds SECTION, and returns where it is. */
static uint32_t add_section(struct making *making, struct section *section) {
    uint32_t at = making->used, head[SECTION_HEAD] = {section->anyone ? SECTION_ANYONE : 0};

    if (section->addresses.count == 0) head[SECTION_FLAGS] |= SECTION_ALL;
    EACH(block, section->addresses)
        if (block->bits == 0) head[SECTION_FLAGS] |= block->family == AF_INET ? SECTION_ALL_V4 : SECTION_ALL_V6;
    for (unsigned i = 0; i < SECTION_HEAD; i++) add(making, 0);
    head[SECTION_USERS] = add_members(making, section, false);
    head[SECTION_GROUPS] = add_members(making, section, true);
    head[SECTION_V4] = add_blocks(making, section, AF_INET);
    head[SECTION_V6] = add_blocks(making, section, AF_INET6);
    if (!making->full) memcpy(making->image->words + at, head, sizeof head);
    return at;
}

static int by_port(const void *one, const void *other) {
    const struct change *a = one, *b = other;

    if (a->port != b->port) return a->port < b->port ? -1 : 1;
    return (a->section > b->section) - (a->section < b->section);
}

static changes find_changes(const struct rules *rules, int protocol) {
    changes found = {0};

    EACH(section, rules->sections)
        EACH(ports, section->ports) {
            unsigned number = (unsigned)(section - rules->sections.items);

            if (ports->protocol != protocol) continue;
            APPEND(found, ((struct change){ports->first, number, 1}));
            APPEND(found, ((struct change){ports->last + 1, number, -1}));
        }
    if (found.count > 0) qsort(found.items, found.count, sizeof *found.items, by_port);
    return found;
}

/* The sections that name a port, in order, and how often each of them does. */
struct naming {
    unsigned *times, *sections;
    size_t count;
};

static void apply(struct naming *naming, const struct change *change) {
    size_t at = 0;

    naming->times[change->section] += (unsigned)change->step;
    if (naming->times[change->section] != (change->step > 0)) return; /* it named it before, or still does */
    while (at < naming->count && naming->sections[at] < change->section) at++;
    if (change->step > 0) {
        memmove(naming->sections + at + 1, naming->sections + at, (naming->count - at) * sizeof *naming->sections);
        naming->sections[at] = change->section;
        naming->count++;
    } else {
        naming->count--;
        memmove(naming->sections + at, naming->sections + at + 1, (naming->count - at) * sizeof *naming->sections);
    }
}

/* The place of a port that the section at AT alone names, or 0 where it takes a list. */
static uint32_t simple_place(const struct making *making, uint32_t at) {
    const uint32_t *head = making->image->words + at;

    if ((head[SECTION_FLAGS] & SECTION_ALL) != SECTION_ALL) return 0;
    if (head[SECTION_FLAGS] == SECTION_ALL && head[SECTION_USERS] == 1 && head[SECTION_GROUPS] == 0)
        return PLACE_IS_USER | (at + SECTION_HEAD);
    return PLACE_IS_SECTION | at;
}

bool image_runs(const struct rules *rules, int protocol, take_run *take, void *to) {
    size_t sections = rules->sections.count + 1, next = 0;
    struct naming naming = {calloc(sections, sizeof(unsigned)), calloc(sections, sizeof(unsigned)), 0};
    changes found = find_changes(rules, protocol);
    bool good = naming.times != NULL && naming.sections != NULL;

    while (good && next < found.count) {
        unsigned first = found.items[next].port;

        for (; next < found.count && found.items[next].port == first; next++) apply(&naming, &found.items[next]);
        /* What has begun ends at a change that is still to come. */
        if (naming.count > 0) take(to, first, found.items[next].port - 1, naming.sections, naming.count);
    }
    free(naming.times);
    free(naming.sections);
    free(found.items);
    return good;
}

/* The words of a protocol, one a port, that are being filled. */
struct filling {
    struct making *making;
    uint32_t *index;
    const uint32_t *places; /* of the sections */
};

/* Adds the list of the COUNT sections of a run, where it takes one. Returns the place of its ports. */
static uint32_t add_list(const struct filling *filling, const unsigned *sections, size_t count) {
    struct making *making = filling->making;
    uint32_t at = making->used, simple = count == 1 ? simple_place(making, filling->places[*sections]) : 0;

    if (simple != 0) return simple;
    add(making, (uint32_t)count);
    for (size_t i = 0; i < count; i++) add(making, filling->places[sections[i]]);
    return at;
}

static void fill_run(void *to, unsigned first, unsigned last, const unsigned *sections, size_t count) {
    const struct filling *filling = to;
    uint32_t list;

    if (filling->making->full) return;
    list = add_list(filling, sections, count);
    for (unsigned port = first; port <= last; port++) filling->index[port] = list;
    filling->making->image->words[IMAGE_AT_PORTS] += last - first + 1;
}

static void add_ports(struct making *making, const struct rules *rules, const uint32_t *places, int protocol) {
    uint32_t *index = making->image->words + (protocol == IPPROTO_UDP ? IMAGE_AT_UDP : IMAGE_AT_TCP);
    struct filling filling = {making, index, places};

    if (!image_runs(rules, protocol, fill_run, &filling)) making->full = true;
}

struct image *image_make(const struct rules *rules, uint64_t netns) {
    struct making making = {calloc(1, sizeof(struct image)), IMAGE_AT_REST, false};
    uint32_t *places = calloc(rules->sections.count + 1, sizeof *places), *words;

    if (making.image == NULL || places == NULL) return free(making.image), free(places), NULL;
    words = making.image->words;
    EACH(section, rules->sections) places[section - rules->sections.items] = add_section(&making, section);
    add_ports(&making, rules, places, IPPROTO_TCP);
    add_ports(&making, rules, places, IPPROTO_UDP);
    free(places);
    words[IMAGE_AT_VERSION] = IMAGE_VERSION;
    words[IMAGE_AT_NETNS_LOW] = (uint32_t)netns;
    words[IMAGE_AT_NETNS_HIGH] = (uint32_t)(netns >> 32);
    words[IMAGE_AT_SECTIONS] = (uint32_t)rules->sections.count;
    words[IMAGE_AT_USED] = making.used;
    if (!making.full) return making.image;
    free(making.image);
    return NULL;
}

uint64_t image_netns(const struct image *image) {
    return image->words[IMAGE_AT_NETNS_LOW] | (uint64_t)image->words[IMAGE_AT_NETNS_HIGH] << 32;
}

void image_ports(const struct image *image, port_set ports) {
    memset(ports, 0, sizeof(port_set));
    for (unsigned port = 0; port <= UINT16_MAX; port++)
        if ((image->words[IMAGE_AT_TCP + port] | image->words[IMAGE_AT_UDP + port]) != 0)
            ports[port / 64] |= 1UL << port % 64;
}
