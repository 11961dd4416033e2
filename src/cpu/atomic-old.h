/* SPDX-License-Identifier: MIT */
/*
 * The fast path of loads and stores as their bodies write it out: compare one
 * tag of the software TLB, access host memory, go on. Anything else goes to a
 * cold function in tail position, which starts over on the slow path.
 *
 * A load or store whose base is SP has bodies of its own ("sp"), so that the
 * others ("gp") need no test for SP alignment; "any" is for rare instructions.
 */
#ifndef FAUXKVM_CPU_LDST_BODY_H
#define FAUXKVM_CPU_LDST_BODY_H

#include "cpu/int-body.h"

/* Off the fast path for want of SP alignment; the slow one does SP_CHECK. */
#define BASE_BAD_gp  false
#define BASE_BAD_sp  unlikely(cpu->x[REG_SP] & 15)
#define BASE_BAD_any unlikely(i->rn == REG_SP && (cpu->x[REG_SP] & 15))
#define BASE_gp      cpu->x[i->rn]
#define BASE_sp      cpu->x[REG_SP]
#define BASE_any     cpu->x[i->rn]

/* The entry hits for reading, writing @len bytes at @va. */
static inline bool tlb_hits_read(const struct cpu *cpu,
				 const struct cpu_tlb_entry *e, gva_t va,
				 unsigned int len)
{
	return likely(e->rtag == mem_tag(cpu, va, len));
}

static inline bool tlb_hits_write(const struct cpu *cpu,
				  const struct cpu_tlb_entry *e, gva_t va,
				  unsigned int len)
{
	return likely(e->wtag == mem_tag(cpu, va, len));
}

/* Guest memory, naturally aligned, whatever the host knows it as. */
typedef uint8_t u8_alias;
typedef uint16_t u16_alias __attribute__((may_alias));
typedef uint32_t u32_alias __attribute__((may_alias));
typedef uint64_t u64_alias __attribute__((may_alias));

#define HOST(type, va) (*(volatile type *)((va) + e->addend))

/*
 * An access that needs the host's address, naturally aligned: name_at(cpu, i,
 * host) does it, given the address. ATOMIC_BODY makes the body "name" for the
 * base in i->rn, with name_at() inline, and its cold twin for what misses.
 */
#define HOST_ACCESS(name)                                            \
	static inline __attribute__((always_inline)) void name##_at( \
		struct cpu *cpu, const struct insn *i, void *host)

#define ATOMIC_BODY(name, bytes, ma)                                        \
	static COLD void name##_slow(struct cpu *cpu, const struct insn *i, \
				     gva_t va)                              \
	{                                                                   \
		void *host;                                                 \
                                                                            \
		SP_CHECK;                                                   \
		host = mem_host(cpu, i, va,                                 \
				(ma) | MA_ALIGN |                           \
					MA_BYTES(__builtin_ctz(bytes)));    \
		if (!host)                                                  \
			return;                                             \
		name##_at(cpu, i, host);                                    \
		NEXT;                                                       \
	}                                                                   \
	BODY(name)                                                          \
	{                                                                   \
		gva_t va = cpu->x[i->rn];                                   \
		const struct cpu_tlb_entry *e = mem_tlb(cpu, va);           \
                                                                            \
		cpu->cur = i;                                               \
		if (BASE_BAD_any || (va & ((bytes)-1)) ||                   \
		    !((ma)&MA_WRITE ? tlb_hits_write(cpu, e, va, 1)         \
				    : tlb_hits_read(cpu, e, va, 1))) {      \
			name##_slow(cpu, i, va);                            \
			return;                                             \
		}                                                           \
		name##_at(cpu, i, (void *)(va + e->addend));                \
		NEXT;                                                       \
	}

#endif
