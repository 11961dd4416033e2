/* SPDX-License-Identifier: MIT */
/*
 * CRC32B/H/W/X (polynomial 0x04C11DB7) and CRC32CB/H/W/X (0x1EDC6F41), Arm
 * ARM C6.2 CRC32. Bit-reflected, no inversion: general registers only, so no
 * FP access check.
 */
#include <pthread.h>

#include "cpu/exec.h"
#include "isa/a64/formats.h"

#ifdef __x86_64__
#include "cpu/host-x86-64-crc32.h"
#else
static insn_fn *host_crc32c_fn(unsigned int log2)
{
	return NULL;
}
#endif

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

#define CRC_FN(name, poly, bytes)                                              \
	static void name(struct cpu *cpu, const struct insn *i)                \
	{                                                                      \
		cpu->x[i->rd] =                                                \
			crc_update(poly, cpu->x[i->rn], cpu->x[i->rm], bytes); \
		NEXT;                                                          \
	}
CRC_FN(crc32b, CRC32, 1)
CRC_FN(crc32h, CRC32, 2)
CRC_FN(crc32w, CRC32, 4)
CRC_FN(crc32x, CRC32, 8)
CRC_FN(crc32cb, CRC32C, 1)
CRC_FN(crc32ch, CRC32C, 2)
CRC_FN(crc32cw, CRC32C, 4)
CRC_FN(crc32cx, CRC32C, 8)

/* sf is 1 for the doubleword form and only for it. */
static bool fmt_crc(uint32_t w, struct insn *out, insn_fn *const fns[4])
{
	unsigned int log2 = FLD(w, 11, 10);

	pthread_once(&table_once, table_build);
	out->rd = reg_dst(FLD(w, 4, 0));
	out->rn = reg_src(FLD(w, 9, 5));
	out->rm = reg_src(FLD(w, 20, 16));
	out->fn = fns[log2];
	return FLD(w, 31, 31) == (log2 == 3);
}

bool fmt_crc32(uint32_t w, struct insn *out)
{
	static insn_fn *const fns[4] = {crc32b, crc32h, crc32w, crc32x};

	return fmt_crc(w, out, fns);
}

bool fmt_crc32c(uint32_t w, struct insn *out)
{
	static insn_fn *const fns[4] = {crc32cb, crc32ch, crc32cw, crc32cx};
	insn_fn *host = host_crc32c_fn(FLD(w, 11, 10));
	bool ok = fmt_crc(w, out, fns);

	if (host)
		out->fn = host;
	return ok;
}
