/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl.h"

/* The part of a section's name that is the user's: with it, no name is longer than TEXT_NAME_MAX. */
enum { SECTION_USER_MAX = 32 };

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

/* NAME with each other byte as %XX: no two names are one file, and none is another directory. */
static char *file_part(const char *name) {
    char *part = copy_text("");

    for (; *name != '\0'; name++)
        part = format_text(strchr(plain, *name) != NULL ? "%s%c" : "%s%%%02hhX", part, (unsigned char)*name);
    return part;
}

/* AT as a part of a file name that needs no quoting. */
static char *port_part(const struct endpoint *at) {
    char *text = endpoint_text(at), *to = text, *last = strrchr(text, ':'), *first = strchr(text, ':');

    /* Addresses hold colons and dots, no - and no _: tcp:[::1]:80 becomes tcp-__1-80. */
    for (char *from = text; *from != '\0'; from++) {
        if (*from == '[' || *from == ']') continue;
        *to++ = (char)(*from != ':' ? *from : from == first || from == last ? '-' : '_');
    }
    *to = '\0';
    return text;
}

static char *section_name(const struct dropin *dropin) {
    char *name = format_text("%.*s-%s-%u", SECTION_USER_MAX, dropin->name,
                             dropin->at.protocol == IPPROTO_UDP ? "udp" : "tcp", dropin->at.port);

    for (char *byte = name; *byte != '\0'; byte++)
        if (strchr(plain, *byte) == NULL) *byte = '_';
    return name;
}

struct dropin dropin_for(bool group, const char *name, const struct endpoint *at) {
    struct dropin dropin = {.name = name, .group = group, .at = *at};

    /* The interface is no part of a grant: any will do. */
    dropin.undo =
        format_text("lowportctl revoke %s%s %s", group ? "--group " : "", shell_word(name), request_text(at, "lo"));
    dropin.marker = format_text("; Written by lowportctl grant; undo with: %s\n", dropin.undo);
    /* No user's part begins with @, so a group never has a user's file. */
    dropin.path =
        format_text("%s/grant-%s%s-%s.conf", OWNERSHIP_DIRECTORY, group ? "@" : "", file_part(name), port_part(at));
    return dropin;
}

char *dropin_text(const struct dropin *dropin, bool owned) {
    struct address address = dropin->at.address;
    const char *line = "";

    /* A block of no bits is what covers a wildcard. */
    address.bits = IS_WILDCARD(&address) ? 0 : address.family == AF_INET ? 32 : 128;
    if (address.family != AF_UNSPEC) line = format_text("address = %s\n", block_text(&address));
    return format_text("%s[%s]\nports   = %s:%u\n%shandoff = adopt\n%s = %s\n", dropin->marker, section_name(dropin),
                       dropin->at.protocol == IPPROTO_UDP ? "udp" : "tcp", dropin->at.port, line,
                       dropin->group ? "groups "
                       : owned       ? "users  "
                                     : "owner  ",
                       dropin->name);
}

bool dropin_directory_is_ready(void) {
    struct stat st;
    const char *why;
    int fd = trusted_open(OWNERSHIP_DIRECTORY, S_IFDIR, &st, &why);

    if (fd < 0 && why == NULL) {
        if (mkdir(OWNERSHIP_DIRECTORY, 0755) != 0)
            return complain("%s: cannot be made: %m", OWNERSHIP_DIRECTORY), false;
        if (!sync_directory(SYSCONFDIR)) return false;
        fd = trusted_open(OWNERSHIP_DIRECTORY, S_IFDIR, &st, &why);
    }
    if (fd >= 0) return close(fd), true;
    complain("%s: nothing was written there: %s", OWNERSHIP_DIRECTORY, why != NULL ? why : "it has gone");
    return false;
}

/* Whether there is no file yet, or one with the same TEXT, of which the mode may be wrong. */
static bool may_replace(const struct dropin *dropin, const char *text) {
    size_t length;
    const char *why, *old = trusted_read(dropin->path, &length, &why);

    if (old == NULL && why == NULL) return true;
    if (old != NULL && strcmp(old, text) == 0) return true;
    if (old == NULL)
        complain("%s: it is there, and is left as it is: %s", dropin->path, why);
    else if (strncmp(old, dropin->marker, strlen(dropin->marker)) == 0)
        complain("%s: it was changed since grant wrote it, and is left as it is; to begin anew: %s", dropin->path,
                 dropin->undo);
    else
        complain("%s: it is there, not written by grant for this, and is left as it is; move it away", dropin->path);
    return false;
}

bool dropin_put(const struct dropin *dropin, const char *text) {
    umask(S_IWGRP | S_IWOTH);
    return dropin_directory_is_ready() && may_replace(dropin, text) && file_put(dropin->path, text);
}

bool dropin_remove(const struct dropin *dropin, bool *removed) {
    size_t length;
    const char *why, *old = trusted_read(dropin->path, &length, &why);

    *removed = false;
    if (old == NULL && why == NULL) return true;
    /* Nor is there one where the directory is missing. */
    if (old == NULL && access(OWNERSHIP_DIRECTORY, F_OK) != 0 && errno == ENOENT) return true;
    if (old == NULL) return complain("%s: it is left as it is: %s", dropin->path, why), false;
    if (strncmp(old, dropin->marker, strlen(dropin->marker)) != 0) {
        complain("%s: it is not what grant writes for this, and is left as it is; see to it yourself", dropin->path);
        return false;
    }
    if (unlink(dropin->path) != 0) return complain("%s: cannot be removed: %m", dropin->path), false;
    *removed = true;
    return sync_directory(OWNERSHIP_DIRECTORY);
}
