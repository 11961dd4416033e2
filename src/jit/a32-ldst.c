/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of AArch32 that ldst.c has not: any addressing mode, pairs, and
 * lists of registers. Whatever has a way out comes before the first register
 * changes; of a list whose base is in it, that is given last, as its body does.
 */
#include "jit/a32.h"

/* ---- any mode ------------------------------------------------------------ */

/* RDI = base and offset; RAX. */
static void emit_sum(struct translation *t, const struct insn *i)
{
	static const uint8_t shifts[] = {X86_SHL, X86_SHR, X86_SAR, X86_ROR};
	unsigned int by = i->aux & LDST_ANY_AMOUNT;
	struct x86_code *c = &t->c;

	if (!(i->aux & LDST_ANY_REG)) {
		x86_lea(c, 4, RDI, x86_at(greg_src(t, i->rn, RDI), i->imm));
		return;
	}
	greg_load(t, 4, RAX, i->rm);
	if (by)
		x86_shift_ri(c, shifts[i->aux >> LDST_ANY_TYPE_SHIFT & 3], 4,
			     RAX, by);
	greg_load(t, 4, RDI, i->rn);
	x86_alu_rr(c, i->aux & LDST_ANY_SUB ? X86_SUB : X86_ADD, 4, RDI, RAX);
	flags_lose(t);
}

/* The host register with the address of the access. */
static int emit_any_address(struct translation *t, const struct insn *i)
{
	if (i->aux & LDST_ANY_POST)
		return greg_src(t, i->rn, RDI);
	emit_sum(t, i);
	return RDI;
}

/* @address: emit_any_address()'s, as it was. */
static void emit_any_write_back(struct translation *t, const struct insn *i)
{
	if (!(i->aux & LDST_ANY_WRITE_BACK))
		return;
	if (i->aux & LDST_ANY_POST)
		emit_sum(t, i);
	greg_done(t, i->rn, RDI);
}

static struct x86_mem emit_any_access(struct translation *t,
				      const struct insn *i, unsigned int len,
				      bool write)
{
	int address = emit_any_address(t, i);

	return i->aux & LDST_ANY_UNPRIV
		       ? emit_access_unpriv(t, address, len, write)
		       : emit_access(t, address, len, write);
}

static bool emit_ldr_any(struct translation *t, const struct insn *i)
{
	unsigned int size = 1u << i->size;
	struct x86_mem m = emit_any_access(t, i, size, false);
	const uint8_t *at = x86_here(&t->c);

	if (ldst_form_kind(i->form) == LDST_LOAD_SW)
		x86_load_sx(&t->c, size, 4, RDX, m);
	else
		x86_load(&t->c, size, RDX, m);
	access_done(t, at);
	emit_any_write_back(t, i);
	greg_done(t, i->rd, RDX);
	return true;
}

static bool emit_str_any(struct translation *t, const struct insn *i)
{
	unsigned int size = 1u << i->size;
	struct x86_mem m = emit_any_access(t, i, size, true);
	int s = greg_src(t, i->rd, RDX);
	const uint8_t *at = x86_here(&t->c);

	x86_store(&t->c, size, m, s);
	access_done(t, at);
	emit_any_write_back(t, i);
	return true;
}

/* ---- pairs --------------------------------------------------------------- */

/* Their bodies take what is not aligned to a word. */
static void emit_word_check(struct translation *t, int address)
{
	x86_test_ri(&t->c, 4, address, 3);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
}

static struct x86_mem emit_pair_access(struct translation *t,
				       const struct insn *i, bool write)
{
	int address = emit_any_address(t, i);

	emit_word_check(t, address);
	return emit_access(t, address, 8, write);
}

static bool emit_ldrd(struct translation *t, const struct insn *i)
{
	struct x86_mem m = emit_pair_access(t, i, false);
	struct x86_code *c = &t->c;
	const uint8_t *at = x86_here(c);

	x86_load(c, 8, RDX, m);
	access_done(t, at);
	emit_any_write_back(t, i);
	x86_mov_rr(c, 4, RAX, RDX);
	x86_shift_ri(c, X86_SHR, 8, RDX, 32);
	flags_lose(t);
	greg_done(t, i->rd, RAX);
	greg_done(t, i->ra, RDX);
	return true;
}

