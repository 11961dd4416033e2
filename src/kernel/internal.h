/* SPDX-License-Identifier: MIT */
/*
 * The objects of src/kernel and what its files offer each other.
 *
 * Lock order, outermost first:
 *   vm_list_lock        the process's VMs (kernel_host_memory_changed)
 *   vm->lock            configuration (Linux: kvm->lock)
 *   vcpu->mutex         held for the whole of every vCPU ioctl
 *   vm->config          ID registers, PPIs, filters (Linux: config_lock)
 *   vm->slots_lock      writers of memory slots and of the buses
 *   vm->irqfd_lock      irqfds and their resamplers
 *   events.start_lock   making the event thread
 *   vm->route_lock      GSI routing table
 *   vcpu->timer.lock    the level a timer drives
 *   GIC locks           src/gic
 *   vcpu->power_lock, vm->slots_gate (read), vm->ring_lock, events.arm_lock:
 *   leaves
 * Guest execution (cpu_run()) happens with vcpu->mutex held and nothing else.
 * Its callbacks take timer.lock and below.
 */
#ifndef FAUXKVM_KERNEL_INTERNAL_H
#define FAUXKVM_KERNEL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <fauxkvm/kvm.h>

#include "base/device.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "gic/gic.h"
#include "kernel/kernel.h"

#define GUEST_PAGE_SHIFT 12
#define GUEST_PAGE_SIZE  4096u

#define MAX_VCPUS       512
#define MAX_MEMSLOTS    32767
#define MAX_GSI         4096
#define MAX_IRQCHIP_PIN 988

struct vm;
struct vcpu;

/* ---- host profile (caps.c) ----------------------------------------------- */

/* The machine that we pretend KVM runs on. */
struct host_profile {
	unsigned int ipa_bits; /* largest IPA space */
	bool gicv3, gicv2;     /* gicv2: GICv3 with GICv2 compatibility */
	bool pmu, sve, pauth, mte, aarch32_el1, aarch32_el0, ras;
	unsigned int target; /* KVM_ARM_TARGET_* of the host CPU */
	uint64_t counter_hz;
	/* Speculation state: KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_n levels. */
	uint8_t workaround[3];
};
extern const struct host_profile host_profile;

unsigned int host_online_cpus(void);
long cap_check(struct vm *vm, unsigned int cap);
long cap_enable(struct vm *vm, const struct kvm_enable_cap *cap);

/* ---- ioctl rows (table.c) ------------------------------------------------*/

enum ioctl_copy { COPY_NONE, COPY_IN, COPY_OUT, COPY_IO };

/*
 * One request of one kind of descriptor. The dispatcher copies the structure
 * (size: from the number) in before and out after the handler when it returns
 * >= 0; @arg points to that copy, @user is the VMM's argument.
 */
struct ioctl_row {
	struct kernel_ioctl_row pub;
	enum kobj_kind kind;
	enum ioctl_copy copy;
	bool needs_init; /* vCPU: ENOEXEC first when not initialised */
	long (*fn)(struct kobj *obj, void *arg, unsigned long user);
};
const struct ioctl_row *ioctl_find(enum kobj_kind kind, unsigned int cmd);

/* ---- memory slots (memslot.c, dirty.c) ----------------------------------- */

struct dirty_log {
	uint64_t npages;
	_Atomic uint64_t bits[];
};

struct memslot {
	uint32_t id, flags;
	gpa_t gpa;
	uint64_t size;
	uint8_t *host;
	struct dirty_log *dirty; /* set while KVM_MEM_LOG_DIRTY_PAGES */
};

/* Immutable once published; sorted by gpa, no overlaps. */
struct memslots {
	unsigned int count;
	struct memslot slot[];
};

int memslots_init(struct vm *vm);
void memslots_free(struct vm *vm);
long memslot_set(struct vm *vm,
		 const struct kvm_userspace_memory_region2 *region);
