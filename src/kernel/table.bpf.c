/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The kernel table: asked before and after each bind(2) of the hosts' sockets. What it decides by is one value of one
 * map, which nobody can write to any more; image.h says how it looks, and src/ownership/verdict.c
 * what has to come of it. */

#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "image.h"

/* Not "GPL-2.0-or-later": the kernel knows a fixed set of names. */
char LICENSE[] SEC("license") = "GPL";

/* ---- what of the kernel's structures is looked at; where it lies is found by name when the programs are loaded ----
 */

#define KERNEL __attribute__((preserve_access_index))
struct kernel_id {
    __u32 val; /* as of the initial user namespace, whatever namespace the process is in */
};
struct group_info {
    int ngroups;
    struct kernel_id gid[];
} KERNEL;
struct cred {
    struct kernel_id uid, gid, euid, egid, fsuid, fsgid;
    struct group_info *group_info;
} KERNEL;
struct task_struct {
    const struct cred *cred;
} KERNEL;
struct sock_common {
    unsigned char skc_ipv6only : 1;
} KERNEL;
struct sock {
    struct sock_common __sk_common;
} KERNEL;

/* ---- maps ---- */

/* The one slot: what stands in it is the table. A new table is a new map in it, from one lookup to the next. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 1);
    __type(key, __u32);
    __array(
        values, struct {
            __uint(type, BPF_MAP_TYPE_ARRAY);
            __uint(max_entries, 1);
            __uint(map_flags, BPF_F_RDONLY_PROG);
            __type(key, __u32);
            __type(value, __u32[IMAGE_WORDS]);
        });
} slot SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024);
} events SEC(".maps");

/* The ports that the kernel is kept from handing out, and that the administrator has not named himself: a bit each.
 * Kept here for lowportctl alone, since it must live as long as the programs do. Each version of lowportctl has it so:
 * unload takes out what another has loaded. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64[1024]);
} reserved SEC(".maps");

/* A monitor that was killed is forgotten by itself. */
volatile struct watching watching;

/* Whether a refusal can say EACCES: bpf_set_retval(), since Linux 6.1. Without it the kernel says EPERM. */
const volatile bool says_eacces = false;

/* Whether the kernel has bpf_rdonly_cast(), since Linux 6.2: what it returns may be read without a call. */
const volatile bool has_casts = false;
extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* The cookie of the network namespace that the table speaks for, as every table in the slot says too. Known when the
 * programs are loaded, it costs no look into the table. */
const volatile __u64 netns = 0;

/* ---- the verdict ---- */

#define NO_GROUP ((__u32)-1) /* no group has this id */
enum { HALF_V4 = 1, HALF_V6 = 2 };
enum ruling { UNLISTED, REFUSED, GRANTED, ROOT };

/* One bind, and how far it is decided. */
struct question {
    const struct image *image;
    bool wildcard;    /* any address of the families of NEED */
    bool has_uid;     /* real, effective and filesystem ids agree; only then they count */
    bool found;       /* by the loop that runs */
    __u32 need, have; /* HALF_: what must be granted; what is */
    __u32 address[4]; /* network byte order; IPv4 in the first */
    const struct cred *cred;
    __u32 uid, euid;
    __u32 list, at, count; /* list: of sections; the others are of the loop that runs: a place, and how many */
    const struct group_info *groups;
    __u32 own, owned; /* of the caller's groups: the first that is left, and how many are */
};

static __always_inline __u32 word(const struct image *image, __u32 at) {
    /* What the compiler knows of AT it would leave the mask out for; the verifier may not know it. */
    barrier_var(at);
    return image->words[at & (IMAGE_WORDS - 1)];
}

/* The place of the last of the COUNT sorted words at AT that is not above VALUE; AT where all are. */
static __always_inline __u32 last_word(const struct image *image, __u32 at, __u32 count, __u32 value) {
    for (int step = 0; step < 21 && count > 1; step++) {
        __u32 half = count >> 1;

        if (word(image, at + half) <= value) at += half;
        count -= half;
    }
    return at;
}

