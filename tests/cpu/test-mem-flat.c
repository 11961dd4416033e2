/* SPDX-License-Identifier: MIT */
/*
 * The second implementation of cpu/mem.h: loads, stores and atomics on host
 * memory, with no MMU behind them. No translation exists, so that an access
 * which still went by the TLB would fault.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "cpu/bodies.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "tests/check-main.h"

#define MAX_CODE 8

static struct cpu *cpu;
static struct cpu_domain *domain;
static uint8_t *memory; /* two pages and one that is not there */
static bool completed;

static void exec_end(struct cpu *c, const struct insn *i)
{
	completed = true;
}

/* Run @n instructions; true if the last one went on. */
static bool run(const uint32_t *code, unsigned int n)
{
	struct insn insns[MAX_CODE + 1];

	ck_assert_uint_le(n, MAX_CODE);
	cpu->page_va = (uintptr_t)code;
	for (unsigned int k = 0; k < n; k++) {
		ck_assert_ptr_nonnull(insn_decode(code[k], &insns[k]));
		insn_bind(&insns[k], &mem_flat_bodies);
		insns[k].pgoff = 4 * k;
	}
	insns[n] = (struct insn){.fn = exec_end};
	completed = false;
	cpu->leave = false;
	insn_enter(cpu, insns);
	return completed;
}

#define RUN(...)                             \
	run((const uint32_t[]){__VA_ARGS__}, \
	    ARRAY_SIZE(((const uint32_t[]){__VA_ARGS__})))

static uint64_t word64(unsigned int off)
{
	uint64_t val;

	memcpy(&val, memory + off, sizeof(val));
	return val;
}

static bool executable(struct cpu *c, gva_t va)
{
	return c && va;
}

