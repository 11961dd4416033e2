/* SPDX-License-Identifier: MIT */
/*
 * Data accesses that miss the fast path of mem.h: TLB refill, alignment,
 * page crossing, tagged and unprivileged accesses, Device memory, MMIO, and
 * the faults of all of these (Arm ARM D8.15, D17.2.37 ESR_EL1).
 *
 * Order of checks: alignment that does not depend on the memory type, the
 * walk, alignment in Device memory, permission, stage 2 (RAM or not),
 * watchpoints. An access that crosses a page checks both pages first.
 *
 * Guest memory is touched here: see mmu.c on host faults.
 */
#include <string.h>

#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/flat.h"
#include "cpu/mem-device.h"
#include "cpu/a32/mmu.h"
#include "cpu/mte.h"
#include "cpu/pmu.h"
#include "isa/a64/operands.h"

/* Stage 2 faults as ESR_EL2 has them, for CPU_EXIT_NISV. */
#define S2_TRANSLATION 0x05
#define S2_PERMISSION  0x0f

/* ---- faults -------------------------------------------------------------- */

bool mmu_data_abort(struct cpu *cpu, const struct insn *i, gva_t va,
		    const struct mmu_fault *f, uint32_t iss)
{
	if (f->injected)
		iss = 0;
	counted_cut(cpu, i);
	iss |= f->fsc | (uint32_t)f->domain << ISS_DOMAIN_SHIFT;
	mmu_abort(cpu, insn_pc(cpu, i), va, cpu->el ? EC_DABT_CUR : EC_DABT_LOW,
		  iss, f);
	return false;
}

static struct mmu_fault permission_fault(const struct mmu_walk *w)
{
	return (struct mmu_fault){.fsc = FSC_PERMISSION + w->level,
				  .domain = w->domain};
}

static bool alignment_abort(struct cpu *cpu, const struct insn *i, gva_t va,
			    uint32_t iss)
{
	struct mmu_fault f = {.fsc = FSC_ALIGNMENT};

	return mmu_data_abort(cpu, i, va, &f, iss);
}

/* ISS.WnR. An atomic counts as a read where a read would have failed too. */
static uint32_t access_iss(uint32_t ma)
{
	return (ma & MA_WRITE) && !(ma & MA_ATOMIC) ? ISS_WNR : 0;
}

enum cpu_tlb_mode mmu_access_mode(const struct cpu *cpu, uint32_t ma)
{
	if (cpu->el == 0 || ((ma & MA_UNPRIV) && !cpu->uao))
		return TLB_EL0;
	return cpu->pan ? TLB_EL1_PAN : TLB_EL1;
}

/* The level with whose rights the access is made. */
static unsigned int access_el(const struct cpu *cpu, uint32_t ma)
{
	return mmu_access_mode(cpu, ma) == TLB_EL0 ? 0 : 1;
}

/* To a watchpoint. */
static unsigned int access_kind(uint32_t ma)
{
	if (ma & MA_ATOMIC)
		return WATCH_LOAD | WATCH_STORE;
	return ma & MA_WRITE ? WATCH_STORE : WATCH_LOAD;
}

static unsigned int mode_perm(unsigned int perm, enum cpu_tlb_mode mode)
{
	switch (mode) {
	case TLB_EL0: return perm >> 3 & 3; /* as PERM_R1, PERM_W1 */
	case TLB_EL1_PAN: return mmu_pan_takes(perm) ? 0 : perm & 3;
	default: return perm & 3;
	}
}

static bool is_device(const struct mmu_walk *w)
{
	return !(w->attr & 0xf0);
}

static bool walk(struct cpu *cpu, gva_t va, bool el0, struct mmu_walk *w,
		 struct mmu_fault *f)
{
	return el0 ? mmu_walk_el0(cpu, va, w, f) : mmu_walk(cpu, va, w, f);
}

/* ---- translation --------------------------------------------------------- */

/*
 * With costs, after a walk. False: that took until after the time at which
 * something happens, or the rest of the block will; the instruction starts over
 * from the run loop, with the walk paid for. (When debugged it goes on: it
 * counts as one step.)
 */
