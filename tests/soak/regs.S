/* SPDX-License-Identifier: MIT */
/*
 * regs_spin(): every register an EL0 program has, loaded, left alone for a
 * while, and stored. See process.c.
 *
 * struct regs: V0 to V31, X0 to X28, NZCV, FPCR, FPSR. X29 counts, X30 is the
 * pointer, the rest of the caller's is on the stack.
 */
	.text

	.macro	all_v op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\op	q\n, [x30, #16 * \n]
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	q\n, [x30, #16 * \n]
	.endr
	.endm

	.macro	all_x op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	\op	x\n, [x30, #512 + 8 * \n]
	.endr
	.irp	n, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
	\op	x\n, [x30, #512 + 8 * \n]
	.endr
	.endm

	.global	regs_spin
	.type	regs_spin, %function
regs_spin:
	stp	x29, x30, [sp, #-192]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	str	x1, [sp, #160]
	mrs	x3, fpcr
	str	x3, [sp, #168]

	mov	x29, x2
	mov	x30, x0
	ldr	x3, [x30, #744]
	msr	nzcv, x3
	ldr	x3, [x30, #752]
	msr	fpcr, x3
	ldr	x3, [x30, #760]
	msr	fpsr, x3
	all_v	ldr
	all_x	ldr
1:	sub	x29, x29, #1
	cbnz	x29, 1b
	ldr	x30, [sp, #160]
	all_x	str
	all_v	str
	mrs	x3, nzcv
	str	x3, [x30, #744]
	mrs	x3, fpcr
	str	x3, [x30, #752]
	mrs	x3, fpsr
	str	x3, [x30, #760]

	ldr	x3, [sp, #168]
	msr	fpcr, x3
	ldp	d14, d15, [sp, #144]
	ldp	d12, d13, [sp, #128]
	ldp	d10, d11, [sp, #112]
	ldp	d8, d9, [sp, #96]
	ldp	x27, x28, [sp, #80]
	ldp	x25, x26, [sp, #64]
	ldp	x23, x24, [sp, #48]
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #192
	ret
	.size	regs_spin, . - regs_spin
	.section .note.GNU-stack, "", %progbits