/* Whether VALUE is one of the COUNT sorted words at AT. */
static __always_inline bool is_among(const struct image *image, __u32 at, __u32 count, __u32 value) {
    return count != 0 && word(image, last_word(image, at, count, value)) == value;
}

static __always_inline __u32 group_at(const struct group_info *groups, __u32 i) {
    __u32 gid = NO_GROUP;

    i &= 0xffff;
    if (!has_casts) {
        bpf_probe_read_kernel(&gid, sizeof gid, &groups->gid[i].val);
        return gid;
    }
    groups = bpf_rdonly_cast((const char *)groups + i * sizeof gid, bpf_core_type_id_kernel(struct group_info));
    return groups->gid[0].val;
}

/* The place of the last of the section's groups that is not above GID. The first that is left must not be. */
static __noinline __u32 last_granted(const struct question *q, __u32 gid) {
    return last_word(q->image, q->at, q->count, gid);
}

/* The same of the caller's groups, which the kernel keeps sorted. */
static __noinline __u32 last_own(const struct question *q, __u32 gid) {
    const struct group_info *groups = q->groups;
    __u32 at = q->own, count = q->owned;

    for (int step = 0; step < 18 && count > 1; step++) {
        if (group_at(groups, at + (count >> 1)) <= gid) at += count >> 1;
        count -= count >> 1;
    }
    return at;
}

/* Whether one list has the first group that is left of the other. If not, all below that group is passed by: so two
 * lists soon come to an end, unless they are like the teeth of two combs. */
static long try_groups(__u32 turn, struct question *q) {
    __u32 granted = word(q->image, q->at), own = group_at(q->groups, q->own), last;

    (void)turn;
    if (granted <= own) {
        last = last_granted(q, own);
        q->found = word(q->image, last) == own;
        q->count -= last + 1 - q->at;
        q->at = last + 1;
    } else {
        last = last_own(q, granted);
        q->found = group_at(q->groups, last) == granted;
        q->owned -= last + 1 - q->own;
        q->own = last + 1;
    }
    return q->found || q->count == 0 || q->owned == 0;
}

/* Whether one of the caller's groups is among the COUNT sorted words at AT. */
static __noinline bool is_in_group(struct question *q, __u32 at, __u32 count) {
    const struct cred *cred = q->cred;
    __u32 gid = cred->gid.val;

    if (gid == cred->egid.val && gid == cred->fsgid.val && is_among(q->image, at, count, gid)) return true;
    q->groups = cred->group_info;
    q->own = 0;
    q->owned = q->groups->ngroups;
    q->at = at;
    q->count = count;
    q->found = false;
    if (q->owned == 0) return false;
    /* The first turn without the price of a loop: often it is the only one. */
    if (try_groups(0, q) == 0) bpf_loop(q->owned + q->count, try_groups, q, 0);
    return q->found;
}

static __always_inline bool is_member(struct question *q, __u32 section) {
    __u32 users = word(q->image, section + SECTION_USERS), groups = word(q->image, section + SECTION_GROUPS);

    if (word(q->image, section + SECTION_FLAGS) & SECTION_ANYONE) return true;
    if (!q->has_uid) return false;
    if (is_among(q->image, section + SECTION_HEAD, users, q->uid)) return true;
    return groups > 0 && is_in_group(q, section + SECTION_HEAD + users, groups);
}

static long try_v4_block(__u32 i, struct question *q) {
    __u32 at = q->at + i * V4_WORDS;

    q->found = ((word(q->image, at) ^ q->address[0]) & word(q->image, at + 1)) == 0;
    return q->found;
}

static long try_v6_block(__u32 i, struct question *q) {
    __u32 at = q->at + i * V6_WORDS, differs = 0;

    for (int j = 0; j < 4; j++) differs |= (word(q->image, at + j) ^ q->address[j]) & word(q->image, at + 4 + j);
    q->found = differs == 0;
    return q->found;
}

