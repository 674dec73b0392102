/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>

#define SECOND 1000000000ULL

/* Who is told, and of how many so far. */
struct hearing {
    void (*tell)(const struct event *);
    unsigned count;
};

/* A batch has an end, however fast more of them come: the table is told to go on, and others what was lost. */
static int hear_event(void *context, void *data, size_t size) {
    enum { BATCH = 1024 };
    struct hearing *hearing = context;

    if (size >= sizeof(struct event)) hearing->tell(data);
    return ++hearing->count % BATCH == 0 ? -EINTR : 0;
}

/* From the boot on, as bpf_ktime_get_ns() has it. */
static uint64_t now(void) {
    struct timespec time;

    return clock_gettime(CLOCK_MONOTONIC, &time) == 0 ? (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec : 0;
}

/* Each event is told to one reader, so there is to be one. A lock that says whose it is, and ends with its process; the
 * directory is locked against others meanwhile. It cannot be a lock for writing: a directory is open for reading. */
static bool be_the_one(int directory, struct trouble *trouble) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fcntl(directory, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK) {
        lock.l_type = F_RDLCK;
        if (fcntl(directory, F_SETLK, &lock) == 0) return true;
    } else if (lock.l_type == F_RDLCK) {
        return trouble_is(trouble, EXIT_FAILURE, "process %d watches already, and each event is told to one alone",
                          lock.l_pid);
    }
    return trouble_is(trouble, EX_OSERR, "%s: cannot be locked: %m", PIN_DIRECTORY);
}

/* The inode of what is pinned as NAME, which no other pin will have, or 0. */
static ino_t pinned(const struct place *place, const char *name) {
    struct stat st;

    return stat(place_pin(place, name), &st) == 0 ? st.st_ino : 0;
}

/* Opens what is to be read and shared of the loaded table. */
static bool open_watch(struct place *place, int *events, volatile struct watching **shared, struct trouble *trouble) {
    void *memory = MAP_FAILED;
    bool missing;
    int watched;

    if (!place_open_pins(place, false, &missing, trouble)) return false;
    *events = missing ? -1 : bpf_obj_get(place_pin(place, "events"));
    watched = missing ? -1 : bpf_obj_get(place_pin(place, "watched"));
    if (*events < 0 || watched < 0) return trouble_is(trouble, EXIT_FAILURE, NOT_LOADED);
    if (!be_the_one(place->directory, trouble)) return false;
    memory = mmap(NULL, sizeof **shared, PROT_READ | PROT_WRITE, MAP_SHARED, watched, 0);
    *shared = memory;
    return memory != MAP_FAILED || trouble_is(trouble, EX_OSERR, "the table cannot be told to speak: %m");
}

bool watch_events(struct place *place, void (*tell)(const struct event *), void (*lost)(uint64_t count),
                  struct trouble *trouble) {
    struct hearing hearing = {tell, 0};
    volatile struct watching *shared;
    struct ring_buffer *ring;
    uint64_t before, after;
    int events, count = 0;
    ino_t pin;

    if (!open_watch(place, &events, &shared, trouble)) return false;
    pin = pinned(place, "events");
    flock(place->directory, LOCK_UN); /* it is read for as long as it takes, and others are not to wait */
    ring = ring_buffer__new(events, hear_event, &hearing, NULL);
    if (ring == NULL) return trouble_is(trouble, EX_OSERR, "the events cannot be read: %m");
    for (before = shared->lost; count >= 0 && fflush(stdout) == 0; before = after) {
        if (pinned(place, "events") != pin) return trouble_is(trouble, EXIT_FAILURE, "the table was unloaded");
        /* Told again each second: if this program is killed, the table soon tells nobody any more. */
        shared->until = now() + 3 * SECOND;
        count = ring_buffer__poll(ring, 1000);
        if (count == -EINTR) count = 0;
        after = shared->lost;
        if (after != before) lost(after - before);
    }
    return trouble_is(trouble, EX_IOERR, "the events cannot be read, or not be written: %m");
}
