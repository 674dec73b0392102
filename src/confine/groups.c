/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "groups.h"

#include <stdio.h>
#include <string.h>

#define CALLS(...)                                                                                                     \
    (const char *const[]) { __VA_ARGS__, NULL }
#define NO_CALLS                                                                                                       \
    (const char *const[]) { NULL }

/* Some are newer than the reference system's libseccomp, and refused there as unknown; built with a later one they have
 * to be named. */
const struct call_group call_groups[] = {
    {"attributes", GROUP_ATTRIBUTES,
     CALLS("chmod", "chown", "fchmodat", "fchmodat2", "fchownat", "file_setattr", "lchown", "lremovexattr", "lsetxattr",
           "removexattr", "removexattrat", "setxattr", "setxattrat"),
     NULL},
    {"clock", GROUP_CLOCK, CALLS("adjtimex", "clock_adjtime", "clock_settime", "settimeofday", "stime"), NULL},
    {"debug", GROUP_DEBUG,
     CALLS("bpf", "kcmp", "lookup_dcookie", "perf_event_open", "pidfd_getfd", "process_vm_readv", "process_vm_writev",
           "ptrace", "userfaultfd"),
     "prlimit(2) that sets limits of another process"},
    {"io_uring", GROUP_IO_URING, CALLS("io_uring_enter", "io_uring_register", "io_uring_setup"), NULL},
    {"ipc", GROUP_IPC,
     CALLS("mq_open", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget", "semop", "semtimedop",
           "shmat", "shmctl", "shmdt", "shmget"),
     NULL},
    {"keyring", GROUP_KEYRING, CALLS("add_key", "keyctl", "request_key"), NULL},
    {"listen", GROUP_LISTEN, NO_CALLS, "listen(2) where no --bind says on which port"},
    {"module", GROUP_MODULE,
     CALLS("create_module", "delete_module", "finit_module", "get_kernel_syms", "init_module", "query_module"), NULL},
    {"mount", GROUP_MOUNT,
     CALLS("chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount",
           "open_by_handle_at", "open_tree", "open_tree_attr", "pivot_root", "umount", "umount2"),
     NULL},
    {"namespace", GROUP_NAMESPACE, CALLS("setns"), "clone(2), clone3(2) and unshare(2) that make a namespace"},
    {"obsolete", GROUP_OBSOLETE,
     CALLS("_sysctl", "afs_syscall", "bdflush", "modify_ldt", "nfsservctl", "personality", "remap_file_pages", "sysfs",
           "uselib", "ustat", "vm86", "vm86old"),
     NULL},
    {"reboot", GROUP_REBOOT,
     CALLS("acct", "ioperm", "iopl", "kexec_file_load", "kexec_load", "quotactl", "quotactl_fd", "reboot",
           "setdomainname", "sethostname", "swapoff", "swapon", "syslog", "vhangup"),
     NULL},
    {"setid-files", GROUP_SETID_FILES, NO_CALLS, "setuid and setgid bits in the mode of a file; openat2(2)"},
    {"sockets", GROUP_SOCKETS, NO_CALLS, "socket(2) and socketpair(2) of any family, type and protocol"},
    {"tcp", GROUP_TCP, NO_CALLS, "socket(2) for TCP; --bind and --connect take it along"},
    {"times", GROUP_TIMES, CALLS("futimesat", "utime", "utimes"), "utimensat(2) of a path"},
    {"udp", GROUP_UDP, NO_CALLS, "socket(2) for UDP, which can then bind and reach any port"},
};

const unsigned call_groups_count = sizeof call_groups / sizeof *call_groups;

unsigned group_named(const char *name) {
    for (unsigned i = 0; i < call_groups_count; i++) {
        if (strcmp(call_groups[i].name, name) == 0) return call_groups[i].group;
    }
    return 0;
}

void groups_print(void) {
    for (unsigned i = 0; i < call_groups_count; i++) {
        printf("%-11s", call_groups[i].name);
        for (const char *const *call = call_groups[i].whole; *call != NULL; call++) printf(" %s", *call);
        if (call_groups[i].rest != NULL)
            printf("%s%s", *call_groups[i].whole == NULL ? " " : "; ", call_groups[i].rest);
        putchar('\n');
    }
}
