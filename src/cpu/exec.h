/* SPDX-License-Identifier: MIT */
/*
 * How the body of an instruction is written.
 *
 *   static void exec_add_imm(struct cpu *cpu, const struct insn *i)
 *   {
 *           cpu->x[i->rd] = cpu->x[i->rn] + i->imm;
 *           NEXT;
 *   }
 *
 * A body ends with exactly one of, always in tail position:
 *   NEXT          go on with the following instruction of the block
 *   JUMP(va)      branch: PC = va (chains to the next block if it can)
 *   RESUME(va)    PC = va and leave to the run loop, which looks at requests
 *                 and interrupts (after changing DAIF, EL, translation, ...)
 *   return        after a function that has already set PC and the exception
 *                 or exit (mem_* returned false, cpu_raise_*)
 * A body never calls another body's NEXT in non-tail position, holds no lock
 * and allocates nothing.
 */
#ifndef FAUXKVM_CPU_EXEC_H
#define FAUXKVM_CPU_EXEC_H

#include <string.h>

#include "cpu/block.h"
#include "cpu/mem.h"
#include "isa/insn.h"

#ifdef FAUXKVM_TAIL_CALLS
#define GOTO_INSN(cpu, i) return (i)->fn(cpu, i)
#else
/* A sanitizer build: the run loop calls one body at a time. */
#define GOTO_INSN(cpu, i)          \
	do {                       \
		(cpu)->next = (i); \
		return;            \
	} while (0)
#endif

/* The empty asm has the compiler add to the register that holds i and jump
 * through memory, where it would else compute both apart. */
#define NEXT                                        \
	do {                                        \
		const struct insn *next_i_ = i + 1; \
		__asm__("" : "+r"(next_i_));        \
		GOTO_INSN(cpu, next_i_);            \
	} while (0)

/* Virtual address of instruction @i of the running block. */
static inline uint64_t insn_pc(const struct cpu *cpu, const struct insn *i)
{
	return cpu->page_va + i->pgoff;
}

/* Chain to the block at @va if it is cached and nothing is requested. */
#define JUMP(va)                                      \
	do {                                          \
		uint64_t jump_va_ = (va);             \
		const struct insn *jump_i_;           \
		cpu->pc = jump_va_;                   \
		jump_i_ = block_chain(cpu, jump_va_); \
		if (unlikely(!jump_i_))               \
			return;                       \
		GOTO_INSN(cpu, jump_i_);              \
	} while (0)

#define RESUME(va)              \
	do {                    \
		cpu->pc = (va); \
		return;         \
	} while (0)

/*
 * What is not hot, or what the host can't do, is done by a COLD function in
 * tail position, which ends in NEXT itself: so the body that tried first needs
 * no stack frame. The opposite is ALWAYS_INLINE: a helper of bodies whose NEXT
 * must be the body's own, or that is called with constants.
 */

/* ---- from outside a body ------------------------------------------------- */

/* Call the body of @i and all it leads to. */
static inline void insn_enter(struct cpu *cpu, const struct insn *i)
{
#ifdef FAUXKVM_TAIL_CALLS
	i->fn(cpu, i);
#else
	for (; i; i = cpu->next) {
		cpu->next = NULL;
		i->fn(cpu, i);
	}
#endif
}

/* One instruction, with what its NEXT leads to. */
struct insn_single {
	struct insn insn, stop;
	bool jumps; /* it may end otherwise than by NEXT or return */
};

/* Make @s ready: s->insn is decoded and has its pgoff. */
void insn_single_bind(const struct cpu *cpu, struct insn_single *s);

/*
 * Execute @s->insn by the interpreter's body and return: for single steps,
 * tests, and engines for what they have no code for. cpu->page_va is its page;
 * afterwards cpu->pc says where to go on, or cpu->leave is set, as when a body
 * returns to the run loop. Accounting for it is the caller's.
 */
void insn_execute(struct cpu *cpu, const struct insn_single *s);

/* ---- flags --------------------------------------------------------------- */

static inline void set_nz64(struct cpu *cpu, uint64_t res)
{
	cpu->n = res;
	cpu->z = res;
}

static inline void set_nz32(struct cpu *cpu, uint32_t res)
{
	cpu->n = (uint64_t)res << 32;
	cpu->z = res;
}

/* @nzcv in bits 31..28 (PSTATE/NZCV layout). */
static inline void set_nzcv(struct cpu *cpu, uint32_t nzcv)
{
	cpu->n = (uint64_t)nzcv << 32; /* bit 31 -> 63 */
	cpu->z = !(nzcv & (1u << 30));
	cpu->c = nzcv >> 29 & 1;
	cpu->v = nzcv >> 28 & 1;
}

static inline uint32_t get_nzcv(const struct cpu *cpu)
{
	return (uint32_t)(cpu->n >> 63) << 31 | (uint32_t)(cpu->z == 0) << 30 |
	       (uint32_t)cpu->c << 29 | (uint32_t)cpu->v << 28;
}

static inline bool cond_holds(const struct cpu *cpu, unsigned int cond)
{
	bool n = cpu->n >> 63, r;

	switch (cond >> 1) {
	case 0: r = cpu->z == 0; break;
	case 1: r = cpu->c; break;
	case 2: r = n; break;
	case 3: r = cpu->v; break;
	case 4: r = cpu->c && cpu->z != 0; break;
	case 5: r = n == (bool)cpu->v; break;
	case 6: r = n == (bool)cpu->v && cpu->z != 0; break;
	default: return true; /* AL */
	}
	return r ^ (cond & 1);
}

/*
 * Leave cpu_run() with @reason once the body has returned. The body (or slow
 * path) has set cpu->pc and the rest of cpu->exit.
 */
static inline void cpu_leave(struct cpu *cpu, enum cpu_exit_reason reason)
{
	cpu->exit.reason = reason;
	cpu->leave = true;
}

/* Between blocks, at each look: is this PE where it was, with nothing got on
 * but time? */
bool spin_seen(struct cpu *cpu);
/* Let others run. Only where a block ends. */
void spin_rest(struct cpu *cpu);

/* ---- exceptions (exception.c) -------------------------------------------- */

/*
 * Each takes the exception to EL1: sets ELR, SPSR, ESR, FAR, PC and PSTATE.
 * The body returns right after. PC of the instruction comes from @i.
 */
void cpu_raise_undef(struct cpu *cpu, const struct insn *i);
/* The core has @i and traps it to KVM, which makes the exception up. */
void cpu_raise_undef_trapped(struct cpu *cpu, const struct insn *i);
/* Any synchronous exception: @ec is ESR.EC, @iss the ISS (IL is set to 1),
 * preferred return address is the instruction (SVC, HVC: the next). */
void cpu_raise_sync(struct cpu *cpu, const struct insn *i, unsigned int ec,
		    uint32_t iss);
/*
 * FP/SIMD access check (CPACR_EL1.FPEN): false: trapped, exception raised.
 * Every FP, SIMD and CRYPTO body (and SIMD loads and stores) starts with
 *   FP_CHECK;
 */
static inline bool cpu_fp_enabled(const struct cpu *cpu)
{
	unsigned int fpen = cpu->sys.cpacr_el1 >> 20 & 3;

	return fpen == 3 || (fpen == 1 && cpu->el == 1);
}
void cpu_raise_fp_trap(struct cpu *cpu, const struct insn *i);
#define FP_CHECK                                      \
	do {                                          \
		if (unlikely(!cpu_fp_enabled(cpu))) { \
			cpu_raise_fp_trap(cpu, i);    \
			return;                       \
		}                                     \
	} while (0)

#endif
