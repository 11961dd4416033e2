/* SPDX-License-Identifier: MIT */
/*
 * Instructions of pointer authentication: bodies of class PAUTH, of the hints
 * and of the branches (Arm ARM C6.2 PACIA ... XPACLRI; pseudocode AddPAC, Auth,
 * Strip in shared/functions/pac).
 *
 * A core without it: the hints do nothing, the others are UNDEFINED. A core that
 * has it in a VM that doesn't: KVM leaves HCR_EL2.API and APK 0 and answers the
 * trap with an UNDEFINED, so it is what uses an enabled key that is UNDEFINED,
 * hints too.
 *
 * Choices where the manual leaves one: the code is not of a constant size
 * (HaveConstPACField); T0SZ and T1SZ out of range are taken as in mmu.c.
 */
#include "cpu/pauth.h"

#include "cpu/bodies.h"
#include "cpu/bti.h"
#include "cpu/exception.h"
#include "cpu/mmu-internal.h"
#include "cpu/system.h"

enum { LEVEL_EPAC = 2, LEVEL_PAUTH2, LEVEL_FPAC, LEVEL_FPACCOMBINE };

void pauth_keys_changed(struct cpu *cpu)
{
	uint64_t sctlr = cpu->sys.sctlr_el1;

	cpu->pac_keys = 0;
	if (!cpu->pauth.alg)
		return;
	cpu->pac_keys = !!(sctlr & SCTLR_ENIA) << PAUTH_IA |
			!!(sctlr & SCTLR_ENIB) << PAUTH_IB |
			!!(sctlr & SCTLR_ENDA) << PAUTH_DA |
			!!(sctlr & SCTLR_ENDB) << PAUTH_DB;
}

/* ---- codes in pointers --------------------------------------------------- */

static uint64_t compute_pac(const struct cpu *cpu, uint64_t data,
			    uint64_t modifier, enum a64_pauth_key key)
{
	struct pac_key k = cpu->sys.pac_key[key];

	return cpu->pauth.alg == CPU_PAUTH_QARMA5
		       ? pac_qarma5(data, modifier, k)
		       : pac_hash(data, modifier, k);
}

static bool is_data(enum a64_pauth_key key)
{
	return key == PAUTH_DA || key == PAUTH_DB;
}

/* The bits that the code has to itself, bit 55 apart: EffectiveTBI and
 * CalculateBottomPACBit of the half @upper. */
static uint64_t pac_field(const struct cpu *cpu, bool tbi, bool upper)
{
	return GENMASK(tbi ? 54 : 63, cpu->mmu->half[upper].in_bits) & ~BIT(55);
}

static bool top_byte_ignored(const struct cpu *cpu, uint64_t ptr,
			     enum a64_pauth_key key)
{
	return (is_data(key) ? cpu->tbi : cpu->tbi_code) >> (ptr >> 55 & 1) & 1;
}

/* @ptr as it was before a code went into it. */
static uint64_t strip(const struct cpu *cpu, uint64_t ptr,
		      enum a64_pauth_key key)
{
	bool upper = ptr & BIT(55);
	uint64_t field = pac_field(cpu, top_byte_ignored(cpu, ptr, key), upper);

	return upper ? ptr | field : ptr & ~field;
}

/* Where either half has tagged pointers bit 55 is the half, else bit 63. */
static uint64_t add_pac(const struct cpu *cpu, uint64_t ptr, uint64_t modifier,
			enum a64_pauth_key key)
{
	bool tbi = top_byte_ignored(cpu, ptr, key);
	bool any_tbi = is_data(key) ? cpu->tbi : cpu->tbi_code;
	bool upper = ptr & (any_tbi ? BIT(55) : BIT(63));
	uint64_t field = pac_field(cpu, tbi, upper), had = field | BIT(55);
	uint64_t ext, pac;

	ext = upper ? ptr | had : ptr & ~had;
	pac = compute_pac(cpu, ext, modifier, key);
	/* The extension was no good: so is the code. */
	if ((ptr & had) != 0 && (ptr & had) != had) {
		if (cpu->pauth.level == LEVEL_EPAC)
			pac = 0;
		else if (cpu->pauth.level < LEVEL_PAUTH2)
			pac ^= BIT(tbi ? 54 : 62);
	}
	if (cpu->pauth.level >= LEVEL_PAUTH2)
		pac ^= ptr;
	return (ext & ~field) | (pac & field);
}

