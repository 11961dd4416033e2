/* SPDX-License-Identifier: MIT */
/*
 * A32 and T32: the choice of an emit function, conditions, PSTATE.IT, and what is
 * done with the flags.
 *
 * What has a condition is jumped over if that fails. Where both ways meet, the
 * host's flags are the guest's only if both left them so.
 */
#include "jit/a32.h"

/* ---- the choice ---------------------------------------------------------- */

/* PSTATE.IT is set by the bodies of those behind it. */
static bool emit_it(struct translation *t, const struct insn *i)
{
	(void)i;
	if (part_is_known(t))
		t->part.next++;
	return true;
}

static bool emit_thread_id(struct translation *t, const struct insn *i)
{
	bool private = i->imm == A32_SYSREG(15, 0, 13, 0, 3);
	int d = greg_dst_host(i->rd, RAX);

	x86_load(&t->c, 4, d,
		 private ? CPU_FIELD(sys.tpidrro_el0)
			 : CPU_FIELD(sys.tpidr_el0));
	greg_done(t, i->rd, d);
	return true;
}

/* TPIDRPRW */
static bool emit_thread_id_el1(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);

	x86_op_rm_i8(&t->c, 0x80, X86_CMP, CPU_FIELD(el), 0);
	exit_here(t, x86_jcc(&t->c, CC_E));
	flags_lose(t);
	x86_load(&t->c, 4, d, CPU_FIELD(sys.tpidr_el1));
	greg_done(t, i->rd, d);
	return true;
}

static emit_fn *mrc_emitter(const struct insn *i)
{
	if (i->rd == REG_SINK)
		return NULL;
	switch (i->imm) {
	case A32_SYSREG(15, 0, 13, 0, 2):
	case A32_SYSREG(15, 0, 13, 0, 3): return emit_thread_id;
	case A32_SYSREG(15, 0, 13, 0, 4): return emit_thread_id_el1;
	default: return NULL;
	}
}

static emit_fn *atomic_of_a32(const struct insn *i)
{
	switch (i->form) {
	case ATOMIC_STXR:
	case ATOMIC_LDXR:
	case ATOMIC_STLR:
	case ATOMIC_LDAR: return atomic_emitter(i);
	default: return NULL;
	}
}

/* R15 as a destination is for those who know of it. */
static bool writes_pc_plainly(const struct insn *i)
{
	return i->writes_pc == PC_INTERWORKING &&
	       (i->op == A32_LDR || i->op == A32_LDM ||
		(i->op == A64_ORR_shift && i->rn == REG_ZR &&
		 i->form == OPERAND_REG));
}

/* MOV of a register to R15. */
static bool emit_mov_pc(struct translation *t, const struct insn *i)
{
	a32_emit_interwork(t, greg_src(t, i->rm, RDI));
	return true;
}

static emit_fn *int_of_a32(const struct translation *t, const struct insn *i)
{
	if (i->writes_pc)
		return emit_mov_pc;
	return i->op < NR_A64_OPS ? int_emitter(i) : a32_int_emitter(t, i);
}

emit_fn *a32_emitter(const struct translation *t, const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (!row || i->reads_pc || (i->writes_pc && !writes_pc_plainly(i)))
		return NULL;
	switch (row->class) {
	case INSN_INT: return int_of_a32(t, i);
	case INSN_ATOMIC: return atomic_of_a32(i);
	case INSN_LDST: return a32_ldst_emitter(i);
	case INSN_BRANCH: return a32_branch_emitter(i);
	case INSN_FP: return a32_vfp_emitter(t, i);
	case INSN_SIMD:
	case INSN_CRYPTO: return a32_neon_emitter(i);
	default: break;
	}
	switch (i->op) {
	case A32_IT: return emit_it;
	case A32_MRC: return mrc_emitter(i);
	case A64_HINT:
	case A64_ISB:
	case A64_CLREX:
	case A64_DMB: return system_emitter(i);
	default: return NULL;
	}
}

/* ---- flags --------------------------------------------------------------- */

