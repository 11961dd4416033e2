/* SPDX-License-Identifier: MIT */
/*
 * Stage 1 translation (Arm ARM D8): granules, levels, faults, permissions,
 * ASIDs, TLB maintenance, AT, PAN, tags. The upper half (TTBR1) is tested; the
 * program itself lives in the lower half's identity map.
 */
#include "guest.h"

#define S1_NORMAL (PTE_NORMAL | PTE_INNER | PTE_AF)

struct granule {
	const char *name;
	unsigned int page_bits, tg1, mmfr_shift, mmfr_none;
};

/* ID_AA64MMFR0_EL1.TGran: 4K and 64K 0xf is none, 16K 0 is none. */
static const struct granule granules[] = {
	{"4K", 12, 2, 28, 0xf},
	{"16K", 14, 1, 20, 0},
	{"64K", 16, 3, 24, 0xf},
};

static uint64_t *l0; /* the table TTBR1 points to */
static uint64_t data_pa;

static uint64_t upper_base(unsigned int va_bits)
{
	return ~0ul << va_bits;
}

static void set_upper(const struct granule *g, unsigned int va_bits)
{
	uint64_t tcr = TCR_BASE & ~(1ul << 23); /* EPD1 */

	tcr |= (uint64_t)(64 - va_bits) << 16 | 1ul << 24 | 1ul << 26 |
	       3ul << 28 | (uint64_t)g->tg1 << 30;
	write_sysreg(ttbr1_el1, (uint64_t)l0);
	write_sysreg(tcr_el1, tcr);
	isb();
	tlbi_all();
}

static void drop(uint64_t va)
{
	__asm__ volatile("dsb ishst\n tlbi vaae1, %0\n dsb ish\n isb" ::"r"(
				 va >> 12 & 0xffffffffffful)
			 : "memory");
}

static uint64_t load(uint64_t va)
{
	uint64_t v = 0;

	__asm__ volatile("ldr %0, [%1]" : "+r"(v) : "r"(va) : "memory");
	return v;
}

static void store(uint64_t va, uint64_t v)
{
	__asm__ volatile("str %1, [%0]" ::"r"(va), "r"(v) : "memory");
}

/* An access faults with this status (ISS.DFSC); WnR as given. */
static void expect_fault_at(uint64_t va, bool write, unsigned int fsc, int line)
{
	trap_on(0);
	if (write)
		store(va, 1);
	else
		load(va);
	check_eq_at(trap_off(), EC_DABT, "EC", line);
	check_eq_at(trap.esr & 0x3f, fsc, "DFSC", line);
	check_eq_at(trap.esr >> 6 & 1, write, "WnR", line);
	check_eq_at(trap.far, va, "FAR", line);
}
#define EXPECT_FAULT(va, write, fsc) expect_fault_at(va, write, fsc, __LINE__)

/* A page mapped at each level of a granule's tables, and what is missing
 * faults at its level. */
