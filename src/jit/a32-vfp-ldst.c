/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of S and D registers. Each is of words, which their bodies take
 * if they are not aligned.
 */
#include "jit/a32.h"
#include "jit/fp.h"

static void emit_word_check(struct translation *t, int address)
{
	x86_test_ri(&t->c, 4, address, 3);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
}

/* ---- one register -------------------------------------------------------- */

/* Its offset is of words. */
static struct x86_mem emit_one_access(struct translation *t,
				      const struct insn *i, bool write)
{
	unsigned int size = fp_bytes(i);
	int address;

	emit_fp_check(t);
	if (!i->form) {
		emit_word_check(t, greg_src(t, i->rn, RDI));
		return emit_access_by(t, i, LDST_OFFSET, 0, size, write,
				      &address);
	}
	emit_page_address(t, RDI, i->pgoff + i->imm);
	x86_mov_rr(&t->c, 4, RDI, RDI);
	return emit_access(t, RDI, size, write);
}

static bool emit_vldr(struct translation *t, const struct insn *i)
{
	bool dbl = i->size == FP_DOUBLE;
	struct x86_mem m = emit_one_access(t, i, false);
	const uint8_t *at;
	int d = vreg_dst(t);

	at = x86_here(&t->c);
	x86_vex_rm(&t->c, dbl ? X86_MOVSD : X86_MOVSS, d, 0, m);
	access_done(t, at);
	vreg_done(t, (dbl ? VREG_D : VREG_S) + i->rd, d, fp_bytes(i));
	return true;
}

static bool emit_vstr(struct translation *t, const struct insn *i)
{
	bool dbl = i->size == FP_DOUBLE;
	struct x86_mem m = emit_one_access(t, i, true);
	int s = vreg_src(t, (dbl ? VREG_D : VREG_S) + i->rd, fp_bytes(i));
	const uint8_t *at = x86_here(&t->c);

	x86_vex_rm(&t->c, dbl ? X86_MOVSD_TO : X86_MOVSS_TO, s, 0, m);
	access_done(t, at);
	return true;
}

/* ---- several registers --------------------------------------------------- */

static unsigned int list_words(const struct insn *i)
{
	return i->size == FP_DOUBLE ? 2u * i->aux : i->aux;
}

/* The first word, at RDI in the host. */
static struct x86_mem emit_list_access(struct translation *t,
				       const struct insn *i, bool write)
{
	struct x86_mem m;

	emit_fp_check(t);
	x86_lea(&t->c, 4, RDI, x86_at(greg_src(t, i->rn, RDI), i->imm));
	emit_word_check(t, RDI);
	m = emit_access(t, RDI, 4 * list_words(i), write);
	x86_lea(&t->c, 8, RDI, m);
	return x86_at(RDI, 0);
}

/* The largest register that begins at word @s and has no more than @words. */
static unsigned int part_at(unsigned int s, unsigned int words)
{
	if (!(s & 3) && words >= 4)
		return s / 4;
	return !(s & 1) && words >= 2 ? VREG_D + s / 2 : VREG_S + s;
}

static unsigned int part_words(unsigned int g)
{
	return g < VREG_D ? 4 : g < VREG_S ? 2 : 1;
}

void a32_move_vector(struct translation *t, unsigned int g, struct x86_mem m,
		     bool load)
{
	static const uint32_t ops[2][3] = {
		{X86_MOVSS_TO, X86_MOVSD_TO, X86_MOVUPS_TO},
		{X86_MOVSS, X86_MOVSD, X86_MOVUPS},
	};
	unsigned int words = part_words(g);
	uint32_t op = ops[load][words / 2];
	const uint8_t *at;
	int x;

	t->vregs.busy = 0;
	x = load ? vreg_dst(t) : vreg_src(t, g, 4 * words);
	at = x86_here(&t->c);
	x86_vex_rm(&t->c, op, x, 0, m);
	access_done(t, at);
	if (load)
		vreg_done(t, g, x, 4 * words);
}

static void emit_list_write_back(struct translation *t, const struct insn *i)
{
	int32_t by = i->form & LDM_UP ? 4 * i->ra : -4 * i->ra;
	int d = greg_dst_host(i->rn, RAX);

	if (!(i->form & LDM_WRITE_BACK))
		return;
	x86_lea(&t->c, 4, d, x86_at(greg_src(t, i->rn, RAX), by));
	greg_done(t, i->rn, d);
}

static bool emit_list(struct translation *t, const struct insn *i)
{
	bool load = i->op == A32_VLDM;
	unsigned int s = i->size == FP_DOUBLE ? 2u * i->rd : i->rd;
	unsigned int end = s + list_words(i);
	struct x86_mem m = emit_list_access(t, i, !load);

	while (s < end) {
		unsigned int g = part_at(s, end - s);

		a32_move_vector(t, g, m, load);
		m.disp += 4 * part_words(g);
		s += part_words(g);
	}
	emit_list_write_back(t, i);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

emit_fn *a32_vfp_ldst_emitter(const struct insn *i)
{
	switch (i->op) {
	case A32_VLDR: return emit_vldr;
	case A32_VSTR: return emit_vstr;
	case A32_VLDM:
	case A32_VSTM: return emit_list;
	default: return a32_neon_ldst_emitter(i);
	}
}
