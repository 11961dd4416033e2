/* SPDX-License-Identifier: MIT */
/*
 * Packets of gdb's remote protocol, see gdb-wire.h.
 */
#include "user/gdb-wire.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/held-fd.h"

static struct {
	int fd; /* handle; -1: none */
	bool no_acks;
	size_t in_len, in_at;
	uint8_t in[4096];
	pthread_mutex_t out_lock;
} g = {.out_lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

void wire_begin(int fd)
{
	g.no_acks = false;
	g.in_at = g.in_len = 0;
	g.fd = fd;
}

void wire_end(void)
{
	pthread_mutex_lock(&g.out_lock);
	held_fd_close(g.fd);
	g.fd = -1;
	pthread_mutex_unlock(&g.out_lock);
}

int wire_fd(void)
{
	return held_fd_number(g.fd);
}

void wire_no_acks(void)
{
	g.no_acks = true;
}

bool wire_waiting(void)
{
	return g.in_at < g.in_len;
}

static bool out_bytes(const char *p, size_t len)
{
	while (len) {
		ssize_t n = send(held_fd_number(g.fd), p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

bool wire_send(const char *text, size_t len)
{
	static char buf[2 * GDB_PACKET_MAX + 80];
	uint8_t sum = 0;
	bool done;

	for (size_t k = 0; k < len; k++)
		sum += (uint8_t)text[k];
	pthread_mutex_lock(&g.out_lock);
	buf[0] = '$';
	memcpy(buf + 1, text, len);
	snprintf(buf + 1 + len, 4, "#%02x", sum);
	done = g.fd >= 0 && out_bytes(buf, len + 4);
	pthread_mutex_unlock(&g.out_lock);
	return done;
}

/* The next byte, -1: the connection is gone. */
static int in_byte(void)
{
	if (g.in_at == g.in_len) {
		ssize_t n = recv(held_fd_number(g.fd), g.in, sizeof(g.in), 0);

		if (n <= 0)
			return -1;
		g.in_len = (size_t)n;
		g.in_at = 0;
	}
	return g.in[g.in_at++];
}

int wire_receive(char *packet)
{
	size_t n = 0;
	int c;

	do {
		c = in_byte();
		if (c < 0 || c == WIRE_CTRL_C)
			return c;
	} while (c != '$');
	while ((c = in_byte()) >= 0 && c != '#')
		if (n < GDB_PACKET_MAX)
			packet[n++] = (char)c;
	packet[n] = '\0';
	if (c < 0 || in_byte() < 0 || in_byte() < 0)
		return -1;
	if (!g.no_acks && !out_bytes("+", 1))
		return -1;
	return '$';
}

char *wire_hex(char *to, const uint8_t *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t k = 0; k < len; k++) {
		*to++ = digits[p[k] >> 4];
		*to++ = digits[p[k] & 15];
	}
	*to = '\0';
	return to;
}

static int digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* How many bytes there were. */
size_t wire_unhex(uint8_t *to, const char *from, size_t max)
{
	size_t n = 0;

	while (n < max && digit(from[2 * n]) >= 0 &&
	       digit(from[2 * n + 1]) >= 0) {
		to[n] = (uint8_t)(digit(from[2 * n]) << 4 |
				  digit(from[2 * n + 1]));
		n++;
	}
	return n;
}

uint64_t wire_number(const char **at)
{
	uint64_t v = 0;

	while (digit(**at) >= 0)
		v = v << 4 | (uint64_t)digit(*(*at)++);
	return v;
}