static COLD bool walk_pays(struct cpu *cpu, const struct insn *i, gva_t va,
			   const struct mmu_walk *w)
{
	if (!tlb_pay_data(cpu, va, w) || cpu->cycles <= cpu->limit ||
	    cpu->debug_slow)
		return true;
	cpu->pc = insn_pc(cpu, i);
	counted_cut(cpu, i);
	return false;
}

/* An access to Tagged memory, as far as it doesn't depend on the instruction. */
static bool access_is_checked(const struct cpu *cpu, enum cpu_tlb_mode mode,
			      gva_t va)
{
	return cpu->mte.checks >> mode & cpu->tbi >> (va >> 55 & 1) & 1;
}

/*
 * Is the page that @w led to Tagged? @x gets its tags, and whether an access is
 * compared with them.
 */
static COLD bool xlat_tags(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
			   const struct mmu_walk *w, struct mmu_xlat *x)
{
	const struct mmu_page *p =
		&cpu->mmu->pages[w->pa >> 12 & (MMU_PAGES_SIZE - 1)];

	if (w->attr != MTE_ATTR_TAGGED || !p->tags)
		return false;
	x->tags = p->tags + (w->pa & 0xfff) / MTE_GRANULE;
	x->checked = access_is_checked(cpu, mode, va);
	return true;
}

bool mmu_xlat(struct cpu *cpu, const struct insn *i, gva_t va, gva_t far,
	      uint32_t ma, bool aligned, struct mmu_xlat *x)
{
	enum cpu_tlb_mode mode = mmu_access_mode(cpu, ma);
	bool write = ma & MA_WRITE, tagged = false;
	struct mmu_fault f;
	struct mmu_walk w;
	unsigned int perm;
	uint8_t *page;

	x->tags = NULL;
	x->checked = false;
	if (unlikely(cpu->mmu->tagged_used) &&
	    tlb_find_tagged(cpu, mode, va, write, x)) {
		x->checked = access_is_checked(cpu, mode, va);
		cpu->mmu->slow_va = va;
		cpu->mmu->slow_host = x->host;
		return true;
	}
	if (!walk(cpu, va, mode == TLB_EL0, &w, &f))
		return mmu_data_abort(cpu, i, far, &f, access_iss(ma));
	if (cpu->costs && !walk_pays(cpu, i, va, &w))
		return false;
	if (!aligned && is_device(&w))
		return alignment_abort(cpu, i, far, access_iss(ma));
	/* PAN and friends are part of stage 1: nothing is checked when off. */
	perm = cpu->mmu->on ? mode_perm(w.perm, mode) : PERM_R1 | PERM_W1;
	if (!(perm & (write ? PERM_W1 : PERM_R1))) {
		f = permission_fault(&w);
		return mmu_data_abort(
			cpu, i, far, &f,
			write && (!(ma & MA_ATOMIC) || (perm & PERM_R1))
				? ISS_WNR
				: 0);
	}
	if (unlikely(write && w.clean)) {
		switch (mmu_note_write(cpu, &w, &f)) {
		case DESC_CHANGED:
			return mmu_xlat(cpu, i, va, far, ma, aligned, x);
		case DESC_READ_ONLY: return mmu_data_abort(cpu, i, far, &f, 0);
		case DESC_DONE: break;
		}
	}
	if (unlikely(w.pa >= cpu->env->ipa_limit)) {
		f = (struct mmu_fault){.fsc = FSC_EXTERNAL,
				       .injected = true,
				       .far_gpa = true,
				       .gpa = w.pa};
		return mmu_data_abort(cpu, i, far, &f, 0);
	}
	x->pa = w.pa;
	cpu->mmu->slow_va = va;
	cpu->mmu->slow_host = NULL;
	cpu->mmu->asking = true;
	page = mmu_page_host(cpu, w.pa, write);
	cpu->mmu->asking = false;
	if (unlikely(!page && cpu->leave)) {
		cpu->pc = insn_pc(cpu, i);
		counted_cut(cpu, i);
		return false;
	}
	x->host = page ? page + (w.pa & 0xfff) : NULL;
	if (!page && aligned)
		tlb_enter_no_ram(cpu, mode, va, &w, write);
	cpu->mmu->slow_host = x->host;
	if (unlikely(cpu->mte.access) && page)
		tagged = xlat_tags(cpu, mode, va, &w, x);
	if (!page || is_device(&w) || cpu->mmu->align ||
	    debug_watched(cpu, va & ~UINT64_C(0xfff), 0x1000))
		return true;
	if (!x->checked)
		tlb_enter(cpu, mode, va, &w, page, perm & PERM_R1, write);
	if (unlikely(tagged))
		tlb_enter_tagged(cpu, mode, va, &w, x, perm & PERM_R1, write);
	return true;
}

