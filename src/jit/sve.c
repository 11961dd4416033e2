/* SPDX-License-Identifier: MIT */
/*
 * SVE: what loops of all elements are made of, for vectors up to 512 bits. Code is for
 * the length that the PE has now; with another one, and for whatever is not active in
 * all elements, the body runs. A vector is done in parts of 16 bytes: the first
 * is V, the others are in cpu->sve, where they count as long as z_live says so.
 *
 * That SVE is enabled and how long vectors are is asked once for all that the
 * interpreter does not come in between, and so is z_live.
 */
#include "cpu/sve/pred.h"
#include "jit/fp.h"
#include "jit/simd.h"

#define MAX_VL    64 /* a predicate is one word */
#define MAX_PARTS (MAX_VL / 16)

#define ZEN_FPEN (3u << 16 | 3u << 20) /* of CPACR_EL1: no traps */

static unsigned int vl_of(const struct translation *t)
{
	return sve_vl(t->cpu);
}

static unsigned int parts(const struct translation *t)
{
	return vl_of(t) / 16;
}

static bool has_code(const struct translation *t)
{
	return t->cpu->sve && vl_of(t) <= MAX_VL;
}

/* ---- checks -------------------------------------------------------------- */

/* First of all. RAX, RDX. */
static void emit_sve_check(struct translation *t)
{
	struct x86_code *c = &t->c;

	if (t->sve_checked)
		return;
	x86_load(c, 4, RAX, CPU_FIELD(sys.cpacr_el1));
	x86_alu_ri(c, X86_AND, 4, RAX, ZEN_FPEN);
	x86_alu_ri(c, X86_CMP, 4, RAX, ZEN_FPEN);
	exit_here(t, x86_jcc(c, CC_NE));
	x86_mov_ri(c, RDX, (uintptr_t)&t->cpu->sve->vl);
	x86_alu_mi(c, X86_CMP, 4, x86_at(RDX, 0), (int32_t)vl_of(t));
	exit_here(t, x86_jcc(c, CC_NE));
	flags_lose(t);
	t->sve_checked = true;
}

/* A side exit unless all of Z<@g> counts. RAX */
static void emit_live_check(struct translation *t, unsigned int g)
{
	struct x86_mem m = CPU_FIELD(z_live);

	if (t->sve_live >> g & 1)
		return;
	m.disp += (int32_t)(g * sizeof(t->cpu->z_live[0]));
	x86_load(&t->c, 2, RAX, m);
	x86_test_rr(&t->c, 4, RAX, RAX);
	exit_here(t, x86_jcc(&t->c, CC_E));
	flags_lose(t);
	t->sve_live |= 1u << g;
}

/* The elements of 1 << @size bytes. */
static uint64_t all_elements(const struct translation *t, unsigned int size)
{
	uint64_t bits = sve_element_bits(size);

	return vl_of(t) < 64 ? bits & (BIT(vl_of(t)) - 1) : bits;
}

/* A side exit unless P<@g> has them all. RAX, RDX. */
static void emit_active_check(struct translation *t, unsigned int g,
			      unsigned int size)
{
	uint64_t all = all_elements(t, size);
	struct x86_code *c = &t->c;

	x86_mov_ri(c, RDX, (uintptr_t)&t->cpu->sve->p[g]);
	x86_load(c, 8, RDX, x86_at(RDX, 0));
	x86_mov_ri(c, RAX, all);
	x86_alu_rr(c, X86_AND, 8, RDX, RAX);
	x86_alu_rr(c, X86_CMP, 8, RDX, RAX);
	exit_here(t, x86_jcc(c, CC_NE));
	flags_lose(t);
}

/* ---- vectors ------------------------------------------------------------- */

static void z_address(struct translation *t, unsigned int g)
{
	x86_mov_ri(&t->c, RDX, (uintptr_t)&t->cpu->sve->z[g]);
}

/* Part @k of Z<@g>; all but the first in @tmp. RDX. */
static int z_part(struct translation *t, unsigned int g, unsigned int k,
		  int tmp)
{
	if (!k)
		return vreg_src(t, g, 16);
	z_address(t, g);
	x86_vex_rm(&t->c, X86_MOVAPS, tmp, 0, x86_at(RDX, 16 * (int32_t)k));
	return tmp;
}

/* The result, x[] of vreg_dst(), all of Z<@g>, of which emit_live_check() knows. RDX. */
static void z_done(struct translation *t, unsigned int g, const int *x)
{
	if (parts(t) > 1)
		z_address(t, g);
	for (unsigned int k = 1; k < parts(t); k++)
		x86_vex_rm(&t->c, X86_MOVAPS_TO, x[k], 0,
			   x86_at(RDX, 16 * (int32_t)k));
	vreg_done(t, g, x[0], 16);
}

