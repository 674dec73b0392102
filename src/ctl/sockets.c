/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sockets.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>

/* Newer than the headers: a TCP socket that is bound, and neither listens nor is connected. Before 6.8 the kernel has
 * no such state, and passes over the bit. */
#define BOUND_INACTIVE 13

/* What is being listed. */
struct listing {
    held_list *sockets;
    int protocol;
};

static struct address read_address(const struct inet_diag_msg *told) {
    struct address address = {.family = told->idiag_family};

    if (told->idiag_family == AF_INET) {
        memcpy(&address.bytes, told->id.idiag_src, 4);
        return address;
    }
    memcpy(&address.bytes, told->id.idiag_src, sizeof address.bytes);
    if (!IN6_IS_ADDR_V4MAPPED(&address.bytes)) return address;
    address = (struct address){.family = AF_INET};
    memcpy(&address.bytes, &told->id.idiag_src[3], 4);
    return address;
}

static int take_attribute(const struct nlattr *attribute, void *data) {
    bool *one_family = data;

    if (mnl_attr_get_type(attribute) == INET_DIAG_SKV6ONLY) *one_family = mnl_attr_get_u8(attribute) != 0;
    return MNL_CB_OK;
}

static int take_socket(const struct nlmsghdr *header, void *data) {
    const struct inet_diag_msg *told = mnl_nlmsg_get_payload(header);
    const struct listing *listing = data;
    struct held held = {.uid = told->idiag_uid, .inode = told->idiag_inode, .interface = told->id.idiag_if};
    bool one_family = false;

    held.at = (struct endpoint){listing->protocol, read_address(told), ntohs(told->id.idiag_sport)};
    held.listening = listing->protocol == IPPROTO_TCP && told->idiag_state == TCP_LISTEN;
    if (mnl_attr_parse(header, sizeof *told, take_attribute, &one_family) < 0) return MNL_CB_ERROR;
    if (held.at.address.family == AF_INET6 && IS_WILDCARD(&held.at.address) && !one_family)
        held.at.address.family = AF_UNSPEC;
    if (held.at.port != 0) APPEND(*listing->sockets, held);
    return MNL_CB_OK;
}

/* Asks for the sockets of one family and protocol, and takes them. */
static bool ask(const struct mnl_socket *kernel, struct listing *listing, uint8_t family) {
    char room[16384]; /* more than MNL_SOCKET_BUFFER_SIZE, which asks the system at each use */
    struct nlmsghdr *header = mnl_nlmsg_put_header(room);
    struct inet_diag_req_v2 *request;
    ssize_t length;
    int more = MNL_CB_OK;

    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request = mnl_nlmsg_put_extra_header(header, sizeof *request);
    request->sdiag_family = family;
    request->sdiag_protocol = (uint8_t)listing->protocol;
    request->idiag_states = listing->protocol == IPPROTO_TCP ? 1U << TCP_LISTEN | 1U << BOUND_INACTIVE : ~0U;
    if (mnl_socket_sendto(kernel, header, header->nlmsg_len) < 0) return false;
    while (more > MNL_CB_STOP) {
        length = mnl_socket_recvfrom(kernel, room, sizeof room);
        more = length < 0 ? MNL_CB_ERROR : mnl_cb_run(room, (size_t)length, 0, 0, take_socket, listing);
    }
    return more == MNL_CB_STOP;
}

bool list_sockets(held_list *sockets) {
    static const uint8_t families[] = {AF_INET, AF_INET6};
    static const int protocols[] = {IPPROTO_TCP, IPPROTO_UDP};
    struct mnl_socket *kernel = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    bool whole = kernel != NULL && mnl_socket_bind(kernel, 0, MNL_SOCKET_AUTOPID) == 0;

    for (size_t i = 0; whole && i < 4; i++) {
        struct listing listing = {sockets, protocols[i / 2]};

        whole = ask(kernel, &listing, families[i % 2]);
    }
    if (!whole)
        complain("the kernel does not tell who holds the ports: %m; some or all are missing below; sock_diag(7) needs "
                 "the modules tcp_diag and udp_diag");
    if (kernel != NULL) mnl_socket_close(kernel);
    return whole;
}
