/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD structure loads and stores: LD1-LD4, ST1-ST4 multiple and
 * single, LD1R-LD4R (Arm ARM C4.1.94 "Advanced SIMD load/store multiple
 * structures", "single structure", post-indexed).
 *
 * Every form writes the base back as base + imm + x[rm]: without post-index
 * imm is 0 and rm is XZR. Registers follow Vt modulo 32.
 */
#include "cpu/simd-mem.h"

#define REG_AFTER(k) (&cpu->vreg[(i->rd + (k)) & 31])

#define STRUCT_FN(name, access)                                 \
	static void name(struct cpu *cpu, const struct insn *i) \
	{                                                       \
		FP_CHECK;                                       \
		SP_CHECK;                                       \
		if (unlikely(!(access)))                        \
			return;                                 \
		cpu->x[i->rn] += i->imm + cpu->x[i->rm];        \
		NEXT;                                           \
	}

/* ---- LD1, ST1: whole registers, aux is log2 of the element ------------------ */

static inline __attribute__((always_inline)) bool ld1_access(
	struct cpu *cpu, const struct insn *i, unsigned int regs,
	unsigned int bytes)
{
	gva_t va = cpu->x[i->rn];
	const u8 *p = simd_fast_read(cpu, i, va, regs * bytes);
	u8 buf[64];

	if (unlikely(!p)) {
		if (!simd_read_elements(cpu, i, va, i->aux, regs * bytes, buf))
			return false;
		p = buf;
	}
	for (unsigned int k = 0; k < regs; k++) {
		union vreg r = {0};

		memcpy(&r, p + k * bytes, bytes);
		*REG_AFTER(k) = r;
	}
	return true;
}

static inline __attribute__((always_inline)) bool st1_access(
	struct cpu *cpu, const struct insn *i, unsigned int regs,
	unsigned int bytes)
{
	gva_t va = cpu->x[i->rn];
	u8 *p = simd_fast_write(cpu, i, va, regs * bytes);
	u8 buf[64];

	for (unsigned int k = 0; k < regs; k++)
		memcpy((p ?: buf) + k * bytes, REG_AFTER(k), bytes);
	return likely(p) ||
	       simd_write_elements(cpu, i, va, i->aux, regs * bytes, buf);
}

#define ONE_STRUCT(regs)                                        \
	STRUCT_FN(ld1_##regs##_0, ld1_access(cpu, i, regs, 8))  \
	STRUCT_FN(ld1_##regs##_1, ld1_access(cpu, i, regs, 16)) \
	STRUCT_FN(st1_##regs##_0, st1_access(cpu, i, regs, 8))  \
	STRUCT_FN(st1_##regs##_1, st1_access(cpu, i, regs, 16))
ONE_STRUCT(1)
ONE_STRUCT(2)
ONE_STRUCT(3)
ONE_STRUCT(4)

/* ---- LD2-LD4, ST2-ST4 multiple: lanes interleaved -------------------------- */

#define INTERLEAVED(T, log2, n, lanes)                                         \
	static inline                                                          \
		__attribute__((always_inline)) bool ld_##T##_##n##_##lanes(    \
			struct cpu *cpu, const struct insn *i)                 \
	{                                                                      \
		gva_t va = cpu->x[i->rn];                                      \
		enum { len = n * lanes * sizeof(T) };                          \
		const u8 *p = simd_fast_read(cpu, i, va, len);                 \
		T buf[n * lanes];                                              \
                                                                               \
		if (likely(p))                                                 \
			memcpy(buf, p, len);                                   \
		else if (!simd_read_elements(cpu, i, va, log2, len, buf))      \
			return false;                                          \
		for (unsigned int k = 0; k < n; k++) {                         \
			union vreg r = {0};                                    \
                                                                               \
			for (unsigned int l = 0; l < lanes; l++)               \
				SET_LANE(&r, T, l) = buf[n * l + k];           \
			*REG_AFTER(k) = r;                                     \
		}                                                              \
		return true;                                                   \
	}                                                                      \
	static inline                                                          \
		__attribute__((always_inline)) bool st_##T##_##n##_##lanes(    \
			struct cpu *cpu, const struct insn *i)                 \
	{                                                                      \
		gva_t va = cpu->x[i->rn];                                      \
		enum { len = n * lanes * sizeof(T) };                          \
		u8 *p = simd_fast_write(cpu, i, va, len);                      \
		T buf[n * lanes];                                              \
                                                                               \
		for (unsigned int k = 0; k < n; k++)                           \
			for (unsigned int l = 0; l < lanes; l++)               \
				buf[n * l + k] = LANE(REG_AFTER(k), T, l);     \
		if (unlikely(!p))                                              \
			return simd_write_elements(cpu, i, va, log2, len,      \
						   buf);                       \
		memcpy(p, buf, len);                                           \
		return true;                                                   \
	}                                                                      \
	STRUCT_FN(exec_ld_##T##_##n##_##lanes, ld_##T##_##n##_##lanes(cpu, i)) \
	STRUCT_FN(exec_st_##T##_##n##_##lanes, st_##T##_##n##_##lanes(cpu, i))

#define INTERLEAVED_ALL(n)        \
	INTERLEAVED(u8, 0, n, 8)  \
	INTERLEAVED(u8, 0, n, 16) \
	INTERLEAVED(u16, 1, n, 4) \
	INTERLEAVED(u16, 1, n, 8) \
	INTERLEAVED(u32, 2, n, 2) \
	INTERLEAVED(u32, 2, n, 4) \
	INTERLEAVED(u64, 3, n, 2)
INTERLEAVED_ALL(2)
INTERLEAVED_ALL(3)
INTERLEAVED_ALL(4)

/* [Q][size] */
#define INTERLEAVED_FNS(dir, n)                                               \
	{                                                                     \
		{exec_##dir##_u8_##n##_8, exec_##dir##_u16_##n##_4,           \
		 exec_##dir##_u32_##n##_2},                                   \
			{exec_##dir##_u8_##n##_16, exec_##dir##_u16_##n##_8,  \
			 exec_##dir##_u32_##n##_4, exec_##dir##_u64_##n##_2}, \
	}

/* Base, write-back; @len: bytes of the whole access. */
static void fmt_struct_base(uint32_t w, struct insn *out, unsigned int len)
{
	bool post = FLD(w, 23, 23);
	unsigned int rm = FLD(w, 20, 16);

	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->rm = post ? reg_src(rm) : REG_ZR;
	out->imm = post && rm == 31 ? len : 0;
}

bool fmt_vldst_multiple(uint32_t w, struct insn *out)
{
	static insn_fn *const one[2][4][2] = {
		{{st1_1_0, st1_1_1},
		 {st1_2_0, st1_2_1},
		 {st1_3_0, st1_3_1},
		 {st1_4_0, st1_4_1}},
		{{ld1_1_0, ld1_1_1},
		 {ld1_2_0, ld1_2_1},
		 {ld1_3_0, ld1_3_1},
		 {ld1_4_0, ld1_4_1}},
	};
	static insn_fn *const many[2][3][2][4] = {
		{INTERLEAVED_FNS(st, 2), INTERLEAVED_FNS(st, 3),
		 INTERLEAVED_FNS(st, 4)},
		{INTERLEAVED_FNS(ld, 2), INTERLEAVED_FNS(ld, 3),
		 INTERLEAVED_FNS(ld, 4)},
	};
	/* By opcode: registers, and whether they are interleaved. */
	static const struct {
		u8 regs, many;
	} opcodes[16] = {
		[0] = {4, 1}, [2] = {4, 0}, [4] = {3, 1},  [6] = {3, 0},
		[7] = {1, 0}, [8] = {2, 1}, [10] = {2, 0},
	};
	bool q = FLD(w, 30, 30), load = FLD(w, 22, 22);
	unsigned int size = FLD(w, 11, 10), opcode = FLD(w, 15, 12);
	unsigned int regs = opcodes[opcode].regs;

	if (!regs)
		return false;
	fmt_struct_base(w, out, regs * (q ? 16 : 8));
	out->aux = size;
	out->fn = opcodes[opcode].many ? many[load][regs - 2][q][size]
				       : one[load][regs - 1][q];
	return out->fn;
}

/* ---- single structure: aux is the lane, ra the number of registers --------- */

#define SINGLE(T, log2)                                                        \
	static inline bool ld_struct_##T(struct cpu *cpu,                      \
					 const struct insn *i, T *buf)         \
	{                                                                      \
		gva_t va = cpu->x[i->rn];                                      \
		unsigned int len = i->ra << log2;                              \
		const u8 *p = simd_fast_read(cpu, i, va, len);                 \
                                                                               \
		if (unlikely(!p))                                              \
			return simd_read_elements(cpu, i, va, log2, len, buf); \
		for (unsigned int k = 0; k < i->ra; k++)                       \
			memcpy(&buf[k], p + (k << log2), sizeof(T));           \
		return true;                                                   \
	}                                                                      \
	static bool ld_lane_##T(struct cpu *cpu, const struct insn *i)         \
	{                                                                      \
		T buf[4];                                                      \
                                                                               \
		if (!ld_struct_##T(cpu, i, buf))                               \
			return false;                                          \
		for (unsigned int k = 0; k < i->ra; k++)                       \
			SET_LANE(REG_AFTER(k), T, i->aux) = buf[k];            \
		return true;                                                   \
	}                                                                      \
	static bool st_lane_##T(struct cpu *cpu, const struct insn *i)         \
	{                                                                      \
		gva_t va = cpu->x[i->rn];                                      \
		unsigned int len = i->ra << log2;                              \
		u8 *p = simd_fast_write(cpu, i, va, len);                      \
		T buf[4];                                                      \
                                                                               \
		for (unsigned int k = 0; k < i->ra; k++)                       \
			buf[k] = LANE(REG_AFTER(k), T, i->aux);                \
		if (unlikely(!p))                                              \
			return simd_write_elements(cpu, i, va, log2, len,      \
						   buf);                       \
		for (unsigned int k = 0; k < i->ra; k++)                       \
			memcpy(p + (k << log2), &buf[k], sizeof(T));           \
		return true;                                                   \
	}                                                                      \
	static bool ld_all_##T(struct cpu *cpu, const struct insn *i)          \
	{                                                                      \
		unsigned int lanes = i->aux;                                   \
		T buf[4];                                                      \
                                                                               \
		if (!ld_struct_##T(cpu, i, buf))                               \
			return false;                                          \
		for (unsigned int k = 0; k < i->ra; k++) {                     \
			union vreg r = {0};                                    \
                                                                               \
			for (unsigned int l = 0; l < lanes; l++)               \
				SET_LANE(&r, T, l) = buf[k];                   \
			*REG_AFTER(k) = r;                                     \
		}                                                              \
		return true;                                                   \
	}                                                                      \
	STRUCT_FN(exec_ld_lane_##T, ld_lane_##T(cpu, i))                       \
	STRUCT_FN(exec_st_lane_##T, st_lane_##T(cpu, i))                       \
	STRUCT_FN(exec_ld_all_##T, ld_all_##T(cpu, i))
SINGLE(u8, 0)
SINGLE(u16, 1)
SINGLE(u32, 2)
SINGLE(u64, 3)

bool fmt_vldst_single(uint32_t w, struct insn *out)
{
	static insn_fn *const fns[2][4] = {
		{exec_st_lane_u8, exec_st_lane_u16, exec_st_lane_u32,
		 exec_st_lane_u64},
		{exec_ld_lane_u8, exec_ld_lane_u16, exec_ld_lane_u32,
		 exec_ld_lane_u64},
	};
	static insn_fn *const all[4] = {exec_ld_all_u8, exec_ld_all_u16,
					exec_ld_all_u32, exec_ld_all_u64};
	unsigned int q = FLD(w, 30, 30), load = FLD(w, 22, 22);
	unsigned int opcode = FLD(w, 15, 13), s = FLD(w, 12, 12);
	unsigned int size = FLD(w, 11, 10), log2 = opcode >> 1;
	unsigned int index = q << 3 | s << 2 | size;

	out->ra = ((opcode & 1) << 1 | FLD(w, 21, 21)) + 1;
	if (log2 == 3) { /* LDnR */
		if (!load || s)
			return false;
		fmt_struct_base(w, out, out->ra << size);
		out->aux = (q ? 16 : 8) >> size;
		out->fn = all[size];
		return true;
	}
	if (log2 == 2 && (size & 1)) {
		if (size != 1 || s)
			return false;
		log2 = 3;
	} else if (size & ((1u << log2) - 1)) {
		return false;
	}
	fmt_struct_base(w, out, out->ra << log2);
	out->aux = index >> log2;
	out->fn = fns[load][log2];
	return true;
}
