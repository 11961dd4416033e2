/* SPDX-License-Identifier: MIT */
/*
 * What the cases of tests/user say otherwise on arm64 and on 32-bit Arm.
 */
#ifndef FAUXKVM_TESTS_USER_MACHINE_H
#define FAUXKVM_TESTS_USER_MACHINE_H

#include <linux/audit.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* Of code: without the bit that says T32. */
static inline uint64_t code_address(void (*fn)(uint64_t))
{
#ifdef __arm__
	return (uintptr_t)fn & ~UINT64_C(1);
#else
	return (uintptr_t)fn;
#endif
}

#ifdef __aarch64__

#define MACHINE_SMALL_STACK 2048
#define MACHINE_NAME        "aarch64"
#define MACHINE_PLATFORM    "aarch64"
#define MACHINE_AUDIT       AUDIT_ARCH_AARCH64
#define MACHINE_FSTATAT     SYS_newfstatat

#define UNDEFINED         ".inst 0"
#define DEBUG_REGISTER    ".inst 0xd5330100" /* MDCCSR_EL0 */
#define BREAKPOINT        "brk #3"
#define MACHINE_SET_R0(n) (UINT32_C(0x52800000) | (uint32_t)(n) << 5)
#define MACHINE_RETURN    UINT32_C(0xd65f03c0)
/* A load of four bytes' length to x3 from 16, and 1 if it did not happen. */
#define LOAD_16(val)                                      \
	__asm__ volatile("mov x3, #1\n\tldr x3, [%1]\n\t" \
			 "mov %0, x3"                     \
			 : "=r"(val)                      \
			 : "r"(UINT64_C(16))              \
			 : "x3")

static inline unsigned long *context_pc(ucontext_t *uc)
{
	return (unsigned long *)&uc->uc_mcontext.pc;
}

static inline unsigned long *context_r3(ucontext_t *uc)
{
	return (unsigned long *)&uc->uc_mcontext.regs[3];
}

static inline unsigned long context_sp(const ucontext_t *uc)
{
	return uc->uc_mcontext.sp;
}

static inline unsigned long *context_pstate(ucontext_t *uc)
{
	return (unsigned long *)&uc->uc_mcontext.pstate;
}

/* A data abort of a store, or of a load; neither. */
static inline bool context_is_fault(const ucontext_t *uc, bool write)
{
	const uint8_t *at = uc->uc_mcontext.__reserved;

	for (;;) {
		uint32_t head[2];
		uint64_t esr;

		memcpy(head, at, sizeof(head));
		if (!head[0])
			return false;
		memcpy(&esr, at + 8, sizeof(esr));
		if (head[0] == 0x45535201)
			return esr >> 26 == 0x24 && !(esr & 0x40) == !write;
		at += head[1];
	}
}

/* Registers and modes that a handler spoils. */
#define SPOIL_STATE()                                \
	__asm__ volatile("movi v0.16b, #0xff\n\t"    \
			 "movi v31.16b, #0xff\n\t"   \
			 "msr fpcr, %0\n\t"          \
			 "msr fpsr, %0\n\t"          \
			 "cmp %0, %0\n\t"            \
			 :                           \
			 : "r"(UINT64_C(0x00c00000)) \
			 : "v0", "v31", "cc")

/* Has been spoiled, some thousand times looked at: *@bad. */
#define WATCH_STATE(bad)                           \
	__asm__ volatile("movi v0.16b, #0x11\n\t"  \
			 "movi v31.16b, #0x22\n\t" \
			 "msr fpcr, xzr\n\t"       \
			 "mov w4, #0x5000\n\t"     \
			 "mov %0, #0\n"            \
			 "1:\tcmp w4, #0\n\t"      \
			 "b.eq 3f\n\t"             \
			 "subs w4, w4, #1\n\t"     \
			 "umov x5, v0.d[1]\n\t"    \
			 "umov x6, v31.d[0]\n\t"   \
			 "mrs x7, fpcr\n\t"        \
			 "cbnz x7, 2f\n\t"         \
			 "mov x7, #0x1111\n\t"     \
			 "cmp x7, w5, uxth\n\t"    \
			 "b.ne 2f\n\t"             \
			 "mov x7, #0x2222\n\t"     \
			 "cmp x7, w6, uxth\n\t"    \
			 "b.eq 1b\n"               \
			 "2:\tmov %0, #1\n"        \
			 "3:"                      \
			 : "=&r"(bad)              \
			 :                         \
			 : "x4", "x5", "x6", "x7", "v0", "v31", "cc")

