/* SPDX-License-Identifier: MIT */
/*
 * Random A32 and T32 instruction streams and the register states they start from
 * (insn-gen-a32.h). An instruction that accesses memory has a base register of
 * its own, set so that the access falls in the compared window whatever its offset is.
 */
#include <string.h>

#include "insn-gen-a32.h"
#include "isa/a32/operands.h"

const char *const a32_space_names[NR_SPACES] = {"a32", "t32 narrow",
						"t32 wide"};

const struct insn_row *a32_space_rows(enum a32_space space, unsigned int *n)
{
	switch (space) {
	case SPACE_A32: return a32_rows(n);
	case SPACE_NARROW: return t32_narrow_rows(n);
	default: return t32_wide_rows(n);
	}
}

bool a32_in_space(enum a32_space space, uint32_t w)
{
	switch (space) {
	case SPACE_A32: return true;
	case SPACE_NARROW: return w <= 0xffff && !t32_is_wide(w);
	default: return t32_is_wide(w >> 16);
	}
}

const struct insn_row *a32_decode(enum a32_space space, uint32_t w,
				  struct insn *out)
{
	return space == SPACE_A32 ? insn_decode_a32(w, 0, out)
				  : insn_decode_t32(w, 0, 0, out);
}

bool a32_row_valid(enum a32_space space, const struct insn_row *row,
		   uint32_t *word)
{
	struct insn out;

	for (unsigned int i = 0; i < 2000; i++) {
		uint32_t random =
			(uint32_t)gen_random() >> (32 - a32_space_bits(space));

		*word = row->value | (random & ~row->mask);
		if (space == SPACE_A32 && row->pattern[0] == 'c') {
			/* mostly without a condition */
			uint32_t cond = gen_below(4) ? 14 : gen_below(15);

			*word = (*word & 0x0fffffff) | cond << 28;
		}
		if (a32_decode(space, *word, &out) == row)
			return true;
	}
	return false;
}

/* ---- groups -------------------------------------------------------------- */

enum a32_space a32_row_space(const struct insn_row *row)
{
	for (unsigned int space = 0; space < NR_SPACES; space++) {
		unsigned int n;
		const struct insn_row *rows = a32_space_rows(space, &n);

		if (row >= rows && row < rows + n)
			return space;
	}
	return NR_SPACES;
}

/* What is not for EL0 to see, or only waits. */
static bool is_compared(const struct insn_row *row)
{
	static const char *const not [] = {
		"A32_MRC", "A32_MCR", "A32_HINT", "T32_MRC", "T32_MCR",
		"T32_HINT", "T32_HINT16", "A32_CLREX", "T32_CLREX", "A32_MRRC",
		"T32_MRRC", "A32_SRS", "T32_SRSDB", "T32_SRSIA", "A32_MRS_bank",
		"A32_MSR_bank", "T32_MRS_bank", "T32_MSR_bank", "A32_LDM_user",
		"A32_STM_user", "VFP_VMRS_system",
		/* QEMU has short vectors, which no value of FPSCR may choose. */
		"VFP_VMSR"};

	for (unsigned int i = 0; i < ARRAY_SIZE(not ); i++)
		if (!strcmp(row->name, not [i]))
			return false;
	return true;
}

enum gen_group a32_row_group(enum a32_space space, const struct insn_row *row)
{
	bool t32 = space != SPACE_A32;

	if (!is_compared(row))
		return NR_GEN_GROUPS;
	/* It ends in a branch. */
	if (!strcmp(row->name, "T32_TBB"))
		return NR_GEN_GROUPS;
	switch (row->class) {
	case INSN_INT:
	case INSN_SYS: return t32 ? GEN_T32_INT : GEN_A32_INT;
	case INSN_BRANCH: return t32 ? GEN_T32_BRANCH : GEN_A32_BRANCH;
	case INSN_LDST:
	case INSN_ATOMIC: return t32 ? GEN_T32_LDST : GEN_A32_LDST;
	case INSN_FP: return t32 ? GEN_T32_VFP : GEN_A32_VFP;
	case INSN_SIMD: return t32 ? GEN_T32_NEON : GEN_A32_NEON;
	default: return NR_GEN_GROUPS;
	}
}

