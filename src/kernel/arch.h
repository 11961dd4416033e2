/* SPDX-License-Identifier: MIT */
/*
 * The one door between the core of src/kernel and an architecture: what the
 * core asks of it, as a table. The core (src/kernel) knows objects that every
 * KVM has and no register of a guest; an architecture (src/kernel/arm64)
 * embeds them in larger ones and calls the core's functions.
 *
 * A function that can fail returns a negative errno, which the request gives.
 * Members that may be NULL say so.
 *
 * A VM's architecture is vm->arch; the system object's is kernel_arch(), the
 * only place that chooses.
 */
#ifndef FAUXKVM_KERNEL_ARCH_H
#define FAUXKVM_KERNEL_ARCH_H

#include <fauxkvm/kvm.h>

#include "base/costs.h"
#include "base/device.h"
#include "kernel/caps.h"
#include "kernel/decode.h"
#include "kernel/ioctl.h"
#include "kernel/kernel.h"
#include "kernel/stats.h"

struct vm;
struct vcpu;

/* What every vCPU has to forget, arch->vm_flush(). */
enum vm_flush {
	VM_FLUSH_WRITE = 1 << 0, /* cached write permission */
	VM_FLUSH_TLB = 1 << 1,   /* translations */
	VM_FLUSH_CODE = 1 << 4,  /* decoded and translated code */
	VM_FLUSH_ALL = VM_FLUSH_TLB | VM_FLUSH_CODE,
	/* Do not wait: they forget before they see what is written later. */
	VM_FLUSH_NO_WAIT = 1 << 2,
	/* Do not wait for a vCPU whose access waits for the VMM to provide
	 * the page; the slot is asked for it again when it is written. */
	VM_FLUSH_PAST_FAULTS = 1 << 3,
};

struct arch {
	const char *name; /* "arm64", "ppc" */

	/* ---- rows ---- */

	/* Requests of all kinds of descriptor, kernel/ioctls.def's included. */
	const struct ioctl_row *ioctls;
	unsigned int nr_ioctls;
	/* What a number gets that has no row, by kind of descriptor. */
	int unknown_request[NR_KOBJ_KINDS];
	/* Capabilities, in ascending order of number; one that the core has
	 * too is answered by this row. */
	const struct cap_table *caps;
	/* After the core's; each counter is below MAX_VCPU_STATS. */
	const struct stat_row *vcpu_stats;
	unsigned int nr_vcpu_stats;
	/* Of the @n-th kind of exit of its guests; NULL: there is none. The
	 * hook is NULL: they are not counted. */
	const char *(*exit_name)(unsigned int n);
	/* Of the @n-th class that cycles are counted by, likewise; the vCPU's
	 * engine counts them in vcpu->shown from its first KVM_RUN on. */
	const char *(*class_name)(unsigned int n);
	/* Owner of the rows' functions: the struct vcpu or vm. NULL: none. */
	const struct attr_table *vcpu_attrs, *vm_attrs;
	const struct device_type *const *device_types; /* NULL at the end */
	/* Does the machine that we pretend to be have it? NULL: all of them. */
	bool (*has_device)(const struct device_type *type);

	/* Requests, exits and registers as a trace shows them, beyond those
	 * of decode_core. NULL: none. */
	const struct decode_table *decode;
	uint64_t exits; /* BIT() of each exit_reason that KVM_RUN ends with */
	/* The @n-th register of KVM_GET_REG_LIST; false: there is none. NULL:
	 * they are not listed. */
	bool (*reg_row)(unsigned int n, struct kernel_reg_row *out);
	/* ---- machines, of which one is pretended; NULL: only one ---- */

	/* As the functions of kernel.h. */
	int (*set_profile)(const char *name);
	const char *(*profile_name)(void);
	int (*profile_text)(const char *name, char **text);
	bool (*profile_row)(unsigned int n, struct kernel_profile_row *out);
	bool (*profile_limit)(unsigned int n, unsigned int k,
			      struct kernel_profile_limit *out);

	/* The one that was chosen has the KVM of 32-bit Arm, arch_arm's. NULL:
	 * none has. */
	bool (*machine_is_32bit)(void);

	/* The @n-th of the models that say what its parts cost in counted time
	 * (base/costs.h); NULL: there is none. The function NULL: no model. */
	const struct cost_model *(*cost_model)(unsigned int n);
	/* Can a machine of the profile have what @opts names? 0, or refused
	 * with a reason that names the option. NULL: it can. */
	int (*check_models)(const struct kernel_clock_options *opts);

	/* ---- limits ---- */

	unsigned int max_vcpus;    /* at most MAX_VCPUS; ids too */
	unsigned int irqchip_pins; /* that a GSI route may name */
	bool default_routes;       /* GSI n is pin n until routes are set */
	bool msi_any_level;        /* a GSI that is an MSI is sent at level 0
				    * too */
	bool irqfd_pulses;         /* a signal raises and lowers the line */
	bool big_endian;           /* the guest; see vm_as_in_memory() */
	bool is_32bit;             /* the host's kernel: its longs, and that it
				    * is for programs of 32 bits */
	uint32_t memslot_flags;    /* KVM_MEM_* of a slot */
	unsigned int nr_memslots;  /* 0: MAX_MEMSLOTS */

