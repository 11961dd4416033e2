/* SPDX-License-Identifier: MIT */
/*
 * VMSAv8-32 (Arm ARM G5.4 Short-descriptor format, G5.5 Long-descriptor format,
 * G5.7 memory attributes): see mmu.h.
 *
 * Domains: what DACR says is in effect at once, without TLB maintenance, and
 * kernels write it at each exception. So a translation is entered with the
 * rights that DACR gave then, and its context stands for ASID and DACR.
 *
 * Faults have the codes of AArch64 and of the Long-descriptor format, with the
 * level: what DFSR and IFSR have of them in the Short one is made by
 * mmu_a32_fsr().
 *
 * Guest memory is touched here: see mmu.c on host faults.
 */
#include "cpu/a32/mmu.h"

#include <string.h>

#include "cpu/exec.h"

/* Rights as AP[2:0] gives them, with AP[0] set where it is the access flag. */
static const uint8_t perm_of_ap[8] = {
	[1] = PERM_R1 | PERM_W1,
	[2] = PERM_R1 | PERM_W1 | PERM_R0,
	[3] = PERM_R1 | PERM_W1 | PERM_R0 | PERM_W0,
	[5] = PERM_R1,
	[6] = PERM_R1 | PERM_R0,
	[7] = PERM_R1 | PERM_R0,
};
#define PERM_MANAGER (0x3f | PERM_NO_PAN)

/* ---- regime -------------------------------------------------------------- */

/* Place of DACR's value in a context; may make all contexts new. */
static unsigned int dacr_index(struct cpu *cpu)
{
	struct cpu_mmu *m = cpu->mmu;
	uint32_t dacr = cpu->sys.dacr32_el2;
	unsigned int k;

	for (k = 0; k < m->nr_dacrs; k++)
		if (m->dacrs[k] == dacr)
			return k;
	if (k == MMU_DACRS) {
		tlb_forget_contexts(cpu);
		m->nr_dacrs = k = 0;
	}
	m->dacrs[k] = dacr;
	m->nr_dacrs++;
	return k;
}

static unsigned int a32_context(struct cpu *cpu)
{
	uint64_t ttbr = cpu->sys.tcr_el1 & TTBCR_A1 ? cpu->sys.ttbr1_el1
						    : cpu->sys.ttbr0_el1;

	if (mmu_a32_is_long(cpu))
		return tlb_context(cpu, FIELD(ttbr, 55, 48));
	return tlb_context(cpu, dacr_index(cpu) << MMU_ASID_BITS_A32 |
					(cpu->sys.contextidr_el1 & 0xff));
}

void mmu_a32_regime(struct cpu *cpu)
{
	struct cpu_mmu *m = cpu->mmu;

	m->ha = m->hd = false;
	memset(m->half, 0, sizeof(m->half));
	cpu->tbi = cpu->tbi_code = 0;
	/* There is no upper half. */
	cpu->tlb_ctx[0] = m->on ? a32_context(cpu) : CTX_MMU_OFF;
	cpu->tlb_ctx[1] = cpu->tlb_ctx[0];
}

/* ---- what both formats share --------------------------------------------- */

static bool fault(struct mmu_fault *f, unsigned int fsc, unsigned int level,
		  unsigned int domain)
{
	*f = (struct mmu_fault){.fsc = fsc + level, .domain = domain};
	return false;
}

/* A walk's table is not RAM: as in mmu.c. */
static bool fault_table(struct cpu *cpu, struct mmu_fault *f, gpa_t gpa)
{
	*f = (struct mmu_fault){.fsc = FSC_EXTERNAL,
				.injected = true,
				.table = true,
				.far_gpa = gpa >= cpu->env->ipa_limit,
				.gpa = gpa};
	return false;
}

/*
 * Pseudocode AArch32.CheckPermission: what cannot be read cannot be executed;
 * WXN and UWXN take execution from what can be written.
 */
