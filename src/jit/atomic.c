/* SPDX-License-Identifier: MIT */
/*
 * Exclusives, ordered accesses and FEAT_LSE by the host's locked instructions,
 * which are full barriers whatever the guest's instruction asks for. The monitor
 * is that of the interpreter (cpu/atomic.h). LDXP, STXP, CASP, and minima and
 * maxima of bytes and halfwords have no code.
 *
 * The host's address is in RDI, old values are in RAX.
 */
#include "jit/translate.h"

#define LOCK 0xf0

static unsigned int size_of(const struct insn *i)
{
	return 1u << i->size;
}

/* The host's address in RDI; by a side exit if it is not aligned. */
static void emit_atomic_address(struct translation *t, const struct insn *i,
				bool write)
{
	unsigned int size = size_of(i);
	struct x86_mem m;
	int n;

	if (i->rn == REG_SP)
		emit_sp_check(t);
	n = greg_src(t, i->rn, RDI);
	if (size > 1) {
		x86_test_ri(&t->c, 4, n, size - 1);
		exit_here(t, x86_jcc(&t->c, CC_NE));
	}
	m = emit_access(t, n, size, write);
	flags_lose(t);
	x86_lea(&t->c, 8, RDI, m);
}

/* @op of @size on memory at RDI, @r the register operand; noted as the access. */
static void emit_memory(struct translation *t, bool lock, uint32_t op,
			uint32_t op_byte, unsigned int size, int r)
{
	const uint8_t *at = x86_here(&t->c);

	if (lock)
		x86_byte(&t->c, LOCK);
	switch (size) {
	case 1: op = op_byte | X86_BYTE; break;
	case 2: op |= X86_66; break;
	case 8: op |= X86_W; break;
	}
	x86_op_rm(&t->c, op, r, x86_at(RDI, 0));
	access_done(t, at);
}

static void emit_cmpxchg(struct translation *t, unsigned int size, int r)
{
	emit_memory(t, true, X86_0F | 0xb1, X86_0F | 0xb0, size, r);
}

/* An old value in @r is the result in @g. */
static void emit_old(struct translation *t, unsigned int size, unsigned int g,
		     int r)
{
	if (g == REG_SINK)
		return;
	if (size < 8)
		x86_movzx_rr(&t->c, size, r, r);
	greg_done(t, g, r);
}

/* ---- ordered ------------------------------------------------------------- */

static bool emit_ldar(struct translation *t, const struct insn *i)
{
	unsigned int size = size_of(i);
	const uint8_t *at;
	int d = greg_dst_host(i->rd, RDX);

	emit_atomic_address(t, i, false);
	at = x86_here(&t->c);
	x86_load(&t->c, size, d, x86_at(RDI, 0));
	access_done(t, at);
	greg_done(t, i->rd, d);
	return true;
}

/* XCHG is locked by itself. */
static void emit_xchg(struct translation *t, unsigned int size, int r)
{
	emit_memory(t, false, 0x87, 0x86, size, r);
}

static bool emit_stlr(struct translation *t, const struct insn *i)
{
	emit_atomic_address(t, i, true);
	greg_load(t, 8, RDX, i->rd);
	emit_xchg(t, size_of(i), RDX);
	return true;
}

/* ---- exclusives ---------------------------------------------------------- */

/* The monitor's validity and its size, which stand side by side. */
_Static_assert(offsetof(struct cpu, excl_size) ==
		       offsetof(struct cpu, excl_valid) + 1,
	       "they are written together");

static bool emit_ldxr(struct translation *t, const struct insn *i)
{
	unsigned int size = size_of(i);
	struct x86_code *c = &t->c;
	const uint8_t *at;

	emit_atomic_address(t, i, false);
	at = x86_here(c);
	x86_load(c, size, RDX, x86_at(RDI, 0));
	access_done(t, at);
	x86_store_i(c, 2, CPU_FIELD(excl_valid), size << 8 | 1);
	x86_store(c, 8, CPU_FIELD(excl_addr), RDI);
	x86_store(c, 8, CPU_FIELD(excl_val[0]), RDX);
	x86_store_i(c, 8, CPU_FIELD(excl_val[1]), 0);
	greg_done(t, i->rd, RDX);
	return true;
}

static bool emit_stxr(struct translation *t, const struct insn *i)
{
	struct x86_site other_kind, other_place, over;
	unsigned int size = size_of(i);
	struct x86_code *c = &t->c;

	emit_atomic_address(t, i, true);
	/* LDXR of an address with a tag was the interpreter's. */
	if (is_flat(t)) {
		x86_shift_ri(c, X86_SHL, 8, RDI, 8);
		x86_shift_ri(c, X86_SHR, 8, RDI, 8);
	}
	x86_op_rm(c, 0x81 | X86_66, X86_CMP, CPU_FIELD(excl_valid));
	x86_byte(c, 1);
	x86_byte(c, size);
	other_kind = x86_jcc(c, CC_NE);
	x86_alu_rm(c, X86_CMP, 8, RDI, CPU_FIELD(excl_addr));
	other_place = x86_jcc(c, CC_NE);
	x86_load(c, 8, RAX, CPU_FIELD(excl_val[0]));
	greg_load(t, 8, RDX, i->rd);
	emit_cmpxchg(t, size, RDX);
	x86_setcc_r(c, CC_NE, RAX);
	x86_movzx_rr(c, 1, RAX, RAX);
	over = x86_jmp(c);
	x86_land_here(c, other_kind);
	x86_land_here(c, other_place);
	x86_mov_ri(c, RAX, 1);
	x86_land_here(c, over);
	x86_op_rm_i8(c, 0xc6, 0, CPU_FIELD(excl_valid), 0);
	greg_done(t, i->ra, RAX);
	return true;
}

