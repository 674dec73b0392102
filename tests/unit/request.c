/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a request. Linked with src/launcher/request.c.
 * Linked with src/ownership/words.c src/ownership/address.c.
 */
#include "launcher.h"
#include "tap.h"

#include <arpa/inet.h>

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define LONGEST FIFTY FIFTY FIFTY FIFTY FIFTY "01234" /* 255 bytes */

/* ADDRESS is as inet_ntop(3) writes it; "" where none was given. */
static const struct {
	const char *text, *protocol, *name, *address, *scope;
	int number, family;
	unsigned port;
} good[] = {
	{ "tcp:53", "tcp", "tcp-53", "", "", IPPROTO_TCP, AF_UNSPEC, 53 },
	{ "udp:53", "udp", "udp-53", "", "", IPPROTO_UDP, AF_UNSPEC, 53 },
	{ "mptcp:443", "mptcp", "mptcp-443", "", "", IPPROTO_TCP, AF_UNSPEC, 443 },
	{ "tcp4:53", "tcp", "tcp-53", "0.0.0.0", "", IPPROTO_TCP, AF_INET, 53 },
	{ "tcp6:53", "tcp", "tcp-53", "::", "", IPPROTO_TCP, AF_INET6, 53 },
	{ "udp4:53", "udp", "udp-53", "0.0.0.0", "", IPPROTO_UDP, AF_INET, 53 },
	{ "udp6:53", "udp", "udp-53", "::", "", IPPROTO_UDP, AF_INET6, 53 },
	{ "mptcp4:443", "mptcp", "mptcp-443", "0.0.0.0", "", IPPROTO_TCP, AF_INET, 443 },
	{ "mptcp6:443", "mptcp", "mptcp-443", "::", "", IPPROTO_TCP, AF_INET6, 443 },
	{ "tcp:1", "tcp", "tcp-1", "", "", IPPROTO_TCP, AF_UNSPEC, 1 },
	{ "tcp:1023", "tcp", "tcp-1023", "", "", IPPROTO_TCP, AF_UNSPEC, 1023 },
	{ "tcp:65535", "tcp", "tcp-65535", "", "", IPPROTO_TCP, AF_UNSPEC, 65535 },
	/* addresses */
	{ "tcp:254.128.0.1:80", "tcp", "tcp-80", "254.128.0.1", "", IPPROTO_TCP, AF_INET, 80 },
	{ "tcp:127.0.0.1:80", "tcp", "tcp-80", "127.0.0.1", "", IPPROTO_TCP, AF_INET, 80 },
	{ "tcp4:192.0.2.255:80", "tcp", "tcp-80", "192.0.2.255", "", IPPROTO_TCP, AF_INET, 80 },
	{ "udp:255.255.255.255:1", "udp", "udp-1", "255.255.255.255", "", IPPROTO_UDP, AF_INET, 1 },
	{ "tcp:0.0.0.0:80", "tcp", "tcp-80", "0.0.0.0", "", IPPROTO_TCP, AF_INET, 80 },
	{ "tcp4:0.0.0.0:80", "tcp", "tcp-80", "0.0.0.0", "", IPPROTO_TCP, AF_INET, 80 },
	{ "tcp:[::]:80", "tcp", "tcp-80", "::", "", IPPROTO_TCP, AF_INET6, 80 },
	{ "tcp6:[::]:80", "tcp", "tcp-80", "::", "", IPPROTO_TCP, AF_INET6, 80 },
	{ "tcp:[0:0:0:0:0:0:0:0]:80", "tcp", "tcp-80", "::", "", IPPROTO_TCP, AF_INET6, 80 },
	{ "tcp:[::1]:443", "tcp", "tcp-443", "::1", "", IPPROTO_TCP, AF_INET6, 443 },
	{ "udp6:[2001:DB8::A]:443", "udp", "udp-443", "2001:db8::a", "", IPPROTO_UDP, AF_INET6, 443 },
	{ "mptcp:[2001:db8:1:2:3:4:5:6]:1", "mptcp", "mptcp-1", "2001:db8:1:2:3:4:5:6", "", IPPROTO_TCP, AF_INET6, 1 },
	{ "tcp:[64:ff9b::192.0.2.1]:1", "tcp", "tcp-1", "64:ff9b::c000:201", "", IPPROTO_TCP, AF_INET6, 1 },
	/* scopes: link-local addresses have one, and no others */
	{ "tcp:[fe80::1%eth0]:53", "tcp", "tcp-53", "fe80::1", "eth0", IPPROTO_TCP, AF_INET6, 53 },
	{ "udp6:[fe80::1%br-1.2_X]:53", "udp", "udp-53", "fe80::1", "br-1.2_X", IPPROTO_UDP, AF_INET6, 53 },
	{ "tcp:[febf:ffff::1%2]:53", "tcp", "tcp-53", "febf:ffff::1", "2", IPPROTO_TCP, AF_INET6, 53 },
	{ "tcp:[fe80::1%abcdefghijklmno]:53", "tcp", "tcp-53", "fe80::1", "abcdefghijklmno", IPPROTO_TCP, AF_INET6, 53 },
	{ "tcp:[fec0::1]:53", "tcp", "tcp-53", "fec0::1", "", IPPROTO_TCP, AF_INET6, 53 },
	{ "tcp:[ff02::1]:53", "tcp", "tcp-53", "ff02::1", "", IPPROTO_TCP, AF_INET6, 53 },
	/* names */
	{ "http=tcp:80", "tcp", "http", "", "", IPPROTO_TCP, AF_UNSPEC, 80 },
	{ "tcp=udp:80", "udp", "tcp", "", "", IPPROTO_UDP, AF_UNSPEC, 80 },
	{ "n=tcp:[fe80::1%e]:80", "tcp", "n", "fe80::1", "e", IPPROTO_TCP, AF_INET6, 80 },
	{ "n=tcp4:127.0.0.1:80", "tcp", "n", "127.0.0.1", "", IPPROTO_TCP, AF_INET, 80 },
	{ "A-z_0.9=tcp:1", "tcp", "A-z_0.9", "", "", IPPROTO_TCP, AF_UNSPEC, 1 },
	{ "-=tcp:1", "tcp", "-", "", "", IPPROTO_TCP, AF_UNSPEC, 1 },
	{ LONGEST "=tcp:1", "tcp", LONGEST, "", "", IPPROTO_TCP, AF_UNSPEC, 1 },
};

