/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

/* What stands between the launcher and the daemon is called by its whole path. */
#define STAGE(name) BINDIR "/lowport-" name

static void add(words *argv, const char *word) {
    char *copy = word != NULL ? copy_text(word) : NULL;

    APPEND(*argv, copy);
}

static void add_option(words *argv, const char *option, const struct setting *setting) {
    if (setting == NULL) return;
    add(argv, option);
    add(argv, setting->word);
}

/* Adds OPTION with each word of KEY. */
static void add_each(words *argv, const char *option, const struct entry *entry, const char *key) {
    EACH(setting, entry->settings)
        if (strcmp(setting->key, key) == 0) add_option(argv, option, setting);
}

static void add_variables(words *argv, const struct entry *entry) {
    EACH(setting, entry->settings) {
        if (strcmp(setting->key, "env") != 0) continue;
        if (*setting->word == '=' || strchr(setting->word, '=') == NULL || strncmp(setting->word, "LISTEN_", 7) == 0)
            refuse_setting(EX_CONFIG, setting, "it is not NAME=VALUE, or LISTEN_*, which tells of the sockets");
        add_option(argv, "--env", setting);
    }
}

/* Adds the request for PORTS at one address of the section. */
static void add_at(words *argv, const struct section *section, const struct ports *ports, const struct address *at) {
    const char *protocol = ports->protocol == IPPROTO_TCP ? "tcp" : "udp";
    char text[INET6_ADDRSTRLEN] = "";
    bool four = at->family == AF_INET;

    must(inet_ntop(at->family, &at->bytes, text, sizeof text) != NULL, "inet_ntop: %m");
    if (at->bits == 0)
        add(argv, format_text("%s%c:%u", protocol, four ? '4' : '6', ports->first));
    else if (at->bits == (four ? 32 : 128))
        add(argv, format_text(four ? "%s:%s:%u" : "%s:[%s]:%u", protocol, text, ports->first));
    else
        refuse_at(EX_CONFIG, section, section->line,
                  "%s/%u is many addresses, and only handoff = adopt looks for those that are here; name single ones",
                  text, at->bits);
}

/* A service without ports is handed what it opens, and there is nothing that the launcher could tell its owner by. */
static void add_user(words *argv, const struct section *section, bool has_handles) {
    if (!has_handles || section->handoff != LISTEN_FDS)
        refuse_at(EX_CONFIG, section, section->line, "it has no ports, and %s; name a port, or a handle to hand over",
                  has_handles ? "a handoff that needs one" : "nothing is opened for it");
    if (geteuid() != 0 || section->owner == NULL) return;
    add(argv, "-u");
    add(argv, section->owner);
}

/* What asks for the first of PORTS, at any address. */
static char *request_of(const struct ports *ports) {
    return format_text("%s:%u", ports->protocol == IPPROTO_TCP ? "tcp" : "udp", ports->first);
}

/* Adds each single port; a range is a choice, as it is for @SECTION. Under adopt the launcher looks for the addresses
 * of the host that the section grants. */
static void add_requests(words *argv, const struct section *section) {
    size_t before = argv->count;

    EACH(ports, section->ports) {
        if (ports->first != ports->last) continue;
        if (ports->protocol == IPPROTO_UDP && section->handoff > ADOPT)
            refuse_at(EX_CONFIG, section, ports->line,
                      "handoff = %s hands over TCP alone; give %s to a section of its own",
                      handoff_names[section->handoff], request_of(ports));
        if (section->addresses.count == 0 || section->handoff == ADOPT)
            add(argv, request_of(ports));
        else
            EACH(at, section->addresses) add_at(argv, section, ports, at);
    }
    if (argv->count == before)
        refuse_at(EX_CONFIG, section, section->line,
                  "it has no single port, and of a range nobody knows which; name one");
    if (section->handoff == STDIN && argv->count > before + 1)
        refuse_at(EX_CONFIG, section, section->line,
                  "handoff = stdin hands over one socket, and this asks for %zu; make a section for each",
                  argv->count - before);
}

/* The program behind it is known by its path; what it needs besides is for confine-read to say. */
static void add_confinement(words *argv, const struct entry *entry) {
    const struct setting *require = entry_setting(entry, "confine-require");
    const struct section *section = entry->section;

    add_each(argv, "--read", entry, "confine-read");
    add_each(argv, "--write", entry, "confine-write");
    add_each(argv, "--connect", entry, "confine-connect");
    add_each(argv, "--bind", entry, "confine-bind");
    add_each(argv, "--syscalls", entry, "confine-syscalls");
    if (require != NULL && strcmp(require->word, "yes") == 0) add(argv, "--require");
    if (section->handoff > STDIN) {
        add(argv, "--read");
        add(argv, *entry->exec.items);
    }
    if (section->handoff == ADOPT) {
        bool udp = false;

        EACH(ports, section->ports) udp |= ports->protocol == IPPROTO_UDP;
        add(argv, "--read");
        add(argv, ADOPT_LIBRARY);
        add(argv, "--syscalls");
        add(argv, udp ? "tcp,listen,udp" : "tcp,listen");
    }
    add(argv, "--");
}

