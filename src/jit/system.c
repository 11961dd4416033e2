/* SPDX-License-Identifier: MIT */
/*
 * Hints, barriers, maintenance of data caches, DC ZVA, and system registers that are
 * plain storage or PSTATE. The host's memory order is stronger than the guest's but
 * for a store that a load overtakes. All that an exception level forbids leaves by a
 * side exit.
 */
#include "jit/translate.h"

#include "cpu/sysreg.h"
#include "cpu/system.h"

static void emit_el1_check(struct translation *t)
{
	x86_op_rm_i8(&t->c, 0x80, X86_CMP, CPU_FIELD(el), 0);
	exit_here(t, x86_jcc(&t->c, CC_E));
	flags_lose(t);
}

/* Nothing to do: HINT, SB, ISB; DMB of loads or stores alone. */
static bool emit_nothing(struct translation *t, const struct insn *i)
{
	(void)t;
	(void)i;
	return true;
}

static bool emit_dmb(struct translation *t, const struct insn *i)
{
	(void)i;
	/* LOCK OR of zero on the stack: cheaper than MFENCE. */
	x86_byte(&t->c, 0xf0);
	x86_alu_mi(&t->c, X86_OR, 4, x86_at(RSP, 0), 0);
	flags_lose(t);
	return true;
}

/* Likewise, as long as this PE has sent nothing that it would wait for. */
static bool emit_dsb(struct translation *t, const struct insn *i)
{
	x86_op_rm_i8(&t->c, 0x80, X86_CMP, CPU_FIELD(unsynced), 0);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	emit_dmb(t, i);
	emit_edge(t, i->pgoff + 4);
	return true;
}

static bool emit_clrex(struct translation *t, const struct insn *i)
{
	(void)i;
	x86_op_rm_i8(&t->c, 0xc6, 0, CPU_FIELD(excl_valid), 0);
	return true;
}

/* PACIASP and theirs: nothing as long as their key is not enabled. */
static bool emit_pac_hint(struct translation *t, const struct insn *i)
{
	/* They stay as they are. */
	if (is_flat(t) && !t->cpu->pac_keys)
		return true;
	x86_test_m8i(&t->c, CPU_FIELD(pac_keys), 1 << i->aux);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
	return true;
}

static bool emit_xpac_hint(struct translation *t, const struct insn *i)
{
	(void)i;
	if (is_flat(t) && t->cpu->pauth.alg == CPU_PAUTH_NONE)
		return true;
	x86_alu_mi(&t->c, X86_CMP, 4, CPU_FIELD(pauth.alg), CPU_PAUTH_NONE);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
	return true;
}

/* ---- DC ------------------------------------------------------------------ */

/* Nothing but a fault if there is no memory to read. At EL1, where PAN would not
 * count: what it forbids is not in the TLB. EL0 may be forbidden to. */
static bool emit_dc_clean(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	struct x86_mem m;
	const uint8_t *at;

	if (!is_flat(t))
		emit_el1_check(t);
	greg_load(t, 8, RDI, i->rn);
	m = emit_access(t, RDI, 1, false);
	if (!is_flat(t))
		return true;
	at = x86_here(c);
	x86_load(c, 1, RAX, m);
	access_done(t, at);
	return true;
}

/* Of the 64 bytes around, at EL1; EL0 may be forbidden to. */
static bool emit_dc_zva(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	struct x86_mem m;

	if (!is_flat(t))
		emit_el1_check(t);
	greg_load(t, 8, RDI, i->rn);
	x86_alu_ri(c, X86_AND, 8, RDI, -64);
	flags_lose(t);
	m = emit_access(t, RDI, 64, true);
	for (unsigned int k = 0; k < 8; k++) {
		const uint8_t *at = x86_here(c);

		x86_store_i(c, 8, m, 0);
		access_done(t, at);
		m.disp += 8;
	}
	return true;
}

/* ---- registers ----------------------------------------------------------- */

/* Where it stands; leaves if that is not to be seen now. */
static struct x86_mem emit_plain(struct translation *t, const struct insn *i)
{
	size_t offset = 0;

	switch (msr_plain(i, &offset)) {
	case MSR_PLAIN_EL1: emit_el1_check(t); break;
	case MSR_PLAIN_SP_EL0:
		x86_load(&t->c, 1, RAX, CPU_FIELD(el));
		x86_op_rm(&t->c, 0x84 | X86_BYTE, RAX, CPU_FIELD(spsel));
		exit_here(t, x86_jcc(&t->c, CC_E));
		flags_lose(t);
		break;
	default: break;
	}
	return cpu_mem(offset);
}

