/* SPDX-License-Identifier: MIT */
/*
 * SIMD&FP loads and stores of one register or a pair: LDR, STR, LDUR, STUR,
 * LDP, STP, LDNP, STNP of B, H, S, D and Q (Arm ARM C4.1.94). Never with a
 * syndrome (no MA_ISV). A load clears the rest of the register.
 */
#include "cpu/simd-mem.h"

bool simd_read_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			unsigned int log2, unsigned int len, void *buf)
{
	for (unsigned int k = 0; k < len; k += 1u << log2)
		if (!mem_read_slow(cpu, i, va + k, MA_BYTES(log2),
				   (u8 *)buf + k))
			return false;
	return true;
}

bool simd_write_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			 unsigned int log2, unsigned int len, const void *buf)
{
	for (unsigned int k = 0; k < len; k += 1u << log2)
		if (!mem_write_slow(cpu, i, va + k, MA_WRITE | MA_BYTES(log2),
				    (const u8 *)buf + k))
			return false;
	return true;
}

/* ---- one register ---------------------------------------------------------- */

/*
 * Each access has a fast form, which answers false and does nothing if the TLB
 * doesn't have the page (or the access crosses it), and a whole one, which
 * answers false if an exception was taken.
 */
#define INLINE static inline __attribute__((always_inline))

#define ONE_ACCESS(bits, T)                                                  \
	INLINE bool vld_##bits##_fast(struct cpu *cpu, const struct insn *i, \
				      gva_t va)                              \
	{                                                                    \
		const u8 *p = simd_fast_read(cpu, i, va, sizeof(T));         \
                                                                             \
		if (unlikely(!p))                                            \
			return false;                                        \
		cpu->vreg[i->rd].d[0] = *(const volatile T *)p;              \
		cpu->vreg[i->rd].d[1] = 0;                                   \
		return true;                                                 \
	}                                                                    \
	INLINE bool vld_##bits(struct cpu *cpu, const struct insn *i,        \
			       gva_t va)                                     \
	{                                                                    \
		uint64_t val;                                                \
                                                                             \
		if (!mem_ld##bits(cpu, i, va, 0, &val))                      \
			return false;                                        \
		cpu->vreg[i->rd].d[0] = val;                                 \
		cpu->vreg[i->rd].d[1] = 0;                                   \
		return true;                                                 \
	}                                                                    \
	INLINE bool vst_##bits##_fast(struct cpu *cpu, const struct insn *i, \
				      gva_t va)                              \
	{                                                                    \
		u8 *p = simd_fast_write(cpu, i, va, sizeof(T));              \
                                                                             \
		if (unlikely(!p))                                            \
			return false;                                        \
		*(volatile T *)p = (T)cpu->vreg[i->rd].d[0];                 \
		return true;                                                 \
	}                                                                    \
	INLINE bool vst_##bits(struct cpu *cpu, const struct insn *i,        \
			       gva_t va)                                     \
	{                                                                    \
		return mem_st##bits(cpu, i, va, 0, cpu->vreg[i->rd].d[0]);   \
	}
ONE_ACCESS(8, uint8_t)
ONE_ACCESS(16, u16_unaligned)
ONE_ACCESS(32, u32_unaligned)
ONE_ACCESS(64, u64_unaligned)

INLINE bool vld_128_fast(struct cpu *cpu, const struct insn *i, gva_t va)
{
	const u8 *p = simd_fast_read(cpu, i, va, 16);

	if (unlikely(!p))
		return false;
	memcpy(&cpu->vreg[i->rd], p, 16);
	return true;
}

INLINE bool vld_128(struct cpu *cpu, const struct insn *i, gva_t va)
{
	union vreg tmp;

	if (!mem_ld128(cpu, i, va, 0, &tmp))
		return false;
	cpu->vreg[i->rd] = tmp;
	return true;
}

INLINE bool vst_128_fast(struct cpu *cpu, const struct insn *i, gva_t va)
{
	u8 *p = simd_fast_write(cpu, i, va, 16);

	if (unlikely(!p))
		return false;
	memcpy(p, &cpu->vreg[i->rd], 16);
	return true;
}

