/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#define BTF "/sys/kernel/btf/vmlinux"
#define LOCKDOWN "/sys/kernel/security/lockdown"
#define INITIAL_USER_NAMESPACE 0xEFFFFFFDU /* the inode of it, on every kernel; linux/nsfs.h names it since 6.18 */

static bool is_locked_down(void) {
    char text[128] = "";
    int fd = open(LOCKDOWN, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0) close(fd);
    return length > 0 && strstr(text, "[confidentiality]") != NULL;
}

/* The real thing, not that of a user namespace. Where /proc is not mounted the kernel is left to refuse. */
static bool is_of_host(void) {
    struct stat st;

    return stat("/proc/self/ns/user", &st) != 0 || st.st_ino == INITIAL_USER_NAMESPACE;
}

/* It stands for CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN too, and a map is found by its id with nothing less. */
static bool has_sys_admin(void) {
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

    return syscall(SYS_capget, &self, sets) != 0 || (sets[0].effective & 1U << CAP_SYS_ADMIN) != 0;
}

bool able_to_load(struct trouble *trouble) {
    struct utsname host;
    unsigned major = 0, minor = 0;

    /* NOLINTNEXTLINE(cert-err34-c): where it says nothing that is read, the kernel is left to refuse */
    if (uname(&host) == 0 && sscanf(host.release, "%u.%u", &major, &minor) == 2 &&
        (major < 5 || (major == 5 && minor < 17)))
        return trouble_is(trouble, EX_UNAVAILABLE,
                          "Linux %s is too old: the kernel table needs 5.17 or later; boot a newer kernel",
                          host.release);
    if (!is_of_host())
        return trouble_is(trouble, EX_UNAVAILABLE,
                          "this is root of a user namespace, as in a container; the table is loaded on the host, by "
                          "its root");
    if (!has_sys_admin())
        return trouble_is(trouble, EX_NOPERM,
                          "it takes CAP_SYS_ADMIN, which was taken from this process, although it is root's; run it "
                          "outside of what took it: a container, or a unit with CapabilityBoundingSet=");
    if (is_locked_down())
        return trouble_is(trouble, EX_UNAVAILABLE,
                          "the kernel is locked down (%s: confidentiality), and lets no program look at who asks; boot "
                          "it with lockdown=integrity, or without",
                          LOCKDOWN);
    if (access(BTF, R_OK) != 0)
        return trouble_is(
            trouble, EX_UNAVAILABLE,
            "%s: %m; sysfs is not mounted (mount -t sysfs sysfs /sys), or the kernel was built without BTF "
            "and another is needed (CONFIG_DEBUG_INFO_BTF)",
            BTF);
    return true;
}

/* What a refusal of root, with all capabilities, comes from. */
static const char *who_forbids(void) {
    return prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER
               ? "a system call filter (seccomp) is in force here, as in a container; run it outside of that"
               : "a security module may forbid it; the kernel's log (dmesg) may say which";
}

bool able_no_more(struct trouble *trouble, const char *what, int error, const char *said) {
    if (error == EPERM) return trouble_is(trouble, EX_NOPERM, "%s: %s; %s", what, strerror(error), who_forbids());
    if (error == ENOSYS)
        return trouble_is(trouble, EX_UNAVAILABLE,
                          "%s: %s; the kernel was built without bpf(2), and another is needed (CONFIG_BPF_SYSCALL), or "
                          "a system call filter (seccomp) hides it",
                          what, strerror(error));
    if (error == EACCES || error == EINVAL || error == EOPNOTSUPP)
        return trouble_is(trouble, EX_UNAVAILABLE,
                          "%s: %s; the kernel lacks something that the table needs, such as CONFIG_CGROUP_BPF, and "
                          "another is needed%s%s",
                          what, strerror(error), said != NULL ? ": " : "", said != NULL ? said : "");
    return trouble_is(trouble, EX_OSERR, "%s: %s", what, strerror(error));
}