static COLD void leave_nisv(struct cpu *cpu, gpa_t pa, uint32_t ma)
{
	const uint8_t *ram = mmu_page_host(cpu, pa, false);
	struct cpu_exit *e = &cpu->exit;

	/* An atomic reads first: where the VMM provides pages on demand
	 * (userfaultfd), it is asked for this one. */
	if (ram && (ma & MA_ATOMIC))
		(void)*(const volatile uint8_t *)ram;
	e->nisv.gpa = pa;
	e->nisv.iss = ram ? S2_PERMISSION | (ma & MA_WRITE ? ISS_WNR : 0)
			  : S2_TRANSLATION | access_iss(ma);
	cpu_leave(cpu, CPU_EXIT_NISV);
}

/* Not RAM. One that reaches from RAM into what is not leaves with the whole
 * length where RAM ends: Linux has no more than the fault's address. */
bool mmu_leave_mmio(struct cpu *cpu, const struct insn *i, gva_t far, gpa_t pa,
		    uint32_t ma, const void *data)
{
	uint64_t value = 0;

	cpu->pc = insn_pc(cpu, i);
	counted_access_leaves(cpu, i);
	cpu->mmu->fault_va = far;
	if (unlikely(!(ma & MA_ISV) || MA_LOG2(ma) > 3)) {
		leave_nisv(cpu, pa, ma);
		return false;
	}
	if (ma & MA_WRITE)
		memcpy(&value, data, 1u << MA_LOG2(ma));
	mem_device_exit(cpu, i, pa, ma, value);
	return false;
}

/* With SCTLR_EL1.nAA what is nothing but ordered may be anywhere, too. */
static bool must_align(const struct cpu *cpu, gva_t va, uint32_t ma)
{
	bool ordered = !(ma & (MA_EXCL | MA_ATOMIC));

	if (cpu->mmu->align)
		return true;
	return (ma & MA_ALIGN) && !mem_is_within_16(cpu, va, ma) &&
	       !(ordered && !cpu->isa && cpu_has(cpu, FEAT_LSE2) &&
		 cpu->sys.sctlr_el1 & SCTLR_NAA);
}

/* ---- reads and writes ---------------------------------------------------- */

/* By a walk. */
static __attribute__((noinline)) bool access_walk(struct cpu *cpu,
						  const struct insn *i,
						  gva_t far, uint32_t ma,
						  void *buf)
{
	unsigned int l2 = MA_LOG2(ma), len = 1u << l2, first = len;
	bool aligned = !(far & (len - 1)), write = ma & MA_WRITE;
	gva_t va = mmu_untag(cpu, far), next;
	struct mmu_xlat x[2];

	if ((va & 0xfff) + len > 0x1000)
		first = 0x1000 - (va & 0xfff);
	if (!mmu_xlat(cpu, i, va, far, ma, aligned, &x[0]))
		return false;
	next = va + first;
	if (unlikely(cpu->mmu->a32))
		next = (uint32_t)next;
	if (first < len &&
	    !mmu_xlat(cpu, i, next, far + first, ma, aligned, &x[1]))
		return false;
	if (!x[0].host)
		return mmu_leave_mmio(cpu, i, far, x[0].pa, ma, buf);
	if (first < len && !x[1].host)
		return mmu_leave_mmio(cpu, i, far + first, x[1].pa, ma, buf);
	if (unlikely(debug_watch_access(cpu, i, far, len, access_el(cpu, ma),
					access_kind(ma))))
		return false;
	if (unlikely(x[0].checked || (first < len && x[1].checked)) &&
	    !mte_check(cpu, i, far, len, ma, x, first))
		return false;
	if (first == len) {
		if (write)
			mem_copy(x[0].host, buf, l2);
		else
			mem_copy(buf, x[0].host, l2);
	} else if (write) {
		memcpy(x[0].host, buf, first);
		memcpy(x[1].host, (uint8_t *)buf + first, len - first);
	} else {
		memcpy(buf, x[0].host, first);
		memcpy((uint8_t *)buf + first, x[1].host, len - first);
	}
	return true;
}

