/* SPDX-License-Identifier: MIT */
/*
 * For the tests of AArch32 at EL1: a PE in that state, vectors that leave, and what
 * an exception is known by.
 */
#ifndef FAUXKVM_TESTS_CPU_A32_ENV_H
#define FAUXKVM_TESTS_CPU_A32_ENV_H

#include "cpu-env.h"

#include "cpu/a32/mode.h"

static struct cpu_domain *domain;
static struct env *e;

static void setup(void)
{
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(domain);
	e = env_new(domain);
	cpu_set_aarch32(&e->cpu, true);
	cpu_reset(&e->cpu);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(domain);
}

#define HVC32(n)  (0xe1400070u | ((n) >> 4) << 8 | ((n)&15))
#define UDF32     0xe7f000f0u
#define CPSR_AIF  (CPSR_A | CPSR_I | CPSR_F)
#define CPSR_Z    BIT(30)
#define TTBCR_EAE BIT(31)
#define STACK_PA  (DATA_PA + 0x800)

#define A32(pa, ...) CODE(e, pa, __VA_ARGS__)
#define T32(pa, ...)                                             \
	do {                                                     \
		const uint16_t halves_[] = {__VA_ARGS__};        \
		memcpy(ram_at(e, pa), halves_, sizeof(halves_)); \
		block_invalidate_all(&e->cpu);                   \
	} while (0)

/* Vectors that leave by HVC #0x100 and their offset. */
static inline void setup_vectors(void)
{
	setup();
	for (unsigned int v = 0; v < 0x20; v += 4)
		A32(VECTORS + v, HVC32(0x100 + v));
	e->cpu.sys.vbar_el1 = VECTORS;
	/* The MMU is off. */
	set_sys(e, ENC_SCTLR, 0x00c50078);
	e->cpu.sys.tcr_el1 = 0;
}

/* The same PE with an EL1 in AArch64 state, whose EL0 may be in AArch32 state. */
static inline void under_a64(void)
{
	static struct cpu_env ops;

	ops = env_ops;
	ops.aarch32 = true;
	e->cpu.env = &ops;
	cpu_set_aarch32(&e->cpu, false);
	cpu_reset(&e->cpu);
	vectors_put(e);
}

static inline void run32(uint64_t pc, uint32_t cpsr)
{
	cpu_set_pstate(&e->cpu, cpsr);
	run_at(e, pc);
}

/* An exception was taken by @vector: of that mode are LR and SPSR. */
static inline void expect(unsigned int vector, unsigned int mode, uint32_t lr,
			  uint32_t spsr)
{
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0x100 + vector);
	ck_assert_uint_eq(cpu_pstate(&e->cpu) & CPSR_M, mode);
	ck_assert_uint_eq(e->cpu.x[14], lr);
	ck_assert_uint_eq(*a32_spsr_of_mode(&e->cpu, mode), spsr);
	ck_assert_uint_eq(e->cpu.el, 1);
}

#endif
