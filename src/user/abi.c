/* SPDX-License-Identifier: MIT */
/*
 * The ABI of the program, and arm64's, see abi.h.
 */
#include "user/abi.h"

#include <elf.h>
#include <linux/audit.h>
#include <stddef.h>

#include "base/exec-head.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "user/frame.h"
#include "user/pe.h"
#include "user/thread.h"
#include "user/trap.h"
#include "user/vdso.h"

const struct user_abi *user_abi = &abi_arm64;

static void begin(struct cpu *cpu, uint64_t entry)
{
	cpu->pc = entry;
}

static uint64_t *tls(struct cpu *cpu)
{
	return &cpu->sys.tpidr_el0;
}

static void exception(struct user_thread *t)
{
	if (!pe_emulate(t->cpu))
		trap_sync(t);
}

const struct user_abi abi_arm64 = {
	.elf_machine = EM_AARCH64,
	.elf_class = ELFCLASS64,
	.word = 8,
	.sp = REG_SP,
	.lr = 30,
	.audit_arch = AUDIT_ARCH_AARCH64,
	.platform = "aarch64",
	.memory_end = UINT64_C(1) << 47,
	.memory_top = UINT64_C(1) << 47,
	/* Far from what the host's kernel maps. */
	.pie_base = UINT64_C(0x2aaaaaaa0000),
	.pie_random = UINT64_C(1) << 40,
	/* As Linux has it. */
	.brk_random = UINT64_C(1) << 30,
	.stack_max = UINT64_C(1) << 30,
	.frame_size = FRAME_SIZE,
	.altstack_min = FRAME_STACK_SIZE,
	.strict_calls = {63, 64, 93, 139},
	.hwcap = pe_hwcap,
	.hwcap2 = pe_hwcap2,
	.map_page = vdso_map,
	.vdso = vdso_address,
	.begin = begin,
	.tls = tls,
	.exception = exception,
	.host_fault = trap_host_fault,
	.frame_push = frame_push,
};

const struct user_abi *abi_of(const void *head, long n)
{
	static const struct user_abi *const abis[] = {&abi_arm64, &abi_arm};

	for (size_t k = 0; k < ARRAY_SIZE(abis); k++)
		if (exec_head_is(head, n, abis[k]->elf_class,
				 abis[k]->elf_machine))
			return abis[k];
	return NULL;
}
