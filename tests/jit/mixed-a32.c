/* SPDX-License-Identifier: MIT */
/*
 * Random programs of A32 or T32 at EL0, see mixed.h. Each instruction has a word, a
 * narrow one with a NOP behind it, so that what faults can be skipped. Some registers are set
 * aside: bases of accesses, an index, a counter, R13 and R14.
 */
#include "mixed.h"

#include <check.h>
#include <string.h>

#include "isa/a32/operands.h"
#include "tests/isa/insn-gen-a32.h"

enum { BASE_LOW, BASE_ANY, INDEX, COUNTER, NR_ROLES };
#define FUNCTIONS 3

static uint8_t role[NR_ROLES];
static uint32_t reserved;
static unsigned int at, functions[FUNCTIONS];
static bool t32, vectors;

static void choose_roles(void)
{
	reserved = BIT(13) | BIT(14) | BIT(15);
	for (unsigned int k = 0; k < NR_ROLES; k++) {
		do
			role[k] = gen_below(k == BASE_ANY ? 13 : 8);
		while (reserved & BIT(role[k]));
		reserved |= BIT(role[k]);
	}
}

static void put(struct mixed *m, uint32_t word)
{
	ck_assert_uint_lt(at, MIXED_WORDS);
	if (t32)
		word = word >> 16 ? word >> 16 | word << 16
				  : word | 0xbf00u << 16;
	m->words[at++] = word;
}

/* ---- one instruction ----------------------------------------------------- */

static bool is_reserved(unsigned int r)
{
	return r < 16 && reserved & BIT(r);
}

static bool is_base(unsigned int r)
{
	return r == role[BASE_LOW] || r == role[BASE_ANY];
}

static uint32_t with_base(enum a32_space space, uint32_t w)
{
	unsigned int rn = role[gen_below(2) ? BASE_LOW : BASE_ANY];

	if (space == SPACE_NARROW) {
		w = (w & ~(7u << 3)) | role[BASE_LOW] << 3;
		return gen_below(2) ? w : (w & ~(7u << 6)) | role[INDEX] << 6;
	}
	w = (w & ~(15u << 16)) | rn << 16;
	return gen_below(2) ? w : (w & ~15u) | role[INDEX];
}

/* Of a list, what may be loaded, the base at times. */
static uint32_t with_list(enum a32_space space, uint32_t w)
{
	struct insn i;

	if (space == SPACE_NARROW || !a32_decode(space, w, &i) ||
	    (i.op != A32_LDM && i.op != A32_STM))
		return w;
	return w & ~(gen_below(2) ? reserved : reserved & ~BIT(i.rn));
}

static bool is_vector_access(const struct insn *i)
{
	return (i->op >= A32_VLDR && i->op <= A32_VSTM) || i->op == A32_VLD ||
	       i->op == A32_VST;
}

static bool vector_access_is_acceptable(const struct insn *i)
{
	if (i->op == A32_VLD || i->op == A32_VST)
		return is_base(i->rn) &&
		       (i->rm == REG_ZR || i->rm == role[INDEX]);
	return is_base(i->rn) || (i->op <= A32_VSTR_half && i->form);
}

/* Of VFP and Advanced SIMD: which general registers are changed. */
static bool computes_acceptably(const struct insn *i)
{
	switch (i->op) {
	case A32_VMOV_to_core:
	case A32_VMOV_to_core_half:
	case A32_VMOV_from_lane: return !is_reserved(i->rd);
	case A32_VMOV_to_pair:
		return i->rd != i->ra && !is_reserved(i->rd) &&
		       !is_reserved(i->ra);
	case A32_VMRS: return i->form || !is_reserved(i->rd);
	case A32_VTRN:
	case A32_VUZP:
	case A32_VZIP: return i->rd != i->rn;
	default: return true;
	}
}

static bool access_is_acceptable(const struct insn *i)
{
	bool any = i->op >= A32_LDR_any && i->op <= A32_STRD;
	bool lists = i->op == A32_LDM || i->op == A32_STM;

	if (is_vector_access(i))
		return vectors && vector_access_is_acceptable(i);
	if (i->op < A32_LDR || i->op > A32_STM)
		return i->op == A64_PRFM_uimm;
	/* The base may be among them, which is none then. */
	if (i->op == A32_LDM && i->aux & reserved & ~BIT(i->rn))
		return false;
	if (i->op == A32_LDRD && is_reserved(i->ra))
		return false;
	if (lists)
		return is_base(i->rn);
	if (any && i->aux & LDST_ANY_REG && i->rm != role[INDEX])
		return false;
	if (!any && ldst_form_mode(i->form) == LDST_LSL && i->rm != role[INDEX])
		return false;
	return is_base(i->rn) ||
	       (!any && ldst_form_mode(i->form) == LDST_LITERAL);
}

