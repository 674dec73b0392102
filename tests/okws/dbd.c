/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database: queries by name, with arguments, and each only for who has the token for it. A request is a line of
 * TOKEN, QUERY and two arguments, with tabs; the answer is a line a row, then "." or, refused, "!". Needs -lsqlite3 -lm.
 * It is linked statically. Linked with tests/okws/okws.c tests/confine/attempts.c. */
#include <err.h>
#include <sqlite3.h>
#include <string.h>
#include <sysexits.h>

#include "okws.h"

static sqlite3 *database;

static const struct query {
	const char *name, *sql, *tokens[3];
	int arguments;
} queries[] = {
	{"posts", "SELECT title, body FROM post ORDER BY id", {"VIEWER", "EDITOR"}, 0},
	{"add", "INSERT INTO post (title, body) VALUES (?1, ?2)", {"EDITOR"}, 2},
	{"wipe", "DELETE FROM post", {NULL}, 0},
};

static const struct query *granted(const char *token, const char *name)
{
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		if (strcmp(queries[i].name, name) != 0) continue;
		for (const char *const *who = queries[i].tokens; *who != NULL; who++)
			if (strcmp(setting(*who), token) == 0) return &queries[i];
	}
	return NULL;
}

static bool run(const struct query *query, const char *const *arguments, FILE *client)
{
	sqlite3_stmt *statement;
	int state = sqlite3_prepare_v2(database, query->sql, -1, &statement, NULL);

	for (int i = 0; state == SQLITE_OK && i < query->arguments; i++)
		state = sqlite3_bind_text(statement, i + 1, arguments[i], -1, SQLITE_TRANSIENT);
	while (state == SQLITE_OK || state == SQLITE_ROW) {
		state = sqlite3_step(statement);
		if (state == SQLITE_ROW)
			fprintf(client, "%s\t%s\n", sqlite3_column_text(statement, 0), sqlite3_column_text(statement, 1));
	}
	sqlite3_finalize(statement);
	return state == SQLITE_DONE;
}

static bool answer(char *line, FILE *client)
{
	const char *words[4] = {NULL};
	const struct query *query;

	for (size_t i = 0; i < 4; i++) words[i] = strsep(&line, "\t");
	query = words[3] != NULL ? granted(words[0], words[1]) : NULL;
	if (query == NULL) note("dbd: refused");
	return fputs(query != NULL && run(query, words + 2, client) ? ".\n" : "!\n", client) >= 0;
}

int main(void)
{
	if (sqlite3_open(setting("DATABASE"), &database) != SQLITE_OK ||
	    sqlite3_exec(database, "CREATE TABLE IF NOT EXISTS post (id INTEGER PRIMARY KEY, title TEXT, body TEXT)",
		    NULL, NULL, NULL) != SQLITE_OK)
		errx(EX_IOERR, "%s: %s", setting("DATABASE"), sqlite3_errmsg(database));
	turn_hostile();
	serve_lines(handle("db"), answer);
}
