/* SPDX-License-Identifier: MIT */
/*
 * The choice of a body of SVE; and what on a PE with SVE stands around instructions
 * that write V registers: the upper part of Z goes (Arm ARM B1.2.2).
 *
 * Of data processing it goes before the body, which can't fail but by the trap
 * that is looked at here, too. A load may fault, and what is above is to stay
 * then: it goes before the next instruction of the block, or the marker behind it.
 */
#include "cpu/bodies.h"
#include "cpu/sve/sve.h"

/* ---- the choice ---------------------------------------------------------- */

void exec_sve(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	i->body(cpu, i);
	NEXT;
}

static void sve_prefetch(struct cpu *cpu, const struct insn *i)
{
}

static insn_fn *sve_prefetch_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_PRF_zi:
	case A64_SVE_PRF_zr:
	case A64_SVE_PRF_zz_s:
	case A64_SVE_PRF_iz_s:
	case A64_SVE_PRF_zz_d32:
	case A64_SVE_PRF_zz_d64:
	case A64_SVE_PRF_iz_d: return sve_prefetch;
	default: return NULL;
	}
}

insn_fn *sve_work(const struct insn *i)
{
	insn_fn *fn = sve_int_work(i);

	fn = fn ?: sve_pred_work(i);
	fn = fn ?: sve_count_work(i);
	fn = fn ?: sve_fp_work(i);
	fn = fn ?: sve2_work(i);
	fn = fn ?: sve_matrix_work(i);
	return fn ?: sve_prefetch_work(i);
}

insn_fn *sve_body(const struct insn *i)
{
	return sve_work(i) ? exec_sve : sve_256_body(i);
}

/* ---- who writes V registers ---------------------------------------------- */

/* Operations of FP and SIMD whose rd is a general register, or none. */
static bool writes_no_v(const struct insn *i)
{
	switch (i->op) {
	case A64_FCMP_reg:
	case A64_FCMP_zero:
	case A64_FCCMP:
	case A64_FCVT_to_int:
	case A64_FCVTA_to_int:
	case A64_FCVTZ_to_fixed:
	case A64_FJCVTZS:
	case A64_FMOV_w_h:
	case A64_FMOV_w_s:
	case A64_FMOV_x_d:
	case A64_FMOV_x_d1:
	case A64_SMOV:
	case A64_UMOV: return true;
	default: return false;
	}
}

static bool is_load(const struct insn *i)
{
	return i->form & VLDST_LOAD;
}

static uint32_t loaded(const struct insn *i)
{
	uint32_t mask = 0;

	if ((i->form & ~VLDST_LOAD) < NR_VLDST_MODES)
		return BIT(i->rd) | (i->aux == 2 ? BIT(i->ra) : 0);
	for (unsigned int k = 0; k < i->aux; k++)
		mask |= BIT((i->rd + k) & 31);
	return mask;
}

uint32_t insn_writes_v(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	switch (row ? row->class : NR_INSN_CLASSES) {
	case INSN_FP:
	case INSN_SIMD:
	case INSN_CRYPTO: return writes_no_v(i) ? 0 : BIT(i->rd);
	case INSN_VLDST: return is_load(i) ? loaded(i) : 0;
	default: return 0;
	}
}

bool insn_loads_v(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	return row && row->class == INSN_VLDST && is_load(i);
}

/* ---- around bodies ------------------------------------------------------- */

static void clear_rest(struct cpu *cpu, const struct insn *i)
{
	for (uint32_t mask = loaded(i); mask; mask &= mask - 1)
		sve_v_written(cpu, __builtin_ctz(mask));
}

static void exec_v_write(struct cpu *cpu, const struct insn *i)
{
	if (likely(cpu_fp_enabled(cpu)))
		sve_v_written(cpu, i->rd);
	i->body(cpu, i);
}

static void exec_v_write_after_load(struct cpu *cpu, const struct insn *i)
{
	clear_rest(cpu, i - 1);
	if (likely(cpu_fp_enabled(cpu)))
		sve_v_written(cpu, i->rd);
	i->body(cpu, i);
}

static void exec_after_load(struct cpu *cpu, const struct insn *i)
{
	clear_rest(cpu, i - 1);
	i->body(cpu, i);
}

static void exec_sve_after_load(struct cpu *cpu, const struct insn *i)
{
	clear_rest(cpu, i - 1);
	SVE_CHECK;
	i->body(cpu, i);
	NEXT;
}

static void wrap(struct insn *i, bool after_load)
{
	bool writes = !insn_loads_v(i) && insn_writes_v(i);

	if (i->fn == exec_sve) {
		if (after_load)
			i->fn = exec_sve_after_load;
		return;
	}
	if (!writes && !after_load)
		return;
	i->body = i->fn;
	i->fn = !writes      ? exec_after_load
		: after_load ? exec_v_write_after_load
			     : exec_v_write;
}

void sve_wrap(struct insn *insns, unsigned int n)
{
	bool after_load = false;

	for (unsigned int k = 0; k < n; k++) {
		wrap(&insns[k], after_load);
		after_load = insn_loads_v(&insns[k]);
	}
	if (after_load) {
		insns[n].body = insns[n].fn;
		insns[n].fn = exec_after_load;
	}
}
