/* SPDX-License-Identifier: MIT */
/*
 * What the files of the PowerPC architecture share: its VM and vCPU, which embed
 * the core's, and who does what. KVM for e500v2 (Linux 6.12), the only PowerPC
 * whose interrupt controller, the FSL MPIC, KVM has in the kernel.
 *
 * vcpu->lock guards a vCPU's registers, but for what is atomic.
 */
#ifndef FAUXKVM_KERNEL_PPC_PPC_H
#define FAUXKVM_KERNEL_PPC_PPC_H

#include <pthread.h>

#include "kernel/ppc/e500.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

struct vcpu_ppc {
	struct vcpu vcpu;
	_Atomic uint32_t requests; /* what vcpu->requests points at */
	struct e500 cpu;

	bool papr;     /* enabled by mistake: this core has no PAPR */
	bool insane;   /* then it can't run */
	bool watchdog; /* KVM_EXIT_WATCHDOG is wanted */
	bool epr_user; /* KVM_EXIT_EPR is wanted */

	/* timer.c; its lock is a leaf but for vm->clock. */
	pthread_mutex_t timer_lock;
	uint64_t dec_start;             /* the timebase when DEC was set */
	uint64_t dec_due, watchdog_due; /* ns, NO_DEADLINE: never */
	atomic_bool watchdog_final;     /* KVM_EXIT_WATCHDOG is due */
};

static inline struct vcpu_ppc *vcpu_ppc(struct vcpu *vcpu)
{
	return container_of(vcpu, struct vcpu_ppc, vcpu);
}

static inline struct e500 *e500_of(struct vcpu *vcpu)
{
	return &vcpu_ppc(vcpu)->cpu;
}

#define PPC_MAX_VCPUS 32

/* caps.c */
extern const struct cap_table ppc_caps;

/* vm.c */
long ppc_vm_new(unsigned long type, struct vm **vm);
int ppc_vm_init(struct vm *vm);
void ppc_vm_free(struct vm *vm);
void ppc_vm_flush(struct vm *vm, unsigned int what);
long ppc_irq_line(struct vm *vm, struct kvm_irq_level *irq);

/* vcpu.c */
long ppc_vcpu_check(struct vm *vm, unsigned long id);
struct vcpu *ppc_vcpu_new(struct vm *vm);
void ppc_vcpu_init(struct vcpu *vcpu);
void ppc_vcpu_free(struct vcpu *vcpu);
long ppc_run_check(struct vcpu *vcpu);
void ppc_run_begin(struct vcpu *vcpu);
const char *ppc_exit_name(unsigned int n);
long ppc_enter(struct vcpu *vcpu);
void ppc_run_end(struct vcpu *vcpu);
bool ppc_wakeup(struct vcpu *vcpu);
void ppc_vcpu_set_pins(struct vcpu *vcpu, uint32_t pins);
long ppc_set_guest_debug(struct vcpu *vcpu, const struct kvm_guest_debug *dbg);

/* timer.c: decrementer and watchdog, as far as registers show them. */
void ppc_timer_init(struct vcpu *vcpu);
/* arch->vcpu_timer */
void ppc_timer_expire(struct vcpu *vcpu);
uint64_t ppc_timebase(struct vcpu *vcpu);
uint32_t ppc_get_dec(struct vcpu *vcpu, uint64_t timebase);
void ppc_set_dec(struct vcpu *vcpu, uint32_t dec);
void ppc_set_tcr(struct vcpu *vcpu, uint32_t tcr);
void ppc_set_tsr(struct vcpu *vcpu, uint32_t tsr);
void ppc_or_tsr(struct vcpu *vcpu, uint32_t bits);
void ppc_clear_tsr(struct vcpu *vcpu, uint32_t bits);

/* onereg.c */
bool ppc_reg_row(unsigned int n, struct kernel_reg_row *out);
extern const struct decode_table ppc_decode; /* decode.c */

#define IOCTL(kind, request, copy, since, fn)       ioctl_fn fn;
#define IOCTL_ASYNC(kind, request, copy, since, fn) ioctl_fn fn;
#define IOCTL_REFUSED(kind, name, cmd, copy)
#include "kernel/ppc/ioctls.def"
#undef IOCTL
#undef IOCTL_ASYNC
#undef IOCTL_REFUSED

#endif
