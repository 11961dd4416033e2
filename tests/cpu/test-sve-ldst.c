/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of SVE where not all memory is there: what faults leaves the
 * registers as they were, what is not active is not accessed, first-fault and non-fault
 * loads stop where FFR says, MMIO has no syndrome, watchpoints are of elements.
 * (What they do with memory: insn-diff's group sve-ldst.)
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/sve/sve.h"

#define ENC_CPACR SYSREG_ENC(3, 0, 1, 0, 2)
#define ENC_ZCR   SYSREG_ENC(3, 0, 1, 2, 0)

/* Zt is Z0, Pg is P0, the base X1. */
#define LD1B      0xa400a020u
#define LD1D      0xa5e0a020u
#define LD4W      0xa560e020u
#define LDFF1B    0xa41f6020u
#define LDNF1B    0xa410a020u
#define ST1B      0xe400e020u
#define LD1D_Z1   0xc5a0c021u /* to Z1 from where Z1 says */
#define LDFF1D_Z1 0xc5a0e020u /* to Z0 from where Z1 says */

/* A page, a hole, a page of Device memory, what is no RAM, one that is read-only. */
#define PAGE    UINT64_C(0x10000000)
#define HOLE    (PAGE + 0x1000)
#define DEVICE  (PAGE + 0x2000)
#define MMIO    (PAGE + 0x3000)
#define ROM     (PAGE + 0x4000)
#define MMIO_PA UINT64_C(0x09000000)

static struct env *e;
static struct cpu_domain *dom;
static struct space lo, hi;

static void setup(void)
{
	static const uint64_t all[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX,
					UINT64_MAX};
	uint8_t old[SVE_MAX_VL];

	dom = cpu_domain_new();
	e = env_new(dom);
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, PAGE, DATA_PA, 3, PTE_DEFAULT);
	space_map(e, &lo, DEVICE, DATA_PA, 3,
		  PTE_AF | PTE_SH | PTE_ATTR(ATTR_DEVICE));
	space_map(e, &lo, MMIO, MMIO_PA, 3, PTE_DEFAULT);
	space_map(e, &lo, ROM, DATA_PA, 3, PTE_DEFAULT | PTE_AP(2));
	for (unsigned int k = 0; k < 0x1000; k++)
		*(uint8_t *)ram_at(e, DATA_PA + k) = (uint8_t)(k * 7);
	ck_assert_int_eq(cpu_set_sve(&e->cpu, 0xffff), 0);
	set_sys(e, ENC_CPACR, 3 << 20 | 3 << 16);
	set_sys(e, ENC_ZCR, 15);
	memset(old, 0xaa, sizeof(old));
	for (unsigned int n = 0; n < 32; n++)
		cpu_sve_set_z(&e->cpu, n, old);
	cpu_sve_set_p(&e->cpu, 0, all);
	cpu_sve_set_p(&e->cpu, SVE_FFR, all);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

static enum cpu_exit_reason run(uint32_t word, gva_t base)
{
	CODE(e, CODE_PA, word, ASM_HVC(1));
	go_el1(e);
	e->cpu.x[1] = base;
	return run_at(e, CODE_PA);
}

/* Bytes @from to @to of Z<@n> are @byte. */
static bool all_are(unsigned int n, unsigned int from, unsigned int to,
		    uint8_t byte)
{
	uint8_t z[SVE_MAX_VL];

	cpu_sve_get_z(&e->cpu, n, z);
	for (unsigned int k = from; k < to; k++)
		if (z[k] != byte)
			return false;
	return true;
}

/* The first @bytes of Z0 are those of PAGE + @off. */
static bool is_loaded(unsigned int off, unsigned int bytes)
{
	uint8_t z[SVE_MAX_VL];

	cpu_sve_get_z(&e->cpu, 0, z);
	return !memcmp(z, ram_at(e, DATA_PA + off), bytes);
}

static unsigned int ffr_bits(void)
{
	unsigned int n = 0;
	uint64_t p[4];

	cpu_sve_get_p(&e->cpu, SVE_FFR, p);
	for (unsigned int k = 0; k < 4; k++)
		n += (unsigned int)__builtin_popcountll(p[k]);
	/* From the first on. */
	ck_assert(n == 0 || n > 63 || p[0] == BIT(n) - 1);
	return n;
}

static void faulted(gva_t far, unsigned int fsc)
{
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_DABT_CUR);
	ck_assert_uint_eq(esr_iss(e) & 0x3f, fsc);
	ck_assert_uint_eq(e->cpu.sys.far_el1, far);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
}

static void active_up_to(unsigned int bytes)
{
	uint64_t p[4] = {0};

	for (unsigned int k = 0; k < bytes; k++)
		p[k / 64] |= BIT(k % 64);
	cpu_sve_set_p(&e->cpu, 0, p);
}

START_TEST(fault_leaves_registers)
{
	run(LD1B, HOLE - 8);
	faulted(HOLE, 7);
	ck_assert(all_are(0, 0, SVE_MAX_VL, 0xaa));
	/* The third register's element is the first that is not there. */
	run(LD4W, HOLE - 8);
	faulted(HOLE, 7);
	for (unsigned int n = 0; n < 4; n++)
		ck_assert(all_are(n, 0, SVE_MAX_VL, 0xaa));
	run(ST1B, HOLE - 8);
	faulted(HOLE, 7);
	run(ST1B, ROM);
	faulted(ROM, 0xf);
}
END_TEST

