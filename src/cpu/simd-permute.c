/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD permutes: ZIP, UZP, TRN, EXT, TBL and TBX (Arm ARM C4.1.96
 * "permute", "extract", "table lookup").
 */
#include "cpu/simd.h"

#ifdef __x86_64__
#include "cpu/host-x86-64-simd.h"
#endif

/* ---- two vectors interleaved ----------------------------------------------- */

/*
 * @even and @odd say where lanes 2k and 2k+1 of the result come from, by index
 * into the concatenation Vm:Vn (Vn: 0..lanes-1, Vm: lanes..2*lanes-1).
 */
#define PERMUTE_FN(name, T, lanes_, even, odd)                         \
	static void name(struct cpu *cpu, const struct insn *i)        \
	{                                                              \
		enum { lanes = lanes_, half SIMD_UNUSED = lanes / 2 }; \
		const union vreg *n = &cpu->vreg[i->rn];               \
		const union vreg *m = &cpu->vreg[i->rm];               \
		T src[2 * lanes];                                      \
		union vreg r = {0};                                    \
                                                                       \
		FP_CHECK;                                              \
		memcpy(src, n, sizeof(src) / 2);                       \
		memcpy(src + lanes, m, sizeof(src) / 2);               \
		for (unsigned int k = 0; k < lanes / 2; k++) {         \
			SET_LANE(&r, T, 2 * k) = src[even];            \
			SET_LANE(&r, T, 2 * k + 1) = src[odd];         \
		}                                                      \
		cpu->vreg[i->rd] = r;                                  \
		NEXT;                                                  \
	}

#define PERMUTE(op, even, odd)                                           \
	PERMUTE_FN(op##_u8_0, u8, 8, even, odd)                          \
	PERMUTE_FN(op##_u8_1, u8, 16, even, odd)                         \
	PERMUTE_FN(op##_u16_0, u16, 4, even, odd)                        \
	PERMUTE_FN(op##_u16_1, u16, 8, even, odd)                        \
	PERMUTE_FN(op##_u32_0, u32, 2, even, odd)                        \
	PERMUTE_FN(op##_u32_1, u32, 4, even, odd)                        \
	PERMUTE_FN(op##_u64_1, u64, 2, even, odd)                        \
	bool fmt_simd_##op(uint32_t w, struct insn *out)                 \
	{                                                                \
		static simd_fns fns = {{FNS_BHS(op, u, 0)},              \
				       {FNS_BHS(op, u, 1), op##_u64_1}}; \
                                                                         \
		return simd_fmt(w, out, fns);                            \
	}

PERMUTE(zip1, k, lanes + k)
PERMUTE(zip2, half + k, lanes + half + k)
PERMUTE(uzp1, 4 * k, 4 * k + 2)
PERMUTE(uzp2, 4 * k + 1, 4 * k + 3)
PERMUTE(trn1, 2 * k, lanes + 2 * k)
PERMUTE(trn2, 2 * k + 1, lanes + 2 * k + 1)

/* ---- EXT: bytes aux.. of Vm:Vn --------------------------------------------- */

static void ext_0(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	unsigned int sh = 8 * i->aux;

	FP_CHECK;
	d->d[0] = sh ? n->d[0] >> sh | m->d[0] << (64 - sh) : n->d[0];
	d->d[1] = 0;
	NEXT;
}

static void ext_1(struct cpu *cpu, const struct insn *i)
{
	union vreg src[2];

	FP_CHECK;
	src[0] = cpu->vreg[i->rn];
	src[1] = cpu->vreg[i->rm];
	memcpy(&cpu->vreg[i->rd], &src[0].b[i->aux], 16);
	NEXT;
}

/* By 8, a swap of halves when Vn is Vm: the common case, without the store
 * that the byte-wise load would have to wait for. */
static void ext_1_by_8(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;

	FP_CHECK;
	r.d[0] = cpu->vreg[i->rn].d[1];
	r.d[1] = cpu->vreg[i->rm].d[0];
	*d = r;
	NEXT;
}

bool fmt_simd_ext(uint32_t w, struct insn *out)
{
	bool q = FLD(w, 30, 30);

	simd_regs(w, out);
	out->aux = FLD(w, 14, 11);
	out->fn = !q ? ext_0 : out->aux == 8 ? ext_1_by_8 : ext_1;
	return q || out->aux < 8;
}

/* ---- TBL, TBX -------------------------------------------------------------- */

/*
 * imm: number of table registers, from Vn on, modulo 32. An index outside
 * gives 0 (TBL) or leaves the byte (TBX).
 */
static inline __attribute__((always_inline)) void table_lookup(
	struct cpu *cpu, const struct insn *i, unsigned int bytes, bool keep)
{
	const union vreg *m = &cpu->vreg[i->rm];
	union vreg *d = &cpu->vreg[i->rd], r = {0};
	unsigned int regs = i->imm;
	union vreg table[4];

	for (unsigned int k = 0; k < regs; k++)
		table[k] = cpu->vreg[(i->rn + k) & 31];
	for (unsigned int l = 0; l < bytes; l++) {
		unsigned int x = m->b[l];

		r.b[l] = x < 16 * regs ? ((const u8 *)table)[x]
			 : keep        ? d->b[l]
				       : 0;
	}
	*d = r;
}

#define TABLE_FN(name, bytes, keep)                             \
	static void name(struct cpu *cpu, const struct insn *i) \
	{                                                       \
		FP_CHECK;                                       \
		table_lookup(cpu, i, bytes, keep);              \
		NEXT;                                           \
	}

TABLE_FN(tbl_0, 8, false)
TABLE_FN(tbl_1, 16, false)
TABLE_FN(tbx_0, 8, true)
TABLE_FN(tbx_1, 16, true)

bool fmt_simd_tbl(uint32_t w, struct insn *out)
{
	simd_regs(w, out);
	out->imm = FLD(w, 14, 13) + 1;
	out->fn = FLD(w, 30, 30) ? tbl_1 : tbl_0;
#ifdef __x86_64__
	if (host_simd_tbl(out->imm, FLD(w, 30, 30)))
		out->fn = host_simd_tbl(out->imm, FLD(w, 30, 30));
#endif
	return true;
}

bool fmt_simd_tbx(uint32_t w, struct insn *out)
{
	simd_regs(w, out);
	out->imm = FLD(w, 14, 13) + 1;
	out->fn = FLD(w, 30, 30) ? tbx_1 : tbx_0;
	return true;
}
