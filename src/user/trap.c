/* SPDX-License-Identifier: MIT */
/*
 * Exceptions of the program's own instructions, see trap.h.
 */
#include "user/trap.h"

#include <signal.h>

#include "base/fault.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "user/memory.h"
#include "user/signal.h"
#include "user/thread.h"

#define IS_WRITE (UINT64_C(1) << 6)
/* Fault status codes, level 3 */
#define FSC_TRANSLATION 0x07
#define FSC_PERMISSION  0x0f

static void raise_fault(struct user_thread *t, int sig, int code, uint64_t addr)
{
	siginfo_t info = {.si_signo = sig, .si_code = code};

	info.si_addr = (void *)addr;
	signal_fault(t, &info);
}

/* Is the instruction at @pc one that writes memory? Said of the groups of
 * Arm ARM C4.1; what is no load or store clears memory (DC ZVA). */
static bool writes(uint64_t pc)
{
	uint32_t insn;

	if (copy_from_user(&insn, (void *)pc, sizeof(insn)))
		return false;
	if ((insn & 0x0a000000) != 0x08000000)
		return true;
	/* Literal */
	if ((insn & 0x3b000000) == 0x18000000)
		return false;
	/* Atomic memory operations */
	if ((insn & 0x3b200c00) == 0x38200000)
		return true;
	/* Register: a vector of 16 bytes is stored by opc 10 */
	if ((insn & 0x3a000000) == 0x38000000)
		return !(insn & 0x00c00000) ||
		       (insn & 0xc4c00000) == 0x04800000;
	return !(insn & 0x00400000);
}

static void set_fault(struct user_thread *t, uint64_t addr, uint64_t esr)
{
	t->signals.fault_address = addr;
	t->signals.fault_esr = esr;
}

/* What cannot be fetched is not mapped, or not for that. */
static void trap_fetch(struct user_thread *t, uint64_t far)
{
	bool mapped = memory_mapped(far);

	set_fault(t, far,
		  (uint64_t)EC_IABT_LOW << 26 | ESR_IL |
			  (mapped ? FSC_PERMISSION : FSC_TRANSLATION));
	raise_fault(t, SIGSEGV, mapped ? SEGV_ACCERR : SEGV_MAPERR, far);
}

void trap_sync(struct user_thread *t)
{
	const uint64_t esr = t->cpu->exit.sync.esr, far = t->cpu->exit.sync.far;
	const uint64_t pc = t->cpu->pc, sp = t->cpu->x[REG_SP];

	switch (esr >> 26) {
	case EC_IABT_LOW: trap_fetch(t, far); break;
	case EC_PC_ALIGNMENT:
	case EC_DABT_LOW:
		set_fault(t, far, esr);
		raise_fault(t, SIGBUS, BUS_ADRALN, far);
		break;
	case EC_SP_ALIGNMENT:
		set_fault(t, sp, esr);
		raise_fault(t, SIGBUS, BUS_ADRALN, sp);
		break;
	case EC_BRK:
		set_fault(t, 0, esr);
		raise_fault(t, SIGTRAP, TRAP_BRKPT, pc);
		break;
	default:
		set_fault(t, 0, esr);
		raise_fault(t, SIGILL, ILL_ILLOPC, pc);
		break;
	}
}

int trap_segv_code(int code, uint64_t addr)
{
	return code == SEGV_ACCERR && !memory_guards(addr) ? SEGV_ACCERR
							   : SEGV_MAPERR;
}

void trap_host_fault(struct user_thread *t)
{
	const struct cpu_exit *e = &t->cpu->exit;
	uint64_t addr = (uint64_t)e->host_addr, esr;
	int sig = e->host_sig, code = e->host_code;

	if (sig == SIGSEGV)
		code = trap_segv_code(code, addr);
	esr = (uint64_t)EC_DABT_LOW << 26 | ESR_IL |
	      (code == SEGV_ACCERR ? FSC_PERMISSION : FSC_TRANSLATION);
	if (writes(t->cpu->pc))
		esr |= IS_WRITE;
	set_fault(t, addr, esr);
	raise_fault(t, sig, code, addr);
}
