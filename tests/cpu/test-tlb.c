/* SPDX-License-Identifier: MIT */
/*
 * What the software TLB remembers and what makes it forget: ASIDs, global
 * pages, TLBI by address, ASID and all, large mappings, instruction fetch,
 * dirty logging. A stale translation that nothing invalidated must also be
 * seen, or the tests would pass without a TLB.
 */
#include "cpu-env.h"
#include "engines.h"

static struct env *e;
static struct cpu_domain *dom;
static struct space lo, hi;

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	mmu_on(e, &lo, &hi);
	for (unsigned int k = 0; k < 64; k++)
		ram_put(e, DATA_PA + k * 0x1000, k);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

static uint64_t load(gva_t va)
{
	uint64_t val = ~UINT64_C(0);

	ck_assert(access_at(e, va, MA_8, &val));
	return val;
}

static bool loads(gva_t va)
{
	uint64_t val;

	return access_at(e, va, MA_8, &val);
}

static void map(gva_t va, unsigned int page, uint64_t attrs)
{
	space_map(e, va >> 63 ? &hi : &lo, va, DATA_PA + page * 0x1000, 3,
		  PTE_DEFAULT | attrs);
}

static void asid(unsigned int n)
{
	set_sys(e, ENC_TTBR0, lo.root | (uint64_t)n << 48);
}

/* Run one TLBI with operand @x. */
static void tlbi(uint32_t word, uint64_t x)
{
	CODE(e, CODE_PA, word, ASM_DSB, ASM_ISB, ASM_HVC(1));
	e->cpu.x[0] = x;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_int_eq(exit_vector(e), -1);
}

static const uint32_t by_va[] = {
	ASM_SYS(0, 8, 7, 1, 0), ASM_SYS(0, 8, 7, 3, 0), ASM_SYS(0, 8, 7, 5, 0),
	ASM_SYS(0, 8, 7, 7, 0), ASM_SYS(0, 8, 3, 1, 0), ASM_SYS(0, 8, 3, 3, 0),
	ASM_SYS(0, 8, 3, 5, 0), ASM_SYS(0, 8, 3, 7, 0), ASM_SYS(0, 8, 1, 1, 0),
	ASM_SYS(0, 8, 1, 3, 0), ASM_SYS(0, 8, 1, 5, 0), ASM_SYS(0, 8, 1, 7, 0),
};
static const uint32_t by_all[] = {ASM_SYS(0, 8, 7, 0, 31),
				  ASM_SYS(0, 8, 3, 0, 31),
				  ASM_SYS(0, 8, 1, 0, 31)};
static const uint32_t by_asid[] = {
	ASM_SYS(0, 8, 7, 2, 0), ASM_SYS(0, 8, 3, 2, 0), ASM_SYS(0, 8, 1, 2, 0)};
static const uint32_t by_range[] = {
	ASM_SYS(0, 8, 6, 1, 0), ASM_SYS(0, 8, 6, 3, 0), ASM_SYS(0, 8, 6, 5, 0),
	ASM_SYS(0, 8, 6, 7, 0), ASM_SYS(0, 8, 2, 1, 0), ASM_SYS(0, 8, 2, 3, 0),
	ASM_SYS(0, 8, 2, 5, 0), ASM_SYS(0, 8, 2, 7, 0), ASM_SYS(0, 8, 5, 1, 0),
	ASM_SYS(0, 8, 5, 3, 0), ASM_SYS(0, 8, 5, 5, 0), ASM_SYS(0, 8, 5, 7, 0),
};

static uint64_t va_operand(gva_t va, unsigned int n)
{
	return (uint64_t)n << 48 | (va >> 12 & GENMASK(43, 0));
}