static bool acceptable(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);
	bool stores = i->op == A32_STR || i->op == A32_STR_any ||
		      i->op == A32_STRD || i->op == A32_STM;
	bool lists = i->op == A32_LDM || i->op == A32_STM;

	if (row && (row->class == INSN_FP || row->class == INSN_SIMD))
		return computes_acceptably(i);
	if (row && row->class == INSN_LDST && is_vector_access(i))
		return access_is_acceptable(i);
	if (!row || i->writes_pc || (!stores && !lists && is_reserved(i->rd)))
		return false;
	switch (row->class) {
	case INSN_INT:
		return i->op < A32_UMULL || i->op > A32_SMMLA ||
		       !is_reserved(i->ra);
	case INSN_LDST: return access_is_acceptable(i);
	case INSN_ATOMIC: return is_base(i->rn) && !is_reserved(i->ra);
	default: return false;
	}
}

static uint32_t random_word(enum gen_group group)
{
	for (;;) {
		enum a32_space space = !t32           ? SPACE_A32
				       : gen_below(2) ? SPACE_NARROW
						      : SPACE_WIDE;
		unsigned int n;
		const struct insn_row *rows = a32_space_rows(space, &n);
		const struct insn_row *row = &rows[gen_below(n)];
		struct insn i;
		uint32_t w;

		if (a32_row_group(space, row) != group ||
		    !a32_row_valid(space, row, &w))
			continue;
		if (group == GEN_A32_LDST || group == GEN_T32_LDST)
			w = with_list(space, with_base(space, w));
		if (a32_in_space(space, w) && a32_decode(space, w, &i) &&
		    acceptable(&i))
			return w;
	}
}

static uint32_t any_word(void)
{
	bool access = gen_below(3) == 0;

	if (vectors && !access && gen_below(4))
		return random_word(gen_below(2)
					   ? t32 ? GEN_T32_VFP : GEN_A32_VFP
				   : t32 ? GEN_T32_NEON
					 : GEN_A32_NEON);
	if (t32)
		return random_word(access ? GEN_T32_LDST : GEN_T32_INT);
	return random_word(access ? GEN_A32_LDST : GEN_A32_INT);
}

/* ---- control ------------------------------------------------------------- */

/* B of T32 with a condition, from its own address. */
static uint32_t t32_b_cond(unsigned int cond, int32_t off)
{
	uint32_t o = off - 4;

	return 0xf0008000 | (o >> 20 & 1) << 26 | cond << 22 |
	       (o >> 12 & 0x3f) << 16 | (o >> 18 & 1) << 13 |
	       (o >> 19 & 1) << 11 | (o >> 1 & 0x7ff);
}

static uint32_t t32_bl(int32_t off)
{
	uint32_t o = off - 4, s = o >> 24 & 1;
	uint32_t j1 = !((o >> 23 & 1) ^ s), j2 = !((o >> 22 & 1) ^ s);

	return 0xf000d000 | s << 26 | (o >> 12 & 0x3ff) << 16 | j1 << 13 |
	       j2 << 11 | (o >> 1 & 0x7ff);
}

static uint32_t branch_word(unsigned int cond, int32_t off)
{
	return t32 ? t32_b_cond(cond, off)
		   : cond << 28 | 0x0a000000 | ((off / 4 - 2) & 0xffffff);
}

/* Over @n words. */
static void put_skip(struct mixed *m, unsigned int n)
{
	if (t32 && gen_below(2))
		put(m,
		    0xb100 | gen_below(2) << 11 | (2 * n) << 3 | gen_below(8));
	else
		put(m, branch_word(gen_below(14), 4 * (n + 1)));
}

/* A comparison is mostly followed by its flags' way to PSTATE. */
static void put_any(struct mixed *m)
{
	enum a32_space space = t32 ? SPACE_WIDE : SPACE_A32;
	uint32_t w = any_word();
	struct insn i;

	put(m, w);
	if (vectors && a32_in_space(space, w) && a32_decode(space, w, &i) &&
	    (i.op == A32_VCMP || i.op == A32_VCMP_zero) && gen_below(4))
		put(m, 0xeef1fa10);
}