static void setup(void)
{
	static const struct cpu_flat flat = {
		.bodies = &mem_flat_bodies,
		.executable = executable,
	};
	static const struct cpu_env env = {.flat = &flat, .aarch32 = true};

	cpu = aligned_alloc(64, ALIGN_UP(sizeof(*cpu), 64));
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(cpu);
	ck_assert_ptr_nonnull(domain);
	ck_assert_int_eq(cpu_init(cpu, domain, &env, NULL), 0);
	cpu_reset(cpu);
	cpu_set_pstate(cpu, 0); /* EL0 */
	cpu->sys.cpacr_el1 = 3 << 20;
	memory = mmap(NULL, 3 * 0x1000, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	ck_assert_int_eq(mprotect(memory + 0x2000, 0x1000, PROT_NONE), 0);
	for (unsigned int k = 0; k < 0x2000; k++)
		memory[k] = k ^ 0x80;
	cpu->x[0] = (uintptr_t)memory;
	cpu->x[REG_SP] = (uintptr_t)memory + 0x100;
}

static void teardown(void)
{
	munmap(memory, 3 * 0x1000);
	cpu_destroy(cpu);
	cpu_domain_free(domain);
	free(cpu);
}

START_TEST(loads)
{
	cpu->x[10] = 2;
	cpu->x[11] = 0xffffffff;  /* -1 as a word */
	ck_assert(RUN(0xf9400401, /* ldr x1, [x0, #8] */
		      0x39c02002, /* ldrsb w2, [x0, #8] */
		      0xb8aa7803, /* ldrsw x3, [x0, x10, lsl #2] */
		      0xb8404405, /* ldr w5, [x0], #4 */
		      0x786bd804, /* ldrh w4, [x0, w11, sxtw #1] */
		      0x38400806, /* ldtrb w6, [x0] */
		      0x79800be7) /* ldrsh x7, [sp, #4] */);
	ck_assert_uint_eq(cpu->x[1], UINT64_C(0x8f8e8d8c8b8a8988));
	ck_assert_uint_eq(cpu->x[2], 0xffffff88);
	ck_assert_uint_eq(cpu->x[3], UINT64_C(0xffffffff8b8a8988));
	ck_assert_uint_eq(cpu->x[4], 0x8382);
	ck_assert_uint_eq(cpu->x[5], 0x83828180);
	ck_assert_uint_eq(cpu->x[6], 0x84);
	ck_assert_uint_eq(cpu->x[7], UINT64_C(0xffffffffffff8584));
	ck_assert_uint_eq(cpu->x[0], (uintptr_t)memory + 4);
}
END_TEST

START_TEST(stores)
{
	cpu->x[1] = UINT64_C(0x1122334455667788);
	cpu->x[10] = 17;
	ck_assert(RUN(0x382a4801,   /* strb w1, [x0, w10, uxtw] */
		      0xf8038c01,   /* str x1, [x0, #56]! */
		      0xf8008801,   /* sttr x1, [x0, #8] */
		      0xb90007e1)); /* str w1, [sp, #4] */
	ck_assert_uint_eq(word64(16), UINT64_C(0x9796959493928890));
	ck_assert_uint_eq(word64(56), cpu->x[1]);
	ck_assert_uint_eq(word64(64), cpu->x[1]);
	ck_assert_uint_eq(word64(0x100), UINT64_C(0x5566778883828180));
	ck_assert_uint_eq(cpu->x[0], (uintptr_t)memory + 56);
}
END_TEST

START_TEST(pairs_and_literal)
{
	uint64_t a = word64(0), b = word64(8), sp = cpu->x[REG_SP];

	ck_assert(RUN(0xa8c10801, /* ldp x1, x2, [x0], #16 */
		      0x69401003, /* ldpsw x3, x4, [x0] */
		      0xa9bf13e3, /* stp x3, x4, [sp, #-16]! */
		      0x29820801, /* stp w1, w2, [x0, #16]! */
		      0x58ffff88) /* ldr x8, .-16: the first two */);
	ck_assert_uint_eq(cpu->x[1], a);
	ck_assert_uint_eq(cpu->x[2], b);
	ck_assert_uint_eq(cpu->x[3], UINT64_C(0xffffffff93929190));
	ck_assert_uint_eq(cpu->x[4], UINT64_C(0xffffffff97969594));
	ck_assert_uint_eq(cpu->x[8], UINT64_C(0x69401003a8c10801));
	ck_assert_uint_eq(cpu->x[REG_SP], sp - 16);
	ck_assert_uint_eq(word64(0xf0), cpu->x[3]);
	ck_assert_uint_eq(word64(0xf8), cpu->x[4]);
	ck_assert_uint_eq(word64(32), (uint32_t)a | b << 32);
}
END_TEST

/* One address space: a page boundary is nothing, nor is a top byte. */
START_TEST(crossing_and_tag)
{
	cpu->x[0] = ((uintptr_t)memory + 0xff4) | UINT64_C(0xab) << 56;
	ck_assert(RUN(0xf8008801, /* sttr x1, [x0, #8] */
		      0xf9400402, /* ldr x2, [x0, #8] */
		      0xa8c10801) /* ldp x1, x2, [x0], #16 */);
	ck_assert_uint_eq(cpu->x[2], word64(0xffc));
	ck_assert_uint_eq(cpu->x[0] >> 56, 0xab);
}
END_TEST

START_TEST(atomics)
{
	uint64_t old = word64(0), old8 = word64(8);

	cpu->x[1] = 0x70;
	cpu->x[5] = old + 0x70;
	cpu->x[6] = 0x1234;
	ck_assert(RUN(0xf8210002,   /* ldadd x1, x2, [x0] */
		      0xc8a57c06,   /* cas x5, x6, [x0] */
		      0x38215003)); /* ldsminb w1, w3, [x0] */
	ck_assert_uint_eq(cpu->x[2], old);
	ck_assert_uint_eq(cpu->x[5], old + 0x70);
	ck_assert_uint_eq(cpu->x[3], 0x34);
	ck_assert_uint_eq(word64(0), 0x1234);

	cpu->x[6] = 0x1234;
	cpu->x[7] = old8;
	cpu->x[8] = 5;
	cpu->x[9] = 6;
	ck_assert(RUN(0x48267c08,   /* casp x6, x7, x8, x9, [x0] */
		      0xf821301f,   /* stset x1, [x0] */
		      0x78218004)); /* swph w1, w4, [x0] */
	ck_assert_uint_eq(cpu->x[4], 0x75);
	ck_assert_uint_eq(word64(0), 0x70);
	ck_assert_uint_eq(word64(8), 6);
}
END_TEST

START_TEST(exclusives_and_ordered)
{
	cpu->x[4] = 77;
	cpu->x[9] = 0x11;
	cpu->x[10] = 0x22;
	ck_assert(RUN(0xc85ffc02,   /* ldaxr x2, [x0] */
		      0xc803fc04,   /* stlxr w3, x4, [x0] */
		      0xc8057c04,   /* stxr w5, x4, [x0]: not after the other */
		      0x887f1c06,   /* ldxp w6, w7, [x0] */
		      0x88282809,   /* stxp w8, w9, w10, [x0] */
		      0x88dffc0b,   /* ldar w11, [x0] */
		      0x089ffc04)); /* stlrb w4, [x0] */
	ck_assert_uint_eq(cpu->x[2], UINT64_C(0x8786858483828180));
	ck_assert_uint_eq(cpu->x[3], 0);
	ck_assert_uint_eq(cpu->x[5], 1);
	ck_assert_uint_eq(cpu->x[6], 77);
	ck_assert_uint_eq(cpu->x[7], 0);
	ck_assert_uint_eq(cpu->x[8], 0);
	ck_assert_uint_eq(cpu->x[11], 0x11);
	ck_assert_uint_eq(word64(0), UINT64_C(0x000000220000004d));
}
END_TEST

START_TEST(simd)
{
	cpu->x[1] = (uintptr_t)memory + 0x200;
	ck_assert(RUN(0x3cc10400, /* ldr q0, [x0], #16 */
		      0x6d400801, /* ldp d1, d2, [x0] */
		      0xbd000021, /* str s1, [x1] */
		      0x7d000822, /* str h2, [x1, #4] */
		      0xad008420, /* stp q0, q1, [x1, #16] */
		      0x0c408003, /* ld2 {v3.8b, v4.8b}, [x0] */
		      0x0d000823, /* st1 {v3.b}[2], [x1] */
		      0x4d40c805) /* ld1r {v5.4s}, [x0] */);
	ck_assert_uint_eq(word64(0x210), word64(0));
	ck_assert_uint_eq(word64(0x218), word64(8));
	ck_assert_uint_eq(word64(0x220), word64(16));
	ck_assert_uint_eq(word64(0x228), 0);
	/* s1, h2, and byte 2 of v3, which is byte 4 of memory. */
	ck_assert_uint_eq(word64(0x200), UINT64_C(0x8786999893929194));
	ck_assert_uint_eq(cpu->vreg[4].d[0], UINT64_C(0x9f9d9b9997959391));
	ck_assert_uint_eq(cpu->vreg[5].d[1], UINT64_C(0x9392919093929190));
}
END_TEST

static const uint32_t aligned_only[] = {
	0xc8dffc02, /* ldar x2, [x0] */
	0xc89ffc01, /* stlr x1, [x0] */
	0xf8210002, /* ldadd x1, x2, [x0] */
	0xc85ffc02, /* ldaxr x2, [x0] */
};

START_TEST(misaligned)
{
	cpu->x[0] += 4;
	cpu->x[2] = 99;
	ck_assert(!run(&aligned_only[_i], 1));
	ck_assert(cpu->leave);
	ck_assert_int_eq(cpu->exit.reason, CPU_EXIT_SYNC);
	ck_assert_uint_eq(cpu->exit.sync.esr >> 26, EC_DABT_LOW);
	ck_assert_uint_eq(cpu->exit.sync.esr & 0x3f, 0x21);
	ck_assert_uint_eq(cpu->exit.sync.far, (uintptr_t)memory + 4);
	ck_assert_uint_eq(cpu->x[2], 99);
	ck_assert_uint_eq(word64(4), UINT64_C(0x8b8a898887868584));
}
END_TEST

static const uint32_t at_x0[] = {
	0xf9400402, /* ldr x2, [x0, #8] */
	0xf8010c02, /* str x2, [x0, #16]! */
	0xa8c10801, /* ldp x1, x2, [x0], #16 */
	0xf8210002, /* ldadd x1, x2, [x0] */
	0x3cc10400, /* ldr q0, [x0], #16 */
};

/* What isn't mapped is a host fault, by an instruction that did nothing. */
START_TEST(host_fault)
{
	uint64_t gone = (uintptr_t)memory + 0x2000;
	struct fault_guard g;

	ck_assert_int_eq(fault_init(), 0);
	cpu->x[0] = gone;
	cpu->x[1] = cpu->x[2] = 99;
	cpu->cur = NULL;
	if (!fault_guard_enter(&g)) {
		run(&at_x0[_i], 1);
		fault_guard_leave(&g);
		ck_abort_msg("no fault");
	}
	ck_assert_uint_eq((uintptr_t)g.addr & ~UINT64_C(0xfff), gone);
	ck_assert_ptr_nonnull(cpu->cur);
	ck_assert_uint_eq(cpu->x[0], gone);
	ck_assert_uint_eq(cpu->x[1], 99);
	ck_assert_uint_eq(cpu->x[2], 99);
}
END_TEST

#define PSTATE_T32 0x30 /* User mode */
#define PSTATE_Z   0x40000000

/* An instruction that ends in the next page, SVC in an IT block behind it. */
START_TEST(t32_over_pages)
{
	static const uint16_t code[] = {
		0xf241, 0x2034, /* movw r0, #0x1234 */
		0xbf08,         /* it eq */
		0xdf05,         /* svceq #5 */
	};
	/* Somewhere below 4 GiB. */
	uint8_t *pages =
		mmap((void *)0x20000000, 0x2000, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	uintptr_t at = (uintptr_t)pages + 0xffe;

	ck_assert_ptr_ne(pages, MAP_FAILED);
	memcpy((void *)at, code, sizeof(code));
	ck_assert_int_eq(fault_init(), 0);
	cpu_set_pstate(cpu, PSTATE_T32 | PSTATE_Z);
	cpu->pc = at;
	ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_SYNC);
	ck_assert_uint_eq(cpu->exit.sync.esr >> 26, EC_SVC32);
	ck_assert_uint_eq(cpu->exit.sync.esr & 0xffff, 5);
	ck_assert_uint_eq(cpu->exit.sync.far, 0x08);
	ck_assert_uint_eq(cpu->it, 0);
	ck_assert_uint_eq(cpu->x[0], 0x1234);
	ck_assert_uint_eq(cpu->pc, at + sizeof(code));
	munmap(pages, 0x2000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mem-flat");
	TCase *tc = tcase_create("mem-flat");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, loads);
	tcase_add_test(tc, stores);
	tcase_add_test(tc, pairs_and_literal);
	tcase_add_test(tc, crossing_and_tag);
	tcase_add_test(tc, atomics);
	tcase_add_test(tc, exclusives_and_ordered);
	tcase_add_test(tc, simd);
	tcase_add_loop_test(tc, misaligned, 0, ARRAY_SIZE(aligned_only));
	tcase_add_loop_test(tc, host_fault, 0, ARRAY_SIZE(at_x0));
	tcase_add_test(tc, t32_over_pages);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
