/* SPDX-License-Identifier: MIT */
/*
 * Stage 1 translation: the walk for every granule and level, permissions,
 * fault codes and their order, alignment, the MMU off. Expectations are from
 * Arm ARM D8.
 */
#include "engines.h"
#include "mmu-env.h"

/* ---- walks --------------------------------------------------------------- */

static uint64_t tcr_for(unsigned int granule, unsigned int in_bits)
{
	static const uint64_t tg0[] = {[12] = 0, [14] = 2, [16] = 1};
	static const uint64_t tg1[] = {[12] = 2, [14] = 1, [16] = 3};
	unsigned int txsz = 64 - in_bits;

	return TCR_T0SZ(txsz) | TCR_T1SZ(txsz) | tg0[granule] << 14 |
	       tg1[granule] << 30 | TCR_IPS(5) | TCR_AS;
}

static void use(const struct space *s, bool upper)
{
	set_sys(e, ENC_MAIR, TEST_MAIR);
	set_sys(e, ENC_TCR, tcr_for(s->granule, s->in_bits));
	set_sys(e, upper ? ENC_TTBR1 : ENC_TTBR0, s->root);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | 1);
	flush(e);
}

static bool leaf_allowed(unsigned int granule, unsigned int level)
{
	return level == 3 || level == 2 || (level == 1 && granule != 14);
}

/* A block or page whose output is its own size times three, so that bits of
 * the input and the output differ. */
