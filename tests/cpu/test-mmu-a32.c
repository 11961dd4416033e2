/* SPDX-License-Identifier: MIT */
/*
 * VMSAv8-32: walks of both formats, attributes with and without TEX remap,
 * permissions, domains, contexts, fault status and PAR. Expectations are from
 * Arm ARM G5 and G8.
 */
#include "cpu-env.h"
#include "cpu/a32/mmu.h"

static struct env *e;
static struct cpu_domain *dom;
static struct mmu_walk w;
static struct mmu_fault f;

#define ENC_CONTEXTIDR SYSREG_ENC(3, 0, 13, 0, 1)
#define ENC_DACR32     SYSREG_ENC(3, 4, 3, 0, 0)

/* L1 of the Short format: 16 KiB for each base register; then L2 tables. */
#define L1_0 TABLE_PA
#define L1_1 (TABLE_PA + 0x4000)
#define L2   (TABLE_PA + 0x8000)

#define DOMAIN(n)    ((uint32_t)(n) << 5)
#define AP_SECT(ap)  (((ap)&3) << 10 | ((ap)&4) << 13)
#define AP_PAGE(ap)  (((ap)&3) << 4 | ((ap)&4) << 7)
#define SECTION      2u
#define SUPERSECTION (SECTION | BIT(18))
#define PERM_RW      (PERM_R1 | PERM_W1 | PERM_R0 | PERM_W0)

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	cpu_set_aarch32(&e->cpu, true);
	cpu_reset(&e->cpu);
	set_sys(e, ENC_TTBR0, L1_0);
	set_sys(e, ENC_TTBR1, L1_1);
	set_sys(e, ENC_TCR, 0);
	set_sys(e, ENC_DACR32, 0x55555555);
	set_sys(e, ENC_SCTLR, SCTLR_M);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

static void put_32(gpa_t pa, uint32_t val)
{
	memcpy(ram_at(e, pa), &val, sizeof(val));
}

static void section(gpa_t table, uint32_t va, uint32_t desc)
{
	put_32(table + (va >> 20) * 4, desc);
	flush(e);
}

static void page(uint32_t va, uint32_t desc, uint32_t table_bits)
{
	gpa_t l2 = L2 + (va >> 20 & 3) * 0x400;

	section(L1_0, va, l2 | table_bits | 1);
	put_32(l2 + (va >> 12 & 255) * 4, desc);
}

static void expect_fault(uint32_t va, unsigned int fsc, unsigned int domain)
{
	ck_assert_msg(!mmu_walk(&e->cpu, va, &w, &f), "%#x is mapped", va);
	ck_assert_uint_eq(f.fsc, fsc);
	ck_assert_uint_eq(f.domain, domain);
	ck_assert(!f.injected);
}

static void expect(uint32_t va, gpa_t pa, unsigned int lg, unsigned int perm)
{
	ck_assert_msg(mmu_walk(&e->cpu, va, &w, &f), "%#x: fsc %#x", va, f.fsc);
	ck_assert_uint_eq(w.pa, pa);
	ck_assert_uint_eq(w.lg, lg);
	ck_assert_uint_eq(w.perm, perm);
}

/* ---- Short-descriptor format: what leads where --------------------------- */

START_TEST(short_leaves)
{
	section(L1_0, 0x12300000,
		0x87600000 | SECTION | AP_SECT(3) | BIT(4) | DOMAIN(5));
	expect(0x12345678, 0x87645678, 20, PERM_RW);
	ck_assert_uint_eq(w.level, 1);
	ck_assert_uint_eq(w.domain, 5);
	/* 40 bits: 35:32 in 23:20, 39:36 where a section has its domain. */
	section(L1_0, 0x12300000,
		0x87000000 | 0xa << 20 | SUPERSECTION | AP_SECT(3) | BIT(4) |
			DOMAIN(0xc));
	expect(0x12345678, 0xca87345678, 24, PERM_RW);
	ck_assert_uint_eq(w.domain, 0);
	page(0x12345000, 0x99887000 | 2 | AP_PAGE(3) | 1, DOMAIN(3));
	expect(0x12345678, 0x99887678, 12, PERM_RW);
	ck_assert_uint_eq(w.level, 2);
	ck_assert_uint_eq(w.domain, 3);
	page(0x12345000, 0x99880000 | 1 | AP_PAGE(3) | BIT(15), DOMAIN(3));
	expect(0x12345678, 0x99885678, 16, PERM_RW);
	page(0x12345000, 0, DOMAIN(3));
	expect_fault(0x12345678, FSC_TRANSLATION + 2, 3);
	section(L1_0, 0x12300000, DOMAIN(3));
	expect_fault(0x12345678, FSC_TRANSLATION + 1, 0);
	/* Bit 0 with bit 1 is a section with PXN. */
	section(L1_0, 0x12300000, 0x87600000 | SECTION | AP_SECT(3) | 1);
	expect(0x12345678, 0x87645678, 20, PERM_RW | PERM_X0);
}
END_TEST