static bool access_slow(struct cpu *cpu, const struct insn *i, gva_t far,
			uint32_t ma, void *buf)
{
	unsigned int l2 = MA_LOG2(ma), len = 1u << l2;
	bool aligned = !(far & (len - 1)), write = ma & MA_WRITE;
	enum cpu_tlb_mode mode = mmu_access_mode(cpu, ma);
	gva_t va = mmu_untag(cpu, far);
	struct cpu_tlb_entry *e;
	gpa_t pa;

	cpu->cur = i;
	if (unlikely(!aligned && must_align(cpu, far, ma)))
		return alignment_abort(cpu, i, far, access_iss(ma));
	/* Tagged, unprivileged, or ordered: the TLB may still have it. */
	e = &cpu->tlbs[mode][va >> 12 & (CPU_TLB_SIZE - 1)];
	if ((write ? e->wtag : e->rtag) == mem_tag(cpu, va, len)) {
		tlb_check_data(cpu, e, va, write);
		if (write)
			mem_copy((void *)(va + e->addend), buf, l2);
		else
			mem_copy(buf, (const void *)(va + e->addend), l2);
		return true;
	}
	if (aligned && tlb_find_no_ram(cpu, mode, va, write, &pa))
		return mmu_leave_mmio(cpu, i, far, pa, ma, buf);
	return access_walk(cpu, i, far, ma, buf);
}

bool mem_read_slow(struct cpu *cpu, const struct insn *i, gva_t va, uint32_t ma,
		   void *buf)
{
	return access_slow(cpu, i, va, ma & ~(uint32_t)MA_WRITE, buf);
}

bool mem_write_slow(struct cpu *cpu, const struct insn *i, gva_t va,
		    uint32_t ma, const void *buf)
{
	return access_slow(cpu, i, va, ma | MA_WRITE, (void *)buf);
}

void *mem_host(struct cpu *cpu, const struct insn *i, gva_t far, uint32_t ma)
{
	unsigned int len = 1u << MA_LOG2(ma);
	gva_t va = mmu_untag(cpu, far);
	bool aligned = !(far & (len - 1));
	struct cpu_tlb_entry *e;
	struct mmu_xlat x;

	cpu->cur = i;
	if (unlikely(!aligned && must_align(cpu, far, ma | MA_ALIGN))) {
		alignment_abort(cpu, i, far, access_iss(ma));
		return NULL;
	}
	e = &cpu->tlbs[mmu_access_mode(cpu, ma)][va >> 12 & (CPU_TLB_SIZE - 1)];
	if (likely((ma & MA_WRITE ? e->wtag : e->rtag) == tlb_tag(cpu, va))) {
		tlb_check_data(cpu, e, va, ma & MA_WRITE);
		return (void *)(va + e->addend);
	}
	if (!mmu_xlat(cpu, i, va, far, ma, aligned, &x))
		return NULL;
	if (!x.host) {
		mmu_leave_mmio(cpu, i, far, x.pa, ma & ~(uint32_t)MA_ISV, NULL);
		return NULL;
	}
	if (unlikely(debug_watch_access(cpu, i, far, len, access_el(cpu, ma),
					access_kind(ma))))
		return NULL;
	if (unlikely(x.checked) && !mte_check(cpu, i, far, len, ma, &x, len))
		return NULL;
	return x.host;
}

/* ---- reads that don't fault ---------------------------------------------- */

