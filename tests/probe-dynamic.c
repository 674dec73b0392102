/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same probe for a start with lowport-adopt, which refuses what its library is not loaded into. */
#include "probe.c" /* NOLINT(bugprone-suspicious-include): the whole of it */