/* TTBCR.N: TTBR1 has what is not 0 above, TTBR0 a table so much smaller. */
START_TEST(short_split)
{
	for (unsigned int n = 0; n < 8; n++) {
		uint32_t border = n ? 1u << (32 - n) : 0;
		uint32_t last = n ? border - 0x100000 : 0xfff00000;

		memset(ram_at(e, L1_0), 0, 0x8000);
		set_sys(e, ENC_TCR, n);
		/* A base that only a table of this size may have. */
		set_sys(e, ENC_TTBR0, L1_0 + (n ? BIT(14 - n) : 0));
		section(L1_0 + (n ? BIT(14 - n) : 0), last,
			0x11100000 | SECTION | AP_SECT(1) | BIT(4));
		expect(last + 4, 0x11100004, 20, PERM_R1 | PERM_W1);
		if (!n)
			continue;
		section(L1_1, border,
			0x22200000 | SECTION | AP_SECT(1) | BIT(4));
		section(L1_1, 0xfff00000,
			0x33300000 | SECTION | AP_SECT(1) | BIT(4));
		expect(border, 0x22200000, 20, PERM_R1 | PERM_W1);
		expect(0xfff00008,
		       n == 1 && border == 0xfff00000 ? 0x22200008 : 0x33300008,
		       20, PERM_R1 | PERM_W1);
		set_sys(e, ENC_TCR, n | TTBCR_PD1);
		expect_fault(border, FSC_TRANSLATION + 1, 0);
		expect(last, 0x11100000, 20, PERM_R1 | PERM_W1);
		set_sys(e, ENC_TCR, n | TTBCR_PD0);
		expect_fault(last, FSC_TRANSLATION + 1, 0);
		expect(border, 0x22200000, 20, PERM_R1 | PERM_W1);
	}
}
END_TEST

/* A table where there is no memory is what KVM makes an external abort of. */
START_TEST(tables_outside_memory)
{
	set_sys(e, ENC_TTBR0, 0x80000000);
	ck_assert(!mmu_walk(&e->cpu, 0, &w, &f));
	ck_assert(f.injected && f.fsc == FSC_EXTERNAL);
	set_sys(e, ENC_TTBR0, L1_0);
	section(L1_0, 0, 0x80000000 | 1);
	ck_assert(!mmu_walk(&e->cpu, 0, &w, &f));
	ck_assert(f.injected && f.fsc == FSC_EXTERNAL);
}
END_TEST

/* SCTLR.EE is the byte order of tables, too. */
START_TEST(big_endian_tables)
{
	set_sys(e, ENC_SCTLR, SCTLR_M | SCTLR_EE);
	section(L1_0, 0x100000,
		__builtin_bswap32(0x87600000 | SECTION | AP_SECT(3) | BIT(4)));
	expect(0x123456, 0x87623456, 20, PERM_RW);
}
END_TEST

/* ---- permissions --------------------------------------------------------- */

static const uint8_t ap_perm[8] = {
	0, PERM_R1 | PERM_W1, PERM_R1 | PERM_W1 | PERM_R0, PERM_RW,
	0, PERM_R1,           PERM_R1 | PERM_R0,           PERM_R1 | PERM_R0,
};

