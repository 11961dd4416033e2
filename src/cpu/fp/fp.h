/* SPDX-License-Identifier: MIT */
/*
 * Floating-point state: FPCR, FPSR and the host's control register that
 * mirrors them while the guest runs (Arm ARM C5.2.8, C5.2.9).
 *
 * Between fp_enter() and fp_leave() the host's MXCSR (or FPCR and FPSR) has the
 * guest's rounding mode and collects cumulative exception flags; cpu->fpsr holds
 * the rest. To read and write that register takes a quarter of an exit, and most
 * guest code between two exits has no arithmetic. So cpu_run() begins without:
 * the first instruction that would have the host compute is done by softfloat,
 * which enters (fp/slow.c).
 * Every function is for the thread that runs @cpu.
 */
#ifndef FAUXKVM_CPU_FP_H
#define FAUXKVM_CPU_FP_H

#include "cpu/cpu.h"

#define FPCR_AHP         (1u << 26)
#define FPCR_DN          (1u << 25)
#define FPCR_FZ          (1u << 24)
#define FPCR_FZ16        (1u << 19)
#define FPCR_RMODE_SHIFT 22
#define FPCR_RMODE       (3u << FPCR_RMODE_SHIFT)
/* Implemented bits: no traps. FZ16 belongs to FEAT_FP16. */
#define FPCR_MASK (FPCR_AHP | FPCR_DN | FPCR_FZ | FPCR_RMODE | FPCR_FZ16)

#define FPSR_IOC  (1u << 0)
#define FPSR_DZC  (1u << 1)
#define FPSR_OFC  (1u << 2)
#define FPSR_UFC  (1u << 3)
#define FPSR_IXC  (1u << 4)
#define FPSR_IDC  (1u << 7)
#define FPSR_QC   (1u << 27)
#define FPSR_MASK 0xf800009fu

/* Load the guest's floating-point environment. */
void fp_enter(struct cpu *cpu);
/* Merge the host's flags into cpu->fpsr, restore the host's environment; if it
 * was entered, that is. */
void fp_leave_active(struct cpu *cpu);
static inline void fp_leave(struct cpu *cpu)
{
	if (unlikely(cpu->fp_active))
		fp_leave_active(cpu);
}

/* Guest or userspace reads and writes; right inside and outside enter/leave.
 * Writes ignore bits that are not implemented. */
uint32_t fp_read_fpsr(const struct cpu *cpu);
void fp_write_fpsr(struct cpu *cpu, uint32_t val);
uint32_t fp_read_fpcr(const struct cpu *cpu);
void fp_write_fpcr(struct cpu *cpu, uint32_t val);

/* A saturating instruction saturated. */
static inline void fp_set_qc(struct cpu *cpu)
{
	cpu->fpsr |= FPSR_QC;
}

#endif
