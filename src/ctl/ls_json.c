/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ls.h"

#include <json-c/json.h>

/* Whether all could be made; json-c returns NULL without memory, and a value that is not there is null as well. */
static bool whole = true;

static void put(struct json_object *object, const char *key, struct json_object *value) {
    if (value == NULL || json_object_object_add(object, key, value) != 0) whole = false;
}

static void append(struct json_object *array, struct json_object *value) {
    if (value == NULL || json_object_array_add(array, value) != 0) whole = false;
}

/* json-c takes bytes that are not UTF-8 as they are, and the result would be no JSON. */
static struct json_object *string(const char *text) { return json_object_new_string(printable(text)); }

static void put_or_null(struct json_object *object, const char *key, const char *text) {
    if (text != NULL)
        put(object, key, string(text));
    else if (json_object_object_add(object, key, NULL) != 0)
        whole = false;
}

static struct json_object *members_of(const struct section *section, bool group) {
    struct json_object *names = json_object_new_array();

    EACH(member, section->members)
        if (member->group == group && member->name != section->owner) append(names, string(member->name));
    return names;
}

static struct json_object *addresses_of(const struct section *section) {
    struct json_object *addresses = json_object_new_array();

    EACH(block, section->addresses) append(addresses, string(block_text(block)));
    return addresses;
}

static struct json_object *port_of(const struct row *row) {
    struct json_object *port = json_object_new_object();

    put(port, "protocol", string(row->ports->protocol == IPPROTO_UDP ? "udp" : "tcp"));
    put(port, "first", json_object_new_int64(row->ports->first));
    put(port, "last", json_object_new_int64(row->ports->last));
    put(port, "addresses", addresses_of(row->section));
    put_or_null(port, "owner", row->section->owner);
    put(port, "users", members_of(row->section, false));
    put(port, "groups", members_of(row->section, true));
    put(port, "anyone", json_object_new_boolean(row->section->anyone));
    put(port, "section", string(row->section->name));
    put(port, "file", string(row->section->file));
    put(port, "line", json_object_new_int64(row->ports->line));
    return port;
}

static struct json_object *holder_of(const struct row *row) {
    struct json_object *holder = json_object_new_object(), *pids = json_object_new_array();

    EACH(pid, row->held->pids) append(pids, json_object_new_int64(*pid));
    put(holder, "at", string(holder_request(row->held)));
    put(holder, "listening", json_object_new_boolean(row->held->listening));
    put(holder, "uid", json_object_new_int64(row->held->uid));
    put(holder, "user", string(row->user));
    put(holder, "granted", json_object_new_boolean(row->granted));
    put(holder, "pids", pids);
    put_or_null(holder, "command", row->held->command);
    return holder;
}

bool print_json(const rows *all) {
    struct json_object *top = json_object_new_object(), *ports = json_object_new_array(), *holders = NULL;
    const struct ports *last = NULL;
    const char *text;

    put(top, "ports", ports);
    EACH(row, *all) {
        /* The holders of a port stand together. */
        if (row->ports != last) {
            struct json_object *port = port_of(row);

            put(port, "holders", holders = json_object_new_array());
            append(ports, port);
        }
        last = row->ports;
        if (row->held != NULL) append(holders, holder_of(row));
    }
    text = whole ? json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE)
                 : NULL;
    return text != NULL && puts(text) >= 0;
}
