/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/file.h>
#include <time.h>

#define SECOND 1000000000ULL

static int hear_event(void *hear, void *data, size_t size) {
    void (*const *told)(const struct event *) = hear;

    if (size >= sizeof(struct event)) (*told)(data);
    return 0;
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

bool watch_events(struct place *place, void (*tell)(const struct event *), struct trouble *trouble) {
    const uint32_t zero = 0;
    struct ring_buffer *ring;
    int events, watched, count = 0;
    bool missing;

    if (!place_open_pins(place, false, &missing, trouble)) return false;
    events = missing ? -1 : bpf_obj_get(place_pin(place, "events"));
    watched = missing ? -1 : bpf_obj_get(place_pin(place, "watched"));
    if (events < 0 || watched < 0) return trouble_is(trouble, EXIT_FAILURE, NOT_LOADED);
    if (!be_the_one(place->directory, trouble)) return false;
    flock(place->directory, LOCK_UN); /* it is read for as long as it takes, and others are not to wait */
    ring = ring_buffer__new(events, hear_event, (void *)&tell, NULL);
    if (ring == NULL) return trouble_is(trouble, EX_OSERR, "the events cannot be read: %m");
    while (count >= 0 && fflush(stdout) == 0) {
        uint64_t until = now() + 3 * SECOND;

        if (place_is_gone(place->directory)) return trouble_is(trouble, EXIT_FAILURE, "the table was unloaded");

        /* Told again each second: if this program is killed, the table soon tells nobody any more. */
        if (bpf_map_update_elem(watched, &zero, &until, BPF_ANY) != 0)
            return trouble_is(trouble, EX_OSERR, "the table cannot be told to speak: %m");
        count = ring_buffer__poll(ring, 1000);
        if (count == -EINTR) count = 0;
    }
    return trouble_is(trouble, EX_IOERR, "the events cannot be read, or not be written: %m");
}