/* ---- predicates and counts ----------------------------------------------- */

static void p_set_all(struct translation *t, unsigned int g, unsigned int size)
{
	x86_mov_ri(&t->c, RDX, (uintptr_t)&t->cpu->sve->p[g]);
	x86_mov_ri(&t->c, RAX, all_elements(t, size));
	x86_store(&t->c, 8, x86_at(RDX, 0), RAX);
}

static bool emit_ptrue(struct translation *t, const struct insn *i)
{
	if (!has_code(t) || i->form & SVE_SETS_FLAGS ||
	    sve_insn_count(t->cpu, i) != vl_of(t) >> i->size)
		return false;
	emit_sve_check(t);
	p_set_all(t, i->rd, i->size);
	return true;
}

/* If it holds for all elements. */
static bool emit_while(struct translation *t, const struct insn *i)
{
	bool is_signed = i->op == A64_SVE_WHILELT || i->op == A64_SVE_WHILELE;
	bool or_equal = i->op == A64_SVE_WHILELE || i->op == A64_SVE_WHILELS;
	unsigned int bytes = i->form & SVE_WORD ? 4 : 8;
	struct x86_code *c = &t->c;

	if (!has_code(t))
		return false;
	emit_sve_check(t);
	greg_load(t, bytes, RAX, i->rm);
	greg_alu(t, X86_SUB, bytes, RAX, i->rn);
	exit_here(t, x86_jcc(c, is_signed ? CC_L : CC_B));
	x86_alu_ri(c, X86_CMP, bytes, RAX,
		   (int32_t)((vl_of(t) >> i->size) - or_equal));
	exit_here(t, x86_jcc(c, CC_B));
	p_set_all(t, i->rd, i->size);
	/* The first is active, and so is the last. */
	emit_flags_constant(t, 8);
	emit_flags(t, FLAGS_SUB);
	return true;
}

static bool emit_count(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);
	int32_t by;

	if (!has_code(t))
		return false;
	by = (int32_t)(sve_insn_count(t->cpu, i) * i->ra);
	emit_sve_check(t);
	if (i->op == A64_SVE_CNT)
		x86_mov_ri(&t->c, d, (uint32_t)by);
	else
		x86_lea(&t->c, 8, d,
			x86_at(greg_src(t, i->rn, RAX),
			       i->op == A64_SVE_INC_reg ? by : -by));
	greg_done(t, i->rd, d);
	return true;
}

/* ---- integers ------------------------------------------------------------ */

static uint32_t op_of_int(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ADD:
	case A64_SVE_ADD_pg: return simd_add[i->size];
	case A64_SVE_SUB:
	case A64_SVE_SUB_pg: return simd_sub[i->size];
	case A64_SVE_MUL_pg: return i->size == SIZE_W ? X86_PMULLD : 0;
	case A64_SVE_AND:
	case A64_SVE_AND_pg: return X86_PAND;
	case A64_SVE_ORR:
	case A64_SVE_ORR_pg: return X86_POR;
	case A64_SVE_EOR:
	case A64_SVE_EOR_pg: return X86_PXOR;
	default: return 0;
	}
}

/* Of rn, rm and what is in rd; whose elements are all active. */
static void emit_operand_checks(struct translation *t, const struct insn *i)
{
	emit_sve_check(t);
	if (i->aux != SVE_NO_PREDICATE)
		emit_active_check(t, i->aux, i->size);
	emit_live_check(t, i->rn);
	emit_live_check(t, i->rm);
	emit_live_check(t, i->rd);
}

/* @op of each part of rn and rm, whose results @check looks at. */
static void emit_parts(struct translation *t, const struct insn *i, uint32_t op,
		       void (*check)(struct translation *t,
				     const struct insn *i, int r))
{
	int x[MAX_PARTS];

	for (unsigned int k = 0; k < parts(t); k++) {
		int n = z_part(t, i->rn, k, XMM2);
		int m = z_part(t, i->rm, k, XMM3);

		x[k] = vreg_dst(t);
		x86_vex_rr(&t->c, op, x[k], n, m);
		if (check)
			check(t, i, x[k]);
	}
	z_done(t, i->rd, x);
}

static bool emit_int(struct translation *t, const struct insn *i)
{
	if (!has_code(t))
		return false;
	emit_operand_checks(t, i);
	emit_parts(t, i, op_of_int(i), NULL);
	return true;
}

/* ---- floating point ------------------------------------------------------ */

static bool emit_fp(struct translation *t, const struct insn *i)
{
	bool mul = i->op == A64_SVE_FMUL || i->op == A64_SVE_FMUL_zz;
	bool sub = i->op == A64_SVE_FSUB || i->op == A64_SVE_FSUB_zz;
	uint32_t op = mul ? X86_FMUL : sub ? X86_FSUB : X86_FADD;

	if (!has_code(t))
		return false;
	emit_operand_checks(t, i);
	emit_fp_mode_check(t);
	emit_parts(t, i, op | fp_packed_type(i),
		   mul ? fp_vector_exit_unsettled : fp_vector_exit_nan);
	return true;
}

