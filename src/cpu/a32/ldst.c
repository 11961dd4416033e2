/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of AArch32 (Arm ARM F5.1): as those of A64 in ldst.c, with
 * addresses of 32 bits and no alignment of SP. Compiled for both kinds of memory
 * (cpu/mem.h). The usual modes have fast bodies; others make the address and try
 * as well. Registers change only once every access of an instruction has
 * succeeded.
 */
#include "cpu/a32/chain.h"
#include "cpu/bodies.h"
#include "cpu/mem.h"
#include "isa/a32/operands.h"

/* ---- addresses ----------------------------------------------------------- */

static ALWAYS_INLINE uint32_t plain_address(const struct cpu *cpu,
					    const struct insn *i,
					    enum a64_ldst_mode mode)
{
	switch (mode) {
	case LDST_POST: return cpu->x[i->rn];
	case LDST_LSL:
		return cpu->x[i->rn] + ((uint32_t)cpu->x[i->rm] << i->aux);
	case LDST_LITERAL: return insn_pc(cpu, i) + i->imm;
	default: return cpu->x[i->rn] + i->imm;
	}
}

static ALWAYS_INLINE void plain_write_back(struct cpu *cpu,
					   const struct insn *i,
					   enum a64_ldst_mode mode, uint32_t va)
{
	if (mode == LDST_PRE)
		cpu->x[i->rn] = va;
	else if (mode == LDST_POST)
		cpu->x[i->rn] = (uint32_t)(va + i->imm);
}

static uint32_t any_offset(const struct cpu *cpu, const struct insn *i)
{
	uint32_t m = cpu->x[i->rm];
	unsigned int by = i->aux & LDST_ANY_AMOUNT;

	if (!(i->aux & LDST_ANY_REG))
		return i->imm;
	switch (i->aux >> LDST_ANY_TYPE_SHIFT & 3) {
	case 0: m <<= by; break;
	case 1: m >>= by; break;
	case 2: m = (int32_t)m >> by; break;
	default:
		m = by ? m >> by | m << (32 - by)
		       : m >> 1 | (uint32_t)cpu->c << 31;
	}
	return (i->aux & LDST_ANY_SUB ? -m : m) + (uint32_t)i->imm;
}

/* Of the access; *@wback: the base then. */
static uint32_t any_address(const struct cpu *cpu, const struct insn *i,
			    uint32_t *wback)
{
	uint32_t base = cpu->x[i->rn], sum = base + any_offset(cpu, i);

	*wback = sum;
	return i->aux & LDST_ANY_POST ? base : sum;
}

/* ---- one register, slow -------------------------------------------------- */

static uint64_t load_extend(uint64_t val, const struct insn *i)
{
	unsigned int bits = 8u << i->size;

	if (ldst_form_kind(i->form) == LDST_LOAD_SW)
		return (uint32_t)sext64(val, bits);
	return val & GENMASK(bits - 1, 0);
}

static bool is_any(const struct insn *i)
{
	return i->op == A32_LDR_any || i->op == A32_STR_any;
}

static uint32_t slow_address(const struct cpu *cpu, const struct insn *i,
			     uint32_t *wback)
{
	uint32_t va;

	if (is_any(i))
		return any_address(cpu, i, wback);
	va = plain_address(cpu, i, ldst_form_mode(i->form));
	*wback = ldst_form_mode(i->form) == LDST_POST ? va + i->imm : va;
	return va;
}

static bool writes_back(const struct insn *i)
{
	return is_any(i) ? i->aux & LDST_ANY_WRITE_BACK
			 : ldst_writes_back(ldst_form_mode(i->form));
}

/* A syndrome only without writeback, and of a register that Rt can name. */
static uint32_t access_flags(const struct insn *i)
{
	uint32_t ma = MA_BYTES(i->size);

	if (ldst_form_kind(i->form) == LDST_LOAD_SW)
		ma |= MA_SIGN;
	if (!writes_back(i) && i->rd < 15)
		ma |= MA_ISV;
	if (is_any(i) && i->aux & LDST_ANY_UNPRIV)
		ma |= MA_UNPRIV;
	return ma;
}

