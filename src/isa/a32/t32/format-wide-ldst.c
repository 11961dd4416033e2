/* SPDX-License-Identifier: MIT */
/*
 * Formats of loads and stores of T32 in 32 bits (Arm ARM F3.1.3), and of branches,
 * status registers, hints and barriers.
 */
#include "isa/a32/formats.h"

static unsigned int field_t(uint32_t word)
{
	return FLD(word, 15, 12);
}

static unsigned int field_n(uint32_t word)
{
	return FLD(word, 19, 16);
}

/* From the instruction to the PC as a base, which is aligned to a word. */
static int pc_base(const struct insn *out)
{
	return 4 - (out->pgoff & 2);
}

/* ---- one register -------------------------------------------------------- */

/* Loads of less than a word to R15 are prefetches, of signed halfwords hints
 * that do nothing. */
static bool ldst(uint32_t word, struct insn *out, struct a32_address *a)
{
	enum a64_size size = FLD(word, 22, 21);
	bool load = FLD(word, 20, 20), sign = FLD(word, 24, 24);
	unsigned int t = field_t(word), n = field_n(word);

	a->pc = pc_base(out);
	if (load && t == R_PC && size != SIZE_W)
		return a->index && !a->wback && !a->unpriv && a32_prefetch(out);
	if (!load && (n == R_PC || t == R_PC))
		return false;
	return a32_ldst(out,
			!load  ? LDST_STORE
			: sign ? LDST_LOAD_SW
			       : LDST_LOAD,
			size, t, n, a);
}

bool t32_fmt_ldst_imm12(uint32_t word, struct insn *out)
{
	struct a32_address a = {
		.add = true, .index = true, .m = -1, .imm = FLD(word, 11, 0)};

	return ldst(word, out, &a);
}

bool t32_fmt_ldst_imm8(uint32_t word, struct insn *out)
{
	struct a32_address a = {
		.add = FLD(word, 9, 9),
		.index = FLD(word, 10, 10),
		.wback = FLD(word, 8, 8),
		.unpriv = FLD(word, 10, 8) == 6,
		.m = -1,
		.imm = FLD(word, 7, 0),
	};

	return (a.index || a.wback) && ldst(word, out, &a);
}

bool t32_fmt_ldr_lit(uint32_t word, struct insn *out)
{
	struct a32_address a = {.add = FLD(word, 23, 23),
				.index = true,
				.m = -1,
				.imm = FLD(word, 11, 0)};

	return ldst(word, out, &a);
}

/* With R15 as the base of a load it is no register but an offset of 12 bits. */
bool t32_fmt_ldst_reg(uint32_t word, struct insn *out)
{
	struct a32_address a = {.add = true,
				.index = true,
				.m = FLD(word, 3, 0),
				.amount = FLD(word, 5, 4)};

	if (field_n(word) == R_PC && FLD(word, 20, 20))
		return t32_fmt_ldr_lit(word, out);
	return a.m != R_PC && ldst(word, out, &a);
}

/* ---- pairs, lists, table branches ---------------------------------------- */

bool t32_fmt_ldrd(uint32_t word, struct insn *out)
{
	struct a32_address a = {
		.add = FLD(word, 23, 23),
		.index = FLD(word, 24, 24),
		.wback = FLD(word, 21, 21),
		.m = -1,
		.imm = 4 * FLD(word, 7, 0),
		.pc = pc_base(out),
	};
	bool load = FLD(word, 20, 20);

	if (!load && field_n(word) == R_PC)
		return false;
	return a32_ldrd(out, load, field_t(word), FLD(word, 11, 8),
			field_n(word), &a);
}

/* One register alone, and R14 with R15, have no place here. */
bool t32_fmt_ldm(uint32_t word, struct insn *out)
{
	unsigned int list = FLD(word, 15, 0);
	bool up = FLD(word, 23, 23), load = FLD(word, 20, 20);

	if (__builtin_popcount(list) < 2 || list >> 14 == 3)
		return false;
	if (!load && FLD(word, 21, 21) && (list >> field_n(word) & 1))
		return false;
	return a32_ldm(out, load, up, !up, FLD(word, 21, 21), field_n(word),
		       list);
}

bool t32_fmt_tbb(uint32_t word, struct insn *out)
{
	out->op = A32_TBB;
	out->size = FLD(word, 4, 4) ? SIZE_H : SIZE_B;
	out->rm = FLD(word, 3, 0);
	out->rd = a32_dst(out, R_PC, PC_BRANCH);
	out->rn = a32_src(out, field_n(word));
	return out->rm != R_PC;
}

/* ---- exclusive and ordered ----------------------------------------------- */

/* With an offset the address is made first, in REG_SINK: of aux and imm. */
bool t32_fmt_strex(uint32_t word, struct insn *out)
{
	bool load = FLD(word, 20, 20);
	bool ok =
		a32_exclusive(out, load, true, false, SIZE_W, FLD(word, 11, 8),
			      field_t(word), 0, field_n(word));

	out->imm = 4 * FLD(word, 7, 0);
	if (out->imm) {
		out->aux = out->rn;
		out->rn = REG_SINK;
		out->reads_pc = true;
	}
	return ok;
}