static unsigned int with_execute(unsigned int perm, bool wxn, bool uwxn)
{
	if ((perm & PERM_R0) && !(wxn && perm & PERM_W0))
		perm |= PERM_X0;
	if ((perm & PERM_R1) && !(wxn && perm & PERM_W1) &&
	    !(uwxn && perm & PERM_W0))
		perm |= PERM_X1;
	return perm;
}

START_TEST(short_permissions)
{
	for (unsigned int ap = 0; ap < 8; ap++) {
		for (unsigned int x = 0; x < 4; x++) {
			bool wxn = x & 1, uwxn = x & 2;
			unsigned int perm =
				with_execute(ap_perm[ap], wxn, uwxn);

			set_sys(e, ENC_SCTLR,
				SCTLR_M | (wxn ? SCTLR_WXN : 0) |
					(uwxn ? SCTLR_A32_UWXN : 0));
			section(L1_0, 0, SECTION | AP_SECT(ap));
			expect(0, 0, 20, perm);
			section(L1_0, 0, SECTION | AP_SECT(ap) | BIT(4));
			expect(0, 0, 20, ap_perm[ap]);
			section(L1_0, 0, SECTION | AP_SECT(ap) | BIT(0));
			expect(0, 0, 20, perm & ~PERM_X1);
			page(0, 2 | AP_PAGE(ap), 0);
			expect(0, 0, 12, perm);
			page(0, 2 | AP_PAGE(ap), BIT(2));
			expect(0, 0, 12, perm & ~PERM_X1);
			page(0, 3 | AP_PAGE(ap), 0);
			expect(0, 0, 12, ap_perm[ap]);
		}
	}
}
END_TEST

/* SCTLR.AFE: AP[0] is the access flag, AP[2:1] the rights. */
START_TEST(short_access_flag)
{
	set_sys(e, ENC_SCTLR, SCTLR_M | SCTLR_A32_AFE);
	for (unsigned int ap = 0; ap < 8; ap++) {
		section(L1_0, 0, SECTION | AP_SECT(ap) | BIT(4) | DOMAIN(7));
		if (ap & 1)
			expect(0, 0, 20, ap_perm[ap]);
		else
			expect_fault(0, FSC_ACCESS_FLAG + 1, 7);
		page(0, 3 | AP_PAGE(ap), DOMAIN(7));
		if (ap & 1)
			expect(0, 0, 12, ap_perm[ap]);
		else
			expect_fault(0, FSC_ACCESS_FLAG + 2, 7);
	}
}
END_TEST

/* No access, client, reserved as no access, manager. */
START_TEST(short_domains)
{
	for (unsigned int d = 0; d < 16; d++) {
		uint32_t others = 0x55555555 & ~(3u << 2 * d);

		section(L1_0, 0, SECTION | DOMAIN(d) | BIT(4));
		page(0x100000, 3, DOMAIN(d));
		set_sys(e, ENC_DACR32, others);
		expect_fault(0, FSC_DOMAIN + 1, d);
		expect_fault(0x100000, FSC_DOMAIN + 2, d);
		set_sys(e, ENC_DACR32, others | 2u << 2 * d);
		expect_fault(0, FSC_DOMAIN + 1, d);
		set_sys(e, ENC_DACR32, others | 1u << 2 * d);
		expect(0, 0, 20, 0);
		expect(0x100000, 0, 12, 0);
		/* Nothing is looked at, XN neither. */
		set_sys(e, ENC_DACR32, others | 3u << 2 * d);
		expect(0, 0, 20, 0x3f | PERM_NO_PAN);
		expect(0x100000, 0, 12, 0x3f | PERM_NO_PAN);
	}
}
END_TEST

/* ---- contexts ------------------------------------------------------------ */

/* DACR, CONTEXTIDR's ASID: each pair is a context; that of a value that was
 * before is the same again. */
