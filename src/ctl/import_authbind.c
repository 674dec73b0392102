/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "import.h"

#include <dirent.h>
#include <grp.h>
#include <sys/xattr.h>

#include "blocks.h"

/* What authbind decides by, in its order: byport/PORT; byaddr/ADDRESS:PORT (IPv4), byaddr/ADDRESS,PORT, the same with
 * an IPv6 address in full; byuid/UID. The first file that exists decides, alone: execute permission is access. From 512
 * to 1023 a ! stands before each name; authbind has no part in higher ports. (authbind(1) has the first two forms of
 * byaddr the other way round; so it is in the program.) */
enum { FIRST_PORT = 1, TRUSTED_FIRST = 512, LAST_PORT = 1023, FORMS = 2 };

/* A file of byport or byaddr, which exists. */
struct entry {
    const char *path; /* below the directory */
    unsigned port, form;
    struct address address; /* family AF_UNSPEC: of byport */
    struct stat st;
};

struct tree {
    FILE *to;
    int directory;
    LIST(struct entry) entries;
};

/* A line of a file of byuid. */
struct line {
    const char *path, *text;
    uid_t uid;
    unsigned first, last;
    block_list blocks; /* of one family */
};

/* ---- who may ---- */

/* Whether anybody but root is in the group. */
static bool has_members(gid_t gid) {
    const struct group *group = getgrgid(gid);
    const struct passwd *user;
    bool found = false;

    if (group != NULL && group->gr_mem[0] != NULL) return true;
    setpwent();
    while (!found && (user = getpwent()) != NULL) found = user->pw_gid == gid && user->pw_uid != 0;
    endpwent();
    return found;
}

static bool is_member(uid_t uid, gid_t gid) {
    struct caller user;

    if (!find_user(format_text("%u", uid), &user)) return false;
    EACH(group, user.groups)
        if (*group == gid) return true;
    return user.gid == gid;
}

/* The lines of a section that grant to whom the mode does; "" for nobody. The kernel looks at the bits of the first
 * class that fits alone: an owner without x may not, also where the group may. Root never asks authbind. */
static char *people_of(const struct tree *tree, const struct entry *entry) {
    const struct stat *st = &entry->st;
    bool owner = (st->st_mode & S_IXUSR) != 0, group = (st->st_mode & S_IXGRP) != 0;
    char *text = copy_text("");

    if (S_ISLNK(st->st_mode) || getxattr(format_text("/proc/self/fd/%d/%s", tree->directory, entry->path),
                                         "system.posix_acl_access", NULL, 0) > 0) {
        comment(tree->to,
                "%s: whom a symbolic link or an access control list lets through is not looked at; write it "
                "yourself",
                entry->path);
        return text;
    }
    if (owner && st->st_uid != 0) text = format_text("owner   = %s\n", name_to_write(false, st->st_uid));
    if ((st->st_mode & S_IXOTH) != 0 && (owner || st->st_uid == 0) && (group || !has_members(st->st_gid)))
        return format_text("%sanyone  = yes\n", text);
    if ((st->st_mode & S_IXOTH) != 0)
        comment(tree->to, "%s: everybody but its owner or group may; that has no equivalent, and is left out",
                entry->path);
    if (group && !owner && st->st_uid != 0 && is_member(st->st_uid, st->st_gid))
        comment(tree->to, "%s: its group %s may, but not %s, who is in it; that has no equivalent, and is left out",
                entry->path, name_to_write(true, st->st_gid), name_to_write(false, st->st_uid));
    else if (group && (st->st_gid != 0 || has_members(0)))
        text = format_text("%sgroups  = %s\n", text, name_to_write(true, st->st_gid));
    return text;
}

/* ---- byport and byaddr ---- */

/* "80", or "!600": the port, or 0 where authbind would never look at such a name. */
static unsigned read_port(const char *text, bool high) {
    unsigned port = 0;

    if (!is_decimal(text, LAST_PORT, &port) || (port >= TRUSTED_FIRST) != high) return 0;
    return port;
}

