/* SPDX-License-Identifier: MIT */
/*
 * The PowerPC vCPU: its life, KVM_RUN, and the requests of its descriptor that
 * are PowerPC's (registers: regs.c, onereg.c). Handlers run with vcpu->lock
 * held, but for KVM_INTERRUPT's, which does not wait for a vCPU that runs.
 */
#include "kernel/ppc/ppc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "kernel/device.h"
#include "kernel/irq-stats.h"
#include "kernel/system.h"
#include "mpic/mpic.h"

/* ---- life ---------------------------------------------------------------- */

long ppc_vcpu_check(struct vm *vm, unsigned long id)
{
	return 0;
}

struct vcpu *ppc_vcpu_new(struct vm *vm)
{
	struct vcpu_ppc *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->vcpu.vm = vm;
	p->vcpu.requests = &p->requests;
	p->vcpu.initialised = true;
	if (!e500_init(&p->cpu)) {
		free(p);
		return NULL;
	}
	return &p->vcpu;
}

void ppc_vcpu_init(struct vcpu *vcpu)
{
	e500_of(vcpu)->pir = vcpu->id;
	ppc_timer_init(vcpu);
}

void ppc_vcpu_free(struct vcpu *vcpu)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);

	e500_destroy(&p->cpu);
	pthread_mutex_destroy(&p->timer_lock);
	free(p);
}

void ppc_vcpu_set_pins(struct vcpu *vcpu, uint32_t pins)
{
	struct e500 *cpu = e500_of(vcpu);

	if (pins & MPIC_PIN_INT)
		atomic_fetch_or(&cpu->pins, E500_PIN_LEVEL);
	else
		atomic_store(&cpu->pins, 0);
}

/* ---- KVM_RUN ------------------------------------------------------------- */

#define INTERNAL_ERROR_EMULATION 1

long ppc_run_check(struct vcpu *vcpu)
{
	return irqchip_first_run(vcpu->vm->dev.irqchip);
}

/* Nothing of an exit is finished here: there was none. */
void ppc_run_begin(struct vcpu *vcpu)
{
	vcpu->has_run = true;
	atomic_store(&vcpu->vm->has_run, true);
}

static void say_no_core(const struct vcpu *vcpu)
{
	static atomic_flag said = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&said))
		log_error("vCPU %u: there is no e500 core yet that executes a "
			  "PowerPC guest: KVM_RUN ends with "
			  "KVM_EXIT_INTERNAL_ERROR",
			  vcpu->id);
}

enum ppc_exit { PPC_EXIT_NO_CORE, PPC_EXIT_WATCHDOG };

const char *ppc_exit_name(unsigned int n)
{
	static const char *const names[] = {
		[PPC_EXIT_NO_CORE] = "no core",
		[PPC_EXIT_WATCHDOG] = "watchdog",
	};

	return n < ARRAY_SIZE(names) ? names[n] : NULL;
}

long ppc_enter(struct vcpu *vcpu)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	bool watchdog;

	vcpu->run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	vcpu->run->internal.suberror = INTERNAL_ERROR_EMULATION;
	vcpu->run->internal.ndata = 0;
	if (p->insane)
		return refuse(EINVAL, FKVM_PPC_PAPR,
			      "the vCPU has KVM_CAP_PPC_PAPR enabled, "
			      "which its core has not");
	watchdog = atomic_exchange(&p->watchdog_final, false);
	if (watchdog)
		vcpu->run->exit_reason = KVM_EXIT_WATCHDOG;
	else
		say_no_core(vcpu);
	stat_count_exit(vcpu->shown,
			watchdog ? PPC_EXIT_WATCHDOG : PPC_EXIT_NO_CORE, 0);
	return 0;
}

void ppc_run_end(struct vcpu *vcpu)
{
}

bool ppc_wakeup(struct vcpu *vcpu)
{
	return atomic_load(&e500_of(vcpu)->pins);
}

/* ---- KVM_ENABLE_CAP ------------------------------------------------------ */