START_TEST(contexts_of_asid_and_dacr)
{
	uint64_t seen[4][4];

	for (unsigned int round = 0; round < 2; round++)
		for (unsigned int a = 0; a < 4; a++)
			for (unsigned int d = 0; d < 4; d++) {
				/* What is above the ASID is the system's. */
				set_sys(e, ENC_CONTEXTIDR,
					a | (round ? 0xabcd00 : 0));
				set_sys(e, ENC_DACR32, d);
				if (!round)
					seen[a][d] = e->cpu.tlb_ctx[0];
				else
					ck_assert_uint_eq(seen[a][d],
							  e->cpu.tlb_ctx[0]);
				ck_assert_uint_eq(e->cpu.tlb_ctx[1],
						  e->cpu.tlb_ctx[0]);
			}
	for (unsigned int k = 0; k < 16; k++)
		for (unsigned int j = 0; j < k; j++)
			ck_assert_uint_ne(seen[k / 4][k % 4],
					  seen[j / 4][j % 4]);
	/* All of an ASID go together, those of another stay. */
	tlb_flush_asid(&e->cpu, 2);
	for (unsigned int d = 0; d < 4; d++) {
		set_sys(e, ENC_DACR32, d);
		set_sys(e, ENC_CONTEXTIDR, 2);
		ck_assert_uint_ne(seen[2][d], e->cpu.tlb_ctx[0]);
		set_sys(e, ENC_CONTEXTIDR, 1);
		ck_assert_uint_eq(seen[1][d], e->cpu.tlb_ctx[0]);
	}
	/* More values than are remembered. */
	for (unsigned int d = 0; d < 100; d++) {
		uint64_t was = e->cpu.tlb_ctx[0];

		set_sys(e, ENC_DACR32, 1000 + d);
		ck_assert(e->cpu.tlb_ctx[0] != was || d);
		ck_assert_uint_ge(e->cpu.tlb_ctx[0], CTX_FIRST);
	}
	set_sys(e, ENC_SCTLR, 0);
	ck_assert_uint_eq(e->cpu.tlb_ctx[0], CTX_MMU_OFF);
}
END_TEST

/* Long: the ASID is that of TTBR0 or TTBR1, and DACR means nothing. */
START_TEST(contexts_of_long_format)
{
	uint64_t ctx;

	set_sys(e, ENC_TTBR0, L1_0 | UINT64_C(5) << 48);
	set_sys(e, ENC_TTBR1, L1_0 | UINT64_C(6) << 48);
	set_sys(e, ENC_TCR, TTBCR_EAE);
	ctx = e->cpu.tlb_ctx[0];
	set_sys(e, ENC_DACR32, 0);
	set_sys(e, ENC_CONTEXTIDR, 9);
	ck_assert_uint_eq(e->cpu.tlb_ctx[0], ctx);
	set_sys(e, ENC_TCR, TTBCR_EAE | TTBCR_A1);
	ck_assert_uint_ne(e->cpu.tlb_ctx[0], ctx);
	set_sys(e, ENC_TTBR1, L1_0 | UINT64_C(5) << 48);
	ck_assert_uint_eq(e->cpu.tlb_ctx[0], ctx);
}
END_TEST

/* ---- attributes ---------------------------------------------------------- */

static void expect_attr(unsigned int tex_cb, bool s, uint8_t attr,
			unsigned int sh)
{
	section(L1_0, 0,
		SECTION | (tex_cb >> 2) << 12 | (tex_cb & 3) << 2 |
			(s ? BIT(16) : 0) | AP_SECT(3));
	ck_assert(mmu_walk(&e->cpu, 0, &w, &f));
	ck_assert_msg(w.attr == attr && w.sh == sh,
		      "TEX:C:B %#x S %d: %#x %u, expected %#x %u", tex_cb, s,
		      w.attr, w.sh, attr, sh);
}

START_TEST(short_attributes)
{
	for (unsigned int s = 0; s < 2; s++) {
		unsigned int sh = s ? 2 : 0;

		expect_attr(0, s, 0x00, 2);     /* Strongly-ordered */
		expect_attr(1, s, 0x04, 2);     /* Device */
		expect_attr(2, s, 0xaa, sh);    /* Write-Through */
		expect_attr(3, s, 0xee, sh);    /* Write-Back */
		expect_attr(4, s, 0x44, sh);    /* Non-cacheable */
		expect_attr(7, s, 0xff, sh);    /* Write-Back, allocate */
		expect_attr(8, s, 0x04, 2);     /* Device, not shared */
		expect_attr(0x13, s, 0x4e, sh); /* outer none, inner WB */
		expect_attr(0x1d, s, 0xef, sh);
		expect_attr(0x1a, s, 0xaa, sh);
	}
}
END_TEST