/* What has locals by address is no body, which would lose its tail call. */
static __attribute__((noinline)) bool load_done(struct cpu *cpu,
						const struct insn *i)
{
	uint32_t wback, va = slow_address(cpu, i, &wback);

	if (!mem_read_slow(cpu, i, va, access_flags(i), &cpu->mem_buf))
		return false;
	if (writes_back(i))
		cpu->x[i->rn] = wback;
	cpu->x[i->rd] = load_extend(cpu->mem_buf.d[0], i);
	return true;
}

static __attribute__((noinline)) bool store_done(struct cpu *cpu,
						 const struct insn *i)
{
	uint32_t wback, va = slow_address(cpu, i, &wback);

	cpu->mem_buf.d[0] = cpu->x[i->rd];
	if (!mem_write_slow(cpu, i, va, access_flags(i) | MA_WRITE,
			    &cpu->mem_buf))
		return false;
	if (writes_back(i))
		cpu->x[i->rn] = wback;
	return true;
}

static void exec_load_any(struct cpu *cpu, const struct insn *i)
{
	if (load_done(cpu, i))
		NEXT;
}

static void exec_store_any(struct cpu *cpu, const struct insn *i)
{
	if (store_done(cpu, i))
		NEXT;
}

/* ---- one register, fast -------------------------------------------------- */

/* False: nothing has happened. */
static ALWAYS_INLINE bool load(struct cpu *cpu, const struct insn *i,
			       enum a64_ldst_mode mode, enum a64_size size,
			       bool sign)
{
	uint32_t va = plain_address(cpu, i, mode);
	const void *host = mem_try_read(cpu, i, va, 1u << size);
	uint64_t val;

	if (unlikely(!host))
		return false;
	val = mem_get(host, size);
	plain_write_back(cpu, i, mode, va);
	cpu->x[i->rd] = sign ? (uint32_t)sext64(val, 8u << size) : val;
	return true;
}

static ALWAYS_INLINE bool store(struct cpu *cpu, const struct insn *i,
				enum a64_ldst_mode mode, enum a64_size size)
{
	uint32_t va = plain_address(cpu, i, mode);
	void *host = mem_try_write(cpu, i, va, 1u << size);

	if (unlikely(!host))
		return false;
	mem_put(host, size, cpu->x[i->rd]);
	plain_write_back(cpu, i, mode, va);
	return true;
}

static void exec_ldr_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_OFFSET, SIZE_W, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldr_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_PRE, SIZE_W, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldr_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_POST, SIZE_W, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldr_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LSL, SIZE_W, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldr_literal(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LITERAL, SIZE_W, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldrh_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_OFFSET, SIZE_H, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldrh_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LSL, SIZE_H, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldrb_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_OFFSET, SIZE_B, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldrb_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_POST, SIZE_B, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldrb_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_PRE, SIZE_B, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_ldrb_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load(cpu, i, LDST_LSL, SIZE_B, false)))
		return exec_load_any(cpu, i);
	NEXT;
}

static void exec_str_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_OFFSET, SIZE_W)))
		return exec_store_any(cpu, i);
	NEXT;
}

static void exec_str_pre(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_PRE, SIZE_W)))
		return exec_store_any(cpu, i);
	NEXT;
}

static void exec_str_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_POST, SIZE_W)))
		return exec_store_any(cpu, i);
	NEXT;
}

static void exec_str_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_LSL, SIZE_W)))
		return exec_store_any(cpu, i);
	NEXT;
}

static void exec_strh_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_OFFSET, SIZE_H)))
		return exec_store_any(cpu, i);
	NEXT;
}

static void exec_strb_offset(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_OFFSET, SIZE_B)))
		return exec_store_any(cpu, i);
	NEXT;
}

static void exec_strb_post(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_POST, SIZE_B)))
		return exec_store_any(cpu, i);
	NEXT;
}

static void exec_strb_lsl(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store(cpu, i, LDST_LSL, SIZE_B)))
		return exec_store_any(cpu, i);
	NEXT;
}

/* ---- pairs and table branches -------------------------------------------- */

static bool read_word(struct cpu *cpu, const struct insn *i, uint32_t va,
		      uint32_t ma, uint32_t *val)
{
	if (!mem_read_slow(cpu, i, va, MA_4 | MA_ALIGN | ma, &cpu->mem_buf))
		return false;
	*val = cpu->mem_buf.s[0];
	return true;
}