static unsigned int add_execute(const struct cpu *cpu, unsigned int perm,
				bool xn, bool pxn)
{
	bool wxn = cpu->sys.sctlr_el1 & SCTLR_WXN;
	bool uwxn = cpu->sys.sctlr_el1 & SCTLR_A32_UWXN;

	if (xn)
		return perm;
	if ((perm & PERM_R0) && !(wxn && (perm & PERM_W0)))
		perm |= PERM_X0;
	if ((perm & PERM_R1) && !pxn && !(wxn && (perm & PERM_W1)) &&
	    !(uwxn && (perm & PERM_W0)))
		perm |= PERM_X1;
	return perm;
}

/* ---- Long-descriptor format ---------------------------------------------- */

struct long_base {
	uint64_t ttbr;
	uint8_t in_bits;
	bool disabled;
	bool hpd; /* tables give no permissions */
};

/* Pseudocode AArch32.TranslationTableWalkLD: which base register. */
static bool long_base(const struct cpu *cpu, uint32_t va, struct long_base *b)
{
	uint64_t ttbcr = cpu->sys.tcr_el1 & ~mmu_a32_ttbcr_absent(cpu);
	unsigned int t0 = FIELD(ttbcr, 2, 0), t1 = FIELD(ttbcr, 18, 16);
	bool t2e = ttbcr & TTBCR_T2E;
	bool found = false;

	if (!t0 || !(va >> (32 - t0))) {
		*b = (struct long_base){cpu->sys.ttbr0_el1, 32 - t0,
					ttbcr & TTBCR_EPD0,
					t2e && (ttbcr & TCR_HPD0)};
		found = true;
	}
	if (t1 ? !(~va >> (32 - t1)) : !found) {
		*b = (struct long_base){cpu->sys.ttbr1_el1, 32 - t1,
					ttbcr & TTBCR_EPD1,
					t2e && (ttbcr & TCR_HPD1)};
		found = true;
	}
	return found;
}

static unsigned int long_level(const struct long_base *b)
{
	return b->in_bits > 30 ? 1 : 2;
}

static bool long_leaf(const struct cpu *cpu, uint32_t va, uint64_t desc,
		      uint64_t table, unsigned int level, struct mmu_walk *w,
		      struct mmu_fault *f)
{
	unsigned int lg = 12 + 9 * (3 - level), ap = FIELD(desc, 7, 6) << 1;

	if (desc & GENMASK(47, 40))
		return fault(f, FSC_ADDRESS_SIZE, level, 0);
	if (!(desc & BIT(10)))
		return fault(f, FSC_ACCESS_FLAG, level, 0);
	/* APTable, XNTable and PXNTable of all the tables above. */
	if (table & BIT(61))
		ap &= ~2u;
	if (table & BIT(62))
		ap |= 4;
	*w = (struct mmu_walk){
		.pa = (desc & GENMASK(39, lg)) | (va & GENMASK(lg - 1, 0)),
		.attr = cpu->sys.mair_el1 >> (FIELD(desc, 4, 2) * 8),
		.lg = lg,
		.sh = FIELD(desc, 9, 8),
		.level = level,
		.perm = add_execute(cpu, perm_of_ap[ap | 1],
				    (desc & BIT(54)) || (table & BIT(60)),
				    (desc & BIT(53)) || (table & BIT(59))),
		.ng = desc & BIT(11),
	};
	return true;
}

static uint64_t load_64(const struct cpu *cpu, const uint8_t *host, gpa_t pa)
{
	uint64_t val = __atomic_load_n((const uint64_t *)(host + (pa & 0xff8)),
				       __ATOMIC_RELAXED);

	return cpu->sys.sctlr_el1 & SCTLR_EE ? __builtin_bswap64(val) : val;
}

static bool walk_long(struct cpu *cpu, uint32_t va, struct mmu_walk *w,
		      struct mmu_fault *f)
{
	struct long_base b;
	uint64_t base, table = 0;
	unsigned int level, bits;