/* Without a condition. */
static unsigned int plain_use(const struct insn *i, unsigned int use)
{
	const struct insn_row *row = insn_row(i->op);

	if (i->op == A32_IT)
		return USE_KEEPS;
	if (i->op == A32_VMRS)
		return USE_SETS;
	if (i->op == A32_VSEL)
		return USE_READS;
	if (row->class != INSN_INT || i->writes_pc)
		return 0;
	return i->op < NR_A64_OPS ? use : a32_int_flags_use(i);
}

/* What sets flags if its condition holds reads those from before, and may keep
 * them. */
unsigned int a32_flags_use(const struct translation *t, const struct insn *i,
			   unsigned int use)
{
	if (!a32_emitter(t, i))
		return 0;
	use = plain_use(i, use);
	if (!i->cond)
		return use;
	if (use & USE_SETS)
		use = (use & ~USE_SETS) | USE_KEEPS;
	return use | USE_READS;
}

bool a32_only_computes(const struct translation *t, const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	return a32_emitter(t, i) && !i->writes_pc &&
	       (row->class == INSN_INT || i->op == A32_IT);
}

bool a32_may_write(const struct insn *i, unsigned int g)
{
	if (i->op == A32_LDM && i->aux >> g & 1)
		return true;
	return i->rd == g || i->ra == g ||
	       (insn_row(i->op)->class == INSN_LDST && i->rn == g);
}

/* ---- around emit functions ----------------------------------------------- */

/* The instruction before was in an IT block. */
static bool is_behind_it(const struct translation *t, const struct insn *i)
{
	return t->k && !i->it && i[-1].it;
}

static void store_it(struct translation *t, uint8_t it)
{
	x86_op_rm_i8(&t->c, 0xc6, 0, CPU_FIELD(it), it);
}

void a32_emit_it(struct translation *t)
{
	const struct insn *end = &t->b->insns[t->b->n];

	if (end->it || end[-1].it)
		store_it(t, end->it);
}

/* Of one that sets flags: they become SUB's where the ways part and where they
 * meet, or are stored on both. */
static void emit_setter(struct translation *t, const struct insn *i,
			emit_fn *emit, enum x86_cc fails)
{
	bool stored = t->flags_stored, lost = t->flags == FLAGS_LOST;
	struct x86_site past = x86_jcc(&t->c, fails);

	emit(t, i);
	if (lost) {
		emit_flags_stored(t);
		flags_lose(t);
	} else {
		flags_normalize(t);
		t->flags_stored = t->flags_stored && stored;
	}
	x86_land_here(&t->c, past);
}

/* Copies of vector registers have changed. */
static bool emits_vectors(const struct insn *i)
{
	return insn_row(i->op)->class == INSN_FP ||
	       (i->op >= A32_VLDR && i->op <= A32_VSTM);
}

static void emit_if(struct translation *t, const struct insn *i, emit_fn *emit,
		    unsigned int use)
{
	bool fp_checked = t->fp_checked, fp_plain = t->fp_plain;
	enum a64_cond cond = i->cond - 1;
	struct x86_site past;
	enum x86_cc fails;
	enum flags_kind flags;

	if (use & USE_SETS && t->flags != FLAGS_LOST)
		flags_normalize(t);
	fails = emit_condition(t, cond) ^ 1;
	if (use & USE_SETS) {
		emit_setter(t, i, emit, fails);
		return;
	}
	flags = t->flags;
	past = x86_jcc(&t->c, fails);
	emit(t, i);
	x86_land_here(&t->c, past);
	if (t->flags != flags)
		flags_lose(t);
	t->part.next = 0;
	t->fp_checked = fp_checked;
	t->fp_plain = fp_plain;
	if (emits_vectors(i))
		vregs_forget(t);
}

bool a32_emit(struct translation *t, const struct insn *i)
{
	emit_fn *emit = a32_emitter(t, i);
	unsigned int use = plain_use(i, flags_use_a64(t, i));
	bool branches = insn_ends_block(insn_row(i->op));

	if (is_behind_it(t, i) || (i->it && (branches || i->writes_pc)))
		store_it(t, 0);
	if (!i->cond)
		return emit(t, i);
	if (i->op == A32_B)
		return emit_ways(t, i, emit_condition(t, i->cond - 1)), true;
	emit_if(t, i, emit, use);
	/* Where it goes on if it does not branch. */
	if (branches || i->writes_pc)
		emit_edge(t, i->pgoff + insn_len(i));
	return true;
}
