/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port is found by binding it. The kernel draws from its ephemeral range and does not soon draw
 * the same again.
 */
#include "connectors/qemu/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Binds @port (0: any) for a moment; returns which it was, 0 when it is taken. */
static uint16_t port_bind(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_port = htons(port),
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	/* As QEMU does: connections of the guest before, still in TIME_WAIT, are no obstacle. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	bool is_bound = bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 1) == 0 &&
	                getsockname(fd, (struct sockaddr *)&address, &len) == 0;
	close(fd);
	return is_bound ? ntohs(address.sin_port) : 0;
}

bool port_is_free(uint16_t port)
{
	return port != 0 && port_bind(port) == port;
}

uint16_t port_draw(void)
{
	return port_bind(0);
}
