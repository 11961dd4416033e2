/* SPDX-License-Identifier: MIT */
/*
 * A system call that a signal before it prevents, on an arm64 host; only for
 * host-syscall.h, which says what each does. gcc has no naked functions for
 * this architecture.
 */
#ifndef FAUXKVM_SHIM_HOST_ARM64_SYSCALL_H
#define FAUXKVM_SHIM_HOST_ARM64_SYSCALL_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

/* The kernel keeps all registers but x0. */
long syscall_unless(const volatile bool *flag, long nr, const uint64_t *args)
	__attribute__((visibility("hidden")));
__asm__(".pushsection .text\n\t"
	".type	syscall_unless, %function\n"
	"syscall_unless:\n\t"
	".cfi_startproc\n\t"
	"mov	x9, x0\n\t"
	"mov	x8, x1\n\t"
	"ldp	x4, x5, [x2, #32]\n\t"
	"ldp	x0, x1, [x2]\n\t"
	"ldp	x2, x3, [x2, #16]\n"
	"syscall_window_begin:\n\t"
	"ldrb	w9, [x9]\n\t"
	"cbnz	w9, syscall_window_leave\n\t"
	"svc	#0\n"
	"syscall_window_end:\n\t"
	"ret\n"
	"syscall_window_leave:\n\t"
	"mov	x0, #-512\n\t" /* -SIG_RESTART */
	"ret\n\t"
	".cfi_endproc\n\t"
	".size	syscall_unless, . - syscall_unless\n\t"
	".popsection");

static inline void syscall_window_leave_if_in(ucontext_t *uc)
{
	if (syscall_window_has(uc->uc_mcontext.pc))
		uc->uc_mcontext.pc = (uintptr_t)syscall_window_leave;
}

#endif