static long config_tlb_check(const struct kvm_config_tlb *cfg,
			     const struct kvm_book3e_206_tlb_params *p)
{
	uint64_t sets;

	if (p->tlb_sizes[1] > 64 || p->tlb_ways[1] != p->tlb_sizes[1])
		return refuse(EINVAL, FKVM_PPC_TLB,
			      "TLB1 has %u ways of %u entries: it must be "
			      "fully associative, of at most 64",
			      p->tlb_ways[1], p->tlb_sizes[1]);
	for (unsigned int i = 2; i < 4; i++)
		if (p->tlb_sizes[i] || p->tlb_ways[i])
			return refuse(EINVAL, FKVM_PPC_TLB,
				      "TLB%u has %u entries, not 0", i,
				      p->tlb_sizes[i] | p->tlb_ways[i]);
	if (!p->tlb_ways[0] || (p->tlb_ways[0] & (p->tlb_ways[0] - 1)))
		return refuse(EINVAL, FKVM_PPC_TLB,
			      "TLB0 has %u ways, not a power of 2",
			      p->tlb_ways[0]);
	sets = p->tlb_sizes[0] / p->tlb_ways[0];
	if (!sets || (sets & (sets - 1)))
		return refuse(EINVAL, FKVM_PPC_TLB,
			      "TLB0 has %lu sets, not a power of 2", sets);
	if (cfg->array_len < ((uint64_t)p->tlb_sizes[0] + p->tlb_sizes[1]) *
				     sizeof(struct kvm_book3e_206_tlb_entry))
		return refuse(EINVAL, FKVM_PPC_TLB_ARRAY,
			      "array_len is %u, for %u entries", cfg->array_len,
			      p->tlb_sizes[0] + p->tlb_sizes[1]);
	return 0;
}

/* Linux pins the pages for writing. */
static long array_check(const struct kvm_config_tlb *cfg,
			const struct kvm_book3e_206_tlb_params *p)
{
	uint64_t len = ((uint64_t)p->tlb_sizes[0] + p->tlb_sizes[1]) *
		       sizeof(struct kvm_book3e_206_tlb_entry);
	uint64_t end = cfg->array + len;
	uint8_t byte;

	for (uint64_t at = cfg->array; at < end;
	     at = ALIGN_DOWN(at, GUEST_PAGE_SIZE) + GUEST_PAGE_SIZE)
		if (copy_from_user(&byte, (void *)at, 1) ||
		    copy_to_user((void *)at, &byte, 1))
			return refused_within(-EFAULT, "the array");
	return 0;
}

static long enable_sw_tlb(struct vcpu *vcpu, const struct kvm_enable_cap *cap)
{
	struct kvm_book3e_206_tlb_params params;
	struct kvm_config_tlb cfg;
	long ret;

	if (copy_from_user(&cfg, (void *)cap->args[0], sizeof(cfg)))
		return refused_within(-EFAULT, "args[0]");
	if (cfg.mmu_type != KVM_MMU_FSL_BOOKE_NOHV)
		return refuse(EINVAL, FKVM_PPC_TLB,
			      "mmu_type is %u, this core's is %u", cfg.mmu_type,
			      KVM_MMU_FSL_BOOKE_NOHV);
	if (copy_from_user(&params, (void *)cfg.params, sizeof(params)))
		return refused_within(-EFAULT, "params");
	ret = config_tlb_check(&cfg, &params);
	if (!ret)
		ret = array_check(&cfg, &params);
	if (!ret)
		e500_tlb_share(e500_of(vcpu), (void *)cfg.array, &params);
	return ret;
}

/* One of O_PATH is none to Linux. */
static bool fd_is_open(int fd)
{
	long flags = host_raw(SYS_fcntl, fd, F_GETFL);

	return flags >= 0 && !(flags & O_PATH);
}

static long enable_irq_mpic(struct vcpu *vcpu, const struct kvm_enable_cap *cap)
{
	int fd = (int)cap->args[0];
	struct kobj *obj;
	long ret;

	if (!fd_is_open(fd))
		return refuse(EBADF, FKVM_PPC_MPIC_FD,
			      "args[0], %d, is no descriptor", fd);
	obj = kernel_host.lookup(fd);
	if (!obj || obj->kind != KOBJ_DEVICE)
		ret = refuse(EPERM, FKVM_PPC_MPIC_FD,
			     "args[0], %d, is no device's descriptor", fd);
	else
		ret = mpic_connect(device_of_kobj(obj), &vcpu->vm->dev,
				   vcpu->index, (uint32_t)cap->args[1]);
	if (obj)
		kobj_put(obj);
	return ret;
}

static long enable_cap(struct vcpu *vcpu, const struct kvm_enable_cap *cap)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);

	switch (cap->cap) {
	case KVM_CAP_PPC_OSI: return 0; /* for guests of a Mac: no exits */
	case KVM_CAP_PPC_PAPR: p->papr = true; return 0;
	case KVM_CAP_PPC_EPR: p->epr_user = cap->args[0]; return 0;
	case KVM_CAP_PPC_BOOKE_WATCHDOG: p->watchdog = true; return 0;
	case KVM_CAP_SW_TLB: return enable_sw_tlb(vcpu, cap);
	case KVM_CAP_IRQ_MPIC: return enable_irq_mpic(vcpu, cap);
	default:
		return refuse(EINVAL, FKVM_CAP_NUMBER,
			      "capability %u can't be enabled on a vCPU",
			      cap->cap);
	}
}

/* What is enabled stays so, even if the vCPU is found to be insane then. */
long ppc_ioctl_enable_cap(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_enable_cap *cap = arg;
	struct vcpu *vcpu = vcpu_of(obj);
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	long ret;

	if (cap->flags)
		return refuse(EINVAL, FKVM_CAP_FLAGS,
			      "capability %u with flags %#x", cap->cap,
			      cap->flags);
	ret = enable_cap(vcpu, cap);
	if (ret)
		return ret;
	p->insane = p->papr;
	if (p->insane)
		return refuse(EINVAL, FKVM_PPC_PAPR,
			      "KVM_CAP_PPC_PAPR is enabled, which this "
			      "vCPU's core has not");
	return 0;
}

/* ---- interrupts, TLB, debug ---------------------------------------------- */

long ppc_ioctl_interrupt(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_interrupt *irq = arg;
	struct vcpu *vcpu = vcpu_of(obj);
	struct e500 *cpu = e500_of(vcpu);

	if (irq->irq == KVM_INTERRUPT_UNSET) {
		atomic_store(&cpu->pins, 0);
		return 0;
	}
	atomic_fetch_or(&cpu->pins, irq->irq == KVM_INTERRUPT_SET_LEVEL
					    ? E500_PIN_LEVEL
					    : E500_PIN_EDGE);
	vcpu_kick(vcpu);
	return 0;
}

long ppc_ioctl_dirty_tlb(struct kobj *obj, void *arg, unsigned long user)
{
	e500_tlb_changed(e500_of(vcpu_of(obj)));
	return 0;
}

/* The address is one of the core's, with the PID and the address space above. */
long ppc_ioctl_translate(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_translation *tr = arg;
	gpa_t gpa;

	tr->valid = e500_translate(e500_of(vcpu_of(obj)), tr->linear_address,
				   FIELD(tr->linear_address, 39, 32),
				   FIELD(tr->linear_address, 40, 40), &gpa);
	if (tr->valid)
		tr->physical_address = gpa;
	return 0;
}

#define DBCR0_IDM (1u << 30)
#define DBCR0_IC  (1u << 27)
/* The first of two; the next one's is a bit, or two bits, to the right. */
#define DBCR0_IAC  (1u << 23)
#define DBCR0_DACR (1u << 19)
#define DBCR0_DACW (1u << 18)

static bool debug_add(struct e500 *cpu, uint64_t addr, uint32_t type,
		      unsigned int *nr_iac, unsigned int *nr_dac)
{
	unsigned int n;

	if (type & KVMPPC_DEBUG_BREAKPOINT) {
		n = (*nr_iac)++;
		if (n >= ARRAY_SIZE(cpu->iac))
			return false;
		cpu->iac[n] = addr;
		cpu->dbcr0 |= DBCR0_IAC >> n;
	} else {
		n = (*nr_dac)++;
		if (n >= ARRAY_SIZE(cpu->dac))
			return false;
		cpu->dac[n] = addr;
		if (type & KVMPPC_DEBUG_WATCH_READ)
			cpu->dbcr0 |= DBCR0_DACR >> n * 2;
		if (type & KVMPPC_DEBUG_WATCH_WRITE)
			cpu->dbcr0 |= DBCR0_DACW >> n * 2;
	}
	cpu->dbcr0 |= DBCR0_IDM;
	return true;
}

/* As many entries of bp[] are looked at as the core has registers for. */
long ppc_set_guest_debug(struct vcpu *vcpu, const struct kvm_guest_debug *dbg)
{
	const uint32_t known = KVMPPC_DEBUG_BREAKPOINT |
			       KVMPPC_DEBUG_WATCH_READ |
			       KVMPPC_DEBUG_WATCH_WRITE;
	struct e500 *cpu = e500_of(vcpu);
	unsigned int iacs = 0, dacs = 0;

	cpu->dbcr0 = 0;
	if (!(dbg->control & KVM_GUESTDBG_ENABLE))
		return 0;
	if (dbg->control & KVM_GUESTDBG_SINGLESTEP)
		cpu->dbcr0 |= DBCR0_IDM | DBCR0_IC;
	if (!(dbg->control & KVM_GUESTDBG_USE_HW_BP))
		return 0;
	for (size_t n = 0; n < ARRAY_SIZE(cpu->iac) + ARRAY_SIZE(cpu->dac);
	     n++) {
		uint32_t type = dbg->arch.bp[n].type;

		if (type == KVMPPC_DEBUG_NONE)
			continue;
		if (type & ~known)
			return refuse(EINVAL, FKVM_PPC_BREAKPOINT,
				      "bp[%zu].type is %#x, known are "
				      "%#x",
				      n, type, known);
		if (!debug_add(cpu, dbg->arch.bp[n].addr, type, &iacs, &dacs))
			return refuse(EINVAL, FKVM_PPC_BREAKPOINT,
				      "bp[%zu] is one more than the core has "
				      "registers for",
				      n);
	}
	return 0;
}