static const struct insn_row *random_row(enum gen_group group,
					 enum a32_space *space)
{
	const struct insn_row *row;

	do {
		const struct insn_row *rows;
		unsigned int n;

		*space = SPACE_A32;
		if (group >= GEN_T32_INT)
			*space = gen_below(2) ? SPACE_WIDE : SPACE_NARROW;
		rows = a32_space_rows(*space, &n);
		row = &rows[gen_below(n)];
	} while (a32_row_group(*space, row) != group);
	return row;
}

/* ---- words --------------------------------------------------------------- */

#define NOP16 0xbf00u

/* As an instruction stands in memory. */
static uint32_t to_word(enum a32_space space, uint32_t w)
{
	switch (space) {
	case SPACE_A32: return w;
	case SPACE_NARROW: return w | NOP16 << 16;
	default: return w >> 16 | w << 16;
	}
}

/* The address of words[@k]. */
static uint32_t word_address(const struct diff_case *c, unsigned int k)
{
	return DIFF_CODE + c->slot * DIFF_SLOT + c->shift + 4 * k;
}

/* Decode @w in its place; *@it is what is before it, and behind it and its NOP. */
static const struct insn_row *decode_in_place(const struct diff_case *c,
					      enum a32_space space,
					      unsigned int k, uint32_t w,
					      uint8_t *it, struct insn *out)
{
	uint32_t off = word_address(c, k) & 0xfff;
	const struct insn_row *row;

	if (space == SPACE_A32)
		return insn_decode_a32(w, off, out);
	row = insn_decode_t32(w, off, *it, out);
	*it = out->op == A32_IT ? out->imm : it_advance(*it);
	if (space == SPACE_NARROW)
		*it = it_advance(*it);
	return row;
}

static void put_branch(struct diff_case *c, unsigned int k, bool t32,
		       uint32_t to)
{
	uint32_t from = word_address(c, k);

	if (!t32) {
		c->words[k] = 0xea000000 | ((to - from - 8) >> 2 & 0xffffff);
		return;
	}
	/* Back, so that S, I1, I2 are 1, J1 and J2 too. */
	to = (to - from - 4) >> 1;
	c->words[k] = (0xf400 | (to >> 11 & 0x3ff)) | (0xb800 | (to & 0x7ff))
							      << 16;
}

void gen_finish_a32(struct diff_case *c)
{
	bool t32 = c->end_isa == ISA_T32;

	/* MRC p15, 0, LR, c13, c0, 2 */
	c->words[0] = c->isa == ISA_T32 ? 0xef50ee1d : 0xee1def50;
	for (unsigned int k = c->n_words + 1; k < diff_end_word(c); k++)
		c->words[k] = to_word(SPACE_NARROW, NOP16);
	put_branch(c, diff_end_word(c), t32,
		   t32 ? DIFF_TRAMPOLINE_T32 : DIFF_TRAMPOLINE);
}

/* ---- loads and stores ---------------------------------------------------- */

/* Whose values an access goes by, and what it leaves. */
struct access {
	int base, index; /* -1: none */
	uint32_t writes; /* registers */
	unsigned int align;
	bool load;
};

static bool is_exclusive(const struct insn *i)
{
	return i->op < NR_A64_OPS && insn_row(i->op)->class == INSN_ATOMIC;
}

static void access_of_atomic(const struct insn *i, struct access *a)
{
	bool load = i->form == ATOMIC_LDXR || i->form == ATOMIC_LDXP ||
		    i->form == ATOMIC_LDAR;
	bool pair = i->form == ATOMIC_LDXP || i->form == ATOMIC_STXP;

	a->base = i->rn == REG_SINK ? i->aux : i->rn;
	a->align = 1u << i->size << pair;
	a->load = load;
	if (load)
		a->writes |= BIT(i->rd) | (pair ? BIT(i->ra) : 0);
	else if (i->form == ATOMIC_STXR || i->form == ATOMIC_STXP)
		a->writes |= BIT(i->ra);
}

