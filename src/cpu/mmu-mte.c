/* SPDX-License-Identifier: MIT */
/*
 * Allocation tags in memory, and the checks of accesses against them (Arm ARM
 * D10.4, pseudocode AArch64.CheckTag, AArch64.MemTag).
 *
 * Choices where the manual leaves one: a store exclusive is checked whether or
 * not the monitor lets it, a CAS as a store whether or not it compares; the
 * address of a failed check is the first byte that failed.
 *
 * Guest memory is touched here: see mmu.c on host faults. Data is written before
 * its tags, so that an instruction that starts over does the same again.
 */
#include <string.h>

#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/model.h"
#include "cpu/mte.h"
#include "isa/a64/operands.h"

#define ZVA_BYTES 64 /* DCZID_EL0 */

/* One byte each: no two PEs change the same. */
static unsigned int tag_get(const uint8_t *tag)
{
	return __atomic_load_n(tag, __ATOMIC_RELAXED);
}

/* Memory that nobody wrote is the host's page of zeroes, and stays it. */
static void tags_set(uint8_t *tags, unsigned int n, unsigned int tag)
{
	for (unsigned int k = 0; tags && k < n; k++)
		if (tag_get(&tags[k]) != tag)
			__atomic_store_n(&tags[k], tag, __ATOMIC_RELAXED);
}

/* ---- checks -------------------------------------------------------------- */

/* Of class SVE_LDST: a base, and no register beside it. */
static bool sve_has_base_alone(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_LDR_z:
	case A64_SVE_LDR_p:
	case A64_SVE_STR_z:
	case A64_SVE_STR_p:
	case A64_SVE_LD1_zi:
	case A64_SVE_LDNF1_zi:
	case A64_SVE_LDNT1_zi:
	case A64_SVE_LDN_zi:
	case A64_SVE_LD1RQ_zi:
	case A64_SVE_LD1R:
	case A64_SVE_ST1_zi:
	case A64_SVE_STNT1_zi:
	case A64_SVE_STN_zi: return true;
	default: return false;
	}
}

/* A base that is SP with no more than an immediate, and literals, are Tag
 * Unchecked (Arm ARM D10.4.1). */
static bool insn_is_checked(const struct insn *i)
{
	bool sp = i->rn == REG_SP;

	switch (insn_row(i->op)->class) {
	case INSN_LDST:
		switch (ldst_form_mode(i->form)) {
		case LDST_LITERAL: return false;
		case LDST_OFFSET:
		case LDST_UNPRIV: return !sp;
		default: return true;
		}
	case INSN_VLDST:
		switch (i->form & ~VLDST_LOAD) {
		case VLDST_LITERAL: return false;
		case VLDST_OFFSET: return !sp;
		case VLDST_WHOLE:
		case VLDST_INTERLEAVED:
		case VLDST_LANE:
		case VLDST_REPLICATE: return !sp || i->imm || i->rm != REG_ZR;
		default: return true;
		}
	case INSN_SVE_LDST: return !sp || !sve_has_base_alone(i);
	case INSN_ATOMIC: return !sp;
	case INSN_PAUTH: return !sp || i->op == A64_LDRA_pre;
	default: return true;
	}
}

/* TCR_EL1.TCMAn: tag 0 of the lower half, 15 of the upper matches all. */
static bool matches_all(const struct cpu *cpu, gva_t va)
{
	bool upper = va & BIT(55);

	return cpu->sys.tcr_el1 & (upper ? TCR_TCMA1 : TCR_TCMA0) &&
	       mte_tag(va) == (upper ? 15 : 0);
}

/* True: the access goes on. */
static COLD bool check_failed(struct cpu *cpu, const struct insn *i, gva_t va,
			      uint32_t ma)
{
	uint64_t sctlr = cpu->sys.sctlr_el1;
	bool el0 = mmu_access_mode(cpu, ma) == TLB_EL0;
	bool reads = !(ma & MA_WRITE) || (ma & MA_ATOMIC);
	struct mmu_fault f = {.fsc = FSC_TAG_CHECK};

	switch (el0 ? sctlr >> 38 & 3 : sctlr >> 40 & 3) {
	case MTE_TCF_ASYMM:
		if (!cpu_has(cpu, FEAT_MTE3))
			return true;
		if (!reads)
			break;
		/* fallthrough */
	case MTE_TCF_SYNC:
		return mmu_data_abort(cpu, i, va, &f,
				      ma & MA_WRITE && !reads ? ISS_WNR : 0);
	case MTE_TCF_ASYNC: break;
	default: return true;
	}
	*(el0 ? &cpu->sys.tfsre0_el1 : &cpu->sys.tfsr_el1) |= BIT(va >> 55 & 1);
	return true;
}

/* The first byte of @len at @va whose granule has another tag; @len: none has. */
static unsigned int first_mismatch(const uint8_t *tags, gva_t va,
				   unsigned int len)
{
	for (unsigned int at = 0; tags && at < len;
	     at = ALIGN_DOWN((va & 15) + at, MTE_GRANULE) + MTE_GRANULE -
		  (va & 15))
		if (tag_get(&tags[((va & 15) + at) / MTE_GRANULE]) !=
		    mte_tag(va))
			return at;
	return len;
}