/* Lock-free: on a vCPU's thread inside cpu_run(), or with slots_gate held. */
const struct memslot *memslot_find(const struct memslots *slots, gpa_t gpa);
int memslot_page(struct cpu *cpu, gpa_t gpa, bool write, struct cpu_page *page);
int vm_mem_read(struct vm *vm, gpa_t gpa, void *buf, size_t len);
int vm_mem_write(struct vm *vm, gpa_t gpa, const void *buf, size_t len);
/* slots_lock held. */
const struct memslot *memslot_by_id(struct vm *vm, uint32_t id);

struct dirty_log *dirty_log_new(uint64_t npages, bool all_set);
void dirty_log_mark(const struct memslot *slot, gpa_t gpa, size_t len);
long dirty_log_get(struct vm *vm, const struct kvm_dirty_log *log);
long dirty_log_clear(struct vm *vm, const struct kvm_clear_dirty_log *log);

/* ---- MMIO bus (mmio-bus.c), ioeventfd.c, coalesced.c --------------------- */

enum bus_kind { BUS_FRAME, BUS_IOEVENTFD, BUS_COALESCED };

struct bus_entry {
	gpa_t base;
	uint64_t size; /* 0: an ioeventfd of any length */
	enum bus_kind kind;
	void *object;
};

/* Immutable once published; sorted by base. */
struct bus {
	unsigned int count, devices; /* devices: without ioeventfds */
	uint64_t longest;
	struct bus_entry entry[];
};

enum { BUS_MMIO, BUS_PIO, BUS_CCW, NR_BUSES };

int bus_init(struct vm *vm);
void bus_free(struct vm *vm);
/* slots_lock held. On return of bus_remove no vCPU uses @object any more. */
int bus_add(struct vm *vm, unsigned int nr, const struct bus_entry *e);
void bus_remove(struct vm *vm, unsigned int nr, const void *object);
/* True when something in the model took the access. */
bool bus_access(struct vcpu *vcpu, gpa_t gpa, bool write, unsigned int len,
		uint64_t *data);

struct ioeventfd {
	gpa_t addr;
	uint32_t len;
	bool wildcard;
	unsigned int bus;
	uint64_t datamatch, eventfd_id;
	int fd; /* our own duplicate */
	struct ioeventfd *next;
};
bool ioeventfd_write(const struct ioeventfd *e, gpa_t gpa, unsigned int len,
		     uint64_t data);
long ioeventfd_set(struct vm *vm, const struct kvm_ioeventfd *args);
void ioeventfd_free_all(struct vm *vm);

struct coalesced_zone {
	struct kvm_coalesced_mmio_zone zone;
	struct coalesced_zone *next;
};
bool coalesced_write(struct vm *vm, const struct coalesced_zone *z, gpa_t gpa,
		     unsigned int len, uint64_t data);
long coalesced_register(struct vm *vm, const struct kvm_coalesced_mmio_zone *z);
long coalesced_unregister(struct vm *vm,
			  const struct kvm_coalesced_mmio_zone *z);
void coalesced_free_all(struct vm *vm);

/* ---- descriptors of the VMM (eventfd.c) ---------------------------------- */

/* Our own high-numbered duplicate of the VMM's eventfd @fd; *id tells one
 * eventfd from another. -EBADF, -EINVAL (not an eventfd), -EMFILE. */
int eventfd_dup(int fd, uint64_t *id);
/* Add 1 to an eventfd; drain it without blocking, false when it was 0. */
void eventfd_signal(int fd);
bool eventfd_drain(int fd);

/* ---- interrupts (routing.c, irqfd.c, irqline.c) -------------------------- */

struct route {
	uint8_t type; /* 0: none, KVM_IRQ_ROUTING_* */
	uint32_t flags;
	union {
		uint32_t pin;
		struct kvm_irq_routing_msi msi;
	};
};

struct routing {
	bool before_init; /* replaced by the default at VGIC init */
	struct route route[MAX_GSI];
};

long routing_set(struct vm *vm, const struct kvm_irq_routing *hdr,
		 const void *user_entries);
