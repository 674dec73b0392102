/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How root and its capabilities are given up, by a kernel, and a libcap-ng, that are played here: each of their calls
 * once fails, and once only claims success. Linked with src/launcher/privilege.c src/launcher/identity.c.
 * Linked with src/ownership/words.c.
 */
#include "launcher.h"
#include "refused.h"
#include "tap.h"

#include <linux/securebits.h>
#include <stdarg.h>
#include <sys/fsuid.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#define ALICE 60001
#define ALL ((1ULL << (CAP_LAST_CAP + 1)) - 1)
#define SERVICE BIT(CAP_NET_BIND_SERVICE)

/* ---- the kernel ---- */

static struct {
	id_t uid[4], gid[4]; /* real, effective, saved, of the filesystem */
	uint64_t permitted, effective, inheritable, ambient, bounding;
	int securebits, keepcaps, no_new_privs, groups, last;
	gid_t first_group;
	/* of the program's file */
	bool nosuid, no_stat;
	ssize_t capabilities;
	struct stat file;
} is;
static struct {
	uint64_t permitted, effective;
} wanted; /* of libcap-ng, what is to be applied */
static struct {
	const char *call;
	int result;
} fault;
static const char *second; /* another call that has one */
static int second_result;
static const char *at_bind;

/* Whether CALL is the one that has its fault, with no effect. */
static bool fails(const char *call)
{
	errno = EPERM;
	return fault.call != NULL && strcmp(call, fault.call) == 0;
}

static void take(id_t ids[4], id_t real, id_t effective, id_t saved)
{
	bool was_root = ids == is.uid && (ids[0] == 0 || ids[1] == 0 || ids[2] == 0);

	if (real != NOBODY)
		ids[0] = real;
	if (effective != NOBODY)
		ids[1] = ids[3] = effective;
	if (saved != NOBODY)
		ids[2] = saved;
	if (was_root && ids[0] != 0 && ids[1] != 0 && ids[2] != 0) {
		is.permitted = is.keepcaps ? is.permitted : 0;
		is.effective = 0;
	}
}

/* Without its capability a process may have only what it has. */
static int change(const char *call, id_t ids[4], int capability, id_t real, id_t effective, id_t saved)
{
	id_t new[] = { real, effective, saved };

	if (fails(call))
		return fault.result;
	for (int i = 0; i < 3; i++)
		if (!(is.effective & BIT(capability)) && new[i] != NOBODY && new[i] != ids[0] && new[i] != ids[1] &&
		    new[i] != ids[2])
			return -1;
	take(ids, real, effective, saved);
	return 0;
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return change(real == 0 && effective == 0 && saved == 0 ? "root again" : "setresuid", is.uid, CAP_SETUID, real,
		      effective, saved);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return change(real == 0 && effective == 0 && saved == 0 ? "group again" : "setresgid", is.gid, CAP_SETGID, real,
		      effective, saved);
}

int setreuid(uid_t real, uid_t effective)
{
	if (second != NULL)
		return second_result;
	return change("setreuid", is.uid, CAP_SETUID, real, effective, effective);
}

int seteuid(uid_t effective)
{
	return change(effective == 0 ? "seteuid" : "another", is.uid, CAP_SETUID, NOBODY, effective, NOBODY);
}

int setegid(gid_t effective)
{
	return change(effective == 0 ? "setegid" : "another", is.gid, CAP_SETGID, NOBODY, effective, NOBODY);
}

/* Tells the three ids, unless WHICH and the number of one is the fault: then that is another's. */
static int tell_ids(const char *which, const id_t ids[4], id_t *real, id_t *effective, id_t *saved)
{
	id_t *told[] = { real, effective, saved };

	if (fails(format_text("get %s", which)))
		return fault.result;
	for (int i = 0; i < 3; i++)
		*told[i] = fails(format_text("%s %d", which, i)) ? 0 : ids[i];
	return fails(format_text("%s", which)) ? -1 : 0;
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
	return tell_ids("uid", is.uid, real, effective, saved);
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
	return tell_ids("gid", is.gid, real, effective, saved);
}

uid_t getuid(void)
{
	return is.uid[0];
}

uid_t geteuid(void)
{
	return is.uid[1];
}

gid_t getgid(void)
{
	return is.gid[0];
}

int setfsuid(uid_t uid)
{
	return uid != NOBODY || fails("uid 3") ? 0 : (int)is.uid[3];
}

int setfsgid(gid_t gid)
{
	return gid != NOBODY || fails("gid 3") ? 0 : (int)is.gid[3];
}

