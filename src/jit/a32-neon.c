/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD of A32 and T32: what A64 does is done by its emit functions, which
 * are given D registers as VREG_D; VDUP, and VLD1 and VST1 of whole registers, of one lane
 * and of one element to all lanes. Structures of several
 * elements are left to the bodies. No condition is looked at: what has one has no code.
 */
#include "jit/a32.h"
#include "jit/simd.h"

/* ---- what A64 has -------------------------------------------------------- */

struct insn a32_neon_as_a64(const struct insn *i)
{
	struct insn a = *i;

	a.ra = 0;
	a.rd += i->ra & NEON_D ? VREG_D : 0;
	a.rn += i->ra & NEON_N ? VREG_D : 0;
	a.rm += i->ra & NEON_M ? VREG_D : 0;
	return a;
}

static emit_fn *emitter_of_a64(const struct insn *i)
{
	switch (insn_row(i->op)->class) {
	case INSN_FP: return fp_emitter(i);
	case INSN_CRYPTO: return crypto_emitter(i);
	default: return simd_emitter(i);
	}
}

static bool emit_as_a64(struct translation *t, const struct insn *i)
{
	struct insn a = a32_neon_as_a64(i);

	return emitter_of_a64(&a)(t, &a);
}

static bool emit_vdup(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_check(t);
	n = greg_src(t, i->rn, RAX);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVD_X, d, 0, n);
	simd_broadcast(t, i->size, d, d);
	vreg_done(t, i->aux == 2 ? i->rd / 2 : VREG_D + i->rd, d, 16);
	return true;
}

emit_fn *a32_neon_emitter(const struct insn *i)
{
	struct insn a;

	if (i->cond)
		return NULL;
	if (i->op == A32_VDUP_core)
		return emit_vdup;
	if (i->ra & NEON_STANDARD)
		return a32_neon_fp_emitter(i);
	if (i->op >= NR_A64_OPS || i->ra & NEON_OWN)
		return NULL;
	a = a32_neon_as_a64(i);
	return emitter_of_a64(&a) ? emit_as_a64 : NULL;
}

/* ---- loads and stores ---------------------------------------------------- */

/* Of @len bytes at rn, aligned as it asks for; *@address is what rn was. */
static struct x86_mem emit_element_access(struct translation *t,
					  const struct insn *i,
					  unsigned int len, int *address)
{
	emit_fp_check(t);
	*address = greg_src(t, i->rn, RDI);
	if (i->aux > 1) {
		x86_test_ri(&t->c, 4, *address, i->aux - 1);
		exit_here(t, x86_jcc(&t->c, CC_NE));
		flags_lose(t);
	}
	return emit_access(t, *address, len, i->op == A32_VST);
}

static void emit_base_write_back(struct translation *t, const struct insn *i,
				 int address)
{
	int d = greg_dst_host(i->rn, RDI);

	if (i->rm != REG_ZR)
		x86_lea(&t->c, 4, d,
			x86_at_index(address, greg_src(t, i->rm, RDX), 0, 0));
	else if (i->imm)
		x86_lea(&t->c, 4, d, x86_at(address, i->imm));
	else
		return;
	greg_done(t, i->rn, d);
}

/* VLD1, VST1: D registers one after the other, two at once if they are one of
 * A64. */
static bool emit_whole(struct translation *t, const struct insn *i)
{
	unsigned int n = (i->form >> STRUCTURE_REGS_SHIFT & 3) + 1;
	int address;
	struct x86_mem m = emit_element_access(t, i, 8 * n, &address);

	for (unsigned int k = 0; k < n;) {
		bool two = n - k >= 2 && !((i->rd + k) & 1);
		unsigned int g = two ? (i->rd + k) / 2 : VREG_D + i->rd + k;

		a32_move_vector(t, g, m, i->op == A32_VLD);
		m.disp += two ? 16 : 8;
		k += two ? 2 : 1;
	}
	emit_base_write_back(t, i, address);
	return true;
}

static bool emit_one_lane(struct translation *t, const struct insn *i)
{
	struct x86_mem m, lane = vreg_mem(VREG_D + i->rd);
	unsigned int bytes = 1u << i->size;
	const uint8_t *at;
	int address;

	lane.disp += i->ra << i->size;
	m = emit_element_access(t, i, bytes, &address);
	if (i->op == A32_VST)
		x86_load(&t->c, bytes, RDX, lane);
	at = x86_here(&t->c);
	if (i->op == A32_VST)
		x86_store(&t->c, bytes, m, RDX);
	else
		x86_load(&t->c, bytes, RDX, m);
	access_done(t, at);
	if (i->op == A32_VLD) {
		x86_store(&t->c, bytes, lane, RDX);
		vreg_in_memory(t, VREG_D + i->rd);
	}
	emit_base_write_back(t, i, address);
	return true;
}

static bool emit_to_all_lanes(struct translation *t, const struct insn *i)
{
	bool more = i->form >> STRUCTURE_REGS_SHIFT & 3;
	const uint8_t *at;
	struct x86_mem m;
	int address, d;

	m = emit_element_access(t, i, 1u << i->size, &address);
	at = x86_here(&t->c);
	x86_load(&t->c, 1u << i->size, RDX, m);
	access_done(t, at);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVD_X, d, 0, RDX);
	simd_broadcast(t, i->size, d, d);
	vreg_done(t, VREG_D + i->rd, d, 16);
	if (more)
		vreg_done(t, VREG_D + i->rd + 1, d, 16);
	emit_base_write_back(t, i, address);
	return true;
}

emit_fn *a32_neon_ldst_emitter(const struct insn *i)
{
	if ((i->op != A32_VLD && i->op != A32_VST) || i->cond ||
	    i->form & STRUCTURE_N)
		return NULL;
	if (i->form & STRUCTURE_LANE)
		return emit_one_lane;
	return i->form & STRUCTURE_ALL ? emit_to_all_lanes : emit_whole;
}