void routing_free(struct vm *vm);
/* The route of @gsi now; type 0 if it has none. */
struct route routing_get(struct vm *vm, unsigned int gsi);
/* Linux's kvm_set_irq() for an irqfd. */
void routing_inject(struct vm *vm, unsigned int gsi, bool level);
long msi_signal(struct vm *vm, const struct kvm_msi *msi);

long irqfd_set(struct vm *vm, const struct kvm_irqfd *args);
void irqfd_release_all(struct vm *vm);
void irqfd_event(struct vm *vm, uint64_t key); /* event thread */
void irqfd_acked(struct vm *vm, unsigned int pin);
long irq_line(struct vm *vm, const struct kvm_irq_level *irq);

/* ---- event thread (event-thread.c) --------------------------------------- */

struct event_thread {
	pthread_t thread;
	atomic_bool started; /* set under start_lock */
	pthread_mutex_t start_lock, arm_lock;
	atomic_bool stop;
	int epoll_fd, timer_fd, stop_fd;
	_Atomic uint64_t armed; /* timer_fd's deadline, ns */
};
void event_thread_init(struct vm *vm);
int event_thread_start(struct vm *vm); /* idempotent */
void event_thread_stop(struct vm *vm);
int event_thread_watch(struct vm *vm, int fd, uint64_t key);
void event_thread_unwatch(struct vm *vm, int fd);
/* See that the thread looks at the timers at @deadline (ns) or earlier. */
void event_thread_deadline(struct vm *vm, uint64_t deadline);

/* ---- time (clock.c, timer.c) --------------------------------------------- */

/* Host mode: the counter follows CLOCK_MONOTONIC. */
struct vm_clock {
	uint64_t hz;
};
uint64_t clock_now_ns(void);
uint64_t clock_counter(const struct vm_clock *clock);
/* The CLOCK_MONOTONIC time at which the counter reaches @count. */
uint64_t clock_deadline(const struct vm_clock *clock, uint64_t count);

enum { TIMER_VIRT, TIMER_PHYS, NR_TIMERS };

struct timer {
	_Atomic uint64_t cval;
	_Atomic uint32_t ctl; /* ENABLE, IMASK; ISTATUS is computed */
	bool level;           /* what the line was last driven to */
};

struct vcpu_timers {
	pthread_mutex_t lock;
	atomic_bool enabled; /* after the first-run checks */
	struct timer t[NR_TIMERS];
	_Atomic uint64_t deadline; /* earliest future match, ns */
};

#define NO_DEADLINE UINT64_MAX

void timer_vm_init(struct vm *vm);
void timer_vcpu_init(struct vcpu *vcpu);
void timer_vcpu_reset(struct vcpu *vcpu);
int timer_vcpu_enable(struct vcpu *vcpu);
bool timer_output(const struct vcpu *vcpu, unsigned int n);
/* Drive the lines to what they should be now, compute the next deadline. */
void timer_update(struct vcpu *vcpu);
bool timer_sysreg(struct vcpu *vcpu, uint32_t enc, bool write, uint64_t *val);
bool timer_reg_get(struct vcpu *vcpu, uint64_t id, uint64_t *val);
bool timer_reg_set(struct vcpu *vcpu, uint64_t id, uint64_t val);
uint64_t timer_device_levels(const struct vcpu *vcpu);
void timer_expire(struct vm *vm); /* event thread */
bool timer_ppi_level(struct vm *vm, unsigned int index, unsigned int intid,
		     bool *known);

/* ---- PSCI and SMCCC ------------------------------------------------------ */

struct smccc_range {
	uint32_t first, last;
	uint8_t action;
};

/* 1: go on with the guest, 0: exit to user space. */
int smccc_call(struct vcpu *vcpu, bool smc);
int psci_call(struct vcpu *vcpu, uint32_t fn);
void smccc_return(struct vcpu *vcpu, uint64_t r0, uint64_t r1, uint64_t r2,
		  uint64_t r3);
long smccc_filter_set(struct vm *vm, const void *user);

/* ---- statistics ---------------------------------------------------------- */

