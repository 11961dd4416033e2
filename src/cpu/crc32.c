/* SPDX-License-Identifier: MIT */
/*
 * CRC32B/H/W/X (polynomial 0x04C11DB7) and CRC32CB/H/W/X (0x1EDC6F41), Arm
 * ARM C6.2 CRC32. Bit-reflected, no inversion: general registers only, so no
 * FP access check.
 */
#include <pthread.h>

#include "cpu/bodies.h"
#include "cpu/crypto.h"
#include "cpu/exec.h"
#include "cpu/host-crc32.h"
#include "isa/a64/operands.h"

enum { CRC32, CRC32C };

/* table[p][k][v]: the CRC of byte v followed by k zero bytes. */
static uint32_t table[2][8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void table_build(void)
{
	static const uint32_t reflected[2] = {0xedb88320, 0x82f63b78};

	for (int p = 0; p < 2; p++)
		for (unsigned int v = 0; v < 256; v++) {
			uint32_t crc = v;

			for (int bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (reflected[p] & -(crc & 1));
			table[p][0][v] = crc;
		}
	for (int p = 0; p < 2; p++)
		for (int k = 1; k < 8; k++)
			for (unsigned int v = 0; v < 256; v++) {
				uint32_t crc = table[p][k - 1][v];

				table[p][k][v] =
					crc >> 8 ^ table[p][0][crc & 0xff];
			}
}

void crc32_tables(void)
{
	pthread_once(&table_once, table_build);
}

/* The low @bytes of @val, lowest first. */
static inline uint32_t crc_update(int p, uint32_t crc, uint64_t val,
				  unsigned int bytes)
{
	uint32_t r = bytes < 4 ? crc >> 8 * bytes : 0;

	val ^= crc;
	for (unsigned int k = 0; k < bytes; k++)
		r ^= table[p][bytes - 1 - k][val >> 8 * k & 0xff];
	return r;
}

/* ---- bodies -------------------------------------------------------------- */

static void exec_crc32b(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32, cpu->x[i->rn], cpu->x[i->rm], 1);
	NEXT;
}

static void exec_crc32h(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32, cpu->x[i->rn], cpu->x[i->rm], 2);
	NEXT;
}

static void exec_crc32w(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32, cpu->x[i->rn], cpu->x[i->rm], 4);
	NEXT;
}

static void exec_crc32x(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32, cpu->x[i->rn], cpu->x[i->rm], 8);
	NEXT;
}

static void exec_crc32cb(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32C, cpu->x[i->rn], cpu->x[i->rm], 1);
	NEXT;
}

static void exec_crc32ch(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32C, cpu->x[i->rn], cpu->x[i->rm], 2);
	NEXT;
}

static void exec_crc32cw(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32C, cpu->x[i->rn], cpu->x[i->rm], 4);
	NEXT;
}

static void exec_crc32cx(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = crc_update(CRC32C, cpu->x[i->rn], cpu->x[i->rm], 8);
	NEXT;
}

insn_fn *crc32_body(const struct insn *i)
{
	static insn_fn *const fns[2][4] = {
		[CRC32] = {exec_crc32b, exec_crc32h, exec_crc32w, exec_crc32x},
		[CRC32C] = {exec_crc32cb, exec_crc32ch, exec_crc32cw,
			    exec_crc32cx},
	};
	insn_fn *host;

	switch (i->op) {
	case A64_CRC32: crc32_tables(); return fns[CRC32][i->size];
	case A64_CRC32C:
		host = host_crc32c_body(i->size);
		if (host)
			return host;
		crc32_tables();
		return fns[CRC32C][i->size];
	default: return NULL;
	}
}