static bool emit_mrs_plain(struct translation *t, const struct insn *i)
{
	struct x86_mem m = emit_plain(t, i);
	int d = greg_dst_host(i->rd, RAX);

	x86_load(&t->c, 8, d, m);
	greg_done(t, i->rd, d);
	return true;
}

static bool emit_msr_plain(struct translation *t, const struct insn *i)
{
	struct x86_mem m = emit_plain(t, i);

	x86_store(&t->c, 8, m, greg_src(t, i->rn, RAX));
	return true;
}

static bool emit_mrs_daif(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);

	emit_el1_check(t);
	x86_load(&t->c, 1, d, CPU_FIELD(daif));
	x86_shift_ri(&t->c, X86_SHL, 4, d, 6);
	greg_done(t, i->rd, d);
	return true;
}

static bool emit_daifset(struct translation *t, const struct insn *i)
{
	emit_el1_check(t);
	x86_op_rm_i8(&t->c, 0x80, X86_OR, CPU_FIELD(daif), i->imm);
	return true;
}

/* An interrupt may be unmasked: the body looks, if there is one at all. */
static void emit_no_interrupt(struct translation *t)
{
	x86_alu_mi(&t->c, X86_CMP, 4, CPU_FIELD(pins), 0);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	x86_op_rm_i8(&t->c, 0x80, X86_CMP, CPU_FIELD(serror_pending), 0);
	exit_here(t, x86_jcc(&t->c, CC_NE));
}

static bool emit_daifclr(struct translation *t, const struct insn *i)
{
	emit_el1_check(t);
	emit_no_interrupt(t);
	x86_op_rm_i8(&t->c, 0x80, X86_AND, CPU_FIELD(daif), ~i->imm);
	emit_edge(t, i->pgoff + 4);
	return true;
}

static bool emit_msr_daif(struct translation *t, const struct insn *i)
{
	emit_el1_check(t);
	emit_no_interrupt(t);
	greg_load(t, 4, RAX, i->rn);
	x86_shift_ri(&t->c, X86_SHR, 4, RAX, 6);
	x86_alu_ri(&t->c, X86_AND, 4, RAX, 15);
	x86_store(&t->c, 1, CPU_FIELD(daif), RAX);
	emit_edge(t, i->pgoff + 4);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

static bool is_daif(const struct insn *i)
{
	return i->imm == SYSREG_ENC(3, 3, 4, 2, 1);
}

static emit_fn *mrs_emitter(const struct insn *i)
{
	size_t offset;

	if (is_daif(i))
		return emit_mrs_daif;
	return msr_plain(i, &offset) ? emit_mrs_plain : NULL;
}

static emit_fn *msr_emitter(const struct insn *i)
{
	size_t offset;

	return msr_plain(i, &offset) ? emit_msr_plain : NULL;
}

/* A build that checks its TLBs counts them. */
static emit_fn *dsb_emitter(void)
{
#ifdef FAUXKVM_TLB_CHECK
	return NULL;
#else
	return emit_dsb;
#endif
}

emit_fn *system_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_HINT:
	case A64_SB:
	case A64_ISB: return emit_nothing;
	case A64_CLREX: return emit_clrex;
	case A64_DMB: return i->form == DMB_ALL ? emit_dmb : emit_nothing;
	case A64_PAC_lr:
	case A64_AUT_lr:
	case A64_PAC_1716:
	case A64_AUT_1716: return emit_pac_hint;
	case A64_XPACLRI: return emit_xpac_hint;
	case A64_DSB: return dsb_emitter();
	case A64_DC_CVAC:
	case A64_DC_CVAU:
	case A64_DC_CVAP:
	case A64_DC_CVADP:
	case A64_DC_CIVAC: return emit_dc_clean;
	case A64_DC_ZVA: return emit_dc_zva;
	case A64_MRS: return mrs_emitter(i);
	case A64_MSR_SP_EL0:
	case A64_MSR_SPSR_EL1:
	case A64_MSR_ELR_EL1:
	case A64_MSR_TPIDR_EL1:
	case A64_MSR_TPIDRRO_EL0:
	case A64_MSR_TPIDR_EL0: return msr_emitter(i);
	case A64_MSR_DAIF: return emit_msr_daif;
	case A64_MSR_imm_DAIFSet: return emit_daifset;
	case A64_MSR_imm_DAIFClr: return emit_daifclr;
	default: return NULL;
	}
}