START_TEST(tlbi_va)
{
	gva_t va = _i & 1 ? 0xffff800000123000 : 0x123000;
	uint32_t word = by_va[_i / 2];

	map(va, 1, 0);
	map(va + 0x1000, 2, 0);
	ck_assert_uint_eq(load(va), 1);
	ck_assert_uint_eq(load(va + 0x1000), 2);
	map(va, 3, 0);
	map(va + 0x1000, 4, 0);
	/* Stale, as the architecture allows. */
	ck_assert_uint_eq(load(va), 1);
	tlbi(word, va_operand(va, 0));
	ck_assert_uint_eq(load(va), 3);
	ck_assert_uint_eq(load(va + 0x1000), 2);
	tlbi(word, va_operand(va + 0x1000, 0));
	ck_assert_uint_eq(load(va + 0x1000), 4);
}
END_TEST

/* 4 KiB granule (TG), (NUM + 1) << (5 * SCALE + 1) pages. */
static uint64_t range_operand(gva_t va, unsigned int num, unsigned int scale)
{
	return BIT(46) | (uint64_t)scale << 44 | (uint64_t)num << 39 |
	       (va >> 12 & GENMASK(36, 0));
}

START_TEST(tlbi_range)
{
	gva_t va = _i & 1 ? 0xffff800000120000 : 0x120000;
	uint32_t word = by_range[_i / 2];

	for (unsigned int k = 0; k < 5; k++) {
		map(va + k * 0x1000, k, 0);
		ck_assert_uint_eq(load(va + k * 0x1000), k);
		map(va + k * 0x1000, 10 + k, 0);
	}
	tlbi(word, range_operand(va, 0, 0)); /* 2 pages */
	for (unsigned int k = 0; k < 5; k++)
		ck_assert_uint_eq(load(va + k * 0x1000), k < 2 ? 10 + k : k);
	tlbi(word, range_operand(va + 0x2000, 0, 1)); /* 64 */
	for (unsigned int k = 0; k < 5; k++)
		ck_assert_uint_eq(load(va + k * 0x1000), 10 + k);
}
END_TEST

START_TEST(tlbi_all)
{
	map(0x10000, 1, 0);
	map(0x11000, 2, PTE_NG);
	map(0xffff800000010000, 3, 0);
	load(0x10000);
	load(0x11000);
	load(0xffff800000010000);
	map(0x10000, 4, 0);
	map(0x11000, 5, PTE_NG);
	map(0xffff800000010000, 6, 0);
	tlbi(by_all[_i], 0);
	ck_assert_uint_eq(load(0x10000), 4);
	ck_assert_uint_eq(load(0x11000), 5);
	ck_assert_uint_eq(load(0xffff800000010000), 6);
}
END_TEST

/* TLBI inside a block mapping drops all of it; others stay. */
START_TEST(tlbi_large)
{
	gva_t block = UINT64_C(0x80000000), other = UINT64_C(0x90000000);
	unsigned int level = 1 + (_i & 1);
	uint32_t word = by_va[_i / 2];

	space_map(e, &lo, block, RAM_BASE, level, PTE_DEFAULT);
	space_map(e, &lo, other, RAM_BASE, 2, PTE_DEFAULT);
	ck_assert_uint_eq(load(block + 0x101000), 1);
	ck_assert_uint_eq(load(block + 0x102000), 2);
	if (level == 2)
		ck_assert_uint_eq(load(other + 0x103000), 3);
	ram_put(e, space_entry(e, &lo, block, level), 0);
	if (level == 2)
		ram_put(e, space_entry(e, &lo, other, 2), 0);
	ck_assert_uint_eq(load(block + 0x102000), 2);
	tlbi(word, va_operand(block + 0x1ff000, 0));
	ck_assert(!loads(block + 0x101000));
	ck_assert(!loads(block + 0x102000));
	if (level == 2)
		ck_assert_uint_eq(load(other + 0x103000), 3);
}
END_TEST

