/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The names, in LISTEN_FDNAMES, of the descriptors that lowport-run hands over for itself beside the service's. */

#define OWN_HANDLES "lowport-"
#define ENVIRONMENT_HANDLE OWN_HANDLES "environment" /* NAME=VALUE, each with a NUL behind it */
#define PROGRAM_HANDLE OWN_HANDLES "program"         /* to be executed behind service-start */
#define START_HANDLE OWN_HANDLES "start"             /* to be executed by lowportbind in a new root directory */
