/* SPDX-License-Identifier: MIT */
/*
 * Entry points of guest programs and their exception vectors. Every CPU runs
 * at EL1 with SP_EL1; a frame (struct frame in guest.h) goes to the C handler.
 */
	.arch	armv8.1-a
	.section .text.start, "ax"
	.global	_start
_start:
	mov	x19, x0
	mov	x20, x1
	mov	x21, x2
	mov	x22, x3
	mov	x23, x4
	mov	x24, x5
	mov	x0, #0
	bl	cpu_setup
	mov	x0, x19
	mov	x1, x20
	mov	x2, x21
	mov	x3, x22
	mov	x4, x23
	mov	x5, x24
	bl	guest_start
	b	.

/* PSCI CPU_ON's entry; X0, the context, is the CPU's index. */
	.global	secondary_start
secondary_start:
	mov	x19, x0
	bl	cpu_setup
	mov	x0, x19
	bl	guest_secondary
	b	.

/* X0: CPU index. Stack, vectors, FP. */
cpu_setup:
	msr	spsel, #1
	adrp	x1, stacks
	add	x0, x0, #1
	add	x1, x1, x0, lsl #16
	mov	sp, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	mov	x1, #(3 << 20)
	msr	cpacr_el1, x1
	isb
	ret

	.macro	vector n
	.balign	128
	sub	sp, sp, #304
	stp	x0, x1, [sp]
	mov	x0, #\n
	b	take
	.endm

	.balign	2048
	.global	vectors
vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\n
	.endr

take:
	stp	x2, x3, [sp, #16]
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
	mrs	x1, sp_el0
	stp	x30, x1, [sp, #240]
	mrs	x1, elr_el1
	mrs	x2, spsr_el1
	stp	x1, x2, [sp, #256]
	mrs	x1, esr_el1
	mrs	x2, far_el1
	stp	x1, x2, [sp, #272]
	str	x0, [sp, #288]
	mov	x0, sp
	bl	guest_exception
	ldp	x1, x2, [sp, #256]
	msr	elr_el1, x1
	msr	spsr_el1, x2
	ldp	x30, x1, [sp, #240]
	msr	sp_el0, x1
	ldp	x28, x29, [sp, #224]
	ldp	x26, x27, [sp, #208]
	ldp	x24, x25, [sp, #192]
	ldp	x22, x23, [sp, #176]
	ldp	x20, x21, [sp, #160]
	ldp	x18, x19, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	add	sp, sp, #304
	eret

/*
 * uint64_t call_el0(uint64_t (*code)(uint64_t), uint64_t arg, uint64_t sp,
 *		     uint64_t ret):
 * runs @code at EL0 with interrupts masked until it returns to @ret (EL0's
 * address of el0_return, which does svc #0x7e; X0 is the result) or an
 * exception leaves it through el0_leave.
 */
	.global	call_el0
call_el0:
	sub	sp, sp, #96
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	adrp	x5, el0_sp
	add	x5, x5, :lo12:el0_sp
	mov	x4, sp
	str	x4, [x5]
	msr	sp_el0, x2
	msr	elr_el1, x0
	mov	x4, #0x3c0
	msr	spsr_el1, x4
	mov	x0, x1
	mov	x30, x3
	eret

	.global	el0_return
el0_return:
	svc	#0x7e
	b	.

/* The ERET of an exception frame ends here, at EL1, to leave call_el0 with
 * X0. */
	.global	el0_leave
el0_leave:
	adrp	x3, el0_sp
	ldr	x4, [x3, :lo12:el0_sp]
	mov	sp, x4
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #96
	ret

	.bss
	.balign	8
el0_sp:	.skip	8