	if (!long_base(cpu, va, &b) || b.disabled)
		return fault(f, FSC_TRANSLATION, 1, 0);
	level = long_level(&b);
	bits = b.in_bits - (12 + 9 * (3 - level));
	base = b.ttbr & GENMASK(47, 3 + bits);
	if (base & GENMASK(47, 40))
		return fault(f, FSC_ADDRESS_SIZE, 0, 0);
	for (;; level++, bits = 9) {
		unsigned int lg = 12 + 9 * (3 - level);
		gpa_t pa = base | FIELD(va, lg + bits - 1, lg) << 3;
		uint8_t *host = mmu_page_host(cpu, pa, false);
		uint64_t desc;

		if (!host)
			return fault_table(cpu, f, pa);
		desc = load_64(cpu, host, pa);
		if (!(desc & 1) || (level == 3 && !(desc & 2)))
			return fault(f, FSC_TRANSLATION, level, 0);
		if (level == 3 || !(desc & 2))
			return long_leaf(cpu, va, desc, table, level, w, f);
		if (desc & GENMASK(47, 40))
			return fault(f, FSC_ADDRESS_SIZE, level, 0);
		base = desc & GENMASK(39, 12);
		if (!b.hpd)
			table |= desc & GENMASK(62, 59);
	}
}

/* ---- Short-descriptor format --------------------------------------------- */

#define ATTR_SO     0x00 /* Device-nGnRnE, as MAIR_ELx has it */
#define ATTR_DEVICE 0x04 /* Device-nGnRE */

/* Cacheability of one level: a nibble of MAIR_ELx. */
static const uint8_t cache_attr[4] = {
	0x4, /* Non-cacheable */
	0xf, /* Write-Back, Write-Allocate */
	0xa, /* Write-Through */
	0xe, /* Write-Back, no Write-Allocate */
};

enum { SH_NON = 0, SH_OUTER = 2, SH_INNER = 3 };

/* TEX, C and B with TEX remap: PRRR and NMRR (G5.7.3). */
static void attr_remapped(const struct cpu *cpu, unsigned int tex_cb, bool s,
			  struct mmu_walk *w)
{
	uint32_t prrr = cpu->sys.mair_el1, nmrr = cpu->sys.mair_el1 >> 32;
	unsigned int n = tex_cb & 7, type = prrr >> 2 * n & 3;
	bool shared;

	if (type != 2) {
		w->attr = type == 1 ? ATTR_DEVICE : ATTR_SO;
		w->sh = SH_OUTER;
		return;
	}
	w->attr = cache_attr[nmrr >> (2 * n + 16) & 3] << 4 |
		  cache_attr[nmrr >> 2 * n & 3];
	shared = prrr >> (s ? 19 : 18) & 1;
	w->sh = !shared ? SH_NON : prrr >> (24 + n) & 1 ? SH_INNER : SH_OUTER;
}

/* Without (G5.7.2). What is reserved there is Normal and not cached. */
static void attr_plain(unsigned int tex_cb, bool s, struct mmu_walk *w)
{
	static const uint8_t attr[16] = {
		ATTR_SO,     ATTR_DEVICE, 0xaa, 0xee, 0x44, 0x44, 0x44, 0xff,
		ATTR_DEVICE, 0x44,        0x44, 0x44, 0x44, 0x44, 0x44, 0x44,
	};

	if (tex_cb & 16)
		w->attr = cache_attr[tex_cb >> 2 & 3] << 4 |
			  cache_attr[tex_cb & 3];
	else
		w->attr = attr[tex_cb];
	if (!(w->attr & 0xf0))
		w->sh = SH_OUTER;
	else
		w->sh = s ? SH_OUTER : SH_NON;
}

/* A leaf's fields, wherever its format has them. */
struct short_leaf {
	uint8_t tex_cb, ap; /* TEX:C:B, AP[2:0] */
	bool s, ng, xn, pxn;
};

static bool short_leaf(const struct cpu *cpu, const struct short_leaf *l,
		       unsigned int level, unsigned int domain,
		       struct mmu_walk *w, struct mmu_fault *f)
{
	unsigned int access = cpu->sys.dacr32_el2 >> 2 * domain & 3;
	unsigned int ap = l->ap;

	if (cpu->sys.sctlr_el1 & SCTLR_A32_AFE) {
		if (!(ap & 1))
			return fault(f, FSC_ACCESS_FLAG, level, domain);
		ap |= 1;
	}
	if (!(access & 1))
		return fault(f, FSC_DOMAIN, level, domain);
	w->level = level;
	w->domain = domain;
	w->ng = l->ng;
	w->perm = access == 3 ? PERM_MANAGER
			      : add_execute(cpu, perm_of_ap[ap], l->xn, l->pxn);
	if (cpu->sys.sctlr_el1 & SCTLR_A32_TRE)
		attr_remapped(cpu, l->tex_cb, l->s, w);
	else
		attr_plain(l->tex_cb, l->s, w);
	return true;
}