int getgroups(int size, gid_t list[])
{
	if (size != 0 && size < is.groups)
		return -1;
	for (int i = 0; size != 0 && i < is.groups; i++)
		list[i] = is.first_group + (gid_t)i;
	return is.groups;
}

int prctl(int option, ...)
{
	va_list values;
	int value, number = 0, none = 0;

	va_start(values, option);
	value = va_arg(values, int);
	if (option == PR_CAP_AMBIENT) {
		number = va_arg(values, int);
		none = va_arg(values, int);
		none |= va_arg(values, int);
	}
	va_end(values);
	switch (option) {
	case PR_SET_KEEPCAPS:
		if (fails("keepcaps"))
			return fault.result;
		is.keepcaps = value;
		return 0;
	case PR_SET_SECUREBITS:
		if (fails("securebits"))
			return fault.result;
		if (!(is.effective & BIT(CAP_SETPCAP)))
			return -1;
		is.securebits = value;
		return 0;
	case PR_GET_SECUREBITS:
		return fails("get securebits") ? fault.result : is.securebits;
	case PR_SET_NO_NEW_PRIVS:
		if (fails("no_new_privs"))
			return fault.result;
		is.no_new_privs |= value;
		return value == 1 ? 0 : -1;
	case PR_GET_NO_NEW_PRIVS:
		return fails("get no_new_privs") ? fault.result : is.no_new_privs;
	case PR_CAPBSET_DROP:
		if (fails(format_text("drop %d", value)))
			return fault.result;
		if (value > is.last || fails(format_text("end at %d", value)))
			errno = EINVAL;
		if (errno == EINVAL || !(is.effective & BIT(CAP_SETPCAP)))
			return -1;
		is.bounding &= ~BIT(value);
		return 0;
	case PR_CAPBSET_READ:
		return fails(format_text("bound %d", value)) ? 1 :
		       value > CAP_LAST_CAP		     ? -1 :
							       (int)(is.bounding >> value & 1);
	case PR_CAP_AMBIENT:
		return value != PR_CAP_AMBIENT_IS_SET || none != 0 ? -1 :
		       fails(format_text("ambient %d", number)) ? 1 :
		       number > CAP_LAST_CAP			? -1 :
								  (int)(is.ambient >> number & 1);
	default:
		return -1;
	}
}

long syscall(long number, ...)
{
	va_list values;
	struct __user_cap_header_struct *header;
	struct __user_cap_data_struct *data;

	va_start(values, number);
	header = va_arg(values, void *);
	data = va_arg(values, void *);
	va_end(values);
	if (number != SYS_capget || header->version != _LINUX_CAPABILITY_VERSION_3 || header->pid != 0)
		return -1;
	if (fails("capget"))
		return fault.result;
	for (int i = 0; i < 2; i++) {
		data[i].permitted = (uint32_t)(is.permitted >> 32 * i);
		data[i].effective = (uint32_t)(is.effective >> 32 * i);
		data[i].inheritable = (uint32_t)(is.inheritable >> 32 * i);
	}
	return 0;
}

/* ---- libcap-ng ---- */

void capng_clear(capng_select_t set)
{
	if (set == CAPNG_SELECT_CAPS)
		wanted.permitted = wanted.effective = 0;
}

int capng_update(capng_act_t action, capng_type_t type, unsigned capability)
{
	if (fails(type == CAPNG_PERMITTED ? "update permitted" : "update effective") || action != CAPNG_ADD ||
	    capability > CAP_LAST_CAP)
		return -1;
	if (type == CAPNG_PERMITTED)
		wanted.permitted |= BIT(capability);
	if (type == CAPNG_EFFECTIVE)
		wanted.effective |= BIT(capability);
	return 0;
}

int capng_apply(capng_select_t set)
{
	if (set != CAPNG_SELECT_CAPS)
		return -1;
	if (fails("apply"))
		return fault.result;
	if (fails("apply to drop") && wanted.permitted == 0)
		return fault.result;
	if (fails("apply to raise") && wanted.effective == SERVICE)
		return fault.result;
	if ((wanted.permitted & ~is.permitted) != 0 || (wanted.effective & ~wanted.permitted) != 0)
		return -1;
	is.permitted = wanted.permitted;
	is.effective = wanted.effective;
	is.ambient = is.inheritable = fails("inheritable is left") ? BIT(40) : 0;
	return 0;
}

/* ---- the rest ---- */