static void check_leaf(unsigned int granule, unsigned int in_bits,
		       unsigned int level, bool upper)
{
	unsigned int lg = granule + (granule - 3) * (3 - level);
	uint64_t out = (UINT64_C(3) << lg) & GENMASK(47, lg), off, va;
	struct mmu_fault f;
	struct mmu_walk w;
	struct space s;

	e->table_next = TABLE_PA;
	s = space_new(e, granule, in_bits);
	va = (UINT64_C(0x5555555555555) << lg) & GENMASK(in_bits - 1, lg);
	if (upper)
		va |= ~GENMASK(in_bits - 1, 0);
	space_map(e, &s, va, out, level, PTE_DEFAULT);
	use(&s, upper);
	off = BIT(lg) - 8;
	if (!leaf_allowed(granule, level)) {
		ck_assert(!mmu_walk(&e->cpu, va, &w, &f));
		ck_assert_uint_eq(f.fsc, FSC_TRANSLATION + level);
		return;
	}
	ck_assert_msg(mmu_walk(&e->cpu, va + off, &w, &f),
		      "granule %u, %u bits, level %u: fsc %#x", granule,
		      in_bits, level, f.fsc);
	ck_assert_uint_eq(w.pa, out + off);
	ck_assert_uint_eq(w.lg, lg);
	ck_assert_uint_eq(w.level, level);
	/* The neighbour has no entry at this level. */
	ck_assert(!mmu_walk(&e->cpu, va ^ BIT(lg), &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_TRANSLATION + level);
}

START_TEST(walk_every_leaf)
{
	static const unsigned int granules[] = {12, 14, 16};

	for (unsigned int g = 0; g < 3; g++)
		for (unsigned int bits = 25; bits <= 48; bits++) {
			struct space s = {granules[g], bits, 0};

			for (unsigned int l = space_level(&s); l <= 3; l++) {
				unsigned int stride = s.granule - 3;
				unsigned int lg = s.granule + stride * (3 - l);

				/* The mapping is smaller than the space. */
				if (lg >= bits)
					continue;
				check_leaf(s.granule, bits, l, false);
				check_leaf(s.granule, bits, l, true);
			}
		}
}
END_TEST

START_TEST(walk_fault_at_each_level)
{
	struct mmu_fault f;
	struct mmu_walk w;
	gva_t va = UINT64_C(0x123456789000);

	for (unsigned int level = 0; level <= 3; level++) {
		ram_put(e, space_entry(e, &lo, va, level), 0);
		flush(e);
		ck_assert(!mmu_walk(&e->cpu, va, &w, &f));
		ck_assert_uint_eq(f.fsc, FSC_TRANSLATION + level);
		ck_assert(!f.injected);
	}
	/* Level 3 needs bits 1:0 == 3. */
	ram_put(e, space_entry(e, &lo, va, 3), DATA_PA | PTE_DEFAULT | 1);
	ck_assert(!mmu_walk(&e->cpu, va, &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_TRANSLATION + 3);
	ram_put(e, space_entry(e, &lo, va, 3), DATA_PA | PTE_DEFAULT | 3);
	ck_assert(mmu_walk(&e->cpu, va, &w, &f));
	/* No access flag. */
	ram_put(e, space_entry(e, &lo, va, 3),
		(DATA_PA | PTE_DEFAULT | 3) & ~PTE_AF);
	ck_assert(!mmu_walk(&e->cpu, va, &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_ACCESS_FLAG + 3);
}
END_TEST

START_TEST(walk_range_and_epd)
{
	struct mmu_fault f;
	struct mmu_walk w;

	space_map(e, &hi, 0xffff000000001000, DATA_PA, 3, PTE_DEFAULT);
	ck_assert(mmu_walk(&e->cpu, 0xffff000000001000, &w, &f));
	ck_assert(!mmu_walk(&e->cpu, 0xfffe000000001000, &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_TRANSLATION);
	ck_assert(!mmu_walk(&e->cpu, 0x0001000000001000, &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_TRANSLATION);
	/* Bit 55 selects the half, also where the top byte disagrees. */
	ck_assert(!mmu_walk(&e->cpu, 0x00ff000000001000, &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_TRANSLATION);
	set_sys(e, ENC_TCR, TCR_4K | TCR_EPD1);
	ck_assert(!mmu_walk(&e->cpu, 0xffff000000001000, &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_TRANSLATION);
	ck_assert(mmu_walk(&e->cpu, CODE_PA, &w, &f));
	set_sys(e, ENC_TCR, TCR_4K | TCR_EPD0);
	ck_assert(!mmu_walk(&e->cpu, CODE_PA, &w, &f));
	ck_assert_uint_eq(f.fsc, FSC_TRANSLATION);
}
END_TEST

/* FEAT_E0PD: a half without EL0, whatever its pages say. */
START_TEST(half_without_el0)
{
	uint64_t val;

	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT | PTE_AP(1));
	space_map(e, &hi, 0xffff000000010000, DATA_PA, 3,
		  PTE_DEFAULT | PTE_AP(1));
	for (unsigned int half = 0; half < 2; half++) {
		gva_t va = half ? 0xffff000000010000 : 0x10000;

		set_sys(e, ENC_TCR, TCR_4K | BIT(55 + half));
		flush(e);
		cpu_set_pstate(&e->cpu, 0);
		ck_assert(!access_at(e, va, MA_8, &val));
		ck_assert_uint_eq(esr_iss(e), FSC_TRANSLATION);
		cpu_set_pstate(&e->cpu, 0x3c5);
		ck_assert(access_at(e, va, MA_8, &val));
		cpu_set_pstate(&e->cpu, 0);
		ck_assert(access_at(e, va ^ 0xffff000000000000, MA_8, &val));
		ck_assert(!access_at(e, va, MA_8, &val));
		cpu_set_pstate(&e->cpu, 0x3c5);
		ck_assert(!access_at(e, va, MA_8 | MA_UNPRIV, &val));
		ck_assert_uint_eq(esr_iss(e), FSC_TRANSLATION);
	}
}
END_TEST

START_TEST(walk_address_size)
{
	static const unsigned int bits[] = {32, 36, 40, 42, 44};
	gva_t va = UINT64_C(0x8000000000);
	struct mmu_fault f;
	struct mmu_walk w;

	for (unsigned int k = 0; k < ARRAY_SIZE(bits); k++) {
		uint64_t tcr = (TCR_4K & ~TCR_IPS(7)) | TCR_IPS(k);
		gpa_t big = BIT(bits[k]);

		set_sys(e, ENC_TCR, tcr);
		set_sys(e, ENC_TTBR0, lo.root);
		for (unsigned int level = 1; level <= 3; level++) {
			gpa_t ent = space_entry(e, &lo, va, level);

			/* Output of a leaf. */
			ram_put(e, ent,
				big | PTE_DEFAULT | (level == 3 ? 3 : 1));
			ck_assert(!mmu_walk(&e->cpu, va, &w, &f));
			ck_assert_uint_eq(f.fsc, FSC_ADDRESS_SIZE + level);
			/* Address of a table. */
			if (level < 3) {
				ram_put(e, ent, big | 3);
				ck_assert(!mmu_walk(&e->cpu, va, &w, &f));
				ck_assert_uint_eq(f.fsc,
						  FSC_ADDRESS_SIZE + level);
			}
			ram_put(e, ent, 0);
		}
		set_sys(e, ENC_TTBR0, big | lo.root);
		ck_assert(!mmu_walk(&e->cpu, va, &w, &f));
		ck_assert_uint_eq(f.fsc, FSC_ADDRESS_SIZE);
	}
}
END_TEST

static bool fails(gva_t va, unsigned int fsc, gpa_t injected)
{
	struct mmu_fault f;
	struct mmu_walk w;

	return !mmu_walk(&e->cpu, va, &w, &f) && f.fsc == fsc &&
	       f.injected == !!injected && (!injected || f.gpa == injected);
}

/* FEAT_LPA: descriptors of 64 KiB have bits 51 to 48 of an address in 15 to 12,
 * TTBR has them in 5 to 2. */
START_TEST(walk_52_bits)
{
	const uint64_t tcr = tcr_for(16, 48) & ~TCR_IPS(7);
	const gva_t va = UINT64_C(0x123456780000);
	struct mmu_fault f;
	struct mmu_walk w;
	struct space s;
	gpa_t ent;

	e->table_next = TABLE_PA;
	s = space_new(e, 16, 48);
	use(&s, false);
	for (unsigned int level = 1; level <= 3; level++) {
		unsigned int lg = 16 + 13 * (3 - level);

		ent = space_entry(e, &s, va, level);
		ram_put(e, ent, 0xa000 | PTE_DEFAULT | (level == 3 ? 3 : 1));
		set_sys(e, ENC_TCR, tcr | TCR_IPS(6));
		ck_assert(mmu_walk(&e->cpu, va, &w, &f));
		ck_assert_uint_eq(w.pa, (UINT64_C(0xa) << 48) |
						(va & GENMASK(lg - 1, 0)));
		set_sys(e, ENC_TCR, tcr | TCR_IPS(5));
		ck_assert(fails(va, FSC_ADDRESS_SIZE + level, 0));
		if (level < 3) {
			set_sys(e, ENC_TCR, tcr | TCR_IPS(6));
			ram_put(e, ent, 0x3003);
			ck_assert(
				fails(va, FSC_EXTERNAL,
				      UINT64_C(3) << 48 |
					      FIELD(va, lg - 1, lg - 13) << 3));
			set_sys(e, ENC_TCR, tcr | TCR_IPS(5));
			ck_assert(fails(va, FSC_ADDRESS_SIZE + level, 0));
		}
		ram_put(e, ent, 0);
	}
	/* Of smaller addresses TTBR's bits say nothing. */
	ram_put(e, ent, DATA_PA | PTE_DEFAULT | 3);
	ent = space_entry(e, &s, va, 1);
	space_map(e, &s, va, 0, 1, PTE_DEFAULT);
	set_sys(e, ENC_TTBR0, s.root | 0x3c);
	ck_assert(mmu_walk(&e->cpu, va, &w, &f));
	set_sys(e, ENC_TCR, tcr | TCR_IPS(6));
	ck_assert(fails(va, FSC_EXTERNAL, UINT64_C(0xf) << 48 | ent));
	/* Nor to a core that has no such addresses. */
	set_sys(e, ENC_TTBR0, s.root);
	e->cpu.mmu->pa_bits = 48;
	set_sys(e, ENC_TCR, tcr | TCR_IPS(5));
	ck_assert(fails(va, FSC_TRANSLATION + 1, 0));
}
END_TEST

/* ---- permissions --------------------------------------------------------- */

/* Rights of an AP value: EL1 write, EL0 read, EL0 write (D8.4.1). */
static const struct {
	bool w1, r0, w0;
} ap_rights[4] = {
	{true, false, false},
	{true, true, true},
	{false, false, false},
	{false, true, false},
};

struct who {
	const char *name;
	unsigned int el;
	bool pan, unpriv, uao;
};

static const struct who whos[] = {
	{"EL1", 1, false, false, false},
	{"EL1 PAN", 1, true, false, false},
	{"EL1 LDTR", 1, false, true, false},
	{"EL1 LDTR PAN", 1, true, true, false},
	{"EL1 LDTR UAO", 1, false, true, true},
	{"EL1 LDTR UAO PAN", 1, true, true, true},
	{"EL0", 0, false, false, false},
	{"EL0 LDTR", 0, false, true, false},
};

static bool data_allowed(const struct who *w, unsigned int ap, bool write)
{
	if (w->el == 0 || (w->unpriv && !w->uao))
		return write ? ap_rights[ap].w0 : ap_rights[ap].r0;
	if (w->pan && ap_rights[ap].r0)
		return false;
	return !write || ap_rights[ap].w1;
}

static void be(const struct who *w)
{
	if (w->el)
		go_el1(e);
	else
		go_el0(e);
	e->cpu.pan = w->pan;
	e->cpu.uao = w->uao;
	mmu_mode_changed(&e->cpu);
}

static void check_data(const struct who *w, unsigned int ap, gva_t va,
		       bool write)
{
	uint32_t ma =
		MA_8 | (write ? MA_WRITE : 0) | (w->unpriv ? MA_UNPRIV : 0);
	uint64_t val = 0x1122334455667788;
	bool ok;

	/* Twice: the second time may hit the TLB. */
	for (unsigned int n = 0; n < 2; n++) {
		be(w);
		ok = access_at(e, va, ma, &val);
		ck_assert_msg(ok == data_allowed(w, ap, write),
			      "%s ap %u write %d: %d", w->name, ap, write, ok);
		if (ok)
			continue;
		ck_assert_uint_eq(esr_ec(e), w->el ? EC_DABT_CUR : EC_DABT_LOW);
		ck_assert_uint_eq(esr_iss(e), 0x0f | (write ? 1 << 6 : 0));
		ck_assert_uint_eq(e->cpu.sys.far_el1, va);
		ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
	}
}

START_TEST(permission_data)
{
	gva_t va = 0x10000;

	for (unsigned int ap = 0; ap < 4; ap++) {
		space_map(e, &lo, va, DATA_PA, 3, PTE_DEFAULT | PTE_AP(ap));
		flush(e);
		for (unsigned int w = 0; w < ARRAY_SIZE(whos); w++) {
			check_data(&whos[w], ap, va, false);
			check_data(&whos[w], ap, va, true);
		}
		/* The other order, TLB filled by the other users. */
		for (unsigned int w = ARRAY_SIZE(whos); w-- > 0;) {
			check_data(&whos[w], ap, va, true);
			check_data(&whos[w], ap, va, false);
		}
	}
}
END_TEST

static bool fetch_allowed(unsigned int el, unsigned int ap, bool xn, bool wxn)
{
	if (xn)
		return false;
	if (el == 0)
		return !(wxn && ap_rights[ap].w0);
	return !ap_rights[ap].w0 && !(wxn && ap_rights[ap].w1);
}

static void check_fetch(unsigned int el, gva_t va, bool allowed)
{
	const uint8_t *host;
	gpa_t pa;
	bool ret;

	if (el)
		go_el1(e);
	else
		go_el0(e);
	e->cpu.pc = va;
	ret = mmu_fetch(&e->cpu, va, &pa, &host);
	ck_assert(ret == allowed);
	if (allowed) {
		ck_assert_uint_eq(pa, DATA_PA);
		return;
	}
	ck_assert_uint_eq(esr_ec(e), el ? EC_IABT_CUR : EC_IABT_LOW);
	ck_assert_uint_eq(esr_iss(e), 0x0f);
	ck_assert_uint_eq(e->cpu.sys.far_el1, va);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, va);
}

START_TEST(permission_fetch)
{
	gva_t va = 0x10000;

	for (unsigned int k = 0; k < 32; k++) {
		unsigned int ap = k & 3;
		bool pxn = k & 4, uxn = k & 8, wxn = k & 16;

		space_map(e, &lo, va, DATA_PA, 3,
			  PTE_DEFAULT | PTE_AP(ap) | (pxn ? PTE_PXN : 0) |
				  (uxn ? PTE_UXN : 0));
		set_sys(e, ENC_SCTLR,
			(e->cpu.sys.sctlr_el1 & ~BIT(19)) |
				(wxn ? BIT(19) : 0));
		flush(e);
		check_fetch(1, va, fetch_allowed(1, ap, pxn, wxn));
		check_fetch(0, va, fetch_allowed(0, ap, uxn, wxn));
		/* PAN does not touch fetches. */
		go_el1(e);
		e->cpu.pan = 1;
		mmu_mode_changed(&e->cpu);
		check_fetch(1, va, fetch_allowed(1, ap, pxn, wxn));
	}
}
END_TEST

START_TEST(permission_hierarchy)
{
	gva_t va = UINT64_C(0x18000200000);
	unsigned int level = _i + 0;
	gpa_t ent;
	uint64_t val = 0;

	space_map(e, &lo, va, DATA_PA, 3, PTE_DEFAULT | PTE_AP(1));
	ent = space_entry(e, &lo, va, level);
	/* APTable[0]: no EL0. */
	ram_put(e, ent, ram_get(e, ent) | BIT(61));
	go_el0(e);
	ck_assert(!access_at(e, va, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x0f);
	go_el1(e);
	ck_assert(access_at(e, va, MA_8 | MA_WRITE, &val));
	/* APTable[1]: no write. */
	ram_put(e, ent, (ram_get(e, ent) & ~BIT(61)) | BIT(62));
	flush(e);
	ck_assert(!access_at(e, va, MA_8 | MA_WRITE, &val));
	ck_assert(access_at(e, va, MA_8, &val));
	go_el0(e);
	ck_assert(access_at(e, va, MA_8, &val));
	/* PXNTable, UXNTable: bit 59, 60. AP[2] set so that EL1 could. */
	space_map(e, &lo, va, DATA_PA, 3, PTE_DEFAULT | PTE_AP(3));
	ram_put(e, ent, (ram_get(e, ent) & ~BIT(62)) | BIT(59));
	flush(e);
	check_fetch(1, va, false);
	check_fetch(0, va, true);
	ram_put(e, ent, (ram_get(e, ent) & ~BIT(59)) | BIT(60));
	flush(e);
	check_fetch(1, va, true);
	check_fetch(0, va, false);
}
END_TEST

START_TEST(permission_level)
{
	gva_t va = UINT64_C(0x40000000) << (_i == 1 ? 1 : 2);
	uint64_t val = 0;

	space_map(e, &lo, va, UINT64_C(0x40000000), _i,
		  PTE_DEFAULT | PTE_AP(2));
	ck_assert(access_at(e, va + 0x100000, MA_8, &val));
	ck_assert(!access_at(e, va + 0x100000, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(esr_iss(e), (0x0c + _i) | 1 << 6);
}
END_TEST

/* ---- alignment and crossing ---------------------------------------------- */

START_TEST(alignment)
{
	uint64_t val = 0;

	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT);
	space_map(e, &lo, 0x11000, DATA_PA, 3, PTE_AF | PTE_ATTR(ATTR_DEVICE));
	space_map(e, &lo, 0x12000, DATA_PA, 3,
		  PTE_AF | PTE_ATTR(ATTR_DEVICE) | PTE_AP(2));
	ck_assert(access_at(e, 0x10001, MA_8, &val));
	/* MA_ALIGN, with FEAT_LSE2. */
	e->cpu.absent &= ~BIT(FEAT_LSE2);
	ck_assert(access_at(e, 0x10008, MA_8 | MA_ALIGN | MA_EXCL, &val));
	ck_assert(access_at(e, 0x10001, MA_8 | MA_ALIGN | MA_EXCL, &val));
	ck_assert(!access_at(e, 0x10009, MA_8 | MA_ALIGN | MA_EXCL, &val));
	ck_assert_uint_eq(esr_iss(e), 0x21);
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x10009);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | SCTLR_NAA);
	ck_assert(access_at(e, 0x10009, MA_8 | MA_ALIGN, &val));
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 & ~SCTLR_NAA);
	ck_assert(!access_at(e, 0x10009, MA_8 | MA_ALIGN, &val));
	/* Without. */
	e->cpu.absent |= BIT(FEAT_LSE2);
	ck_assert(!access_at(e, 0x10001, MA_8 | MA_ALIGN, &val));
	ck_assert_uint_eq(esr_iss(e), 0x21);
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x10001);
	ck_assert(access_at(e, 0x10008, MA_8 | MA_ALIGN, &val));
	/* Device. */
	ck_assert(access_at(e, 0x11008, MA_8, &val));
	ck_assert(!access_at(e, 0x11004, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(esr_iss(e), 0x21 | 1 << 6);
	ck_assert(access_at(e, 0x11004, MA_4, &val));
	/* By memory type it comes before the permission, */
	ck_assert(!access_at(e, 0x12004, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(esr_iss(e), 0x21 | 1 << 6);
	/* but after the translation, */
	ck_assert(!access_at(e, 0x13004, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x07);
	/* which comes after the one that does not depend on the type. */
	ck_assert(!access_at(e, 0x13004, MA_8 | MA_ALIGN, &val));
	ck_assert_uint_eq(esr_iss(e), 0x21);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | 2);
	ck_assert(!access_at(e, 0x10001, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x21);
	ck_assert(access_at(e, 0x10010, MA_8, &val));
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 & ~BIT(1));
	ck_assert(access_at(e, 0x10001, MA_8, &val));
}
END_TEST

START_TEST(crossing)
{
	uint64_t val = 0x8877665544332211, got;

	/* Pages next to each other that are not so physically. */
	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT);
	space_map(e, &lo, 0x11000, DATA_PA + 0x5000, 3, PTE_DEFAULT);
	for (unsigned int off = 0xff9; off < 0x1000; off++) {
		ck_assert(access_at(e, 0x10000 + off, MA_8 | MA_WRITE, &val));
		got = 0;
		ck_assert(access_at(e, 0x10000 + off, MA_8, &got));
		ck_assert_uint_eq(got, val);
	}
	ck_assert_uint_eq(*(uint8_t *)ram_at(e, DATA_PA + 0xfff), 0x11);
	ck_assert_uint_eq(*(uint8_t *)ram_at(e, DATA_PA + 0x5000), 0x22);
	/* Second page faults: nothing is written, FAR is its first byte. */
	space_map(e, &lo, 0x11000, DATA_PA + 0x5000, 3,
		  PTE_DEFAULT | PTE_AP(2));
	flush(e);
	val = 0;
	ck_assert(!access_at(e, 0x10ffc, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(esr_iss(e), 0x0f | 1 << 6);
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x11000);
	ck_assert_uint_eq(*(uint8_t *)ram_at(e, DATA_PA + 0xfff), 0x11);
	/* Both fault: the first is reported. */
	ram_put(e, space_entry(e, &lo, 0x10000, 3), 0);
	ram_put(e, space_entry(e, &lo, 0x11000, 3), 0);
	flush(e);
	ck_assert(!access_at(e, 0x10ffc, MA_8, &val));
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x10ffc);
}
END_TEST

/* The top of the address space meets its bottom. */
START_TEST(crossing_wraps)
{
	uint64_t val = 0x8877665544332211, got = 0;

	space_map(e, &hi, ~UINT64_C(0xfff), DATA_PA, 3, PTE_DEFAULT);
	space_map(e, &lo, 0, DATA_PA + 0x3000, 3, PTE_DEFAULT);
	ck_assert(access_at(e, ~UINT64_C(3), MA_8 | MA_WRITE, &val));
	ck_assert(access_at(e, ~UINT64_C(3), MA_8, &got));
	ck_assert_uint_eq(got, val);
	ck_assert_uint_eq(*(uint32_t *)ram_at(e, DATA_PA + 0x3000), 0x88776655);
}
END_TEST

/* ---- MMU off ------------------------------------------------------------- */

START_TEST(mmu_off)
{
	uint64_t val = 0;

	ck_assert(access_at(e, DATA_PA, MA_8 | MA_WRITE, &val));
	/* Device memory. */
	ck_assert(!access_at(e, DATA_PA + 1, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x21);
	/* PAN and the execution rules are part of stage 1. */
	e->cpu.pan = 1;
	mmu_mode_changed(&e->cpu);
	ck_assert(access_at(e, DATA_PA, MA_8, &val));
	e->cpu.pan = 0;
	CODE(e, CODE_PA, ASM_HVC(7));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 7);
	/* Beyond 52 bits: address size fault, level 0. */
	ck_assert(!access_at(e, BIT(52), MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x00);
	ck_assert_uint_eq(e->cpu.sys.far_el1, BIT(52));
}
END_TEST

/* Turning the MMU on and off needs no TLBI. */
START_TEST(mmu_toggle)
{
	uint64_t val;

	ram_put(e, DATA_PA, 1);
	ram_put(e, DATA_PA + 0x1000, 2);
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, DATA_PA + 0x1000000, DATA_PA, 3, PTE_DEFAULT);
	space_map(e, &lo, DATA_PA + 0x1001000, DATA_PA + 0x1000, 3,
		  PTE_DEFAULT);
	ram_put(e, DATA_PA + 0x1000000, 3);
	for (unsigned int n = 0; n < 4; n++) {
		set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 ^ (n ? 1 : 0));
		ck_assert(access_at(e, DATA_PA + 0x1000000, MA_8, &val));
		ck_assert_uint_eq(val, n & 1 ? 3 : 1);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-mmu");
	TCase *on = tcase_create("on"), *off = tcase_create("off");

	tcase_add_checked_fixture(on, setup_on, teardown);
	tcase_add_checked_fixture(off, setup, teardown);
	tcase_set_timeout(on, 60);
	tcase_set_timeout(off, 60);
	tcase_add_test(off, walk_every_leaf);
	tcase_add_test(on, walk_fault_at_each_level);
	tcase_add_test(on, walk_range_and_epd);
	tcase_add_test(on, half_without_el0);
	tcase_add_test(on, walk_address_size);
	tcase_add_test(on, walk_52_bits);
	tcase_add_test(on, permission_data);
	tcase_add_test(on, permission_fetch);
	tcase_add_loop_test(on, permission_hierarchy, 0, 3);
	tcase_add_loop_test(on, permission_level, 1, 3);
	tcase_add_test(on, alignment);
	tcase_add_test(on, crossing);
	tcase_add_test(on, crossing_wraps);
	tcase_add_test(off, mmu_off);
	tcase_add_test(off, mmu_toggle);
	suite_add_tcase(s, on);
	suite_add_tcase(s, off);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
