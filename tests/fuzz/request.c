/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a request, against its grammar as a regular expression and what the man page says
 * beside that.
 * Linked with src/launcher/request.c src/ownership/address.c src/ownership/words.c.
 */
#include "fuzz.h"
#include "launcher.h"

#include <regex.h>

static const char grammar[] = "^(([A-Za-z0-9_.-]+)=)?(tcp|udp|mptcp)([46]?):"
			      "(([0-9.]+|\\[([0-9a-fA-F:.]+)(%([A-Za-z0-9_.-]+))?\\]):)?([1-9][0-9]{0,4})$";
enum { NAME = 2, PROTOCOL, FAMILY, WITH_ADDRESS, ADDRESS, SIX, WITH_SCOPE, SCOPE, PORT, PARTS };

/* Takes TEXT apart into PART. */
static bool take_apart(const char *text, char *part[PARTS])
{
	static regex_t expression;
	static bool compiled;
	regmatch_t matches[PARTS];
	bool matched;

	begin_own(); /* the expression learns from each text */
	CLAIM(compiled || regcomp(&expression, grammar, REG_EXTENDED) == 0);
	compiled = true;
	matched = regexec(&expression, text, PARTS, matches, 0) == 0;
	end_own();
	for (int i = 0; matched && i < PARTS; i++)
		part[i] = matches[i].rm_so < 0 ? "" :
			  exact_copy(text + matches[i].rm_so, (size_t)(matches[i].rm_eo - matches[i].rm_so));
	return matched;
}

/* The address that PART has, or a family's wildcard. False where it has none that may be asked for. */
static bool address_of(char *part[PARTS], struct address *address)
{
	int family = *part[SIX] != '\0' ? AF_INET6 : AF_INET, narrowed;

	narrowed = *part[FAMILY] == '4' ? AF_INET : *part[FAMILY] == '6' ? AF_INET6 : AF_UNSPEC;
	*address = (struct address){ .family = narrowed };
	if (*part[ADDRESS] == '\0')
		return true;
	address->family = family;
	return (narrowed == AF_UNSPEC || narrowed == family) &&
	       inet_pton(family, family == AF_INET6 ? part[SIX] : part[ADDRESS], &address->bytes) == 1 &&
	       !(family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address->bytes)) &&
	       (*part[SCOPE] != '\0') == (family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&address->bytes)) &&
	       strlen(part[SCOPE]) < IF_NAMESIZE;
}

void fuzz(char *text, size_t length)
{
	struct request request;
	struct address address;
	char *part[PARTS] = { NULL };
	const char *fault;

	text = exact_copy(text, strnlen(text, length));
	fault = request_read(text, &request);
	if (!take_apart(text, part) || !address_of(part, &address) || strtoul(part[PORT], NULL, 10) > 65535 ||
	    strlen(part[NAME]) > 255) {
		CLAIM(fault != NULL && *fault != '\0');
		return;
	}
	CLAIM(fault == NULL);
	CLAIM(strcmp(request.text, strchr(text, '=') != NULL ? strchr(text, '=') + 1 : text) == 0);
	CLAIM(strcmp(request.protocol, part[PROTOCOL]) == 0 && strcmp(request.scope, part[SCOPE]) == 0);
	CLAIM(request.at.protocol == (*part[PROTOCOL] == 'u' ? IPPROTO_UDP : IPPROTO_TCP));
	CLAIM(request.at.port == strtoul(part[PORT], NULL, 10));
	CLAIM(request.at.address.family == address.family);
	CLAIM(memcmp(&request.at.address.bytes, &address.bytes, sizeof address.bytes) == 0);
	if (*part[NAME] == '\0')
		part[NAME] = format_text("%s-%s", part[PROTOCOL], part[PORT]);
	CLAIM(strcmp(request.name, part[NAME]) == 0 && is_handle_name(request.name));
	CLAIM(!request.spelled && request.from == NULL);
}