static bool write_word(struct cpu *cpu, const struct insn *i, uint32_t va,
		       uint32_t val)
{
	cpu->mem_buf.d[0] = val;
	return mem_write_slow(cpu, i, va, MA_4 | MA_ALIGN | MA_WRITE,
			      &cpu->mem_buf);
}

static __attribute__((noinline)) bool ldrd_done(struct cpu *cpu,
						const struct insn *i)
{
	uint32_t wback, va = any_address(cpu, i, &wback), low, high;
	const void *host = va & 7 ? NULL : mem_try_read(cpu, i, va, 8);

	if (likely(host)) {
		uint64_t val = mem_get(host, SIZE_X);

		low = (uint32_t)(MEM_BIG ? val >> 32 : val);
		high = MEM_BIG ? val : val >> 32;
	} else if (!read_word(cpu, i, va, 0, &low) ||
		   !read_word(cpu, i, va + 4, 0, &high)) {
		return false;
	}
	if (i->aux & LDST_ANY_WRITE_BACK)
		cpu->x[i->rn] = wback;
	cpu->x[i->rd] = low;
	cpu->x[i->ra] = high;
	return true;
}

static void exec_ldrd(struct cpu *cpu, const struct insn *i)
{
	if (ldrd_done(cpu, i))
		NEXT;
}

static __attribute__((noinline)) bool strd_done(struct cpu *cpu,
						const struct insn *i)
{
	uint32_t wback, va = any_address(cpu, i, &wback);
	void *host = va & 7 ? NULL : mem_try_write(cpu, i, va, 8);

	uint64_t low = (uint32_t)cpu->x[i->rd], high = (uint32_t)cpu->x[i->ra];

	if (likely(host))
		mem_put(host, SIZE_X,
			MEM_BIG ? low << 32 | high : high << 32 | low);
	else if (!write_word(cpu, i, va, cpu->x[i->rd]) ||
		 !write_word(cpu, i, va + 4, cpu->x[i->ra]))
		return false;
	if (i->aux & LDST_ANY_WRITE_BACK)
		cpu->x[i->rn] = wback;
	return true;
}

static void exec_strd(struct cpu *cpu, const struct insn *i)
{
	if (strd_done(cpu, i))
		NEXT;
}

static void exec_tbb(struct cpu *cpu, const struct insn *i)
{
	uint32_t va = cpu->x[i->rn] + ((uint32_t)cpu->x[i->rm] << i->size);

	if (!mem_read_slow(cpu, i, va, MA_BYTES(i->size), &cpu->mem_buf))
		return;
	cpu->x[i->rd] = a32_pc(cpu, i) + 2 * (cpu->mem_buf.d[0] &
					      GENMASK((8 << i->size) - 1, 0));
	NEXT;
}

/* ---- many registers ------------------------------------------------------ */

static inline unsigned int list_reg(unsigned int list)
{
	unsigned int r = __builtin_ctz(list);

	return r == R_PC ? REG_SINK : r;
}

static inline void list_write_back(struct cpu *cpu, const struct insn *i,
				   unsigned int n)
{
	if (i->form & LDM_WRITE_BACK)
		cpu->x[i->rn] = (uint32_t)(cpu->x[i->rn] +
					   (i->form & LDM_UP ? 4 * n : -4 * n));
}

static __attribute__((noinline)) bool ldm_done(struct cpu *cpu,
					       const struct insn *i)
{
	unsigned int n = __builtin_popcount(i->aux), list = i->aux;
	uint32_t va = cpu->x[i->rn] + i->imm, vals[16];

	for (unsigned int k = 0; k < n; k++)
		if (!read_word(cpu, i, va + 4 * k, 0, &vals[k]))
			return false;
	list_write_back(cpu, i, n);
	for (unsigned int k = 0; k < n; k++, list &= list - 1)
		cpu->x[list_reg(list)] = vals[k];
	return true;
}

static void ldm_slow(struct cpu *cpu, const struct insn *i)
{
	if (ldm_done(cpu, i))
		NEXT;
}