/* False: one that isn't made here. */
static bool access_of(const struct insn *i, struct access *a)
{
	*a = (struct access){.base = i->rn, .index = -1, .align = 1};
	if (i->writes_pc)
		return false;
	if (is_exclusive(i)) {
		access_of_atomic(i, a);
		return true;
	}
	a->load = i->op == A32_LDR || i->op == A32_LDR_any ||
		  i->op == A32_LDRD || i->op == A32_LDM;
	switch (i->op) {
	case A32_VLDR:
	case A32_VSTR:
	case A32_VLDR_half:
	case A32_VSTR_half:
		if (i->form)
			a->base = -1;
		a->load = i->op == A32_VLDR || i->op == A32_VLDR_half;
		a->align = i->size == FP_HALF ? 2 : 4;
		return true;
	case A32_VLDM:
	case A32_VSTM:
		a->align = 4;
		a->load = false; /* of no general register */
		if (i->rn == REG_SINK) {
			a->base = -1;
			a->load = i->op == A32_VLDM;
			return true;
		}
		if (i->form & LDM_WRITE_BACK)
			a->writes |= BIT(i->rn);
		return true;
	case A32_VLD:
	case A32_VST:
		a->align = i->aux;
		a->load = false;
		/* What is added must be what it was. */
		if (i->rm != REG_ZR || i->imm)
			a->writes |= BIT(i->rn);
		return true;
	case A64_PRFM_uimm: a->base = -1; return true;
	case A32_LDR:
	case A32_STR:
		if (ldst_form_mode(i->form) == LDST_LITERAL)
			a->base = -1;
		if (ldst_form_mode(i->form) == LDST_LSL)
			a->index = i->rm;
		if (ldst_writes_back(ldst_form_mode(i->form)))
			a->writes |= BIT(i->rn);
		break;
	case A32_LDRD:
	case A32_STRD:
		a->align = 4;
		if (a->load)
			a->writes |= BIT(i->ra);
		/* fall through */
	case A32_LDR_any:
	case A32_STR_any:
		if (i->rn == REG_SINK)
			return false;
		if (i->aux & LDST_ANY_REG && i->rm != REG_ZR)
			a->index = i->rm;
		if (i->aux & LDST_ANY_WRITE_BACK)
			a->writes |= BIT(i->rn);
		break;
	default: /* LDM, STM */
		a->align = 4;
		if (i->form & LDM_WRITE_BACK)
			a->writes |= BIT(i->rn);
		if (a->load)
			a->writes |= i->aux;
		/* A base that is stored behind another is UNKNOWN. */
		return a->load || !(i->form & LDM_WRITE_BACK) ||
		       !(i->aux >> i->rn & 1) || !(i->aux & (BIT(i->rn) - 1));
	}
	if (a->load)
		a->writes |= BIT(i->rd);
	/* With R15 stored QEMU and we agree: 8 behind. */
	return a->base != REG_SINK;
}

/* What is added to the base before the access. */
static uint32_t offset_of(const struct diff_case *c, const struct insn *i)
{
	uint32_t m = i->rm < 15 ? c->in.x[i->rm] : 0;
	unsigned int by = i->aux & LDST_ANY_AMOUNT;

	if (is_exclusive(i))
		return i->rn == REG_SINK ? i->imm : 0;
	if (i->op == A32_VLD || i->op == A32_VST)
		return 0;
	if (i->op == A32_LDM || i->op == A32_STM || i->op == A32_VLDM ||
	    i->op == A32_VSTM || i->op == A32_VLDR || i->op == A32_VSTR)
		return i->imm;
	if (i->op == A32_LDR || i->op == A32_STR) {
		switch (ldst_form_mode(i->form)) {
		case LDST_POST: return 0;
		case LDST_LSL: return m << i->aux;
		default: return i->imm;
		}
	}
	if (i->aux & LDST_ANY_POST)
		return 0;
	if (!(i->aux & LDST_ANY_REG))
		return i->imm;
	switch (i->aux >> LDST_ANY_TYPE_SHIFT & 3) {
	case 0: m <<= by; break;
	case 1: m >>= by; break;
	case 2: m = (int32_t)m >> by; break;
	default:
		m = by ? m >> by | m << (32 - by)
		       : m >> 1 | (c->in.nzcv >> 29 & 1) << 31;
	}
	return i->aux & LDST_ANY_SUB ? -m : m;
}

