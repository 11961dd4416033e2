/* SPDX-License-Identifier: MIT */
/*
 * Instructions that ask for a translation or keep caches (AT, DC, IC), tagged pointers, the
 * alignment of SP and PC. Expectations are from Arm ARM C5.3, D8 and D1.
 */
#include "engines.h"
#include "mmu-env.h"

static uint64_t at(unsigned int op2, gva_t va)
{
	CODE(e, CODE_PA, ASM_SYS(0, 7, 8, op2, 0),
	     ASM_MRS(1, SYSREG_ENC(3, 0, 7, 4, 0)), ASM_HVC(1));
	e->cpu.x[0] = va;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 1);
	return e->cpu.x[1];
}

START_TEST(address_translate)
{
	uint64_t ok =
		DATA_PA | UINT64_C(0xff) << 56 | BIT(11) | BIT(9) | 3 << 7;

	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT | PTE_AP(1));
	space_map(e, &lo, 0x11000, DATA_PA, 3, PTE_DEFAULT | PTE_AP(2));
	space_map(e, &lo, 0x12000, 0x09000000, 3,
		  PTE_AF | PTE_ATTR(ATTR_DEVICE) | PTE_AP(3));
	for (unsigned int op2 = 0; op2 < 4; op2++)
		ck_assert_uint_eq(at(op2, 0x10123), ok);
	ck_assert_uint_eq(at(0, 0x11000), ok);
	/* F, FST = permission level 3 */
	ck_assert_uint_eq(at(1, 0x11000), BIT(11) | 0x0f << 1 | 1);
	ck_assert_uint_eq(at(2, 0x11000), BIT(11) | 0x0f << 1 | 1);
	ck_assert_uint_eq(at(3, 0x11000), BIT(11) | 0x0f << 1 | 1);
	ck_assert_uint_eq(at(0, 0x13000), BIT(11) | 0x07 << 1 | 1);
	/* Device memory; no RAM needed. */
	ck_assert_uint_eq(at(2, 0x12000),
			  0x09000000 | BIT(11) | BIT(9) | 2 << 7);
	ck_assert_uint_eq(at(3, 0x12000), BIT(11) | 0x0f << 1 | 1);
	/* PAN is not looked at. */
	e->cpu.pan = 1;
	mmu_mode_changed(&e->cpu);
	ck_assert_uint_eq(at(0, 0x10000), ok);
}
END_TEST

START_TEST(tagged_pointers)
{
	uint64_t val = 77, got = 0;

	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT);
	space_map(e, &hi, 0xffff000000010000, DATA_PA + 0x1000, 3, PTE_DEFAULT);
	ck_assert(!access_at(e, 0xab00000000010000, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x04);
	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0 | TCR_TBI1);
	ck_assert(access_at(e, 0xab00000000010000, MA_8 | MA_WRITE, &val));
	ck_assert(access_at(e, 0x10000, MA_8, &got));
	ck_assert_uint_eq(got, 77);
	/* The top byte says nothing of the half; bit 55 does. */
	ck_assert(access_at(e, 0xff00000000010000, MA_8, &got));
	ck_assert_uint_eq(got, 77);
	val = 78;
	ck_assert(access_at(e, 0x00ff000000010000, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(ram_get(e, DATA_PA + 0x1000), 78);
	/* FAR keeps the tag. */
	ck_assert(!access_at(e, 0xab00000000020000, MA_8, &val));
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0xab00000000020000);
	/* Crossing with a tag. */
	space_map(e, &lo, 0x11000, DATA_PA + 0x4000, 3, PTE_DEFAULT);
	ck_assert(access_at(e, 0xab00000000010ffc, MA_8 | MA_WRITE, &val));
	/* A branch drops it. */
	CODE(e, DATA_PA + 0x8000, ASM_HVC(3));
	space_map(e, &lo, 0x18000, DATA_PA + 0x8000, 3,
		  PTE_DEFAULT | PTE_AP(2));
	ck_assert_int_eq(run_at(e, 0xcd00000000018000), CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.pc, 0x18004);
}
END_TEST

START_TEST(zero_block)
{
	uint64_t val = 1;

	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT);
	space_map(e, &lo, 0x11000, DATA_PA, 3, PTE_AF | PTE_ATTR(ATTR_DEVICE));
	space_map(e, &lo, 0x12000, DATA_PA, 3, PTE_DEFAULT | PTE_AP(2));
	memset(ram_at(e, DATA_PA), 0xff, 0x1000);
	CODE(e, CODE_PA, ASM_SYS(3, 7, 4, 1, 0), ASM_HVC(1));
	e->cpu.x[0] = 0x10047;
	for (unsigned int n = 0; n < 2; n++) {
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
		ck_assert_int_eq(exit_vector(e), -1);
		ck_assert_uint_eq(ram_get(e, DATA_PA + 0x38), ~UINT64_C(0));
		for (unsigned int k = 0; k < 64; k += 8)
			ck_assert_uint_eq(ram_get(e, DATA_PA + 0x40 + k), 0);
		ck_assert_uint_eq(ram_get(e, DATA_PA + 0x80), ~UINT64_C(0));
		memset(ram_at(e, DATA_PA), 0xff, 0x1000);
	}
	/* Device: alignment; read-only: permission. */
	e->cpu.x[0] = 0x11040;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_iss(e), 0x21 | 1 << 6);
	go_el1(e);
	e->cpu.x[0] = 0x12040;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(esr_iss(e), 0x0f | 1 << 6);
	ck_assert(access_at(e, 0x10000, MA_8, &val));
	ck_assert_uint_eq(val, ~UINT64_C(0));
}
END_TEST

