/* SPDX-License-Identifier: MIT */
/*
 * Memory tagging: bodies of class MTE, and what SCTLR_EL1 says about it (Arm
 * ARM C6.2 ADDG ... SUBPS, D10.3 for random tags).
 *
 * GCR_EL1.RRND, whose random numbers are IMPLEMENTATION DEFINED: those of
 * RGSR_EL1's generator, which is started if it stands still.
 */
#include "cpu/mte.h"

#include "cpu/bodies.h"
#include "cpu/exec.h"
#include "cpu/system.h"

#define GCR_EXCLUDE GENMASK(15, 0)
#define GCR_RRND    BIT(16)
#define RGSR_TAG    GENMASK(3, 0)
#define RGSR_SEED   GENMASK(23, 8)

/* ---- what is on ---------------------------------------------------------- */

void mte_changed(struct cpu *cpu)
{
	uint64_t sctlr = cpu->sys.sctlr_el1;
	bool el0 = cpu->mte.on && (sctlr & SCTLR_ATA0);
	bool el1 = cpu->mte.on && (sctlr & SCTLR_ATA);

	cpu->mte.access = el0 << 0 | el1 << 1;
	cpu->mte.checks = 0;
	if (el0 && (sctlr & SCTLR_TCF0))
		cpu->mte.checks |= BIT(TLB_EL0);
	if (el1 && (sctlr & SCTLR_TCF))
		cpu->mte.checks |= BIT(TLB_EL1) | BIT(TLB_EL1_PAN);
}

static bool has_access(const struct cpu *cpu)
{
	return cpu->mte.access >> cpu->el & 1;
}

/* ---- choosing tags ------------------------------------------------------- */

/* AArch64.ChooseNonExcludedTag: the @offset-th behind @tag that is not excluded. */
static unsigned int choose_tag(unsigned int tag, unsigned int offset,
			       uint16_t exclude)
{
	if (exclude == 0xffff)
		return 0;
	while (!offset && exclude >> tag & 1)
		tag = (tag + 1) & 15;
	while (offset--)
		do
			tag = (tag + 1) & 15;
		while (exclude >> tag & 1);
	return tag;
}

/* AArch64.RandomTag: four bits of a linear feedback shift register. */
static unsigned int random_tag(struct cpu *cpu)
{
	uint64_t *rgsr = &cpu->sys.rgsr_el1;
	unsigned int seed = FIELD(*rgsr, 23, 8), tag = 0;

	if (!seed && (cpu->sys.gcr_el1 & GCR_RRND))
		seed = 1 + (cpu->cycles & 0x7fff);
	for (unsigned int k = 0; k < 4; k++) {
		unsigned int top =
			(seed >> 5 ^ seed >> 3 ^ seed >> 2 ^ seed) & 1;

		seed = top << 15 | seed >> 1;
		tag |= top << k;
	}
	*rgsr = (*rgsr & ~RGSR_SEED) | (uint64_t)seed << 8;
	return tag;
}

static uint64_t insert_random_tag(struct cpu *cpu, uint64_t addr,
				  uint16_t exclude)
{
	uint64_t *rgsr = &cpu->sys.rgsr_el1;
	unsigned int tag = 0;

	if (has_access(cpu)) {
		exclude |= cpu->sys.gcr_el1 & GCR_EXCLUDE;
		tag = choose_tag(*rgsr & RGSR_TAG, random_tag(cpu), exclude);
		*rgsr = (*rgsr & ~RGSR_TAG) | tag;
	}
	return mte_with_tag(addr, tag);
}

static void exec_irg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = insert_random_tag(cpu, cpu->x[i->rn], cpu->x[i->rm]);
	NEXT;
}

/* ADDG, SUBG */
static void exec_addg(struct cpu *cpu, const struct insn *i)
{
	uint64_t addr = cpu->x[i->rn];
	unsigned int tag = 0;

	if (has_access(cpu))
		tag = choose_tag(mte_tag(addr), i->aux,
				 cpu->sys.gcr_el1 & GCR_EXCLUDE);
	cpu->x[i->rd] = mte_with_tag(addr + i->imm, tag);
	NEXT;
}