/* The same for the pages of a larger granule. */
START_TEST(tlbi_large_granule)
{
	static const uint64_t tg0[] = {2, 1};
	unsigned int granule = _i ? 16 : 14;
	struct space s = space_new(e, granule, 48);
	gva_t va = UINT64_C(0x7650000000);

	space_map(e, &s, CODE_PA, CODE_PA, 2, PTE_DEFAULT | PTE_AP(2));
	space_map(e, &s, va, DATA_PA, 3, PTE_DEFAULT);
	set_sys(e, ENC_TCR, TCR_4K | tg0[_i] << 14);
	set_sys(e, ENC_TTBR0, s.root);
	ck_assert_uint_eq(load(va), 0);
	ck_assert_uint_eq(load(va + 0x1000), 1);
	ck_assert_uint_eq(load(va + 0x3000), 3);
	space_map(e, &s, va, DATA_PA + 0x10000, 3, PTE_DEFAULT);
	ck_assert_uint_eq(load(va + 0x3000), 3);
	tlbi(by_va[0], va_operand(va + 0x2000, 0));
	ck_assert_uint_eq(load(va), 16);
	ck_assert_uint_eq(load(va + 0x1000), 17);
	ck_assert_uint_eq(load(va + 0x3000), 19);
}
END_TEST

/* One address, two ASIDs, two tables. */
START_TEST(asid_isolation)
{
	struct space other = space_new(e, 12, 48);
	uint64_t a = lo.root | UINT64_C(0x1234) << 48;
	uint64_t b = other.root | UINT64_C(0x5634) << 48;

	space_map(e, &other, CODE_PA, CODE_PA, 2, PTE_DEFAULT | PTE_AP(2));
	map(0x10000, 1, PTE_NG);
	space_map(e, &other, 0x10000, DATA_PA + 0x2000, 3,
		  PTE_DEFAULT | PTE_NG);
	for (unsigned int n = 0; n < 3; n++) {
		set_sys(e, ENC_TTBR0, a);
		ck_assert_uint_eq(load(0x10000), 1);
		set_sys(e, ENC_TTBR0, b);
		ck_assert_uint_eq(load(0x10000), 2);
	}
	/* Both are in the TLB now. */
	map(0x10000, 3, PTE_NG);
	space_map(e, &other, 0x10000, DATA_PA + 0x4000, 3,
		  PTE_DEFAULT | PTE_NG);
	tlbi(by_asid[_i], UINT64_C(0x1234) << 48);
	set_sys(e, ENC_TTBR0, a);
	ck_assert_uint_eq(load(0x10000), 3);
	set_sys(e, ENC_TTBR0, b);
	tlbi(by_asid[_i], UINT64_C(0x5634) << 48);
	ck_assert_uint_eq(load(0x10000), 4);
}
END_TEST

/* TLBI by ASID of one leaves what the other had: no flush by accident. */
START_TEST(asid_keeps_others)
{
	map(0x10000, 1, PTE_NG);
	map(0x11000, 2, PTE_NG);
	asid(1);
	load(0x10000);
	asid(2);
	load(0x11000);
	map(0x10000, 3, PTE_NG);
	map(0x11000, 4, PTE_NG);
	ck_assert_uint_eq(load(0x11000), 2);
	tlbi(by_asid[_i], UINT64_C(2) << 48);
	ck_assert_uint_eq(load(0x11000), 4);
	asid(1);
	ck_assert_uint_eq(load(0x10000), 1);
}
END_TEST

/* TCR_EL1.A1 takes the ASID from TTBR1; AS = 0 gives eight bits. */
START_TEST(asid_source)
{
	map(0x10000, 1, PTE_NG);
	set_sys(e, ENC_TCR, TCR_4K | TCR_A1);
	set_sys(e, ENC_TTBR1, hi.root | UINT64_C(7) << 48);
	load(0x10000);
	map(0x10000, 2, PTE_NG);
	asid(9);
	ck_assert_uint_eq(load(0x10000), 1);
	set_sys(e, ENC_TTBR1, hi.root | UINT64_C(8) << 48);
	ck_assert_uint_eq(load(0x10000), 2);
	set_sys(e, ENC_TCR, TCR_4K & ~TCR_AS);
	asid(0x101);
	load(0x10000);
	map(0x10000, 3, PTE_NG);
	asid(0x201);
	ck_assert_uint_eq(load(0x10000), 2);
	asid(0x202);
	ck_assert_uint_eq(load(0x10000), 3);
}
END_TEST

