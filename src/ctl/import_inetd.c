/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "import.h"

#include <netdb.h>

/* A line of inetd.conf(5): [ADDRESS:]SERVICE TYPE PROTOCOL WAIT USER PROGRAM [ARGUMENT...], the arguments from the 0th
 * on. */
enum { SERVICE, TYPE, PROTOCOL, WAIT, USER, PROGRAM, ARGUMENTS, WORDS_MAX = 64 };

struct service {
    char *words[WORDS_MAX + 1]; /* and NULL behind */
    unsigned count;
    const char *text, *protocol; /* the line; tcp or udp */
    char *group;                 /* behind the user, or NULL */
    int family;                  /* AF_UNSPEC for both */
    struct address address;
    unsigned port, connections, per_source; /* the last two 0 for no limit */
    bool wait, by_minute;
};

/* Why a line has no equivalent, or NULL. */
typedef const char *fault;

static fault read_protocol(struct service *service) {
    char *options = service->words[PROTOCOL], *name = strsep(&options, ",");
    size_t letters = strcspn(name, "46");
    const char *number = name + letters;

    if (options != NULL) return "buffer sizes cannot be set";
    if (strncmp(name, "rpc/", 4) == 0) return "an RPC service has no port of its own; rpcbind(8) gives it one";
    if (strcmp(name, "unix") == 0) return "a UNIX socket is no port; lowport-run(8) makes such with listen =";
    /* Without a number the protocol is IPv4's. */
    service->family = strcmp(number, "46") == 0 ? AF_UNSPEC : strcmp(number, "6") == 0 ? AF_INET6 : AF_INET;
    if (service->family != AF_INET || strcmp(number, "4") == 0) name[letters] = '\0';
    service->protocol = name;
    return strcmp(name, "tcp") == 0 || strcmp(name, "udp") == 0 ? NULL : "its protocol is neither tcp nor udp";
}

/* What stands behind the MARK of "nowait.40", which is starts by the minute; or of "nowait/5/40/3", as FreeBSD has it:
 * at once, by the minute, and at once from one address, 0 for no limit. */
static void read_limits(struct service *service, char mark, char *rest) {
    const char *at_once = mark == '/' ? strsep(&rest, "/") : "0", *by_minute = strsep(&rest, "/");

    service->by_minute = by_minute != NULL && strcmp(by_minute, "0") != 0;
    (void)is_decimal(at_once, UINT16_MAX, &service->connections);
    if (rest != NULL) (void)is_decimal(rest, UINT16_MAX, &service->per_source);
}

static fault read_type(struct service *service) {
    char *wait = service->words[WAIT], *end = wait + strcspn(wait, ".:/"), mark = *end;
    bool stream = strcmp(service->words[TYPE], "stream") == 0;

    *end = '\0';
    if (mark != '\0') read_limits(service, mark, end + 1);
    service->wait = strcmp(wait, "wait") == 0;
    if (!service->wait && strcmp(wait, "nowait") != 0) return "it is neither wait nor nowait";
    if (!stream && strcmp(service->words[TYPE], "dgram") != 0) return "its socket is neither stream nor dgram";
    if (stream != (strcmp(service->protocol, "tcp") == 0)) return "its socket does not fit its protocol";
    if (!stream && !service->wait) return "a dgram service that does not wait would be started for ever";
    return NULL;
}

static fault read_service(struct service *service) {
    char *name = service->words[SERVICE], *colon = strrchr(name, ':'), *address = colon != NULL ? name : NULL;
    const struct servent *entry;
    size_t length;

    if (colon != NULL) *colon = '\0', name = colon + 1;
    if (*name == '\0') return "an address for the lines that follow; write it before each of them, and import again";
    if (address != NULL && strcmp(address, "*") != 0) {
        length = strlen(address);
        if (length > 2 && *address == '[' && address[length - 1] == ']') address[length - 1] = '\0', address++;
        if (!address_read(address, &service->address) ||
            (service->family != AF_UNSPEC && service->address.family != service->family))
            return "its address is not one of digits, of the family of its protocol";
        if (IS_WILDCARD(&service->address)) service->address.family = AF_UNSPEC;
    }
    if (is_decimal(name, UINT16_MAX, &service->port) && service->port > 0) return NULL;
    entry = getservbyname(name, service->protocol);
    if (entry == NULL) return "services(5) has no port for it";
    service->port = ntohs((uint16_t)entry->s_port);
    return NULL;
}

static fault read_user(struct service *service) {
    char *rest = service->words[USER], *user = strsep(&rest, ".:");
    id_t id;

    service->group = rest;
    if (service->count > PROGRAM && strcmp(service->words[PROGRAM], "internal") == 0)
        return "inetd served it itself; there is no program for it";
    if (service->count <= PROGRAM) return "it has no program";
    if (!can_be_written(user)) return "the ownership file cannot hold the name of its user";
    if (name_to_id(false, user, &id) && id == 0) return "lowportbind runs nothing as root; let it be another user";
    return NULL;
}