/* Registers of a stream: those that addresses are made of, and those that are
 * not what they were. */
struct used {
	uint32_t fixed, written;
	int last_base; /* of a load exclusive just before; -1: none */
	unsigned int last_align;
	/* By load exclusives, so many bytes each. */
	unsigned int n_monitored;
	struct {
		uint32_t va;
		unsigned int size;
	} monitored[DIFF_MAX_INSNS];
};

#define POOL 13 /* words from there on are data */

static bool reads_pool(const struct diff_case *c, unsigned int k,
		       const struct insn *i)
{
	uint32_t va = word_address(c, k) + i->imm;
	uint32_t pool = word_address(c, POOL) - c->shift;
	uint32_t end = pool + 4 * (DIFF_SLOT_WORDS - POOL);

	/* Many from R15 on: behind the last instruction, what isn't code. */
	if (i->op == A32_VLDM)
		return k + 2 > diff_end_word(c) && va + 8 + 4 * i->ra <= end;
	return va >= pool && va + 8 <= end;
}

/*
 * Where the index is the base too: the base with which the access is at @va. From one try to
 * the next the bits below those that a left shift brings in, or above those that a right
 * shift leaves, are right. False: there is none, or it wasn't found.
 */
static bool place_doubled(struct diff_case *c, const struct insn *i,
			  uint32_t va)
{
	uint64_t *base = &c->in.x[i->rn];

	*base = va / 2;
	for (unsigned int tries = 0; tries < 64; tries++) {
		uint32_t better = va - offset_of(c, i);

		if (better == *base)
			return true;
		*base = better;
	}
	return false;
}

/*
 * A store exclusive to the address of a load exclusive of another size is
 * CONSTRAINED UNPREDICTABLE. Any load before may be the last that is executed:
 * those behind it have conditions.
 */
static bool mixes_exclusives(const struct insn *i, const struct access *a,
			     uint32_t va, struct used *u)
{
	if (!is_exclusive(i) || i->form == ATOMIC_LDAR ||
	    i->form == ATOMIC_STLR)
		return false;
	if (a->load) {
		u->monitored[u->n_monitored].va = va;
		u->monitored[u->n_monitored++].size = a->align;
		return false;
	}
	for (unsigned int k = 0; k < u->n_monitored; k++)
		if (u->monitored[k].va == va &&
		    u->monitored[k].size != a->align)
			return true;
	return false;
}

/* Make the address of words[@k] one in the window. False: take another. */
static bool place_access(struct diff_case *c, unsigned int k,
			 const struct insn *i, struct used *u)
{
	uint32_t va = DIFF_WINDOW_MID - 160 + gen_below(256);
	struct access a;

	if (!access_of(i, &a))
		return false;
	if (a.base < 0) {
		if (i->op != A64_PRFM_uimm && (!a.load || !reads_pool(c, k, i)))
			return false;
		u->written |= a.writes;
		return true;
	}
	if (a.index >= 0 && (u->written >> a.index & 1 || a.index == REG_SINK))
		return false;
	if (u->written >> a.base & 1)
		return false;
	if (u->fixed >> a.base & 1) {
		/* Only the store that belongs to the load before. */
		if (u->last_base != a.base || a.load || !is_exclusive(i) ||
		    u->last_align != a.align || offset_of(c, i))
			return false;
	} else {
		va &= ~(a.align - 1);
		if (mixes_exclusives(i, &a, va, u))
			return false;
		if (a.index != a.base)
			c->in.x[a.base] = (uint32_t)(va - offset_of(c, i));
		else if (!place_doubled(c, i, va))
			return false;
	}
	u->fixed |= BIT(a.base) | (a.index >= 0 ? BIT(a.index) : 0);
	u->written |= a.writes;
	u->last_base =
		is_exclusive(i) && a.load && !offset_of(c, i) ? a.base : -1;
	u->last_align = a.align;
	return true;
}