static bool short_section(const struct cpu *cpu, uint32_t va, uint32_t desc,
			  struct mmu_walk *w, struct mmu_fault *f)
{
	const struct short_leaf l = {
		.tex_cb = FIELD(desc, 14, 12) << 2 | FIELD(desc, 3, 2),
		.ap = FIELD(desc, 15, 15) << 2 | FIELD(desc, 11, 10),
		.s = desc & BIT(16),
		.ng = desc & BIT(17),
		.xn = desc & BIT(4),
		.pxn = desc & BIT(0),
	};
	unsigned int domain = FIELD(desc, 8, 5);

	*w = (struct mmu_walk){0};
	if (desc & BIT(18)) { /* a supersection, of domain 0 */
		w->lg = 24;
		w->pa = (desc & GENMASK(31, 24)) | FIELD(desc, 23, 20) << 32 |
			(uint64_t)domain << 36;
		domain = 0;
	} else {
		w->lg = 20;
		w->pa = desc & GENMASK(31, 20);
	}
	w->pa |= va & GENMASK(w->lg - 1, 0);
	return short_leaf(cpu, &l, 1, domain, w, f);
}

static bool short_page(const struct cpu *cpu, uint32_t va, uint32_t desc,
		       uint32_t table, struct mmu_walk *w, struct mmu_fault *f)
{
	bool small = desc & 2;
	const struct short_leaf l = {
		.tex_cb = (small ? FIELD(desc, 8, 6) : FIELD(desc, 14, 12))
				  << 2 |
			  FIELD(desc, 3, 2),
		.ap = FIELD(desc, 9, 9) << 2 | FIELD(desc, 5, 4),
		.s = desc & BIT(10),
		.ng = desc & BIT(11),
		.xn = desc & (small ? BIT(0) : BIT(15)),
		.pxn = table & BIT(2),
	};

	*w = (struct mmu_walk){.lg = small ? 12 : 16};
	w->pa = (desc & GENMASK(31, w->lg)) | (va & GENMASK(w->lg - 1, 0));
	return short_leaf(cpu, &l, 2, FIELD(table, 8, 5), w, f);
}

static bool load_32(struct cpu *cpu, gpa_t pa, uint32_t *val,
		    struct mmu_fault *f)
{
	uint8_t *host = mmu_page_host(cpu, pa, false);

	if (!host)
		return fault_table(cpu, f, pa);
	*val = __atomic_load_n((const uint32_t *)(host + (pa & 0xffc)),
			       __ATOMIC_RELAXED);
	if (cpu->sys.sctlr_el1 & SCTLR_EE)
		*val = __builtin_bswap32(*val);
	return true;
}

static bool walk_short(struct cpu *cpu, uint32_t va, struct mmu_walk *w,
		       struct mmu_fault *f)
{
	uint32_t ttbcr = cpu->sys.tcr_el1, table, desc;
	unsigned int n = ttbcr & TTBCR_N;
	bool upper = n && va >> (32 - n);
	uint32_t base = upper ? cpu->sys.ttbr1_el1 : cpu->sys.ttbr0_el1;

	if (ttbcr & (upper ? TTBCR_PD1 : TTBCR_PD0))
		return fault(f, FSC_TRANSLATION, 1, 0);
	if (upper)
		n = 0;
	base &= GENMASK(31, 14 - n);
	if (!load_32(cpu, base | FIELD(va, 31 - n, 20) << 2, &table, f))
		return false;
	switch (table & 3) {
	case 0: return fault(f, FSC_TRANSLATION, 1, 0);
	case 1: break;
	default: return short_section(cpu, va, table, w, f);
	}
	base = table & GENMASK(31, 10);
	if (!load_32(cpu, base | FIELD(va, 19, 12) << 2, &desc, f))
		return false;
	if (!(desc & 3))
		return fault(f, FSC_TRANSLATION, 2, FIELD(table, 8, 5));
	return short_page(cpu, va, desc, table, w, f);
}

