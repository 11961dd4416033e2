/* SPDX-License-Identifier: MIT */
/*
 * The fast bodies of loads and stores of one general register of one size.
 * ldst-8.c ... ldst-64.c include it and define
 *
 *   BITS          8 ... 64
 *   DATA          an unsigned type of that size, of any alignment
 *   SIGNED_DATA   the signed one
 *   LDST_BODIES   the table
 *
 * LDR is any load that zeroes the rest of the register (LDRB, LDUR, ...), LDRS
 * one that extends the sign, to X or W. "_sp": the base is SP.
 */
#include "cpu/ldst.h"

#define LOG_BYTES __builtin_ctz(BITS / 8)

/* One host access if @p is aligned. */
static ALWAYS_INLINE uint64_t data_load(const void *p, enum a64_ldst_kind kind)
{
	DATA v = mem_order(*(const volatile DATA *)p, LOG_BYTES);

	switch (kind) {
	case LDST_LOAD_SX: return (int64_t)(SIGNED_DATA)v;
	case LDST_LOAD_SW: return (uint32_t)(SIGNED_DATA)v;
	default: return v;
	}
}

static ALWAYS_INLINE void data_store(void *p, uint64_t val)
{
	*(volatile DATA *)p = (DATA)mem_order(val, LOG_BYTES);
}

/* false: nothing has happened, the slow body does it all. */
static ALWAYS_INLINE bool load(struct cpu *cpu, const struct insn *i,
			       enum a64_ldst_mode mode, enum ldst_base base,
			       enum a64_ldst_kind kind)
{
	uint64_t *const b = ldst_base(cpu, i, base);
	gva_t va = ldst_address(cpu, i, mode, *b);
	const void *host;

	if (unlikely(ldst_base_bad(cpu, i, base)))
		return false;
	if (mode == LDST_UNPRIV)
		host = mem_try_read_unpriv(cpu, i, va, BITS / 8);
	else
		host = mem_try_read(cpu, i, va, BITS / 8);
	if (unlikely(!host))
		return false;
	cpu->x[i->rd] = data_load(host, kind);
	ldst_write_back(i, mode, b, va);
	return true;
}

static ALWAYS_INLINE bool store(struct cpu *cpu, const struct insn *i,
				enum a64_ldst_mode mode, enum ldst_base base)
{
	uint64_t *const b = ldst_base(cpu, i, base);
	gva_t va = ldst_address(cpu, i, mode, *b);
	void *host;

	if (unlikely(ldst_base_bad(cpu, i, base)))
		return false;
	if (mode == LDST_UNPRIV)
		host = mem_try_write_unpriv(cpu, i, va, BITS / 8);
	else
		host = mem_try_write(cpu, i, va, BITS / 8);
	if (unlikely(!host))
		return false;
	data_store(host, cpu->x[i->rd]);
	ldst_write_back(i, mode, b, va);
	return true;
}

/* ---- LDR ----------------------------------------------------------------- */

static void exec_ldr_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_OFFSET, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_PRE, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_POST, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LSL, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_uxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_UXTW, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_sxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_SXTW, BASE_GP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_offset_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_OFFSET, BASE_SP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_pre_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_PRE, BASE_SP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldr_post_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_POST, BASE_SP, LDST_LOAD)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

#if BITS >= 32
/* LDRSW too. */
static void exec_ldr_literal(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LITERAL, BASE_GP,
			   ldst_form_kind(i->form))))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

#endif

/* ---- STR ----------------------------------------------------------------- */

static void exec_str_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_OFFSET, BASE_GP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_PRE, BASE_GP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_POST, BASE_GP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_LSL, BASE_GP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_uxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_UXTW, BASE_GP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_sxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_SXTW, BASE_GP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_offset_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_OFFSET, BASE_SP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_pre_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_PRE, BASE_SP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_str_post_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_POST, BASE_SP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

#if BITS < 64
/* ---- LDRS to X ----------------------------------------------------------- */

static void exec_ldrs_x_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_OFFSET, BASE_GP, LDST_LOAD_SX)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_x_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_PRE, BASE_GP, LDST_LOAD_SX)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_x_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_POST, BASE_GP, LDST_LOAD_SX)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_x_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LSL, BASE_GP, LDST_LOAD_SX)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_x_uxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_UXTW, BASE_GP, LDST_LOAD_SX)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_x_sxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_SXTW, BASE_GP, LDST_LOAD_SX)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

