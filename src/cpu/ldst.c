/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of one general register (Arm ARM C4.1.94): immediate,
 * pre- and post-index, register offset, literal, unprivileged. One body for
 * each operation, addressing mode and kind of base.
 *
 * CONSTRAINED UNPREDICTABLE: with writeback to a base that is also Rt, a load
 * leaves the base written back, a store stores the old value (as QEMU does).
 */
#include "isa/a64/formats.h"
#include "cpu/ldst-body.h"

/*
 * The operations: size and opc as encoded, and how a load extends.
 * LDST_LOADS(M, args...) calls M(name, bits, host type, extension, flags, args).
 */
#define LDST_LOADS(M, ...)                                                 \
	M(ld8, 8, uint8_t, UNSIGNED, 0, __VA_ARGS__)                       \
	M(ld16, 16, u16_unaligned, UNSIGNED, 0, __VA_ARGS__)               \
	M(ld32, 32, u32_unaligned, UNSIGNED, 0, __VA_ARGS__)               \
	M(ld64, 64, u64_unaligned, UNSIGNED, MA_SF, __VA_ARGS__)           \
	M(lds8_32, 8, uint8_t, SIGNED_8_32, MA_SIGN, __VA_ARGS__)          \
	M(lds16_32, 16, u16_unaligned, SIGNED_16_32, MA_SIGN, __VA_ARGS__) \
	M(lds8_64, 8, uint8_t, SIGNED_8_64, MA_SIGN | MA_SF, __VA_ARGS__)  \
	M(lds16_64, 16, u16_unaligned, SIGNED_16_64, MA_SIGN | MA_SF,      \
	  __VA_ARGS__)                                                     \
	M(lds32_64, 32, u32_unaligned, SIGNED_32_64, MA_SIGN | MA_SF,      \
	  __VA_ARGS__)
#define LDST_STORES(M, ...)                        \
	M(st8, 8, uint8_t, 0, __VA_ARGS__)         \
	M(st16, 16, u16_unaligned, 0, __VA_ARGS__) \
	M(st32, 32, u32_unaligned, 0, __VA_ARGS__) \
	M(st64, 64, u64_unaligned, MA_SF, __VA_ARGS__)

#define UNSIGNED     (uint64_t)
#define SIGNED_8_32  (uint32_t)(int8_t)
#define SIGNED_16_32 (uint32_t)(int16_t)
#define SIGNED_8_64  (int64_t)(int8_t)
#define SIGNED_16_64 (int64_t)(int16_t)
#define SIGNED_32_64 (int64_t)(int32_t)

/* ---- slow path ------------------------------------------------------------------ */

/* What a load of mem_buf by @ma puts into the register. */
static uint64_t load_extend(const struct cpu *cpu, uint32_t ma)
{
	unsigned int bits = 8u << MA_LOG2(ma);
	uint64_t val = cpu->mem_buf.d[0] & GENMASK(bits - 1, 0);

	if (ma & MA_SIGN)
		val = sext64(val, bits);
	return ma & MA_SF ? val : (uint32_t)val;
}

/* A load without MA_ISV writes @wb back to its base. */
static COLD void load_slow(struct cpu *cpu, const struct insn *i, gva_t va,
			   uint32_t ma, uint64_t wb)
{
	SP_CHECK;
	cpu->cur = i;
	if (!mem_read_slow(cpu, i, va, ma, &cpu->mem_buf))
		return;
	cpu->x[i->rd] = load_extend(cpu, ma);
	if (!(ma & MA_ISV))
		cpu->x[i->rn] = wb;
	NEXT;
}

static COLD void store_slow(struct cpu *cpu, const struct insn *i, gva_t va,
			    uint32_t ma, uint64_t wb)
{
	SP_CHECK;
	cpu->cur = i;
	cpu->mem_buf.d[0] = cpu->x[i->rd];
	if (!mem_write_slow(cpu, i, va, ma | MA_WRITE, &cpu->mem_buf))
		return;
	if (!(ma & MA_ISV))
		cpu->x[i->rn] = wb;
	NEXT;
}

/* ---- bodies ---------------------------------------------------------------------- */

#define ADDR_off(base)    ((base) + i->imm)
#define ADDR_pre(base)    ((base) + i->imm)
#define ADDR_post(base)   (base)
#define ADDR_lsl(base)    ((base) + (cpu->x[i->rm] << i->aux))
#define ADDR_uxt(base)    ((base) + shift_field_u(cpu->x[i->rm], i->aux))
#define ADDR_sxt(base)    ((base) + shift_field_s(cpu->x[i->rm], i->aux))
#define ADDR_lit(base)    (insn_pc(cpu, i) + i->imm)
#define ADDR_unpriv(base) ((base) + i->imm)