void _exit(int status)
{
	quit(status, "silence");
}

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
	at_bind = format_text("%d %zu %u %llx", fd, (size_t)address, size, (unsigned long long)is.effective);
	errno = EADDRINUSE;
	return fails("bind") ? errno = EADDRINUSE, -1 : 7;
}

int statvfs(const char *path, struct statvfs *fs)
{
	fs->f_flag = is.nosuid ? ST_NOSUID | ST_NODEV : ST_NODEV | ST_RDONLY;
	return strcmp(path, "/proc/self/exe") == 0 && !fails("statvfs") ? 0 : -1;
}

ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
	return strcmp(path, "/proc/self/exe") == 0 && strcmp(name, "security.capability") == 0 && value == NULL &&
		       size == 0 ? is.capabilities : -1;
}

int stat(const char *path, struct stat *st)
{
	*st = is.file;
	return strcmp(path, "/proc/self/exe") == 0 && !is.no_stat ? 0 : -1;
}

/* ---- starts ---- */

static void begin(const char *call, int result)
{
	memset(&is, 0, sizeof is);
	for (int i = 0; i < 4; i++) {
		is.uid[i] = i == 0 ? ALICE : 0;
		is.gid[i] = ALICE + 1;
	}
	is.permitted = is.effective = is.bounding = ALL;
	is.securebits = 1 << SECURE_NOROOT;
	is.capabilities = -1;
	is.file.st_mode = S_IFREG | S_ISUID | 0755;
	is.last = CAP_LAST_CAP;
	is.groups = 3;
	is.first_group = 70;
	fault.call = call;
	fault.result = result;
}

/* Root is given up already. */
static struct caller begin_user(void)
{
	begin(NULL, 0);
	take(is.uid, ALICE, ALICE, ALICE);
	is.permitted = SERVICE;
	is.effective = is.bounding = 0;
	is.securebits = 0;
	return current_caller("alice");
}

static bool all(const id_t ids[4], id_t id)
{
	return ids[0] == id && ids[1] == id && ids[2] == id && ids[3] == id;
}

static bool holds(uint64_t permitted, uint64_t effective)
{
	return is.permitted == permitted && is.effective == effective && is.inheritable == 0;
}

static __attribute__((noinline)) void give_up(void)
{
	REFUSED(give_up_root());
}

static __attribute__((noinline)) void need_service(void)
{
	REFUSED(need(SERVICE));
}

static __attribute__((noinline)) void drop(const struct caller *who, bool may_gain)
{
	REFUSED(drop_everything(who, may_gain));
}

static void giving_up(void)
{
	static const struct {
		const char *call;
		int result;
		const char *why;
	} faults[] = {
		{ "keepcaps", -1, "cannot give up root" },     { "keepcaps", 0, "no privilege" },
		{ "setresgid", -1, "cannot give up root" },    { "setresuid", -1, "cannot give up root" },
		{ "setresuid", 0, "cannot give up root" },     { "get uid", -1, "cannot give up root" },
		{ "get gid", -1, "cannot give up root" },      { "get uid", 0, "cannot give up root" },
		{ "get gid", 0, "cannot give up root" },       { "uid 0", 0, "cannot give up root" },
		{ "uid 1", 0, "cannot give up root" },	       { "uid 2", 0, "cannot give up root" },
		{ "uid 3", 0, "cannot give up root" },	       { "gid 0", 0, "cannot give up root" },
		{ "gid 1", 0, "cannot give up root" },	       { "gid 2", 0, "cannot give up root" },
		{ "gid 3", 0, "cannot give up root" },	       { "uid", 0, "cannot give up root" },
		{ "gid", 0, "cannot give up root" },	       { "capget", -1, "cannot read capabilities" },
		{ "capget", 0, "capabilities differ" },	       { "apply", -1, "cannot set capabilities" },
		{ "apply", 0, "capabilities differ" },	       { "inheritable is left", 0, "capabilities differ" },
		{ "update permitted", 0, "no capability 8" },  { "update effective", 0, "no capability 8" },
		{ "drop 0", -1, "the bounding set" },	       { "drop 40", -1, "the bounding set" },
		{ "securebits", -1, "the securebits" },
	};

	begin(NULL, 0);
	give_up();
	tap(said == NULL && all(is.uid, ALICE) && all(is.gid, ALICE + 1), "the ids are the user's", "");
	tap(holds(SERVICE, 0) && is.bounding == 0 && is.securebits == 0, "one capability is left, and not effective", "");
	for (size_t i = 0; i < COUNT(faults); i++) {
		begin(faults[i].call, faults[i].result);
		give_up();
		tap(refused(EX_OSERR, faults[i].why) && is.uid[1] == ALICE, "refused, and not as root", faults[i].call);
	}
	for (int i = 0; i < 3; i++) {
		begin(i == 0 ? NULL : i == 1 ? "drop 63" : "drop 64", i == 1 ? -1 : 0);
		is.last = 63;
		is.bounding = ~0ULL;
		give_up();
		tap(i == 0 ? said == NULL && is.bounding == 0 : refused(EX_OSERR, i == 1 ? "cannot empty" : "no end"),
		    "64 capabilities, and no more", "");
	}
	for (unsigned missing = CAP_SETPCAP; missing <= CAP_NET_BIND_SERVICE; missing += 2) {
		begin(NULL, 0);
		is.permitted &= ~BIT(missing);
		give_up();
		tap(refused(EX_OSERR, "no privilege"), "one that is needed is missing", "");
	}
	begin("get uid", -1);
	second = "setreuid";
	second_result = -1;
	give_up();
	tap(refused(EX_OSERR, "cannot give up root"), "what is root no more may say so", "");
	/* What is still root says nothing. */
	begin(NULL, 0);
	is.uid[0] = 0;
	give_up();
	tap(refused(EX_OSERR, "silence") && is.uid[1] == 0, "root's own start", "");
	for (size_t i = 0; i < 3; i++) {
		begin("setresgid", -1);
		second = i == 0 ? NULL : "setreuid";
		second_result = i == 1 ? -1 : 0;
		give_up();
		tap(i == 0 ? refused(EX_OSERR, "cannot give up root") && is.uid[1] == ALICE : refused(EX_OSERR, "silence"),
		    "a second try", "");
	}
	second = NULL;
}