/* ---- branches ------------------------------------------------------------ */

#define BRANCH_MARKERS 8

/* Markers in words[2] and on; how many of them were skipped shows in R0. */
static void put_markers(struct diff_case *c, bool t32)
{
	for (unsigned int i = 0; i < BRANCH_MARKERS; i++) {
		if (t32)
			c->words[2 + i] = i & 1 ? 0x00f0ea4f  /* ror.w r0, #3 */
						: 0x0001f100; /* add.w r0, #1 */
		else
			c->words[2 + i] = i & 1 ? 0xe1a001e0 : 0xe2800001;
	}
	c->n_words = 1 + BRANCH_MARKERS;
}

/* Does @i go to words[*@t]? To a register it is made to. */
static bool place_branch(struct diff_case *c, const struct insn *i,
			 unsigned int t)
{
	uint32_t pc = word_address(c, 1), to = word_address(c, t);
	bool t32 = c->isa == ISA_T32;

	switch (i->op) {
	case A32_B:
	case A32_BL:
	case A32_CBZ:
	case A32_CBNZ: return pc + i->imm == to;
	case A32_BLX_imm:
		c->end_isa = t32 ? ISA_A32 : ISA_T32;
		return !c->shift && ((pc + i->imm) & (t32 ? ~3u : ~1u)) == to;
	case A32_BX:
	case A32_BLX_reg:
		/* Where the condition fails the markers must be its own. */
		if (i->rm >= 15)
			return false;
		if (!i->cond && !c->shift && gen_below(2))
			c->end_isa = t32 ? ISA_A32 : ISA_T32;
		c->in.x[i->rm] = to | (c->end_isa == ISA_T32);
		return true;
	default: return false;
	}
}

/* A field of an immediate branch is set by trial, of all its bits. */
static uint32_t near_branch(enum a32_space space, const struct insn_row *row,
			    uint32_t w)
{
	if (row->class != INSN_BRANCH)
		return w;
	if (space == SPACE_A32 && (w & 0x0e000000) == 0x0a000000)
		return (w & 0xff000000) | gen_below(10);
	if (space == SPACE_NARROW && (w & 0xf000) == 0xd000)
		return (w & 0xff00) | gen_below(20);
	if (space == SPACE_NARROW && (w & 0xf800) == 0xe000)
		return (w & 0xf800) | gen_below(20);
	if (space == SPACE_WIDE && (w & 0xf8009000) == 0xf0008000)
		return (w & 0xfbc0d000) | (w & 0x1000 ? 0x2800 : 0) |
		       gen_below(24);
	if (space == SPACE_WIDE && (w & 0xf8008000) == 0xf0008000)
		return (w & 0xf800d000) | 0x2800 | gen_below(24);
	return w;
}

static bool gen_branch(struct diff_case *c, enum gen_group group,
		       const struct insn_row *only,
		       const struct insn_row **rows)
{
	for (unsigned int tries = 0; tries < 20000; tries++) {
		enum a32_space space;
		const struct insn_row *row = random_row(group, &space);
		struct insn out;
		uint8_t it = 0;
		uint32_t w;

		if (only) {
			row = only;
			space = a32_row_space(only);
		}
		if (!a32_row_valid(space, row, &w))
			return false;
		w = near_branch(space, row, w);
		c->end_isa = c->isa;
		if (decode_in_place(c, space, 1, w, &it, &out) != row ||
		    !place_branch(c, &out, 2 + gen_below(BRANCH_MARKERS)))
			continue;
		rows[0] = row;
		c->words[1] = to_word(space, w);
		put_markers(c, c->end_isa == ISA_T32);
		return true;
	}
	return false;
}

/* ---- cases --------------------------------------------------------------- */

static void a32_state(struct diff_case *c, enum gen_group group)
{
	struct diff_state *s = &c->in;

	if (group == GEN_A32_VFP || group == GEN_T32_VFP)
		group = GEN_FP;
	gen_state(s, group);
	for (unsigned int r = 0; r < 31; r++)
		s->x[r] = r < 15 ? (uint32_t)s->x[r] : 0;
	s->sp = 0;
	memset(s->v[16], 0, sizeof(s->v) / 2);
	s->nzcv |= (uint32_t)gen_below(2) << 27 | gen_below(16) << 16;
	/* Of FPSCR what is no trap and no vector. */
	s->fpcr &= 0x07c80000;
	s->fpsr &= 0x0800009f;
}