START_TEST(short_attributes_remapped)
{
	/* Types SO, Device, Normal and reserved, then Normal; region n inner
	 * cacheability n & 3, outer the other way. */
	uint32_t prrr = 0xaae4 | BIT(19) | BIT(24 + 5), nmrr = 0x1be41be4;
	static const uint8_t cache[4] = {0x4, 0xf, 0xa, 0xe};

	set_sys(e, ENC_MAIR, prrr | (uint64_t)nmrr << 32);
	set_sys(e, ENC_SCTLR, SCTLR_M | SCTLR_A32_TRE);
	expect_attr(0, true, 0x00, 2);
	expect_attr(1, true, 0x04, 2);
	for (unsigned int n = 2; n < 8; n++) {
		uint8_t attr = cache[nmrr >> (16 + 2 * n) & 3] << 4 |
			       cache[nmrr >> 2 * n & 3];

		if (n == 3) /* reserved */
			continue;
		/* PRRR.NS1 says shared, NOS5 inner, NS0 not shared. */
		expect_attr(n, true, attr, n == 5 ? 3 : 2);
		expect_attr(n, false, attr, 0);
		/* TEX[2:1] are the system's. */
		expect_attr(n | 0x18, true, attr, n == 5 ? 3 : 2);
	}
}
END_TEST

/* ---- Long-descriptor format ---------------------------------------------- */

#define LONG_L1 TABLE_PA
#define LONG_L2 (TABLE_PA + 0x4000)
#define LONG_L3 (TABLE_PA + 0x8000)

static void use_long(uint32_t ttbcr)
{
	memset(ram_at(e, TABLE_PA), 0, 0x10000);
	set_sys(e, ENC_TCR, TTBCR_EAE | ttbcr);
	set_sys(e, ENC_TTBR0, LONG_L1);
	set_sys(e, ENC_TTBR1, LONG_L1);
	set_sys(e, ENC_MAIR, TEST_MAIR);
	flush(e);
}

/* A table of 4 KiB for each entry of the level above is not needed here. */
static void long_map(uint32_t va, unsigned int level, uint64_t desc,
		     uint64_t tables)
{
	ram_put(e, LONG_L1 + (va >> 30) * 8,
		level == 1 ? desc : LONG_L2 | 3 | tables);
	if (level > 1)
		ram_put(e, LONG_L2 + (va >> 21 & 511) * 8,
			level == 2 ? desc : LONG_L3 | 3 | tables);
	if (level > 2)
		ram_put(e, LONG_L3 + (va >> 12 & 511) * 8, desc);
	flush(e);
}

START_TEST(long_leaves)
{
	const uint64_t bits = PTE_DEFAULT | PTE_AP(1) | BIT(54);

	use_long(0);
	long_map(0xd2345678, 1, UINT64_C(0xabc0000000) | bits | 1, 0);
	expect(0xd2345678, 0xabd2345678, 30, PERM_RW);
	ck_assert_uint_eq(w.level, 1);
	ck_assert_uint_eq(w.attr, 0xff);
	ck_assert_uint_eq(w.sh, 3);
	long_map(0xd2345678, 2, UINT64_C(0xabcde00000) | bits | 1, 0);
	expect(0xd2345678, 0xabcdf45678, 21, PERM_RW);
	long_map(0xd2345678, 3, UINT64_C(0xabcdef1000) | bits | 3 | PTE_NG, 0);
	expect(0xd2345678, 0xabcdef1678, 12, PERM_RW);
	ck_assert(w.ng);
	for (unsigned int level = 1; level <= 3; level++) {
		uint64_t type = level == 3 ? 3 : 1;

		long_map(0xd2345678, level, 0, 0);
		expect_fault(0xd2345678, FSC_TRANSLATION + level, 0);
		long_map(0xd2345678, level, (bits & ~PTE_AF) | type, 0);
		expect_fault(0xd2345678, FSC_ACCESS_FLAG + level, 0);
		long_map(0xd2345678, level, bits | type | BIT(40), 0);
		expect_fault(0xd2345678, FSC_ADDRESS_SIZE + level, 0);
		if (level == 3)
			break;
		long_map(0xd2345678, level, LONG_L2 | 3 | BIT(47), 0);
		expect_fault(0xd2345678, FSC_ADDRESS_SIZE + level, 0);
	}
	/* No block at level 3. */
	long_map(0xd2345678, 3, bits | 1, 0);
	expect_fault(0xd2345678, FSC_TRANSLATION + 3, 0);
	set_sys(e, ENC_TTBR0, LONG_L1 | BIT(40));
	expect_fault(0xd2345678, FSC_ADDRESS_SIZE, 0);
}
END_TEST

