/* SPDX-License-Identifier: MIT */
/*
 * Integer data processing with X registers: what differs from 32 bits, and the
 * bodies that both sizes have.
 */
#include "cpu/host-flags.h"
#include "cpu/int.h"

typedef uint64_t uintX;
typedef int64_t intX;
enum { BITS = 64 };

static inline void set_nz(struct cpu *cpu, uint64_t r)
{
	set_nz64(cpu, r);
}

static inline uint64_t adds(struct cpu *cpu, uint64_t a, uint64_t b)
{
	uint64_t r = host_add64(a, b, &cpu->c, &cpu->v);

	set_nz64(cpu, r);
	return r;
}

static inline uint64_t subs(struct cpu *cpu, uint64_t a, uint64_t b)
{
	uint64_t r = host_sub64(a, b, &cpu->c, &cpu->v);

	set_nz64(cpu, r);
	return r;
}

/* x + y + C; SBC is this with y inverted. Flags as AddWithCarry(). */
static inline uint64_t adcs(struct cpu *cpu, uint64_t x, uint64_t y)
{
	unsigned __int128 u = (unsigned __int128)x + y + cpu->c;
	uint64_t r = (uint64_t)u;

	cpu->c = (uint64_t)(u >> 64);
	cpu->v = ((x ^ r) & (y ^ r)) >> 63;
	set_nz64(cpu, r);
	return r;
}

/* aux is not 0: that is a plain move. */
static void exec_extr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rm] >> i->aux | cpu->x[i->rn]
							  << (64 - i->aux);
	NEXT;
}

static void exec_clz(struct cpu *cpu, const struct insn *i)
{
	uint64_t x = cpu->x[i->rn];

	cpu->x[i->rd] = x ? __builtin_clzll(x) : 64;
	NEXT;
}

static void exec_cls(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = __builtin_clrsbll(cpu->x[i->rn]);
	NEXT;
}

static void exec_rev(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = __builtin_bswap64(cpu->x[i->rn]);
	NEXT;
}

static void exec_rev32(struct cpu *cpu, const struct insn *i)
{
	uint64_t x = cpu->x[i->rn];

	cpu->x[i->rd] = __builtin_bswap64(x >> 32 | x << 32);
	NEXT;
}

/* ADD (immediate) of zero: MOV to or from SP */
static void exec_mov_sp(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn];
	NEXT;
}

#include "cpu/int-operand-body.h"
#include "cpu/int-addsub-body.h"
#include "cpu/int-logical-body.h"
#include "cpu/int-shift-body.h"
#include "cpu/int-conds.h"

/* What only X registers have, and what they do more simply. */
static insn_fn *special_body(const struct insn *i)
{
	switch (i->op) {
	case A64_ADD_imm:
	case A64_SUB_imm: return i->imm ? NULL : exec_mov_sp;
	case A64_EXTR: return i->aux ? NULL : exec_mov_reg;
	case A64_REV_64: return exec_rev;
	case A64_REV32_64: return exec_rev32;
	default: return NULL;
	}
}

insn_fn *int_64_body(const struct insn *i)
{
	insn_fn *fn = special_body(i);

	if (!fn)
		fn = addsub_body(i);
	if (!fn)
		fn = logical_body(i);
	if (!fn)
		fn = shift_body(i);
	if (!fn)
		fn = cond_body(i);
	return fn;
}