INLINE bool vst_128(struct cpu *cpu, const struct insn *i, gva_t va)
{
	return mem_st128(cpu, i, va, 0, &cpu->vreg[i->rd]);
}

/* Offset of a register operand: imm is the shift amount. */
#define OFFSET_X    (cpu->x[i->rm] << i->imm)
#define OFFSET_UXTW ((uint64_t)(uint32_t)cpu->x[i->rm] << i->imm)
#define OFFSET_SXTW ((uint64_t)(int64_t)(int32_t)cpu->x[i->rm] << i->imm)

/*
 * The slow half, a function of its own so that the fast one needs no stack
 * frame, starts over: traps, TLB misses, page crossings, faults.
 */
#define ADDRESSED_FN(name, access, va_, writeback)                         \
	static __attribute__((noinline)) void name##_slow(                 \
		struct cpu *cpu, const struct insn *i)                     \
	{                                                                  \
		uint64_t va;                                               \
                                                                           \
		FP_CHECK;                                                  \
		SP_CHECK;                                                  \
		va = (va_);                                                \
		if (unlikely(!access(cpu, i, va)))                         \
			return;                                            \
		writeback;                                                 \
		NEXT;                                                      \
	}                                                                  \
	static void name(struct cpu *cpu, const struct insn *i)            \
	{                                                                  \
		uint64_t va = (va_);                                       \
                                                                           \
		if (unlikely(!cpu_fp_enabled(cpu) ||                       \
			     (i->rn == REG_SP && (cpu->x[REG_SP] & 15)) || \
			     !access##_fast(cpu, i, va)))                  \
			return name##_slow(cpu, i);                        \
		writeback;                                                 \
		NEXT;                                                      \
	}

#define BASE cpu->x[i->rn]
#define ONE_REGISTER(access)                                             \
	ADDRESSED_FN(access##_offset, access, BASE + i->imm, (void)0)    \
	ADDRESSED_FN(access##_pre, access, BASE + i->imm, BASE = va)     \
	ADDRESSED_FN(access##_post, access, BASE, BASE = va + i->imm)    \
	ADDRESSED_FN(access##_x, access, BASE + OFFSET_X, (void)0)       \
	ADDRESSED_FN(access##_uxtw, access, BASE + OFFSET_UXTW, (void)0) \
	ADDRESSED_FN(access##_sxtw, access, BASE + OFFSET_SXTW, (void)0)
ONE_REGISTER(vld_8)
ONE_REGISTER(vld_16)
ONE_REGISTER(vld_32)
ONE_REGISTER(vld_64)
ONE_REGISTER(vld_128)
ONE_REGISTER(vst_8)
ONE_REGISTER(vst_16)
ONE_REGISTER(vst_32)
ONE_REGISTER(vst_64)
ONE_REGISTER(vst_128)

#define BY_SIZE(form)                                                       \
	{                                                                   \
		{vst_8_##form, vst_16_##form, vst_32_##form, vst_64_##form, \
		 vst_128_##form},                                           \
			{vld_8_##form, vld_16_##form, vld_32_##form,        \
			 vld_64_##form, vld_128_##form},                    \
	}
typedef insn_fn *const ldst_fns[2][5];

/* log2 of the size: size, and opc<1> for Q. -1: unallocated. L is opc<0>. */
static int fmt_one(uint32_t w, struct insn *out, ldst_fns fns)
{
	unsigned int size = FLD(w, 31, 30);

	if (FLD(w, 23, 23)) {
		if (size)
			return -1;
		size = 4;
	}
	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->fn = fns[FLD(w, 22, 22)][size];
	return size;
}

bool fmt_vldst_uimm(uint32_t w, struct insn *out)
{
	static ldst_fns fns = BY_SIZE(offset);
	int size = fmt_one(w, out, fns);

	if (size < 0)
		return false;
	out->imm = (int64_t)FLD(w, 21, 10) << size;
	return true;
}

bool fmt_vldst_unscaled(uint32_t w, struct insn *out)
{
	static ldst_fns fns = BY_SIZE(offset);

	out->imm = sext64(FLD(w, 20, 12), 9);
	return fmt_one(w, out, fns) >= 0;
}

bool fmt_vldst_pre(uint32_t w, struct insn *out)
{
	static ldst_fns fns = BY_SIZE(pre);

	out->imm = sext64(FLD(w, 20, 12), 9);
	return fmt_one(w, out, fns) >= 0;
}

bool fmt_vldst_post(uint32_t w, struct insn *out)
{
	static ldst_fns fns = BY_SIZE(post);

	out->imm = sext64(FLD(w, 20, 12), 9);
	return fmt_one(w, out, fns) >= 0;
}

bool fmt_vldst_reg(uint32_t w, struct insn *out)
{
	static ldst_fns x = BY_SIZE(x), uxtw = BY_SIZE(uxtw),
			sxtw = BY_SIZE(sxtw);
	unsigned int option = FLD(w, 15, 13);
	int size = fmt_one(w, out, option == 2 ? uxtw : option == 6 ? sxtw : x);

	if (size < 0 || !(option & 2))
		return false;
	out->rm = reg_src(FLD(w, 20, 16));
	out->imm = FLD(w, 12, 12) ? size : 0;
	return true;
}

/* ---- literal --------------------------------------------------------------- */

#define LITERAL_FN(access)                                                  \
	static void access##_literal(struct cpu *cpu, const struct insn *i) \
	{                                                                   \
		FP_CHECK;                                                   \
		if (unlikely(!access(cpu, i, insn_pc(cpu, i) + i->imm)))    \
			return;                                             \
		NEXT;                                                       \
	}
LITERAL_FN(vld_32)
LITERAL_FN(vld_64)
LITERAL_FN(vld_128)

bool fmt_vld_literal(uint32_t w, struct insn *out)
{
	static insn_fn *const fns[4] = {vld_32_literal, vld_64_literal,
					vld_128_literal};

	out->rd = FLD(w, 4, 0);
	out->imm = sext64(FLD(w, 23, 5), 19) * 4;
	out->fn = fns[FLD(w, 31, 30)];
	return out->fn;
}

/* ---- pairs ----------------------------------------------------------------- */

#define PAIR_ACCESS(name, T, log2)                                            \
	INLINE bool ldp_##name##_fast(struct cpu *cpu, const struct insn *i,  \
				      gva_t va)                               \
	{                                                                     \
		union vreg *d1 = &cpu->vreg[i->rd], *d2 = &cpu->vreg[i->ra];  \
		const volatile T *p = (const volatile T *)simd_fast_read(     \
			cpu, i, va, 2 << log2);                               \
                                                                              \
		if (unlikely(!p))                                             \
			return false;                                         \
		d1->d[0] = p[0];                                              \
		d1->d[1] = 0;                                                 \
		d2->d[0] = p[1];                                              \
		d2->d[1] = 0;                                                 \
		return true;                                                  \
	}                                                                     \
	INLINE bool ldp_##name(struct cpu *cpu, const struct insn *i,         \
			       gva_t va)                                      \
	{                                                                     \
		union vreg *d1 = &cpu->vreg[i->rd], *d2 = &cpu->vreg[i->ra];  \
		T tmp[2];                                                     \
                                                                              \
		if (!simd_read_elements(cpu, i, va, log2, 2 << log2, tmp))    \
			return false;                                         \
		d1->d[0] = tmp[0];                                            \
		d1->d[1] = 0;                                                 \
		d2->d[0] = tmp[1];                                            \
		d2->d[1] = 0;                                                 \
		return true;                                                  \
	}                                                                     \
	INLINE bool stp_##name##_fast(struct cpu *cpu, const struct insn *i,  \
				      gva_t va)                               \
	{                                                                     \
		volatile T *p =                                               \
			(volatile T *)simd_fast_write(cpu, i, va, 2 << log2); \
                                                                              \
		if (unlikely(!p))                                             \
			return false;                                         \
		p[0] = (T)cpu->vreg[i->rd].d[0];                              \
		p[1] = (T)cpu->vreg[i->ra].d[0];                              \
		return true;                                                  \
	}                                                                     \
	INLINE bool stp_##name(struct cpu *cpu, const struct insn *i,         \
			       gva_t va)                                      \
	{                                                                     \
		T tmp[2] = {cpu->vreg[i->rd].d[0], cpu->vreg[i->ra].d[0]};    \
                                                                              \
		return simd_write_elements(cpu, i, va, log2, 2 << log2, tmp); \
	}
PAIR_ACCESS(s, u32_unaligned, 2)
PAIR_ACCESS(d, u64_unaligned, 3)

INLINE bool ldp_q_fast(struct cpu *cpu, const struct insn *i, gva_t va)
{
	const u8 *p = simd_fast_read(cpu, i, va, 32);

	if (unlikely(!p))
		return false;
	memcpy(&cpu->vreg[i->rd], p, 16);
	memcpy(&cpu->vreg[i->ra], p + 16, 16);
	return true;
}

/* Nothing is written before both have been read. */
INLINE bool ldp_q(struct cpu *cpu, const struct insn *i, gva_t va)
{
	union vreg tmp[2];

	if (!simd_read_elements(cpu, i, va, 4, 32, tmp))
		return false;
	cpu->vreg[i->rd] = tmp[0];
	cpu->vreg[i->ra] = tmp[1];
	return true;
}

INLINE bool stp_q_fast(struct cpu *cpu, const struct insn *i, gva_t va)
{
	u8 *p = simd_fast_write(cpu, i, va, 32);

	if (unlikely(!p))
		return false;
	memcpy(p, &cpu->vreg[i->rd], 16);
	memcpy(p + 16, &cpu->vreg[i->ra], 16);
	return true;
}

INLINE bool stp_q(struct cpu *cpu, const struct insn *i, gva_t va)
{
	return mem_st128(cpu, i, va, 0, &cpu->vreg[i->rd]) &&
	       mem_st128(cpu, i, va + 16, 0, &cpu->vreg[i->ra]);
}

#define PAIR_MODES(access)                                            \
	ADDRESSED_FN(access##_offset, access, BASE + i->imm, (void)0) \
	ADDRESSED_FN(access##_pre, access, BASE + i->imm, BASE = va)  \
	ADDRESSED_FN(access##_post, access, BASE, BASE = va + i->imm)
PAIR_MODES(ldp_s)
PAIR_MODES(ldp_d)
PAIR_MODES(ldp_q)
PAIR_MODES(stp_s)
PAIR_MODES(stp_d)
PAIR_MODES(stp_q)

#define PAIR_BY_SIZE(form)                                          \
	{                                                           \
		{stp_s_##form, stp_d_##form, stp_q_##form},         \
			{ldp_s_##form, ldp_d_##form, ldp_q_##form}, \
	}
typedef insn_fn *const pair_fns[2][4];

static bool fmt_pair(uint32_t w, struct insn *out, pair_fns fns)
{
	unsigned int opc = FLD(w, 31, 30);

	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->ra = FLD(w, 14, 10);
	out->imm = sext64(FLD(w, 21, 15), 7) * (4 << opc);
	out->fn = fns[FLD(w, 22, 22)][opc];
	return out->fn;
}

/* Also LDNP, STNP: the hint has no effect. */
bool fmt_vldstp_offset(uint32_t w, struct insn *out)
{
	static pair_fns fns = PAIR_BY_SIZE(offset);

	return fmt_pair(w, out, fns);
}

bool fmt_vldstp_pre(uint32_t w, struct insn *out)
{
	static pair_fns fns = PAIR_BY_SIZE(pre);

	return fmt_pair(w, out, fns);
}

bool fmt_vldstp_post(uint32_t w, struct insn *out)
{
	static pair_fns fns = PAIR_BY_SIZE(post);

	return fmt_pair(w, out, fns);
}
