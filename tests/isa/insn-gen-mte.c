/* SPDX-License-Identifier: MIT */
/*
 * Memory tagging for insn-diff: streams of its instructions and of loads and stores whose
 * addresses have tags, most of them those of the memory. A failed check ends a stream.
 */
#include <string.h>

#include "isa/a64/operands.h"
#include "tests/isa/insn-gen.h"

static uint64_t with_tag(uint64_t addr, unsigned int tag)
{
	return (addr & ~(UINT64_C(15) << 56)) | (uint64_t)tag << 56;
}

/*
 * A block of DC ZVA is larger in QEMU's core with tags than in ours. All accesses but those of
 * insn_is_checked() in cpu/mmu-mte.c are Tag Checked (Arm ARM D10.4.1), but QEMU 7.2 does not check
 * LDAPUR and STLUR, and its user mode (10's, too) of SVE's no more than those that it makes
 * as of general registers.
 */
bool gen_tags_compared(const struct insn_row *row)
{
	switch (row->op) {
	case A64_SVE_LDR_z:
	case A64_SVE_LDR_p:
	case A64_SVE_STR_z:
	case A64_SVE_STR_p:
	case A64_SVE_LD1R: return true;
	case A64_DC_ZVA:
	case A64_LDAPUR:
	case A64_LDAPURS_x:
	case A64_LDAPURS_w:
	case A64_STLUR: return false;
	default: return row->class != INSN_SVE_LDST;
	}
}

/* Most granules of a case have one tag, and so have most addresses. */
static unsigned int main_tag, strays; /* the rest, in percent */

static unsigned int random_tag(void)
{
	return gen_chance(strays) ? gen_below(16) : main_tag;
}

void gen_tags(struct diff_case *c)
{
	main_tag = gen_below(16);
	strays = gen_chance(50) ? 0 : 6;
	for (unsigned int k = 0; k < DIFF_TAGS; k++)
		c->tags_in[k] = random_tag();
	c->exclude = 0;
	if (gen_chance(40))
		c->exclude = gen_random() & gen_random();
	else if (gen_chance(10))
		c->exclude = 0xffff;
}

static uint64_t *reg(struct diff_case *c, unsigned int n)
{
	return n == REG_SP || n == 31 ? &c->in.sp : &c->in.x[n];
}

/* ---- instructions of its own --------------------------------------------- */

static bool accesses_tags(const struct insn *i)
{
	switch (i->op) {
	case A64_LDG:
	case A64_STG:
	case A64_STZG:
	case A64_ST2G:
	case A64_STZ2G:
	case A64_STGP: return true;
	default: return false;
	}
}

static uint32_t with_registers(uint32_t w, const struct insn *i,
			       unsigned int base)
{
	if (accesses_tags(i))
		w = (w & ~(31u << 5)) | base << 5;
	/* What a store takes its tag from may be its base, or SP. */
	if (accesses_tags(i) && i->op != A64_LDG && gen_chance(40))
		return (w & ~31u) | (gen_chance(80) ? base : 31);
	return (w & ~31u) | (gen_chance(10) ? 31 : 9 + gen_below(7));
}

bool gen_mte(struct diff_case *c, unsigned int k, unsigned int n,
	     enum gen_group group)
{
	uint64_t va = DIFF_WINDOW_MID - 160 + gen_below(256);
	uint32_t w = c->words[k];
	struct insn i;

	if (!insn_decode(w, &i))
		return false;
	if (n > 1) {
		w = with_registers(w, &i,
				   group == GEN_SVE_LDST ? 16 + k : 15 + k);
		if (!insn_decode(w, &i))
			return false;
		c->words[k] = w;
	}
	if (!accesses_tags(&i))
		return true;
	if (gen_chance(96))
		va &= ~UINT64_C(15);
	if (i.form != LDST_POST)
		va -= (uint64_t)i.imm;
	*reg(c, FLD(w, 4, 0)) = with_tag(*reg(c, FLD(w, 4, 0)), random_tag());
	*reg(c, i.rn) = with_tag(va, random_tag());
	return true;
}

/* ---- loads and stores ---------------------------------------------------- */

static bool has_vector_of_bases(const struct insn *i)
{
	return i->form & SVE_MEM_BASES && gen_sve_has_addresses(i);
}

static void tag_vector(struct diff_case *c, const struct insn *i)
{
	/* Words are no more than 32 bits of an address. */
	if (i->size != 3)
		return;
	for (unsigned int e = 0; e < c->vl / 8; e++)
		c->sve_in.z[i->rn][e] =
			with_tag(c->sve_in.z[i->rn][e], random_tag());
	memcpy(c->in.v[i->rn], c->sve_in.z[i->rn], 16);
}

void gen_tag_base(struct diff_case *c, unsigned int k)
{
	const struct insn_row *row;
	struct insn i;

	row = insn_decode(c->words[k], &i);
	if (row->class == INSN_SVE_LDST && has_vector_of_bases(&i)) {
		tag_vector(c, &i);
		return;
	}
	if ((c->words[k] & 0x3b000000) == 0x18000000) /* literal */
		return;
	*reg(c, i.rn) = with_tag(*reg(c, i.rn), random_tag());
}
