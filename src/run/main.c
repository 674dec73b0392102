/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../root/root.h"
#include "../stage/refused.h"
#include "run.h"

#include <getopt.h>
#include <sys/auxv.h>

#include "usage.h"

struct order {
    bool dry_run, list;
    const char *name;
    char **command; /* to execute in place of the chain, or none */
};

static struct order read_order(int argc, char **argv) {
    static const struct option known[] = {
        {"dry-run", 0, 0, 'n'}, {"list", 0, 0, 'l'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'v'}, {0}};
    struct order order = {0};
    int option;

    opterr = 0;
    while (argc > 0 && (option = getopt_long(argc, argv, "+n", known, NULL)) != -1) {
        switch (option) {
        case 'n': order.dry_run = true; break;
        case 'l': order.list = true; break;
        case 'h': exit(fputs(usage, stdout) >= 0 && fflush(stdout) == 0 ? EX_OK : EX_IOERR);
        case 'v': exit(puts("lowport-run " PACKAGE_VERSION) >= 0 && fflush(stdout) == 0 ? EX_OK : EX_IOERR);
        default: refuse(EX_USAGE, "%s: no such option; see lowport-run --help", refused_word(argv));
        }
    }
    argv += argc > 0 ? optind : 0;
    order.name = *argv;
    if (order.name != NULL) argv++;
    if (*argv != NULL && strcmp(*argv, "--") == 0) argv++;
    order.command = argv;
    if (order.list ? order.name == NULL : order.name != NULL && (!order.dry_run || *argv == NULL)) return order;
    refuse(EX_USAGE, "usage: lowport-run [--dry-run] NAME, or lowport-run --list; see lowport-run --help");
}

/* Whoever the daemon is to be: the launcher will decide the same, and is told nothing of this. */
static struct caller find_user(const struct entry *entry) {
    const struct section *section = entry->section;
    const char *owner = section->owner;
    struct caller who;
    id_t uid;

    if (getuid() != 0) return current_caller(name_of(getuid()));
    if (owner == NULL)
        refuse_at(EX_NOPERM, section, section->line,
                  "it has no owner, so root does not know whom to start it as; name one");
    if (!name_to_id(false, owner, &uid) || (getpwnam(owner) == NULL && getpwuid(uid) == NULL))
        refuse_at(EX_NOPERM, section, section->line, "there is no user %s; make one, or name another owner", owner);
    who = identity_of(owner, NULL, true);
    if (who.uid == 0 || who.gid == 0 || who.groups.items[0] == 0)
        refuse_at(EX_NOPERM, section, section->line, "its owner %s is root, or in root's group; name a user of its own",
                  owner);
    return who;
}

static int print_chain(const struct order *order, const struct chain *chain) {
    printf("%s %s --", SBINDIR "/lowport-run", quoted(order->name));
    for (char **word = chain->argv.items; *word != NULL; word++) printf(" %s", quoted(*word));
    return putchar('\n') == '\n' && fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* Puts what was opened at the numbers that the chain names, and closes all else. */
static void place_handles(const handle_list *handles, const struct entry *entry, const struct chain *chain) {
    requests placed = {0};
    struct request own = {0};

    EACH(handle, *handles) {
        own.fd = handle->fd;
        APPEND(placed, own);
    }
    if (chain->env_file != NULL) {
        own.fd = secrets_open(entry_setting(entry, "env-file"));
        APPEND(placed, own);
    }
    for (size_t i = 0; i < 2 && chain->programs[i] != NULL; i++) {
        own.fd = open(chain->programs[i], O_RDONLY | O_CLOEXEC);
        must(own.fd >= 0, "%s: %m", chain->programs[i]);
        APPEND(placed, own);
    }
    place(&placed);
}

/* Everything but the exec. */
static void prepare(const struct entry *entry, handle_list *handles, const struct chain *chain) {
    const struct setting *chroot = entry_setting(entry, "chroot");
    struct caller who = find_user(entry);
    mode_t mask = umask_of(entry);

    umask(mask);
    must(umask(mask) == mask, "the umask was set, and is not");
    rights_begin(&who);
    if (chroot != NULL) chroot_check(chroot);
    rebuild_environment(&who);
    directories_make(entry, &who);
    handles_open(handles, entry, &who);
    place_handles(handles, entry, chain);
    limits_apply(entry, true);
}

int main(int argc, char **argv) {
    struct order order;
    struct entry entry;
    struct chain chain;
    handle_list handles;

    must(open_standard_descriptors(), "cannot open /dev/null on descriptors 0 to 2: %m");
    must(getauxval(AT_SECURE) == 0, "it must not be setuid, nor have capabilities; lowportbind alone is");
    order = read_order(argc, argv);
    if (order.list) return entries_list();
    entry = entry_find(order.name);
    chain = values_read(&entry, &handles);
    if (order.dry_run) return print_chain(&order, &chain);
    prepare(&entry, &handles, &chain);
    if (*order.command == NULL) order.command = chain.argv.items;
    execute(order.command, LISTEN_FDS);
}