enum {
	STAT_HALT_SUCCESSFUL_POLL,
	STAT_HALT_ATTEMPTED_POLL,
	STAT_HALT_POLL_INVALID,
	STAT_HALT_WAKEUP,
	STAT_HALT_POLL_SUCCESS_NS,
	STAT_HALT_POLL_FAIL_NS,
	STAT_HALT_WAIT_NS,
	STAT_HALT_POLL_SUCCESS_HIST,
	STAT_HALT_POLL_FAIL_HIST = STAT_HALT_POLL_SUCCESS_HIST + 32,
	STAT_HALT_WAIT_HIST = STAT_HALT_POLL_FAIL_HIST + 32,
	STAT_BLOCKING = STAT_HALT_WAIT_HIST + 32,
	STAT_HVC_EXIT,
	STAT_WFE_EXIT,
	STAT_WFI_EXIT,
	STAT_MMIO_EXIT_USER,
	STAT_MMIO_EXIT_KERNEL,
	STAT_SIGNAL_EXITS,
	STAT_EXITS,
	NR_VCPU_STATS,
};
enum { STAT_REMOTE_TLB_FLUSH, STAT_REMOTE_TLB_FLUSH_REQUESTS, NR_VM_STATS };

typedef _Atomic uint64_t stat_t;
static inline void stat_add(stat_t *stat, uint64_t n)
{
	atomic_fetch_add_explicit(stat, n, memory_order_relaxed);
}
/* A statistics descriptor of @owner, or a negative errno. */
long stats_open(struct kobj *owner);
struct kobj *stats_owner(struct kobj *obj);
long stats_read(struct kobj *obj, void *buf, size_t len, int64_t *pos);
void stats_release(struct kobj *obj);
/* Copy the counters into the descriptors' pages. */
void stats_publish(struct kobj *owner);

/* ---- vCPU ---------------------------------------------------------------- */

enum vcpu_power {
	POWER_RUNNABLE = KVM_MP_STATE_RUNNABLE,
	POWER_STOPPED = KVM_MP_STATE_STOPPED,
	POWER_SUSPENDED = KVM_MP_STATE_SUSPENDED
};

struct vcpu {
	struct cpu cpu;  /* first: hot, aligned */
	struct kobj obj; /* the descriptor; the VM owns the memory */
	struct vm *vm;
	unsigned int id, index;
	pthread_mutex_t mutex;
	struct kvm_run *run;
	struct kvm_coalesced_mmio_ring *ring;

	bool initialised, has_run;
	pid_t last_tid; /* thread of the last successful checks */
	_Atomic uint64_t mpidr;
	bool mmio_needed;  /* finish cpu.exit.mmio at the next KVM_RUN */
	bool dabt_pending; /* KVM_SET_VCPU_EVENTS */
	_Atomic uint32_t irq_lines; /* KVM_IRQ_LINE of type CPU, cpu_pin */
	bool sigmask_set;
	uint64_t sigmask;
	struct vcpu_timers timer;
	gpa_t steal_base;                /* STEAL_NONE: not set */
	uint64_t steal_last, steal_next; /* run delay counted; when again */

	/* Power state (PSCI, MP state). */
	pthread_mutex_t power_lock;
	_Atomic uint32_t power;
	bool reset_pending; /* by CPU_ON; power_lock */
	uint64_t reset_pc, reset_x0;

	/* Sleeping: wait for a change of @wake after looking at the state. */
	_Atomic uint32_t wake;
	_Atomic uint32_t sleeping;
	atomic_bool signal; /* kernel_signal_arrived() */

	_Atomic(struct bus *) bus_in_use; /* hazard pointer, mmio-bus.c */
	stat_t stats[NR_VCPU_STATS];
};

/* Sleep, wake (any thread; async-signal-safe). */
void vcpu_wake(struct vcpu *vcpu);
void vcpu_kick(struct vcpu *vcpu);
long vcpu_create(struct vm *vm, unsigned long id);
void vcpu_free(struct vcpu *vcpu);
void vcpu_reset(struct vcpu *vcpu);
/* Apply a reset that PSCI CPU_ON left. */
void vcpu_reset_owed(struct vcpu *vcpu);
long vcpu_run(struct vcpu *vcpu);
/* PSCI CPU_SUSPEND: a WFI. */
void vcpu_standby(struct vcpu *vcpu);
void vcpu_power_set(struct vcpu *vcpu, enum vcpu_power power);
struct vcpu *vcpu_by_id(struct vm *vm, unsigned int id);
struct vcpu *vcpu_by_mpidr(struct vm *vm, uint64_t mpidr);