/* Which of the halves that are needed the section's addresses cover. */
static __always_inline __u32 covers(struct question *q, __u32 section) {
    __u32 flags = word(q->image, section + SECTION_FLAGS), all = 0;
    __u32 v4 = word(q->image, section + SECTION_V4), v6 = word(q->image, section + SECTION_V6);

    if (flags & SECTION_ALL_V4) all |= HALF_V4;
    if (flags & SECTION_ALL_V6) all |= HALF_V6;
    if (q->wildcard || (all & q->need) != 0) return all & q->need;
    q->at = section + SECTION_HEAD + word(q->image, section + SECTION_USERS) + word(q->image, section + SECTION_GROUPS);
    q->found = false;
    if (q->need == HALF_V4) {
        bpf_loop(v4, try_v4_block, q, 0);
    } else {
        q->at += v4 * V4_WORDS;
        bpf_loop(v6, try_v6_block, q, 0);
    }
    return q->found ? q->need : 0;
}

static long try_section(__u32 i, struct question *q) {
    __u32 section = word(q->image, q->list + 1 + i), covered = covers(q, section);

    if ((covered & ~q->have) != 0 && is_member(q, section)) q->have |= covered;
    return q->have == q->need;
}

/* Whether the sections of LIST grant all that Q needs. */
static __noinline bool is_listed(struct question *q, __u32 list) {
    q->list = list;
    q->have = 0;
    bpf_loop(word(q->image, list), try_section, q, 0);
    return q->have == q->need;
}

/* Whether the section there, which grants at any address, grants to the caller. */
static __noinline bool is_granted(struct question *q, __u32 section) { return is_member(q, section); }

static __noinline void tell(const struct question *q, __u16 port, __u32 protocol, bool after, enum ruling ruling) {
    struct event *event;

    if (bpf_ktime_get_ns() > watching.until) return;
    event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
    if (event == NULL) {
        __sync_fetch_and_add(&watching.lost, 1);
        return;
    }
    event->pid = bpf_get_current_pid_tgid() >> 32;
    event->uid = q->uid;
    event->euid = q->euid;
    event->port = port;
    event->protocol = protocol;
    event->verdict = ruling == ROOT ? EVENT_ROOT : ruling == GRANTED ? EVENT_GRANTED : EVENT_REFUSED;
    event->v6 = (q->need & HALF_V6) != 0;
    event->dual = q->need == (HALF_V4 | HALF_V6);
    event->after = after;
    event->unused = 0;
    for (int i = 0; i < 4; i++) event->address[i] = q->address[i];
    bpf_get_current_comm(event->command, sizeof event->command);
    bpf_ringbuf_submit(event, 0);
}

/* Who asks. Not task_struct.real_cred: io_uring binds with the ids that its ring, or a personality, was given, and
 * these are the kernel's own current_cred(), by which it looks at capabilities too. */
static __always_inline void read_ids(struct question *q) {
    const struct cred *cred = bpf_get_current_task_btf()->cred;

    q->cred = cred;
    q->uid = cred->uid.val;
    q->euid = cred->euid.val;
    q->has_uid = q->uid == q->euid && q->uid == cred->fsuid.val;
}

/* Decides on a bind of PORT in the network namespace WHERE, with what Q says of its address. */
static __always_inline enum ruling decide(struct question *q, __u64 where, __u32 protocol, __u16 port, bool after) {
    __u32 zero = 0, table = protocol == IPPROTO_UDP ? IMAGE_AT_UDP : IMAGE_AT_TCP, place;
    enum ruling ruling = REFUSED;
    void *found;

    if (where != netns) return UNLISTED;
    found = bpf_map_lookup_elem(&slot, &zero);
    if (found == NULL) return UNLISTED; /* it is empty in no state that lowportctl leaves */
    q->image = bpf_map_lookup_elem(found, &zero);
    if (q->image == NULL) return UNLISTED;
    place = word(q->image, table + port);
    if (place == 0) return UNLISTED;
    read_ids(q);
    if (q->has_uid && q->uid == 0)
        ruling = ROOT;
    else if (place & PLACE_IS_USER      ? q->has_uid && q->uid == word(q->image, place)
             : place & PLACE_IS_SECTION ? is_granted(q, place)
                                        : is_listed(q, place))
        ruling = GRANTED;
    if (watching.until != 0) tell(q, port, protocol, after, ruling);
    return ruling;
}

/* UDP-Lite and DCCP have ports of their own. MPTCP binds a socket of TCP. */
static __always_inline bool is_ours(__u32 protocol) { return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP; }