START_TEST(long_permissions)
{
	for (unsigned int bits = 0; bits < 1 << 8; bits++) {
		unsigned int ap = bits & 3, table = bits >> 4, perm;
		bool xn = bits & 4, pxn = bits & 8;
		uint64_t desc = PTE_DEFAULT | PTE_AP(ap) | 3 |
				(xn ? BIT(54) : 0) | (pxn ? BIT(53) : 0);

		use_long(0);
		long_map(0x1000, 3, desc | DATA_PA, (uint64_t)table << 59);
		perm = ap_perm[ap << 1 | 1];
		if (table & 4) /* APTable[0]: not for EL0 */
			perm &= PERM_R1 | PERM_W1;
		if (table & 8) /* APTable[1]: not to be written */
			perm &= PERM_R1 | PERM_R0;
		perm = with_execute(perm, false, false);
		if (xn || table & 2)
			perm &= PERM_RW;
		if (pxn || table & 1)
			perm &= ~PERM_X1;
		expect(0x1000, DATA_PA, 12, perm);
	}
}
END_TEST

/* Which register, and at which level its table is, for each T0SZ and T1SZ. */
START_TEST(long_split)
{
	for (unsigned int k = 0; k < 64; k++) {
		unsigned int t0 = k & 7, t1 = k >> 3;
		uint32_t ttbcr = t0 | t1 << 16;

		use_long(ttbcr | TTBCR_EPD0 | TTBCR_EPD1);
		for (unsigned int n = 0; n < 256; n++) {
			uint32_t va = n << 24 | 0x5000;
			bool low = !t0 || !(va >> (32 - t0));
			bool high = t1 ? !(~va >> (32 - t1)) : !low;
			unsigned int size = high ? 32 - t1 : 32 - t0;

			expect_fault(va, FSC_TRANSLATION + 1, 0);
			set_sys(e, ENC_TCR,
				TTBCR_EAE | ttbcr |
					(high ? TTBCR_EPD0 : TTBCR_EPD1));
			/* The table is empty: the fault has its level. */
			expect_fault(va,
				     FSC_TRANSLATION + (!low && !high ? 1
							: size > 30   ? 1
								      : 2),
				     0);
			set_sys(e, ENC_TCR,
				TTBCR_EAE | ttbcr | TTBCR_EPD0 | TTBCR_EPD1);
		}
	}
}
END_TEST

/* ---- fault status, PAR --------------------------------------------------- */

START_TEST(fault_status)
{
	static const struct {
		uint8_t fsc;
		uint16_t fs; /* DFSR[10], DFSR[3:0] */
	} rows[] = {
		{FSC_TRANSLATION + 1, 0x5}, {FSC_TRANSLATION + 2, 0x7},
		{FSC_ACCESS_FLAG + 1, 0x3}, {FSC_ACCESS_FLAG + 2, 0x6},
		{FSC_DOMAIN + 1, 0x9},      {FSC_DOMAIN + 2, 0xb},
		{FSC_PERMISSION + 1, 0xd},  {FSC_PERMISSION + 2, 0xf},
		{FSC_EXTERNAL, 0x8},        {FSC_ALIGNMENT, 0x1},
		{FSC_DEBUG, 0x2},           {FSC_ASYNC_EXTERNAL, 0x406},
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(rows); k++) {
		uint32_t iss = rows[k].fsc | 5u << ISS_DOMAIN_SHIFT;

		set_sys(e, ENC_TCR, 0);
		ck_assert_uint_eq(mmu_a32_fsr(&e->cpu, iss),
				  rows[k].fs | 5 << 4);
		ck_assert_uint_eq(mmu_a32_fsr(&e->cpu, iss | BIT(6)),
				  rows[k].fs | 5 << 4 | BIT(11));
		set_sys(e, ENC_TCR, TTBCR_EAE);
		ck_assert_uint_eq(mmu_a32_fsr(&e->cpu, rows[k].fsc | BIT(8)),
				  rows[k].fsc | BIT(9) | BIT(13));
	}
}
END_TEST