/* More ASIDs than the TLB has contexts, twice over. */
START_TEST(asid_exhaustion)
{
	for (unsigned int n = 0; n < 5000; n++) {
		asid(n);
		map(0x10000, n & 63, PTE_NG);
		/* A context used again must not bring old pages back. */
		tlbi(by_asid[0], (uint64_t)n << 48);
		ck_assert_uint_eq(load(0x10000), n & 63);
	}
	asid(3);
	map(0x10000, 5, PTE_NG);
	tlbi(by_asid[0], UINT64_C(3) << 48);
	ck_assert_uint_eq(load(0x10000), 5);
}
END_TEST

/* Upper half: global pages live through a switch, non-global ones do not. */
START_TEST(upper_half)
{
	map(0xffff800000010000, 1, 0);
	asid(1);
	load(0xffff800000010000);
	map(0xffff800000010000, 2, 0);
	asid(2);
	ck_assert_uint_eq(load(0xffff800000010000), 1);
	map(0xffff800000020000, 3, PTE_NG);
	ck_assert_uint_eq(load(0xffff800000020000), 3);
	map(0xffff800000020000, 4, PTE_NG);
	ck_assert_uint_eq(load(0xffff800000020000), 3);
	asid(3);
	ck_assert_uint_eq(load(0xffff800000020000), 4);
	asid(2);
	tlbi(by_asid[1], UINT64_C(2) << 48);
	ck_assert_uint_eq(load(0xffff800000020000), 4);
}
END_TEST

/* Translation of fetches obeys the same rules. */
START_TEST(fetch)
{
	struct space other = space_new(e, 12, 48);
	gva_t va = 0x20000;

	for (unsigned int k = 0; k < 4; k++)
		CODE(e, DATA_PA + k * 0x1000, ASM_HVC(10 + k));
	space_map(e, &other, CODE_PA, CODE_PA, 2, PTE_DEFAULT | PTE_AP(2));
	map(va, 0, PTE_NG | PTE_AP(2));
	space_map(e, &other, va, DATA_PA + 0x1000, 3,
		  PTE_DEFAULT | PTE_NG | PTE_AP(2));
	for (unsigned int n = 0; n < 3; n++) {
		asid(1);
		run_at(e, va);
		ck_assert_uint_eq(e->cpu.exit.imm16, 10);
		set_sys(e, ENC_TTBR0, other.root | UINT64_C(2) << 48);
		run_at(e, va);
		ck_assert_uint_eq(e->cpu.exit.imm16, 11);
	}
	space_map(e, &other, va, DATA_PA + 0x2000, 3,
		  PTE_DEFAULT | PTE_NG | PTE_AP(2));
	run_at(e, va);
	ck_assert_uint_eq(e->cpu.exit.imm16, 11);
	tlbi(by_va[_i], va_operand(va, 2));
	run_at(e, va);
	ck_assert_uint_eq(e->cpu.exit.imm16, 12);
	/* EL1 may, EL0 may not: the same address and block. */
	space_map(e, &other, va, DATA_PA + 0x2000, 3,
		  PTE_DEFAULT | PTE_NG | PTE_AP(2) | PTE_UXN);
	tlbi(by_va[_i], va_operand(va, 2));
	run_at(e, va);
	ck_assert_uint_eq(e->cpu.exit.imm16, 12);
	go_el0(e);
	run_at(e, va);
	ck_assert_int_eq(exit_vector(e), 8);
	ck_assert_uint_eq(esr_ec(e), EC_IABT_LOW);
}
END_TEST

