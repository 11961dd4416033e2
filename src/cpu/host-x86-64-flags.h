/* SPDX-License-Identifier: MIT */
/*
 * Addition and subtraction with the carry and overflow the host computes
 * anyway: one instruction gives result and flags, where portable C takes three.
 * @c and @v are 0 or 1. A subtraction's @c is Arm's: set if nothing was
 * borrowed.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_FLAGS_H
#define FAUXKVM_CPU_HOST_X86_64_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#define HOST_FLAGS_OP(name, type, insn, carry)                            \
	static inline type name(type a, type b, uint64_t *c, uint64_t *v) \
	{                                                                 \
		bool c_, v_;                                              \
                                                                          \
		__asm__(insn " %[b], %[a]"                                \
			: [a] "+r"(a), "=@cc" carry(c_), "=@cco"(v_)      \
			: [b] "rm"(b));                                   \
		*c = c_;                                                  \
		*v = v_;                                                  \
		return a;                                                 \
	}

HOST_FLAGS_OP(host_add32, uint32_t, "addl", "c")
HOST_FLAGS_OP(host_add64, uint64_t, "addq", "c")
HOST_FLAGS_OP(host_sub32, uint32_t, "subl", "ae")
HOST_FLAGS_OP(host_sub64, uint64_t, "subq", "ae")

#undef HOST_FLAGS_OP

#endif
