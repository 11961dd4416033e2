/* SPDX-License-Identifier: MIT */
/*
 * KVM_GET_REGS, KVM_GET_SREGS, KVM_GET_FPU and their counterparts that set:
 * registers of an e500v2 by the structures of Linux's <asm/kvm.h>. What a
 * register is wider there than here is lost, see e500.h.
 */
#include <errno.h>
#include <string.h>

#include "base/refuse.h"
#include "kernel/ppc/ppc.h"

long ppc_ioctl_get_regs(struct kobj *obj, void *arg, unsigned long user)
{
	const struct e500 *cpu = e500_of(vcpu_of(obj));
	struct kvm_regs *r = arg;

	*r = (struct kvm_regs){
		.pc = cpu->pc,
		.cr = cpu->cr,
		.ctr = cpu->ctr,
		.lr = cpu->lr,
		.xer = cpu->xer,
		.msr = cpu->msr,
		.srr0 = cpu->srr0,
		.srr1 = cpu->srr1,
		.pid = cpu->pid,
		.sprg0 = cpu->sprg[0],
		.sprg1 = cpu->sprg[1],
		.sprg2 = cpu->sprg[2],
		.sprg3 = cpu->sprg[3],
		.sprg4 = cpu->sprg[4],
		.sprg5 = cpu->sprg[5],
		.sprg6 = cpu->sprg[6],
		.sprg7 = cpu->sprg[7],
	};
	for (unsigned int i = 0; i < ARRAY_SIZE(r->gpr); i++)
		r->gpr[i] = cpu->gpr[i];
	return 0;
}

long ppc_ioctl_set_regs(struct kobj *obj, void *arg, unsigned long user)
{
	struct e500 *cpu = e500_of(vcpu_of(obj));
	const struct kvm_regs *r = arg;

	cpu->pc = r->pc;
	cpu->cr = r->cr;
	cpu->ctr = r->ctr;
	cpu->lr = r->lr;
	cpu->xer = r->xer;
	cpu->msr = r->msr;
	cpu->srr0 = r->srr0;
	cpu->srr1 = r->srr1;
	cpu->pid = r->pid;
	cpu->sprg[0] = r->sprg0;
	cpu->sprg[1] = r->sprg1;
	cpu->sprg[2] = r->sprg2;
	cpu->sprg[3] = r->sprg3;
	cpu->sprg[4] = r->sprg4;
	cpu->sprg[5] = r->sprg5;
	cpu->sprg[6] = r->sprg6;
	cpu->sprg[7] = r->sprg7;
	for (unsigned int i = 0; i < ARRAY_SIZE(r->gpr); i++)
		cpu->gpr[i] = r->gpr[i];
	return 0;
}

#define SREGS_FEATURES                                               \
	(KVM_SREGS_E_BASE | KVM_SREGS_E_ARCH206 | KVM_SREGS_E_IVOR | \
	 KVM_SREGS_E_ARCH206_MMU | KVM_SREGS_E_SPE | KVM_SREGS_E_PM)

#define NR_SPE_IVORS (E500_IVOR_PM - E500_IVOR_SPE)

long ppc_ioctl_get_sregs(struct kobj *obj, void *arg, unsigned long user)
{
	struct vcpu *vcpu = vcpu_of(obj);
	const struct e500 *cpu = e500_of(vcpu);
	struct kvm_sregs *s = arg;

	s->pvr = cpu->pvr;
	s->u.e.features = SREGS_FEATURES;
	s->u.e.impl_id = KVM_SREGS_E_IMPL_FSL;
	s->u.e.impl.fsl.svr = cpu->svr;
	s->u.e.impl.fsl.mcar = cpu->mcar;
	s->u.e.impl.fsl.hid0 = cpu->hid0;

	s->u.e.csrr0 = cpu->csrr0;
	s->u.e.csrr1 = cpu->csrr1;
	s->u.e.mcsr = cpu->mcsr;
	s->u.e.esr = cpu->esr;
	s->u.e.dear = cpu->dear;
	s->u.e.tsr = atomic_load(&cpu->tsr);
	s->u.e.tcr = cpu->tcr;
	s->u.e.tb = ppc_timebase(vcpu);
	s->u.e.dec = ppc_get_dec(vcpu, s->u.e.tb);
	s->u.e.vrsave = cpu->vrsave;

	s->u.e.pir = cpu->pir;
	s->u.e.mcsrr0 = cpu->mcsrr0;
	s->u.e.mcsrr1 = cpu->mcsrr1;
	s->u.e.decar = cpu->decar;
	s->u.e.ivpr = cpu->ivpr;
	memcpy(s->u.e.ivor_low, cpu->ivor, E500_IVOR_LOW * sizeof(uint32_t));
	memcpy(s->u.e.ivor_high, cpu->ivor + E500_IVOR_LOW,
	       (NR_E500_IVORS - E500_IVOR_LOW) * sizeof(uint32_t));

	s->u.e.mas0 = cpu->mas0;
	s->u.e.mas1 = cpu->mas1;
	s->u.e.mas2 = cpu->mas2;
	s->u.e.mas7_3 = cpu->mas7_3;
	s->u.e.mas4 = cpu->mas4;
	s->u.e.mas6 = cpu->mas6;
	s->u.e.tlbcfg[0] = cpu->tlbcfg[0];
	s->u.e.tlbcfg[1] = cpu->tlbcfg[1];
	return 0;
}