/* Pages 64 KiB apart, whose code is next to each other in the jump cache: to forget
 * one is not to forget that the others are there. */
START_TEST(fetch_beside_forgotten)
{
	enum { PAGES = 4, BETWEEN = 0x10000 };
	const gva_t va = 0x20000;

	for (unsigned int k = 0; k < PAGES; k++) {
		CODE(e, DATA_PA + k * 0x1000 + k * 4, ASM_HVC(10 + k));
		CODE(e, DATA_PA + (PAGES + k) * 0x1000 + k * 4,
		     ASM_HVC(20 + k));
		map(va + k * BETWEEN, k, PTE_AP(2));
	}
	for (unsigned int done = 0; done <= PAGES; done++) {
		for (unsigned int k = 0; k < PAGES; k++) {
			run_at(e, va + k * BETWEEN + k * 4);
			ck_assert_uint_eq(e->cpu.exit.imm16,
					  (k < done ? 20 : 10) + k);
		}
		if (done == PAGES)
			break;
		map(va + done * BETWEEN, PAGES + done, PTE_AP(2));
		tlbi(by_va[_i], va_operand(va + done * BETWEEN, 0));
	}
}
END_TEST

/* Control registers that change what translations mean. */
START_TEST(control_registers)
{
	uint64_t val;

	map(0x10000, 1, 0);
	map(0x11000, 2, PTE_ATTR(ATTR_DEVICE));
	load(0x10000);
	load(0x11000);
	/* MAIR: what was Device is Normal now, and the reverse. */
	ck_assert(!access_at(e, 0x11001, MA_8, &val));
	CODE(e, CODE_PA, ASM_MSR(ENC_MAIR, 0), ASM_ISB, ASM_HVC(1));
	e->cpu.x[0] = 0xff00;
	run_at(e, CODE_PA);
	ck_assert(access_at(e, 0x11001, MA_8, &val));
	ck_assert(!access_at(e, 0x10001, MA_8, &val));
	/* TCR: a smaller address space. */
	map(UINT64_C(0x8000000000), 3, 0);
	load(UINT64_C(0x8000000000));
	CODE(e, CODE_PA, ASM_MSR(ENC_TCR, 0), ASM_ISB, ASM_HVC(1));
	e->cpu.x[0] = TCR_4K | TCR_EPD1;
	load(0x10000);
	run_at(e, CODE_PA);
	load(UINT64_C(0x8000000000));
	ck_assert(!loads(0xffff800000000000));
}
END_TEST

