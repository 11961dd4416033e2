/* SPDX-License-Identifier: MIT */
/*
 * A kernel's way in and out, in the measuring guest: system calls from EL0 by a
 * table, and one that goes on in another address space. Everything is saved and
 * restored that a kernel must, FP excepted.
 */
	.arch	armv8.1-a

	.macro	to_common n
	.balign	128
	b	vectors + 128 * \n
	.endm

/* Those of start.S, but for synchronous exceptions from EL0. */
	.text
	.balign	2048
	.global	kernel_vectors
kernel_vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	to_common \n
	.endr
	.balign	128
	sub	sp, sp, #288
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	mrs	x0, esr_el1
	b	el0_sync
	.irp	n, 9, 10, 11, 12, 13, 14, 15
	to_common \n
	.endr

	.macro	save
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x21, sp_el0
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x30, x21, [sp, #240]
	stp	x22, x23, [sp, #256]
	.endm

	.macro	restore
	ldp	x22, x23, [sp, #256]
	ldp	x30, x21, [sp, #240]
	msr	sp_el0, x21
	msr	elr_el1, x22
	msr	spsr_el1, x23
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	.endm

el0_sync:
	lsr	x1, x0, #26
	cmp	x1, #0x15		/* SVC */
	b.ne	not_svc
	save
	ldp	x0, x1, [sp]
	cmp	x8, #3
	b.hs	1f
	adrp	x9, syscalls
	add	x9, x9, :lo12:syscalls
	ldr	x9, [x9, x8, lsl #3]
	blr	x9
1:	str	x0, [sp]
	restore
	add	sp, sp, #288
	eret

not_svc: /* as if it had come there */
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	add	sp, sp, #288
	b	vectors + 128 * 8

/* System calls, their number in X8. */
call_add: /* X0 + X1 */
	add	x0, x0, x1
	ret

call_exit: /* back to call_el0()'s caller */
	b	el0_leave

/*
 * struct task in system.c: X19 to X30 and SP, TTBR0. The other task goes on
 * where it called.
 */
	.global	call_switch
call_switch:
	adrp	x9, current_task
	ldr	x10, [x9, :lo12:current_task]
	ldr	x11, [x10, #112]	/* next */
	mov	x12, sp
	stp	x19, x20, [x10]
	stp	x21, x22, [x10, #16]
	stp	x23, x24, [x10, #32]
	stp	x25, x26, [x10, #48]
	stp	x27, x28, [x10, #64]
	stp	x29, x30, [x10, #80]
	str	x12, [x10, #96]
	str	x11, [x9, :lo12:current_task]
	ldr	x12, [x11, #104]
	msr	ttbr0_el1, x12
	isb
	ldp	x19, x20, [x11]
	ldp	x21, x22, [x11, #16]
	ldp	x23, x24, [x11, #32]
	ldp	x25, x26, [x11, #48]
	ldp	x27, x28, [x11, #64]
	ldp	x29, x30, [x11, #80]
	ldr	x12, [x11, #96]
	mov	sp, x12
	ret

/* Where a task that never ran goes on: X19 to EL0, X20 its SP, X21 its X0. */
	.global	task_start
task_start:
	msr	elr_el1, x19
	msr	sp_el0, x20
	mov	x9, #0x3c0
	msr	spsr_el1, x9
	mov	x0, x21
	eret

	.section .rodata
	.balign	8
syscalls:
	.quad	call_add, call_exit, call_switch

/*
 * Programs at EL0, position-independent, copied to where they run: X0 rounds, X30
 * where to go in the end.
 */
	.global	user_calls, user_calls_end, user_switches, user_switches_end
user_calls:
	mov	x19, x0
	mov	x20, #0
1:	mov	x0, x20
	mov	x1, #3
	mov	x8, #0
	svc	#0
	mov	x20, x0
	subs	x19, x19, #1
	b.ne	1b
	mov	x8, #1
	svc	#0
user_calls_end:

/* Counts in one word of each of its pages between two switches; SP: the first. */
user_switches:
	mov	x19, x0
	mov	x20, sp
1:	mov	x1, x20
	mov	x2, #8
2:	ldr	x3, [x1]
	add	x3, x3, #1
	str	x3, [x1]
	add	x1, x1, #4096
	subs	x2, x2, #1
	b.ne	2b
	mov	x8, #2
	svc	#0
	subs	x19, x19, #1
	b.ne	1b
	ldr	x0, [x20]
	mov	x8, #1
	svc	#0
user_switches_end:
