/* SPDX-License-Identifier: MIT */
/*
 * Stage 1 of the EL1&0 translation regime (Arm ARM D8): the decoded regime,
 * the table walk, and instruction fetch. Data accesses are in mmu-access.c.
 *
 * Stage 2 is the environment: a guest physical page either has host memory or
 * not. What KVM does about the latter (Linux 6.12) is modelled here for table
 * walks and fetches: it injects a synchronous external abort.
 *
 * Guest memory is touched here, so a host fault may leave any function by
 * longjmp: no lock is held and state is consistent before each access.
 */
#include "cpu/mmu.h"

#include <errno.h>
#include <stdlib.h>

#include "base/warn.h"
#include "cpu/a32/block.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/fast-tlb.h"
#include "cpu/flat.h"
#include "cpu/a32/mmu.h"
#include "cpu/mmu-internal.h"
#include "cpu/model.h"
#include "cpu/tlb-check.h"

/* ---- regime -------------------------------------------------------------- */

/* By ID_AA64MMFR0_EL1.PARange and TCR_EL1.IPS, whose reserved value is as the one
 * below it. */
static unsigned int address_bits(uint64_t field)
{
	static const uint8_t bits[8] = {32, 36, 40, 42, 44, 48, 52, 52};

	return bits[field & 7];
}

int mmu_init(struct cpu *cpu)
{
	cpu->mmu = calloc(1, sizeof(*cpu->mmu));
	if (!cpu->mmu)
		return -ENOMEM;
	cpu->mmu->ctx_next = CTX_FIRST;
	/* The core's own: what a VMM lets guests read changes no hardware. */
	cpu->mmu->pa_bits = address_bits(
		model_reset(cpu, cpu_sysreg_find(ENC_ID_AA64MMFR0)));
	tlb_flush_pages(cpu);
	return 0;
}

void mmu_destroy(struct cpu *cpu)
{
	free(cpu->mmu);
	cpu->mmu = NULL;
}

void mmu_host_fault(struct cpu *cpu, const void *host)
{
	struct cpu_mmu *mmu = cpu->mmu;
	uintptr_t off = (uintptr_t)host - (uintptr_t)mmu->slow_host;
	gva_t va = mmu->slow_va + off;

	if (!cpu->cur)
		mmu->fault_va = cpu->pc;
	else if (mmu->asking)
		mmu->fault_va = mmu->slow_va;
	else if (mmu->slow_host && !((va ^ mmu->slow_va) & ~UINT64_C(0xfff)))
		mmu->fault_va = va;
	else if (tlb_va_of(cpu, host, &va))
		mmu->fault_va = va;
	mmu->asking = false;
}

gva_t cpu_last_fault_va(const struct cpu *cpu)
{
	return cpu->mmu->fault_va;
}

/*
 * Reserved TGx values select 4 KiB. A TxSZ out of range is taken as the
 * nearest one in range (a choice the manual leaves).
 */
static void half_decode(const struct cpu *cpu, struct mmu_half *h,
			unsigned int txsz, unsigned int lg, unsigned int ips,
			bool epd, bool tbi)
{
	unsigned int stride = lg - 3, most = 39;

	if (cpu_has(cpu, FEAT_ST))
		most = lg == 16 ? 47 : 48;
	if (txsz < 16)
		txsz = 16;
	if (txsz > most)
		txsz = most;
	h->granule = lg;
	h->in_bits = 64 - txsz;
	h->level = 4 - (h->in_bits - lg + stride - 1) / stride;
	/* FEAT_LPA is of pages of 64 KiB alone. */
	h->wide = lg == 16 && cpu->mmu->pa_bits == 52;
	h->out_bits =
		min_u64(cpu->mmu->pa_bits, h->wide ? ips : min_u64(ips, 48));
	h->disabled = epd;
	h->tbi = tbi;
}

/* Of AArch64. */
static void regime_decode(struct cpu *cpu)
{
	static const uint8_t tg0[4] = {12, 16, 14, 12};
	static const uint8_t tg1[4] = {12, 14, 12, 16};
	struct cpu_mmu *m = cpu->mmu;
	uint64_t tcr = cpu->sys.tcr_el1;
	unsigned int ips = address_bits(FIELD(tcr, 34, 32));

	tcr &= ~cpu->tcr_absent;
	m->ha = tcr & TCR_HA;
	m->hd = m->ha && (tcr & TCR_HD);
	m->half[0].hpd = tcr & TCR_HPD0;
	m->half[1].hpd = tcr & TCR_HPD1;
	m->half[0].e0pd = tcr & TCR_E0PD0;
	m->half[1].e0pd = tcr & TCR_E0PD1;
	half_decode(cpu, &m->half[0], FIELD(tcr, 5, 0), tg0[FIELD(tcr, 15, 14)],
		    ips, tcr & BIT(7), tcr & BIT(37));
	half_decode(cpu, &m->half[1], FIELD(tcr, 21, 16),
		    tg1[FIELD(tcr, 31, 30)], ips, tcr & BIT(23), tcr & BIT(38));
	cpu->tbi = m->half[0].tbi | m->half[1].tbi << 1;
	cpu->tbi_code = cpu->tbi;
	if (cpu->pauth.alg)
		cpu->tbi_code &= ~FIELD(tcr, 52, 51);
}

/* Likewise, by the ASID that TCR_EL1.A1 chooses. */
static void contexts_choose(struct cpu *cpu)
{
	uint64_t tcr = cpu->sys.tcr_el1;
	struct cpu_mmu *m = cpu->mmu;

	if (m->on) {
		uint64_t ttbr =
			tcr & BIT(22) ? cpu->sys.ttbr1_el1 : cpu->sys.ttbr0_el1;
		uint16_t asid = ttbr >> 48;

		/* TCR_EL1.AS: 8-bit ASIDs */
		if (!(tcr & BIT(36)))
			asid &= 0xff;
		cpu->tlb_ctx[0] = tlb_context(cpu, asid);
		cpu->tlb_ctx[1] = m->upper_ng ? cpu->tlb_ctx[0] : CTX_UPPER;
	} else {
		cpu->tlb_ctx[0] = cpu->tlb_ctx[1] = CTX_MMU_OFF;
	}
}

/* They were @lower and @upper. */
static void contexts_changed(struct cpu *cpu, uint64_t lower, uint64_t upper)
{
	if (cpu->tlb_ctx[0] != lower)
		fast_tlb_flush_half(cpu, 0);
	if (cpu->tlb_ctx[1] != upper)
		fast_tlb_flush_half(cpu, 1);
	mmu_mode_changed(cpu);
}

void mmu_regime_changed(struct cpu *cpu)
{
	uint64_t lower = cpu->tlb_ctx[0], upper = cpu->tlb_ctx[1];
	uint64_t sctlr = cpu->sys.sctlr_el1;
	struct cpu_mmu *m = cpu->mmu;

	m->on = sctlr & SCTLR_M;
	m->wxn = sctlr & SCTLR_WXN;
	m->align = sctlr & SCTLR_A;
	sctlr &= ~cpu->sctlr_absent;
	cpu->el_big = (sctlr & SCTLR_E0E ? BIT(0) : 0) |
		      (sctlr & SCTLR_EE ? BIT(1) : 0);
	if (!cpu->isa)
		cpu->big = cpu->el_big >> cpu->el & 1;
	m->a32 = cpu_is_aarch32_el1(cpu);
	if (unlikely(m->a32)) {
		mmu_a32_regime(cpu);
	} else {
		regime_decode(cpu);
		contexts_choose(cpu);
	}
	contexts_changed(cpu, lower, upper);
}

void mmu_ttbr_changed(struct cpu *cpu)
{
	uint64_t lower = cpu->tlb_ctx[0], upper = cpu->tlb_ctx[1];

	if (unlikely(cpu->mmu->a32))
		mmu_a32_regime(cpu);
	else
		contexts_choose(cpu);
	contexts_changed(cpu, lower, upper);
}

/* ---- guest physical pages ------------------------------------------------ */

uint8_t *mmu_page_host(struct cpu *cpu, gpa_t gpa, bool write)
{
	gpa_t base = gpa & ~UINT64_C(0xfff);
	struct mmu_page *p = &cpu->mmu->pages[gpa >> 12 & (MMU_PAGES_SIZE - 1)];
	struct cpu_page page;
	int err;

	if (likely(p->gpa == base && (p->writable || !write)))
		return p->host;
	if (gpa >= cpu->env->ipa_limit)
		return NULL;
	page.tags = NULL;
	err = cpu->env->page(cpu, base, write, &page);
	if (err) {
		if (err == -EAGAIN)
			cpu_leave(cpu, CPU_EXIT_REQUEST);
		return NULL;
	}
	if (write && !page.writable)
		return NULL;
	*p = (struct mmu_page){base, page.host, page.tags, write};
	return page.host;
}

/* Of a page or block descriptor. */
#define DESC_AP_RO BIT(7)
#define DESC_AF    BIT(10)
#define DESC_DBM   BIT(51)
#define DESC_GP    BIT(50)

/* ---- walk ---------------------------------------------------------------- */

static bool fault(struct mmu_fault *f, unsigned int fsc, unsigned int level)
{
	*f = (struct mmu_fault){.fsc = fsc + level};
	return false;
}

/* The table of the walk is not RAM: Linux kvm_handle_guest_abort(). */
static bool fault_stage2_walk(struct cpu *cpu, struct mmu_fault *f, gpa_t gpa)
{
	*f = (struct mmu_fault){.fsc = FSC_EXTERNAL,
				.injected = true,
				.table = true,
				.far_gpa = gpa >= cpu->env->ipa_limit,
				.gpa = gpa};
	return false;
}

/* MMU off: flat, the address must be one that the core has. */
static bool walk_flat(struct cpu *cpu, gva_t va, struct mmu_walk *w,
		      struct mmu_fault *f)
{
	if (va >> cpu->mmu->pa_bits)
		return fault(f, FSC_ADDRESS_SIZE, 0);
	*w = (struct mmu_walk){
		.pa = va,
		.attr = 0,
		.lg = 12,
		.sh = 2,
		.perm = PERM_R1 | PERM_W1 | PERM_X1 | PERM_R0 | PERM_W0 |
			PERM_X0,
	};
	return true;
}

/*
 * @table collects APTable, XNTable, PXNTable of the levels above, in the
 * places of bits 62..59 of a descriptor.
 */
static unsigned int leaf_perm(const struct cpu_mmu *m, uint64_t desc,
			      uint64_t table)
{
	bool el0 = desc & BIT(6) && !(table & BIT(61));
	bool write = !(desc & BIT(7)) && !(table & BIT(62));
	bool uxn = (desc & BIT(54)) || (table & BIT(60));
	bool pxn = (desc & BIT(53)) || (table & BIT(59));
	unsigned int perm = PERM_R1 | (write ? PERM_W1 : 0);

	if (el0)
		perm |= PERM_R0 | (write ? PERM_W0 : 0);
	/* What EL0 can write, EL1 cannot execute. */
	if (!pxn && !(perm & PERM_W0) && !(m->wxn && (perm & PERM_W1)))
		perm |= PERM_X1;
	if (!uxn && !(m->wxn && (perm & PERM_W0)))
		perm |= PERM_X0;
	return perm;
}

/* Tables have the byte order of EL1. */
static uint64_t desc_order(const struct cpu *cpu, uint64_t desc)
{
	return unlikely(cpu->el_big & BIT(1)) ? __builtin_bswap64(desc) : desc;
}

static uint64_t desc_load(const struct cpu *cpu, const uint8_t *host, gpa_t pa)
{
	return desc_order(
		cpu, __atomic_load_n((const uint64_t *)(host + (pa & 0xff8)),
				     __ATOMIC_RELAXED));
}

/*
 * The page of a descriptor that changes. A walk is not left half way: the
 * environment that says EAGAIN has marked the page and is asked again, and the
 * PE leaves at the block's end.
 */
static uint8_t *desc_page(struct cpu *cpu, gpa_t pa)
{
	uint8_t *host = mmu_page_host(cpu, pa, true);

	while (unlikely(!host && cpu->leave)) {
		cpu->leave = false;
		cpu_request(cpu, CPU_REQ_KICK);
		host = mmu_page_host(cpu, pa, true);
	}
	return host;
}

/* FEAT_HAFDBS: the descriptor @old at @pa becomes @new if it is still there. */
static enum desc_update desc_update(struct cpu *cpu, gpa_t pa, uint64_t old,
				    uint64_t new)
{
	uint8_t *host = desc_page(cpu, pa);

	if (!host)
		return DESC_READ_ONLY;
	old = desc_order(cpu, old);
	new = desc_order(cpu, new);
	return __atomic_compare_exchange_n((uint64_t *)(host + (pa & 0xff8)),
					   &old, new, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED)
		       ? DESC_DONE
		       : DESC_CHANGED;
}

/* Bits of an address beyond the output size. */
static uint64_t too_large(const struct mmu_half *h, uint64_t addr)
{
	return addr >> h->out_bits;
}

/* Of the first table. */
static ALWAYS_INLINE uint64_t ttbr_address(const struct mmu_half *h,
					   uint64_t ttbr)
{
	if (unlikely(h->out_bits == 52))
		return (ttbr & GENMASK(47, 6)) | FIELD(ttbr, 5, 2) << 48;
	return ttbr & GENMASK(47, 1);
}

/* Of a table, or of a mapping of 1 << @lg bytes. */
static ALWAYS_INLINE uint64_t desc_address(const struct mmu_half *h,
					   uint64_t desc, unsigned int lg)
{
	uint64_t addr = desc & GENMASK(47, lg);

	return unlikely(h->wide) ? addr | FIELD(desc, 15, 12) << 48 : addr;
}

/* A page (@page: bit 1 of the descriptor) is at level 3, a block above it. */
static ALWAYS_INLINE bool leaf_possible(const struct mmu_half *h,
					unsigned int level, bool page)
{
	if (level == 3)
		return page;
	return level == 2 || (level == 1 && (h->granule == 12 || h->wide));
}

static ALWAYS_INLINE bool walk_leaf(struct cpu *cpu, const struct mmu_half *h,
				    gva_t va, gpa_t pa, uint64_t desc,
				    uint64_t table, unsigned int level,
				    unsigned int lg, struct mmu_walk *w,
				    struct mmu_fault *f)
{
	struct cpu_mmu *m = cpu->mmu;
	uint64_t out = desc_address(h, desc, lg);

	if (too_large(h, out))
		return fault(f, FSC_ADDRESS_SIZE, level);
	if (unlikely(!(desc & DESC_AF))) {
		if (!m->ha)
			return fault(f, FSC_ACCESS_FLAG, level);
		switch (desc_update(cpu, pa, desc, desc | DESC_AF)) {
		case DESC_READ_ONLY: return fault_stage2_walk(cpu, f, pa);
		case DESC_CHANGED: return mmu_walk(cpu, va, w, f);
		case DESC_DONE: desc |= DESC_AF;
		}
	}
	w->clean = m->hd && (desc & DESC_DBM) && (desc & DESC_AP_RO);
	w->desc = desc;
	w->desc_pa = pa;
	w->pa = out | (va & GENMASK(lg - 1, 0));
	w->attr = cpu->sys.mair_el1 >> (FIELD(desc, 4, 2) * 8);
	w->lg = lg;
	w->sh = FIELD(desc, 9, 8);
	w->level = level;
	w->perm = leaf_perm(m, w->clean ? desc & ~DESC_AP_RO : desc, table);
	w->domain = 0;
	w->ng = desc & BIT(11);
	w->gp = desc & DESC_GP;
	return true;
}

bool mmu_walk_el0(struct cpu *cpu, gva_t va, struct mmu_walk *w,
		  struct mmu_fault *f)
{
	const struct cpu_mmu *m = cpu->mmu;

	if (unlikely(m->half[va >> 55 & 1].e0pd) && m->on)
		return fault(f, FSC_TRANSLATION, 0);
	return mmu_walk(cpu, va, w, f);
}

