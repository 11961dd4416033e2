/* SPDX-License-Identifier: MIT */
/*
 * A32 and T32 in translated code. Where an operation is A64's with W registers its
 * emit function is, too; these files have the others, and what stands around:
 * conditions, PSTATE.IT, R15, the jump cache.
 *
 * Registers are zero-extended, and so are addresses. R15 as a source has no code:
 * the body is given it. PSTATE.IT in memory is exact only where a block ends and
 * behind an IT block, since bodies in one set it themselves; who leaves by a host
 * fault does so, too (fault.c).
 */
#ifndef FAUXKVM_JIT_A32_H
#define FAUXKVM_JIT_A32_H

#include "isa/a32/operands.h"
#include "jit/flags.h"
#include "jit/translate.h"

/* The emit function of @i but for its condition; NULL: its body runs. */
emit_fn *a32_emitter(const struct translation *t, const struct insn *i);
/* All of @i, which has one. */
bool a32_emit(struct translation *t, const struct insn *i);

/* Of the files: a32-int.c, a32-branch.c, a32-ldst.c, and those of VFP and Advanced
 * SIMD. NULL: none. */
emit_fn *a32_int_emitter(const struct translation *t, const struct insn *i);
emit_fn *a32_branch_emitter(const struct insn *i);
emit_fn *a32_ldst_emitter(const struct insn *i);
emit_fn *a32_vfp_emitter(const struct translation *t, const struct insn *i);
emit_fn *a32_vfp_ldst_emitter(const struct insn *i);
emit_fn *a32_neon_emitter(const struct insn *i);
emit_fn *a32_neon_ldst_emitter(const struct insn *i);
emit_fn *a32_neon_fp_emitter(const struct insn *i);

/* @i, of Advanced SIMD, with registers as A64's emit functions have them. */
struct insn a32_neon_as_a64(const struct insn *i);

/* Between vector register @g and memory. a32-vfp-ldst.c */
void a32_move_vector(struct translation *t, unsigned int g, struct x86_mem m,
		     bool load);

/* flags_use(), where @use is what @i does if it is one of A64; and
 * flags_only_computes(). */
unsigned int a32_flags_use(const struct translation *t, const struct insn *i,
			   unsigned int use);
bool a32_only_computes(const struct translation *t, const struct insn *i);
/* The same of A32's own INT, without a condition. */
unsigned int a32_int_flags_use(const struct insn *i);

/* insn_may_write() of A32's own. */
bool a32_may_write(const struct insn *i, unsigned int g);

/* Go to the address in RDI by the jump cache, all else is done; @state is that of
 * what is there. */
void a32_emit_jump(struct translation *t, uint16_t state);
/* The same by BXWritePC() of what is in @r. */
void a32_emit_interwork(struct translation *t, int r);
/* The block ends here: PSTATE.IT, if it may be another. */
void a32_emit_it(struct translation *t);

#endif