static fault read_words(struct service *service) {
    char *rest = copy_text(service->text), *word;
    fault why;

    while ((word = strsep(&rest, " \t")) != NULL) {
        if (*word == '\0') continue;
        if (service->count == WORDS_MAX) return "it has too many arguments";
        service->words[service->count++] = word;
    }
    if (service->count == 2 && strcmp(service->words[SERVICE], "service") == 0)
        return "xinetd.conf(5) is not read; write a line of inetd.conf(5) for it";
    if (service->count <= USER) return "it is not a whole line of inetd.conf(5)";
    why = read_protocol(service);
    if (why == NULL) why = read_type(service);
    if (why == NULL) why = read_service(service);
    return why != NULL ? why : read_user(service);
}

/* Whether the group is the one that a start by root takes anyway, the user's primary one. */
static bool is_own_group(const struct service *service) {
    struct caller user;
    id_t gid;

    return name_to_id(true, service->group, &gid) && find_user(service->words[USER], &user) && user.gid == gid;
}

/* The name of the program without its directories. */
static const char *base_of(const char *path) {
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* WORD as lowport-run reads it: what a shell would look at stands in quotes there. */
static char *in_quotes(const char *word) {
    char *text = copy_text("\"");

    if (strpbrk(word, "$`\\'\"|&<>()*?") == NULL) return copy_text(word);
    for (; *word != '\0'; word++)
        text = format_text("%s%s%c", text, strchr("\"\\$`", *word) != NULL ? "\\" : "", *word);
    return format_text("%s\"", text);
}

/* Executes what follows its own argument 0, and gives it that as its argument 0. */
#define WITH_ARGUMENT_0 "/bin/bash -c \"exec -a \\\"\\$0\\\" \\\"\\$@\\\"\" "

/* For lowport-run: the program with its arguments, as far as the ownership file can hold them. */
static void put_program(FILE *to, const struct service *service) {
    const char *program = service->words[PROGRAM], *zeroth = service->words[ARGUMENTS];
    bool named = zeroth != NULL && strcmp(base_of(zeroth), base_of(program)) != 0;
    char *line = format_text("exec    = %s%s%s%s", named ? WITH_ARGUMENT_0 : "", named ? in_quotes(zeroth) : "",
                             named ? " " : "", in_quotes(program));

    for (unsigned i = ARGUMENTS + 1; i < service->count; i++)
        line = format_text("%s %s", line, in_quotes(service->words[i]));
    if (named) comment(to, "bash(1) gives it its argument 0, by which tcpd(8) and others are told what they are");
    if (*program != '/' || line_fault(line, strlen(line)) != NULL)
        comment(to, "its command line cannot stand in the ownership file: %s", line);
    else
        (void)fprintf(to, "%s\n", line);
}

/* The addresses at which it was bound; none, where that was any of both families. */
static void put_address(FILE *to, struct service *service) {
    const char *all = service->family == AF_INET6 ? "::/0" : "0.0.0.0/0";
    bool given = service->address.family != AF_UNSPEC;

    if (!given && service->family == AF_UNSPEC) return;
    service->address.bits = service->address.family == AF_INET ? 32 : 128;
    (void)fprintf(to, "address = %s\n", given ? block_text(&service->address) : all);
}

static void put_limits(FILE *to, const struct service *service) {
    if (service->connections != 0) (void)fprintf(to, "max-connections = %u\n", service->connections);
    if (service->per_source != 0) (void)fprintf(to, "max-per-source = %u\n", service->per_source);
}

static void import_service(FILE *to, const char *text) {
    struct service service = {.text = text};
    fault why = read_words(&service);
    bool accept;

    (void)putc('\n', to);
    comment(to, "%s", text);
    if (why != NULL) {
        comment(to, "no equivalent: %s", why);
        return;
    }
    accept = strcmp(service.protocol, "tcp") == 0 && !service.wait;
    if (service.group != NULL && !is_own_group(&service))
        comment(to, "its group was %s; a start by root needs: lowportbind -u %s:%s", service.group, service.words[USER],
                service.group);
    if (accept && service.by_minute)
        comment(to, "starts are not counted by the minute; see --max-connections of lowport-accept(1)");
    (void)fprintf(to, "[%s]\n",
                  new_section_name(
                      format_text("%s-%u%s", service.protocol, service.port, service.family == AF_INET6 ? "-6" : "")));
    (void)fprintf(to, "ports   = %s:%u\n", service.protocol, service.port);
    put_address(to, &service);
    (void)fprintf(to, "owner   = %s\nhandoff = %s\n", service.words[USER], accept ? "accept" : "stdin");
    if (accept) put_limits(to, &service);
    put_program(to, &service);
}

void import_inetd(FILE *to, const char *file) {
    FILE *from = fopen(file, "re");
    char *text = NULL;
    size_t room = 0;

    if (from == NULL) give_up(TROUBLE, "%s: cannot be read: %m", file);
    comment(to,
            "What %s starts, by lowportctl import. Look through it; then, as root: install -m 644 FILE "
            "/etc/lowportbind.d/inetd.conf && lowportctl check. An entry is started by lowport-run(8), or by: "
            "lowportbind @SECTION -- PROGRAM",
            file);
    while (getline(&text, &room, from) > 0) {
        text[strcspn(text, "\n")] = '\0';
        /* Debian's own tools switch a line off by such a mark. */
        if (text[strspn(text, " \t")] != '\0' && *text != '#') import_service(to, text);
    }
    if (ferror(from)) give_up(TROUBLE, "%s: cannot be read: %m", file);
    (void)fclose(from); /* all that it had is read */
}
