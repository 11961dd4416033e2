/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of SIMD&FP registers: one or a pair, LD1 and ST1 of whole
 * registers or of one lane, LD1R; structures of two and four registers. Those of
 * three, and lanes of several, have no code.
 */
#include "jit/simd.h"

/* ---- one register and memory --------------------------------------------- */

/* Zero-extended from @size bytes. Small ones go through RDX. */
static int load_reg(struct translation *t, unsigned int size, struct x86_mem m)
{
	const uint8_t *at = x86_here(&t->c);
	int x = vreg_dst(t);

	switch (size) {
	case 1:
	case 2: x86_load(&t->c, size, RDX, m); break;
	case 4: x86_vex_rm(&t->c, X86_MOVSS, x, 0, m); break;
	case 8: x86_vex_rm(&t->c, X86_MOVSD, x, 0, m); break;
	default: x86_vex_rm(&t->c, X86_MOVUPS, x, 0, m);
	}
	access_done(t, at);
	if (size <= 2)
		x86_vex_rr(&t->c, X86_MOVD_X, x, 0, RDX);
	return x;
}

static void store_reg(struct translation *t, unsigned int size,
		      struct x86_mem m, unsigned int g)
{
	int x = vreg_src(t, g, size < 4 ? 4 : size);
	bool small = size < 4 && !x86_has(&t->c, X86_SSE4_1);
	const uint8_t *at;

	if (small)
		x86_vex_rr(&t->c, X86_MOVD_R, x, 0, RDX);
	at = x86_here(&t->c);
	switch (small ? 0 : size) {
	case 0: x86_store(&t->c, size, m, RDX); break;
	case 1: x86_vex_rm_i8(&t->c, X86_PEXTRB, x, 0, m, 0); break;
	case 2: x86_vex_rm_i8(&t->c, X86_PEXTRW, x, 0, m, 0); break;
	case 4: x86_vex_rm(&t->c, X86_MOVSS_TO, x, 0, m); break;
	case 8: x86_vex_rm(&t->c, X86_MOVSD_TO, x, 0, m); break;
	default: x86_vex_rm(&t->c, X86_MOVUPS_TO, x, 0, m);
	}
	access_done(t, at);
}

/* ---- one register, pairs ------------------------------------------------- */

/* aux: how many. Both are loaded before the first is written, so that a fault of
 * the second finds all as it was. */
static bool emit_regs(struct translation *t, const struct insn *i)
{
	enum a64_ldst_mode mode = vldst_mode(i);
	unsigned int size = 1u << i->size;
	bool load = i->form & VLDST_LOAD;
	struct x86_mem m;
	int address, x[2];

	emit_fp_check(t);
	m = emit_access_by(t, i, mode, i->imm, i->aux * size, !load, &address);
	for (unsigned int k = 0; k < i->aux; k++, m.disp += size) {
		if (load)
			x[k] = load_reg(t, size, m);
		else
			store_reg(t, size, m, k ? i->ra : i->rd);
	}
	for (unsigned int k = 0; load && k < i->aux; k++)
		vreg_done(t, k ? i->ra : i->rd, x[k], size);
	emit_write_back(t, i, mode, address);
	return true;
}

/* ---- structures ---------------------------------------------------------- */

/* The base's next value: imm and x[rm] behind, of which one is nothing. */
static void emit_structure_write_back(struct translation *t,
				      const struct insn *i, int address)
{
	int d = greg_dst_host(i->rn, RDI), m;

	if (i->rm != REG_ZR) {
		m = greg_src(t, i->rm, RDX);
		x86_lea(&t->c, 8, d, x86_at_index(address, m, 0, 0));
		greg_done(t, i->rn, d);
	} else if (i->imm) {
		emit_write_back(t, i, LDST_POST, address);
	}
}

static bool emit_whole(struct translation *t, const struct insn *i)
{
	bool load = i->form & VLDST_LOAD;
	struct x86_mem m;
	int address, x[4];

	emit_fp_check(t);
	address = emit_address(t, i, LDST_POST, 0);
	m = emit_access(t, address, i->aux * i->ra, !load);
	for (unsigned int k = 0; k < i->aux; k++, m.disp += i->ra) {
		if (load)
			x[k] = load_reg(t, i->ra, m);
		else
			store_reg(t, i->ra, m, (i->rd + k) & 31);
	}
	for (unsigned int k = 0; load && k < i->aux; k++)
		vreg_done(t, (i->rd + k) & 31, x[k], i->ra);
	emit_structure_write_back(t, i, address);
	return true;
}

/* ---- structures of two and four ------------------------------------------ */

/* @d = the lanes of @n and @m in turn, of their lower or upper halves. */
static void zip(struct translation *t, const struct insn *i, bool high, int d,
		int n, int m)
{
	bool half = i->ra == 8;

	/* Of half registers, both results in one. */
	x86_vex_rr(&t->c,
		   (high && !half ? simd_zip_high : simd_zip_low)[i->size], d,
		   n, m);
	if (high && half)
		x86_vex_rr_i8(&t->c, X86_PSHIFTQ, X86_PSRLDQ, d, d, 8);
}

/* What stands one after the other in x[0] to x[aux - 1] becomes the registers,
 * in d[]; XMM0 is used. Four are two of two. */