/* One store, since the architecture has it as one if it is aligned. */
static bool emit_strd(struct translation *t, const struct insn *i)
{
	struct x86_mem m = emit_pair_access(t, i, true);
	struct x86_code *c = &t->c;
	const uint8_t *at;

	x86_lea(c, 8, RDI, m);
	greg_load(t, 4, RDX, i->rd);
	greg_load(t, 4, RAX, i->ra);
	x86_shift_ri(c, X86_SHL, 8, RAX, 32);
	x86_alu_rr(c, X86_OR, 8, RDX, RAX);
	flags_lose(t);
	at = x86_here(c);
	x86_store(c, 8, x86_at(RDI, 0), RDX);
	access_done(t, at);
	if (i->aux & LDST_ANY_WRITE_BACK) {
		emit_sum(t, i);
		greg_done(t, i->rn, RDI);
	}
	return true;
}

/* ---- lists --------------------------------------------------------------- */

/* The first word. */
static struct x86_mem emit_list_access(struct translation *t,
				       const struct insn *i, bool write)
{
	unsigned int n = __builtin_popcount(i->aux);
	struct x86_mem m;
	int address;

	x86_lea(&t->c, 4, RDI, x86_at(greg_src(t, i->rn, RDI), i->imm));
	address = RDI;
	emit_word_check(t, address);
	m = emit_access(t, address, 4 * n, write);
	x86_lea(&t->c, 8, RDI, m);
	return x86_at(RDI, 0);
}

static void emit_list_write_back(struct translation *t, const struct insn *i)
{
	int32_t n = 4 * __builtin_popcount(i->aux);

	if (!(i->form & LDM_WRITE_BACK))
		return;
	if (!(i->form & LDM_UP))
		n = -n;
	if (greg_is_pinned(i->rn)) {
		x86_lea(&t->c, 4, greg_pinned[i->rn],
			x86_at(greg_pinned[i->rn], n));
		return;
	}
	x86_alu_mi(&t->c, X86_ADD, 4, greg_mem(i->rn), n);
	flags_lose(t);
}

/* The base waits in RDX, R15 in RAX. */
static bool emit_ldm(struct translation *t, const struct insn *i)
{
	bool base = i->aux >> i->rn & 1, pc = i->aux >> R_PC & 1;
	struct x86_mem m = emit_list_access(t, i, false);
	struct x86_code *c = &t->c;

	for (unsigned int list = i->aux; list; list &= list - 1) {
		unsigned int g = __builtin_ctz(list);
		const uint8_t *at = x86_here(c);
		int d = RAX;

		if (g == i->rn)
			d = RDX;
		else if (g != R_PC)
			d = greg_dst_host(g, RAX);
		x86_load(c, 4, d, m);
		access_done(t, at);
		if (g != i->rn && g != R_PC)
			greg_done(t, g, d);
		m.disp += 4;
	}
	if (base)
		greg_done(t, i->rn, RDX);
	emit_list_write_back(t, i);
	if (pc)
		a32_emit_interwork(t, RAX);
	return true;
}

static bool emit_stm(struct translation *t, const struct insn *i)
{
	struct x86_mem m = emit_list_access(t, i, true);
	struct x86_code *c = &t->c;

	for (unsigned int list = i->aux; list; list &= list - 1) {
		int s = greg_src(t, __builtin_ctz(list), RAX);
		const uint8_t *at = x86_here(c);

		x86_store(c, 4, m, s);
		access_done(t, at);
		m.disp += 4;
	}
	emit_list_write_back(t, i);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

/* RRX has none. */
static bool has_offset(const struct insn *i)
{
	return !(i->aux & LDST_ANY_REG) || i->aux & LDST_ANY_AMOUNT ||
	       (i->aux >> LDST_ANY_TYPE_SHIFT & 3) != 3;
}

emit_fn *a32_ldst_emitter(const struct insn *i)
{
	switch (i->op) {
	case A32_LDR:
	case A32_STR:
	case A64_PRFM_uimm: return ldst_emitter(i);
	case A32_LDR_any: return has_offset(i) ? emit_ldr_any : NULL;
	case A32_STR_any: return has_offset(i) ? emit_str_any : NULL;
	case A32_LDRD: return has_offset(i) ? emit_ldrd : NULL;
	case A32_STRD: return has_offset(i) ? emit_strd : NULL;
	case A32_LDM: return emit_ldm;
	case A32_STM: return emit_stm;
	default: return a32_vfp_ldst_emitter(i);
	}
}
