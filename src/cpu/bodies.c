/* SPDX-License-Identifier: MIT */
/*
 * The choice of a body, by class (see bodies.h).
 */
#include "cpu/bodies.h"

#include "base/log.h"
#include "cpu/sve/sve.h"
#include "cpu/system.h"

typedef insn_fn *choose_fn(const struct insn *i);

const struct mem_bodies mem_mmu_bodies = {
	.ldst = ldst_body,
	.ldst_missed = ldst_missed_body,
	.vldst = vldst_body,
	.atomic = atomic_body,
	.sve = sve_ldst_body,
	.a32 = a32_ldst_body,
};

static insn_fn *simd_body(const struct insn *i)
{
	return simd_lanes_body(i) ?: simd_move_body(i);
}

static choose_fn *const choose_body[NR_INSN_CLASSES] = {
	[INSN_INT] = int_body,        [INSN_FP] = fp_body,
	[INSN_SIMD] = simd_body,      [INSN_CRYPTO] = crypto_body,
	[INSN_PAUTH] = pauth_body,    [INSN_SYS] = system_body,
	[INSN_CONTEXT] = system_body, [INSN_BRANCH] = branch_body,
	[INSN_SVE] = sve_body,        [INSN_SVE_FP] = sve_body,
	[INSN_MTE] = mte_body,
};

static insn_fn *a32_body(const struct insn *i, const struct mem_bodies *mem,
			 enum insn_class class)
{
	switch (class) {
	case INSN_INT: return a32_int_body(i) ?: a32_media_body(i);
	case INSN_BRANCH: return a32_branch_body(i);
	case INSN_LDST: return mem->a32(i);
	case INSN_FP: return a32_vfp_body(i);
	case INSN_SIMD: return a32_neon_body(i);
	default: return a32_system_body(i);
	}
}

/* insn_undefined for A64_UNDEFINED. */
insn_fn *insn_body(const struct insn *i, const struct mem_bodies *mem)
{
	const struct insn_row *row = insn_row(i->op);
	insn_fn *fn;

	if (!row)
		return insn_undefined;
	switch (i->op < NR_A64_OPS ? row->class : NR_INSN_CLASSES) {
	case NR_INSN_CLASSES: fn = a32_body(i, mem, row->class); break;
	case INSN_LDST: fn = mem->ldst(i); break;
	case INSN_VLDST: fn = mem->vldst(i); break;
	case INSN_ATOMIC: fn = mem->atomic(i); break;
	case INSN_SVE_LDST: fn = mem->sve(i); break;
	default: fn = choose_body[row->class](i);
	}
	bug_on(!fn, "no body for %s", row->name);
	return fn;
}

void insn_bind(struct insn *i, const struct mem_bodies *mem)
{
	i->fn = insn_body(i, mem);
	if (i->fn == exec_sve)
		i->body = sve_work(i);
	i->priv = msr_priv(i);
}

const struct insn_row *insn_prepare(uint32_t word, struct insn *out)
{
	const struct insn_row *row = insn_decode(word, out);

	insn_bind(out, &mem_mmu_bodies);
	return out->fn == insn_undefined ? NULL : row;
}