bool mmu_walk(struct cpu *cpu, gva_t va, struct mmu_walk *w,
	      struct mmu_fault *f)
{
	struct cpu_mmu *m = cpu->mmu;
	unsigned int upper = va >> 55 & 1, level, lg, stride, bits;
	const struct mmu_half *h = &m->half[upper];
	uint64_t base, table = 0;

#ifdef FAUXKVM_TLB_CHECK
	m->age = (struct tlb_age){.entered = tlb_check_now(cpu)};
#endif
	if (!m->on)
		return walk_flat(cpu, va, w, f);
	if (unlikely(m->a32))
		return mmu_a32_walk(cpu, va, w, f);
	/* Above in_bits all zero or all one; mmu_untag() has seen to the tag. */
	if ((upper ? ~va : va) >> h->in_bits || h->disabled)
		return fault(f, FSC_TRANSLATION, 0);
	base = ttbr_address(h, upper ? cpu->sys.ttbr1_el1 : cpu->sys.ttbr0_el1);
	if (too_large(h, base))
		return fault(f, FSC_ADDRESS_SIZE, 0);
	stride = h->granule - 3;
	level = h->level;
	lg = h->granule + stride * (3 - level);
	bits = h->in_bits - lg;
	base &= ~(uint64_t)((8u << bits) - 1);
	for (;;) {
		uint64_t desc;
		gpa_t pa = base | (FIELD(va, lg + bits - 1, lg) << 3);
		uint8_t *host = mmu_page_host(cpu, pa, false);

		if (!host)
			return fault_stage2_walk(cpu, f, pa);
		desc = desc_load(cpu, host, pa);
		if (!(desc & 1))
			return fault(f, FSC_TRANSLATION, level);
		if (level == 3 || !(desc & 2)) {
			if (!leaf_possible(h, level, desc & 2))
				return fault(f, FSC_TRANSLATION, level);
			return walk_leaf(cpu, h, va, pa, desc, table, level, lg,
					 w, f);
		}
		base = desc_address(h, desc, h->granule);
		if (too_large(h, base))
			return fault(f, FSC_ADDRESS_SIZE, level);
		if (!h->hpd)
			table |= desc & GENMASK(62, 59);
		level++;
		lg -= stride;
		bits = stride;
	}
}

enum desc_update mmu_note_write(struct cpu *cpu, const struct mmu_walk *w,
				struct mmu_fault *f)
{
	enum desc_update done =
		desc_update(cpu, w->desc_pa, w->desc, w->desc & ~DESC_AP_RO);

	if (done == DESC_READ_ONLY)
		fault_stage2_walk(cpu, f, w->desc_pa);
	return done;
}

/* ---- aborts that are injected -------------------------------------------- */

/* Without vectors the first exception ends where no memory is, and what it was
 * is gone when the guest takes the next. */
static void tell_fetch(struct cpu *cpu, gva_t va, gpa_t pa)
{
	struct warned *w = domain_warned(cpu->domain);
	uint64_t vectors = cpu->sys.vbar_el1 & ~UINT64_C(0x7ff);

	if (cpu->isa == ISA_A64 && cpu->el && va - vectors < 0x800)
		warn_once(w, FKVM_FETCH_NOWHERE,
			  "the guest took an exception (ESR_EL1 %#llx, ELR_EL1 "
			  "%#llx), and its vector %#llx is at guest physical "
			  "address %#llx, where no memory slot is",
			  (unsigned long long)cpu->sys.esr_el1,
			  (unsigned long long)cpu->sys.elr_el1,
			  (unsigned long long)va, (unsigned long long)pa);
	else
		warn_once(w, FKVM_FETCH_NOWHERE,
			  "the guest's PC is %#llx, at guest physical address "
			  "%#llx, where no memory slot is",
			  (unsigned long long)va, (unsigned long long)pa);
}

/* None but the guest sees it. */
static void tell_injected(struct cpu *cpu, gva_t va, const struct mmu_fault *f,
			  bool fetch)
{
	struct warned *w = domain_warned(cpu->domain);

	if (!warnings_wanted())
		return;
	if (f->table)
		warn_once(w, FKVM_TABLE_NOWHERE,
			  "the guest's translation of %#llx needs a table at "
			  "guest physical address %#llx, where no memory slot "
			  "is",
			  (unsigned long long)va, (unsigned long long)f->gpa);
	else if (fetch)
		tell_fetch(cpu, va, f->gpa);
	else
		warn_once(w, FKVM_ACCESS_IPA,
			  "the guest accesses guest physical address %#llx, "
			  "and those of the VM end below %#llx",
			  (unsigned long long)f->gpa,
			  (unsigned long long)cpu->env->ipa_limit);
}