/* As mmu_xlat() for a read; NULL: it is none that has no effects. */
static const uint8_t *probe_page(struct cpu *cpu, gva_t far, unsigned int len,
				 bool aligned)
{
	enum cpu_tlb_mode mode = mmu_access_mode(cpu, 0);
	gva_t va = mmu_untag(cpu, far);
	struct cpu_tlb_entry *e =
		&cpu->tlbs[mode][va >> 12 & (CPU_TLB_SIZE - 1)];
	struct mmu_fault f;
	struct mmu_walk w;
	const uint8_t *page;
	unsigned int perm;

	if (e->rtag == mem_tag(cpu, va, len)) {
		tlb_check_data(cpu, e, va, false);
		return (const uint8_t *)(va + e->addend);
	}
	if (!aligned && cpu->mmu->align)
		return NULL;
	if (!walk(cpu, va, mode == TLB_EL0, &w, &f) || is_device(&w) ||
	    w.pa >= cpu->env->ipa_limit || debug_watched(cpu, va, len))
		return NULL;
	/* It may be refused for any reason. */
	if (w.attr == MTE_ATTR_TAGGED && access_is_checked(cpu, mode, va))
		return NULL;
	perm = cpu->mmu->on ? mode_perm(w.perm, mode) : PERM_R1 | PERM_W1;
	page = perm & PERM_R1 ? mmu_page_host(cpu, w.pa, false) : NULL;
	return page ? page + (w.pa & 0xfff) : NULL;
}

bool mem_probe(struct cpu *cpu, const struct insn *i, gva_t va,
	       unsigned int log2, void *buf)
{
	unsigned int len = 1u << log2, first = 0x1000 - (va & 0xfff);
	bool aligned = !(va & (len - 1));
	const uint8_t *p, *rest = NULL;

	cpu->cur = i;
	first = first < len ? first : len;
	p = probe_page(cpu, va, first, aligned);
	if (p && first < len)
		rest = probe_page(cpu, va + first, len - first, aligned);
	if (!p || (first < len && !rest))
		return false;
	if (first == len) {
		mem_copy(buf, p, log2);
	} else {
		memcpy(buf, p, first);
		memcpy((uint8_t *)buf + first, rest, len - first);
	}
	return true;
}

/* ---- cache maintenance, DC ZVA, AT --------------------------------------- */

/* Whoever cleans a page does it line by line. PAN does not apply, but what the TLB
 * has of it does. */
static void va_op_enter(struct cpu *cpu, gva_t va, const struct mmu_walk *w)
{
	enum cpu_tlb_mode mode = mmu_access_mode(cpu, 0);
	unsigned int perm =
		cpu->mmu->on ? mode_perm(w->perm, mode) : PERM_R1 | PERM_W1;
	uint8_t *page;

	if (!(perm & PERM_R1) || is_device(w) || cpu->mmu->align ||
	    cpu->mte.access ||
	    debug_watched(cpu, va & ~UINT64_C(0xfff), 0x1000))
		return;
	page = mmu_page_host(cpu, w->pa, false);
	if (page)
		tlb_enter(cpu, mode, va, w, page, true, false);
}

/*
 * A maintenance instruction is a write in ESR.WnR whatever it needs. PAN does
 * not apply. Outside memory slots KVM skips it.
 */
bool mmu_va_op(struct cpu *cpu, const struct insn *i, gva_t far,
	       enum mmu_va_op op, gpa_t *pa)
{
	bool write = op == VA_OP_INVALIDATE;
	gva_t va = mmu_untag(cpu, far);
	struct cpu_tlb_entry *e = mem_tlb(cpu, va);
	struct mmu_fault f;
	struct mmu_walk w;
	unsigned int perm;