static void test_granule(const struct granule *g)
{
	unsigned int bits = g->page_bits - 3, levels = 0, top, va_bits = 48;
	uint64_t base = upper_base(va_bits), va, entries = 1ul << bits;
	uint64_t *table[4], mmfr = read_sysreg(id_aa64mmfr0_el1);

	if ((mmfr >> g->mmfr_shift & 0xf) == g->mmfr_none) {
		print("%s granule: not on this CPU\n", g->name);
		return;
	}
	top = 4 - (va_bits - g->page_bits + bits - 1) / bits;
	for (unsigned int l = top; l < 4; l++, levels++)
		table[l] = alloc64k(65536);
	l0 = table[top];
	data_pa = (uint64_t)alloc64k(65536);
	set_upper(g, va_bits);
	/* index 1 at every level but 5 at the last; the top level of 16K
	 * has two entries, and bit 47 is one in its second */
	va = base;
	for (unsigned int l = top; l < 4; l++)
		va |= (l == 3 ? 5ul : 1ul) << (g->page_bits + (3 - l) * bits);
	(void)entries;
	for (unsigned int l = top; l < 4; l++) {
		unsigned int shift = g->page_bits + (3 - l) * bits;
		unsigned int width = l == top ? va_bits - shift : bits;
		uint64_t i = va >> shift & ((1ul << width) - 1);

		EXPECT_FAULT(va + 8, false, FSC_TRANS(l));
		table[l][i] = l == 3 ? data_pa | PTE_PAGE | S1_NORMAL
				     : (uint64_t)table[l + 1] | PTE_TABLE;
		dsb();
		isb();
	}
	store(va + 8, 0x1234567890);
	CHECK_EQ(*(volatile uint64_t *)(data_pa + 8), 0x1234567890);
	CHECK_EQ(load(va + 8), 0x1234567890);

	/* no access flag */
	table[3][5] &= ~PTE_AF;
	drop(va);
	EXPECT_FAULT(va, false, FSC_FLAG(3));
	/* read-only */
	table[3][5] |= PTE_AF | PTE_RDONLY;
	drop(va);
	CHECK_EQ(load(va + 8), 0x1234567890);
	EXPECT_FAULT(va, true, FSC_PERM(3));
	/* a block at level 2 */
	{
		unsigned int shift = g->page_bits + bits;
		uint64_t i = va >> shift & ((1ul << bits) - 1);

		table[2][i] = (0x40000000ul >> shift << shift) | PTE_BLOCK |
			      S1_NORMAL;
		drop(va);
		va = (va >> shift << shift) + (data_pa & ((1ul << shift) - 1));
		if (data_pa >> shift == 0x40000000ul >> shift)
			CHECK_EQ(load(va + 8), 0x1234567890);
		else
			CHECK_EQ(load(va & ~((1ul << shift) - 1)),
				 *(uint64_t *)0x40000000ul);
	}
	/* beyond the input size: level 0 */
	EXPECT_FAULT(base - 0x1000, false, FSC_TRANS(0));
	write_sysreg(tcr_el1, TCR_BASE);
	isb();
	tlbi_all();
	/* walks disabled (EPD1) */
	EXPECT_FAULT(va, false, FSC_TRANS(0));
	print("%s granule: %u levels\n", g->name, levels);
}

/* ---- 4K: details --------------------------------------------------------- */

static uint64_t *l3; /* 512 pages at the bottom of a 39-bit upper half */
static uint64_t page_va;

static void map_pages(void)
{
	uint64_t *l2 = alloc64k(65536);

	l0 = alloc64k(65536);
	l3 = alloc64k(65536);
	l0[0] = (uint64_t)l2 | PTE_TABLE;
	l2[0] = (uint64_t)l3 | PTE_TABLE;
	page_va = upper_base(39);
	set_upper(&granules[0], 39);
}

static void map_page(unsigned int i, uint64_t pa, uint64_t attr)
{
	l3[i] = pa | PTE_PAGE | S1_NORMAL | attr;
	dsb();
	isb();
}

static void test_page_crossing(void)
{
	uint64_t a = (uint64_t)alloc64k(65536), v;

	map_page(0, a + 0x3000, 0);
	map_page(1, a + 0x1000, 0);
	map_page(3, a, 0);
	store(page_va + 0xffc, 0x1122334455667788);
	CHECK_EQ(*(volatile uint32_t *)(a + 0x3ffc), 0x55667788);
	CHECK_EQ(*(volatile uint32_t *)(a + 0x1000), 0x11223344);
	CHECK_EQ(load(page_va + 0xffc), 0x1122334455667788);
	/* the second page is missing: FAR is in it, nothing was written */
	trap_on(0);
	store(page_va + 0x1ffc, 0);
	CHECK_EQ(trap_off(), EC_DABT);
	CHECK_EQ(trap.far, page_va + 0x2000);
	/* a pair: the second register's page is missing */
	trap_on(0);
	__asm__ volatile("ldp x9, x10, [%1]\n mov %0, x9"
			 : "=r"(v)
			 : "r"(page_va + 0x1ff8)
			 : "x9", "x10", "memory");
	CHECK_EQ(trap_off(), EC_DABT);
	CHECK_EQ(trap.far, page_va + 0x2000);
	/* writeback doesn't happen when the access faults */
	v = page_va + 0x2000;
	trap_on(0);
	__asm__ volatile("ldr x9, [%0], #16" : "+r"(v)::"x9", "memory");
	CHECK_EQ(trap_off(), EC_DABT);
	CHECK_EQ(v, page_va + 0x2000);
}