static void take_apart(struct translation *t, const struct insn *i, int *d,
		       const int *x)
{
	if (i->aux == 2) {
		simd_unzip(t, i->size, i->ra, false, d[0], x[0], x[1]);
		simd_unzip(t, i->size, i->ra, true, d[1], x[0], x[1]);
		return;
	}
	for (int odd = 0; odd < 2; odd++) {
		simd_unzip(t, i->size, i->ra, odd, XMM1, x[0], x[1]);
		simd_unzip(t, i->size, i->ra, odd, XMM2, x[2], x[3]);
		simd_unzip(t, i->size, i->ra, false, d[odd], XMM1, XMM2);
		simd_unzip(t, i->size, i->ra, true, d[odd + 2], XMM1, XMM2);
	}
}

/* The reverse: part @k, in XMM3. */
static void put_together(struct translation *t, const struct insn *i,
			 unsigned int k, const int *v)
{
	if (i->aux == 2) {
		zip(t, i, k, XMM3, v[0], v[1]);
		return;
	}
	zip(t, i, k / 2, XMM1, v[0], v[2]);
	zip(t, i, k / 2, XMM2, v[1], v[3]);
	zip(t, i, k % 2, XMM3, XMM1, XMM2);
}

static void emit_structure_load(struct translation *t, const struct insn *i,
				struct x86_mem m)
{
	int x[4], d[4];

	for (unsigned int k = 0; k < i->aux; k++, m.disp += i->ra)
		x[k] = load_reg(t, i->ra, m);
	for (unsigned int k = 0; k < i->aux; k++)
		d[k] = vreg_dst(t);
	take_apart(t, i, d, x);
	for (unsigned int k = 0; k < i->aux; k++) {
		if (i->ra == 16)
			vreg_done(t, (i->rd + k) & 31, d[k], 16);
		else
			vreg_done_scalar(t, (i->rd + k) & 31, d[k], 8, 16);
	}
}

static void emit_structure_store(struct translation *t, const struct insn *i,
				 struct x86_mem m)
{
	const uint8_t *at;
	int v[4];

	for (unsigned int k = 0; k < i->aux; k++)
		v[k] = vreg_src(t, (i->rd + k) & 31, i->ra);
	for (unsigned int k = 0; k < i->aux; k++, m.disp += i->ra) {
		put_together(t, i, k, v);
		at = x86_here(&t->c);
		x86_vex_rm(&t->c, i->ra == 16 ? X86_MOVUPS_TO : X86_MOVSD_TO,
			   XMM3, 0, m);
		access_done(t, at);
	}
}

/* LD2, LD4, ST2, ST4 */
static bool emit_structure(struct translation *t, const struct insn *i)
{
	bool load = i->form & VLDST_LOAD;
	struct x86_mem m;
	int address;

	emit_fp_check(t);
	address = emit_address(t, i, LDST_POST, 0);
	m = emit_access(t, address, i->aux * i->ra, !load);
	if (load)
		emit_structure_load(t, i, m);
	else
		emit_structure_store(t, i, m);
	emit_structure_write_back(t, i, address);
	return true;
}

/* ---- one lane ------------------------------------------------------------ */

/* By log2 of the bytes of a lane. */
static const uint32_t insert_op[4] = {X86_PINSRB, X86_PINSRW, X86_PINSRD,
				      X86_PINSRD | X86_W};
static const uint32_t extract_op[4] = {X86_PEXTRB, X86_PEXTRW, X86_PEXTRD,
				       X86_PEXTRD | X86_W};
static const uint32_t broadcast_op[4] = {X86_PBROADCASTB, X86_PBROADCASTW,
					 X86_PBROADCASTD, X86_PBROADCASTQ};

/* Lane ra of one register. */
static bool emit_lane(struct translation *t, const struct insn *i)
{
	bool load = i->form & VLDST_LOAD;
	int address, x, d = X86_NO_REG;
	const uint8_t *at;
	struct x86_mem m;

	emit_fp_check(t);
	address = emit_address(t, i, LDST_POST, 0);
	m = emit_access(t, address, 1u << i->size, !load);
	x = vreg_src(t, i->rd, 16);
	if (load)
		d = vreg_dst(t);
	at = x86_here(&t->c);
	if (load)
		x86_vex_rm_i8(&t->c, insert_op[i->size], d, x, m, i->ra);
	else
		x86_vex_rm_i8(&t->c, extract_op[i->size], x, 0, m, i->ra);
	access_done(t, at);
	if (load)
		vreg_done(t, i->rd, d, 16);
	emit_structure_write_back(t, i, address);
	return true;
}

static bool emit_replicate(struct translation *t, const struct insn *i)
{
	const uint8_t *at;
	struct x86_mem m;
	int address, x;

	emit_fp_check(t);
	address = emit_address(t, i, LDST_POST, 0);
	m = emit_access(t, address, 1u << i->size, false);
	if (x86_has(&t->c, X86_AVX2)) {
		x = vreg_dst(t);
		at = x86_here(&t->c);
		x86_vex_rm(&t->c, broadcast_op[i->size], x, 0, m);
		access_done(t, at);
	} else {
		x = load_reg(t, 1u << i->size, m);
		simd_broadcast(t, i->size, x, x);
	}
	if (i->ra == 8)
		vreg_done_scalar(t, i->rd, x, 8, 16);
	else
		vreg_done(t, i->rd, x, 16);
	emit_structure_write_back(t, i, address);
	return true;
}

emit_fn *vldst_emitter(const struct insn *i)
{
	unsigned int form = i->form & ~VLDST_LOAD;

	if (form < NR_VLDST_MODES)
		return emit_regs;
	if (form == VLDST_WHOLE)
		return emit_whole;
	if (form == VLDST_INTERLEAVED)
		return i->aux == 3 ? NULL : emit_structure;
	if (i->aux != 1)
		return NULL;
	return form == VLDST_LANE ? emit_lane : emit_replicate;
}