	cpu->cur = i;
	if (unlikely(cpu->env->flat))
		return flat_va_op(cpu, far, pa);
	if (!write && e->rtag == tlb_tag(cpu, va)) {
		tlb_check_data(cpu, e, va, false);
		if (pa)
			*pa = (e->attr & ~UINT64_C(0xfff)) | (va & 0xfff);
		return true;
	}
	if (!walk(cpu, va, !cpu->el, &w, &f))
		return mmu_data_abort(cpu, i, far, &f, ISS_CM | ISS_WNR);
	if (cpu->costs && !walk_pays(cpu, i, va, &w))
		return false;
	perm = cpu->el ? w.perm & 3 : w.perm >> 3 & 3;
	if (!(perm & (write ? PERM_W1 : PERM_R1))) {
		f = permission_fault(&w);
		return mmu_data_abort(cpu, i, far, &f, ISS_CM | ISS_WNR);
	}
	if (w.pa >= cpu->env->ipa_limit) {
		f = (struct mmu_fault){.fsc = FSC_EXTERNAL,
				       .injected = true,
				       .far_gpa = true,
				       .gpa = w.pa};
		return mmu_data_abort(cpu, i, far, &f, 0);
	}
	/* Of these it alone, which discards what was stored, is watched: the
	 * line. */
	if (write &&
	    unlikely(debug_watch_access(cpu, i, va & ~UINT64_C(63), 64, cpu->el,
					WATCH_STORE | WATCH_MAINTENANCE)))
		return false;
	if (pa)
		*pa = w.pa;
	if (!write)
		va_op_enter(cpu, va, &w);
	return true;
}

/* Not a cache maintenance instruction for ESR.CM. In Device memory an alignment
 * fault whatever the address. */
bool mmu_zero_allowed(struct cpu *cpu, const struct insn *i, gva_t far,
		      gva_t va)
{
	struct mmu_fault f;
	struct mmu_walk w;

	if (!walk(cpu, va, !cpu->el, &w, &f))
		return mmu_data_abort(cpu, i, far, &f, ISS_WNR);
	return !is_device(&w) || alignment_abort(cpu, i, far, ISS_WNR);
}

bool mmu_zero_block(struct cpu *cpu, const struct insn *i, gva_t far)
{
	gva_t va = mmu_untag(cpu, far) & ~UINT64_C(63);
	struct cpu_tlb_entry *e = mem_tlb(cpu, va);
	struct mmu_xlat x;

	cpu->cur = i;
	if (unlikely(cpu->env->flat))
		return flat_zero_block(cpu, far);
	if (likely(e->wtag == tlb_tag(cpu, va))) {
		tlb_check_data(cpu, e, va, true);
		memset((void *)(va + e->addend), 0, 64);
		return true;
	}
	if (!mmu_zero_allowed(cpu, i, far, va) ||
	    !mmu_xlat(cpu, i, va, far, MA_WRITE | MA_1, true, &x))
		return false;
	if (!x.host)
		return mmu_leave_mmio(cpu, i, far, x.pa, MA_WRITE | MA_1, NULL);
	if (unlikely(debug_watch_access(cpu, i, va, 64, cpu->el, WATCH_STORE)))
		return false;
	if (unlikely(x.checked) &&
	    !mte_check(cpu, i, far & ~UINT64_C(63), 64, MA_WRITE, &x, 64))
		return false;
	memset(x.host, 0, 64);
	return true;
}

static uint64_t par_of(const struct cpu *cpu, const struct mmu_walk *w)
{
	if (cpu->mmu->a32)
		return mmu_a32_par(cpu, w);
	return (uint64_t)w->attr << 56 | (w->pa & GENMASK(51, 12)) | BIT(11) |
	       BIT(9) | (uint64_t)mmu_walk_sh(w) << 7;
}

bool mmu_address_translate(struct cpu *cpu, const struct insn *i, gva_t va,
			   unsigned int at)
{
	enum cpu_tlb_mode mode = TLB_EL1;
	struct mmu_fault f;
	struct mmu_walk w;
	unsigned int perm;

	cpu->cur = i;
	if (!walk(cpu, mmu_untag(cpu, va), at & AT_EL0, &w, &f)) {
		if (f.injected)
			return mmu_data_abort(cpu, i, va, &f, 0);
	} else {
		if (at & AT_EL0)
			mode = TLB_EL0;
		else if ((at & AT_PAN) && cpu->pan && cpu->mmu->on)
			mode = TLB_EL1_PAN;
		perm = mode_perm(w.perm, mode);
		if (perm & (at & AT_WRITE ? PERM_W1 : PERM_R1)) {
			cpu->sys.par_el1 = par_of(cpu, &w);
			return true;
		}
		f = permission_fault(&w);
	}
	cpu->sys.par_el1 = cpu->mmu->a32 ? mmu_a32_par_fault(cpu, f.fsc)
					 : BIT(11) | (uint64_t)f.fsc << 1 | 1;
	return true;
}