/*
 * The pointer into cpu->mem_buf.d[0], since a body has no variable whose
 * address is taken. False: the exception of FEAT_FPAC was taken. @combined:
 * what is authenticated is used at once.
 */
static bool authenticate(struct cpu *cpu, const struct insn *i, uint64_t ptr,
			 uint64_t modifier, bool combined)
{
	enum a64_pauth_key key = i->aux;
	unsigned int b = key == PAUTH_IB || key == PAUTH_DB;
	bool tbi = top_byte_ignored(cpu, ptr, key);
	uint64_t field = pac_field(cpu, tbi, ptr & BIT(55));
	uint64_t plain = strip(cpu, ptr, key);
	uint64_t pac = compute_pac(cpu, plain, modifier, key) & field;

	if (cpu->pauth.level < LEVEL_PAUTH2) {
		/* A wrong one is made an address that does not exist, by two
		 * bits that tell of the key: 01 or 10. */
		if (pac != (ptr & field)) {
			unsigned int at = tbi ? 53 : 61;

			plain &= ~(UINT64_C(3) << at);
			plain |= (uint64_t)(b ? 2 : 1) << at;
		}
		cpu->mem_buf.d[0] = plain;
		return true;
	}
	ptr ^= pac;
	cpu->mem_buf.d[0] = ptr;
	if (ptr == plain ||
	    cpu->pauth.level < (combined ? LEVEL_FPACCOMBINE : LEVEL_FPAC))
		return true;
	cpu_raise_sync(cpu, i, EC_PAC_FAIL, (uint32_t)is_data(key) << 1 | b);
	return false;
}

/* ---- the bodies ---------------------------------------------------------- */

/* The key of @i is enabled. Without: the pointer stays as it is. */
static ALWAYS_INLINE bool key_enabled(const struct cpu *cpu,
				      const struct insn *i)
{
	return cpu->pac_keys >> i->aux & 1;
}

/* UNDEFINED: the instruction, without FEAT_PAuth. */
static bool undefined(struct cpu *cpu, const struct insn *i)
{
	if (likely(cpu->pauth.alg))
		return false;
	cpu_raise_undef(cpu, i);
	return true;
}

/* UNDEFINED: a key, in a VM without. */
static bool trapped(struct cpu *cpu, const struct insn *i)
{
	if (likely(!cpu->pauth.trapped))
		return false;
	cpu_raise_undef_trapped(cpu, i);
	return true;
}

/* False: an exception was taken. */
static __attribute__((noinline)) bool pac(struct cpu *cpu, const struct insn *i)
{
	if (trapped(cpu, i))
		return false;
	cpu->x[i->rd] = add_pac(cpu, cpu->x[i->ra], cpu->x[i->rn], i->aux);
	return true;
}

static __attribute__((noinline)) bool aut(struct cpu *cpu, const struct insn *i)
{
	if (trapped(cpu, i) ||
	    !authenticate(cpu, i, cpu->x[i->ra], cpu->x[i->rn], false))
		return false;
	cpu->x[i->rd] = cpu->mem_buf.d[0];
	return true;
}

/* The hints are in nearly every function of a kernel: they cost a test. */
static void exec_pac_hint(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(key_enabled(cpu, i)) && !pac(cpu, i))
		return;
	NEXT;
}

static void exec_aut_hint(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(key_enabled(cpu, i)) && !aut(cpu, i))
		return;
	NEXT;
}

static void exec_xpac_hint(struct cpu *cpu, const struct insn *i)
{
	if (cpu->pauth.alg)
		cpu->x[i->rd] = strip(cpu, cpu->x[i->ra], i->aux);
	NEXT;
}

static void exec_pac(struct cpu *cpu, const struct insn *i)
{
	if (undefined(cpu, i) || (key_enabled(cpu, i) && !pac(cpu, i)))
		return;
	NEXT;
}

static void exec_aut(struct cpu *cpu, const struct insn *i)
{
	if (undefined(cpu, i) || (key_enabled(cpu, i) && !aut(cpu, i)))
		return;
	NEXT;
}

static void exec_xpac(struct cpu *cpu, const struct insn *i)
{
	if (undefined(cpu, i))
		return;
	cpu->x[i->rd] = strip(cpu, cpu->x[i->ra], i->aux);
	NEXT;
}