/* Flags and the value written back; NO_WB is not used. */
#define NO_WB          0
#define MODE_MA_off    MA_ISV
#define MODE_MA_pre    0
#define MODE_MA_post   0
#define MODE_MA_lsl    MA_ISV
#define MODE_MA_uxt    MA_ISV
#define MODE_MA_sxt    MA_ISV
#define MODE_MA_lit    MA_ISV
#define MODE_MA_unpriv (MA_ISV | MA_UNPRIV)
#define MODE_WB_off    NO_WB
#define MODE_WB_pre    va
#define MODE_WB_post   (va + i->imm)
#define MODE_WB_lsl    NO_WB
#define MODE_WB_uxt    NO_WB
#define MODE_WB_sxt    NO_WB
#define MODE_WB_lit    NO_WB
#define MODE_WB_unpriv NO_WB

/*
 * At EL1 without PSTATE.UAO an unprivileged access is as from EL0: the TLB of
 * EL0 answers, and the slow path checks EL0's permissions.
 */
static inline struct cpu_tlb_entry *tlb_unpriv(struct cpu *cpu, gva_t va)
{
	struct cpu_tlb_entry *tlb =
		cpu->uao && cpu->el ? cpu->tlb : cpu->tlbs[TLB_EL0];

	return &tlb[(va >> 12) & (CPU_TLB_SIZE - 1)];
}

#define TLB_off    mem_tlb
#define TLB_pre    mem_tlb
#define TLB_post   mem_tlb
#define TLB_lsl    mem_tlb
#define TLB_uxt    mem_tlb
#define TLB_sxt    mem_tlb
#define TLB_lit    mem_tlb
#define TLB_unpriv tlb_unpriv