static void set_base(struct vcpu *vcpu, const struct kvm_sregs *s)
{
	struct e500 *cpu = e500_of(vcpu);

	cpu->csrr0 = s->u.e.csrr0;
	cpu->csrr1 = s->u.e.csrr1;
	cpu->mcsr = s->u.e.mcsr;
	cpu->esr = s->u.e.esr;
	cpu->dear = s->u.e.dear;
	/* Not VRSAVE: Linux loads it into the host's register at the start of
	 * the request and takes it back at the end. */
	ppc_set_tcr(vcpu, s->u.e.tcr);
	if (s->u.e.update_special & KVM_SREGS_E_UPDATE_DEC)
		ppc_set_dec(vcpu, s->u.e.dec);
	if (s->u.e.update_special & KVM_SREGS_E_UPDATE_TSR)
		ppc_set_tsr(vcpu, s->u.e.tsr);
}

static long set_arch206(struct vcpu *vcpu, const struct kvm_sregs *s)
{
	struct e500 *cpu = e500_of(vcpu);

	if (s->u.e.pir != vcpu->id)
		return refuse(EINVAL, FKVM_PPC_SREGS,
			      "pir is %u, the vCPU's id is %u", s->u.e.pir,
			      vcpu->id);
	cpu->mcsrr0 = s->u.e.mcsrr0;
	cpu->mcsrr1 = s->u.e.mcsrr1;
	cpu->decar = s->u.e.decar;
	cpu->ivpr = s->u.e.ivpr;
	return 0;
}

static void set_mmu(struct e500 *cpu, const struct kvm_sregs *s)
{
	cpu->mas0 = s->u.e.mas0;
	cpu->mas1 = s->u.e.mas1;
	cpu->mas2 = s->u.e.mas2;
	cpu->mas7_3 = s->u.e.mas7_3;
	cpu->mas4 = s->u.e.mas4;
	cpu->mas6 = s->u.e.mas6;
}

static void set_ivors(struct e500 *cpu, const struct kvm_sregs *s)
{
	uint32_t features = s->u.e.features;

	if (features & KVM_SREGS_E_SPE)
		memcpy(cpu->ivor + E500_IVOR_SPE, s->u.e.ivor_high,
		       NR_SPE_IVORS * sizeof(uint32_t));
	if (features & KVM_SREGS_E_PM)
		cpu->ivor[E500_IVOR_PM] = s->u.e.ivor_high[NR_SPE_IVORS];
	memcpy(cpu->ivor, s->u.e.ivor_low, E500_IVOR_LOW * sizeof(uint32_t));
}

/* Group by group, as u.e.features has them; a refusal leaves what was set. */
long ppc_ioctl_set_sregs(struct kobj *obj, void *arg, unsigned long user)
{
	struct vcpu *vcpu = vcpu_of(obj);
	struct e500 *cpu = e500_of(vcpu);
	const struct kvm_sregs *s = arg;
	uint32_t features = s->u.e.features;
	long ret;

	if (s->pvr != cpu->pvr)
		return refuse(EINVAL, FKVM_PPC_SREGS,
			      "pvr is %#x, the core's is %#x", s->pvr,
			      cpu->pvr);
	if (features & KVM_SREGS_E_BASE)
		set_base(vcpu, s);
	ret = features & KVM_SREGS_E_ARCH206 ? set_arch206(vcpu, s) : 0;
	if (ret)
		return ret;
	if (s->u.e.impl_id == KVM_SREGS_E_IMPL_FSL) {
		cpu->svr = s->u.e.impl.fsl.svr;
		cpu->hid0 = s->u.e.impl.fsl.hid0;
		cpu->mcar = s->u.e.impl.fsl.mcar;
	}
	if (features & KVM_SREGS_E_ARCH206_MMU)
		set_mmu(cpu, s);
	if (features & KVM_SREGS_E_IVOR)
		set_ivors(cpu, s);
	return 0;
}

static long refuse_fpu(void)
{
	return refuse(EOPNOTSUPP, FKVM_PPC_FPU,
		      "the core has no floating-point registers "
		      "of its own");
}

long ppc_ioctl_get_fpu(struct kobj *obj, void *arg, unsigned long user)
{
	return refuse_fpu();
}

long ppc_ioctl_set_fpu(struct kobj *obj, void *arg, unsigned long user)
{
	return refuse_fpu();
}