static void reasons(void)
{
	begin_user();
	is.permitted = BIT(40);
	is.no_new_privs = 1;
	need_service();
	tap(refused(EX_OSERR, "no_new_privs is set"), "why", "");
	is.no_new_privs = 0;
	is.nosuid = true;
	need_service();
	tap(refused(EX_OSERR, "nosuid mount"), "why", "");
	fault.call = "statvfs";
	need_service();
	tap(refused(EX_OSERR, "bounding set"), "why", "");
	fault.call = NULL;
	is.nosuid = false;
	need_service();
	tap(refused(EX_OSERR, "bounding set"), "why", "");
	is.file.st_uid = 65534;
	need_service();
	tap(refused(EX_OSERR, "bounding set"), "why, in a user namespace", "");
	is.file.st_uid = 1;
	need_service();
	tap(refused(EX_OSERR, "lost its mode"), "why", "");
	is.capabilities = 0;
	need_service();
	tap(refused(EX_OSERR, "lost its mode"), "why", "");
	for (is.capabilities = 1; is.capabilities <= 20; is.capabilities += 19) {
		need_service();
		tap(refused(EX_OSERR, "bounding set"), "why", "");
	}
	is.capabilities = -1;
	is.file.st_uid = 0;
	is.file.st_mode &= ~(mode_t)S_ISUID;
	need_service();
	tap(refused(EX_OSERR, "lost its mode"), "why", "");
	is.no_stat = true;
	need_service();
	tap(refused(EX_OSERR, "bounding set"), "why", "");
	is.permitted = SERVICE | BIT(40);
	tap(need(SERVICE) == (SERVICE | BIT(40)) && need(SERVICE | BIT(40)) == is.permitted, "what there is", "");
	is.permitted = SERVICE;
	REFUSED(need(SERVICE | BIT(40)));
	tap(refused(EX_OSERR, "no privilege"), "both are needed", "");
}

static void binding(void)
{
	const struct sockaddr *address = (const void *)16;

	begin_user();
	at_bind = NULL;
	errno = 0;
	tap(bind_with_capability(3, address, 28) == 7 && strcmp(at_bind, "3 16 28 400") == 0 && holds(SERVICE, 0),
	    "effective for that call", at_bind);
	fault.call = "bind";
	tap(bind_with_capability(3, address, 28) == -1 && errno == EADDRINUSE && holds(SERVICE, 0), "and its error", "");
	fault.call = NULL;
	is.permitted |= BIT(CAP_SYS_CHROOT);
	tap(bind_with_capability(3, address, 28) == 7 && strcmp(at_bind, "3 16 28 400") == 0 &&
		    holds(SERVICE | BIT(CAP_SYS_CHROOT), 0),
	    "and no other beside it", at_bind);
	is.permitted = 0;
	at_bind = NULL;
	REFUSED(bind_with_capability(3, address, 28));
	tap(refused(EX_OSERR, "no privilege") && at_bind == NULL, "not without it", "");
	begin_user();
	fault.call = "apply to raise";
	REFUSED(bind_with_capability(3, address, 28));
	tap(refused(EX_OSERR, "capabilities differ") && at_bind == NULL, "not where it is not so", "");
}