/* An MSR of more than flags may choose the byte order, which the runner's code
 * does not survive. */
static bool changes_order(enum a32_space space, uint32_t w,
			  const struct insn *i)
{
	unsigned int at = space == SPACE_A32 ? 16 : 8;

	return i->op == A32_MSR_control && w >> at & 3;
}

/* With it EL0 writes PSTATE.DIT and SSBS (Arm ARM, CPSRWriteByInstr), which QEMU 7.2 does
 * not let it: MRS reads something else then. */
static bool writes_newer_state(enum a32_space space, uint32_t w,
			       const struct insn *i)
{
	unsigned int at = space == SPACE_A32 ? 16 : 8;

	return i->op == A32_MSR_control && w >> at & 4;
}

/* UNDEFINED at EL0. */
static bool wants_spsr(const struct insn *i)
{
	return i->op == A32_MRS_spsr || i->op == A32_MSR_spsr ||
	       i->writes_pc == PC_RETURN;
}

/* Both registers are UNKNOWN if they are one. */
static bool permutes_one(const struct insn *i)
{
	return (i->op == A32_VTRN || i->op == A32_VUZP || i->op == A32_VZIP) &&
	       i->rd == i->rn;
}

static bool gen_straight(struct diff_case *c, enum gen_group group,
			 unsigned int n, const struct insn_row *only,
			 const struct insn_row **rows)
{
	bool memory = group == GEN_A32_LDST || group == GEN_T32_LDST;
	struct used u = {.last_base = -1};
	unsigned int k = 1, tries = 0;
	bool newer = false;
	uint8_t it = 0;

	c->n = c->n_words = n;
	while (k <= n) {
		enum a32_space space;
		const struct insn_row *row;
		uint8_t next = it;
		struct insn out;
		uint32_t w;

		if (tries++ > 20000)
			return false;
		row = random_row(group, &space);
		if (only) {
			row = only;
			space = a32_row_space(only);
		}
		if (!a32_row_valid(space, row, &w))
			return false;
		if (decode_in_place(c, space, k, w, &next, &out) != row ||
		    out.writes_pc || wants_spsr(&out) ||
		    changes_order(space, w, &out) || permutes_one(&out) ||
		    (newer && out.op == A32_MRS) ||
		    (memory && !place_access(c, k, &out, &u)))
			continue;
		if (out.op == A32_VJCVT)        /* QEMU issue 2375 */
			c->in.fpcr &= ~BIT(24); /* FZ */
		newer |= writes_newer_state(space, w, &out);
		rows[k - 1] = row;
		c->words[k++] = to_word(space, w);
		it = next;
	}
	return true;
}

bool gen_case_a32(struct diff_case *c, enum gen_group group, uint32_t slot,
		  const struct insn_row *only, unsigned int max,
		  const struct insn_row *rows[DIFF_MAX_INSNS])
{
	unsigned int n = 1;

	c->slot = slot;
	c->uses_mem = 0;
	c->isa = c->end_isa = group >= GEN_T32_INT ? ISA_T32 : ISA_A32;
	c->shift = c->isa == ISA_T32 && gen_below(2) ? 2 : 0;
	a32_state(c, group);
	if (max > 1 && gen_chance(85))
		n = 2 + gen_below(max - 1);
	for (unsigned int k = 0; k < DIFF_SLOT_WORDS; k++)
		c->words[k] = (uint32_t)gen_random();
	if (group == GEN_A32_LDST || group == GEN_T32_LDST)
		gen_memory(c);
	c->n = 1;
	if (group == GEN_A32_BRANCH || group == GEN_T32_BRANCH) {
		if (!gen_branch(c, group, only, rows))
			return false;
	} else if (!gen_straight(c, group, n, only, rows)) {
		return false;
	}
	gen_finish(c);
	return true;
}