#define LOAD(name, bits, type, extend, flags, mode, base)                      \
	BODY(name##_##mode##_##base)                                           \
	{                                                                      \
		enum {                                                         \
			MA = (flags) | MODE_MA_##mode |                        \
			     MA_BYTES(__builtin_ctz(bits / 8))                 \
		};                                                             \
		gva_t va = ADDR_##mode(BASE_##base);                           \
		const struct cpu_tlb_entry *e = TLB_##mode(cpu, va);           \
                                                                               \
		cpu->cur = i;                                                  \
		if (BASE_BAD_##base || !tlb_hits_read(cpu, e, va, bits / 8)) { \
			load_slow(cpu, i, va, MA, MODE_WB_##mode);             \
			return;                                                \
		}                                                              \
		cpu->x[i->rd] = extend HOST(type, va);                         \
		if (!(MA & MA_ISV))                                            \
			BASE_##base = MODE_WB_##mode;                          \
		NEXT;                                                          \
	}
#define STORE(name, bits, type, flags, mode, base)                   \
	BODY(name##_##mode##_##base)                                 \
	{                                                            \
		enum {                                               \
			MA = (flags) | MODE_MA_##mode |              \
			     MA_BYTES(__builtin_ctz(bits / 8))       \
		};                                                   \
		gva_t va = ADDR_##mode(BASE_##base);                 \
		const struct cpu_tlb_entry *e = TLB_##mode(cpu, va); \
                                                                     \
		cpu->cur = i;                                        \
		if (BASE_BAD_##base ||                               \
		    !tlb_hits_write(cpu, e, va, bits / 8)) {         \
			store_slow(cpu, i, va, MA, MODE_WB_##mode);  \
			return;                                      \
		}                                                    \
		HOST(type, va) = (type)cpu->x[i->rd];                \
		if (!(MA & MA_ISV))                                  \
			BASE_##base = MODE_WB_##mode;                \
		NEXT;                                                \
	}

#define LDST_MODE(mode)              \
	LDST_LOADS(LOAD, mode, gp)   \
	LDST_LOADS(LOAD, mode, sp)   \
	LDST_STORES(STORE, mode, gp) \
	LDST_STORES(STORE, mode, sp)

LDST_MODE(off)
LDST_MODE(pre)
LDST_MODE(post)
LDST_MODE(lsl)
LDST_MODE(uxt)
LDST_MODE(sxt)
LDST_LOADS(LOAD, unpriv, any)
LDST_STORES(STORE, unpriv, any)
LOAD(ld32, 32, u32_unaligned, UNSIGNED, 0, lit, gp)
LOAD(ld64, 64, u64_unaligned, UNSIGNED, MA_SF, lit, gp)
LOAD(lds32_64, 32, u32_unaligned, SIGNED_32_64, MA_SIGN | MA_SF, lit, gp)

BODY_FOR_ROW(exec_ldst_ld_uimm, ld64_off_gp);
BODY_FOR_ROW(exec_ldst_st_uimm, st64_off_gp);
BODY_FOR_ROW(exec_ldst_ld_unscaled, ld64_off_gp);
BODY_FOR_ROW(exec_ldst_st_unscaled, st64_off_gp);
BODY_FOR_ROW(exec_ldst_ld_pre, ld64_pre_gp);
BODY_FOR_ROW(exec_ldst_st_pre, st64_pre_gp);
BODY_FOR_ROW(exec_ldst_ld_post, ld64_post_gp);
BODY_FOR_ROW(exec_ldst_st_post, st64_post_gp);
BODY_FOR_ROW(exec_ldst_ld_reg, ld64_lsl_gp);
BODY_FOR_ROW(exec_ldst_st_reg, st64_lsl_gp);
BODY_FOR_ROW(exec_ldst_unpriv_ld, ld64_unpriv_any);
BODY_FOR_ROW(exec_ldst_unpriv_st, st64_unpriv_any);
BODY_FOR_ROW(exec_ldst_lit, ld64_lit_gp);

/* ---- formats ---------------------------------------------------------------------- */

enum ldst_mode {
	MODE_OFF,
	MODE_PRE,
	MODE_POST,
	MODE_LSL,
	MODE_UXT,
	MODE_SXT,
	MODE_UNPRIV,
	NR_MODES
};

/* Indexed by size << 2 | opc. */
#define LDST_FNS(mode, base)                                                  \
	{                                                                     \
		st8_##mode##_##base, ld8_##mode##_##base,                     \
			lds8_64_##mode##_##base, lds8_32_##mode##_##base,     \
			st16_##mode##_##base, ld16_##mode##_##base,           \
			lds16_64_##mode##_##base, lds16_32_##mode##_##base,   \
			st32_##mode##_##base, ld32_##mode##_##base,           \
			lds32_64_##mode##_##base, NULL, st64_##mode##_##base, \
			ld64_##mode##_##base, NULL, NULL                      \
	}
#define LDST_BASES(mode)                               \
	{                                              \
		LDST_FNS(mode, gp), LDST_FNS(mode, sp) \
	}

static insn_fn *const ldst_fns[NR_MODES][2][16] = {
	[MODE_OFF] = LDST_BASES(off),
	[MODE_PRE] = LDST_BASES(pre),
	[MODE_POST] = LDST_BASES(post),
	[MODE_LSL] = LDST_BASES(lsl),
	[MODE_UXT] = LDST_BASES(uxt),
	[MODE_SXT] = LDST_BASES(sxt),
	[MODE_UNPRIV] = {LDST_FNS(unpriv, any), LDST_FNS(unpriv, any)},
};

/* Registers and body of the operation in size (31:30) and opc (23:22). */
static bool ldst_choose(uint32_t word, struct insn *out, enum ldst_mode mode)
{
	unsigned int opc = FLD(word, 23, 22), t = FLD(word, 4, 0);

	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = opc ? reg_dst(t) : reg_src(t);
	out->fn =
		ldst_fns[mode][out->rn == REG_SP][FLD(word, 31, 30) << 2 | opc];
	return out->fn;
}

bool fmt_ldst_uimm(uint32_t word, struct insn *out)
{
	out->imm = (uint64_t)FLD(word, 21, 10) << FLD(word, 31, 30);
	return ldst_choose(word, out, MODE_OFF);
}

bool fmt_ldst_unscaled(uint32_t word, struct insn *out)
{
	out->imm = sext64(FLD(word, 20, 12), 9);
	return ldst_choose(word, out, MODE_OFF);
}

bool fmt_ldst_pre(uint32_t word, struct insn *out)
{
	out->imm = sext64(FLD(word, 20, 12), 9);
	return ldst_choose(word, out, MODE_PRE);
}

bool fmt_ldst_post(uint32_t word, struct insn *out)
{
	out->imm = sext64(FLD(word, 20, 12), 9);
	return ldst_choose(word, out, MODE_POST);
}

bool fmt_ldst_reg(uint32_t word, struct insn *out)
{
	unsigned int option = FLD(word, 15, 13);
	unsigned int shift = FLD(word, 12, 12) ? FLD(word, 31, 30) : 0;

	if (!(option & 2))
		return false;
	out->rm = reg_src(FLD(word, 20, 16));
	if (option & 1) {
		out->aux = shift;
		return ldst_choose(word, out, MODE_LSL);
	}
	out->aux = aux_extend(option, shift);
	return ldst_choose(word, out,
			   extend_is_signed(option) ? MODE_SXT : MODE_UXT);
}

bool fmt_ldst_lit(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[3] = {ld32_lit_gp, ld64_lit_gp,
					lds32_64_lit_gp};

	out->imm = sext64(FLD(word, 23, 5), 19) * 4;
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = fns[FLD(word, 31, 30)];
	return true;
}

bool fmt_ldst_unpriv(uint32_t word, struct insn *out)
{
	out->imm = sext64(FLD(word, 20, 12), 9);
	return ldst_choose(word, out, MODE_UNPRIV);
}

/* ---- prefetch: a hint, and we don't take it ----------------------------------------- */

void exec_ldst_prfm(struct cpu *cpu, const struct insn *i)
{
	NEXT;
}

bool fmt_ldst_prfm(uint32_t word, struct insn *out)
{
	return true;
}

bool fmt_ldst_prfm_reg(uint32_t word, struct insn *out)
{
	return FLD(word, 14, 14);
}
