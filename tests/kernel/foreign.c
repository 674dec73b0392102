// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * foreign - attaches a bind program of somebody else's to a cgroup, as systemd does for SocketBindAllow=.
 *
 *	foreign DIRECTORY RETURN [alone | after]
 *
 * Called "somebody", it returns RETURN for each bind(2) of an IPv4 socket: 1 leaves it be, 0 refuses it, 3 lifts
 * CAP_NET_BIND_SERVICE. It stays until the cgroup goes; alone it lets no other be attached there. With "after" it is
 * asked behind the bind, not before.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
				.expected_attach_type = BPF_CGROUP_INET4_BIND,
				.insns = (uint64_t)code,
				.insn_cnt = 2,
				.license = (uint64_t)"GPL",
				.prog_name = "somebody" };
	union bpf_attr attach = { .attach_type = BPF_CGROUP_INET4_BIND, .attach_flags = BPF_F_ALLOW_MULTI };

	if (argc < 3)
		errx(99, "usage: foreign DIRECTORY RETURN [alone | after]");
	if (argc > 3 && strcmp(argv[3], "alone") == 0)
		attach.attach_flags = 0;
	if (argc > 3 && strcmp(argv[3], "after") == 0) {
		load.prog_type = BPF_PROG_TYPE_CGROUP_SOCK;
		load.expected_attach_type = attach.attach_type = BPF_CGROUP_INET4_POST_BIND;
	}
	code[0].imm = atoi(argv[2]);
	attach.target_fd = (uint32_t)open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	attach.attach_bpf_fd = (uint32_t)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
	if (syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach) != 0)
		err(99, "%s", argv[1]);
	return 0;
}
