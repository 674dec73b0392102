/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

/* No file is cut off: what a daemon has written is not to be lost by starting it again. */
static const struct {
    const char *word;
    int flags;
} ways[] = {{"read:", O_RDONLY},
            {"write:", O_WRONLY | O_CREAT},
            {"append:", O_WRONLY | O_APPEND | O_CREAT},
            {"readwrite:", O_RDWR}};

/* What is behind PREFIX in WORD, or NULL. */
static const char *behind(const char *word, const char *prefix) {
    return strncmp(word, prefix, strlen(prefix)) == 0 ? word + strlen(prefix) : NULL;
}

static void read_file(struct handle *handle, const char *word) {
    for (size_t i = 0; i < sizeof ways / sizeof *ways && handle->path == NULL; i++) {
        handle->path = behind(word, ways[i].word);
        handle->flags = ways[i].flags;
    }
    if (handle->path == NULL)
        refuse_setting(EX_CONFIG, handle->setting, "write NAME=read:, write:, append: or readwrite: before the path");
}

static void read_connection(struct handle *handle, const char *word) {
    const char *why;

    handle->path = behind(word, "unix:");
    if (handle->path != NULL) return;
    why = request_read(word, &handle->to);
    if (why == NULL && (*handle->to.protocol != 't' || handle->to.at.address.family == AF_UNSPEC ||
                        IS_WILDCARD(&handle->to.at.address) || *handle->to.scope != '\0'))
        why = "it is no TCP address";
    if (why != NULL)
        refuse_setting(EX_CONFIG, handle->setting, "write NAME=unix:PATH, or NAME=tcp:ADDRESS:PORT; %s", why);
}

static void read_handle(handle_list *handles, const struct setting *setting, enum kind kind) {
    const char *equals = strchr(setting->word, '=');
    struct handle handle = {.setting = setting, .kind = kind, .fd = -1};

    if (equals == NULL) refuse_setting(EX_CONFIG, setting, "it has no name; write NAME= before it");
    handle.name = format_text("%.*s", (int)(equals - setting->word), setting->word);
    if (!is_handle_name(handle.name) || behind(handle.name, OWN_HANDLES) != NULL)
        refuse_setting(EX_CONFIG, setting,
                       "a name is made of letters, digits, and _ . -, and does not begin "
                       "with " OWN_HANDLES);
    EACH(other, *handles)
        if (strcmp(other->name, handle.name) == 0)
            refuse_setting(EX_CONFIG, setting, "line %u has this name, too; give them different ones",
                           other->setting->line);
    if (kind == FILE_HANDLE) read_file(&handle, equals + 1);
    if (kind == LISTENER && (handle.path = behind(equals + 1, "unix:")) == NULL)
        refuse_setting(EX_CONFIG, setting, "write NAME=unix:PATH; ports to listen on are for ports =");
    if (kind == CONNECTION) read_connection(&handle, equals + 1);
    if (handle.path != NULL && *handle.path != '/')
        refuse_setting(EX_CONFIG, setting, "%s is not a path from / on", handle.path);
    APPEND(*handles, handle);
}

handle_list handles_read(const struct entry *entry) {
    static const char *const keys[] = {[FILE_HANDLE] = "open", [LISTENER] = "listen", [CONNECTION] = "connect"};
    handle_list read = {0};

    for (enum kind kind = FILE_HANDLE; kind <= CONNECTION; kind++)
        EACH(setting, entry->settings)
            if (strcmp(setting->key, keys[kind]) == 0) read_handle(&read, setting, kind);
    return read;
}