long onereg_get(struct vcpu *vcpu, const struct kvm_one_reg *reg);
long onereg_set(struct vcpu *vcpu, const struct kvm_one_reg *reg);
unsigned int onereg_count(void);
int onereg_list(struct vcpu *vcpu, uint64_t *user);

/* ID registers of the VM (idreg.c). */
uint64_t idreg_get(struct vm *vm, const struct cpu_sysreg_info *row);
long idreg_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
	       uint64_t val);
/* First run of @vcpu: fix what depends on the VM's devices, load. */
void idreg_finalize(struct vcpu *vcpu);
uint64_t idreg_writable(const struct cpu_sysreg_info *row);

/* ---- VM ------------------------------------------------------------------ */

#define NR_ID_REGS 96 /* rows with SYSREG_ID, in table order */

struct vm {
	struct kobj obj;
	struct device_vm dev;
	uint32_t mm; /* which process image may use it */
	atomic_bool dead;
	struct vm *next, **pprev; /* vm_list */

	pthread_mutex_t lock, config, slots_lock, irqfd_lock, route_lock;
	pthread_mutex_t ring_lock;
	pthread_rwlock_t slots_gate;
	unsigned int ipa_bits;

	/* vCPUs: vcpus[0..nr_vcpus) are complete; lock to add. */
	struct vcpu *vcpus[MAX_VCPUS];
	_Atomic unsigned int nr_vcpus, creating;
	_Atomic unsigned int max_vcpus;
	atomic_bool has_run;
	bool features_set; /* config */
	uint32_t features;

	struct cpu_domain *domain;
	struct cpu_env env;
	struct gic *gic;

	_Atomic(struct memslots *) slots;
	bool manual_protect, initially_set;
	_Atomic(struct bus *) bus[NR_BUSES];
	struct coalesced_zone *zones;
	struct ioeventfd *ioeventfds;
	struct routing *routing; /* NULL: the default */

	struct irqfd *irqfds;
	uint64_t irqfd_key;
	atomic_bool has_resampler;
	struct event_thread events;

	struct vm_clock clock;
	_Atomic uint64_t voffset, poffset;
	bool offset_set;       /* KVM_ARM_SET_COUNTER_OFFSET; config */
	uint32_t timer_ppi[4]; /* by KVM_ARM_VCPU_TIMER_IRQ_*; config */
	bool ppis_fixed;

	bool id_init; /* config */
	uint64_t id_regs[NR_ID_REGS];
	_Atomic uint64_t psci_version, fw_bmap[3];
	struct smccc_range *filter;
	unsigned int nr_filter;

	atomic_bool nisv_to_user, system_suspend;
	uint64_t eager_split;

	struct vm_device *devices;
	bool has_vfio;
	stat_t stats[NR_VM_STATS];
};

extern uint32_t kernel_mm; /* counts forks; system.c */
extern struct kernel_host kernel_host;

static inline struct vm *vm_of(struct kobj *obj)
{
	return container_of(obj, struct vm, obj);
}

static inline struct vcpu *vcpu_of(struct kobj *obj)
{
	return container_of(obj, struct vcpu, obj);
}

static inline unsigned int vm_vcpu_count(struct vm *vm)
{
	return atomic_load_explicit(&vm->nr_vcpus, memory_order_acquire);
}

static inline bool vm_has_irqchip(struct vm *vm)
{
	return irqchip_present(vm->dev.irqchip);
}