/* The way that authbind writes an address in the name of a file, by FORM; NULL where there is none. */
static char *byaddr_name(const struct address *address, unsigned port, unsigned form) {
    const uint8_t *bytes = address->bytes.s6_addr;
    struct address whole = *address;
    char *text;

    whole.bits = address->family == AF_INET ? 32 : 128;
    text = block_text(&whole);
    if (address->family == AF_INET) return format_text(form == 0 ? "%s:%u" : "%s,%u", text, port);
    if (form == 0) return format_text("%s,%u", text, port);
    text = format_text("%x", bytes[0] << 8 | bytes[1]);
    for (size_t i = 2; i < 16; i += 2) text = format_text("%s:%x", text, bytes[i] << 8 | bytes[i + 1]);
    return format_text("%s,%u", text, port);
}

/* Reads the name of a file below byaddr. False where authbind would never look at it. */
static bool read_byaddr(const char *name, struct entry *entry) {
    bool high = *name == '!';
    char *text = copy_text(name + high), *comma = strpbrk(text, ","),
         *port = comma != NULL ? comma : strrchr(text, ':');

    if (port == NULL) return false;
    *port++ = '\0';
    entry->port = read_port(port, high);
    if (entry->port == 0 || !address_read(text, &entry->address)) return false;
    for (entry->form = 0; entry->form < FORMS; entry->form++)
        if (strcmp(name + high, byaddr_name(&entry->address, entry->port, entry->form)) == 0) return true;
    return false;
}

static int in_order(const void *one, const void *other) {
    const struct entry *a = one, *b = other;
    int order = memcmp(&a->address.bytes, &b->address.bytes, sizeof a->address.bytes);

    if (a->port != b->port) return a->port < b->port ? -1 : 1;
    if (a->address.family != b->address.family) return a->address.family - b->address.family;
    return order != 0 ? order : (int)a->form - (int)b->form;
}

/* The names in a directory below that of authbind, "." and ".." left out. */
static int list(const struct tree *tree, const char *name, struct dirent ***names) {
    struct stat st;
    int count;

    if (fstatat(tree->directory, name, &st, 0) != 0) {
        if (errno == ENOENT) return 0;
        give_up(TROUBLE, "%s: cannot be looked at: %m", name);
    }
    /* What a user cannot look at is refused to him, whatever is in there. */
    if (!S_ISDIR(st.st_mode) || (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != (S_IXUSR | S_IXGRP | S_IXOTH))
        give_up(TROUBLE,
                "%s: it is not a directory that all can search, and authbind refuses everything to those who "
                "cannot; chmod 755 it, or a copy, and import again",
                name);
    count = scandirat(tree->directory, name, names, NULL, alphasort);
    if (count < 0) give_up(TROUBLE, "%s: cannot be read: %m", name);
    return count;
}

static void take_entries(struct tree *tree, const char *directory) {
    struct dirent **names;
    int count = list(tree, directory, &names);
    struct stat st;

    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        struct entry entry = {.path = format_text("%s/%s", directory, name)};
        bool read;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        entry.port = read_port(name + (*name == '!'), *name == '!');
        read = strcmp(directory, "byport") == 0 ? entry.port > 0 : read_byaddr(name, &entry);
        if (!read)
            comment(tree->to,
                    "%s: authbind never looks at a file of this name, or it is an IPv4 address written as "
                    "IPv6, which lowportbind knows as IPv4 alone; left out",
                    entry.path);
        else if (fstatat(tree->directory, entry.path, &st, 0) != 0 && errno == ENOENT)
            comment(tree->to, "%s: a symbolic link to nothing, which decides nothing", entry.path);
        else if (fstatat(tree->directory, entry.path, &entry.st, AT_SYMLINK_NOFOLLOW) != 0)
            give_up(TROUBLE, "%s: cannot be looked at: %m", entry.path);
        else
            APPEND(tree->entries, entry);
    }
}

/* The file of byport or byaddr that decides before ENTRY, or NULL where that one decides. */
static const struct entry *before(const struct tree *tree, const struct entry *entry) {
    EACH(other, tree->entries) {
        if (other->port != entry->port || other == entry) continue;
        if (other->address.family == AF_UNSPEC) return other;
        if (in_order(other, entry) < 0 && other->address.family == entry->address.family &&
            memcmp(&other->address.bytes, &entry->address.bytes, sizeof entry->address.bytes) == 0)
            return other;
    }
    return NULL;
}

