/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LOWPORT_ADOPT, text to entries and back. Linked with src/adopt/stash.c. */
#include "adopt/stash.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static struct stash_entry entries[STASH_MAX];
static char text[STASH_TEXT(STASH_MAX)];

static const struct {
    const char *text;
    size_t count;
} cases[] = {
    {"1024:1", 1},
    {"0:0", 1},
    {"1024:1,1025:2%1,1026:18446744073709551615", 3},
    {"2147483647:18446744073709551615%2147483647", 1},
    {"", 0},
    {",", 0},
    {"1024", 0},
    {"1024:", 0},
    {":1", 0},
    {"1024:1,", 0},
    {",1024:1", 0},
    {"1024:1,,1025:2", 0},
    {"1024:1 ", 0},
    {" 1024:1", 0},
    {"1024: 1", 0},
    {"1024:1%", 0},
    {"1024:1%1%1", 0},
    {"1024:1%2147483648", 0},
    {"1024:1%-1", 0},
    {"-1:1", 0},
    {"+1:1", 0},
    {"1024:-1", 0},
    {"2147483648:1", 0},
    {"1024:18446744073709551616", 0},
    {"99999999999999999999:1", 0},
    {"0x10:1", 0},
    {"1024:1,oops", 0},
};

static void reads(const char *from, size_t count)
{
    size_t found = stash_read(from, entries);

    if (found != count)
        errx(1, "'%s': %zu entries, not %zu", from, found, count);
    if (count == 0)
        return;
    stash_write(entries, count, text);
    if (strcmp(text, from) != 0)
        errx(1, "'%s' comes back as '%s'", from, text);
}

static void reads_the_most(void)
{
    static char longest[STASH_TEXT(STASH_MAX + 1)];

    for (size_t i = 0; i < STASH_MAX; i++)
        entries[i] = (struct stash_entry){2147483647, 2147483647, UINT64_MAX};
    stash_write(entries, STASH_MAX, text);
    memcpy(longest, text, strlen(text) + 1);
    if (stash_read(longest, entries) != STASH_MAX)
        errx(1, "not all of %d entries", STASH_MAX);
    if (strlen(longest) + sizeof STASH_VARIABLE + 1 > 32UL * 4096)
        errx(1, "longer than one environment string can be");
    memcpy(longest + strlen(longest), ",1:1", sizeof ",1:1");
    if (stash_read(longest, entries) != 0)
        errx(1, "more than %d entries", STASH_MAX);
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        reads(cases[i].text, cases[i].count);
    reads_the_most();
    return 0;
}
