/* SPDX-License-Identifier: MIT */
/*
 * Integer data processing with W registers: what differs from 64 bits, and the
 * bodies that both sizes have. Results go into the register zero-extended.
 */
#include "cpu/host-flags.h"
#include "cpu/int.h"

typedef uint32_t uintX;
typedef int32_t intX;
enum { BITS = 32 };

static inline void set_nz(struct cpu *cpu, uint32_t r)
{
	set_nz32(cpu, r);
}

static inline uint32_t adds(struct cpu *cpu, uint32_t a, uint32_t b)
{
	uint32_t r = host_add32(a, b, &cpu->c, &cpu->v);

	set_nz32(cpu, r);
	return r;
}

static inline uint32_t subs(struct cpu *cpu, uint32_t a, uint32_t b)
{
	uint32_t r = host_sub32(a, b, &cpu->c, &cpu->v);

	set_nz32(cpu, r);
	return r;
}

/* x + y + C; SBC is this with y inverted. Flags as AddWithCarry(). */
static inline uint32_t adcs(struct cpu *cpu, uint32_t x, uint32_t y)
{
	uint64_t u = (uint64_t)x + y + cpu->c;
	uint32_t r = (uint32_t)u;

	cpu->c = u >> 32;
	cpu->v = ((x ^ r) & (y ^ r)) >> 31;
	set_nz32(cpu, r);
	return r;
}

/* 0 <= aux < 32 */
static void exec_extr(struct cpu *cpu, const struct insn *i)
{
	uint64_t pair = cpu->x[i->rn] << 32 | (uint32_t)cpu->x[i->rm];

	cpu->x[i->rd] = (uint32_t)(pair >> i->aux);
	NEXT;
}

static void exec_clz(struct cpu *cpu, const struct insn *i)
{
	uint32_t x = cpu->x[i->rn];

	cpu->x[i->rd] = x ? __builtin_clz(x) : 32;
	NEXT;
}

static void exec_cls(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = __builtin_clrsb((int32_t)cpu->x[i->rn]);
	NEXT;
}

static void exec_rev(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = __builtin_bswap32(cpu->x[i->rn]);
	NEXT;
}

#include "cpu/int-operand-body.h"
#include "cpu/int-addsub-body.h"
#include "cpu/int-logical-body.h"
#include "cpu/int-shift-body.h"
#include "cpu/int-conds.h"

insn_fn *int_32_body(const struct insn *i)
{
	insn_fn *fn = addsub_body(i);

	if (!fn)
		fn = logical_body(i);
	if (!fn)
		fn = shift_body(i);
	if (!fn)
		fn = cond_body(i);
	if (!fn && i->op == A64_REV_32)
		fn = exec_rev;
	return fn;
}
