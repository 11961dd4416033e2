/* SPDX-License-Identifier: MIT */
/*
 * Taking exceptions to EL1 and returning (Arm ARM D1.3). Debug exceptions are
 * in debug.c.
 */
#ifndef FAUXKVM_CPU_EXCEPTION_H
#define FAUXKVM_CPU_EXCEPTION_H

#include "cpu/cpu.h"

/* ESR_ELx.EC. "Cur": taken from EL1, "low": from EL0. */
enum {
	EC_UNKNOWN = 0x00,
	EC_WFX = 0x01,
	EC_CP15 = 0x03, /* of AArch32, as the three that follow */
	EC_CP15_64 = 0x04,
	EC_CP14 = 0x05,
	EC_CP14_64 = 0x0c,
	EC_FP = 0x07,
	EC_BTI = 0x0d,
	EC_ILLEGAL_STATE = 0x0e,
	EC_SVC32 = 0x11, /* of AArch32 */
	EC_SVC = 0x15,
	EC_MSR = 0x18,
	EC_SVE = 0x19,
	EC_PAC_FAIL = 0x1c,
	EC_IABT_LOW = 0x20,
	EC_IABT_CUR = 0x21,
	EC_PC_ALIGNMENT = 0x22,
	EC_DABT_LOW = 0x24,
	EC_DABT_CUR = 0x25,
	EC_SP_ALIGNMENT = 0x26,
	EC_SERROR = 0x2f,
	EC_BREAKPOINT_LOW = 0x30,
	EC_BREAKPOINT_CUR = 0x31,
	EC_STEP_LOW = 0x32,
	EC_WATCHPOINT_LOW = 0x34,
	EC_WATCHPOINT_CUR = 0x35,
	EC_BKPT32 = 0x38,
	EC_BRK = 0x3c,
};

#define ESR_EC(ec) ((uint64_t)(ec) << 26)
#define ESR_IL     BIT(25)
/* PSTATE in SPSR_EL1. */
#define PSR_BTYPE GENMASK(11, 10)
#define PSR_SSBS  BIT(12)
#define PSR_SS    BIT(21)
#define PSR_PAN   BIT(22)
#define PSR_UAO   BIT(23)
#define PSR_DIT   BIT(24)
#define PSR_TCO   BIT(25)

/* CPSR, and an SPSR in AArch32 state. */
#define CPSR_M     0x1fu
#define CPSR_T     BIT(5)
#define CPSR_F     BIT(6)
#define CPSR_I     BIT(7)
#define CPSR_A     BIT(8)
#define CPSR_E     BIT(9)
#define CPSR_GE    GENMASK(19, 16)
#define CPSR_FLAGS 0xf0000000u
#define CPSR_Q     BIT(27)
/* Not where PSTATE has them in AArch64. */
#define CPSR_SSBS BIT(23)
#define CPSR_DIT  BIT(21)

/* ISS of aborts and watchpoints: by a write. */
#define ISS_WNR BIT(6)
#define ISS_CM  BIT(8)

/* Vector offsets within a group. */
enum {
	VECTOR_SYNC = 0x000,
	VECTOR_IRQ = 0x080,
	VECTOR_FIQ = 0x100,
	VECTOR_SERROR = 0x180
};

/* Synchronous, with ESR_EL1 = ec << 26 | IL | iss and, if @far, FAR_EL1. */
void exception_sync(struct cpu *cpu, uint64_t ret, unsigned int ec,
		    uint32_t iss, const uint64_t *far);

/* The same of an instruction of @len bytes: IL. */
void exception_sync_len(struct cpu *cpu, uint64_t ret, unsigned int ec,
			uint32_t iss, unsigned int len);

/* At cpu->pc, which could be fetched and has no breakpoint: PSTATE.IL. True: the
 * exception was taken. */
bool exception_illegal_state(struct cpu *cpu);

/*
 * In the run loop, between blocks: take a pending, unmasked SError, FIQ or
 * IRQ (that priority order). True if one was taken.
 */
bool exception_take_pending(struct cpu *cpu);
/* False: that would find none, masked or not. */
static inline bool exception_is_known(const struct cpu *cpu)
{
	return atomic_load_explicit(&cpu->pins, memory_order_acquire) ||
	       cpu->serror_pending;
}

/* An unmasked interrupt or SError waits: exception_take_pending() would take
 * one. For bodies that unmask and would rather go on. */
bool exception_is_unmasked(const struct cpu *cpu);
static inline bool exception_pending(const struct cpu *cpu)
{
	return unlikely(exception_is_known(cpu)) && exception_is_unmasked(cpu);
}

/* ERET to @pc, ELR_EL1 or what authentication made of it: PSTATE from SPSR_EL1
 * with the illegal-return rules. */
void exception_return(struct cpu *cpu, uint64_t pc);

/* The exception just entered is one that KVM makes up: a core with MTE sets PSTATE.TCO
 * whatever the VM has, KVM does not (Linux enter_exception64()). */
void exception_is_kvms(struct cpu *cpu);

/* PSTATE.EL and SP, with the stack pointer banks; the caller then calls
 * mmu_mode_changed(). */
void exception_set_el(struct cpu *cpu, unsigned int el, unsigned int spsel);

/* ---- debug.c ------------------------------------------------------------- */

/* Recompute cpu->debug_slow and cpu->breaks from MDSCR_EL1, breakpoints, guest
 * debug. May drop all blocks (block.h says where that may be). */
void debug_update(struct cpu *cpu);
/* Run loop, at a block that begins where breaks_at() says: true, it is not
 * run; an exception was taken or cpu_leave() called. */
bool debug_break(struct cpu *cpu);
/* cpu_run() begins, with PSTATE.SS set or debugged by the VMM, and ends, if so
 * debugged: PSTATE.SS is the VMM's meanwhile. */
void debug_enter(struct cpu *cpu);
void debug_leave(struct cpu *cpu);
/*
 * Run loop, when cpu->debug_slow, before the instruction at cpu->pc: software
 * step state machine, breakpoints (guest's own and the VMM's). True: an
 * exception was taken or cpu_leave() called; start over.
 */
bool debug_before(struct cpu *cpu);
/* After exactly one instruction (or its exception) has completed. */
void debug_after(struct cpu *cpu);
/* Watchpoints on the pages of [va, va+len): forces the slow path. */
bool debug_watched(const struct cpu *cpu, gva_t va, uint64_t len);
/* What a watchpoint may be for, as DBGWCR.LSC; an atomic is both. DC IVAC is a
 * store with ISS.CM. */
enum {
	WATCH_LOAD = 1 << 0,
	WATCH_STORE = 1 << 1,
	WATCH_MAINTENANCE = 1 << 2,
};
/* Slow path: check an access (WATCH_*) with the rights of @el (LDTR, STTR: EL0);
 * true: exception taken or exit set. */
bool debug_watch_access(struct cpu *cpu, const struct insn *i, gva_t va,
			unsigned int len, unsigned int el, unsigned int kind);

#endif
