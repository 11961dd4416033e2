/* SPDX-License-Identifier: MIT */
/*
 * Addition and subtraction with the carry and overflow that an x86-64 host
 * computes anyway, for cpu/host-flags.h, which says what @c and @v are.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_FLAGS_H
#define FAUXKVM_CPU_HOST_X86_64_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

static inline uint32_t host_add32(uint32_t a, uint32_t b, uint64_t *c,
				  uint64_t *v)
{
	bool c_, v_;

	__asm__("addl %[b], %[a]"
		: [a] "+r"(a), "=@ccc"(c_), "=@cco"(v_)
		: [b] "rm"(b));
	*c = c_;
	*v = v_;
	return a;
}

static inline uint64_t host_add64(uint64_t a, uint64_t b, uint64_t *c,
				  uint64_t *v)
{
	bool c_, v_;

	__asm__("addq %[b], %[a]"
		: [a] "+r"(a), "=@ccc"(c_), "=@cco"(v_)
		: [b] "rm"(b));
	*c = c_;
	*v = v_;
	return a;
}

static inline uint32_t host_sub32(uint32_t a, uint32_t b, uint64_t *c,
				  uint64_t *v)
{
	bool c_, v_;

	__asm__("subl %[b], %[a]"
		: [a] "+r"(a), "=@ccae"(c_), "=@cco"(v_)
		: [b] "rm"(b));
	*c = c_;
	*v = v_;
	return a;
}

static inline uint64_t host_sub64(uint64_t a, uint64_t b, uint64_t *c,
				  uint64_t *v)
{
	bool c_, v_;

	__asm__("subq %[b], %[a]"
		: [a] "+r"(a), "=@ccae"(c_), "=@cco"(v_)
		: [b] "rm"(b));
	*c = c_;
	*v = v_;
	return a;
}

#endif
