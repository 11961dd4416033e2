/* SPDX-License-Identifier: MIT */
/*
 * Registers of the calling frames on an x86-64 host, for bridge-answer.c:
 * those a function must keep (System V ABI 3.2.1), by their DWARF numbers.
 */
#ifndef FAUXKVM_SHIM_HOST_X86_64_ANSWER_H
#define FAUXKVM_SHIM_HOST_X86_64_ANSWER_H

#include <stdint.h>

#define FRAME_KEPT 6 /* registers */
static const int frame_kept_dwarf[FRAME_KEPT] = {3, 6, 12, 13, 14, 15};

/* A caller as it is when the function it called returns to @ip. */
struct frame {
	uint64_t kept[FRAME_KEPT]; /* rbx, rbp, r12, r13, r14, r15 */
	uint64_t sp, ip;
};

/*
 * Go on there, with @value as what the function returned. @frame is below the
 * stack pointer from when that is set: a signal then may overwrite it.
 */
static inline void frame_return(const struct frame *frame, int64_t value)
{
	__asm__ volatile("movq 0(%0), %%rbx\n\t"
			 "movq 8(%0), %%rbp\n\t"
			 "movq 16(%0), %%r12\n\t"
			 "movq 24(%0), %%r13\n\t"
			 "movq 32(%0), %%r14\n\t"
			 "movq 40(%0), %%r15\n\t"
			 "movq 56(%0), %%rcx\n\t"
			 "movq 48(%0), %%rsp\n\t"
			 "jmpq *%%rcx"
			 :
			 : "d"(frame), "a"(value)
			 : "memory");
	__builtin_unreachable();
}

#endif