static void import_entry(const struct tree *tree, const struct entry *entry) {
    const struct entry *first = before(tree, entry);
    struct address block = entry->address;
    const char *people;

    (void)putc('\n', tree->to);
    if (first != NULL) {
        comment(tree->to, "%s: %s is there, and decides alone; left out", entry->path, first->path);
        return;
    }
    people = people_of(tree, entry);
    if (*people == '\0') {
        comment(tree->to, "%s: it lets nobody bind the port; without a section only root may", entry->path);
        return;
    }
    comment(tree->to, "%s", entry->path);
    if (block.family == AF_UNSPEC) {
        (void)fprintf(tree->to, "[%s]\n", new_section_name(format_text("byport-%u", entry->port)));
    } else {
        block.bits = block.family == AF_INET ? 32 : 128;
        (void)fprintf(tree->to, "[%s]\n", new_section_name(format_text("addr-%s-%u", block_text(&block), entry->port)));
        if (IS_WILDCARD(&block)) {
            block.bits = 0;
            comment(tree->to, "to authbind this is all addresses at once and none alone; here it is each of them too");
        }
        (void)fprintf(tree->to, "address = %s\n", block_text(&block));
    }
    (void)fprintf(tree->to, "ports   = tcp:%u udp:%u\n%shandoff = adopt\n", entry->port, entry->port, people);
}

/* ---- byuid ---- */

/* Reads "N" or "N-M". */
static bool read_range(char *text, const char *between, unsigned *first, unsigned *last) {
    char *rest = text, *word = strsep(&rest, between);

    return is_decimal(word, UINT16_MAX, first) && is_decimal(rest != NULL ? rest : word, UINT16_MAX, last) &&
           *first <= *last;
}

/* Reads "ADDRESS", "ADDRESS/BITS" or "ADDRESS-ADDRESS". */
static bool read_blocks(char *text, block_list *blocks) {
    char *rest = text, *word = strsep(&rest, "-");
    struct address first, last;

    if (rest == NULL) {
        if (!block_read(word, &first) || !block_is_tidy(&first)) return false;
        APPEND(*blocks, first);
        return true;
    }
    if (!address_read(word, &first) || !address_read(rest, &last) || first.family != last.family ||
        memcmp(&first.bytes, &last.bytes, sizeof first.bytes) > 0)
        return false;
    blocks_add_range(blocks, &first, &last);
    return true;
}

/* Reads the text of LINE in each of the three forms that authbind(1) has. */
static bool read_line(struct line *line) {
    char *text = copy_text(line->text), *comma = strchr(text, ','), *slash = strchr(text, '/'), *colon;

    if (comma == NULL) return false;
    colon = slash != NULL ? strchr(slash, ':') : NULL;
    if (colon != NULL && colon < comma) {
        *colon = '\0';
        return strchr(text, ':') == NULL && read_range(colon + 1, ",", &line->first, &line->last) &&
               read_blocks(text, &line->blocks);
    }
    *comma = '\0';
    return read_range(comma + 1, "-", &line->first, &line->last) && read_blocks(text, &line->blocks);
}

/* Prints a section for LINE with PORTS, "tcp:80 udp:80"s in lines of their own, at BLOCKS. */
static void put_line_section(const struct tree *tree, const struct line *line, const char *ports,
                             const block_list *blocks) {
    bool wildcard = false, all = false;

    if (*ports == '\0' || blocks->count == 0) return;
    EACH(block, line->blocks) wildcard |= IS_WILDCARD(block);
    EACH(block, *blocks) all |= block->bits == 0;
    comment(tree->to, "%s: %s", line->path, line->text);
    if (wildcard && !all)
        comment(tree->to,
                "to authbind %s, all addresses at once, is one of these; here it takes /0, and is not granted",
                line->blocks.items[0].family == AF_INET ? "0.0.0.0" : "::");
    (void)fprintf(tree->to, "[%s]\n%s", new_section_name(format_text("byuid-%u", line->uid)), ports);
    EACH(block, *blocks) (void)fprintf(tree->to, "address = %s\n", block_text(block));
    (void)fprintf(tree->to, "users   = %s\nhandoff = adopt\n\n", name_to_write(false, line->uid));
}

/* What to do with a port of LINE: a file of byport decides it; one of byaddr takes part of it away; neither. */
enum fate { TAKEN, PART, WHOLE };

static enum fate fate_of(const struct tree *tree, const struct line *line, unsigned port, block_list *blocks) {
    enum fate fate = WHOLE;

