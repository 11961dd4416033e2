/* SPDX-License-Identifier: MIT */
/*
 * Memory tagging in the arm64 half of the differential instruction test: tags of
 * the window's granules, the mode of checks, and what IRG goes on from.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "insn-runner.h"

#ifndef PR_SET_TAGGED_ADDR_CTRL
#define PR_SET_TAGGED_ADDR_CTRL 55
#endif
#ifndef PROT_MTE
#define PROT_MTE 0x20
#endif
/* PR_TAGGED_ADDR_ENABLE, PR_MTE_TCF_SYNC, the tags that IRG may choose. */
#define CTRL(exclude) (1ul | 1ul << 1 | (uint16_t) ~(exclude)*8ul)

#define PSTATE_TCO(n) \
	__asm__ volatile(".inst 0xd503409f | " #n " << 8" ::: "memory")

static void set_ctrl(uint16_t exclude)
{
	if (prctl(PR_SET_TAGGED_ADDR_CTRL, CTRL(exclude), 0, 0, 0))
		_exit(6);
}

static void stg(uint64_t at, unsigned int tag)
{
	register uint64_t x0 __asm__("x0") = at | (uint64_t)tag << 56;

	__asm__ volatile(".inst 0xd9200800" ::"r"(x0) : "memory"); /* [x0] */
}

static unsigned int ldg(uint64_t at)
{
	register uint64_t x0 __asm__("x0") = at;

	__asm__ volatile(".inst 0xd9600000" : "+r"(x0)::"memory");
	return x0 >> 56 & 15;
}

static unsigned int irg(void)
{
	register uint64_t x0 __asm__("x0") = 0;

	__asm__ volatile(".inst 0x9adf1000" : "+r"(x0)); /* irg x0, x0, xzr */
	return x0 >> 56 & 15;
}

/*
 * RGSR_EL1 can't be read at EL0. But without excluded tags each IRG adds the next four
 * bits of the register that is shifted to the last tag: after four all of it is known.
 */
static uint64_t find_rgsr(void)
{
	unsigned int tag = irg(), seed = 0;

	for (unsigned int k = 0; k < 4; k++) {
		unsigned int next = irg();

		seed |= ((next - tag) & 15) << 4 * k;
		tag = next;
	}
	return (uint64_t)seed << 8 | tag;
}

static void map(void)
{
	static int done;

	if (done)
		return;
	if (mprotect((void *)DIFF_TAGGED, DIFF_TAGGED_SIZE,
		     PROT_READ | PROT_WRITE | PROT_EXEC | PROT_MTE))
		_exit(6);
	done = 1;
}

void tags_enter(struct diff_case *c)
{
	map();
	set_ctrl(0);
	c->rgsr = find_rgsr();
	set_ctrl(c->exclude);
	for (unsigned int k = 0; k < DIFF_TAGS; k++)
		stg(DIFF_WINDOW + k * DIFF_GRANULE, c->tags_in[k]);
	PSTATE_TCO(0);
}

void tags_leave(struct diff_case *c)
{
	PSTATE_TCO(1);
	for (unsigned int k = 0; k < DIFF_TAGS; k++)
		c->tags_out[k] = ldg(DIFF_WINDOW + k * DIFF_GRANULE);
}