static void exec_pacga(struct cpu *cpu, const struct insn *i)
{
	if (undefined(cpu, i) || trapped(cpu, i))
		return;
	cpu->x[i->rd] =
		compute_pac(cpu, cpu->x[i->rn], cpu->x[i->rm], PAUTH_GA) &
		GENMASK(63, 32);
	NEXT;
}

/*
 * Authentication by an instruction that uses the pointer at once: it is in
 * cpu->mem_buf.d[0]. False: an exception was taken.
 */
static __attribute__((noinline)) bool combined(struct cpu *cpu,
					       const struct insn *i,
					       uint64_t ptr, uint64_t modifier)
{
	if (undefined(cpu, i))
		return false;
	cpu->mem_buf.d[0] = ptr;
	if (!key_enabled(cpu, i))
		return true;
	return !trapped(cpu, i) && authenticate(cpu, i, ptr, modifier, true);
}

/* ---- loads --------------------------------------------------------------- */

static void exec_ldra(struct cpu *cpu, const struct insn *i)
{
	bool pre = i->op == A64_LDRA_pre;
	gva_t va;

	if (!combined(cpu, i, cpu->x[i->rn], 0))
		return;
	SP_CHECK;
	va = cpu->mem_buf.d[0] + i->imm;
	if (!mem_read_slow(cpu, i, va, MA_8 | MA_SF | (pre ? 0 : MA_ISV),
			   &cpu->mem_buf))
		return;
	cpu->x[i->rd] = cpu->mem_buf.d[0];
	if (pre)
		cpu->x[i->rn] = va;
	NEXT;
}

/* ---- branches ------------------------------------------------------------ */

/* BRAA, RETAA and theirs */
static void exec_bra(struct cpu *cpu, const struct insn *i)
{
	if (!combined(cpu, i, cpu->x[i->rn], cpu->x[i->rm]))
		return;
	JUMP(branch_address(cpu, cpu->mem_buf.d[0]));
}

/* BRAA by a core with FEAT_BTI */
static void exec_bra_typed(struct cpu *cpu, const struct insn *i)
{
	uint64_t va;

	if (!combined(cpu, i, cpu->x[i->rn], cpu->x[i->rm]))
		return;
	va = branch_address(cpu, cpu->mem_buf.d[0]);
	if (unlikely(!bti_branch(cpu, i, va)))
		RESUME(va);
	JUMP(va);
}

static void exec_blra(struct cpu *cpu, const struct insn *i)
{
	if (!combined(cpu, i, cpu->x[i->rn], cpu->x[i->rm]))
		return;
	cpu->x[30] = insn_pc(cpu, i) + 4;
	JUMP(branch_address(cpu, cpu->mem_buf.d[0]));
}

static void exec_blra_typed(struct cpu *cpu, const struct insn *i)
{
	uint64_t va;

	if (!combined(cpu, i, cpu->x[i->rn], cpu->x[i->rm]))
		return;
	cpu->x[30] = insn_pc(cpu, i) + 4;
	va = branch_address(cpu, cpu->mem_buf.d[0]);
	if (unlikely(!bti_branch(cpu, i, va)))
		RESUME(va);
	JUMP(va);
}

static void exec_ereta(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i) ||
	    !combined(cpu, i, cpu->sys.elr_el1, cpu->x[i->rm]))
		return;
	exception_return(cpu, cpu->mem_buf.d[0]);
	CONTINUE(cpu->pc);
}

/* ---- the choice ---------------------------------------------------------- */

insn_fn *pauth_body(const struct insn *i)
{
	switch (i->op) {
	case A64_PAC:
	case A64_PAC_zero: return exec_pac;
	case A64_AUT:
	case A64_AUT_zero: return exec_aut;
	case A64_XPAC: return exec_xpac;
	case A64_PACGA: return exec_pacga;
	case A64_PAC_1716:
	case A64_PAC_lr: return exec_pac_hint;
	case A64_AUT_1716:
	case A64_AUT_lr: return exec_aut_hint;
	case A64_XPACLRI: return exec_xpac_hint;
	case A64_LDRA:
	case A64_LDRA_pre: return exec_ldra;
	case A64_BRA:
	case A64_BRA_zero: return i->form ? exec_bra_typed : exec_bra;
	case A64_RETA: return exec_bra;
	case A64_BLRA:
	case A64_BLRA_zero: return i->form ? exec_blra_typed : exec_blra;
	case A64_ERETA: return exec_ereta;
	default: return NULL;
	}
}
