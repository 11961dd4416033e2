/* SPDX-License-Identifier: MIT */
/*
 * Accesses to what is not RAM: what leaves for the VMM, with a syndrome and without, and
 * what KVM makes an abort of. Expectations are from Linux 6.12's KVM.
 */
#include "engines.h"
#include "mmu-env.h"

START_TEST(mmio_load)
{
	static const struct {
		uint32_t word;
		uint64_t data, want;
		unsigned int len;
	} t[] = {
		{ASM_LDR(1, 0), 0x8899aabbccddeeff, 0x8899aabbccddeeff, 8},
		{ASM_LDRB(1, 0), 0xffffffffffffff80, 0x80, 1},
		/* The sign is lost, as in KVM. */
		{ASM_LDRSB_W(1, 0), 0x80, 0x80, 1},
		{ASM_LDRSW(1, 0), 0x80000000, 0x80000000, 4},
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(t); k++) {
		CODE(e, CODE_PA, t[k].word, ASM_HVC(1));
		e->cpu.x[0] = 0x09000018;
		e->cpu.x[1] = 0x55;
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
		ck_assert(e->cpu.mmio_pending);
		ck_assert_uint_eq(e->cpu.pc, CODE_PA);
		ck_assert_uint_eq(e->cpu.exit.mmio.gpa, 0x09000018);
		ck_assert_uint_eq(e->cpu.exit.mmio.len, t[k].len);
		ck_assert(!e->cpu.exit.mmio.write);
		ck_assert_uint_eq(e->cpu.x[1], 0x55);
		cpu_mmio_complete(&e->cpu, t[k].data);
		ck_assert(!e->cpu.mmio_pending);
		ck_assert_uint_eq(e->cpu.x[1], t[k].want);
		ck_assert_uint_eq(e->cpu.pc, CODE_PA + 4);
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
	}
	/* Into XZR. */
	CODE(e, CODE_PA, ASM_LDR(31, 0), ASM_HVC(1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	cpu_mmio_complete(&e->cpu, 1);
	ck_assert_uint_eq(e->cpu.x[REG_ZR], 0);
	ck_assert_uint_eq(e->cpu.x[REG_SP], 0);
}
END_TEST

START_TEST(mmio_store)
{
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, 0x5000, 0x09000000, 3,
		  PTE_AF | PTE_ATTR(ATTR_DEVICE));
	CODE(e, CODE_PA, ASM_STRH(1, 0), ASM_STR(31, 0), ASM_HVC(1));
	e->cpu.x[0] = 0x5010;
	e->cpu.x[1] = 0x12345678;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	ck_assert_uint_eq(e->cpu.exit.mmio.gpa, 0x09000010);
	ck_assert_uint_eq(e->cpu.exit.mmio.len, 2);
	ck_assert(e->cpu.exit.mmio.write);
	ck_assert_uint_eq(e->cpu.exit.mmio.data, 0x5678);
	ck_assert_uint_eq(cpu_last_fault_va(&e->cpu), 0x5010);
	cpu_mmio_complete(&e->cpu, 0);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_MMIO);
	ck_assert_uint_eq(e->cpu.exit.mmio.data, 0);
	ck_assert_uint_eq(e->cpu.exit.mmio.len, 8);
	cpu_mmio_complete(&e->cpu, 0);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
}
END_TEST

/* The VMM answers with an abort instead: KVM_SET_VCPU_EVENTS. */
START_TEST(mmio_abort)
{
	vectors_put(e);
	CODE(e, CODE_PA, ASM_LDR(1, 0), ASM_HVC(1));
	e->cpu.x[0] = 0x09000008;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	e->cpu.mmio_pending = false;
	cpu_abort_syndrome(&e->cpu, cpu_last_fault_va(&e->cpu), true);
	cpu_abort_enter(&e->cpu);
	cpu_run(&e->cpu);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x96000010);
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x09000008);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
}
END_TEST

START_TEST(no_syndrome)
{
	CODE(e, CODE_PA, ASM_LDP(1, 2, 0), ASM_HVC(1));
	e->cpu.x[0] = 0x09000010;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_NISV);
	ck_assert_uint_eq(e->cpu.exit.nisv.gpa, 0x09000010);
	ck_assert(!(e->cpu.exit.nisv.iss & (1 << 6)));
	ck_assert_uint_eq(e->cpu.pc, CODE_PA);
	ck_assert(!e->cpu.mmio_pending);
	CODE(e, CODE_PA, ASM_LDADD(1, 2, 0), ASM_HVC(1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_NISV);
	/* A write to a read-only slot is no RAM either. */
	CODE(e, CODE_PA, ASM_LDR(1, 0), ASM_STR(1, 0), ASM_HVC(1));
	e->cpu.x[0] = ROM_BASE + 8;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	ck_assert_uint_eq(e->cpu.x[1], 0x5a5a5a5a5a5a5a5a);
	ck_assert(e->cpu.exit.mmio.write);
	ck_assert_uint_eq(e->cpu.exit.mmio.gpa, ROM_BASE + 8);
	cpu_mmio_complete(&e->cpu, 0);
	CODE(e, CODE_PA, ASM_LDADD(1, 2, 0), ASM_HVC(1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_NISV);
	ck_assert_uint_eq(e->cpu.exit.nisv.iss & 0x3f, 0x0f);
}
END_TEST

START_TEST(stage2_injected)
{
	uint64_t val = 0;

	vectors_put(e);
	/* Beyond the IPA space: FAR is the physical address, as in KVM. */
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, 0x5000, IPA_LIMIT, 3, PTE_DEFAULT);
	ck_assert(!access_at(e, 0x5018, MA_8 | MA_WRITE | MA_ISV, &val));
	ck_assert(!e->cpu.leave);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x96000010);
	ck_assert_uint_eq(e->cpu.sys.far_el1, IPA_LIMIT + 0x18);
	/* A table that is not RAM. */
	ram_put(e, space_entry(e, &lo, UINT64_C(0x8000005000), 0),
		0x09000000 | 3);
	ck_assert(!access_at(e, UINT64_C(0x8000005018), MA_8, &val));
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x96000010);
	ck_assert_uint_eq(e->cpu.sys.far_el1, UINT64_C(0x8000005018));
	/* Fetches. */
	space_map(e, &lo, 0x6000, 0x09000000, 3, PTE_DEFAULT | PTE_AP(2));
	run_at(e, 0x6004);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x86000010);
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x6004);
	go_el1(e);
	run_at(e, UINT64_C(0x8000005018));
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x86000010);
	ck_assert_uint_eq(e->cpu.sys.far_el1, UINT64_C(0x8000005018));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-mmio");
	TCase *off = tcase_create("off");

	tcase_add_checked_fixture(off, setup, teardown);
	tcase_set_timeout(off, 60);
	tcase_add_test(off, mmio_load);
	tcase_add_test(off, mmio_store);
	tcase_add_test(off, mmio_abort);
	tcase_add_test(off, no_syndrome);
	tcase_add_test(off, stage2_injected);
	suite_add_tcase(s, off);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