static const char *const bad[] = {
	/* parts that are missing, or too many */
	"", ":", "::", ":::", "=", "==", "=:", ":=", "53", ":53", "tcp", "tcp:", "tcp4:", "tcp::", "tcp::53",
	"tcp:::53", "tcp::53:", "tcp:53:", "tcp:53:53", "tcp:53:53:53", "tcp:tcp:53", "tcp:127.0.0.1", "tcp:127.0.0.1:",
	"tcp:127.0.0.1:53:53", "tcp:127.0.0.1::53", "tcp:[::1]", "tcp:[::1]:", "tcp:[::1]:53:53", "tcp:[::1]::53",
	"tcp:*:53", "tcp:*", "tcp:@a",
	/* protocols */
	"4:53", "6:53", "tc:53", "tcpx:53", "TCP:53", "Tcp:53", " tcp:53", "tcp :53", "\ttcp:53", "tcp5:53", "tcp44:53",
	"tcp46:53", "tcp64:53", "tcp4 :53", "4tcp:53", "sctp:53", "dccp:53", "udplite:53", "mudp:53", "mptcp5:53",
	"mp:53", "m:53", "ip:53", "unix:53", "http:53", "tcp,udp:53", "tcp/udp:53", "tcp\xc2\xa0:53",
	/* ports */
	"tcp:0", "tcp:00", "tcp:65536", "tcp:99999", "tcp:131125", "tcp:4294967296", "tcp:4294967349",
	"tcp:18446744073709551669", "tcp:99999999999999999999999", "tcp:053", "tcp:00053", "tcp:0x35", "tcp:+53",
	"tcp:-53", "tcp:-1", "tcp:- 1", "tcp: 53", "tcp:53 ", "tcp:5 3", "tcp:\t53", "tcp:53\n", "tcp:53\r", "tcp:\n53",
	"tcp:53x", "tcp:x53", "tcp:5_3", "tcp:5,3", "tcp:53.0", "tcp:5e1", "tcp:53-54", "tcp:53-", "tcp:53/tcp",
	"tcp:53,54", "tcp:domain", "tcp:\xd9\xa5\xd9\xa3", "tcp:127.0.0.1:0", "tcp:127.0.0.1:65536",
	"tcp:127.0.0.1:053", "tcp:127.0.0.1: 53", "tcp:[::1]:0", "tcp:[::1]:65536", "tcp:[::1]:+53",
	/* IPv4 */
	"tcp:127.0.0:53", "tcp:127.1:53", "tcp:1:53", "tcp:127.0.0.256:53", "tcp:127.0.0.1.1:53", "tcp:127.0.0.1.:53",
	"tcp:.127.0.0.1:53", "tcp:127..0.1:53", "tcp:0x7f.0.0.1:53", "tcp:0177.0.0.1:53", "tcp:127.0.0.01:53",
	"tcp:2130706433:53", "tcp: 127.0.0.1:53", "tcp:127.0.0.1 :53", "tcp:+127.0.0.1:53", "tcp:-127.0.0.1:53",
	"tcp:127.0.0.1/8:53", "tcp:0.0.0.0/0:53", "tcp:localhost:53", "tcp:127.0.0.1%lo:53", "tcp:%lo:53",
	/* IPv6 */
	"tcp:::1:53", "tcp:::53", "tcp:2001:db8::1:53", "tcp6:::1:53", "tcp:[]:53", "tcp6:[]:53", "tcp:[:53",
	"tcp:]:53", "tcp:][:53", "tcp:[:]:53", "tcp:[:::]:53", "tcp:[1]:53", "tcp:[::g]:53", "tcp:[::12345]:53",
	"tcp:[1:2:3:4:5:6:7]:53", "tcp:[1:2:3:4:5:6:7:8:9]:53", "tcp:[1::2::3]:53", "tcp:[ ::1]:53", "tcp:[::1 ]:53",
	"tcp:[::1] :53", "tcp: [::1]:53", "tcp:[::/0]:53", "tcp:[::1/128]:53",
	/* brackets */
	"tcp:[::1:53", "tcp:::1]:53", "tcp:x::1]:53", "tcp::53", "tcp:[::1]53", "tcp:[[::1]:53", "tcp:[::1]]:53", "tcp:[[::1]]:53",
	"tcp:[]::1:53", "tcp:[::1][::1]:53", "tcp:(::1):53", "tcp:[127.0.0.1]:53", "tcp4:[127.0.0.1]:53",
	"tcp6:[127.0.0.1]:53", "tcp:[localhost]:53", "tcp:[53]", "tcp:[tcp:53]", "[tcp:53]", "[tcp]:53",
	/* an address of the other family */
	"tcp4:[::1]:53", "tcp4:[::]:53", "tcp6:127.0.0.1:53", "tcp6:0.0.0.0:53", "udp4:[::1]:53", "udp6:127.0.0.1:53",
	"mptcp4:[::1]:53", "mptcp6:127.0.0.1:53",
	/* IPv4 by another name */
	"tcp:[::ffff:127.0.0.1]:53", "tcp:[::ffff:7f00:1]:53", "tcp:[::FFFF:0.0.0.0]:53", "tcp:[::ffff:0:0]:53",
	"tcp:[0:0:0:0:0:ffff:127.0.0.1]:53", "tcp6:[::ffff:127.0.0.1]:53", "tcp4:[::ffff:127.0.0.1]:53",
	"tcp:::ffff:127.0.0.1:53", "tcp:[::ffff:127.0.0.1%lo]:53",
	/* scopes */
	"tcp:[fe80::1]:53", "tcp6:[febf::]:53", "tcp:[::1%lo]:53", "tcp:[::1%]:53", "tcp:[::%]:53", "tcp:[::%lo]:53", "tcp:[fec0::1%e]:53",
	"tcp:[2001:db8::1%e]:53", "tcp:[ff02::1%e]:53", "tcp:[fe80::1%abcdefghijklmnop]:53", "tcp:[fe80::1%a:b]:53",
	"tcp:[fe80::1%a b]:53", "tcp:[fe80::1%a%b]:53", "tcp:[fe80::1%%]:53", "tcp:[fe80::1%a/b]:53",
	"tcp:[fe80::1%$(x)]:53", "tcp:[fe80::1%a;b]:53", "tcp:[fe80::1%a\n]:53", "tcp:[fe80::1%\xc3\xa4]:53",
	"tcp:[fe80::1%]:53", "tcp:[%eth0]:53", "tcp:[%]:53", "tcp:[fe80::1]%eth0:53", "tcp:fe80::1%eth0:53",
	"tcp:[127.0.0.1%lo]:53", "tcp4:[fe80::1%eth0]:53", "tcp%eth0:53", "tcp:53%eth0",
	/* names */
	"=tcp:53", "==tcp:53", "a==tcp:53", "a=b=tcp:53", "a=", "a=:", "a=53", "a=:53", "a=tcp", "a=tcp:", "a=@dns",
	"a:b=tcp:53", ":=tcp:53", "a:=tcp:53", "a b=tcp:53", " =tcp:53", " a=tcp:53", "a =tcp:53", "a= tcp:53",
	"%s%n=tcp:53", "a;b=tcp:53", "a/b=tcp:53", "$(x)=tcp:53", "a'=tcp:53", "a\"=tcp:53", "a\\=tcp:53", "a,b=tcp:53",
	"a@b=tcp:53", "a%b=tcp:53", "a*=tcp:53", "~=tcp:53", "a\tb=tcp:53", "a\nb=tcp:53", "\na=tcp:53", "a\n=tcp:53", "\x01=tcp:53", "a\x1b[31m=tcp:53", "a\x7f=tcp:53",
	"\x7f=tcp:53", "\x80=tcp:53", "\xff=tcp:53", "\xc3\xa4=tcp:53", "tcp:53=a", "tcp=53", "tcp:=53", "tcp:a=53",
	LONGEST "x=tcp:53", LONGEST LONGEST "=tcp:53", LONGEST LONGEST "=", LONGEST ":53", "tcp:" LONGEST,
	"tcp:" LONGEST ":53",
};

