/* SPDX-License-Identifier: MIT */
/*
 * Exceptions of 32-bit Arm's instructions and what arm64 Linux makes of them.
 */
#include <signal.h>

#include "base/fault.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "isa/a32/a32.h"
#include "user/arm.h"
#include "user/memory.h"
#include "user/signal.h"
#include "user/thread.h"
#include "user/trap.h"

#define IS_WRITE (UINT64_C(1) << 6)
/* Fault status codes, level 3 */
#define FSC_TRANSLATION 0x07
#define FSC_PERMISSION  0x0f

static void raise_fault(struct user_thread *t, int sig, int code, uint64_t addr,
			uint64_t esr)
{
	siginfo_t info = {.si_signo = sig, .si_code = code};

	info.si_addr = (void *)addr;
	t->signals.fault_address = addr;
	t->signals.fault_esr = esr;
	signal_fault(t, &info);
}

static void trap_fetch(struct user_thread *t, uint64_t far)
{
	const bool mapped = memory_mapped(far);

	raise_fault(t, SIGSEGV, mapped ? SEGV_ACCERR : SEGV_MAPERR, far,
		    (uint64_t)EC_IABT_LOW << 26 | ESR_IL |
			    (mapped ? FSC_PERMISSION : FSC_TRANSLATION));
}

void arm_exception(struct user_thread *t)
{
	const uint64_t esr = t->cpu->exit.sync.esr, far = t->cpu->exit.sync.far;
	const uint64_t pc = t->cpu->pc;

	switch (esr >> 26) {
	case EC_SVC32: arm_syscall(t); break;
	case EC_IABT_LOW: trap_fetch(t, far); break;
	case EC_PC_ALIGNMENT:
	case EC_DABT_LOW: raise_fault(t, SIGBUS, BUS_ADRALN, far, esr); break;
	case EC_BKPT32: raise_fault(t, SIGTRAP, TRAP_BRKPT, pc, 0); break;
	default: raise_fault(t, SIGILL, ILL_ILLOPC, pc, 0); break;
	}
}

/* Does the A32 instruction write memory? By the groups of Arm ARM F4.1. */
static bool a32_writes(uint32_t insn)
{
	/* Store-exclusive and the like have L clear, too; swaps write. */
	if ((insn & 0x0e000090) == 0x00000090 && !(insn & 0x60))
		return !(insn & 0x00100000);
	/* Doubleword and halfword: a load of two has L clear. */
	if ((insn & 0x0e000090) == 0x00000090)
		return !(insn & 0x00100000) && (insn & 0x60) != 0x40;
	return !(insn & 0x00100000);
}

static bool t32_writes(uint32_t insn)
{
	const unsigned int op = insn >> 11 & 0x1f;

	/* Of 16 bits: bit 11 loads; by register, opB from 3 on loads. */
	if (op == 0x0a || op == 0x0b)
		return (insn >> 9 & 7) < 3;
	if (op < 0x1d)
		return op >> 2 == 0xb ? !(insn & 0x800) : !(op & 1);
	return !(insn & 0x10);
}

static bool writes(const struct cpu *cpu)
{
	uint32_t insn = 0;
	const bool thumb = cpu->isa == ISA_T32;

	if (copy_from_user(&insn, (void *)cpu->pc, thumb ? 2 : 4))
		return false;
	return thumb ? t32_writes(insn) : a32_writes(insn);
}

void arm_host_fault(struct user_thread *t)
{
	const struct cpu_exit *e = &t->cpu->exit;
	int sig = e->host_sig, code = e->host_code;
	uint64_t esr;

	if (sig == SIGSEGV)
		code = trap_segv_code(code, (uint64_t)e->host_addr);
	esr = (uint64_t)EC_DABT_LOW << 26 | ESR_IL |
	      (code == SEGV_ACCERR ? FSC_PERMISSION : FSC_TRANSLATION);
	if (writes(t->cpu))
		esr |= IS_WRITE;
	raise_fault(t, sig, code, (uint64_t)e->host_addr, esr);
}
