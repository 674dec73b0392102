/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "sockets.h"

/* A port, or a range, of a section, with one of the sockets that hold it. */
struct row {
    const struct section *section;
    const struct ports *ports;
    const struct held *held; /* NULL: nobody holds it */
    const char *user;        /* whose that is: the name, or the uid in digits */
    bool granted;            /* the files grant that user the port, or it is root, who needs no grant */
};
typedef LIST(struct row) rows;

/* Print ALL, in their order: as a table, cut to the width of a terminal; as JSON. False without memory. */
bool print_table(const rows *all);
bool print_json(const rows *all);