/* Dirty logging: after a flush of writes, each page asks again. */
START_TEST(flush_write)
{
	uint64_t val = 5;
	unsigned int asked;

	map(0x10000, 1, 0);
	ck_assert(access_at(e, 0x10000, MA_8 | MA_WRITE, &val));
	load(0x10000);
	asked = e->pages_asked;
	ck_assert(access_at(e, 0x10000, MA_8 | MA_WRITE, &val));
	load(0x10000);
	ck_assert_uint_eq(e->pages_asked, asked);
	cpu_domain_flush(dom, CPU_FLUSH_WRITE);
	domain_enter(&e->cpu);
	domain_leave(&e->cpu);
	load(0x10000);
	ck_assert_uint_eq(e->pages_asked, asked);
	ck_assert(access_at(e, 0x10000, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(e->pages_asked, asked + 1);
	/* A read never asks for writing. */
	cpu_domain_flush(dom, CPU_FLUSH_TLB);
	domain_enter(&e->cpu);
	domain_leave(&e->cpu);
	asked = e->pages_asked;
	load(0x10000);
	ck_assert_uint_gt(e->pages_asked, asked);
}
END_TEST

/* ---- what is not RAM ----------------------------------------------------- */

#define DEVICE_PA UINT64_C(0x09000000)

/* Where the access leaves for; ~0: it does not, but takes an exception or is
 * done in memory. */
static gpa_t leaves(gva_t va, uint32_t ma)
{
	uint64_t val = 0;

	e->cpu.leave = e->cpu.mmio_pending = false;
	if (access_at(e, va, MA_8 | MA_ISV | ma, &val) || !e->cpu.mmio_pending)
		return ~UINT64_C(0);
	e->cpu.leave = e->cpu.mmio_pending = false;
	ck_assert(e->cpu.exit.mmio.write == !!(ma & MA_WRITE));
	return e->cpu.exit.mmio.gpa;
}

static void map_device(gva_t va, unsigned int page, unsigned int level,
		       uint64_t attrs)
{
	space_map(e, va >> 63 ? &hi : &lo, va, DEVICE_PA + page * 0x1000, level,
		  PTE_DEFAULT | PTE_ATTR(ATTR_DEVICE) | attrs);
}

START_TEST(device_tlbi)
{
	gva_t va = _i & 1 ? 0xffff800000123000 : 0x123000;
	uint32_t word = by_va[_i / 2];

	map_device(va, 1, 3, 0);
	map_device(va + 0x1000, 2, 3, 0);
	ck_assert_uint_eq(leaves(va + 8, 0), DEVICE_PA + 0x1008);
	ck_assert_uint_eq(leaves(va + 0x1010, MA_WRITE), DEVICE_PA + 0x2010);
	map_device(va, 3, 3, 0);
	map_device(va + 0x1000, 4, 3, 0);
	/* Stale, as the architecture allows. */
	ck_assert_uint_eq(leaves(va + 16, 0), DEVICE_PA + 0x1010);
	tlbi(word, va_operand(va, 0));
	ck_assert_uint_eq(leaves(va, 0), DEVICE_PA + 0x3000);
	ck_assert_uint_eq(leaves(va + 0x1000, MA_WRITE), DEVICE_PA + 0x2000);
	tlbi(word, va_operand(va + 0x1000, 0));
	ck_assert_uint_eq(leaves(va + 0x1000, MA_WRITE), DEVICE_PA + 0x4000);
	map(va, 5, 0);
	tlbi(by_all[0], 0);
	ck_assert_uint_eq(load(va), 5);
}
END_TEST

START_TEST(device_large)
{
	gva_t va = UINT64_C(0x80000000);

	map_device(va, 0, 2, 0);
	ck_assert_uint_eq(leaves(va + 0x5008, 0), DEVICE_PA + 0x5008);
	ram_put(e, space_entry(e, &lo, va, 2), 0);
	ck_assert_uint_eq(leaves(va + 0x5000, 0), DEVICE_PA + 0x5000);
	tlbi(by_va[_i], va_operand(va + 0x1ff000, 0));
	ck_assert_uint_eq(leaves(va + 0x5000, 0), ~UINT64_C(0));
}
END_TEST

START_TEST(device_asid)
{
	gva_t va = 0x123000;

	map_device(va, 1, 3, PTE_NG);
	asid(1);
	ck_assert_uint_eq(leaves(va, 0), DEVICE_PA + 0x1000);
	map_device(va, 2, 3, PTE_NG);
	ck_assert_uint_eq(leaves(va, 0), DEVICE_PA + 0x1000);
	tlbi(by_asid[_i], UINT64_C(1) << 48);
	ck_assert_uint_eq(leaves(va, 0), DEVICE_PA + 0x2000);
	map_device(va, 3, 3, PTE_NG);
	asid(2);
	ck_assert_uint_eq(leaves(va, 0), DEVICE_PA + 0x3000);
	/* Non-global in the upper half. */
	map_device(0xffff800000020000, 3, 3, PTE_NG);
	ck_assert_uint_eq(leaves(0xffff800000020000, 0), DEVICE_PA + 0x3000);
	map_device(0xffff800000020000, 4, 3, PTE_NG);
	asid(3);
	ck_assert_uint_eq(leaves(0xffff800000020000, 0), DEVICE_PA + 0x4000);
}
END_TEST

/* What one kind of access may another one needn't. */
START_TEST(device_rights)
{
	const gva_t ro = 0x123000, el1 = 0x124000, rom = 0x125000;

	map_device(ro, 1, 3, PTE_AP(2));
	ck_assert_uint_eq(leaves(ro, 0), DEVICE_PA + 0x1000);
	ck_assert_uint_eq(leaves(ro, MA_WRITE), ~UINT64_C(0));
	ck_assert_uint_eq(leaves(ro, 0), DEVICE_PA + 0x1000);
	map_device(el1, 2, 3, PTE_AP(0));
	ck_assert_uint_eq(leaves(el1, 0), DEVICE_PA + 0x2000);
	ck_assert_uint_eq(leaves(el1, MA_UNPRIV), ~UINT64_C(0));
	ck_assert_uint_eq(leaves(el1, 0), DEVICE_PA + 0x2000);
	/* Misaligned in Device memory: once more, not found. */
	ck_assert_uint_eq(leaves(el1 + 4, 0), ~UINT64_C(0));
	/* Memory for a read, none for a write. */
	space_map(e, &lo, rom, ROM_BASE, 3, PTE_DEFAULT);
	ck_assert_uint_eq(leaves(rom, MA_WRITE), ROM_BASE);
	ck_assert_uint_eq(load(rom), UINT64_C(0x5a5a5a5a5a5a5a5a));
	ck_assert_uint_eq(leaves(rom + 8, MA_WRITE), ROM_BASE + 8);
	ck_assert_uint_eq(load(rom + 8), UINT64_C(0x5a5a5a5a5a5a5a5a));
}
END_TEST

/* What the environment does when its memory slots change. */
static void slots_change(gpa_t more_ram)
{
	e->more_ram = more_ram;
	cpu_domain_flush(dom, CPU_FLUSH_TLB);
	domain_enter(&e->cpu);
	domain_leave(&e->cpu);
}

/* A memory slot comes to where there was none, and goes. */
START_TEST(device_becomes_ram)
{
	const gpa_t pa = DEVICE_PA + 0x1000;
	const gva_t va = 0x123000;

	map_device(va, 1, 3, 0);
	ck_assert_uint_eq(leaves(va, 0), pa);
	slots_change(pa);
	ck_assert_uint_eq(load(va), 0);
	slots_change(0);
	ck_assert_uint_eq(leaves(va, 0), pa);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-tlb");
	TCase *t = tcase_create("tlb");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, tlbi_va, 0, 2 * ARRAY_SIZE(by_va));
	tcase_add_loop_test(t, tlbi_range, 0, 2 * ARRAY_SIZE(by_range));
	tcase_add_loop_test(t, tlbi_all, 0, ARRAY_SIZE(by_all));
	tcase_add_loop_test(t, tlbi_large, 0, 2 * ARRAY_SIZE(by_va));
	tcase_add_loop_test(t, tlbi_large_granule, 0, 2);
	tcase_add_loop_test(t, asid_isolation, 0, ARRAY_SIZE(by_asid));
	tcase_add_loop_test(t, asid_keeps_others, 0, ARRAY_SIZE(by_asid));
	tcase_add_test(t, asid_source);
	tcase_add_test(t, asid_exhaustion);
	tcase_add_test(t, upper_half);
	tcase_add_loop_test(t, fetch, 0, ARRAY_SIZE(by_va));
	tcase_add_loop_test(t, fetch_beside_forgotten, 0, ARRAY_SIZE(by_va));
	tcase_add_test(t, control_registers);
	tcase_add_test(t, flush_write);
	tcase_add_loop_test(t, device_tlbi, 0, 2 * ARRAY_SIZE(by_va));
	tcase_add_loop_test(t, device_large, 0, ARRAY_SIZE(by_va));
	tcase_add_loop_test(t, device_asid, 0, ARRAY_SIZE(by_asid));
	tcase_add_test(t, device_rights);
	tcase_add_test(t, device_becomes_ram);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