/* ---- walk ---------------------------------------------------------------- */

bool mmu_a32_walk(struct cpu *cpu, gva_t va, struct mmu_walk *w,
		  struct mmu_fault *f)
{
	return mmu_a32_is_long(cpu) ? walk_long(cpu, va, w, f)
				    : walk_short(cpu, va, w, f);
}

unsigned int mmu_a32_level(const struct cpu *cpu, gva_t va)
{
	struct long_base b;

	if (!mmu_a32_is_long(cpu) || !long_base(cpu, va, &b))
		return 1;
	return long_level(&b);
}

/* ---- fault status and PAR ------------------------------------------------ */

/* FS of the Short-descriptor format (table G8-29, DFSR): bit 4 is DFSR[10]. */
static unsigned int short_fs(unsigned int fsc)
{
	unsigned int second = fsc & 2 ? 2 : 0;

	switch (fsc & ~3u) {
	case FSC_TRANSLATION: return 0x05 + second;
	case FSC_ACCESS_FLAG: return second ? 0x06 : 0x03;
	case FSC_PERMISSION: return 0x0d + second;
	case FSC_DOMAIN: return 0x09 + second;
	}
	switch (fsc) {
	case FSC_ALIGNMENT: return 0x01;
	case FSC_DEBUG: return 0x02;
	case FSC_ASYNC_EXTERNAL: return 0x16;
	default: return 0x08; /* synchronous external abort */
	}
}

uint32_t mmu_a32_fsr(const struct cpu *cpu, uint32_t iss)
{
	unsigned int fsc = FIELD(iss, 5, 0), fs;
	uint32_t fsr = (iss & BIT(6) ? BIT(11) : 0) | /* WnR */
		       (iss & BIT(9) ? BIT(12) : 0) | /* ExT */
		       (iss & BIT(8) ? BIT(13) : 0);  /* CM */

	if (mmu_a32_is_long(cpu))
		return fsr | BIT(9) | fsc;
	fs = short_fs(fsc);
	return fsr | (fs & 16) << 6 | (fs & 15) |
	       FIELD(iss, ISS_DOMAIN_SHIFT + 3, ISS_DOMAIN_SHIFT) << 4;
}

/* PAR.Inner of the Short-descriptor format, by a nibble of MAIR_ELx. */
static unsigned int par_inner(const struct mmu_walk *w)
{
	if (!(w->attr & 0xf0))
		return w->attr == ATTR_SO ? 1 : 3;
	switch (w->attr & 15) {
	case 0x4: return 0;
	case 0xf: return 5;
	case 0xa: return 6;
	default: return 7;
	}
}

static unsigned int par_outer(const struct mmu_walk *w)
{
	for (unsigned int k = 1; k < ARRAY_SIZE(cache_attr); k++)
		if (w->attr >> 4 == cache_attr[k])
			return k;
	return 0;
}

#define PAR_NS BIT(9)

uint64_t mmu_a32_par(const struct cpu *cpu, const struct mmu_walk *w)
{
	uint64_t par = PAR_NS;

	if (mmu_a32_is_long(cpu))
		return par | BIT(11) | (w->pa & GENMASK(39, 12)) |
		       (uint64_t)w->attr << 56 | (uint64_t)mmu_walk_sh(w) << 7;
	par |= par_inner(w) << 4 | par_outer(w) << 2;
	if (w->sh != SH_NON)
		par |= BIT(7);
	if (w->sh == SH_INNER)
		par |= BIT(10);
	if (w->lg == 24)
		return par | (w->pa & GENMASK(31, 24)) |
		       FIELD(w->pa, 39, 32) << 16 | BIT(1);
	return par | (w->pa & GENMASK(31, 12));
}

uint64_t mmu_a32_par_fault(const struct cpu *cpu, unsigned int fsc)
{
	if (mmu_a32_is_long(cpu))
		return BIT(11) | (uint64_t)fsc << 1 | 1;
	return (uint64_t)short_fs(fsc) << 1 | 1;
}