static uint64_t par(uint32_t va, unsigned int at)
{
	static const struct insn insn = {.pgoff = 0};

	ck_assert(mmu_address_translate(&e->cpu, &insn, va, at));
	return e->cpu.sys.par_el1;
}

START_TEST(par_short)
{
	section(L1_0, 0x100000, 0x87600000 | SECTION | AP_SECT(1) | 3 << 2);
	ck_assert_uint_eq(par(0x123456, 0),
			  0x87623000 | BIT(9) | 7 << 4 | 3 << 2);
	ck_assert_uint_eq(par(0x123456, AT_WRITE),
			  0x87623000 | BIT(9) | 7 << 4 | 3 << 2);
	ck_assert_uint_eq(par(0x123456, AT_EL0), 0xd << 1 | 1);
	section(L1_0, 0x100000,
		0x87600000 | SECTION | AP_SECT(1) | BIT(14) | BIT(16));
	/* Normal, neither cacheable, shared. */
	ck_assert_uint_eq(par(0x123456, 0), 0x87623000 | BIT(9) | BIT(7));
	section(L1_0, 0x100000, 0x87600000 | SECTION | AP_SECT(1));
	ck_assert_uint_eq(par(0x123456, 0),
			  0x87623000 | BIT(9) | BIT(7) | 1 << 4);
	section(L1_0, 0x100000, 0x87600000 | SECTION | AP_SECT(1) | 1 << 2);
	ck_assert_uint_eq(par(0x123456, 0),
			  0x87623000 | BIT(9) | BIT(7) | 3 << 4);
	section(L1_0, 0x1000000,
		0x87000000 | 0xa << 20 | SUPERSECTION | AP_SECT(1) | 0xc << 5 |
			3 << 2);
	ck_assert_uint_eq(par(0x1000456, 0),
			  0x87ca0000 | BIT(9) | 7 << 4 | 3 << 2 | BIT(1));
	section(L1_0, 0x100000, 0);
	ck_assert_uint_eq(par(0x123456, 0), 0x5 << 1 | 1);
}
END_TEST

START_TEST(par_long)
{
	use_long(0);
	long_map(0x1000, 3, PTE_DEFAULT | PTE_AP(0) | 3 | 0xabcdef1000, 0);
	ck_assert_uint_eq(par(0x1234, 0), UINT64_C(0xff) << 56 | 0xabcdef1000 |
						  BIT(11) | BIT(9) | 3 << 7);
	ck_assert_uint_eq(par(0x1234, AT_EL0), BIT(11) | 0xf << 1 | 1);
	ck_assert_uint_eq(par(0x2234, 0), BIT(11) | 7 << 1 | 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("mmu-a32");
	TCase *t = tcase_create("mmu-a32");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, short_leaves);
	tcase_add_test(t, short_split);
	tcase_add_test(t, tables_outside_memory);
	tcase_add_test(t, big_endian_tables);
	tcase_add_test(t, short_permissions);
	tcase_add_test(t, short_access_flag);
	tcase_add_test(t, short_domains);
	tcase_add_test(t, contexts_of_asid_and_dacr);
	tcase_add_test(t, contexts_of_long_format);
	tcase_add_test(t, short_attributes);
	tcase_add_test(t, short_attributes_remapped);
	tcase_add_test(t, long_leaves);
	tcase_add_test(t, long_permissions);
	tcase_add_test(t, long_split);
	tcase_add_test(t, fault_status);
	tcase_add_test(t, par_short);
	tcase_add_test(t, par_long);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
