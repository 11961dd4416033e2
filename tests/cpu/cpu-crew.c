/* SPDX-License-Identifier: MIT */
/* See cpu-crew.h. */
#include "cpu-crew.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "engines.h"
#include "tests/tsan.h"

#define TABLE RAM_BASE

static uint8_t *ram;
static struct cpu_domain *domain;
struct cpu *crew_cpus[CREW_MAX];
unsigned int crew_size;
static pthread_barrier_t start;

static int ram_page(struct cpu *cpu, gpa_t gpa, bool write,
		    struct cpu_page *page)
{
	if (gpa < RAM_BASE || gpa >= RAM_BASE + RAM_SIZE)
		return -ENOENT;
	page->host = ram + (ALIGN_DOWN(gpa, 0x1000) - RAM_BASE);
	page->writable = true;
	return 0;
}

static enum cpu_sysreg_result no_read(struct cpu *cpu, uint32_t enc,
				      uint64_t *val)
{
	return CPU_SYSREG_UNDEF;
}

static enum cpu_sysreg_result no_write(struct cpu *cpu, uint32_t enc,
				       uint64_t val)
{
	return CPU_SYSREG_UNDEF;
}

static const struct cpu_env env = {
	.page = ram_page,
	.sysreg_read = no_read,
	.sysreg_write = no_write,
	.ipa_limit = UINT64_C(1) << 40,
};

uint64_t *crew_data(unsigned int off)
{
	return (uint64_t *)(ram + (DATA - RAM_BASE) + off);
}

/* 39-bit input, 1 GiB blocks of Normal memory, VA = PA. */
static void cpu_setup(struct cpu *cpu)
{
	static const struct {
		uint32_t enc;
		uint64_t val;
	} regs[] = {
		{SYSREG_ENC(3, 0, 10, 2, 0), 0xff}, /* MAIR_EL1 */
		{SYSREG_ENC(3, 0, 2, 0, 2),         /* TCR_EL1 */
		 25 | 1 << 8 | 1 << 10 | 3 << 12 | BIT(23) | BIT(33)},
		{SYSREG_ENC(3, 0, 2, 0, 0), TABLE}, /* TTBR0_EL1 */
		{SYSREG_ENC(3, 0, 1, 0, 0),         /* SCTLR_EL1: M, C, I */
		 0x30d00800 | 1 | BIT(2) | BIT(12)},
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(regs); k++)
		cpu_sysreg_set(cpu, regs[k].enc, regs[k].val);
	cpu_set_pstate(cpu, 0x3c5);
	cpu->pc = CODE;
}

static void setup(unsigned int size)
{
	crew_size = size;
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(ram, MAP_FAILED);
	tsan_guest_memory(ram, RAM_SIZE);
	ck_assert_int_eq(fault_init(), 0);
	((uint64_t *)ram)[1] = RAM_BASE | 1 | 3 << 8 | 1 << 10;
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(domain);
	for (unsigned int k = 0; k < crew_size; k++) {
		crew_cpus[k] =
			aligned_alloc(64, ALIGN_UP(sizeof(*crew_cpus[k]), 64));
		ck_assert_ptr_nonnull(crew_cpus[k]);
		ck_assert_int_eq(cpu_init(crew_cpus[k], domain, &env, NULL), 0);
		engine_choose(crew_cpus[k]);
		cpu_setup(crew_cpus[k]);
	}
}

void crew_setup(void)
{
	setup(2);
}

void crew_setup_four(void)
{
	setup(4);
}

void crew_teardown(void)
{
	for (unsigned int k = 0; k < crew_size; k++) {
		cpu_destroy(crew_cpus[k]);
		free(crew_cpus[k]);
	}
	cpu_domain_free(domain);
	munmap(ram, RAM_SIZE);
}

static void *run_thread(void *arg)
{
	struct cpu *cpu = arg;

	pthread_barrier_wait(&start);
	return (void *)(uintptr_t)cpu_run(cpu);
}

void crew_run(const uint32_t *code, size_t size)
{
	pthread_t threads[CREW_MAX];

	memcpy(ram + (CODE - RAM_BASE), code, size);
	pthread_barrier_init(&start, NULL, crew_size);
	for (unsigned int k = 0; k < crew_size; k++) {
		ck_assert_int_eq(pthread_create(&threads[k], NULL, run_thread,
						crew_cpus[k]),
				 0);
	}
	for (unsigned int k = 0; k < crew_size; k++) {
		void *reason;

		pthread_join(threads[k], &reason);
		ck_assert_uint_eq((uintptr_t)reason, CPU_EXIT_HVC);
	}
	pthread_barrier_destroy(&start);
}

void crew_run_one(unsigned int k, const uint32_t *code, size_t size)
{
	memcpy(ram + (CODE - RAM_BASE), code, size);
	ck_assert_uint_eq(cpu_run(crew_cpus[k]), CPU_EXIT_HVC);
}