static __always_inline void set_v4(struct question *q, __u32 address) {
    q->need = HALF_V4;
    q->address[0] = address;
    q->address[1] = q->address[2] = q->address[3] = 0;
    q->wildcard = address == 0;
}

/* Whether IPV6_V6ONLY is set now. SK is the kernel's own structure, of which the verifier lets a program see a few
 * fields. Read from memory it is a number, and may be followed. What cannot be read is no, which needs more. */
static __always_inline bool is_v6_only(const void *sk) {
    const struct sock *sock = NULL;

    if (has_casts) {
        sock = bpf_rdonly_cast(sk, bpf_core_type_id_kernel(struct sock));
        return BPF_CORE_READ_BITFIELD(sock, __sk_common.skc_ipv6only);
    }
    bpf_probe_read_kernel(&sock, sizeof sock, &sk);
    return BPF_CORE_READ_BITFIELD_PROBED(sock, __sk_common.skc_ipv6only);
}

static __always_inline void set_v6(struct question *q, const void *sk) {
    bool high = (q->address[0] | q->address[1]) != 0;

    q->need = HALF_V6;
    q->wildcard = false;
    if (!high && q->address[2] == bpf_htonl(0xffff)) {
        set_v4(q, q->address[3]);
    } else if (!high && (q->address[2] | q->address[3]) == 0) {
        q->wildcard = true;
        if (!is_v6_only(sk)) q->need |= HALF_V4;
    }
}

static __always_inline int refuse(void) {
    if (says_eacces) bpf_set_retval(-EACCES);
    return 0;
}

/* 3 lifts CAP_NET_BIND_SERVICE from this call. Root is not lifted: its own capability is to decide. */
static __always_inline int answer(enum ruling ruling) {
    return ruling == REFUSED ? refuse() : ruling == GRANTED ? 3 : 1;
}

/* The family that the caller wrote into the address is not looked at: AF_UNSPEC is AF_INET to the kernel. */
SEC("cgroup/bind4")
int lowport_bind4(struct bpf_sock_addr *ctx) {
    struct question q;
    __u16 port = bpf_ntohs(ctx->user_port);

    if (port == 0 || !is_ours(ctx->protocol)) return 1;
    set_v4(&q, ctx->user_ip4);
    return answer(decide(&q, bpf_get_netns_cookie(ctx), ctx->protocol, port, false));
}

SEC("cgroup/bind6")
int lowport_bind6(struct bpf_sock_addr *ctx) {
    struct question q;
    __u16 port = bpf_ntohs(ctx->user_port);

    if (port == 0 || !is_ours(ctx->protocol)) return 1;
    q.address[0] = ctx->user_ip6[0];
    q.address[1] = ctx->user_ip6[1];
    q.address[2] = ctx->user_ip6[2];
    q.address[3] = ctx->user_ip6[3];
    set_v6(&q, ctx->sk);
    return answer(decide(&q, bpf_get_netns_cookie(ctx), ctx->protocol, port, false));
}

/* What is really bound now, with the socket locked: a thread may have changed IPV6_V6ONLY since, and the kernel may
 * have chosen the port. A refusal here undoes the bind. */
SEC("cgroup/post_bind4")
int lowport_post_bind4(struct bpf_sock *ctx) {
    struct question q;

    if (!is_ours(ctx->protocol)) return 1;
    set_v4(&q, ctx->src_ip4);
    return decide(&q, bpf_get_netns_cookie(ctx), ctx->protocol, ctx->src_port, true) == REFUSED ? refuse() : 1;
}

SEC("cgroup/post_bind6")
int lowport_post_bind6(struct bpf_sock *ctx) {
    struct question q;

    if (!is_ours(ctx->protocol)) return 1;
    q.address[0] = ctx->src_ip6[0];
    q.address[1] = ctx->src_ip6[1];
    q.address[2] = ctx->src_ip6[2];
    q.address[3] = ctx->src_ip6[3];
    set_v6(&q, ctx);
    return decide(&q, bpf_get_netns_cookie(ctx), ctx->protocol, ctx->src_port, true) == REFUSED ? refuse() : 1;
}
