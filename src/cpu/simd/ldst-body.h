/* SPDX-License-Identifier: MIT */
/*
 * The fast halves of LDR, STR, LDP and STP of SIMD&FP registers of one size.
 * Included by simd/ldst-b.c ... simd/ldst-q.c, which define
 *
 *   VLDST_SIZE    SIZE_B ... SIZE_Q
 *   VLDST_PAIRS   1: there are pairs and literals of this size
 *   VLDST_BODIES  the table
 *
 * If anything is special nothing has been done and exec_vldst_slow() does it.
 */
#include "cpu/simd/mem.h"

/* A load clears the rest of the register. Aligned: one access of its size. */
static ALWAYS_INLINE void reg_load(union vreg *v, const uint8_t *p)
{
	switch (VLDST_SIZE) {
	case SIZE_B: v->d[0] = mem_get(p, 0); break;
	case SIZE_H: v->d[0] = mem_get(p, 1); break;
	case SIZE_W: v->d[0] = mem_get(p, 2); break;
	case SIZE_X: v->d[0] = mem_get(p, 3); break;
	default:
		if (!MEM_BIG) {
			memcpy(v, p, 16);
			return;
		}
		v->d[0] = mem_get(p + 8, 3);
		v->d[1] = mem_get(p, 3);
		return;
	}
	v->d[1] = 0;
}

static ALWAYS_INLINE void reg_store(uint8_t *p, const union vreg *v)
{
	switch (VLDST_SIZE) {
	case SIZE_B: mem_put(p, 0, v->b[0]); break;
	case SIZE_H: mem_put(p, 1, v->h[0]); break;
	case SIZE_W: mem_put(p, 2, v->s[0]); break;
	case SIZE_X: mem_put(p, 3, v->d[0]); break;
	default:
		if (!MEM_BIG) {
			memcpy(p, v, 16);
			return;
		}
		mem_put(p, 3, v->d[1]);
		mem_put(p + 8, 3, v->d[0]);
	}
}

static ALWAYS_INLINE bool load(struct cpu *cpu, const struct insn *i, bool pair,
			       enum a64_vldst_form mode)
{
	gva_t va = vldst_address(cpu, i, mode);
	const uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_read(cpu, i, va, (pair ? 2 : 1) << VLDST_SIZE);
	if (unlikely(!p))
		return false;
	reg_load(&cpu->vreg[i->rd], p);
	if (pair)
		reg_load(&cpu->vreg[i->ra], p + (1 << VLDST_SIZE));
	vldst_write_back(cpu, i, mode, va);
	return true;
}

static ALWAYS_INLINE bool store(struct cpu *cpu, const struct insn *i,
				bool pair, enum a64_vldst_form mode)
{
	gva_t va = vldst_address(cpu, i, mode);
	uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_write(cpu, i, va, (pair ? 2 : 1) << VLDST_SIZE);
	if (unlikely(!p))
		return false;
	reg_store(p, &cpu->vreg[i->rd]);
	if (pair)
		reg_store(p + (1 << VLDST_SIZE), &cpu->vreg[i->ra]);
	vldst_write_back(cpu, i, mode, va);
	return true;
}

/* ---- one register -------------------------------------------------------- */

static void exec_vldr_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, false, VLDST_OFFSET)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldr_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, false, VLDST_PRE)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldr_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, false, VLDST_POST)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldr_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, false, VLDST_LSL)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldr_uxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, false, VLDST_UXTW)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldr_sxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, false, VLDST_SXTW)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstr_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, false, VLDST_OFFSET)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstr_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, false, VLDST_PRE)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstr_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, false, VLDST_POST)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstr_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, false, VLDST_LSL)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstr_uxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, false, VLDST_UXTW)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstr_sxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, false, VLDST_SXTW)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

#if VLDST_PAIRS
/* ---- literal, pairs ------------------------------------------------------ */

static void exec_vldr_literal(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, false, VLDST_LITERAL)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldp_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, true, VLDST_OFFSET)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldp_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, true, VLDST_PRE)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vldp_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, true, VLDST_POST)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstp_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, true, VLDST_OFFSET)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstp_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, true, VLDST_PRE)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

static void exec_vstp_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, true, VLDST_POST)))
		return exec_vldst_slow(cpu, i);
	NEXT;
}

#endif

vldst_bodies VLDST_BODIES = {
	[0][0] =
		{
			[VLDST_OFFSET] = exec_vstr_offset,
			[VLDST_PRE] = exec_vstr_pre,
			[VLDST_POST] = exec_vstr_post,
			[VLDST_LSL] = exec_vstr_lsl,
			[VLDST_UXTW] = exec_vstr_uxtw,
			[VLDST_SXTW] = exec_vstr_sxtw,
		},
	[0][1] =
		{
			[VLDST_OFFSET] = exec_vldr_offset,
			[VLDST_PRE] = exec_vldr_pre,
			[VLDST_POST] = exec_vldr_post,
			[VLDST_LSL] = exec_vldr_lsl,
			[VLDST_UXTW] = exec_vldr_uxtw,
			[VLDST_SXTW] = exec_vldr_sxtw,
		},
#if VLDST_PAIRS
	[0][1][VLDST_LITERAL] = exec_vldr_literal,
	[1][0] =
		{
			[VLDST_OFFSET] = exec_vstp_offset,
			[VLDST_PRE] = exec_vstp_pre,
			[VLDST_POST] = exec_vstp_post,
		},
	[1][1] =
		{
			[VLDST_OFFSET] = exec_vldp_offset,
			[VLDST_PRE] = exec_vldp_pre,
			[VLDST_POST] = exec_vldp_post,
		},
#endif
};