static void test_asids(void)
{
	uint64_t *l1b = alloc64k(65536), *l2b = alloc64k(65536);
	uint64_t *l3a = alloc64k(65536), *l3b = alloc64k(65536);
	uint64_t *l2a = alloc64k(65536), *l1a = alloc64k(65536);
	uint64_t a = (uint64_t)alloc64k(65536);

	/* two address spaces in the upper half, non-global pages */
	l1a[0] = (uint64_t)l2a | PTE_TABLE;
	l2a[0] = (uint64_t)l3a | PTE_TABLE;
	l1b[0] = (uint64_t)l2b | PTE_TABLE;
	l2b[0] = (uint64_t)l3b | PTE_TABLE;
	l3a[0] = a | PTE_PAGE | S1_NORMAL | PTE_NG;
	l3b[0] = (a + 0x1000) | PTE_PAGE | S1_NORMAL | PTE_NG;
	*(volatile uint64_t *)a = 0xa;
	*(volatile uint64_t *)(a + 0x1000) = 0xb;
	dsb();
	/* TCR.A1 = 1: the ASID is TTBR1's */
	write_sysreg(tcr_el1, read_sysreg(tcr_el1) | 1ul << 22);
	for (unsigned int i = 0; i < 100; i++) {
		write_sysreg(ttbr1_el1, (uint64_t)l1a | 1ul << 48);
		isb();
		if (load(page_va) != 0xa)
			break;
		write_sysreg(ttbr1_el1, (uint64_t)l1b | 2ul << 48);
		isb();
		if (load(page_va) != 0xb)
			break;
		if (i == 99)
			passed++;
	}
	CHECK_EQ(load(page_va), 0xb);
	/* invalidate ASID 2: the new entry is seen */
	l3b[0] = a | PTE_PAGE | S1_NORMAL | PTE_NG;
	__asm__ volatile(
		"dsb ishst\n tlbi aside1, %0\n dsb ish\n isb" ::"r"(2ul << 48)
		: "memory");
	CHECK_EQ(load(page_va), 0xa);
	/* by address and ASID */
	l3b[0] = (a + 0x1000) | PTE_PAGE | S1_NORMAL | PTE_NG;
	__asm__ volatile("dsb ishst\n tlbi vae1, %0\n dsb ish\n isb" ::"r"(
				 2ul << 48 | (page_va >> 12 & 0xffffffffffful))
			 : "memory");
	CHECK_EQ(load(page_va), 0xb);
	write_sysreg(ttbr1_el1, (uint64_t)l0);
	write_sysreg(tcr_el1, read_sysreg(tcr_el1) & ~(1ul << 22));
	isb();
	tlbi_all();
}

static void test_at(void)
{
	uint64_t par, a = (uint64_t)alloc64k(65536);

	map_page(8, a, 0);
	__asm__ volatile("at s1e1r, %1\n isb\n mrs %0, par_el1"
			 : "=r"(par)
			 : "r"(page_va + 0x8123)
			 : "memory");
	CHECK_EQ(par & 1, 0);
	CHECK_EQ(par & 0xfffffffff000, a);
	CHECK_EQ(par >> 56, 0xff); /* write-back memory */
	__asm__ volatile("at s1e0r, %1\n isb\n mrs %0, par_el1"
			 : "=r"(par)
			 : "r"(page_va + 0x8123)
			 : "memory");
	CHECK_EQ(par & 1, 1);
	CHECK_EQ(par >> 1 & 0x3f, FSC_PERM(3));
	__asm__ volatile("at s1e1w, %1\n isb\n mrs %0, par_el1"
			 : "=r"(par)
			 : "r"(page_va + 0x9000)
			 : "memory");
	CHECK_EQ(par & 1, 1);
	CHECK_EQ(par >> 1 & 0x3f, FSC_TRANS(3));
}

