/* SPDX-License-Identifier: MIT */
/*
 * A PE without a guest around it, see flat.h. Code is found by its address, as
 * physical addresses are those of the program.
 */
#include "cpu/flat.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/a32/block.h"
#include "cpu/block.h"
#include "cpu/breaks.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/mmu.h"

/* ESR.ISS of an instruction abort: translation fault, level 3. */
#define FSC_NOT_THERE 0x07
#define FSC_ALIGNMENT 0x21

void flat_exception(struct cpu *cpu, uint64_t ret, uint64_t esr, uint64_t far)
{
	cpu->pc = ret;
	cpu->exit.sync.esr = esr;
	cpu->exit.sync.far = far;
	cpu_leave(cpu, CPU_EXIT_SYNC);
}

bool flat_fetch(struct cpu *cpu, gva_t va, gpa_t *pa, const uint8_t **host)
{
	va = branch_address(cpu, va);
	cpu->pc = va;
	if (unlikely(va & 3) && cpu->isa != ISA_T32) {
		exception_sync(cpu, va, EC_PC_ALIGNMENT, 0, &va);
		return false;
	}
	if (unlikely(!cpu->env->flat->executable(cpu, va))) {
		exception_sync(cpu, va, EC_IABT_LOW, FSC_NOT_THERE, &va);
		return false;
	}
	*pa = va;
	*host = (const uint8_t *)va;
	return true;
}

/* As the architecture has it, by what reads may do. */
bool flat_va_op(struct cpu *cpu, gva_t va, gpa_t *pa)
{
	cpu->flat_va = va;
	(void)*(const volatile uint8_t *)flat_address(va);
	if (pa)
		*pa = flat_address(va);
	return true;
}

bool flat_zero_block(struct cpu *cpu, gva_t va)
{
	void *block = (void *)(flat_address(va) & ~UINT64_C(63));

	cpu->flat_va = va & ~UINT64_C(63);
	__asm__("" : "+r"(block));
	memset(block, 0, 64);
	return true;
}

/* As Linux tells a program: bit 55 says what the top byte is. */
void flat_host_fault(struct cpu *cpu)
{
	struct cpu_exit *e = &cpu->exit;

	if (e->host_code != SI_KERNEL || !cpu->cur)
		return;
	e->host_addr = (const void *)sext64(cpu->flat_va, 56);
	e->host_code = SEGV_MAPERR;
}

/* ---- stops --------------------------------------------------------------- */

bool flat_stop(struct cpu *cpu)
{
	cpu_leave(cpu, CPU_EXIT_DEBUG);
	return true;
}

/* Blocks end before an instruction to stop at, and the jump cache lacks it. */
int cpu_set_stops(struct cpu *cpu, const gva_t *va, unsigned int n)
{
	struct cpu_breaks *b = &cpu->breaks;
	gva_t *stops = NULL;
	bool split = true;

	if (n) {
		stops = malloc(n * sizeof(*stops));
		if (!stops)
			return -ENOMEM;
		memcpy(stops, va, n * sizeof(*stops));
	}
	free(b->stops);
	b->va = b->stops = stops;
	b->n = n;
	for (unsigned int k = 0; k < n; k++)
		split &= breaks_offset(cpu, stops[k] & 0xfff);
	if (!split)
		block_invalidate_all(cpu);
	block_forget_va(cpu);
	return 0;
}

void cpu_set_step(struct cpu *cpu, bool on)
{
	cpu->debug_slow = on;
}

bool mem_flat_misaligned(struct cpu *cpu, const struct insn *i, gva_t va)
{
	exception_sync(cpu, insn_pc(cpu, i), EC_DABT_LOW, FSC_ALIGNMENT, &va);
	return false;
}