/* ---- FEAT_LSE ------------------------------------------------------------ */

static bool emit_cas(struct translation *t, const struct insn *i)
{
	unsigned int size = size_of(i);

	emit_atomic_address(t, i, true);
	greg_load(t, 8, RAX, i->rm);
	greg_load(t, 8, RDX, i->rd);
	emit_cmpxchg(t, size, RDX);
	emit_old(t, size, i->ra, RAX);
	return true;
}

static bool emit_swp(struct translation *t, const struct insn *i)
{
	emit_atomic_address(t, i, true);
	greg_load(t, 8, RDX, i->rm);
	emit_xchg(t, size_of(i), RDX);
	emit_old(t, size_of(i), i->rd, RDX);
	return true;
}

static bool emit_ldadd(struct translation *t, const struct insn *i)
{
	emit_atomic_address(t, i, true);
	greg_load(t, 8, RDX, i->rm);
	if (i->rd == REG_SINK) {
		emit_memory(t, true, 0x01, 0x00, size_of(i), RDX);
		return true;
	}
	emit_memory(t, true, X86_0F | 0xc1, X86_0F | 0xc0, size_of(i), RDX);
	emit_old(t, size_of(i), i->rd, RDX);
	return true;
}

/* RDX = what @i makes of RAX and its register. */
static void emit_combine(struct translation *t, const struct insn *i)
{
	unsigned int size = size_of(i) == 8 ? 8 : 4;
	struct x86_code *c = &t->c;
	enum x86_cc keeps;

	switch (i->form) {
	case ATOMIC_LDCLR:
		greg_load(t, 8, RDX, i->rm);
		if (x86_has(c, X86_BMI1)) {
			x86_andn(c, 8, RDX, RDX, RAX);
			return;
		}
		x86_unary(c, X86_NOT, 8, RDX);
		x86_alu_rr(c, X86_AND, 8, RDX, RAX);
		return;
	case ATOMIC_LDEOR:
		x86_mov_rr(c, 8, RDX, RAX);
		greg_alu(t, X86_XOR, 8, RDX, i->rm);
		return;
	case ATOMIC_LDSET:
		x86_mov_rr(c, 8, RDX, RAX);
		greg_alu(t, X86_OR, 8, RDX, i->rm);
		return;
	case ATOMIC_LDSMAX: keeps = CC_L; break;
	case ATOMIC_LDSMIN: keeps = CC_G; break;
	case ATOMIC_LDUMAX: keeps = CC_B; break;
	default: keeps = CC_A; break;
	}
	/* RDX is the register's, but for the old value on the right side. */
	greg_load(t, size, RDX, i->rm);
	x86_alu_rr(c, X86_CMP, size, RDX, RAX);
	x86_cmov_rr(c, keeps, size, RDX, RAX);
}

/* By compare and swap, since the host has no such instruction that gives the
 * old value. */
static bool emit_loop(struct translation *t, const struct insn *i)
{
	unsigned int size = size_of(i);
	struct x86_code *c = &t->c;
	const uint8_t *at, *again;

	emit_atomic_address(t, i, true);
	at = x86_here(c);
	x86_load(c, size, RAX, x86_at(RDI, 0));
	access_done(t, at);
	again = x86_here(c);
	emit_combine(t, i);
	emit_cmpxchg(t, size, RDX);
	x86_jcc_to(c, CC_NE, again);
	emit_old(t, size, i->rd, RAX);
	return true;
}

/* Nobody wants the old value: STCLR, STEOR, STSET. */
static bool emit_no_result(struct translation *t, const struct insn *i)
{
	unsigned int alu = i->form == ATOMIC_LDCLR   ? X86_AND
			   : i->form == ATOMIC_LDEOR ? X86_XOR
						     : X86_OR;

	emit_atomic_address(t, i, true);
	greg_load(t, 8, RDX, i->rm);
	if (i->form == ATOMIC_LDCLR)
		x86_unary(&t->c, X86_NOT, 8, RDX);
	emit_memory(t, true, alu << 3 | 1, alu << 3, size_of(i), RDX);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

emit_fn *atomic_emitter(const struct insn *i)
{
	switch (i->form) {
	case ATOMIC_LDXR: return emit_ldxr;
	case ATOMIC_STXR: return emit_stxr;
	case ATOMIC_LDAR: return emit_ldar;
	case ATOMIC_STLR: return emit_stlr;
	case ATOMIC_CAS: return emit_cas;
	case ATOMIC_SWP: return emit_swp;
	case ATOMIC_LDADD: return emit_ldadd;
	case ATOMIC_LDCLR:
	case ATOMIC_LDEOR:
	case ATOMIC_LDSET:
		return i->rd == REG_SINK ? emit_no_result : emit_loop;
	case ATOMIC_LDSMAX:
	case ATOMIC_LDSMIN:
	case ATOMIC_LDUMAX:
	case ATOMIC_LDUMIN: return i->size >= SIZE_W ? emit_loop : NULL;
	default: return NULL;
	}
}