long vm_create(unsigned long type);
void vm_destroy(struct vm *vm);
/* -EIO for a child of fork() or a dead VM, else 0. */
long vm_check(struct vm *vm);
void vm_set_dead(struct vm *vm);
/* All or nothing; vm->lock held. */
bool vm_trylock_vcpus(struct vm *vm);
void vm_unlock_vcpus(struct vm *vm);
extern const struct device_vm_ops vm_device_ops;
extern const struct gic_vm_ops vm_gic_ops;

/* ---- devices (device.c, vfio.c) ------------------------------------------ */

long device_create(struct vm *vm, struct kvm_create_device *cd);
struct vm *device_vm_of(struct kobj *obj);
void device_release(struct kobj *obj);
void device_destroy_all(struct vm *vm);
long device_ioctl(struct kobj *obj, unsigned int cmd, unsigned long user);
extern const struct device_type vfio_type;

long vcpu_attr(struct vcpu *vcpu, enum attr_op op,
	       const struct kvm_device_attr *attr);
long vm_attr(struct vm *vm, enum attr_op op,
	     const struct kvm_device_attr *attr);

/* ---- stolen time (steal.c) ----------------------------------------------- */

#define STEAL_NONE UINT64_MAX

/* The host counts it for this process. */
bool steal_supported(void);
void steal_vcpu_init(struct vcpu *vcpu);
long steal_attr(struct vcpu *vcpu, enum attr_op op,
		const struct kvm_device_attr *attr);
/* The guest's PV_TIME_ST call: the structure's address or NOT_SUPPORTED. */
int64_t steal_start(struct vcpu *vcpu);
/* On the vCPU's thread, before it enters the guest. */
void steal_update(struct vcpu *vcpu);

/* ---- handlers named by rows ---------------------------------------------- */

#define HANDLER(name) long name(struct kobj *obj, void *arg, unsigned long user)
HANDLER(sys_get_api_version);
HANDLER(sys_create_vm);
HANDLER(sys_check_extension);
HANDLER(sys_get_vcpu_mmap_size);
HANDLER(vm_ioctl_create_vcpu);
HANDLER(vm_ioctl_check_extension);
HANDLER(vm_ioctl_enable_cap);
HANDLER(vm_ioctl_set_memory_region);
HANDLER(vm_ioctl_set_memory_region2);
HANDLER(vm_ioctl_get_dirty_log);
HANDLER(vm_ioctl_clear_dirty_log);
HANDLER(vm_ioctl_reset_dirty_rings);
HANDLER(vm_ioctl_register_coalesced);
HANDLER(vm_ioctl_unregister_coalesced);
HANDLER(vm_ioctl_irqfd);
HANDLER(vm_ioctl_ioeventfd);
HANDLER(vm_ioctl_signal_msi);
HANDLER(vm_ioctl_irq_line);
HANDLER(vm_ioctl_set_gsi_routing);
HANDLER(vm_ioctl_create_irqchip);
HANDLER(vm_ioctl_create_device);
HANDLER(vm_ioctl_set_device_addr);
HANDLER(vm_ioctl_preferred_target);
HANDLER(vm_ioctl_mte_copy_tags);
HANDLER(vm_ioctl_set_counter_offset);
HANDLER(vm_ioctl_get_reg_masks);
HANDLER(vm_ioctl_has_attr);
HANDLER(vm_ioctl_set_attr);
HANDLER(obj_ioctl_stats_fd);
HANDLER(vcpu_ioctl_run);
HANDLER(vcpu_ioctl_init);
HANDLER(vcpu_ioctl_finalize);
HANDLER(vcpu_ioctl_get_one_reg);
HANDLER(vcpu_ioctl_set_one_reg);
HANDLER(vcpu_ioctl_get_reg_list);
HANDLER(vcpu_ioctl_get_mp_state);
HANDLER(vcpu_ioctl_set_mp_state);
HANDLER(vcpu_ioctl_get_events);
HANDLER(vcpu_ioctl_set_events);
HANDLER(vcpu_ioctl_set_guest_debug);
HANDLER(vcpu_ioctl_set_signal_mask);
HANDLER(vcpu_ioctl_set_attr);
HANDLER(vcpu_ioctl_get_attr);
HANDLER(vcpu_ioctl_has_attr);

#endif