/* Adds what goes directly before the daemon, unless the launcher does so itself. */
static void add_handoff(words *argv, const struct entry *entry, bool launcher_adopts) {
    const struct setting *most = entry_setting(entry, "max-connections"),
                         *each = entry_setting(entry, "max-per-source");
    enum handoff handoff = entry->section->handoff;

    if (most == NULL) most = each;
    if (most != NULL && handoff != ACCEPT) refuse_setting(EX_CONFIG, most, "it needs handoff = accept");
    if (handoff <= STDIN || (handoff == ADOPT && launcher_adopts)) return;
    add(argv, format_text(STAGE("%s"), handoff_names[handoff]));
    add_option(argv, "--max-connections", entry_setting(entry, "max-connections"));
    add_option(argv, "--max-per-source", each);
    add(argv, "--");
}

static void check_handles(const struct entry *entry, const handle_list *handles) {
    enum handoff handoff = entry->section->handoff;
    struct request socket;

    EACH(handle, *handles)
        EACH(ports, entry->section->ports)
            if (request_read(request_of(ports), &socket) == NULL && strcmp(handle->name, socket.name) == 0)
                refuse_setting(EX_CONFIG, handle->setting, "the socket of line %u has this name; give it another",
                               ports->line);
    if (handles->count > 0 && handoff > ADOPT)
        refuse_setting(
            EX_CONFIG, handles->items->setting,
            "with handoff = %s the program is given its sockets alone; leave it out, or take another handoff",
            handoff_names[handoff]);
}

/* Adds --pass for a descriptor of lowport-run's own, which is opened behind those of the service. */
static void add_pass(words *argv, const char *name, unsigned *fd) {
    add(argv, "--pass");
    add(argv, format_text("%s=%u", name, (*fd)++));
}

/* Whatever runs before the confinement is not looked for in the new root directory, where the daemon may have written:
 * it is opened before, and the first of it executed by its descriptor. */
static void add_programs(struct chain *chain, bool confined, unsigned *fd) {
    const char *const first = chain->env_file != NULL ? SERVICE_START : confined ? STAGE("confine") : NULL;

    if (chain->env_file != NULL && confined) {
        chain->programs[0] = STAGE("confine");
        add_pass(&chain->argv, PROGRAM_HANDLE, fd);
    }
    if (first == NULL) return;
    chain->programs[chain->programs[0] != NULL] = first;
    add_pass(&chain->argv, START_HANDLE, fd);
}

struct chain chain_build(const struct entry *entry, const handle_list *handles) {
    const struct setting *chroot = entry_setting(entry, "chroot"), *env_file = entry_setting(entry, "env-file");
    enum handoff handoff = entry->section->handoff;
    struct chain chain = {.env_file = env_file != NULL ? env_file->word : NULL};
    unsigned fd = FIRST_HANDLE;
    bool confined = entry_has(entry, "confine-"), by_descriptor = chroot != NULL && (confined || env_file != NULL);
    bool has_ports = entry->section->ports.count > 0;
    words *argv = &chain.argv;

    check_handles(entry, handles);
    add(argv, BINDIR "/lowportbind");
    add_option(argv, "--chroot", chroot);
    add_option(argv, "--chdir", entry_setting(entry, "chdir"));
    add_variables(argv, entry);
    if (has_ports) {
        add(argv, "--handoff");
        add(argv, handoff_names[handoff > ADOPT ? LISTEN_FDS : handoff]);
    } else {
        add_user(argv, entry->section, handles->count > 0 || env_file != NULL);
    }
    EACH(handle, *handles) add_pass(argv, handle->name, &fd);
    if (env_file != NULL) add_pass(argv, ENVIRONMENT_HANDLE, &fd);
    if (by_descriptor) add_programs(&chain, confined, &fd);
    /* Where no request stands between, the first of two ends the options, and requests may still follow. */
    if (has_ports)
        add_requests(argv, entry->section);
    else
        add(argv, "--");
    add(argv, "--");
    if (by_descriptor) add(argv, "fd:" START_HANDLE);
    if (!by_descriptor && env_file != NULL) add(argv, SERVICE_START);
    if (confined && (!by_descriptor || env_file != NULL)) add(argv, STAGE("confine"));
    if (confined) add_confinement(argv, entry);
    add_handoff(argv, entry, !by_descriptor);
    EACH(word, entry->exec) add(argv, *word);
    add(argv, NULL);
    return chain;
}