static bool emit_fmla(struct translation *t, const struct insn *i)
{
	uint32_t op = (i->op == A64_SVE_FMLS ? X86_FNMADD : X86_FMADD) |
		      (i->size == FP_DOUBLE ? X86_W : 0);
	int x[MAX_PARTS];

	if (!has_code(t))
		return false;
	emit_operand_checks(t, i);
	emit_fp_mode_check(t);
	for (unsigned int k = 0; k < parts(t); k++) {
		int n = z_part(t, i->rn, k, XMM1);
		int m = z_part(t, i->rm, k, XMM2);
		int a = z_part(t, i->rd, k, XMM3);

		x[k] = vreg_dst(t);
		x86_vex_rr(&t->c, X86_MOVAPS, x[k], 0, n);
		x86_vex_rr(&t->c, op, x[k], m, a);
		fp_vector_exit_unsettled(t, i, x[k]);
	}
	z_done(t, i->rd, x);
	return true;
}

/* ---- contiguous loads and stores ----------------------------------------- */

static void emit_contiguous_address(struct translation *t, const struct insn *i)
{
	int32_t by = (int32_t)(i->imm * (int64_t)vl_of(t));
	int n, m;

	if (i->rn == REG_SP)
		emit_sp_check(t);
	n = greg_src(t, i->rn, RDI);
	if (i->rm == REG_ZR) {
		x86_lea(&t->c, 8, RDI, x86_at(n, by));
		return;
	}
	m = greg_src(t, i->rm, RAX);
	x86_lea(&t->c, 8, RDI, x86_at_index(n, m, i->size, by));
}

static void load_parts(struct translation *t, const struct insn *i,
		       struct x86_mem m)
{
	int x[MAX_PARTS];

	for (unsigned int k = 0; k < parts(t); k++, m.disp += 16) {
		const uint8_t *at;

		x[k] = vreg_dst(t);
		at = x86_here(&t->c);
		x86_vex_rm(&t->c, X86_MOVUPS, x[k], 0, m);
		access_done(t, at);
	}
	z_done(t, i->rd, x);
}

static void store_parts(struct translation *t, const struct insn *i,
			struct x86_mem m)
{
	for (unsigned int k = 0; k < parts(t); k++, m.disp += 16) {
		int x = z_part(t, i->rd, k, XMM1);
		const uint8_t *at = x86_here(&t->c);

		x86_vex_rm(&t->c, X86_MOVUPS_TO, x, 0, m);
		access_done(t, at);
	}
}

static bool emit_contiguous(struct translation *t, const struct insn *i)
{
	bool load = i->op == A64_SVE_LD1_zr || i->op == A64_SVE_LD1_zi;
	struct x86_mem m;

	if (!has_code(t))
		return false;
	emit_sve_check(t);
	emit_active_check(t, i->aux, i->size);
	emit_live_check(t, i->rd);
	emit_contiguous_address(t, i);
	m = emit_access(t, RDI, vl_of(t), !load);
	if (load)
		load_parts(t, i, m);
	else
		store_parts(t, i, m);
	/* Nobody comes back here, so that what is known stays so. */
	t->resumable = false;
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

/* One register whose elements are in memory as they are in it. */
static bool is_copy(const struct insn *i)
{
	return i->ra == 1 && (i->form & SVE_MEM_SIZE) == i->size;
}

emit_fn *sve_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_PTRUE: return emit_ptrue;
	case A64_SVE_WHILELO:
	case A64_SVE_WHILELS:
	case A64_SVE_WHILELT:
	case A64_SVE_WHILELE: return emit_while;
	case A64_SVE_CNT:
	case A64_SVE_INC_reg:
	case A64_SVE_DEC_reg: return emit_count;
	case A64_SVE_FADD:
	case A64_SVE_FSUB:
	case A64_SVE_FMUL:
	case A64_SVE_FADD_zz:
	case A64_SVE_FSUB_zz:
	case A64_SVE_FMUL_zz: return i->size == FP_HALF ? NULL : emit_fp;
	case A64_SVE_FMLA:
	case A64_SVE_FMLS: return i->size == FP_HALF ? NULL : emit_fmla;
	case A64_SVE_LD1_zr:
	case A64_SVE_LD1_zi:
	case A64_SVE_ST1_zr:
	case A64_SVE_ST1_zi: return is_copy(i) ? emit_contiguous : NULL;
	default: return op_of_int(i) ? emit_int : NULL;
	}
}
