/* SPDX-License-Identifier: MIT */
/*
 * How a program of 32-bit Arm begins, and the page at 0xffff0000 that Linux has in each:
 * helpers that programs call at fixed addresses (Linux's
 * Documentation/arch/arm/kernel_user_helpers.rst), and the way back from signal
 * handlers.
 */
#include "user/arm.h"

#include <elf.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/mman.h>

#include "base/types.h"
#include "cpu/cpu.h"
#include "user/abi.h"
#include "user/memory.h"
#include "user/pe.h"

#define PSTATE_USR 0x10u /* M: User mode, AArch32 */
#define PSTATE_T   0x20u

/* ---- the page ------------------------------------------------------------ */

#define PAGE_AT        UINT32_C(0xffff0000)
#define HELPER_VERSION 5

/* Instructions, at their offsets in the page. */
static const struct {
	uint16_t at;
	uint8_t words;
	uint32_t word[20];
} code[] = {
	/* push {r4-r7}; ldrd r4, [r0]; dmb ish; 1: ldrexd r6, [r2]; eors r6, r4;
	 * eorseq r7, r5; bne 2f; ldrd r6, [r1]; strexd r3, r6, [r2]; cmp r3, #0;
	 * bne 1b; mov r6, #0; b 3f; 2: mov r6, #1; 3: dmb ish; rsbs r0, r6, #0;
	 * pop {r4-r7}; bx lr */
	{0x100,
	 18,
	 {0xe92d00f0, 0xe1c040d0, 0xf57ff05b, 0xe1b26f9f, 0xe0366004,
	  0x00377005, 0x1a000005, 0xe1c160d0, 0xe1a23f96, 0xe3530000,
	  0x1afffff7, 0xe3a06000, 0xea000000, 0xe3a06001, 0xf57ff05b,
	  0xe2760000, 0xe8bd00f0, 0xe12fff1e}},
	/* dmb ish; 1: ldrex r3, [r2]; eors r3, r0; strexeq ip, r1, [r2];
	 * cmpeq ip, #1; beq 1b; rsbs r0, r3, #0; dmb ish; bx lr */
	{0x180,
	 9,
	 {0xf57ff05b, 0xe1923f9f, 0xe0333000, 0x0182cf91, 0x035c0001,
	  0x0afffffa, 0xe2730000, 0xf57ff05b, 0xe12fff1e}},
	/* Back from a handler, without and with siginfo: mov r7, #n; svc 0, and so in
	 * T32 */
	{0x200,
	 6,
	 {0xe3a07077, 0xef000000, 0xe3a070ad, 0xef000000, 0xdf002777,
	  0xdf0027ad}},
	/* __kuser_cmpxchg64, _memory_barrier, _cmpxchg, _get_tls, _version */
	{0xf60, 1, {0xea000000 | (0x100 - 0xf68) / 4 % 0x1000000u}},
	{0xfa0, 2, {0xf57ff05b, 0xe12fff1e}},
	{0xfc0, 1, {0xea000000 | (0x180 - 0xfc8) / 4 % 0x1000000u}},
	{0xfe0, 2, {0xee1d0f70, 0xe12fff1e}},
	{0xffc, 1, {HELPER_VERSION}},
};

#define RETURNS 0x200

uint32_t arm_sigreturn(bool thumb, bool rt)
{
	return PAGE_AT + RETURNS + (thumb ? 16 + 4u * rt + 1 : 8u * rt);
}

static int map_page(void)
{
	long at = memory_map(PAGE_AT, 4096, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			     -1, 0);

	if (at < 0 && at > -4096)
		return (int)at;
	for (size_t k = 0; k < ARRAY_SIZE(code); k++)
		memcpy((void *)(at + code[k].at), code[k].word,
		       code[k].words * sizeof(uint32_t));
	memory_is_vectors(PAGE_AT, 4096);
	return (int)memory_protect(PAGE_AT, 4096, PROT_READ | PROT_EXEC);
}

static uint64_t no_vdso(void)
{
	return 0;
}

/* ---- the beginning ------------------------------------------------------- */

static void begin(struct cpu *cpu, uint64_t entry)
{
	cpu_set_pstate(cpu, PSTATE_USR | (entry & 1 ? PSTATE_T : 0));
	cpu->pc = entry & ~UINT64_C(1);
}

static uint64_t *tls(struct cpu *cpu)
{
	return &cpu->sys.tpidrro_el0;
}

const struct user_abi abi_arm = {
	.elf_machine = EM_ARM,
	.elf_class = ELFCLASS32,
	.word = 4,
	.sp = ARM_REG_SP,
	.lr = ARM_REG_LR,
	.audit_arch = AUDIT_ARCH_ARM,
	.platform = "v8l",
	.memory_end = UINT64_C(0xfffff000),
	.memory_top = PAGE_AT,
	.pie_base = UINT64_C(0xaaaa8000),
	.pie_random = UINT64_C(1) << 24,
	.brk_random = UINT64_C(1) << 25,
	.stack_max = UINT64_C(1) << 28,
	.altstack_min = 2048,
	.strict_calls = {3, 4, 1, 119},
	.hwcap = pe_hwcap_arm,
	.hwcap2 = pe_hwcap2_arm,
	.map_page = map_page,
	.vdso = no_vdso,
	.begin = begin,
	.tls = tls,
	.exception = arm_exception,
	.host_fault = arm_host_fault,
	.frame_push = arm_frame_push,
};
