/* SPDX-License-Identifier: MIT */
/*
 * Loads a whole register state, jumps to a case's code and stores the whole
 * state again. TPIDR_EL0 carries X30 in and out of the code (the C library's
 * value is put back before returning), so that every general register belongs
 * to the case.
 */
	.arch	armv8.2-a+crypto+sve

	.bss
	.balign	8
saved_sp:	.skip 8
saved_tls:	.skip 8
out_state:	.skip 8
out_sve:	.skip 8

	.text
	.macro	each_z insn, base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	\insn	z\n, [\base]
	add	\base, \base, #256
	.endr
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	\insn	z\n, [\base]
	add	\base, \base, #256
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23
	\insn	z\n, [\base]
	add	\base, \base, #256
	.endr
	.irp	n, 24, 25, 26, 27, 28, 29, 30, 31
	\insn	z\n, [\base]
	add	\base, \base, #256
	.endr
	.endm
	.macro	each_p insn, base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	\insn	p\n, [\base]
	add	\base, \base, #32
	.endr
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	\insn	p\n, [\base]
	add	\base, \base, #32
	.endr
	.endm

/* void runner_enter(const struct diff_state *in, struct diff_state *out,
 *		     uint64_t code, const struct diff_sve *in_sve,
 *		     struct diff_sve *out_sve)
 * The last two are NULL without SVE. */
	.global	runner_enter
	.type	runner_enter, %function
runner_enter:
	sub	sp, sp, #176
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	mov	x6, x3
	mov	x7, x4
	mov	x3, sp
	adrp	x4, saved_sp
	add	x4, x4, :lo12:saved_sp
	mrs	x5, tpidr_el0
	stp	x3, x5, [x4]
	stp	x1, x7, [x4, #16]
	clrex
	add	x3, x0, #256
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	ldr	q\n, [x3, #16 * \n]
	.endr
	.irp	n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
	ldr	q\n, [x3, #16 * \n]
	.endr
	cbz	x6, 1f
	add	x3, x6, #8192
	add	x3, x3, #512
	ldr	p0, [x3]
	wrffr	p0.b
	sub	x3, x3, #512
	each_p	ldr, x3
	mov	x3, x6
	each_z	ldr, x3
1:
	ldr	w3, [x0, #772]
	msr	fpcr, x3
	ldr	w3, [x0, #776]
	msr	fpsr, x3
	ldr	w3, [x0, #768]
	msr	nzcv, x3
	ldr	x3, [x0, #248]
	mov	sp, x3
	ldr	x3, [x0, #240]
	msr	tpidr_el0, x3
	mov	x30, x2
	ldp	x2, x3, [x0, #16]
	ldp	x4, x5, [x0, #32]
	ldp	x6, x7, [x0, #48]
	ldp	x8, x9, [x0, #64]
	ldp	x10, x11, [x0, #80]
	ldp	x12, x13, [x0, #96]
	ldp	x14, x15, [x0, #112]
	ldp	x16, x17, [x0, #128]
	ldp	x18, x19, [x0, #144]
	ldp	x20, x21, [x0, #160]
	ldp	x22, x23, [x0, #176]
	ldp	x24, x25, [x0, #192]
	ldp	x26, x27, [x0, #208]
	ldp	x28, x29, [x0, #224]
	ldp	x0, x1, [x0]
	br	x30

/* The case's code came to its end; X30 is in TPIDR_EL0. */
	.global	runner_leave
	.type	runner_leave, %function
runner_leave:
	adrp	x30, out_state
	ldr	x30, [x30, :lo12:out_state]
	stp	x0, x1, [x30]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	stp	x18, x19, [x30, #144]
	stp	x20, x21, [x30, #160]
	stp	x22, x23, [x30, #176]
	stp	x24, x25, [x30, #192]
	stp	x26, x27, [x30, #208]
	stp	x28, x29, [x30, #224]
	mrs	x0, tpidr_el0
	mov	x1, sp
	stp	x0, x1, [x30, #240]
	mrs	x0, nzcv
	str	w0, [x30, #768]
	mrs	x0, fpcr
	str	w0, [x30, #772]
	mrs	x0, fpsr
	str	w0, [x30, #776]
	add	x0, x30, #256
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	str	q\n, [x0, #16 * \n]
	.endr
	.irp	n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
	str	q\n, [x0, #16 * \n]
	.endr
	adrp	x0, out_sve
	ldr	x0, [x0, :lo12:out_sve]
	cbz	x0, runner_faulted
	each_z	str, x0
	each_p	str, x0
	rdffr	p0.b
	str	p0, [x0]
/* A signal handler sends a case that faulted here. */
	.global	runner_faulted
runner_faulted:
	adrp	x4, saved_sp
	add	x4, x4, :lo12:saved_sp
	ldp	x3, x5, [x4]
	mov	sp, x3
	msr	tpidr_el0, x5
	msr	fpcr, xzr
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	add	sp, sp, #176
	ret
	.section .note.GNU-stack, "", %progbits