static void dropping(void)
{
	static const struct {
		const char *call;
		int result;
		const char *why;
	} faults[] = {
		{ "apply", -1, "cannot set" }, { "apply", 0, "capabilities differ" },
		{ "inheritable is left", 0, "capabilities differ" },
		{ "no_new_privs", -1, "cannot set no_new_privs" }, { "no_new_privs", 0, "no_new_privs is not set" },
		{ "get no_new_privs", -1, "no_new_privs is not set" }, { "bound 0", 0, "capability 0 is not bounded" },
		{ "bound 40", 0, "capability 40 is not" }, { "bound 63", 0, "capability 63 is not" },
		{ "ambient 0", 0, "capability 0 is left" }, { "ambient 40", 0, "capability 40 is left" },
		{ "ambient 63", 0, "capability 63 is left" }, { "get securebits", -1, "securebits are left" },
		{ "get securebits", 1, "securebits are left" }, { "root again", 0, "root could be had" },
		{ "seteuid", 0, "root could be had" }, { "group again", 0, "root's group could" },
		{ "setegid", 0, "root's group could" }, { "get uid", -1, "the ids are not" },
		{ "uid 0", 0, "the ids are not" }, { "uid 1", 0, "the ids are not" }, { "uid 2", 0, "the ids are not" },
		{ "uid 3", 0, "the ids are not" }, { "get gid", -1, "the ids are not" }, { "gid 0", 0, "the ids are not" },
		{ "gid 1", 0, "the ids are not" }, { "gid 2", 0, "the ids are not" }, { "gid 3", 0, "the ids are not" },
	};
	struct caller who = begin_user();

	drop(&who, false);
	tap(said == NULL && holds(0, 0) && is.no_new_privs == 1, "all is given up", "");
	begin_user();
	drop(&who, true);
	tap(said == NULL && holds(0, 0) && is.no_new_privs == 0, "and it may gain others", "");
	for (size_t i = 0; i < COUNT(faults); i++) {
		begin_user();
		fault.call = faults[i].call;
		fault.result = faults[i].result;
		drop(&who, false);
		tap(refused(EX_OSERR, faults[i].why), "refused", faults[i].call);
	}
	for (int i = 0; i <= CAP_LAST_CAP; i++) {
		begin(format_text("end at %d", i), 0);
		give_up();
		who = current_caller("alice");
		drop(&who, false);
		tap(refused(EX_OSERR, format_text("capability %d is not bounded", i)), "an end that was told too early", "");
	}
	who = begin_user();
	is.groups = 2;
	drop(&who, false);
	tap(refused(EX_OSERR, "the groups are not"), "a group less", "");
	is.groups = 4;
	drop(&who, false);
	tap(refused(EX_OSERR, "the groups are not"), "a group more", "");
	is.groups = 3;
	is.first_group = 71;
	drop(&who, false);
	tap(refused(EX_OSERR, "the groups have changed"), "other groups", "");
	/* There is no such capability to be asked for. */
	for (int i = 0; i < 2; i++) {
		begin_user();
		fault.call = i == 0 ? "bound 64" : "ambient 64";
		drop(&who, false);
		tap(said == NULL, "64 capabilities, and no more", "");
	}
	begin_user();
	is.permitted = BIT(CAP_CHOWN) | BIT(CAP_LAST_CAP);
	REFUSED(hold(is.permitted, BIT(CAP_CHOWN)));
	tap(said == NULL && is.effective == BIT(CAP_CHOWN), "the first and the last", "");
	is.permitted = BIT(CAP_LAST_CAP);
	REFUSED(hold(is.permitted, is.permitted));
	tap(said == NULL && is.effective == BIT(CAP_LAST_CAP), "the last, raised", "");
	REFUSED(hold(BIT(63), 0));
	tap(refused(EX_OSERR, "no capability 63"), "one that there is not", "");
	/* Root that stays root has it. */
	begin_user();
	who.uid = who.gid = 0;
	memset(is.uid, 0, sizeof is.uid);
	memset(is.gid, 0, sizeof is.gid);
	drop(&who, false);
	tap(said == NULL, "root by its own word", "");
}

int main(void)
{
	giving_up();
	reasons();
	binding();
	dropping();
	return tap_end();
}