#endif

#if BITS < 32
/* ---- LDRS to W ----------------------------------------------------------- */

static void exec_ldrs_w_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_OFFSET, BASE_GP, LDST_LOAD_SW)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_w_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_PRE, BASE_GP, LDST_LOAD_SW)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_w_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_POST, BASE_GP, LDST_LOAD_SW)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_w_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LSL, BASE_GP, LDST_LOAD_SW)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_w_uxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_UXTW, BASE_GP, LDST_LOAD_SW)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_ldrs_w_sxtw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_SXTW, BASE_GP, LDST_LOAD_SW)))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

#endif

/* ---- LDTR, STTR, and SP where it is rare --------------------------------- */

static void exec_ldtr(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_UNPRIV, BASE_GP,
			   ldst_form_kind(i->form))))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_sttr(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_UNPRIV, BASE_GP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

static void exec_ldr_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, ldst_form_mode(i->form), BASE_SP,
			   ldst_form_kind(i->form))))
		return exec_ldst_load_slow(cpu, i);
	NEXT;
}

static void exec_str_sp(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, ldst_form_mode(i->form), BASE_SP)))
		return exec_ldst_store_slow(cpu, i);
	NEXT;
}

const struct ldst_bodies LDST_BODIES = {
	.one[0][LDST_STORE] =
		{
			[LDST_OFFSET] = exec_str_offset,
			[LDST_PRE] = exec_str_pre,
			[LDST_POST] = exec_str_post,
			[LDST_LSL] = exec_str_lsl,
			[LDST_UXTW] = exec_str_uxtw,
			[LDST_SXTW] = exec_str_sxtw,
			[LDST_UNPRIV] = exec_sttr,
		},
	.one[0][LDST_LOAD] =
		{
			[LDST_OFFSET] = exec_ldr_offset,
			[LDST_PRE] = exec_ldr_pre,
			[LDST_POST] = exec_ldr_post,
			[LDST_LSL] = exec_ldr_lsl,
			[LDST_UXTW] = exec_ldr_uxtw,
			[LDST_SXTW] = exec_ldr_sxtw,
			[LDST_UNPRIV] = exec_ldtr,
		},
#if BITS >= 32
	.one[0][LDST_LOAD][LDST_LITERAL] = exec_ldr_literal,
#endif
#if BITS < 64
	.one[0][LDST_LOAD_SX] =
		{
			[LDST_OFFSET] = exec_ldrs_x_offset,
			[LDST_PRE] = exec_ldrs_x_pre,
			[LDST_POST] = exec_ldrs_x_post,
			[LDST_LSL] = exec_ldrs_x_lsl,
			[LDST_UXTW] = exec_ldrs_x_uxtw,
			[LDST_SXTW] = exec_ldrs_x_sxtw,
			[LDST_UNPRIV] = exec_ldtr,
		},
#endif
#if BITS < 32
	.one[0][LDST_LOAD_SW] =
		{
			[LDST_OFFSET] = exec_ldrs_w_offset,
			[LDST_PRE] = exec_ldrs_w_pre,
			[LDST_POST] = exec_ldrs_w_post,
			[LDST_LSL] = exec_ldrs_w_lsl,
			[LDST_UXTW] = exec_ldrs_w_uxtw,
			[LDST_SXTW] = exec_ldrs_w_sxtw,
			[LDST_UNPRIV] = exec_ldtr,
		},
#endif
#if BITS == 32
	.one[0][LDST_LOAD_SX][LDST_LITERAL] = exec_ldr_literal,
#endif
	.one[1][LDST_STORE] =
		{
			[LDST_OFFSET] = exec_str_offset_sp,
			[LDST_PRE] = exec_str_pre_sp,
			[LDST_POST] = exec_str_post_sp,
		},
	.one[1][LDST_LOAD] =
		{
			[LDST_OFFSET] = exec_ldr_offset_sp,
			[LDST_PRE] = exec_ldr_pre_sp,
			[LDST_POST] = exec_ldr_post_sp,
		},
	.load_sp = exec_ldr_sp,
	.store_sp = exec_str_sp,
};