void mmu_abort(struct cpu *cpu, uint64_t ret, gva_t va, unsigned int ec,
	       uint32_t iss, const struct mmu_fault *f)
{
	uint64_t far =
		f->far_gpa ? (f->gpa & ~UINT64_C(0xfff)) | (va & 0xfff) : va;

	if (f->injected)
		tell_injected(cpu, va, f,
			      ec == EC_IABT_CUR || ec == EC_IABT_LOW);
	exception_sync(cpu, ret, ec, iss, &far);
	if (f->injected)
		exception_is_kvms(cpu);
}

/* ---- fetch --------------------------------------------------------------- */

static bool fetch_abort(struct cpu *cpu, gva_t va, const struct mmu_fault *f)
{
	mmu_abort(cpu, va, va, cpu->el ? EC_IABT_CUR : EC_IABT_LOW, f->fsc, f);
	return false;
}

/* A fetch from what is not RAM: Linux injects a prefetch abort. */
static bool fetch_no_ram(struct cpu *cpu, gva_t va, gpa_t pa)
{
	struct mmu_fault f = {.fsc = FSC_EXTERNAL,
			      .injected = true,
			      .far_gpa = pa >= cpu->env->ipa_limit,
			      .gpa = pa};

	return fetch_abort(cpu, va, &f);
}

static bool fetch_walk(struct cpu *cpu, gva_t va, gpa_t *pa,
		       const uint8_t **host)
{
	struct mmu_fault f;
	struct mmu_walk w;
	uint8_t *page;

	w.gp = false; /* of AArch32 */
	if (!(cpu->el ? mmu_walk(cpu, va, &w, &f)
		      : mmu_walk_el0(cpu, va, &w, &f)))
		return fetch_abort(cpu, va, &f);
	if (cpu->costs)
		tlb_pay_code(cpu, va, &w);
	if (!(w.perm & (cpu->el ? PERM_X1 : PERM_X0))) {
		fault(&f, FSC_PERMISSION, w.level);
		return fetch_abort(cpu, va, &f);
	}
	/* What is remembered of the page serves EL0 as well. */
	if (unlikely(cpu->mmu->half[va >> 55 & 1].e0pd))
		w.perm &= ~PERM_X0;
	page = mmu_page_host(cpu, w.pa, false);
	if (!page)
		return fetch_no_ram(cpu, va, w.pa);
	tlb_enter_code(cpu, va, &w, page);
	*pa = w.pa;
	*host = page + (w.pa & 0xfff);
	return true;
}

bool mmu_fetch(struct cpu *cpu, gva_t va, gpa_t *pa, const uint8_t **host)
{
	struct mmu_itlb_entry *e;

	if (unlikely(cpu->env->flat))
		return flat_fetch(cpu, va, pa, host);
	/* A branch with TBI drops the tag from the PC. */
	if (unlikely(cpu->tbi_code)) {
		va = branch_address(cpu, va);
		cpu->pc = va;
	}
	if (unlikely(va & 3) && cpu->isa != ISA_T32) {
		exception_sync(cpu, va, EC_PC_ALIGNMENT, 0, &va);
		return false;
	}
	e = &cpu->mmu->itlb[cpu->el][va >> 12 & (MMU_ITLB_SIZE - 1)];
	if (likely(e->tag == tlb_tag(cpu, va))) {
		*pa = (e->attr & ~UINT64_C(0xfff)) | (va & 0xfff);
		*host = e->host + (va & 0xfff);
		tlb_check_code(cpu, va, *pa, TLB_AGE(e));
#ifdef FAUXKVM_TLB_CHECK
		cpu->mmu->age = e->age;
#endif
	} else if (!fetch_walk(cpu, va, pa, host)) {
		return false;
	}
	return true;
}

#ifdef FAUXKVM_TLB_CHECK
struct tlb_age mmu_fetch_age(const struct cpu *cpu)
{
	return cpu->mmu->age;
}

#endif
