/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of a pair of general registers (Arm ARM C4.1.94). The fast
 * path needs both in one page; otherwise they are two accesses, and registers
 * change only once both have succeeded. No syndrome: MA_ISV is never set.
 *
 * CONSTRAINED UNPREDICTABLE: LDP with Rt == Rt2 leaves the first value; with
 * writeback to a base that is also loaded the base is written back; STP
 * stores the old base (as QEMU does).
 */
#include "isa/a64/formats.h"
#include "cpu/ldst-body.h"

/* aux of a pair says if it writes back. */
enum { PAIR_WRITEBACK = 1 };

static COLD void load_pair_slow(struct cpu *cpu, const struct insn *i, gva_t va,
				uint32_t ma, uint64_t wb)
{
	unsigned int len = 1u << MA_LOG2(ma);
	uint64_t first, second;

	SP_CHECK;
	cpu->cur = i;
	cpu->mem_buf.d[0] = 0;
	if (!mem_read_slow(cpu, i, va, ma, &cpu->mem_buf))
		return;
	first = cpu->mem_buf.d[0];
	cpu->mem_buf.d[0] = 0;
	if (!mem_read_slow(cpu, i, va + len, ma, &cpu->mem_buf))
		return;
	second = cpu->mem_buf.d[0];
	if (ma & MA_SIGN) {
		first = (int64_t)(int32_t)first;
		second = (int64_t)(int32_t)second;
	}
	cpu->x[i->ra] = second;
	cpu->x[i->rd] = first;
	if (i->aux & PAIR_WRITEBACK)
		cpu->x[i->rn] = wb;
	NEXT;
}

static COLD void store_pair_slow(struct cpu *cpu, const struct insn *i,
				 gva_t va, uint32_t ma, uint64_t wb)
{
	unsigned int len = 1u << MA_LOG2(ma);

	SP_CHECK;
	cpu->cur = i;
	cpu->mem_buf.d[0] = cpu->x[i->rd];
	if (!mem_write_slow(cpu, i, va, ma | MA_WRITE, &cpu->mem_buf))
		return;
	cpu->mem_buf.d[0] = cpu->x[i->ra];
	if (!mem_write_slow(cpu, i, va + len, ma | MA_WRITE, &cpu->mem_buf))
		return;
	if (i->aux & PAIR_WRITEBACK)
		cpu->x[i->rn] = wb;
	NEXT;
}

#define ADDR_off(base)  ((base) + i->imm)
#define ADDR_pre(base)  ((base) + i->imm)
#define ADDR_post(base) (base)
#define WRITEBACK_off   0
#define WRITEBACK_pre   1
#define WRITEBACK_post  1
#define WB_off          va
#define WB_pre          va
#define WB_post         (va + i->imm)

#define LOAD_PAIR(name, bytes, type, extend, flags, mode, base)         \
	BODY(name##_##mode##_##base)                                    \
	{                                                               \
		enum { MA = (flags) | MA_BYTES(__builtin_ctz(bytes)) }; \
		gva_t va = ADDR_##mode(BASE_##base);                    \
		const struct cpu_tlb_entry *e = mem_tlb(cpu, va);       \
		uint64_t first, second;                                 \
                                                                        \
		cpu->cur = i;                                           \
		if (BASE_BAD_##base ||                                  \
		    !tlb_hits_read(cpu, e, va, 2 * (bytes))) {          \
			load_pair_slow(cpu, i, va, MA, WB_##mode);      \
			return;                                         \
		}                                                       \
		first = extend HOST(type, va);                          \
		second = extend HOST(type, va + (bytes));               \
		cpu->x[i->ra] = second;                                 \
		cpu->x[i->rd] = first;                                  \
		if (WRITEBACK_##mode)                                   \
			BASE_##base = WB_##mode;                        \
		NEXT;                                                   \
	}
#define STORE_PAIR(name, bytes, type, flags, mode, base)                \
	BODY(name##_##mode##_##base)                                    \
	{                                                               \
		enum { MA = (flags) | MA_BYTES(__builtin_ctz(bytes)) }; \
		gva_t va = ADDR_##mode(BASE_##base);                    \
		const struct cpu_tlb_entry *e = mem_tlb(cpu, va);       \
		uint64_t first, second;                                 \
                                                                        \
		first = cpu->x[i->rd];                                  \
		second = cpu->x[i->ra];                                 \
		cpu->cur = i;                                           \
		if (BASE_BAD_##base ||                                  \
		    !tlb_hits_write(cpu, e, va, 2 * (bytes))) {         \
			store_pair_slow(cpu, i, va, MA, WB_##mode);     \
			return;                                         \
		}                                                       \
		HOST(type, va) = first;                                 \
		HOST(type, va + (bytes)) = second;                      \
		if (WRITEBACK_##mode)                                   \
			BASE_##base = WB_##mode;                        \
		NEXT;                                                   \
	}

#define UNSIGNED     (uint64_t)
#define SIGNED_32_64 (int64_t)(int32_t)
#define PAIRS(mode, base)                                                 \
	STORE_PAIR(stp32, 4, u32_unaligned, 0, mode, base)                \
	STORE_PAIR(stp64, 8, u64_unaligned, MA_SF, mode, base)            \
	LOAD_PAIR(ldp32, 4, u32_unaligned, UNSIGNED, 0, mode, base)       \
	LOAD_PAIR(ldp64, 8, u64_unaligned, UNSIGNED, MA_SF, mode, base)   \
	LOAD_PAIR(ldpsw, 4, u32_unaligned, SIGNED_32_64, MA_SIGN | MA_SF, \
		  mode, base)

PAIRS(off, gp)
PAIRS(off, sp)
PAIRS(pre, gp)
PAIRS(pre, sp)
PAIRS(post, gp)
PAIRS(post, sp)

BODY_FOR_ROW(exec_ldst_pair_ld, ldp64_off_gp);
BODY_FOR_ROW(exec_ldst_pair_st, stp64_off_gp);

bool fmt_ldst_pair(uint32_t word, struct insn *out)
{
#define PAIR_FNS(mode, base)                                            \
	{                                                               \
		{stp32_##mode##_##base, ldp32_##mode##_##base},         \
			{NULL, ldpsw_##mode##_##base},                  \
			{stp64_##mode##_##base, ldp64_##mode##_##base}, \
	}
#define PAIR_BASES(mode)                               \
	{                                              \
		PAIR_FNS(mode, gp), PAIR_FNS(mode, sp) \
	}
	/* [bits 24:23: no-allocate, post, offset, pre][SP][opc][L] */
	static insn_fn *const fns[4][2][3][2] = {
		PAIR_BASES(off),
		PAIR_BASES(post),
		PAIR_BASES(off),
		PAIR_BASES(pre),
	};
	unsigned int mode = FLD(word, 24, 23), opc = FLD(word, 31, 30);
	unsigned int t = FLD(word, 4, 0), t2 = FLD(word, 14, 10);
	bool load = FLD(word, 22, 22);

	out->imm = sext64(FLD(word, 21, 15), 7) * (opc == 2 ? 8 : 4);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = load ? reg_dst(t) : reg_src(t);
	out->ra = load ? reg_dst(t2) : reg_src(t2);
	out->aux = mode & 1 ? PAIR_WRITEBACK : 0;
	out->fn = fns[mode][out->rn == REG_SP][opc][load];
	return true;
}
