/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <bpf/bpf.h>
#include <fts.h>

static const struct {
    enum bpf_attach_type type;
    const char *name;
} hooks[TABLE_HOOKS] = {{BPF_CGROUP_INET4_BIND, "bind4"},
                        {BPF_CGROUP_INET6_BIND, "bind6"},
                        {BPF_CGROUP_INET4_POST_BIND, "post_bind4"},
                        {BPF_CGROUP_INET6_POST_BIND, "post_bind6"}};

static bool is_ours(uint32_t id, const uint32_t ours[TABLE_HOOKS]) {
    for (unsigned i = 0; i < TABLE_HOOKS; i++)
        if (ours[i] == id) return true;
    return false;
}

static void name_program(const char *path, const char *hook, uint32_t id, lines *found) {
    struct bpf_prog_info info = {0};
    uint32_t length = sizeof info;
    int fd = bpf_prog_get_fd_by_id(id);
    char *line;

    if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &length) != 0) info.name[0] = '\0';
    if (fd >= 0) close(fd);
    line =
        format_text("%s: program %u (%s) at %s", path, id, info.name[0] != '\0' ? info.name : "without a name", hook);
    APPEND(*found, line);
}

static void look_at(const char *path, const uint32_t ours[TABLE_HOOKS], lines *found) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (unsigned i = 0; fd >= 0 && i < TABLE_HOOKS; i++) {
        uint32_t ids[64], count = sizeof ids / sizeof *ids, flags;

        if (bpf_prog_query(fd, hooks[i].type, 0, &flags, ids, &count) != 0) continue;
        for (uint32_t j = 0; j < count; j++)
            if (!is_ours(ids[j], ours)) name_program(path, hooks[i].name, ids[j], found);
    }
    if (fd >= 0) close(fd);
}

void foreign_find(const char *path, const uint32_t ours[TABLE_HOOKS], lines *found) {
    char *start = copy_text(path), *const paths[] = {start, NULL};
    FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    const FTSENT *entry;

    while (tree != NULL && (entry = fts_read(tree)) != NULL)
        if (entry->fts_info == FTS_D) look_at(entry->fts_path, ours, found);
    if (tree != NULL) fts_close(tree);
}