bool mte_check(struct cpu *cpu, const struct insn *i, gva_t far,
	       unsigned int len, uint32_t ma, const struct mmu_xlat *x,
	       unsigned int first)
{
	unsigned int at;

	if (cpu->inert & PSR_TCO || cpu->isa || matches_all(cpu, far) ||
	    !insn_is_checked(i))
		return true;
	at = x[0].checked ? first_mismatch(x[0].tags, far, first) : first;
	if (at == first && first < len && x[1].checked)
		at += first_mismatch(x[1].tags, far + first, len - first);
	else if (at == first)
		return true;
	return at >= len || check_failed(cpu, i, far + at, ma);
}

/* ---- tags as data -------------------------------------------------------- */

/* Of the page of @va, for an access of @len bytes there; its tags only if the
 * level may access any. */
static bool xlat_tags(struct cpu *cpu, const struct insn *i, gva_t far,
		      gva_t va, unsigned int len, uint32_t ma,
		      struct mmu_xlat *x)
{
	cpu->cur = i;
	if (!mmu_xlat(cpu, i, va, far, ma | MA_1, true, x))
		return false;
	if (!x->host)
		return mmu_leave_mmio(cpu, i, far, x->pa, ma | MA_1, NULL);
	if (unlikely(debug_watch_access(cpu, i, far, len, cpu->el,
					ma & MA_WRITE ? WATCH_STORE
						      : WATCH_LOAD)))
		return false;
	if (!(cpu->mte.access >> cpu->el & 1))
		x->tags = NULL;
	/* The page has to be there. */
	(void)*(const volatile uint8_t *)x->host;
	return true;
}

/* Tags are stored at whole granules only. */
static bool is_aligned(struct cpu *cpu, const struct insn *i, gva_t far)
{
	struct mmu_fault f = {.fsc = FSC_ALIGNMENT};

	return !(far & (MTE_GRANULE - 1)) ||
	       mmu_data_abort(cpu, i, far, &f, ISS_WNR);
}

int mte_load_tag(struct cpu *cpu, const struct insn *i, gva_t far)
{
	struct mmu_xlat x;

	far &= ~UINT64_C(15);
	if (!xlat_tags(cpu, i, far, mmu_untag(cpu, far), MTE_GRANULE, 0, &x))
		return -1;
	return x.tags ? (int)tag_get(x.tags) : 0;
}

bool mte_store_tag(struct cpu *cpu, const struct insn *i, gva_t far,
		   unsigned int n, unsigned int tag, bool zero)
{
	struct mmu_xlat x[2];

	if (!is_aligned(cpu, i, far))
		return false;
	for (unsigned int k = 0; k < n; k++) {
		gva_t at = far + k * MTE_GRANULE;

		if (!xlat_tags(cpu, i, at, mmu_untag(cpu, at), MTE_GRANULE,
			       MA_WRITE, &x[k]))
			return false;
	}
	for (unsigned int k = 0; zero && k < n; k++)
		memset(x[k].host, 0, MTE_GRANULE);
	for (unsigned int k = 0; k < n; k++)
		tags_set(x[k].tags, 1, tag);
	return true;
}

bool mte_store_pair(struct cpu *cpu, const struct insn *i, gva_t far,
		    uint64_t lo, uint64_t hi)
{
	struct mmu_xlat x;

	if (!is_aligned(cpu, i, far) ||
	    !xlat_tags(cpu, i, far, mmu_untag(cpu, far), MTE_GRANULE, MA_WRITE,
		       &x))
		return false;
	mem_put(x.host, 3, lo);
	mem_put(x.host + 8, 3, hi);
	tags_set(x.tags, 1, mte_tag(far));
	return true;
}

static gva_t tags_block(const struct cpu *cpu, gva_t far)
{
	return mmu_untag(cpu, far) & ~(gva_t)(MTE_BLOCK_TAGS * MTE_GRANULE - 1);
}

bool mte_load_block(struct cpu *cpu, const struct insn *i, gva_t far,
		    uint64_t *data)
{
	struct mmu_xlat x;

	if (!xlat_tags(cpu, i, far, tags_block(cpu, far),
		       MTE_BLOCK_TAGS * MTE_GRANULE, 0, &x))
		return false;
	*data = 0;
	for (unsigned int k = 0; x.tags && k < MTE_BLOCK_TAGS; k++)
		*data |= (uint64_t)tag_get(&x.tags[k]) << 4 * k;
	return true;
}

bool mte_store_block(struct cpu *cpu, const struct insn *i, gva_t far,
		     uint64_t data)
{
	struct mmu_xlat x;

	if (!xlat_tags(cpu, i, far, tags_block(cpu, far),
		       MTE_BLOCK_TAGS * MTE_GRANULE, MA_WRITE, &x))
		return false;
	for (unsigned int k = 0; x.tags && k < MTE_BLOCK_TAGS; k++)
		tags_set(&x.tags[k], 1, data >> 4 * k & 15);
	return true;
}

bool mte_fill_block(struct cpu *cpu, const struct insn *i, gva_t far,
		    unsigned int tag, bool zero)
{
	gva_t va = mmu_untag(cpu, far) & ~(gva_t)(ZVA_BYTES - 1);
	struct mmu_xlat x;

	/* As DC ZVA, an alignment fault in Device memory. */
	if (!mmu_zero_allowed(cpu, i, far, va) ||
	    !xlat_tags(cpu, i, far, va, ZVA_BYTES, MA_WRITE, &x))
		return false;
	if (zero)
		memset(x.host, 0, ZVA_BYTES);
	tags_set(x.tags, ZVA_BYTES / MTE_GRANULE, tag);
	return true;
}
