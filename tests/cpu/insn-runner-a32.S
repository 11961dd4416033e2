/* SPDX-License-Identifier: MIT */
/*
 * Loads a whole register state, jumps to a case's code and stores the whole
 * state again, as insn-runner.S does in A64. TPIDRURW carries LR in and out of the
 * code, so that every register belongs to the case.
 */
	.arch	armv8-a
	.fpu	crypto-neon-fp-armv8
	.syntax	unified
	.arm

	.bss
	.balign	4
saved_sp:	.skip 4
out_state:	.skip 4

	.text
/* void runner_enter(const struct diff_state *in, struct diff_state *out,
 *		     uint64_t code) */
	.global	runner_enter
	.type	runner_enter, %function
runner_enter:
	push	{r4-r11, lr}
	vpush	{d8-d15}
	ldr	r3, =saved_sp
	str	sp, [r3]
	str	r1, [r3, #4]
	clrex
	add	r3, r0, #256
	vldm	r3!, {d0-d15}
	vldm	r3, {d16-d31}
	ldr	r3, [r0, #772]
	ldr	r4, [r0, #776]
	orr	r3, r3, r4
	vmsr	fpscr, r3
	ldr	r3, [r0, #112]
	mcr	p15, 0, r3, c13, c0, 2
	ldr	r3, [r0, #768]
	msr	apsr_nzcvqg, r3
	mov	lr, r2
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ldr	r\n, [r0, #8 * \n]
	.endr
	ldr	sp, [r0, #104]
	ldr	r0, [r0]
	bx	lr

/* The case's code came to its end; LR is in TPIDRURW. */
	.global	runner_leave
	.type	runner_leave, %function
runner_leave:
	ldr	lr, =out_state
	ldr	lr, [lr]
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	str	r\n, [lr, #8 * \n]
	.endr
	str	sp, [lr, #104]
	mrc	p15, 0, r0, c13, c0, 2
	str	r0, [lr, #112]
	mrs	r0, apsr
	ldr	r1, =0xf80f0000
	and	r0, r0, r1
	str	r0, [lr, #768]
	vmrs	r0, fpscr
	ldr	r1, =0xf800009f
	and	r1, r1, r0
	str	r1, [lr, #776]
	ldr	r1, =0x07c80000
	and	r0, r0, r1
	str	r0, [lr, #772]
	add	r0, lr, #256
	vstm	r0!, {d0-d15}
	vstm	r0, {d16-d31}
/* A signal handler sends a case that faulted here. */
	.global	runner_faulted
	.type	runner_faulted, %function
runner_faulted:
	ldr	r4, =saved_sp
	ldr	sp, [r4]
	mov	r4, #0
	vmsr	fpscr, r4
	vpop	{d8-d15}
	pop	{r4-r11, pc}
	.ltorg
	.section .note.GNU-stack, "", %progbits