	/* ---- VM ---- */

	/*
	 * KVM_CREATE_VM: judge @type, make a zeroed VM with gpa_limit set. The
	 * core then sets up its part and calls vm_init(), which sets the rate
	 * of vm->clock. vm_free() undoes both, whether or not vm_init() was
	 * called or succeeded, and frees the memory; the irqchip and the vCPUs
	 * are gone then.
	 */
	long (*vm_new)(unsigned long type, struct vm **vm);
	int (*vm_init)(struct vm *vm);
	void (*vm_free)(struct vm *vm);
	/* Returns when no vCPU uses what it had cached (enum vm_flush), but for
	 * what that excepts. */
	void (*vm_flush)(struct vm *vm, unsigned int what);
	/* There may be other memory at [start, end): no vCPU knows code of it
	 * when it sees what is written later. NULL: none knows any. */
	void (*code_gone)(struct vm *vm, gpa_t start, gpa_t end);
	/* The host's mappings in [start, end) have changed, whether or not they
	 * are behind a slot. NULL: that is nothing to it. */
	void (*host_changed)(struct vm *vm, uintptr_t start, uintptr_t end);
	/* May the memory be behind a slot? NULL: any. slots_lock held. */
	long (*slot_check)(struct vm *vm,
			   const struct kvm_userspace_memory_region2 *r);
	/* KVM_IRQ_LINE and KVM_IRQ_LINE_STATUS, which returns irq->status. */
	long (*irq_line)(struct vm *vm, struct kvm_irq_level *irq);

	/* ---- vCPU ---- */

	/* KVM_CREATE_VCPU: may @id be made? vm->lock held. */
	long (*vcpu_check)(struct vm *vm, unsigned long id);
	/* A zeroed vCPU with its engine, vcpu->vm and requests set. NULL: no
	 * memory. vm->lock held. */
	struct vcpu *(*vcpu_new)(struct vm *vm);
	/* What needs the core's part (vcpu->id, index). vm->lock held; there
	 * is no descriptor and no vcpu->run yet. */
	void (*vcpu_init)(struct vcpu *vcpu);
	/* Undoes both and frees the memory. */
	void (*vcpu_free)(struct vcpu *vcpu);

	/*
	 * KVM_RUN, all with vcpu->lock held: checks when the thread is another
	 * than the last time (the first time included); then what the VMM was
	 * asked for by the exit before.
	 */
	long (*vcpu_run_check)(struct vcpu *vcpu);
	void (*vcpu_run_begin)(struct vcpu *vcpu);
	/*
	 * Look at requests of the architecture's own, run the guest until it
	 * exits, handle the exit. 1: go on, 0: KVM_RUN returns with exit_reason
	 * set, else its errno. VCPU_REQ_KICK was taken back just before.
	 */
	long (*vcpu_enter)(struct vcpu *vcpu);
	/* Publish in struct kvm_run what it shows after any return. */
	void (*vcpu_run_end)(struct vcpu *vcpu);
	/* struct kobj's again(), vcpu-again.h; NULL: none. */
	long (*vcpu_again)(struct kobj *obj, const volatile bool *due);

	/* A vCPU that waits for interrupts goes on. Its own thread, or any while
	 * no vCPU executes. */
	bool (*vcpu_wakeup)(struct vcpu *vcpu);
	/* vcpu->deadline has come: drive the timers' lines, set the next.
	 * Any thread. */
	void (*vcpu_timer)(struct vcpu *vcpu);
	/* The levels of the interrupt inputs, as device_vm_ops.set_pins has
	 * them: any thread, never blocks. */
	void (*vcpu_set_pins)(struct vcpu *vcpu, uint32_t pins);

	/* ---- counted time (kernel/turns.h); vcpu_time NULL: the architecture
	 * has none ---- */

	/* Local time in cycles. Its own thread, or any while no vCPU executes. */
	uint64_t (*vcpu_time)(struct vcpu *vcpu);
	/* Its own thread: vcpu_enter() returns 1 when local time is @cycles. */
	void (*vcpu_stop_at)(struct vcpu *vcpu, uint64_t cycles);
	/* Its own thread: so much more time has passed. */
	void (*vcpu_charge)(struct vcpu *vcpu, uint64_t cycles);
	/* It is switched off: does not execute until another or the VMM says
	 * so. Any thread. */
	bool (*vcpu_stopped)(struct vcpu *vcpu);

	/* KVM_{GET,SET}_MP_STATE, KVM_SET_GUEST_DEBUG; NULL: EINVAL. */
	long (*vcpu_get_mp_state)(struct vcpu *vcpu, struct kvm_mp_state *s);
	long (*vcpu_set_mp_state)(struct vcpu *vcpu,
				  const struct kvm_mp_state *s);
	long (*vcpu_set_guest_debug)(struct vcpu *vcpu,
				     const struct kvm_guest_debug *dbg);
};

extern const struct arch arch_arm64; /* arm64/arch.c */
extern const struct arch arch_arm;   /* arm/arch.c; a machine of arm64's */
extern const struct arch arch_ppc;   /* ppc/arch.c */

/* The architecture of /dev/kvm (arch.c, above the architectures). */
const struct arch *kernel_arch(void);

#endif