    *blocks = line->blocks;
    EACH(entry, tree->entries) {
        if (entry->port != port) continue;
        if (entry->address.family == AF_UNSPEC) return TAKEN;
        if (entry->address.family != line->blocks.items[0].family) continue;
        *blocks = blocks_without(blocks, &entry->address);
        fate = PART;
    }
    return fate;
}

static char *add_ports(const char *text, unsigned first, unsigned last) {
    char *range = first == last ? format_text("%u", first) : format_text("%u-%u", first, last);

    return format_text("%sports   = tcp:%s udp:%s\n", text, range, range);
}

static void import_line(const struct tree *tree, const struct line *line) {
    unsigned begun = 0; /* of the run of ports that are whole, or 0 */
    char *whole = copy_text("");
    block_list blocks;

    for (unsigned port = line->first; port <= line->last; port++) {
        enum fate fate = fate_of(tree, line, port, &blocks);

        if (fate == PART) put_line_section(tree, line, add_ports("", port, port), &blocks);
        if (fate == WHOLE && begun == 0) begun = port;
        if (fate != WHOLE && begun != 0) whole = add_ports(whole, begun, port - 1), begun = 0;
    }
    if (begun != 0) whole = add_ports(whole, begun, line->last);
    put_line_section(tree, line, whole, &line->blocks);
}

/* Cuts the ports of LINE to those that its file is read for. */
static bool cut(struct line *line, bool high) {
    unsigned first = high ? TRUSTED_FIRST : FIRST_PORT, last = high ? LAST_PORT : TRUSTED_FIRST - 1;

    if (line->first < first) line->first = first;
    if (line->last > last) line->last = last;
    return line->first <= line->last;
}

static void import_uid(const struct tree *tree, const char *name) {
    bool high = *name == '!';
    struct line line = {.path = format_text("byuid/%s", name)};
    char *text = NULL;
    size_t room = 0;
    FILE *from;
    int fd;

    if (!is_decimal(name + high, NOBODY - 1, &line.uid)) {
        comment(tree->to, "%s: authbind never looks at a file of this name; left out", line.path);
        return;
    }
    fd = openat(tree->directory, line.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    from = fd < 0 ? NULL : fdopen(fd, "r");
    if (from == NULL) give_up(TROUBLE, "%s: cannot be read: %m", line.path);
    while (getline(&text, &room, from) > 0) {
        for (size_t end = strlen(text); end > 0 && strchr(" \t\r\n", text[end - 1]) != NULL; end--)
            text[end - 1] = '\0';
        line.text = text;
        line.blocks = (block_list){0};
        if (*text == '\0' || *text == '#') continue;
        if (!read_line(&line))
            comment(tree->to, "%s: %s: not a line as authbind(1) describes it, nor one that authbind heeds; left out",
                    line.path, text);
        else if (!cut(&line, high))
            comment(tree->to, "%s: %s: authbind reads this file for ports from %u to %u alone; left out", line.path,
                    text, high ? TRUSTED_FIRST : FIRST_PORT, high ? LAST_PORT : TRUSTED_FIRST - 1);
        else
            import_line(tree, &line);
    }
    if (ferror(from)) give_up(TROUBLE, "%s: cannot be read: %m", line.path);
    (void)fclose(from); /* all that it had is read */
}

void import_authbind(FILE *to, const char *directory) {
    struct tree tree = {.to = to, .directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    struct dirent **names;
    int count;

    if (tree.directory < 0) give_up(TROUBLE, "%s: cannot be read: %m", directory);
    comment(to,
            "What %s grants, by lowportctl import. Look through it; then, as root: install -m 644 FILE "
            "/etc/lowportbind.d/authbind.conf && lowportctl check",
            directory);
    comment(to, "authbind does not tell TCP from UDP, so each port is both.");
    take_entries(&tree, "byport");
    take_entries(&tree, "byaddr");
    if (tree.entries.count > 0) qsort(tree.entries.items, tree.entries.count, sizeof *tree.entries.items, in_order);
    EACH(entry, tree.entries) import_entry(&tree, entry);
    (void)putc('\n', to);
    count = list(&tree, "byuid", &names);
    for (int i = 0; i < count; i++)
        if (names[i]->d_name[0] != '.') import_uid(&tree, names[i]->d_name);
}