static void put_words(struct mixed *m, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++) {
		if (!gen_below(6))
			put_skip(m, gen_below(4));
		if (t32 && !gen_below(6))
			put(m,
			    0xbf00 | gen_below(14) << 4 | (1 + gen_below(15)));
		put_any(m);
	}
	for (unsigned int k = 0; k < 4; k++)
		put(m, random_word(t32 ? GEN_T32_INT : GEN_A32_INT));
	/* No IT block reaches further. */
	for (unsigned int k = 0; k < 2; k++)
		put(m, t32 ? 0xbf00 : 0xe320f000);
}

static void put_call(struct mixed *m)
{
	int32_t off = 4 * ((int)functions[gen_below(FUNCTIONS)] - (int)at);

	put(m, t32 ? t32_bl(off)
		   : (gen_below(4) ? 0xeb000000
				   : gen_below(14) << 28 | 0x0b000000) |
			       ((off / 4 - 2) & 0xffffff));
}

/* Which returns in any of the usual ways. */
static void put_function(struct mixed *m, unsigned int k, unsigned int where)
{
	static const uint32_t begin[2][4] = {
		{0xe52de004, 0xe92d4000, 0xe320f000, 0xe320f000},
		{0xb500, 0xf84ded04, 0xbf00, 0xbf00},
	};
	static const uint32_t end[2][4] = {
		{0xe49df004, 0xe8bd8000, 0xe12fff1e, 0xe1a0f00e},
		{0xbd00, 0xf85dfb04, 0x4770, 0x46f7},
	};
	unsigned int way = gen_below(4);

	at = functions[k] = where;
	put(m, begin[t32][way]);
	put_words(m, 1 + gen_below(8));
	put(m, end[t32][way]);
}

static void put_loop(struct mixed *m)
{
	unsigned int top, times = 2 + gen_below(6), c = role[COUNTER];

	put(m,
	    t32 ? 0xf04f0000 | c << 8 | times : 0xe3a00000 | c << 12 | times);
	top = at;
	for (unsigned int k = gen_below(3); k-- > 0;) {
		put_words(m, 1 + gen_below(8));
		put_call(m);
	}
	put_words(m, 1 + gen_below(6));
	put(m, t32 ? 0xf1b00001 | c << 16 | c << 8
		   : 0xe2500001 | c << 16 | c << 12);
	put(m, branch_word(1, 4 * ((int)top - (int)at)));
}

static void random_registers(struct mixed *m)
{
	uint32_t middle = MIXED_DATA + MIXED_DATA_PAGES / 2 * 4096;
	struct diff_state *s = &m->in;

	gen_state(s, vectors ? GEN_FP : GEN_INT);
	/* Of FPSCR what is no trap and no vector. */
	s->fpcr &= 0x07c80000;
	s->fpsr &= 0x0800009f;
	memset(s->v[16], 0, sizeof(s->v) / 2);
	for (unsigned int k = 0; k < 31; k++)
		s->x[k] = k < 15 ? (uint32_t)s->x[k] : 0;
	s->x[role[BASE_LOW]] =
		middle + 4096 * ((int)gen_below(7) - 3) + 4 * gen_below(1024);
	s->x[role[BASE_ANY]] = middle - 4096 + gen_below(8192);
	s->x[role[INDEX]] = gen_below(64);
	/* The host does not take this page. */
	s->x[13] = MIXED_DATA + 0x800;
	s->sp = 0;
}

void mixed_make_a32(struct mixed *m, bool is_t32, bool has_vectors)
{
	memset(m, 0, sizeof(*m));
	t32 = is_t32;
	vectors = has_vectors;
	m->el0 = true;
	m->pstate = t32 ? 0x30 : 0x10;
	choose_roles();
	put_function(m, 0, 1024 - 400);
	put_function(m, 1, 1024 + 600);
	put_function(m, 2, 2048 + gen_below(900));
	at = m->start = 1024 - 1 - gen_below(200);
	put_words(m, gen_below(20));
	for (unsigned int k = 1 + gen_below(3); k > 0; k--)
		put_loop(m);
	put(m, t32 ? 0xdf01 : 0xef000001);
	random_registers(m);
	for (unsigned int k = 0; k < MIXED_DATA_PAGES * 4096 / 8; k++) {
		uint64_t v = gen_random();

		memcpy(&m->data[8 * k / 4096][8 * k % 4096], &v, 8);
	}
}
