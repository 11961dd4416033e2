/* SPDX-License-Identifier: MIT */
/*
 * KVM of 32-bit Arm hosts, which Linux had until 5.6, on the VM and vCPU of
 * src/kernel/arm64: what its ABI has otherwise. A vCPU is one of arm64's whose
 * EL1 is in AArch32 state. Source: Documentation/virt/kvm and the uapi headers
 * of Linux 5.6, and what is known of its arch/arm/kvm.
 */
#ifndef FAUXKVM_KERNEL_ARM_H
#define FAUXKVM_KERNEL_ARM_H

#include "kernel/arm64/arm64.h"
#include "kernel/arm64/onereg.h"

/* ---- its header's numbers ------------------------------------------------ */

enum { ARM_VCPU_POWER_OFF, ARM_VCPU_PSCI_0_2, ARM_NR_FEATURES };

/* struct kvm_regs has this many words of 32 bits: R0 to R15, CPSR and one that
 * nobody uses; SP, LR and SPSR of SVC, ABT, UND and IRQ; R8 to R14 and SPSR of
 * FIQ. */
#define ARM_CORE_WORDS 38

/* Coprocessors, bits 27-16 of an id. */
#define ARM_REG_CORE  0x0010
#define ARM_REG_DEMUX 0x0011
#define ARM_REG_VFP   0x0012
#define ARM_REG_FW    0x0014
#define ARM_REG_CP15  0x000f

#define ARM_ID_FAMILY(id)  ((unsigned int)FIELD(id, 27, 16))
#define ARM_ID(size, n, k) (KVM_REG_ARM | (size) | (uint64_t)(n) << 16 | (k))
#define ARM_CP15(opc1, crn, crm, opc2)         \
	ARM_ID(KVM_REG_SIZE_U32, ARM_REG_CP15, \
	       (opc2) | (opc1) << 3 | (crm) << 7 | (uint64_t)(crn) << 11)
#define ARM_CP15_64(opc1, crm) \
	ARM_ID(KVM_REG_SIZE_U64, ARM_REG_CP15, (opc1) << 3 | (crm) << 7)

#define ARM_VFP_FPSID   0x1000
#define ARM_VFP_FPSCR   0x1001
#define ARM_VFP_MVFR1   0x1006
#define ARM_VFP_MVFR0   0x1007
#define ARM_VFP_FPEXC   0x1008
#define ARM_VFP_FPINST  0x1009
#define ARM_VFP_FPINST2 0x100a

/* ---- registers, each with functions as struct onereg_family has them ----- */

extern const struct onereg_family arm_onereg_core;  /* onereg-core.c */
extern const struct onereg_family arm_onereg_fw;    /* onereg.c */
extern const struct onereg_family arm_onereg_timer; /* onereg.c */
extern const struct onereg_family arm_onereg_cp15;  /* onereg-cp15.c */
extern const struct onereg_family arm_onereg_vfp;   /* onereg-vfp.c */
extern const struct onereg_family arm_onereg_demux; /* onereg-vfp.c */

/* What a reset does to those of CP15: onereg-cp15.c. */
void arm_cp15_reset(struct vcpu *vcpu);

bool arm_onereg_row(unsigned int n, struct kernel_reg_row *out);
bool arm_onereg_name(uint64_t id, char *name, size_t size);

/* ---- what struct arch has ------------------------------------------------ */

/* vcpu.c */
long arm_vm_new(unsigned long type, struct vm **vm);
int arm_vm_init(struct vm *vm);
long arm_irq_line(struct vm *vm, struct kvm_irq_level *irq);
long arm_set_mp_state(struct vcpu *vcpu, const struct kvm_mp_state *state);

extern const struct cap_table arm_caps;        /* caps.c */
extern const struct attr_table arm_vcpu_attrs; /* caps.c */
extern const struct decode_table arm_decode;   /* decode.c */

#define IOCTL(kind, request, copy, since, fn)        ioctl_fn fn;
#define IOCTL_INITED(kind, request, copy, since, fn) ioctl_fn fn;
#define IOCTL_REFUSED(kind, name, cmd, copy)
#include "kernel/arm/ioctls.def"
#undef IOCTL
#undef IOCTL_INITED
#undef IOCTL_REFUSED

#endif