/* The base is loaded last, since a host fault at any word starts over. */
static void exec_ldm(struct cpu *cpu, const struct insn *i)
{
	unsigned int n = __builtin_popcount(i->aux), list = i->aux;
	uint32_t va = cpu->x[i->rn] + i->imm, base = cpu->x[i->rn];
	const uint8_t *host = va & 3 ? NULL : mem_try_read(cpu, i, va, 4 * n);

	if (unlikely(!host))
		return ldm_slow(cpu, i);
	for (; list; list &= list - 1, host += 4) {
		uint32_t val = mem_get(host, SIZE_W);

		if (list_reg(list) == i->rn)
			base = val;
		else
			cpu->x[list_reg(list)] = val;
	}
	cpu->x[i->rn] = base;
	list_write_back(cpu, i, n);
	NEXT;
}

static COLD void stm_slow(struct cpu *cpu, const struct insn *i)
{
	unsigned int n = __builtin_popcount(i->aux), list = i->aux;
	uint32_t va = cpu->x[i->rn] + i->imm;

	for (; list; list &= list - 1, va += 4)
		if (!write_word(cpu, i, va, cpu->x[list_reg(list)]))
			return;
	list_write_back(cpu, i, n);
	NEXT;
}

static void exec_stm(struct cpu *cpu, const struct insn *i)
{
	unsigned int n = __builtin_popcount(i->aux), list = i->aux;
	uint32_t va = cpu->x[i->rn] + i->imm;
	uint8_t *host = va & 3 ? NULL : mem_try_write(cpu, i, va, 4 * n);

	if (unlikely(!host))
		return stm_slow(cpu, i);
	for (; list; list &= list - 1, host += 4)
		mem_put(host, SIZE_W, cpu->x[list_reg(list)]);
	list_write_back(cpu, i, n);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *load_body(const struct insn *i)
{
	static insn_fn *const fns[3][NR_LDST_MODES] = {
		[SIZE_B] =
			{
				[LDST_OFFSET] = exec_ldrb_offset,
				[LDST_PRE] = exec_ldrb_pre,
				[LDST_POST] = exec_ldrb_post,
				[LDST_LSL] = exec_ldrb_lsl,
			},
		[SIZE_H] =
			{
				[LDST_OFFSET] = exec_ldrh_offset,
				[LDST_LSL] = exec_ldrh_lsl,
			},
		[SIZE_W] =
			{
				[LDST_OFFSET] = exec_ldr_offset,
				[LDST_PRE] = exec_ldr_pre,
				[LDST_POST] = exec_ldr_post,
				[LDST_LSL] = exec_ldr_lsl,
				[LDST_LITERAL] = exec_ldr_literal,
			},
	};

	if (ldst_form_kind(i->form) != LDST_LOAD)
		return exec_load_any;
	return fns[i->size][ldst_form_mode(i->form)] ?: exec_load_any;
}

static insn_fn *store_body(const struct insn *i)
{
	static insn_fn *const fns[3][NR_LDST_MODES] = {
		[SIZE_B] =
			{
				[LDST_OFFSET] = exec_strb_offset,
				[LDST_POST] = exec_strb_post,
				[LDST_LSL] = exec_strb_lsl,
			},
		[SIZE_H] =
			{
				[LDST_OFFSET] = exec_strh_offset,
			},
		[SIZE_W] =
			{
				[LDST_OFFSET] = exec_str_offset,
				[LDST_PRE] = exec_str_pre,
				[LDST_POST] = exec_str_post,
				[LDST_LSL] = exec_str_lsl,
			},
	};

	return fns[i->size][ldst_form_mode(i->form)] ?: exec_store_any;
}

insn_fn *a32_ldst_body(const struct insn *i)
{
	switch (i->op) {
	case A32_LDR: return load_body(i);
	case A32_STR: return store_body(i);
	case A32_LDR_any: return exec_load_any;
	case A32_STR_any: return exec_store_any;
	case A32_LDRD: return exec_ldrd;
	case A32_STRD: return exec_strd;
	case A32_LDM: return exec_ldm;
	case A32_STM: return exec_stm;
	case A32_TBB: return exec_tbb;
	default: return a32_vfp_ldst_body(i);
	}
}
