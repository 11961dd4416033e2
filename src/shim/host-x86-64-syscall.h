/* SPDX-License-Identifier: MIT */
/*
 * A system call that a signal before it prevents, on an x86-64 host; only for
 * host-syscall.h, which says what each does.
 */
#ifndef FAUXKVM_SHIM_HOST_X86_64_SYSCALL_H
#define FAUXKVM_SHIM_HOST_X86_64_SYSCALL_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

/* The kernel uses rcx and r11 for itself and keeps all others. */
__attribute__((naked, noinline)) static long syscall_unless(
	const volatile bool *flag, long nr, const uint64_t *args)
{
	__asm__("movq %rdi, %r11\n\t"
		"movq %rsi, %rax\n\t"
		"movq %rdx, %rcx\n\t"
		"movq 0(%rcx), %rdi\n\t"
		"movq 8(%rcx), %rsi\n\t"
		"movq 16(%rcx), %rdx\n\t"
		"movq 24(%rcx), %r10\n\t"
		"movq 32(%rcx), %r8\n\t"
		"movq 40(%rcx), %r9\n"
		"syscall_window_begin:\n\t"
		"cmpb $0, (%r11)\n\t"
		"jne syscall_window_leave\n\t"
		"syscall\n"
		"syscall_window_end:\n\t"
		"ret\n"
		"syscall_window_leave:\n\t"
		"movq $-512, %rax\n\t" /* -SIG_RESTART */
		"ret");
}

static inline void syscall_window_leave_if_in(ucontext_t *uc)
{
	greg_t *ip = &uc->uc_mcontext.gregs[REG_RIP];

	if (syscall_window_has((uint64_t)*ip))
		*ip = (greg_t)(uintptr_t)syscall_window_leave;
}

#endif