static bool same(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

/* The address as text; and the bytes behind one of IPv4 are zero. */
static bool is_at(const struct address *address, const char *text)
{
	char is[INET6_ADDRSTRLEN] = "";

	if (address->family != AF_UNSPEC)
		inet_ntop(address->family, &address->bytes, is, sizeof is);
	if (address->family != AF_INET6)
		for (int i = 1; i < 4; i++)
			if (address->bytes.s6_addr32[i] != 0)
				return false;
	return strcmp(is, text) == 0 && (*is != '\0' || IS_WILDCARD(address));
}

int main(void)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		const char *text = good[i].text;
		struct request is;
		const char *fault;

		memset(&is, 0x5a, sizeof is);
		fault = request_read(text, &is);
		tap(fault == NULL && same(is.protocol, good[i].protocol) && is.at.protocol == good[i].number, "protocol",
		    text);
		tap(fault == NULL && is.at.address.family == good[i].family && is.at.port == good[i].port,
		    "family and port", text);
		tap(fault == NULL && is_at(&is.at.address, good[i].address) && same(is.scope, good[i].scope),
		    "address and scope", text);
		tap(fault == NULL && same(is.name, good[i].name), "name", text);
		tap(fault == NULL && same(is.text, strrchr(text, '=') ? strrchr(text, '=') + 1 : text) &&
			    is.from == NULL && !is.spelled && is.verdict.section == NULL && is.verdict.ruling == REFUSED,
		    "the text, and nothing else yet", text);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct request is;

		tap(request_read(bad[i], &is) != NULL, "refused", bad[i]);
	}
	return tap_end();
}
