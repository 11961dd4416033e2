/* SPDX-License-Identifier: MIT */
/*
 * Packets of gdb's remote protocol, on one connection: $TEXT#SUM, and numbers and
 * bytes in hexadecimal. By the thread that serves but for wire_send().
 */
#ifndef FAUXKVM_USER_GDB_WIRE_H
#define FAUXKVM_USER_GDB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GDB_PACKET_MAX 16384
#define WIRE_CTRL_C    3

/* Of a held descriptor, which wire_end() closes. */
void wire_begin(int fd);
void wire_end(void);
int wire_fd(void);
/* From now on packets are not acknowledged. */
void wire_no_acks(void);

/* Something has been read that wire_receive() has not given. */
bool wire_waiting(void);
/* To @packet, of GDB_PACKET_MAX + 1 bytes: '$', or WIRE_CTRL_C and nothing; -1: the
 * connection is gone. */
int wire_receive(char *packet);
/* Any thread. False: the connection is gone, or there is none. */
bool wire_send(const char *text, size_t len);

/* A string: its end. */
char *wire_hex(char *to, const uint8_t *p, size_t len);
/* How many bytes there were. */
size_t wire_unhex(uint8_t *to, const char *from, size_t max);
/* *@at is behind it. */
uint64_t wire_number(const char **at);

#endif