static void test_user_pages(void)
{
	uint64_t a = (uint64_t)alloc64k(65536), v = 0;

	*(volatile uint64_t *)a = 77;
	map_page(16, a, PTE_USER);
	map_page(17, a, 0);
	map_page(18, a, PTE_USER | PTE_RDONLY);
	/* LDTR at EL1 is an EL0 access */
	__asm__ volatile("ldtr %0, [%1]" : "=r"(v) : "r"(page_va + 0x10000));
	CHECK_EQ(v, 77);
	trap_on(0);
	__asm__ volatile("ldtr %0, [%1]" : "=r"(v) : "r"(page_va + 0x11000));
	CHECK_EQ(trap_off(), EC_DABT);
	CHECK_EQ(trap.esr & 0x3f, FSC_PERM(3));
	trap_on(0);
	__asm__ volatile("sttr %0, [%1]" ::"r"(v), "r"(page_va + 0x12000));
	CHECK_EQ(trap_off(), EC_DABT);
	CHECK_EQ(trap.esr & 0x3f, FSC_PERM(3));
	EXPECT_FAULT(page_va + 0x12000, true, FSC_PERM(3));

	if ((read_sysreg(id_aa64mmfr1_el1) >> 20 & 0xf) == 0) {
		print("no PAN on this CPU\n");
		return;
	}
	CHECK_EQ(load(page_va + 0x10000), 77);
	__asm__ volatile(".inst 0xd500419f" ::: "memory"); /* msr pan, #1 */
	EXPECT_FAULT(page_va + 0x10000, false, FSC_PERM(3));
	EXPECT_FAULT(page_va + 0x10000, true, FSC_PERM(3));
	trap_on(0);
	__asm__ volatile("ldtr %0, [%1]" : "=r"(v) : "r"(page_va + 0x10000));
	CHECK_EQ(trap_off(), 0xff);
	__asm__ volatile(".inst 0xd500409f" ::: "memory"); /* msr pan, #0 */
	CHECK_EQ(load(page_va + 0x10000), 77);
}

static void test_execute(void)
{
	uint32_t *code = alloc64k(65536);
	uint64_t (*f)(void) = (uint64_t(*)(void))(page_va + 0x20000);

	code[0] = 0xd2800540; /* mov x0, #42 */
	code[1] = 0xd65f03c0; /* ret */
	sync_code(code, 8);
	map_page(32, (uint64_t)code, 0);
	CHECK_EQ(f(), 42);
	map_page(32, (uint64_t)code, PTE_PXN);
	drop((uint64_t)f);
	trap_call((uint64_t)f);
	CHECK_EQ(trap_off(), EC_IABT);
	CHECK_EQ(trap.esr & 0x3f, FSC_PERM(3));
	CHECK_EQ(trap.far, (uint64_t)f);
	/* new code through another mapping, after maintenance */
	map_page(32, (uint64_t)code, 0);
	drop((uint64_t)f);
	CHECK_EQ(f(), 42);
	code[0] = 0xd2800560; /* mov x0, #43 */
	sync_code(code, 4);
	CHECK_EQ(f(), 43);
}

static void test_device_and_tags(void)
{
	uint64_t a = (uint64_t)alloc64k(65536), v;

	l3[40] = a | PTE_PAGE | PTE_DEVICE | PTE_AF;
	l3[41] = a | PTE_PAGE | PTE_NONCACHE | PTE_AF | PTE_INNER;
	dsb();
	isb();
	v = page_va + 0x28000;
	store(v + 8, 5);
	CHECK_EQ(load(v + 8), 5);
	CHECK_EQ(load(page_va + 0x29008), 5);
	if (!boot.tcg) /* doesn't have this check */
		EXPECT_FAULT(v + 1, false, FSC_ALIGN);
	CHECK_EQ(load(page_va + 0x29001) >> 56, 5);
	/* top byte ignored */
	write_sysreg(tcr_el1, read_sysreg(tcr_el1) | 1ul << 38);
	isb();
	tlbi_all();
	CHECK_EQ(load((page_va + 0x29008) & ~(0x5aul << 56)), 5);
	write_sysreg(tcr_el1, read_sysreg(tcr_el1) & ~(1ul << 38));
	isb();
	tlbi_all();
	trap_on(0);
	load((page_va + 0x29008) & ~(0x5aul << 56));
	CHECK_EQ(trap_off(), EC_DABT);
	/* DC ZVA */
	for (unsigned int i = 0; i < 512; i++)
		((uint64_t *)a)[i] = ~0ul;
	map_page(42, a, 0);
	__asm__ volatile("dc zva, %0" ::"r"(page_va + 0x2a104) : "memory");
	v = 4ul << (read_sysreg(dczid_el0) & 0xf);
	CHECK_EQ(load(page_va + 0x2a000 + (0x104 & ~(v - 1))), 0);
	CHECK_EQ(load(page_va + 0x2a000 + (0x104 & ~(v - 1)) + v), ~0ul);
	CHECK_EQ(load(page_va + 0x2a000 + (0x104 & ~(v - 1)) - 8), ~0ul);
}

void guest_main(void)
{
	for (unsigned int i = 0; i < 3; i++)
		test_granule(&granules[i]);
	map_pages();
	test_page_crossing();
	test_asids();
	test_at();
	test_user_pages();
	test_execute();
	test_device_and_tags();
}
