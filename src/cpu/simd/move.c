/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD moves of whole registers, whatever their lanes: modified
 * immediate, EXT, TBL and TBX (Arm ARM C4.1.96 "modified immediate",
 * "extract", "table lookup").
 */
#include "cpu/bodies.h"
#include "cpu/exec.h"
#include "cpu/host-simd.h"
#include "isa/a64/operands.h"

/* ---- modified immediate: MOVI, MVNI, FMOV, ORR, BIC ---------------------- */

/* Of 64 and 128 bits; imm is what each half gets, inverted for MVNI. */
static void exec_movi_1d(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] = i->imm;
	d->d[1] = 0;
	NEXT;
}

static void exec_movi_2d(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] = i->imm;
	d->d[1] = i->imm;
	NEXT;
}

static void exec_orr_imm_1d(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] |= i->imm;
	d->d[1] = 0;
	NEXT;
}

static void exec_orr_imm_2d(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] |= i->imm;
	d->d[1] |= i->imm;
	NEXT;
}

static void exec_bic_imm_1d(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] &= ~i->imm;
	d->d[1] = 0;
	NEXT;
}

static void exec_bic_imm_2d(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] &= ~i->imm;
	d->d[1] &= ~i->imm;
	NEXT;
}

/* ---- EXT: bytes aux.. of Vm:Vn ------------------------------------------- */

static void exec_ext_8b(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	unsigned int sh = 8 * i->aux;

	FP_CHECK;
	d->d[0] = sh ? n->d[0] >> sh | m->d[0] << (64 - sh) : n->d[0];
	d->d[1] = 0;
	NEXT;
}

static void exec_ext_16b(struct cpu *cpu, const struct insn *i)
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
static void exec_ext_16b_by_8(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;

	FP_CHECK;
	r.d[0] = cpu->vreg[i->rn].d[1];
	r.d[1] = cpu->vreg[i->rm].d[0];
	*d = r;
	NEXT;
}

static insn_fn *ext_body(const struct insn *i)
{
	if (i->size == ARR_8B)
		return exec_ext_8b;
	return i->aux == 8 ? exec_ext_16b_by_8 : exec_ext_16b;
}

/* ---- TBL, TBX ------------------------------------------------------------ */

/*
 * imm: number of table registers, from Vn on, modulo 32. An index outside
 * gives 0 (TBL) or leaves the byte (TBX).
 */
static ALWAYS_INLINE void table_lookup(struct cpu *cpu, const struct insn *i,
				       unsigned int bytes, bool keep)
{
	const union vreg *m = &cpu->vreg[i->rm];
	union vreg *d = &cpu->vreg[i->rd], r = {0};
	unsigned int regs = i->imm;
	union vreg table[4];

	for (unsigned int k = 0; k < regs; k++)
		table[k] = cpu->vreg[(i->rn + k) & 31];
	for (unsigned int l = 0; l < bytes; l++) {
		unsigned int x = m->b[l];

		r.b[l] = x < 16 * regs ? ((const uint8_t *)table)[x]
			 : keep        ? d->b[l]
				       : 0;
	}
	*d = r;
}

static void exec_tbl_8b(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	table_lookup(cpu, i, 8, false);
	NEXT;
}

static void exec_tbl_16b(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	table_lookup(cpu, i, 16, false);
	NEXT;
}

static void exec_tbx_8b(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	table_lookup(cpu, i, 8, true);
	NEXT;
}

static void exec_tbx_16b(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	table_lookup(cpu, i, 16, true);
	NEXT;
}

static insn_fn *tbl_body(const struct insn *i)
{
	insn_fn *host = host_tbl_body(i->imm);

	if (host)
		return host;
	return i->size == ARR_16B ? exec_tbl_16b : exec_tbl_8b;
}

/* ---- the choice ---------------------------------------------------------- */

insn_fn *simd_move_body(const struct insn *i)
{
	switch (i->op) {
	case A64_MOVI_8:
	case A64_MOVI_16:
	case A64_MOVI_32:
	case A64_MOVI_64:
	case A64_MOVI_msl:
	case A64_MVNI_16:
	case A64_MVNI_32:
	case A64_MVNI_msl:
	case A64_FMOV_imm_h:
	case A64_FMOV_imm_s:
	case A64_FMOV_imm_d:
		return i->size == ARR_2D ? exec_movi_2d : exec_movi_1d;
	case A64_ORR_imm_16:
	case A64_ORR_imm_32:
		return i->size == ARR_2D ? exec_orr_imm_2d : exec_orr_imm_1d;
	case A64_BIC_imm_16:
	case A64_BIC_imm_32:
		return i->size == ARR_2D ? exec_bic_imm_2d : exec_bic_imm_1d;
	case A64_EXT: return ext_body(i);
	case A64_TBL: return tbl_body(i);
	case A64_TBX: return i->size == ARR_16B ? exec_tbx_16b : exec_tbx_8b;
	default: return NULL;
	}
}