/* op1, CRm, op2 of CVAC, CVAU, CIVAC, IVAC, IC IVAU */
static const struct {
	unsigned int op1, crm, op2;
	bool write;
} maint[] = {{3, 10, 1, false},
	     {3, 11, 1, false},
	     {3, 14, 1, false},
	     {0, 6, 1, true},
	     {3, 5, 1, false}};

START_TEST(cache_maintenance)
{
	uint32_t word =
		ASM_SYS(maint[_i].op1, 7, maint[_i].crm, maint[_i].op2, 0);

	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT | PTE_AP(1));
	space_map(e, &lo, 0x11000, 0x09000000, 3, PTE_DEFAULT);
	space_map(e, &lo, 0x12000, DATA_PA, 3, PTE_DEFAULT | PTE_AP(2));
	CODE(e, CODE_PA, word, ASM_HVC(1));
	/* RAM, also with PAN; outside every slot it is skipped. */
	e->cpu.pan = 1;
	mmu_mode_changed(&e->cpu);
	for (gva_t va = 0x10000; va < 0x12000; va += 0x1000) {
		e->cpu.x[0] = va;
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
		ck_assert_int_eq(exit_vector(e), -1);
	}
	e->cpu.x[0] = 0x12040;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	if (maint[_i].write) {
		ck_assert_int_eq(exit_vector(e), 4);
		ck_assert_uint_eq(esr_iss(e), 0x0f | 1 << 8 | 1 << 6);
	} else {
		ck_assert_int_eq(exit_vector(e), -1);
	}
	go_el1(e);
	e->cpu.x[0] = 0x20040;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_iss(e), 0x07 | 1 << 8 | 1 << 6);
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x20040);
}
END_TEST

/* What it has found of a page goes with the TLB, and is another's no more. */
START_TEST(maintenance_after_tlbi)
{
	uint32_t word =
		ASM_SYS(maint[_i].op1, 7, maint[_i].crm, maint[_i].op2, 0);

	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT);
	CODE(e, CODE_PA, word, word, ASM_HVC(1));
	CODE(e, CODE_PA + 0x100, ASM_TLBI_VMALLE1IS, ASM_DSB, ASM_ISB,
	     ASM_B(-0x100 / 4 - 3));
	e->cpu.x[0] = 0x10040;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_int_eq(exit_vector(e), -1);
	space_map(e, &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT & ~PTE_AF);
	run_at(e, CODE_PA + 0x100);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_iss(e), 0x0b | 1 << 8 | 1 << 6);
	ck_assert_uint_eq(e->cpu.sys.far_el1, 0x10040);
}
END_TEST

/* New code is seen after IC IVAU, and without it may not be. */
START_TEST(code_is_replaced)
{
	CODE(e, CODE_PA, ASM_STR(1, 0),       /* new instruction pair */
	     ASM_SYS(3, 7, 11, 1, 0),         /* dc cvau */
	     ASM_DSB, ASM_SYS(3, 7, 5, 1, 0), /* ic ivau */
	     ASM_DSB, ASM_ISB, ASM_B(0x100000 / 4 - 6)); /* to DATA_PA */
	CODE(e, DATA_PA, ASM_HVC(2), ASM_NOP);
	ck_assert_int_eq(run_at(e, DATA_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 2);
	for (unsigned int n = 3; n < 10; n++) {
		e->cpu.x[0] = DATA_PA;
		e->cpu.x[1] = ASM_HVC(n);
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
		ck_assert_uint_eq(e->cpu.exit.imm16, n);
	}
}
END_TEST

START_TEST(sp_alignment)
{
	CODE(e, CODE_PA, ASM_LDR(1, 31), ASM_HVC(1));
	vectors_put(e);
	cpu_set_sp(&e->cpu, 1, DATA_PA + 8);
	ck_assert(e->cpu.sys.sctlr_el1 & BIT(3));
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_SP_ALIGNMENT);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 & ~BIT(3));
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	cpu_set_sp(&e->cpu, 1, DATA_PA);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | BIT(3));
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
}
END_TEST

START_TEST(pc_alignment)
{
	vectors_put(e);
	run_at(e, CODE_PA + 2);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_PC_ALIGNMENT);
	ck_assert_uint_eq(e->cpu.sys.far_el1, CODE_PA + 2);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 2);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-mmu-insn");
	TCase *on = tcase_create("on"), *off = tcase_create("off");

	tcase_add_checked_fixture(on, setup_on, teardown);
	tcase_add_checked_fixture(off, setup, teardown);
	tcase_set_timeout(on, 60);
	tcase_set_timeout(off, 60);
	tcase_add_test(on, address_translate);
	tcase_add_test(on, tagged_pointers);
	tcase_add_test(on, zero_block);
	tcase_add_loop_test(on, cache_maintenance, 0, ARRAY_SIZE(maint));
	tcase_add_loop_test(on, maintenance_after_tlbi, 0, ARRAY_SIZE(maint));
	tcase_add_test(off, code_is_replaced);
	tcase_add_test(off, sp_alignment);
	tcase_add_test(off, pc_alignment);
	suite_add_tcase(s, on);
	suite_add_tcase(s, off);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