START_TEST(inactive_is_not_accessed)
{
	active_up_to(8);
	run(LD1B, HOLE - 8);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert(is_loaded(0xff8, 8) && all_are(0, 8, SVE_MAX_VL, 0));
	run(ST1B, HOLE - 8);
	ck_assert_int_eq(exit_vector(e), -1);
	active_up_to(0);
	run(LD1B, HOLE);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert(all_are(0, 0, SVE_MAX_VL, 0));
	run(LDFF1B, HOLE);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(ffr_bits(), 256);
	run(ST1B, MMIO);
	ck_assert_int_eq(exit_vector(e), -1);
}
END_TEST

START_TEST(first_fault)
{
	run(LDFF1B, HOLE - 8);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(ffr_bits(), 8);
	ck_assert(is_loaded(0xff8, 8) && all_are(0, 8, SVE_MAX_VL, 0));
	run(LDFF1B, HOLE);
	faulted(HOLE, 7);
	ck_assert_uint_eq(ffr_bits(), 8);
	/* The first is read from a device, the others are not. */
	run(LDFF1B, DEVICE + 16);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(ffr_bits(), 1);
	ck_assert(is_loaded(16, 1) && all_are(0, 1, SVE_MAX_VL, 0));
	ck_assert_int_eq(run(LDFF1B, MMIO), CPU_EXIT_NISV);
	ck_assert_uint_eq(e->cpu.exit.nisv.gpa, MMIO_PA);
}
END_TEST

START_TEST(non_fault)
{
	static const gva_t none[] = {HOLE, DEVICE, MMIO};
	static const uint64_t all[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX,
					UINT64_MAX};

	for (unsigned int k = 0; k < ARRAY_SIZE(none); k++) {
		cpu_sve_set_p(&e->cpu, SVE_FFR, all);
		run(LDNF1B, none[k]);
		ck_assert_int_eq(exit_vector(e), -1);
		ck_assert_uint_eq(ffr_bits(), 0);
		ck_assert(all_are(0, 0, SVE_MAX_VL, 0));
	}
	cpu_sve_set_p(&e->cpu, SVE_FFR, all);
	run(LDNF1B, ROM + 0x1000 - 3);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(ffr_bits(), 3);
	ck_assert(is_loaded(0xffd, 3) && all_are(0, 3, SVE_MAX_VL, 0));
}
END_TEST

static void addresses_put(unsigned int hole)
{
	uint64_t z[SVE_MAX_VL / 8];

	for (unsigned int k = 0; k < ARRAY_SIZE(z); k++)
		z[k] = k == hole ? HOLE + 24 : PAGE + 8 * k;
	cpu_sve_set_z(&e->cpu, 1, z);
}

START_TEST(gathers)
{
	uint64_t z[SVE_MAX_VL / 8];

	addresses_put(5);
	run(LD1D_Z1, 0);
	faulted(HOLE + 24, 7);
	cpu_sve_get_z(&e->cpu, 1, z);
	ck_assert_uint_eq(z[0], PAGE);
	ck_assert_uint_eq(z[5], HOLE + 24);
	run(LDFF1D_Z1, 0);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(ffr_bits(), 40);
	ck_assert(is_loaded(0, 40) && all_are(0, 40, SVE_MAX_VL, 0));
	addresses_put(0);
	run(LDFF1D_Z1, 0);
	faulted(HOLE + 24, 7);
	addresses_put(99);
	run(LD1D_Z1, 0);
	ck_assert_int_eq(exit_vector(e), -1);
	cpu_sve_get_z(&e->cpu, 1, z);
	ck_assert(!memcmp(z, ram_at(e, DATA_PA), sizeof(z)));
}
END_TEST

START_TEST(mmio)
{
	ck_assert_int_eq(run(LD1D, MMIO + 8), CPU_EXIT_NISV);
	ck_assert_uint_eq(e->cpu.exit.nisv.gpa, MMIO_PA + 8);
	ck_assert(!(e->cpu.exit.nisv.iss & BIT(6)));
	ck_assert_uint_eq(e->cpu.pc, CODE_PA);
	ck_assert(all_are(0, 0, SVE_MAX_VL, 0xaa));
	ck_assert_int_eq(run(ST1B, MMIO + 1), CPU_EXIT_NISV);
	ck_assert_uint_eq(e->cpu.exit.nisv.gpa, MMIO_PA + 1);
	ck_assert(e->cpu.exit.nisv.iss & BIT(6));
}
END_TEST

/* Of the watched bytes those that an active element touches. */
START_TEST(watchpoints)
{
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 6), PAGE + 0x20);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 7), 0xff << 5 | 3 << 3 | 3 << 1 | 1);
	set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
	CODE(e, CODE_PA, LD1B, ASM_HVC(1));
	e->cpu.x[1] = PAGE;
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_WATCHPOINT_CUR);
	ck_assert_uint_eq(e->cpu.sys.far_el1, PAGE + 0x20);
	ck_assert(all_are(0, 0, SVE_MAX_VL, 0xaa));
	/* What may not fault stops. */
	CODE(e, CODE_PA, LDNF1B, ASM_HVC(1));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(ffr_bits(), 0x20);
	ck_assert(is_loaded(0, 0x20));
	active_up_to(0x20);
	CODE(e, CODE_PA, LD1B, ASM_HVC(1));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert(is_loaded(0, 0x20));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-sve-ldst");
	TCase *tc = tcase_create("sve-ldst");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, fault_leaves_registers);
	tcase_add_test(tc, inactive_is_not_accessed);
	tcase_add_test(tc, first_fault);
	tcase_add_test(tc, non_fault);
	tcase_add_test(tc, gathers);
	tcase_add_test(tc, mmio);
	tcase_add_test(tc, watchpoints);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
