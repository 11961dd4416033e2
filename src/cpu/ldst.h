/* SPDX-License-Identifier: MIT */
/*
 * What the bodies of loads and stores of general registers share. A body is
 * the fast path of one operation, size, addressing mode and kind of base; if
 * anything is special it has done nothing and goes, in tail position, to a
 * slow one that serves them all by the operands.
 */
#ifndef FAUXKVM_CPU_LDST_H
#define FAUXKVM_CPU_LDST_H

#include "cpu/exec.h"
#include "isa/a64/operands.h"

/*
 * A hot operation whose base is SP has a body of its own, so that the others
 * need no test for SP alignment. BASE_ANY: rare, tests.
 */
enum ldst_base { BASE_GP, BASE_SP, BASE_ANY };

/* Off the fast path for want of SP alignment; the slow one does SP_CHECK. */
static ALWAYS_INLINE bool ldst_base_bad(const struct cpu *cpu,
					const struct insn *i,
					enum ldst_base base)
{
	if (base == BASE_GP || (base == BASE_ANY && i->rn != REG_SP))
		return false;
	return cpu->x[REG_SP] & 15;
}

static ALWAYS_INLINE uint64_t *ldst_base(struct cpu *cpu, const struct insn *i,
					 enum ldst_base base)
{
	return &cpu->x[base == BASE_SP ? REG_SP : i->rn];
}

static ALWAYS_INLINE gva_t ldst_address(const struct cpu *cpu,
					const struct insn *i,
					enum a64_ldst_mode mode, uint64_t base)
{
	switch (mode) {
	case LDST_POST: return base;
	case LDST_LSL: return base + (cpu->x[i->rm] << i->aux);
	case LDST_UXTW:
		return base + ((uint64_t)(uint32_t)cpu->x[i->rm] << i->aux);
	case LDST_SXTW:
		return base + ((uint64_t)(int32_t)cpu->x[i->rm] << i->aux);
	case LDST_LITERAL: return insn_pc(cpu, i) + i->imm;
	default: return base + i->imm;
	}
}

/* Once the access at @va is done. */
static ALWAYS_INLINE void ldst_write_back(const struct insn *i,
					  enum a64_ldst_mode mode,
					  uint64_t *base, gva_t va)
{
	if (mode == LDST_PRE)
		*base = va;
	else if (mode == LDST_POST)
		*base = va + i->imm;
}

/* The slow bodies of one register and of pairs: ldst.c. */
insn_fn exec_ldst_load_slow, exec_ldst_store_slow;
insn_fn exec_ldst_load_pair_slow, exec_ldst_store_pair_slow;

/* The bodies of one size: ldst-8.c ... ldst-64.c. */
struct ldst_bodies {
	insn_fn *one[2][NR_LDST_KINDS][NR_LDST_MODES]; /* [base is SP] */
	insn_fn *load_sp, *store_sp; /* where one[1] has none */
};
extern const struct ldst_bodies ldst_bodies_8, ldst_bodies_16, ldst_bodies_32,
	ldst_bodies_64;

/* Pairs, [base is SP][kind][mode]. */
typedef insn_fn *const ldst_pair_bodies[2][NR_LDST_KINDS][LDST_POST + 1];
extern ldst_pair_bodies ldst_pair_bodies_32, ldst_pair_bodies_64;

#endif
