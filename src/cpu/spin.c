/* SPDX-License-Identifier: MIT */
/*
 * Spinning: how to see that a PE does nothing but wait for another one, so that
 * the environment lets others have its host CPU. It says so (WFE, YIELD), or
 * it comes back to where it was with all registers as they were. Not where
 * instructions have costs: there it is the environment that knows what time
 * a WFE takes, and nothing depends on the host.
 */
#include <string.h>

#include "cpu/block.h"
#include "cpu/exec.h"

void spin_rest(struct cpu *cpu)
{
	domain_leave(cpu);
	cpu_rest(cpu);
	domain_enter(cpu);
}

/* ---- hints --------------------------------------------------------------- */

/*
 * What comes in less is one loop; and after so much of it others are let run,
 * 2 us or more. A lock that is held by one who runs is free before that. A host's
 * scheduler may take what is left of a time slice from a thread that yields
 * (Linux since 6.18). The same as x86 has for PAUSE in a guest.
 */
#define SPIN_GAP   256
#define SPIN_INSNS 2000

bool cpu_spins(struct cpu *cpu)
{
	struct cpu_spin *s = &cpu->spin;
	uint64_t gap = cpu->cycles - s->last;

	s->last = cpu->cycles;
	if (gap <= SPIN_GAP && cpu->cycles - s->first < SPIN_INSNS)
		return false;
	s->first = cpu->cycles;
	return gap <= SPIN_GAP;
}

/* ---- without a hint ------------------------------------------------------ */

/* Longest distance, in looks, at which a state is found again. */
#define MAX_PERIOD 16

/*
 * Where in its loop a PE is when it is looked at goes round, too, so a state is
 * compared with 1, 2, 4, ... later ones (Brent's search for a cycle).
 */
bool spin_seen(struct cpu *cpu)
{
	struct cpu_spin *s = &cpu->spin;

	if (cpu->pc == s->pc && !memcmp(s->x, cpu->x, sizeof(s->x)) &&
	    !memcmp(s->vreg, cpu->vreg, sizeof(s->vreg))) {
		s->looks = 0;
		return true;
	}
	if (++s->looks > s->period) {
		s->looks = 0;
		s->period = s->period < MAX_PERIOD ? 2 * s->period + 1 : 0;
		s->pc = cpu->pc;
		memcpy(s->x, cpu->x, sizeof(s->x));
		memcpy(s->vreg, cpu->vreg, sizeof(s->vreg));
	}
	return false;
}