#else

#define MACHINE_NAME        "aarch64"
#define MACHINE_SMALL_STACK 2047
#define MACHINE_PLATFORM    "v8l"
#define MACHINE_AUDIT       AUDIT_ARCH_ARM
#define MACHINE_FSTATAT     SYS_fstatat64

#define UNDEFINED         "udf #0"
#define DEBUG_REGISTER    "mrc p14, 0, r0, c0, c0, 0" /* DBGDIDR */
#define BREAKPOINT        "bkpt #3"
#define MACHINE_SET_R0(n) (UINT32_C(0xe3a00000) | (uint32_t)(n))
#define MACHINE_RETURN    UINT32_C(0xe12fff1e)
#define LOAD_16(val)                                                \
	do {                                                        \
		unsigned long r3_;                                  \
		__asm__ volatile("mov r3, #1\n\tldr.w r3, [%1]\n\t" \
				 "mov %0, r3"                       \
				 : "=r"(r3_)                        \
				 : "r"(16)                          \
				 : "r3");                           \
		(val) = r3_;                                        \
	} while (0)

static inline unsigned long *context_pc(ucontext_t *uc)
{
	return &uc->uc_mcontext.arm_pc;
}

static inline unsigned long *context_r3(ucontext_t *uc)
{
	return &uc->uc_mcontext.arm_r3;
}

static inline unsigned long context_sp(const ucontext_t *uc)
{
	return uc->uc_mcontext.arm_sp;
}

static inline unsigned long *context_pstate(ucontext_t *uc)
{
	return &uc->uc_mcontext.arm_cpsr;
}

/* Arm's programs are told that it was a store. */
static inline bool context_is_fault(const ucontext_t *uc, bool write)
{
	return !(uc->uc_mcontext.error_code & 0x800) == !write;
}

/* In an IT block as well, of which two instructions are watched. */
#define SPOIL_STATE()                             \
	__asm__ volatile("vmov.i8 q0, #0xff\n\t"  \
			 "vmov.i8 q15, #0xff\n\t" \
			 "vmsr fpscr, %0\n\t"     \
			 "cmp %0, %0\n\t"         \
			 :                        \
			 : "r"(0x00c00000)        \
			 : "q0", "q15", "cc")

#define WATCH_STATE(bad)                                                       \
	do {                                                                   \
		unsigned int bad_;                                             \
		__asm__ volatile("vmov.i8 q0, #0x11\n\t"                       \
				 "vmov.i8 q15, #0x22\n\t"                      \
				 "mov r4, #0\n\t"                              \
				 "vmsr fpscr, r4\n\t"                          \
				 "mov r4, #0x5000\n\t"                         \
				 "mov %0, #0\n"                                \
				 "1:\tcmp r4, #0\n\t"                          \
				 "beq 3f\n\t"                                  \
				 "subs r4, r4, #1\n\t"                         \
				 "vmov.32 r5, d1[1]\n\t"                       \
				 "vmov.32 r6, d30[0]\n\t"                      \
				 "vmrs r3, fpscr\n\t"                          \
				 "cmp r3, #0\n\t"                              \
				 "ittt eq\n\t"                                 \
				 "addeq r3, r3, r4\n\t"                        \
				 "subeq r3, r3, r4\n\t"                        \
				 "cmpeq r3, #0\n\t"                            \
				 "bne 2f\n\t"                                  \
				 "movw r3, #0x1111\n\t"                        \
				 "movt r3, #0x1111\n\t"                        \
				 "cmp r3, r5\n\t"                              \
				 "bne 2f\n\t"                                  \
				 "lsl r3, r3, #1\n\t"                          \
				 "cmp r3, r6\n\t"                              \
				 "beq 1b\n"                                    \
				 "2:\tmov %0, #1\n"                            \
				 "3:"                                          \
				 : "=&r"(bad_)                                 \
				 :                                             \
				 : "r3", "r4", "r5", "r6", "q0", "q15", "cc"); \
		(bad) = bad_;                                                  \
	} while (0)

#endif
#endif