bool t32_fmt_exclusive(uint32_t word, struct insn *out)
{
	return a32_exclusive(out, FLD(word, 20, 20), FLD(word, 6, 6),
			     FLD(word, 7, 7), FLD(word, 5, 4), FLD(word, 3, 0),
			     field_t(word), FLD(word, 11, 8), field_n(word));
}

/* ---- branches ------------------------------------------------------------ */

/* A condition of 14 or 15 is another instruction. */
bool t32_fmt_b_cond(uint32_t word, struct insn *out)
{
	uint64_t imm = FLD(word, 26, 26) << 20 | FLD(word, 11, 11) << 19 |
		       FLD(word, 13, 13) << 18 | FLD(word, 21, 16) << 12 |
		       FLD(word, 10, 0) << 1;

	if (FLD(word, 25, 22) >= COND_AL || out->it)
		return false;
	out->op = A32_B;
	out->cond = 1 + FLD(word, 25, 22);
	out->imm = sext64(imm, 21) + 4;
	return true;
}

/* B, BL, BLX. */
bool t32_fmt_b(uint32_t word, struct insn *out)
{
	bool s = FLD(word, 26, 26);
	uint64_t imm = (uint32_t)s << 24 |
		       (uint32_t)(FLD(word, 13, 13) == s) << 23 |
		       (uint32_t)(FLD(word, 11, 11) == s) << 22 |
		       FLD(word, 25, 16) << 12 | FLD(word, 10, 0) << 1;

	out->op = !FLD(word, 14, 14)  ? A32_B
		  : FLD(word, 12, 12) ? A32_BL
				      : A32_BLX_imm;
	out->imm = sext64(imm, 25) + 4;
	return true;
}

bool t32_fmt_bxj(uint32_t word, struct insn *out)
{
	out->op = A32_BX;
	out->rm = field_n(word);
	return out->rm != R_PC;
}

/* ---- exceptions and returns ----------------------------------------------- */

bool t32_fmt_hvc(uint32_t word, struct insn *out)
{
	out->op = A32_HVC;
	out->imm = FLD(word, 19, 16) << 12 | FLD(word, 11, 0);
	return !out->it;
}

bool t32_fmt_smc(uint32_t word, struct insn *out)
{
	out->op = A32_SMC;
	out->imm = FLD(word, 19, 16);
	return true;
}

/* SUBS PC, LR, or ERET by 0. */
bool t32_fmt_eret(uint32_t word, struct insn *out)
{
	out->op = A32_ERET;
	out->imm = FLD(word, 7, 0);
	return true;
}

bool t32_fmt_rfe(uint32_t word, struct insn *out)
{
	bool up = FLD(word, 23, 23);

	return a32_rfe(out, up, !up, FLD(word, 21, 21), field_n(word));
}

bool t32_fmt_srs(uint32_t word, struct insn *out)
{
	bool up = FLD(word, 23, 23);

	return a32_srs(out, up, !up, FLD(word, 21, 21), FLD(word, 4, 0));
}

/* ---- status and system registers, hints, barriers ------------------------ */

bool t32_fmt_msr(uint32_t word, struct insn *out)
{
	out->form = OPERAND_REG;
	out->rn = field_n(word);
	return out->rn != R_PC &&
	       a32_msr(out, FLD(word, 11, 8), FLD(word, 20, 20));
}

bool t32_fmt_mrs(uint32_t word, struct insn *out)
{
	out->op = FLD(word, 20, 20) ? A32_MRS_spsr : A32_MRS;
	out->rd = FLD(word, 11, 8);
	return out->rd != R_PC;
}

bool t32_fmt_msr_bank(uint32_t word, struct insn *out)
{
	out->op = A32_MSR_bank;
	out->rn = field_n(word);
	return out->rn != R_PC &&
	       a32_bank(out, FLD(word, 20, 20),
			FLD(word, 4, 4) << 4 | FLD(word, 11, 8));
}

bool t32_fmt_mrs_bank(uint32_t word, struct insn *out)
{
	out->op = A32_MRS_bank;
	out->rd = FLD(word, 11, 8);
	return out->rd != R_PC &&
	       a32_bank(out, FLD(word, 20, 20),
			FLD(word, 4, 4) << 4 | field_n(word));
}

bool t32_fmt_cps(uint32_t word, struct insn *out)
{
	return a32_cps(out, FLD(word, 10, 9), FLD(word, 8, 8), FLD(word, 7, 5),
		       FLD(word, 4, 0));
}

bool t32_fmt_hint(uint32_t word, struct insn *out)
{
	return a32_hint(out, FLD(word, 7, 0));
}

bool t32_fmt_barrier(uint32_t word, struct insn *out)
{
	return a32_barrier(out, FLD(word, 7, 4) == 2 ? 1 : FLD(word, 7, 4),
			   FLD(word, 3, 0));
}

bool t32_fmt_coprocessor(uint32_t word, struct insn *out)
{
	return a32_coprocessor(out, FLD(word, 20, 20), FLD(word, 11, 8),
			       FLD(word, 23, 21), field_n(word),
			       FLD(word, 3, 0), FLD(word, 7, 5), field_t(word));
}

bool t32_fmt_coprocessor_64(uint32_t word, struct insn *out)
{
	return a32_coprocessor_64(out, FLD(word, 20, 20), FLD(word, 11, 8),
				  FLD(word, 7, 4), FLD(word, 3, 0),
				  field_t(word), field_n(word));
}