static void exec_gmi(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rm] | BIT(mte_tag(cpu->x[i->rn]));
	NEXT;
}

/* ---- differences of addresses -------------------------------------------- */

static uint64_t without_tag(uint64_t addr)
{
	return sext64(addr, 56);
}

static void exec_subp(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = without_tag(cpu->x[i->rn]) - without_tag(cpu->x[i->rm]);
	NEXT;
}

static void exec_subps(struct cpu *cpu, const struct insn *i)
{
	uint64_t a = without_tag(cpu->x[i->rn]);
	uint64_t b = without_tag(cpu->x[i->rm]), res = a - b;

	set_nz64(cpu, res);
	cpu->c = a >= b;
	cpu->v = ((a ^ b) & (a ^ res)) >> 63;
	cpu->x[i->rd] = res;
	NEXT;
}

/* ---- tags in memory ------------------------------------------------------ */

static gva_t address(const struct cpu *cpu, const struct insn *i)
{
	return cpu->x[i->rn] + (i->form == LDST_POST ? 0 : i->imm);
}

static void write_back(struct cpu *cpu, const struct insn *i)
{
	if (i->form != LDST_OFFSET)
		cpu->x[i->rn] += i->imm;
}

static void exec_ldg(struct cpu *cpu, const struct insn *i)
{
	int tag;

	SP_CHECK;
	tag = mte_load_tag(cpu, i, address(cpu, i));
	if (tag < 0)
		return;
	cpu->x[i->rd] = mte_with_tag(cpu->x[i->ra], tag);
	NEXT;
}

static bool store_tag(struct cpu *cpu, const struct insn *i, unsigned int n,
		      bool zero)
{
	if (!mte_store_tag(cpu, i, address(cpu, i), n, mte_tag(cpu->x[i->rd]),
			   zero))
		return false;
	write_back(cpu, i);
	return true;
}

static void exec_stg(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	if (!store_tag(cpu, i, 1, false))
		return;
	NEXT;
}

static void exec_stzg(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	if (!store_tag(cpu, i, 1, true))
		return;
	NEXT;
}

static void exec_st2g(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	if (!store_tag(cpu, i, 2, false))
		return;
	NEXT;
}

static void exec_stz2g(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	if (!store_tag(cpu, i, 2, true))
		return;
	NEXT;
}

static uint64_t in_order(const struct cpu *cpu, uint64_t data)
{
	return unlikely(cpu->big) ? __builtin_bswap64(data) : data;
}

static void exec_stgp(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	if (!mte_store_pair(cpu, i, address(cpu, i),
			    in_order(cpu, cpu->x[i->rd]),
			    in_order(cpu, cpu->x[i->ra])))
		return;
	write_back(cpu, i);
	NEXT;
}

static void exec_ldgm(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	SP_CHECK;
	if (!mte_load_block(cpu, i, cpu->x[i->rn], &cpu->mem_buf.d[0]))
		return;
	cpu->x[i->rd] = cpu->mem_buf.d[0];
	NEXT;
}

static void exec_stgm(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	SP_CHECK;
	if (!mte_store_block(cpu, i, cpu->x[i->rn], cpu->x[i->rd]))
		return;
	NEXT;
}

static void exec_stzgm(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	SP_CHECK;
	if (!mte_fill_block(cpu, i, cpu->x[i->rn], cpu->x[i->rd] & 15, true))
		return;
	NEXT;
}

insn_fn *mte_body(const struct insn *i)
{
	switch (i->op) {
	case A64_IRG: return exec_irg;
	case A64_ADDG:
	case A64_SUBG: return exec_addg;
	case A64_GMI: return exec_gmi;
	case A64_SUBP: return exec_subp;
	case A64_SUBPS: return exec_subps;
	case A64_LDG: return exec_ldg;
	case A64_STG: return exec_stg;
	case A64_STZG: return exec_stzg;
	case A64_ST2G: return exec_st2g;
	case A64_STZ2G: return exec_stz2g;
	case A64_STGP: return exec_stgp;
	case A64_LDGM: return exec_ldgm;
	case A64_STGM: return exec_stgm;
	case A64_STZGM: return exec_stzgm;
	default: return NULL;
	}
}
